"""Once a week a channel sees that Earshot is alive, with its digest or alone; else it is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from bot.reports import ChannelSettings
from bot.service import channels
from bot.service.digest_due import plan_due, send
from own_tickets import put, stored, write_catalogue
from people import CHECKOUT, MIRA, SUPPORT, TEAM, said
from storage_rows import rows as rows_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
STORIES = {
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
SETTINGS = ChannelSettings(TEAM, CHECKOUT)


@pytest.fixture
def shop(http_stage: Stage) -> Stage:
    """A stage on the Sunday before, with a channel that gets its digest on working days."""
    http_stage.now = MONDAY - 18 * HOUR
    write_catalogue(http_stage.context)
    channels.save(http_stage.context, SETTINGS, MIRA, http_stage.now)
    return http_stage


def worth_reading(stage: Stage, name: str) -> None:
    """A ticket that a digest shows, stored and written an hour ago."""
    said, more = STORIES[name]
    at = stage.now - HOUR
    new = stored(name, said=said, more=more, segment="enterprise", stored_at=at)
    put(stage.context, replace(new, created_at=at))


def live(stage: Stage, until: datetime) -> None:
    """Let the clock tick every half an hour."""
    while stage.now < until:
        stage.now += HOUR / 2
        stage.work()


def roots(stage: Stage, channel: str = CHECKOUT) -> list[Message]:
    return [post for post in stage.slack.posts(channel) if post.thread_ts is None]


def alive_in(posts: Sequence[Message]) -> list[Message]:
    return [post for post in posts if "Weekly check" in said(post)]


def test_a_silent_week_says_one_line_on_its_first_day_and_nothing_else(shop: Stage) -> None:
    live(shop, MONDAY + 7 * DAY - HOUR)
    [post] = roots(shop)
    text = said(post)
    assert "No new tickets since the last digest." in text
    assert "no ticket read in 7 days" in text
    assert "no digest sent here, no post failed" in text
    live(shop, MONDAY + 14 * DAY - HOUR)
    assert len(alive_in(roots(shop))) == len(roots(shop)) == 2


def test_it_goes_with_the_digest_where_the_day_has_one(shop: Stage) -> None:
    shop.now = MONDAY - HOUR
    worth_reading(shop, "a")
    live(shop, MONDAY + HOUR)
    [digest] = roots(shop)
    assert "1 ticket read in 7 days" in said(digest)
    assert "the last from desk 2 hours ago" in said(digest)
    shop.now = MONDAY + DAY - HOUR
    worth_reading(shop, "b")
    live(shop, MONDAY + 6 * DAY)
    assert [len(alive_in([post])) for post in roots(shop)] == [1, 0]


def test_what_was_sent_and_what_failed_is_counted(shop: Stage) -> None:
    shop.now = MONDAY - HOUR
    worth_reading(shop, "a")
    live(shop, MONDAY + HOUR)
    shop.now = MONDAY + DAY - HOUR
    worth_reading(shop, "b")
    shop.slack.fail_next("chat.postMessage", "is_archived")
    live(shop, MONDAY + 7 * DAY + HOUR)
    text = said(alive_in(roots(shop))[-1])
    assert "2 tickets read" not in text, "they came more than a week ago"
    assert "1 ticket read in 7 days" in text
    assert "1 digest sent here, 1 post failed: earshot posts says which" in text.replace("`", "")


def test_a_day_that_was_slept_through_leaves_it_to_the_next(shop: Stage) -> None:
    shop.now = MONDAY + 8 * HOUR
    shop.work()
    assert roots(shop) == [], "the day was skipped"
    live(shop, MONDAY + 6 * DAY)
    [post] = roots(shop)
    assert post.ts >= str((MONDAY + DAY).timestamp())


def test_a_digest_that_was_refused_did_not_tell_it(shop: Stage) -> None:
    shop.now = MONDAY - HOUR
    worth_reading(shop, "a")
    shop.slack.fail_next("chat.postMessage", "is_archived")
    live(shop, MONDAY + DAY + HOUR)
    assert len(alive_in(roots(shop))) == 1


def test_a_week_is_that_of_the_channels_own_time(shop: Stage) -> None:
    """Sunday evening in London is Monday morning in Auckland."""
    zone = replace(
        SETTINGS, channel=SUPPORT, timezone="Pacific/Auckland", days=(1, 2, 3, 4, 5, 6, 7)
    )
    sunday = datetime.fromisoformat("2026-11-08T09:30+13:00")
    shop.now = sunday - 2 * HOUR
    channels.save(shop.context, zone, MIRA, shop.now)
    live(shop, sunday + HOUR)
    assert len(alive_in(roots(shop, SUPPORT))) == 1
    live(shop, sunday + DAY + HOUR)
    assert len(alive_in(roots(shop, SUPPORT))) == 2
    live(shop, sunday + 7 * DAY + HOUR)
    assert len(alive_in(roots(shop, SUPPORT))) == 2


def test_a_channel_that_is_switched_off_hears_nothing(shop: Stage) -> None:
    channels.save(shop.context, replace(SETTINGS, on=False), MIRA, shop.now)
    live(shop, MONDAY + 8 * DAY)
    assert roots(shop) == []


def planned(stage: Stage) -> list[tuple[Any, ...]]:
    return rows_of(stage.context.store, "SELECT dedupe_key, state FROM outbox ORDER BY id")


def test_a_crash_between_planning_and_sending_makes_it_neither_two_nor_none(shop: Stage) -> None:
    assert plan_due(shop.context, TEAM, MONDAY)
    assert planned(shop) == [(f"alive:{CHECKOUT}:2026-W45", "planned")]
    assert not plan_due(shop.context, TEAM, MONDAY + HOUR), "the day is decided"
    shop.now = MONDAY + HOUR
    shop.work()
    live(shop, MONDAY + 5 * DAY)
    assert planned(shop) == [(f"alive:{CHECKOUT}:2026-W45", "sent")]


def test_a_digest_sent_after_all_does_not_tell_it_again(shop: Stage) -> None:
    live(shop, MONDAY + HOUR)
    worth_reading(shop, "b")
    shop.now += HOUR
    assert send(shop.context, SETTINGS, shop.now, shop.now).is_new
    shop.work()
    alone, digest = roots(shop)
    assert alive_in([alone, digest]) == [alone]


def test_the_year_of_a_week_is_that_of_its_thursday(shop: Stage) -> None:
    assert date(2027, 1, 1).isocalendar()[:2] == (2026, 53)
    new_year = datetime.fromisoformat("2026-12-28T09:30+00:00")
    shop.now = new_year - HOUR
    channels.save(shop.context, SETTINGS, MIRA, shop.now)
    live(shop, new_year + 5 * DAY)
    assert [key for key, _ in planned(shop)] == [f"alive:{CHECKOUT}:2026-W53"]
