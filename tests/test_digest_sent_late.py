"""What is done to a channel's schedule, or sent by hand, takes no ticket and no digest away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import UserError
from bot.reports import Cadence, ChannelSettings, Mute
from bot.service import channels
from bot.service.context import Context
from bot.service.digest_due import plan_due, send
from bot.service.digest_why import why
from own_tickets import put, stored, write_catalogue
from storage import channels as channel_rows
from storage_rows import change, rows

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SETTINGS = ChannelSettings("T1", "C1", at="09:30", timezone="UTC")
SAID = {
    "a": (
        "The pay button does nothing after the card number was typed in",
        "It began on Monday, and a team of four has tried everything that the help pages say.",
    ),
    "b": (
        "My invoice for September lists another company's tax number",
        "Our accountant found it when she closed the quarter, and the tax office will not take the "
        "papers back, so we now write every single one by hand until this is right.",
    ),
}


@pytest.fixture
def shop(context: Context) -> Context:
    write_catalogue(context)
    channels.save(context, SETTINGS, "U1", MONDAY - DAY)
    return context


def written(context: Context, name: str, at: datetime) -> None:
    said, more = SAID[name]
    new = stored(name, said=said, more=more, segment="enterprise", stored_at=at)
    put(context, replace(new, created_at=at))


def decided(context: Context) -> list[tuple[str, str]]:
    found = rows(context.store, "SELECT local_date, state FROM digest ORDER BY local_date")
    return [(day, state) for day, state in found]


def test_what_came_after_the_moment_of_a_digest_sent_late_is_in_the_next(shop: Context) -> None:
    written(shop, "a", MONDAY - HOUR)
    written(shop, "b", MONDAY + 20 * HOUR)
    sent = send(shop, SETTINGS, MONDAY + HOUR, MONDAY + 22 * HOUR)
    assert [item.ticket.ticket_id for item in sent.report.items] == ["a"]
    assert plan_due(shop, "T1", MONDAY + DAY)
    shown = rows(
        shop.store,
        "SELECT external_id FROM ticket JOIN digest_item ON ticket.id = ticket_id ORDER BY 1",
    )
    assert [name for (name,) in shown] == ["a", "b"], "each once"


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        (replace(SETTINGS, on=False), "switched off"),
        (replace(SETTINGS, mute=Mute(MONDAY - DAY, None, "U1")), "muted"),
    ],
)
def test_nothing_is_sent_by_hand_where_the_channel_wants_none(
    shop: Context, wanted: ChannelSettings, word: str
) -> None:
    written(shop, "a", MONDAY - HOUR)
    with pytest.raises(UserError, match=word):
        send(shop, wanted, MONDAY, MONDAY)
    assert decided(shop) == []


def test_a_save_that_leaves_the_schedule_as_it_is_takes_no_digest_away(shop: Context) -> None:
    written(shop, "a", MONDAY - HOUR)
    channels.save(shop, replace(SETTINGS, most=3), "U2", MONDAY + HOUR / 4)
    assert plan_due(shop, "T1", MONDAY + HOUR / 3)
    assert decided(shop) == [("2026-11-02", "posted")]


def test_a_new_schedule_owes_nothing_for_the_days_before_it(shop: Context) -> None:
    friday = MONDAY + 4 * DAY
    with shop.store.write() as session:
        weekly = Cadence.WEEKLY.value
        channel_rows.set_cadence(session, "T1", "C1", weekly, 1, now=MONDAY - DAY)
        channel_rows.set_cadence(session, "T1", "C1", Cadence.DAYS.value, 1, now=friday + HOUR)
    assert not plan_due(shop, "T1", friday + 2 * HOUR)
    assert decided(shop) == []


def test_why_shows_a_ticket_that_lost_its_quote_since(shop: Context) -> None:
    written(shop, "a", MONDAY - HOUR)
    assert plan_due(shop, "T1", MONDAY)
    change(shop.store, "DELETE FROM ticket_quote")
    [item] = why(shop, "T1", "C1", MONDAY.date()).items
    assert item.quote not in ("", "This ticket is no longer stored.")
