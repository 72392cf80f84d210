"""Two processes' worth of Earshot on one database, the clock of one ahead: a hundred digests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from bot.app import Earshot, build_app
from bot.demo.fake_slack import Channel
from bot.demo.stage import Stage
from bot.reports import Cadence, ChannelSettings
from bot.service import channels
from bot.service.context import open_context
from conftest import NOW
from own_tickets import put, stored
from people import ADA, TEAM, rows

CHANNELS = tuple(f"C0WINDOW{number}" for number in range(10))
DAYS = 10
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
DUE = NOW.replace(hour=9, minute=30)
STORIES = (
    "The ledger loses all that was typed in, and our books of a whole quarter are gone.",
    "Nobody in our warehouse can print a label, so forty parcels wait and customers leave.",
    "My card was charged three times for one order, and no refund ever came.",
    "Since the update the app crashes at every start, we cannot take orders any more.",
    "The calendar moved each appointment by an hour, and patients stood before closed doors.",
    "Search finds no invoice of last year, the auditor sits here and we cannot work.",
    "Passwords of all our staff were reset overnight, and nobody can log in to the till.",
    "The export leaves out every second row, so we paid the wrong wages to our people.",
    "Photos of the damaged goods vanish after upload, the insurer refuses to pay us.",
    "Our shop shows prices of another country, and buyers cancel one after the other.",
)


@contextmanager
def replica(stage: Stage, ahead: timedelta) -> Iterator[Earshot]:
    """Another Earshot for the same workspace, with a database connection and a clock of its own."""
    context = open_context(stage.settings(), create=False)
    opened = build_app(context, lambda: stage.now + ahead)
    try:
        yield opened
    finally:
        opened.executor.shutdown(wait=True)
        context.store.close()


def set_up(stage: Stage) -> None:
    for channel in CHANNELS:
        stage.slack.space.add_channel(Channel(channel, channel.lower(), members=[ADA, "U0EARSHOT"]))
        settings = ChannelSettings(TEAM, channel, cadence=Cadence.DAILY, timezone="UTC")
        channels.save(stage.context, settings, ADA, DUE - DAY / 2)


def both_at(stage: Stage, apps: list[Earshot], ahead: timedelta) -> None:
    """All that is due at this moment, done by both at once."""
    start = Barrier(len(apps))

    def work(app: Earshot, now: datetime) -> None:
        start.wait(10)
        while app.clock.run_one(now):
            pass

    with ThreadPoolExecutor(len(apps)) as threads:
        found = [
            threads.submit(work, app, stage.now + number * ahead) for number, app in enumerate(apps)
        ]
        for each in found:
            each.result(60)


@pytest.mark.case(27)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("ahead", [timedelta(0), 10 * MINUTE], ids=["same clock", "ten minutes on"])
def test_a_hundred_digests_are_each_posted_once(http_stage: Stage, ahead: timedelta) -> None:
    set_up(http_stage)
    with replica(http_stage, ahead) as other:
        apps = [http_stage.earshot, other]
        for number in range(DAYS):
            due = DUE + number * DAY
            story = stored(
                f"d{number}",
                said=STORIES[number],
                features=(),
                ago=NOW - due + DAY / 4,
                stored_at=due - DAY / 8,
                segment="enterprise",
            )
            put(http_stage.context, replace(story, clarity=1.0))
            # The one is due ten minutes before the other; then messages go out, one a second.
            for moment in (due - 11 * MINUTE, due - 10 * MINUTE, due - MINUTE, due):
                http_stage.now = moment
                both_at(http_stage, apps, ahead)
            for _ in range(8):
                http_stage.now += 2 * SECOND
                both_at(http_stage, apps, ahead)
    decided = rows(http_stage, "SELECT channel, local_date, state FROM digest")
    assert len(decided) == len(set(decided)) == len(CHANNELS) * DAYS == 100
    assert {day for _, day, state in decided if state != "posted"} == set()
    for channel in CHANNELS:
        posts = http_stage.slack.posts(channel)
        roots = [post for post in posts if post.thread_ts is None]
        assert len(roots) == DAYS
        threads = [post.thread_ts for post in posts if post.thread_ts is not None]
        assert sorted(threads) == sorted(root.ts for root in roots), "each has its ticket once"
    assert rows(http_stage, "SELECT count(*) FROM outbox WHERE state <> 'sent'") == [(0,)]
    assert http_stage.slack.calls_of("chat.delete") == [], "nor was one posted that had to go"
