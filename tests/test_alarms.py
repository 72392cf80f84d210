"""Alarms on the clock and in Slack: raised once, kept up to date, silenced, over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from alarm_tickets import UNTIL, as_stored, burst, numbered, quiet
from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from bot.errors import UserError
from bot.reports import ChannelSettings, Feature
from bot.service import alarm_posts, alarms, channels, notes
from bot.service.alarms import Watcher
from bot.service.context import Context
from conftest import NOW
from own_tickets import put, write_catalogue
from people import (
    ADA,
    CHECKOUT,
    GENERAL,
    GUS,
    MIRA,
    SUPPORT,
    TEAM,
    buttons,
    finish_listeners,
    said,
    told,
)
from storage import alarms as alarm_rows
from storage import notes as note_rows
from storage_rows import rows

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
BEGAN = UNTIL - 2 * HOUR
REJECTED = "two factor codes never arrive"
QUIET = quiet(days=66, a_day=12, features=("checkout", "search"))
CROWD = burst(30, BEGAN, 2, saying=REJECTED)
FEATURES = (
    Feature("checkout", "Checkout", channels=(CHECKOUT,)),
    Feature("search", "Search"),
)


def fill(context: Context, *parts: Any) -> None:
    write_catalogue(context, *FEATURES)
    put(context, *as_stored(numbered([one for part in parts for one in part])))


def ask_for_alarms(context: Context, channel: str = CHECKOUT, **values: Any) -> None:
    settings = ChannelSettings(TEAM, channel, alarms=True, on=False)
    channels.save(context, replace(settings, **values), "U1", NOW - 30 * DAY)


@pytest.fixture
def shop(context: Context) -> Context:
    """Quiet weeks and, in the last two hours, a crowd."""
    fill(context, QUIET, CROWD)
    return context


@pytest.fixture
def alarmed(http_stage: Stage) -> Stage:
    """The same behind the fake Slack, in a channel that asked for alarms."""
    fill(http_stage.context, QUIET, CROWD)
    ask_for_alarms(http_stage.context)
    http_stage.work()
    return http_stage


def pass_hours(stage: Stage, hours: int) -> None:
    for _ in range(hours):
        stage.now += HOUR
        stage.work()


def the_alarm(stage: Stage, channel: str = CHECKOUT) -> Message:
    [post] = stage.slack.posts(channel)
    return post


def kept(context: Context) -> list[Any]:
    return rows(context.store, "SELECT id, closed, silence FROM alarm ORDER BY id")


# --- raised ---------------------------------------------------------------------------------


def test_a_channel_that_asked_gets_one_message_with_figures_and_words(alarmed: Stage) -> None:
    post = the_alarm(alarmed)
    [found] = alarms.listed(alarmed.context, alarmed.now)
    assert post.text.startswith(f"Alarm: Checkout: {found.observed} customers with one story in")
    assert REJECTED in said(post)
    assert "Began about 3 Nov 14:00 UTC" in said(post)
    assert len(buttons(post, kit.ACTION_TAG)) == 3
    assert found.observed > 3 * found.expected


def test_observed_and_tickets_are_what_is_stored(shop: Context) -> None:
    Watcher(shop).run_one(NOW)
    [found] = alarms.listed(shop, NOW)
    [(customers, tickets)] = rows(
        shop.store,
        f"SELECT COUNT(DISTINCT customer), COUNT(*) FROM ticket WHERE body LIKE '{REJECTED}%'",
    )
    assert (found.observed, found.tickets) == (customers, tickets)
    assert found.features[0].id == "checkout"
    assert found.theme.startswith(REJECTED)


@pytest.mark.parametrize("channel", [SUPPORT, GENERAL])
def test_a_channel_that_did_not_ask_gets_none(http_stage: Stage, channel: str) -> None:
    fill(http_stage.context, QUIET, CROWD)
    ask_for_alarms(http_stage.context, alarms=False)
    ask_for_alarms(http_stage.context, channel, features=("search",))
    http_stage.work()
    assert http_stage.slack.posts(CHECKOUT) == []
    assert http_stage.slack.posts(channel) == []
    assert len(kept(http_stage.context)) == 1, "it is listed all the same"


def test_a_channel_that_follows_everything_is_told_too(http_stage: Stage) -> None:
    fill(http_stage.context, QUIET, CROWD)
    ask_for_alarms(http_stage.context, GENERAL)
    http_stage.work()
    assert the_alarm(http_stage, GENERAL).text.startswith("Alarm: Checkout")


def test_quiet_weeks_raise_none(context: Context) -> None:
    fill(context, QUIET)
    assert not Watcher(context).run_one(NOW)
    assert kept(context) == []


def test_praise_alone_raises_none(context: Context) -> None:
    fill(context, QUIET)
    praised = [
        replace(one, kinds=("praise",), external_id=f"p{one.external_id}")
        for one in as_stored(numbered(CROWD))
    ]
    put(context, *praised)
    Watcher(context).run_one(NOW)
    assert kept(context) == []


# --- once -----------------------------------------------------------------------------------


def test_an_hour_is_looked_at_once(shop: Context) -> None:
    watcher = Watcher(shop)
    assert watcher.run_one(NOW)
    assert not watcher.run_one(NOW + 20 * MINUTE)
    assert not Watcher(shop).run_one(NOW), "whichever process"
    assert len(kept(shop)) == 1


def test_processes_that_look_at_the_same_time_raise_one_alarm(shop: Context) -> None:
    barrier = Barrier(3)

    def look(_: int) -> None:
        watcher = Watcher(shop)
        barrier.wait()
        watcher.run_one(NOW)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(look, range(3)))
    assert len(kept(shop)) == 1


def test_processes_that_tell_at_the_same_time_plan_one_message(shop: Context) -> None:
    ask_for_alarms(shop)
    Watcher(shop).run_one(NOW)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: alarm_posts.tell_due(shop, TEAM, NOW), range(3)))
    assert len(rows(shop.store, "SELECT id FROM outbox WHERE shows = 'alarm'")) == 1


@pytest.mark.parametrize("step", ["put", "tell"])
def test_a_crash_half_way_leaves_nothing_and_the_next_run_does_it(
    shop: Context, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Crash(RuntimeError):
        pass

    def crash(*_: Any, **__: Any) -> None:
        raise Crash

    def work() -> None:
        Watcher(shop).run_one(NOW)
        while alarm_posts.tell_due(shop, TEAM, NOW):
            pass

    ask_for_alarms(shop)
    with monkeypatch.context() as broken:
        broken.setattr(alarm_rows, step, crash)
        with pytest.raises(Crash):
            work()
        assert rows(shop.store, "SELECT id FROM outbox") == []
    work()
    work()
    assert len(kept(shop)) == 1
    assert len(rows(shop.store, "SELECT id FROM outbox")) == 1


def test_hours_that_nobody_was_there_for_are_looked_at_later(context: Context) -> None:
    fill(context, QUIET)
    Watcher(context).run_one(NOW - 6 * HOUR)
    put(context, *[replace(one, external_id=f"c{n}") for n, one in enumerate(as_stored(CROWD))])
    Watcher(context).run_one(NOW + 3 * HOUR)
    with context.store.read() as session:
        [found] = alarm_rows.since(session, NOW - DAY)
    assert found.opened <= UNTIL


# --- while it lasts, and after --------------------------------------------------------------


def test_a_message_is_edited_at_most_every_half_hour(alarmed: Stage) -> None:
    before = len(alarmed.slack.calls_of("chat.update"))
    start = alarmed.now
    while alarmed.now < start + 5 * HOUR:
        alarmed.now += 5 * MINUTE
        alarmed.work()
    edits = len(alarmed.slack.calls_of("chat.update")) - before
    assert 0 <= edits <= 10
    the_alarm(alarmed)


def test_more_customers_are_seen_in_the_same_message(alarmed: Stage) -> None:
    more = burst(40, alarmed.now, 0.8, saying=REJECTED, seed=11)
    put(
        alarmed.context,
        *[replace(one, external_id=f"m{n}") for n, one in enumerate(as_stored(more))],
    )
    first = the_alarm(alarmed).text
    pass_hours(alarmed, 2)
    post = the_alarm(alarmed)
    assert post.text != first
    assert f"{len(CROWD) + len(more)} tickets so far" in said(post)


def test_it_is_closed_when_it_is_over(alarmed: Stage) -> None:
    pass_hours(alarmed, 4 * 24)
    post = the_alarm(alarmed)
    assert post.text.startswith("Alarm is over: Over: Checkout")
    assert "Lasted from 3 Nov 14:00 UTC" in said(post)
    assert buttons(post, kit.ACTION_ALARM_KNOWN) == []
    [(_, closed, _)] = kept(alarmed.context)
    assert closed is not None


def test_the_next_one_names_the_one_before(alarmed: Stage) -> None:
    pass_hours(alarmed, 4 * 24)
    again = burst(60, alarmed.now.replace(minute=0), 0.9, saying=REJECTED, seed=12)
    put(
        alarmed.context,
        *[replace(one, external_id=f"a{n}") for n, one in enumerate(as_stored(again))],
    )
    pass_hours(alarmed, 2)
    first, second = alarmed.slack.posts(CHECKOUT)
    assert "Like it before" not in said(first)
    assert "Like it before: 3 Nov 2026" in said(second)


# --- silenced -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "word"),
    [(kit.ACTION_ALARM_KNOWN, "Known"), (kit.ACTION_ALARM_NO_PROBLEM, "Not a problem")],
)
def test_a_person_silences_it_and_the_message_says_who(
    alarmed: Stage, action: str, word: str
) -> None:
    post = the_alarm(alarmed)
    assert alarmed.slack.click(ADA, post, action).ok
    finish_listeners(alarmed)
    alarmed.work()
    post = the_alarm(alarmed)
    assert post.text.startswith("Alarm, silenced")
    assert f"{word}, says" in said(post)
    assert ADA in str(post.blocks)
    assert buttons(post, kit.ACTION_ALARM_KNOWN) == []
    pass_hours(alarmed, 6)
    assert the_alarm(alarmed).text == post.text, "silent from then on"
    assert len(kept(alarmed.context)) == 1, "and no other is raised instead"


def test_the_first_word_stands(alarmed: Stage) -> None:
    post = the_alarm(alarmed)
    alarmed.slack.click(ADA, post, kit.ACTION_ALARM_KNOWN)
    finish_listeners(alarmed)
    with alarmed.context.store.write() as session:
        assert not alarm_rows.silence(session, kept(alarmed.context)[0][0], "x", MIRA, NOW)
    assert kept(alarmed.context)[0][2] == "known"


def test_a_guest_silences_nothing(http_stage: Stage) -> None:
    fill(http_stage.context, QUIET, CROWD)
    ask_for_alarms(http_stage.context, SUPPORT, owns=("checkout",))
    http_stage.work()
    post = the_alarm(http_stage, SUPPORT)
    http_stage.slack.click(GUS, post, kit.ACTION_ALARM_KNOWN)
    assert "full members" in said(told(http_stage, GUS))
    assert kept(http_stage.context)[0][2] is None


# --- notes ----------------------------------------------------------------------------------


def noted(context: Context, text: str, at: datetime, feature: str | None = None) -> None:
    notes.add(context, text, at, feature, NOW)


def test_who_knew_first_is_said_beside_an_alarm(http_stage: Stage) -> None:
    fill(http_stage.context, QUIET, CROWD)
    ask_for_alarms(http_stage.context)
    noted(http_stage.context, "deployed 4.2", BEGAN - 130 * MINUTE)
    noted(http_stage.context, "vouchers are down", BEGAN + 70 * MINUTE, "Checkout")
    noted(http_stage.context, "index rebuilt", BEGAN, "search")
    http_stage.work()
    shown = said(the_alarm(http_stage))
    assert "deployed 4.2 · 2 h 10 min before it began" in shown
    assert "vouchers are down · Checkout · customers knew first: 1 h 10 min before" in shown
    assert "index rebuilt" not in shown


def test_a_note_is_kept_once_and_found_by_its_feature(shop: Context) -> None:
    for _ in range(2):
        noted(shop, "  deployed\n4.2 ", NOW - HOUR)
    noted(shop, "rolled back", NOW, "checkout")
    noted(shop, "index rebuilt", NOW, "search")
    with shop.store.read() as session:
        found = note_rows.between(session, NOW - DAY, NOW + HOUR, "checkout")
        everything = note_rows.between(session, NOW - DAY, NOW + HOUR)
        assert note_rows.between(session, NOW - DAY, NOW - HOUR) == []
    assert [(note.text, note.feature) for note in found] == [
        ("deployed 4.2", None),
        ("rolled back", "checkout"),
    ]
    assert len(everything) == 3


@pytest.mark.parametrize(
    ("text", "feature", "sentence"),
    [
        (" ", None, "Say what happened"),
        ("x" * 201, None, "at most 200 characters"),
        ("deployed", "warp drive", "No feature is called 'warp drive'"),
    ],
)
def test_a_note_that_cannot_be_kept_says_why(
    shop: Context, text: str, feature: str | None, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        noted(shop, text, NOW, feature)


# --- the clock and the replay ---------------------------------------------------------------


def test_a_replay_finds_what_the_clock_raised(shop: Context) -> None:
    watcher = Watcher(shop)
    for hour in range(8, -1, -1):
        watcher.run_one(NOW - hour * HOUR)
    [live] = alarms.listed(shop, NOW)
    [replayed] = alarms.replay(shop, NOW - 12 * HOUR, None, NOW)
    assert (replayed.opened, replayed.features, replayed.theme) == (
        live.opened,
        live.features,
        live.theme,
    )
    assert (replayed.observed, replayed.ticket_ids) == (live.observed, live.ticket_ids)
    assert abs(replayed.expected - live.expected) < 0.1
