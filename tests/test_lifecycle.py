"""Slack takes Earshot away: nothing is sent, nothing storms, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import build_app
from bot.demo.stage import Stage
from bot.doctor import ERROR, examine
from bot.service import connection
from outbox_stage import HOUR, MINUTE, TEAM, pass_time, plan, states, texts, tries
from people import finish_listeners, rows, take_some_tickets
from storage import outbox_lines

REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0EARSHOT"]}}
UNINSTALLED = {"type": "app_uninstalled"}


def is_lost(stage: Stage) -> bool:
    with stage.context.store.read() as session:
        return connection.lost(session, TEAM) is not None


@pytest.mark.case(31)
@pytest.mark.parametrize("event", [REVOKED, UNINSTALLED])
def test_whoever_is_taken_away_sends_nothing_and_keeps_everything(
    stage: Stage, tmp_path: Path, event: dict[str, object]
) -> None:
    take_some_tickets(stage, tmp_path)
    plan(stage, "Root")
    stage.slack.space.grants.revoke(stage.slack.token)
    assert stage.slack.event(event).ok
    stage.slack.wait_for(lambda: is_lost(stage))
    pass_time(stage, 2 * HOUR, MINUTE)
    assert tries(stage) == 0
    assert states(stage) == ["planned"]
    assert rows(stage, "SELECT count(*) FROM ticket") == [(8,)]
    [found] = [f for f in examine(stage.context, None, None) if f.id == "slack.lost"]
    assert found.level == ERROR
    assert f"Slack said {event['type']} on 2026-11-03" in found.message


@pytest.mark.case(31)
def test_a_start_with_a_good_token_goes_on_where_it_ended(http_stage: Stage) -> None:
    plan(http_stage, "Root")
    http_stage.slack.event(UNINSTALLED)
    http_stage.slack.wait_for(lambda: is_lost(http_stage))
    http_stage.now += HOUR
    again = build_app(http_stage.context, lambda: http_stage.now)
    again.executor.shutdown()
    assert not is_lost(http_stage)
    pass_time(http_stage, MINUTE)
    assert texts(http_stage) == ["Root"]


@pytest.mark.case(31, 34)
def test_an_event_that_comes_after_the_new_start_is_an_old_one(http_stage: Stage) -> None:
    http_stage.slack.hold_events()
    http_stage.slack.event(REVOKED)
    http_stage.now += HOUR
    build_app(http_stage.context, lambda: http_stage.now).executor.shutdown()
    http_stage.slack.release_events()
    finish_listeners(http_stage)
    assert not is_lost(http_stage)


def test_tokens_of_people_are_nothing_to_us(http_stage: Stage) -> None:
    http_stage.slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U0ADA"]}})
    finish_listeners(http_stage)
    assert not is_lost(http_stage)


@pytest.mark.case(31)
def test_many_messages_wait_together_where_the_token_is_refused(http_stage: Stage) -> None:
    channels = ("C0CHECKOUT", "C0SUPPORT", "C0GENERAL")
    for number in range(30):
        plan(http_stage, f"Message {number}", channels[number % 3])
    http_stage.slack.fail_next("chat.postMessage", "token_revoked", 10_000)
    pass_time(http_stage, HOUR, MINUTE)
    assert tries(http_stage) <= 13, "one try in five minutes, whatever waits"
    http_stage.slack.failures.clear()
    pass_time(http_stage, 10 * MINUTE)
    with http_stage.context.store.read() as session:
        assert outbox_lines.states(session) == {"sent": 30}


@pytest.mark.case(31)
@pytest.mark.parametrize("at", [10**18, -(10**18), 10**400, "odd"])
def test_a_loss_at_no_moment_is_one_of_now(http_stage: Stage, at: object) -> None:
    event = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": UNINSTALLED}
    assert http_stage.slack.courier.send("events_api", event | {"event_time": at}).ok
    finish_listeners(http_stage)
    assert is_lost(http_stage)
