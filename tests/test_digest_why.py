"""What a digest left out stays what it was, and every number of it can be listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.errors import NotFound
from bot.reports import ChannelSettings
from bot.service import catalogue, channels
from bot.service.context import Context
from bot.service.digest import build
from bot.service.digest_due import send
from bot.service.digest_why import PAGE, unshown, why
from bot.service.ingest import ingest
from bot.service.reread import everything
from bot.voice.clarity import by_words
from conftest import NOW
from own_tickets import draft, put, stored, write_catalogue
from storage import digests as rows
from storage import tickets

CHANNEL = ChannelSettings("T1", "C1", most=1)
DAY = date(2026, 11, 3)
THINGS = ("invoice", "calendar", "parcel label", "discount code", "stock level", "search result")
WAYS = (
    "Since Monday the {} of our second shop shows the numbers of the first one, and when I open it "
    "again after signing out it is empty, so we write every single one by hand.",
    "When I press Save twice the {} is stored twice, one of them without its date, and the button "
    "that deletes it does nothing at all in any browser that we have tried.",
    "The {} freezes whenever a colleague opens it in another town, then she has to restart and "
    "begin anew, which costs our team an hour each morning.",
)


def fill(context: Context, count: int) -> None:
    write_catalogue(context)
    told = [(way, thing) for way in WAYS for thing in THINGS]
    put(
        context,
        *(
            stored(f"s{n}", said=told[n][0].format(told[n][1]), ago=timedelta(hours=n + 1))
            for n in range(count)
        ),
    )


def posted(context: Context) -> ChannelSettings:
    """Send the channel's digest of now."""
    channels.save(context, CHANNEL, "U1", NOW - timedelta(days=1))
    kept, _ = channels.current(context, "T1", "C1", "UTC")
    assert send(context, kept, NOW, NOW).is_new
    return kept


def listed(context: Context, channel: ChannelSettings) -> list[str]:
    """All that was left out, page by page."""
    first = unshown(context, channel, DAY, 0)
    pages = range(max(1, -(-first.total // PAGE)))
    found = [unshown(context, channel, DAY, page) for page in pages]
    return [ticket.ticket_id for page in found for ticket in page.tickets]


def test_what_was_left_out_is_listed_as_it_was_counted(context: Context) -> None:
    fill(context, 15)
    channel = posted(context)
    report = why(context, "T1", "C1", DAY)
    told = {"s0", *(f"s{n}" for n in range(15))} - set(listed(context, channel))
    assert report.left_out == unshown(context, channel, DAY, 9).total
    assert report.left_out + 1 + report.items[0].similar == 15
    assert len(told) == 1 + report.items[0].similar


def test_later_tickets_features_and_readings_change_nothing_of_it(context: Context) -> None:
    fill(context, 12)
    channel = posted(context)
    before = listed(context, channel)
    ingest(context, [draft("late"), draft("s3", "The search is broken now.")], NOW)
    catalogue.bring_in(context, ())
    everything(context)
    assert listed(context, replace(channel, features=("search",))) == before


def test_what_was_deleted_since_is_missing_and_still_counted(context: Context) -> None:
    fill(context, 12)
    channel = posted(context)
    before = listed(context, channel)
    with context.store.write() as session:
        first = tickets.after(session, 0, 100)
        tickets.remove(session, [one.id for one in first if one.external_id == before[0]])
    assert listed(context, channel) == before[1:]
    assert unshown(context, channel, DAY, 0).total == len(before)


def test_a_digest_from_before_it_was_kept_says_so(context: Context) -> None:
    fill(context, 12)
    channel = posted(context)
    with context.store.write() as session:
        session.execute(text("UPDATE digest SET left_tickets = NULL"))
    with pytest.raises(NotFound, match="was not kept"):
        unshown(context, channel, DAY, 0)
    assert why(context, "T1", "C1", DAY).left_out > 0


def test_a_ticket_is_judged_when_it_comes_in_and_a_reading_changes_nothing(
    context: Context,
) -> None:
    write_catalogue(context)
    said = WAYS[0].format("invoice")
    ingest(
        context,
        [draft("1", said), draft("2", "Cheap SEO services and backlinks for you, order them now.")],
        NOW,
    )

    def kept() -> list[float | None]:
        with context.store.read() as session:
            return [one.clarity for one in tickets.after(session, 0, 10)]

    before = kept()
    assert before[1] == 0.0 < (before[0] or 0.0)
    assert everything(context).changed == 0
    assert kept() == before
    with context.store.write() as session:
        session.execute(text("UPDATE ticket SET clarity = NULL"))
    assert everything(context).changed == 0, "nobody sees another thing of it"
    assert kept() == before


def test_a_ticket_of_before_is_judged_when_it_is_chosen_from(context: Context) -> None:
    fill(context, 3)
    as_it_was = build(context, CHANNEL, NOW)
    with context.store.read() as session:
        texts = {one.id: f"{one.subject}\n{one.body}" for one in tickets.after(session, 0, 10)}
    with context.store.write() as session:
        for row, told in texts.items():
            session.execute(
                text("UPDATE ticket SET clarity = :clear WHERE id = :row"),
                {"clear": by_words(told), "row": row},
            )
    assert build(context, CHANNEL, NOW) == as_it_was


@st.composite
def some_tickets(draw: st.DrawFn) -> list[dict[str, Any]]:
    told = [(way, thing) for way in WAYS for thing in THINGS]
    found = []
    for _ in range(draw(st.integers(0, 12))):
        way, thing = draw(st.sampled_from(told))
        found.append(
            {
                "said": way.format(thing),
                "customer": draw(st.sampled_from("abcde")),
                "kinds": (draw(st.sampled_from(["broken", "praise", "request"])),),
                "features": (draw(st.sampled_from(["checkout", "search"])),),
                "ago": timedelta(hours=draw(st.integers(1, 400))),
            }
        )
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(some_tickets(), st.integers(1, 5))
def test_every_number_of_a_digest_is_a_count_that_can_be_listed(
    context: Context, told: list[dict[str, Any]], most: int
) -> None:
    with context.store.write() as session:
        session.execute(text("DELETE FROM digest"))
        tickets.remove(session, tickets.rows_after(session, 0, 10_000))
    write_catalogue(context)
    put(context, *(stored(f"s{number}", **values) for number, values in enumerate(told)))
    channel = replace(CHANNEL, most=most)
    report = build(context, channel, NOW)
    assert report == build(context, channel, NOW)
    assert len(report.items) <= most
    shown = [item.ticket.ticket_id for item in report.items]
    similar = [id for item in report.items for id in item.similar_ids]
    assert len({*shown, *similar}) == len(shown) + len(similar), "each ticket stands in one place"
    assert all(len(item.similar_ids) == item.similar for item in report.items)
    assert report.left_out == len(report.left) == len(set(report.left))
    recent = sum(values["ago"] <= timedelta(days=14) for values in told)
    assert len(shown) + len(similar) + report.left_out == recent
    for item in report.items:
        assert sum(part.points for part in item.parts) == pytest.approx(item.score, abs=1e-12)
    if report.items:
        with context.store.write() as session:
            claimed = rows.claim(
                session, "T1", "C1", DAY.isoformat(), newest_ticket=0, now=datetime.now(UTC)
            )
            assert claimed is not None
            rows.settle(
                session,
                claimed,
                state=rows.POSTED,
                reason="",
                left_out=report.left_out,
                items=(),
                left=report.left,
            )
        assert len(listed(context, channel)) == report.left_out
