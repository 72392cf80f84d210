"""Reactions: counted once, whatever Slack repeats, reorders or delivers to a dying process."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.stage import Stage
from bot.directory import REMEMBER_SECONDS
from bot.service import inbound, posting, reactions
from bot.service.reactions import ADDED, ReactionEvent
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CHIDI,
    GUS,
    SUPPORT,
    TEAM,
    card_post,
    events_done,
    finish_listeners,
    rows,
    said,
    take_some_tickets,
    ticket_post,
)
from storage import outbox, posts
from storage.values import PostValue
from storage_rows import change

STORED = 'SELECT "user", emoji, present FROM reaction ORDER BY "user", emoji'
OUTCOMES = "SELECT outcome FROM inbox ORDER BY event_id"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def card_text(stage: Stage, ts: str) -> str:
    stage.work()
    return said(stage.slack.message(CHECKOUT, ts))


def test_answers_are_counted_with_skin_tones_and_unknown_emoji(some: Stage) -> None:
    card = card_post(some)
    given = ("raising_hand::skin-tone-2", "no_good", "hammer_and_wrench", "tada", "+1")
    for emoji in given:
        assert some.slack.react(ADA, CHECKOUT, card.ts, emoji).ok
    assert some.slack.react(BEN, CHECKOUT, card.ts, "raising_hand::skin-tone-6").ok
    events_done(some, 6)
    text = card_text(some, card.ts)
    for shown in ("2 we own it", "1 not a problem", "1 fixed"):
        assert shown in text
    kept = {emoji for _, emoji, present in rows(some, STORED) if present}
    assert kept == {"raising_hand", "no_good", "hammer_and_wrench", "tada", "+1"}
    assert "surprised" not in text


def test_a_guests_reaction_is_no_answer_and_not_found_later_either(some: Stage) -> None:
    post = ticket_post(some)
    assert some.slack.react(GUS, SUPPORT, post.ts, "open_mouth").ok
    events_done(some, 1)
    some.now += timedelta(hours=2)
    some.work()
    assert some.slack.calls_of("reactions.get"), "it was looked for"
    assert not rows(some, STORED)


def test_who_became_a_guest_takes_their_answer_back(some: Stage) -> None:
    post = ticket_post(some)
    some.slack.react(ADA, SUPPORT, post.ts, "open_mouth")
    events_done(some, 1)
    some.slack.space.add_person(replace(some.slack.space.person(ADA), is_restricted=True))
    some.seconds = lambda: time.monotonic() + 2 * REMEMBER_SECONDS
    some.slack.unreact(ADA, SUPPORT, post.ts, "open_mouth")
    events_done(some, 2)
    assert rows(some, STORED) == [(ADA, "open_mouth", 0)]


def test_an_offer_that_slack_does_not_show_is_a_line_in_the_log(
    some: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    message, _ = some.slack.say(BEN, SUPPORT, "hey")
    some.slack.fail_next("chat.postEphemeral", "user_not_in_channel")
    some.slack.react(ADA, SUPPORT, message.ts, "bulb")
    some.slack.wait_for(lambda: some.slack.calls_of("chat.postEphemeral"))
    finish_listeners(some)
    assert "a reaction was not answered: user_not_in_channel" in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_who_cannot_be_checked_just_now_has_answered_once_the_clock_has_asked(some: Stage) -> None:
    post = ticket_post(some)
    some.slack.fail_next("users.info", "internal_error")
    assert some.slack.react(ADA, SUPPORT, post.ts, "open_mouth").ok
    some.slack.wait_for(lambda: some.slack.calls_of("users.info"))
    finish_listeners(some)
    assert not rows(some, STORED)
    some.now += timedelta(seconds=20)
    some.work()
    assert rows(some, STORED) == [(ADA, "open_mouth", 1)]


def test_answers_on_a_tickets_post_show_on_its_card(some: Stage) -> None:
    post = ticket_post(some)
    card = card_post(some)
    some.slack.react(ADA, SUPPORT, post.ts, "open_mouth")
    some.slack.react(ADA, CHECKOUT, card.ts, "open_mouth")
    some.slack.react(BEN, SUPPORT, post.ts, "open_mouth")
    events_done(some, 3)
    assert "2 surprised me" in card_text(some, card.ts), "one person counts once"


def test_a_reaction_on_a_message_that_is_not_ours_is_stored_nowhere(
    stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(stage, tmp_path)
    message, _ = stage.slack.say(BEN, SUPPORT, "lunch?")
    stage.slack.react(ADA, SUPPORT, message.ts, "pizza")
    stage.slack.unreact(ADA, SUPPORT, message.ts, "pizza")
    events_done(stage, 2)
    finish_listeners(stage)
    assert not rows(stage, STORED)
    assert not rows(stage, "SELECT * FROM insight")
    assert not stage.slack.ephemerals(ADA)


@pytest.mark.parametrize("item", [{"type": "file", "file": "F1"}, {}, None, "odd"])
def test_a_reaction_on_anything_but_a_message_is_let_pass(some: Stage, item: object) -> None:
    event = {"type": "reaction_added", "user": ADA, "reaction": "+1", "item": item}
    assert some.slack.event(event | {"event_ts": "1.2"}).ok
    finish_listeners(some)
    assert not rows(some, "SELECT * FROM inbox")


def test_an_event_that_is_delivered_four_times_counts_once(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    card = card_post(stage)
    stage.slack.duplicate_next_event(2)
    delivery = stage.slack.react(ADA, CHECKOUT, card.ts, "open_mouth")
    assert delivery.attempts == 3
    assert stage.slack.redeliver(delivery, retry_num=3).ok
    stage.slack.unreact(ADA, CHECKOUT, card.ts, "open_mouth")
    assert stage.slack.redeliver(delivery, retry_num=2).ok
    finish_listeners(stage)
    assert rows(stage, STORED) == [(ADA, "open_mouth", 0)]
    assert len(rows(stage, OUTCOMES)) == 2
    assert "surprised me" not in card_text(stage, card.ts)


def test_events_out_of_order_end_in_the_same_state(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    card = card_post(stage)
    stage.slack.hold_events()
    stage.slack.react(ADA, CHECKOUT, card.ts, "open_mouth")
    stage.slack.unreact(ADA, CHECKOUT, card.ts, "open_mouth")
    stage.slack.react(BEN, CHECKOUT, card.ts, "open_mouth")
    stage.slack.unreact(BEN, CHECKOUT, card.ts, "open_mouth")
    stage.slack.react(BEN, CHECKOUT, card.ts, "open_mouth")
    assert all(each.ok for each in stage.slack.release_events(reverse=True))
    events_done(stage, 5)
    assert rows(stage, STORED) == [(ADA, "open_mouth", 0), (BEN, "open_mouth", 1)]
    assert "1 surprised me" in card_text(stage, card.ts)


# --- what a crash leaves --------------------------------------------------------------------


def event(ts: str, *, channel: str = CHECKOUT, emoji: str = "open_mouth") -> ReactionEvent:
    return ReactionEvent(TEAM, "Ev9", ADDED, ADA, emoji, channel, ts, "1700000000.000100")


@pytest.mark.parametrize("down", [timedelta(seconds=16), timedelta(hours=9)])
def test_what_was_recorded_before_a_crash_is_finished_by_the_clock(
    some: Stage, down: timedelta
) -> None:
    card = card_post(some)
    some.slack.space.react(card, ADA, "open_mouth")
    assert reactions.record(some.context, event(card.ts), some.now)
    assert not rows(some, STORED)
    some.now += down
    some.work()
    assert rows(some, STORED) == [(ADA, "open_mouth", 1)]
    assert "1 surprised me" in card_text(some, card.ts)


def test_the_clock_leaves_an_event_to_its_listener_first(some: Stage) -> None:
    card = card_post(some)
    reactions.record(some.context, event(card.ts), some.now)
    assert not some.earshot.clock.run_one(some.now + timedelta(seconds=1))
    assert not rows(some, STORED)


def test_an_event_of_another_workspace_is_not_finished_by_this_clock(some: Stage) -> None:
    card = card_post(some)
    reactions.record(some.context, replace(event(card.ts), team="T0OTHER"), some.now)
    some.now += timedelta(minutes=30)
    some.work()
    assert rows(some, "SELECT team, outcome, attempts FROM inbox") == [("T0OTHER", None, 0)]


def test_a_tag_that_was_recorded_before_a_crash_is_finished_by_the_clock(some: Stage) -> None:
    post = ticket_post(some)
    tag = event(post.ts, channel=SUPPORT, emoji="bulb")
    reactions.record(some.context, tag, some.now)
    some.now += timedelta(minutes=30)
    some.work()
    assert rows(some, "SELECT ticket_id, tagged_by FROM insight") == [(1, ADA)]
    assert len(some.slack.posts(CHECKOUT)) == 1
    assert rows(some, OUTCOMES) == [("tagged",)]


def test_a_reaction_that_came_before_the_post_was_known_is_finished_later(some: Stage) -> None:
    card_post(some)
    posted = some.slack.posts(CHECKOUT)[-1]
    forget_that_it_was_sent(some, posted.ts)
    assert some.slack.react(ADA, CHECKOUT, posted.ts, "open_mouth").ok
    finish_listeners(some)
    assert rows(some, OUTCOMES) == [(None,)]
    assert not rows(some, STORED)
    remember_that_it_was_sent(some, posted.ts)
    some.now += timedelta(seconds=20)
    some.work()
    assert rows(some, STORED) == [(ADA, "open_mouth", 1)]
    assert rows(some, OUTCOMES) == [("stored",)]


def test_what_never_can_be_finished_is_given_up_in_the_end(some: Stage) -> None:
    message, _ = some.slack.say(BEN, CHECKOUT, "not ours, but a message of ours is on its way")
    card_post(some)
    forget_that_it_was_sent(some, some.slack.posts(CHECKOUT)[-1].ts)
    reactions.record(some.context, event(message.ts), some.now)
    for _ in range(inbound.MOST_ATTEMPTS + 1):
        some.now += inbound.GRACE
        with some.context.store.write() as session:  # the sender is still at it
            session.connection().exec_driver_sql("UPDATE outbox SET lease_until = '2099-01-01'")
        some.earshot.clock.run_one(some.now)
    assert rows(some, OUTCOMES) == [("given up",)]
    assert not rows(some, STORED)


def forget_that_it_was_sent(stage: Stage, ts: str) -> None:
    """As between Slack's taking a post and our writing that down."""
    sending = "UPDATE outbox SET state = 'sending', lease_until = '2099-01-01' WHERE ts = :ts"
    change(stage.context.store, sending, ts=ts)
    change(stage.context.store, "DELETE FROM post WHERE ts = :ts", ts=ts)


def remember_that_it_was_sent(stage: Stage, ts: str) -> None:
    with stage.context.store.write() as session:
        session.connection().exec_driver_sql(f"UPDATE outbox SET state = '{outbox.SENT}'")
        posts.remember(session, PostValue(TEAM, CHECKOUT, ts, posting.INSIGHT, 1), stage.now)


def test_a_reaction_is_recorded_before_it_is_acknowledged(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_post(some)

    def fail(*_: object) -> bool:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(reactions, "record", fail)
        some.slack.courier.event_retries = 0
        delivery = some.slack.react(ADA, CHECKOUT, card.ts, "open_mouth")
    assert delivery.status == 500, "Slack is to send it again"
    assert some.slack.redeliver(delivery, retry_num=1).ok
    events_done(some, 1)
    assert rows(some, STORED) == [(ADA, "open_mouth", 1)]


def test_a_listener_that_dies_leaves_the_event_to_the_clock(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_some_tickets(stage, tmp_path)
    card = card_post(stage)

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(reactions, "finish", die)
        assert stage.slack.react(CHIDI, CHECKOUT, card.ts, "no_good").ok
        finish_listeners(stage)
    assert rows(stage, OUTCOMES) == [(None,)]
    stage.now += timedelta(seconds=20)
    assert "1 not a problem" in card_text(stage, card.ts)
