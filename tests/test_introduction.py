"""Being added to a channel: one introduction, and nothing else until somebody sets it up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.fake_slack.workspace import BOT_USER
from bot.demo.stage import Stage
from bot.service import introduction
from outbox_stage import pass_time
from own_tickets import put, stored, write_catalogue
from people import ADA, CHECKOUT, MIRA, PRIVATE, SHARED, TEAM, finish_listeners, modal, rows, said

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STORY = "The pay button does nothing after the card number was typed in"


def introductions(stage: Stage, channel: str = PRIVATE) -> list[Message]:
    stage.slack.wait_for(lambda: done(stage))
    stage.work()
    return stage.slack.posts(channel)


def done(stage: Stage) -> bool:
    """Whether every event that was recorded is dealt with."""
    return rows(stage, "SELECT count(*) FROM inbox WHERE done_at IS NULL") == [(0,)]


def joined(**changes: object) -> Mapping[str, object]:
    event = {
        "type": "member_joined_channel",
        "user": BOT_USER,
        "channel": CHECKOUT,
        "channel_type": "C",
        "team": TEAM,
        "inviter": MIRA,
        "event_ts": "1.1",
    }
    return {key: value for key, value in (event | changes).items() if value is not None}


def test_it_says_who_added_it_and_opens_its_settings(stage: Stage) -> None:
    assert stage.slack.invite(MIRA, PRIVATE).ok
    [post] = introductions(stage)
    assert {"type": "user", "user_id": MIRA} in [
        element
        for block in post.blocks
        for part in block["elements"]
        for element in part.get("elements", ())
    ]
    assert "posts nothing until somebody sets it up" in said(post)
    assert stage.slack.click(ADA, post, kit.ACTION_DIGEST_SETTINGS).ok
    assert modal(stage, ADA).definition["callback_id"] == kit.VIEW_DIGEST


def test_where_slack_does_not_say_who_nobody_is_named(http_stage: Stage) -> None:
    assert http_stage.slack.event(joined(inviter=None)).ok
    [post] = introductions(http_stage, CHECKOUT)
    assert "Earshot was added to this channel." in said(post)
    assert "someone" not in said(post)


def test_colleagues_who_join_are_not_introduced_to(http_stage: Stage) -> None:
    assert http_stage.slack.event(joined(user=ADA)).ok
    finish_listeners(http_stage)
    http_stage.work()
    assert (http_stage.slack.posts(CHECKOUT), rows(http_stage, "SELECT * FROM inbox")) == ([], [])


@pytest.mark.parametrize("times", [1, 3])
def test_a_repeated_event_introduces_once(http_stage: Stage, times: int) -> None:
    first = http_stage.slack.invite(MIRA, PRIVATE)
    for _ in range(times):
        assert http_stage.slack.redeliver(first).ok
    assert len(introductions(http_stage)) == 1
    http_stage.now += 2 * DAY
    assert http_stage.slack.redeliver(first).ok
    assert len(introductions(http_stage)) == 1


def test_removed_and_added_again_within_a_day_it_keeps_quiet(http_stage: Stage) -> None:
    for _ in range(3):
        http_stage.slack.invite(MIRA, PRIVATE)
        assert len(introductions(http_stage)) == 1
        http_stage.slack.remove(MIRA, PRIVATE)
        http_stage.now += HOUR
    http_stage.now += 2 * DAY
    http_stage.slack.invite(ADA, PRIVATE)
    assert len(introductions(http_stage)) == 2


def test_a_channel_that_was_set_up_goes_on(http_stage: Stage) -> None:
    http_stage.slack.invite(MIRA, PRIVATE)
    [first] = introductions(http_stage)
    http_stage.slack.click(MIRA, first, kit.ACTION_DIGEST_SETTINGS)
    modal(http_stage, MIRA)
    assert http_stage.slack.submit_view(MIRA).ok
    http_stage.slack.remove(MIRA, PRIVATE)
    http_stage.now += 30 * HOUR
    http_stage.slack.invite(ADA, PRIVATE)
    assert "goes on as it was set up" in said(introductions(http_stage)[-1])


def test_a_channel_shared_with_another_company_gets_one_line_and_no_button(
    http_stage: Stage,
) -> None:
    http_stage.slack.remove(MIRA, SHARED)
    assert http_stage.slack.invite(MIRA, SHARED).ok
    [post] = introductions(http_stage, SHARED)
    assert "shared with another company" in said(post)
    assert not [block for block in post.blocks if block["type"] == "actions"]


def test_removed_before_it_could_speak_it_says_nothing(http_stage: Stage) -> None:
    event = introduction.Joined(TEAM, "Ev1", PRIVATE, MIRA)
    assert introduction.record(http_stage.context, event, http_stage.now)
    pass_time(http_stage, 10 * timedelta(minutes=1))
    assert http_stage.slack.posts(PRIVATE) == []
    assert rows(http_stage, "SELECT outcome FROM inbox") == [("given up",)], "Slack hides it"


def test_nothing_else_is_sent_until_somebody_sets_it_up(http_stage: Stage) -> None:
    write_catalogue(http_stage.context)
    http_stage.slack.invite(MIRA, PRIVATE)
    assert len(introductions(http_stage)) == 1
    for day in range(16):
        told = [
            stored(
                f"{day}-{n}", said=f"{STORY} {n}", segment="enterprise", stored_at=http_stage.now
            )
            for n in range(1 + day % 15)
        ]
        put(http_stage.context, *told)
        pass_time(http_stage, DAY, 4 * HOUR)
    assert len(http_stage.slack.posts(PRIVATE)) == 1
    [post] = http_stage.slack.posts(PRIVATE)
    http_stage.slack.click(MIRA, post, kit.ACTION_DIGEST_SETTINGS)
    modal(http_stage, MIRA)
    assert http_stage.slack.submit_view(MIRA).ok
    pass_time(http_stage, 4 * DAY, HOUR)
    assert len(http_stage.slack.posts(PRIVATE)) > 1, "now it speaks"


def test_a_process_that_died_before_it_looked_is_made_up_for(http_stage: Stage) -> None:
    event = introduction.Joined(TEAM, "Ev9", CHECKOUT, ADA)
    assert introduction.record(http_stage.context, event, http_stage.now)
    assert not introduction.record(http_stage.context, event, http_stage.now), "a repeat"
    http_stage.work()
    assert http_stage.slack.posts(CHECKOUT) == [], "the listener has its time"
    http_stage.now += timedelta(seconds=16)
    http_stage.work()
    assert len(http_stage.slack.posts(CHECKOUT)) == 1


def test_slack_that_does_not_show_the_channel_is_asked_again(http_stage: Stage) -> None:
    http_stage.slack.fail_next("conversations.info", "internal_error")
    assert http_stage.slack.event(joined()).ok
    http_stage.slack.wait_for(lambda: http_stage.slack.calls_of("conversations.info"))
    http_stage.now += timedelta(seconds=16)
    assert len(introductions_after(http_stage)) == 1


def introductions_after(stage: Stage) -> list[Message]:
    stage.work()
    return stage.slack.posts(CHECKOUT)
