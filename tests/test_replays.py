"""Requests that come again: by Slack's habit, late, out of order, or by somebody who kept one."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot import intake
from bot.app import build_app
from bot.blocks import kit
from bot.demo.fake_slack import Delivery
from bot.demo.stage import Stage
from bot.service import seen
from people import (
    ADA,
    BEN,
    CHECKOUT,
    SUPPORT,
    TEAM,
    asked,
    card_post,
    events_done,
    finish_listeners,
    modal,
    rows,
    take_some_tickets,
    told,
)

SECRET = "hunter2-planted"


@pytest.fixture
def some(stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over both transports."""
    take_some_tickets(stage, tmp_path)
    return stage


def again(stage: Stage, delivery: Delivery, times: int = 3) -> None:
    for _ in range(times):
        assert stage.slack.redeliver(delivery).ok


@pytest.mark.case(39)
def test_a_command_a_click_and_a_submission_that_come_again_do_nothing(some: Stage) -> None:
    slack = some.slack
    command = slack.slash_command(ADA, SUPPORT, "/friction", "checkout")
    answer = told(some, ADA)
    click = slack.click(ADA, answer, kit.ACTION_SHARE)
    told(some, ADA, 2)
    card = card_post(some)
    slack.click(BEN, card, kit.ACTION_NOTE)
    modal(some, BEN)
    submission = slack.submit_view(BEN, {kit.BLOCK_NOTE: "Look at this."})
    some.work()
    posts, noted = len(slack.posts(SUPPORT)), rows(some, "SELECT count(*) FROM insight_change")
    for delivery in (command, click, submission):
        again(some, delivery)
    finish_listeners(some)
    some.work()
    assert len(slack.ephemerals(ADA)) == 2
    assert len(slack.posts(SUPPORT)) == posts == 1
    assert rows(some, "SELECT count(*) FROM insight_change") == noted


@pytest.mark.case(39)
def test_another_process_knows_what_this_one_has_dealt_with(http_stage: Stage) -> None:
    command = http_stage.slack.slash_command(ADA, SUPPORT, "/friction", "help")
    told(http_stage, ADA)
    other = build_app(http_stage.context, lambda: http_stage.now)
    copy = BoltRequest(mode="socket_mode", body=dict(command.payload))
    assert intake.dispatch(other.bolt, copy).status == 200
    other.executor.shutdown(wait=True)
    assert len(http_stage.slack.ephemerals(ADA)) == 1


@pytest.mark.case(39)
def test_a_request_without_a_trigger_is_known_by_all_that_it_says(http_stage: Stage) -> None:
    command = http_stage.slack.slash_command(ADA, SUPPORT, "/friction", "help")
    told(http_stage, ADA)
    bare = {name: part for name, part in command.payload.items() if name != "trigger_id"}
    for text in ("help", "help", "checkout"):
        again(http_stage, replace(command, payload=bare | {"text": text}), 1)
    finish_listeners(http_stage)
    assert len(http_stage.slack.ephemerals(ADA)) == 3


@pytest.mark.case(34)
@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=10), timedelta(hours=24)])
def test_an_event_that_comes_four_times_and_late_is_answered_once(
    some: Stage, late: timedelta
) -> None:
    card = card_post(some)
    mention = some.slack.mention(ADA, SUPPORT, "checkout")
    told(some, ADA)
    removed = some.slack.react(ADA, CHECKOUT, card.ts, "open_mouth")
    events_done(some, 2)
    some.slack.unreact(ADA, CHECKOUT, card.ts, "open_mouth")
    events_done(some, 3)
    some.now += late
    some.work()
    for delivery in (mention, removed):
        for number in (1, 2, 3):
            assert some.slack.redeliver(delivery, retry_num=number).ok
    finish_listeners(some)
    some.work()
    assert len(some.slack.ephemerals(ADA)) == 1
    assert [bool(row[0]) for row in rows(some, "SELECT present FROM reaction")] == [False]


@pytest.mark.case(34)
def test_a_removal_that_comes_before_what_it_removes_leaves_nothing(
    http_stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(http_stage, tmp_path)
    card = card_post(http_stage)
    slack = http_stage.slack
    slack.hold_events()
    slack.react(ADA, CHECKOUT, card.ts, "open_mouth")
    slack.unreact(ADA, CHECKOUT, card.ts, "open_mouth")
    for delivery in slack.release_events(reverse=True):
        again(http_stage, delivery)
    finish_listeners(http_stage)
    assert [bool(row[0]) for row in rows(http_stage, "SELECT present FROM reaction")] == [False]


def test_what_can_come_again_no_more_is_forgotten(some: Stage) -> None:
    asked(some, ADA, SUPPORT, "checkout")
    some.slack.mention(ADA, SUPPORT, "checkout")
    told(some, ADA, 2)
    some.now += seen.KEEP_REQUESTS - timedelta(minutes=1)
    some.work()
    assert len(rows(some, "SELECT * FROM request_seen")) == 1
    some.now += timedelta(minutes=10)
    some.work()
    assert not rows(some, "SELECT * FROM request_seen")
    assert len(rows(some, "SELECT * FROM inbox")) == 1
    some.now += seen.KEEP_EVENTS
    some.work()
    assert not rows(some, "SELECT * FROM inbox")


# --- what has not Slack's shape -----------------------------------------------------------------

USER = {"id": ADA, "team_id": TEAM}
BUTTON = {"action_id": kit.ACTION_SHOW, "type": "button", "block_id": "b", "value": "1"}
PRESSED: dict[str, Any] = {
    "type": "block_actions",
    "team": {"id": TEAM},
    "user": USER,
    "channel": {"id": SUPPORT},
    "trigger_id": "1",
    "actions": [BUTTON],
}
EVENT: dict[str, Any] = {
    "type": "event_callback",
    "team_id": TEAM,
    "event_id": "Ev1",
    "event": {"type": "app_mention", "user": ADA, "channel": SUPPORT, "text": SECRET},
}
MALFORMED: dict[str, Any] = {
    "no object": [SECRET],
    "nothing": None,
    "text": SECRET,
    "user is a number": PRESSED | {"user": 7, "trigger_id": SECRET},
    "no user": {**{k: v for k, v in PRESSED.items() if k != "user"}, "trigger_id": SECRET},
    "no actions": PRESSED | {"actions": [], "trigger_id": SECRET},
    "an action is text": PRESSED | {"actions": [SECRET]},
    "an action has no id": PRESSED | {"actions": [{"value": SECRET}]},
    "a value is an object": PRESSED | {"actions": [BUTTON | {"value": {"q": SECRET}}]},
    "a trigger is a list": PRESSED | {"trigger_id": [SECRET]},
    "a view is text": PRESSED | {"view": SECRET},
    "a view is null": PRESSED | {"view": None, "trigger_id": SECRET},
    "a submission of no modal": PRESSED | {"type": "view_submission", "view": {"id": SECRET}},
    "half of a character": PRESSED | {"trigger_id": "\ud800"},
    "metadata is an object": PRESSED | {"view": {"private_metadata": {"q": SECRET}}},
    "a state is a list": PRESSED | {"view": {"state": {"values": [SECRET]}}},
    "an event is text": EVENT | {"event": SECRET},
    "an event is of no type": EVENT | {"event": {"text": SECRET}},
    "an event has no id": {**{k: v for k, v in EVENT.items() if k != "event_id"}},
    "authorizations are text": EVENT | {"authorizations": SECRET},
    "a team is a number": EVENT | {"team": 5},
}


@pytest.mark.case(39)
@pytest.mark.parametrize("case", MALFORMED)
def test_what_slack_never_sends_is_taken_and_forgotten_over_socket_mode(
    http_stage: Stage, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    caplog.set_level(logging.DEBUG)
    calls = len(http_stage.slack.calls)
    answered = intake.take(http_stage.earshot.bolt, MALFORMED[case], {})
    finish_listeners(http_stage)
    assert (answered.status, answered.body) == (200, "")
    assert len(http_stage.slack.calls) == calls
    assert SECRET not in caplog.text
    assert [
        record.getMessage() for record in caplog.records if record.name == "earshot.intake"
    ] == ["a request was refused: malformed"]
    assert not rows(http_stage, "SELECT * FROM inbox")


def test_the_shapes_that_slack_sends_are_let_in() -> None:
    assert intake.is_request(PRESSED)
    assert intake.is_request(EVENT)
    assert intake.is_request(json.loads(json.dumps(PRESSED | {"enterprise": None})))


def test_a_clock_that_was_ahead_once_does_not_keep_what_is_old(http_stage: Stage) -> None:
    context, now = http_stage.context, http_stage.now
    forgetting = seen.Forgetting(context)
    forgetting.run_one(now + timedelta(days=30))
    assert seen.is_first(context, TEAM, {"trigger_id": "1.1"}, now)
    assert forgetting.run_one(now + 2 * seen.KEEP_REQUESTS)
    assert not forgetting.run_one(now + 2 * seen.KEEP_REQUESTS)
