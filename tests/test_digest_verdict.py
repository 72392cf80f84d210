"""What a digest says first: never more than its figures, and every figure can be listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blocks_walk import element
from bot.blocks import digest as screens
from bot.blocks import kit
from bot.listeners.reading import carried
from bot.reports import ChannelSettings, DigestReport
from bot.service import digest, digest_why
from bot.service.context import Context, open_context
from bot.service.digest import build
from bot.service.listing import tickets_of
from bot.voice.notable import Chosen, choose
from conftest import NOW
from databases import Databases
from own_tickets import put, stored, write_catalogue
from storage import tickets
from storage.values import NewTicket

CHANNEL = ChannelSettings("T1", "C1")
STORY = "The pay button does nothing after the card number was typed in"
MORE = "It began on Monday, and a team of four has tried everything that the help pages say."
DAY = timedelta(days=1)


@pytest.fixture
def shop(context: Context) -> Context:
    write_catalogue(context)
    return context


def usual_weeks(a_day: int, *, known: bool = True) -> list[NewTicket]:
    """Eight weeks in which so many customers a day have trouble at checkout, all different."""
    return [
        stored(
            f"u{day}-{n}",
            said=f"It fails at step {day} of {n}",
            customer=f"u{day}-{n}",
            known=known,
            ago=DAY * day + timedelta(hours=n + 1),
            stored_at=NOW - DAY * day,
        )
        for day in range(60)
        for n in range(a_day)
    ]


def wave(many: int, *, known: bool = True) -> list[NewTicket]:
    """So many customers in the last days; one of them tells it well."""
    return [
        stored(
            f"w{n}",
            said=STORY if n == 0 else f"Number {n} cannot pay",
            more=MORE if n == 0 else "",
            customer=f"w{n}",
            known=known,
            ago=timedelta(hours=n % 60 + 1),
            segment="enterprise",
        )
        for n in range(many)
    ]


def verdict(context: Context) -> str:
    return build(context, CHANNEL, NOW).verdict


def test_a_feature_far_above_its_usual_leads_with_its_customers(shop: Context) -> None:
    put(shop, *usual_weeks(2), *wave(30))
    report = build(shop, CHANNEL, NOW)
    assert report.verdict.startswith("Checkout: 44 customers this week, 3 times the usual")
    assert report.about is not None
    assert report.about.id == "checkout"


def test_its_number_is_that_of_the_list_that_its_button_opens(shop: Context) -> None:
    put(shop, *usual_weeks(2), *wave(30), stored("again", customer="w1", ago=DAY))
    report = build(shop, CHANNEL, NOW)
    pressed = element(screens.render(report, NOW.date()), kit.ACTION_TICKETS)
    asked = carried(str(pressed["value"]))
    listed = tickets_of(shop, asked["q"], NOW, 0)
    assert report.verdict.startswith(f"Checkout: {listed.customers} customers")
    assert listed.total == (listed.customers or 0) + 1


def test_tickets_are_counted_where_no_customer_is_known(shop: Context) -> None:
    put(shop, *usual_weeks(2, known=False), *wave(30, known=False))
    assert verdict(shop).startswith("Checkout: 44 tickets this week")


def test_a_week_as_usual_is_said_to_be_one(shop: Context) -> None:
    put(shop, *usual_weeks(3), *wave(2))
    report = build(shop, CHANNEL, NOW)
    assert report.verdict.endswith("worth reading")
    assert report.level == "No feature is far above its usual."


def test_what_may_be_chance_is_no_verdict_and_said_to_be_so(shop: Context) -> None:
    few = [story for story in usual_weeks(1) if int(story.external_id[1:].split("-")[0]) % 3 == 0]
    put(shop, *few, *wave(4))
    report = build(shop, CHANNEL, NOW)
    assert "worth reading" in report.verdict
    assert re.fullmatch(
        r"Checkout: \d customers this week, .* the usual; so few may be chance\.", report.level
    )
    assert element(screens.render(report, NOW.date()), kit.ACTION_TICKETS)


def test_where_too_little_is_stored_nothing_is_said_to_be_usual(shop: Context) -> None:
    put(shop, *wave(30))
    assert build(shop, CHANNEL, NOW).level == "Too little is stored to say what is usual."


def test_without_features_there_is_nothing_to_compare(context: Context) -> None:
    put(context, stored("1", said=STORY, more=MORE, segment="enterprise", features=()))
    assert verdict(context) == "1 new ticket worth reading"


def test_a_story_that_rises_leads_and_its_customers_are_those_listed(shop: Context) -> None:
    from bot.service import channels, digest_due

    before = [
        stored(
            f"b{day}-{n}",
            said=f"{WORDS[1 + (day + n) % 3]} since {day}",
            features=(),
            ago=DAY * day + timedelta(hours=n),
            stored_at=NOW - DAY * day,
        )
        for day in range(8, 50)
        for n in range(3)
    ]
    told = [
        stored(
            f"z{n}",
            said=f"The zeppelin banner covers half of my shop {tail}",
            more=MORE if n == 0 else "",
            features=(),
            ago=timedelta(hours=5 * n + 8),
            stored_at=NOW - DAY,
            segment="enterprise",
        )
        for n, tail in enumerate(
            ("today", "again", "on phones", "at night", "for guests", "in May")
        )
    ]
    put(shop, *before, *told)
    channels.save(shop, CHANNEL, "U1", NOW - DAY)
    due = NOW.replace(hour=9, minute=30)
    assert build(shop, CHANNEL, due).verdict == (
        "One story from 6 customers this week, hardly heard before"
    )
    assert digest_due.plan_due(shop, "T1", due)
    like = next(i.key for i in digest_why.why(shop, "T1", "C1", NOW.date()).items if i.similar)
    listed = digest_why.similar(shop, "T1", "C1", NOW.date(), like=like, page=0)
    assert (listed.total, listed.lately) == (5, 6)


def test_what_most_of_the_shown_tickets_are_on_is_said(shop: Context) -> None:
    features = (("checkout",), ("checkout",), ("checkout",), ("search",))
    told = [
        stored(f"s{n}", said=said, more=MORE, segment="enterprise", features=about)
        for n, (said, about) in enumerate(zip(WORDS, features, strict=True))
    ]
    put(shop, *told)
    report = build(shop, CHANNEL, NOW)
    many = sum(item.ticket.features[0].id == "checkout" for item in report.items)
    assert many > 1
    assert report.verdict.endswith(f"new tickets worth reading, {many} of them on Checkout")


def test_a_digest_of_praise_says_that_there_is_no_trouble(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whatever_passes(candidates: Any, most: int, **rest: Any) -> Chosen:
        return choose(candidates, most, 0.0, **rest)

    monkeypatch.setattr(digest, "choose", whatever_passes)
    loved = "I love the new checkout, it remembers my card and saves our whole shop an hour a week"
    put(shop, stored("1", said=loved, kinds=("praise",), segment="enterprise"))
    assert verdict(shop) == "A bright spot, and no trouble that stands out in 1 new ticket"


def test_a_feature_that_the_channel_does_not_follow_is_not_told_of(shop: Context) -> None:
    both = [
        stored(f"b{n}", customer=f"b{n}", features=("search", "checkout"), ago=timedelta(hours=n))
        for n in range(1, 40)
    ]
    put(shop, *usual_weeks(2), *both)
    channel = ChannelSettings("T1", "C1", ("search",))
    report = build(shop, channel, NOW)
    assert report.about is None or report.about.id == "search"


# --- every number can be listed -----------------------------------------------------------------

WORDS = (
    "The pay button does nothing after the card number was typed in by the whole team",
    "Search results show products that were deleted last winter and cannot be bought",
    "My invoice for September lists another company's tax number and the office refuses it",
    "Discount codes vanish from the basket when the language of the page is changed",
)


@pytest.fixture(scope="module")
def place(
    module_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Context]:
    """One installation for all examples."""
    from bot.config import load

    folder: Path = tmp_path_factory.mktemp("listed")
    opened = open_context(
        load(
            {
                "DATABASE_URL": module_databases.migrated(folder),
                "EARSHOT_KEY_FILE": str(folder / "earshot.key"),
                "EARSHOT_SEMANTIC": "off",
            },
            env_file=folder / "no.env",
        ),
        create=True,
    )
    write_catalogue(opened)
    yield opened
    opened.store.close()


def some_tickets() -> st.SearchStrategy[list[tuple[int, int, int, bool]]]:
    """Story, customer, hours ago, praise."""
    one = st.tuples(
        st.integers(0, len(WORDS) - 1), st.integers(0, 5), st.integers(1, 400), st.booleans()
    )
    return st.lists(one, max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(some_tickets())
def test_all_new_tickets_are_shown_like_one_or_left_out(
    place: Context, told: list[tuple[int, int, int, bool]]
) -> None:
    with place.store.write() as session:
        session.connection().exec_driver_sql("DELETE FROM ticket")
    put(
        place,
        *(
            stored(
                f"t{number}",
                said=WORDS[story],
                more=MORE,
                customer=f"c{customer}",
                ago=timedelta(hours=hours),
                kinds=("praise",) if praise else ("broken",),
            )
            for number, (story, customer, hours, praise) in enumerate(told)
        ),
    )
    report = build(place, CHANNEL, NOW)
    assert_that_all_is_counted(report)
    assert len(report.items) <= 5
    similar = {row for item in report.items for row in item.similar_rows}
    shown = {item.ticket.key for item in report.items}
    assert not similar & shown
    with place.store.read() as session:
        written = sum(1 for *_, hours, _ in told if hours <= 14 * 24)
        assert report.new == written or not report.items
        for item in report.items:
            assert len(tickets.get(session, item.similar_rows)) == item.similar


def assert_that_all_is_counted(report: DigestReport) -> None:
    if report.items:
        similar = sum(item.similar for item in report.items)
        assert report.new == len(report.items) + similar + report.left_out


@pytest.mark.case(25)
def test_what_was_left_out_is_listed_to_the_last(shop: Context) -> None:
    from bot.service import channels, digest_due

    told = [
        stored(f"s{n}", said=f"{WORDS[n % 4]} at desk {n}", more=MORE, ago=timedelta(hours=n + 1))
        for n in range(24)
    ]
    put(shop, *told, *(stored(f"x{n}", said=f"It broke {n}") for n in range(13)))
    channels.save(shop, CHANNEL, "U1", NOW - DAY)
    due = NOW.replace(hour=9, minute=30) + DAY
    assert digest_due.plan_due(shop, "T1", NOW.replace(hour=9, minute=30))
    day = NOW.date()
    assert due.date() > day
    left = digest_why.why(shop, "T1", "C1", day).left_out
    rows: list[int] = []
    for page in range(9):
        found = digest_why.unshown(shop, CHANNEL, day, page)
        assert found.total == left
        if found.page == page:
            rows += [ticket.key for ticket in found.tickets]
    assert len(rows) == len(set(rows)) == left
