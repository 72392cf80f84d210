"""Sending: every answer that Slack may give, and what becomes of the message."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from slack_sdk import WebClient

from bot.app import WORKERS
from bot.clock import Clock
from bot.demo.fake_slack import DEFAULT_SCOPES, Failure, http, rate_limited, reset_after_accept
from bot.demo.stage import Stage
from bot.directory import Directory
from bot.native_blocks import NativeBlocks
from bot.outbox import Outbox
from bot.service import digest_due, posting
from outbox_stage import (
    CHECKOUT,
    HOUR,
    MINUTE,
    PRIVATE,
    SECOND,
    SHARED,
    SUPPORT,
    TEAM,
    WITHOUT_HISTORY,
    edit,
    pass_time,
    plan,
    row,
    run,
    states,
    texts,
    tries,
)
from people import GENERAL
from storage import posts as post_rows
from storage_rows import change


def test_a_message_is_sent_once_and_remembered_for_what_it_shows(http_stage: Stage) -> None:
    id = plan(http_stage, "Good morning")
    assert plan(http_stage, "Good morning") == id, "the same key is the same message"
    pass_time(http_stage, MINUTE)
    sent = row(http_stage, id)
    assert (sent.state, texts(http_stage)) == ("sent", ["Good morning"])
    with http_stage.context.store.read() as session:
        post = post_rows.get(session, TEAM, CHECKOUT, sent.ts or "")
    assert post is not None
    assert (post.shows, post.subject_id) == (posting.DIGEST, 1)


def test_a_message_unfurls_nothing_and_carries_an_opaque_key_only(http_stage: Stage) -> None:
    plan(http_stage, "Good morning")
    run(http_stage)
    call = http_stage.slack.calls_of("chat.postMessage")[0].arguments
    assert call["unfurl_links"] in (False, "0", 0)
    assert call["unfurl_media"] in (False, "0", 0)
    metadata = http_stage.slack.posts(CHECKOUT)[0].metadata or {}
    assert set(metadata["event_payload"]) == {"key"}
    assert CHECKOUT not in str(metadata)


def test_a_client_that_repeats_by_itself_is_not_taken(http_stage: Stage) -> None:
    with pytest.raises(ValueError, match="must not retry"):
        Outbox(
            http_stage.context,
            WebClient("xoxb-1"),
            Directory(http_stage.earshot.client, TEAM),
            team=TEAM,
            bot_id="B1",
            native=NativeBlocks(on=True, now=lambda: http_stage.now),
            now=lambda: http_stage.now,
        )


@pytest.mark.parametrize("state", ["planned", "unknown", "held"])
def test_a_message_of_another_workspace_is_left_alone(http_stage: Stage, state: str) -> None:
    id = plan(http_stage, "Good morning")
    theirs = "UPDATE outbox SET team = 'T0OTHER', state = :state"
    change(http_stage.context.store, theirs, state=state)
    plan(http_stage, "Ours")
    pass_time(http_stage, MINUTE)
    assert (row(http_stage, id).state, row(http_stage, id).attempts) == (state, 0)
    assert texts(http_stage) == ["Ours"]


# --- later --------------------------------------------------------------------------------------


@pytest.mark.case(29)
@pytest.mark.parametrize(
    ("method", "retry_after", "wait"),
    [
        ("conversations.info", 20, 20 * SECOND),
        ("chat.postMessage", 20, 20 * SECOND),
        ("chat.postMessage", "0", SECOND),
        ("chat.postMessage", None, 30 * SECOND),
        ("chat.postMessage", "soon", 30 * SECOND),
        ("chat.postMessage", "-5", 30 * SECOND),
        ("chat.postMessage", 86_400, 5 * MINUTE),
        ("chat.postMessage", "9" * 400, 5 * MINUTE),
    ],
)
def test_a_limited_message_waits_as_told_while_other_channels_go_on(
    http_stage: Stage, method: str, retry_after: int | str | None, wait: timedelta
) -> None:
    http_stage.slack.fail_next(method, rate_limited(retry_after))
    id = plan(http_stage, "Busy")
    plan(http_stage, "Elsewhere", SUPPORT)
    run(http_stage)
    assert (states(http_stage), texts(http_stage, SUPPORT)) == (["planned", "sent"], ["Elsewhere"])
    http_stage.now += wait - timedelta(microseconds=1)
    run(http_stage)
    assert row(http_stage, id).attempts == 1
    http_stage.now += timedelta(microseconds=1)
    run(http_stage)
    assert texts(http_stage) == ["Busy"]


@pytest.mark.case(29)
@pytest.mark.parametrize("retry_after", [30, 0, None, "soon", 86_400])
def test_nobody_stands_still_for_a_limit(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch, retry_after: int | str | None
) -> None:
    """Neither the clock nor whoever answers people waits for Slack's permission."""
    slept: list[float] = []
    sleep = time.sleep

    def noted(seconds: float) -> None:
        slept.append(seconds)
        sleep(min(seconds, 1.0))

    monkeypatch.setattr(time, "sleep", noted)
    limited = rate_limited(retry_after)
    for method in ("chat.postMessage", "conversations.info", "response_url"):
        http_stage.slack.fail_next(method, limited)
    for number in range(3):
        plan(http_stage, f"Message {number}", (CHECKOUT, SUPPORT, GENERAL)[number])
    run(http_stage)
    for _ in range(WORKERS + 1):
        assert http_stage.slack.slash_command("U0ADA", SUPPORT, "/friction", "help").ok
    # The first answer was refused; every other person gets theirs.
    http_stage.slack.wait_for(lambda: len(http_stage.slack.ephemerals("U0ADA")) == WORKERS)
    assert [each for each in slept if each > 0.5] == []
    pass_time(http_stage, 6 * MINUTE, 5 * SECOND)
    assert [texts(http_stage, each) for each in (CHECKOUT, SUPPORT, GENERAL)] == [
        ["Message 0"],
        ["Message 1"],
        ["Message 2"],
    ]


def _revoke(stage: Stage) -> None:
    stage.slack.space.grants.revoke(stage.slack.token)


def _take_scope(stage: Stage) -> None:
    stage.slack.grant(DEFAULT_SCOPES - {"chat:write"})


def _refuse(stage: Stage) -> None:
    stage.slack.fail_next("chat.postMessage", "invalid_auth", times=99)


@pytest.mark.parametrize("spoil", [_revoke, _take_scope, _refuse])
def test_what_a_person_can_mend_is_kept_without_a_storm_and_goes_out_after_mending(
    http_stage: Stage, spoil: Callable[[Stage], None]
) -> None:
    root = plan(http_stage, "Root")
    plan(http_stage, "Reply", thread_of=root)
    spoil(http_stage)
    pass_time(http_stage, HOUR, MINUTE)
    assert (states(http_stage), texts(http_stage)) == (["planned", "planned"], [])
    assert row(http_stage, root).attempts <= 13
    http_stage.slack.failures.clear()
    http_stage.slack.grant(DEFAULT_SCOPES)
    pass_time(http_stage, 6 * MINUTE, MINUTE)
    assert texts(http_stage) == ["Root", "Reply"]


@pytest.mark.parametrize(
    "failure", ["internal_error", http(500, "oops"), http(200, "<html>"), reset_after_accept()]
)
def test_a_channel_that_could_not_be_checked_leaves_no_doubt_that_nothing_was_posted(
    http_stage: Stage, failure: str | Failure
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    http_stage.slack.fail_next("conversations.info", failure, times=3)
    id = plan(http_stage, "Good morning")
    run(http_stage)
    assert (row(http_stage, id).state, tries(http_stage)) == ("planned", 0)
    pass_time(http_stage, MINUTE)
    assert texts(http_stage) == ["Good morning"]


def test_slack_that_is_away_altogether_is_tried_again(http_stage: Stage) -> None:
    address, http_stage.earshot.client.base_url = (
        http_stage.earshot.client.base_url,
        "http://127.0.0.1:9/api/",
    )
    id = plan(http_stage, "Good morning")
    pass_time(http_stage, MINUTE)
    assert row(http_stage, id).state == "planned"
    assert row(http_stage, id).attempts <= 7, "it waits longer each time"
    http_stage.earshot.client.base_url = address
    pass_time(http_stage, 5 * MINUTE, 10 * SECOND)
    assert texts(http_stage) == ["Good morning"]


# --- never --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["channel_not_found", "is_archived", "not_in_channel", "invalid_blocks", "no_text"]
)
def test_a_message_refused_for_good_is_not_tried_again(http_stage: Stage, code: str) -> None:
    http_stage.slack.fail_next("chat.postMessage", code)
    id = plan(http_stage, "Good morning")
    pass_time(http_stage, 10 * MINUTE, MINUTE)
    failed = row(http_stage, id)
    assert (failed.state, failed.error, tries(http_stage)) == ("failed", code, 1)
    assert texts(http_stage) == []


@pytest.mark.parametrize(
    ("channel", "change"),
    [
        (CHECKOUT, {"is_archived": True}),
        (CHECKOUT, {"is_ext_shared": True}),
        (CHECKOUT, {"is_pending_ext_shared": True}),
        (CHECKOUT, {"members": ["U0ADA"]}),
        (SHARED, {}),
        (PRIVATE, {}),
    ],
)
def test_nothing_is_posted_where_customers_words_must_not_go(
    http_stage: Stage, channel: str, change: dict[str, Any]
) -> None:
    id = plan(http_stage, "Good morning", channel)
    http_stage.slack.space.change_channel(channel, **change)
    pass_time(http_stage, 10 * MINUTE, MINUTE)
    assert row(http_stage, id).state == "failed"
    assert row(http_stage, id).error
    assert tries(http_stage) == 0


def test_a_message_whose_time_has_passed_is_not_sent(http_stage: Stage) -> None:
    http_stage.slack.fail_next("conversations.info", "token_revoked", times=60)
    id = plan(http_stage, "Good morning")
    pass_time(http_stage, 4 * HOUR, 5 * MINUTE)
    http_stage.slack.failures.clear()
    pass_time(http_stage, HOUR, 10 * MINUTE)
    assert (row(http_stage, id).state, row(http_stage, id).error) == ("failed", "too late")
    assert texts(http_stage) == []


# --- order --------------------------------------------------------------------------------------


def test_replies_follow_their_root_in_the_order_planned(http_stage: Stage) -> None:
    root = plan(http_stage, "Root")
    for number in range(3):
        plan(http_stage, f"Reply {number}", thread_of=root)
    plan(http_stage, "Another")
    pass_time(http_stage, MINUTE)
    root_ts = row(http_stage, root).ts or ""
    thread = http_stage.slack.messages(CHECKOUT, thread_ts=root_ts)
    assert [reply.text for reply in thread] == ["Reply 0", "Reply 1", "Reply 2"]
    assert [post.text for post in http_stage.slack.messages(CHECKOUT)] == ["Root", "Another"]


def test_replies_to_a_root_that_failed_fail_with_it(http_stage: Stage) -> None:
    http_stage.slack.fail_next("chat.postMessage", "is_archived")
    root = plan(http_stage, "Root")
    reply = plan(http_stage, "Reply", thread_of=root)
    pass_time(http_stage, MINUTE)
    assert states(http_stage) == ["failed", "failed"]
    assert row(http_stage, reply).error == "its thread was not posted"
    assert tries(http_stage) == 1


def test_a_reply_that_has_to_wait_is_not_overtaken(http_stage: Stage) -> None:
    root = plan(http_stage, "Root")
    run(http_stage)
    http_stage.slack.fail_next("chat.postMessage", rate_limited(20))
    plan(http_stage, "First", thread_of=root)
    plan(http_stage, "Second", thread_of=root)
    pass_time(http_stage, MINUTE)
    assert texts(http_stage) == ["Root", "First", "Second"]


def test_a_channel_gets_one_message_a_second_and_no_channel_waits_for_another(
    http_stage: Stage,
) -> None:
    for text in ("One", "Two", "Three"):
        plan(http_stage, text)
    plan(http_stage, "Elsewhere", SUPPORT)
    run(http_stage)
    assert (texts(http_stage), texts(http_stage, SUPPORT)) == (["One"], ["Elsewhere"])
    http_stage.now += timedelta(milliseconds=999)
    run(http_stage)
    assert texts(http_stage) == ["One"]
    for expected in (["One", "Two"], ["One", "Two", "Three"]):
        http_stage.now += SECOND
        run(http_stage)
        assert texts(http_stage) == expected


def test_the_pace_is_kept_from_the_end_of_a_call_that_took_its_time(http_stage: Stage) -> None:
    client, send = http_stage.earshot.client, http_stage.earshot.client.chat_postMessage

    def slowly(**arguments: Any) -> Any:
        http_stage.now += 10 * SECOND
        return send(**arguments)

    client.chat_postMessage = slowly  # type: ignore[method-assign]
    plan(http_stage, "One")
    plan(http_stage, "Two")
    begun = http_stage.now
    http_stage.earshot.clock.run_one(begun)
    http_stage.earshot.clock.run_one(begun + 10 * SECOND)
    assert texts(http_stage) == ["One"]
    http_stage.earshot.clock.run_one(begun + 11 * SECOND)
    assert texts(http_stage) == ["One", "Two"]


def test_while_a_call_is_on_its_way_its_channel_waits_and_no_other(http_stage: Stage) -> None:
    client, send = http_stage.earshot.client, http_stage.earshot.client.chat_postMessage

    def slowly(**arguments: Any) -> Any:
        """Another worker comes by, ten seconds into the call."""
        client.chat_postMessage = send  # type: ignore[method-assign]
        http_stage.now += 10 * SECOND
        run(http_stage)
        assert (texts(http_stage), texts(http_stage, SUPPORT)) == ([], ["Elsewhere"])
        return send(**arguments)

    client.chat_postMessage = slowly  # type: ignore[method-assign]
    plan(http_stage, "One")
    plan(http_stage, "Two")
    plan(http_stage, "Elsewhere", SUPPORT)
    pass_time(http_stage, MINUTE)
    assert texts(http_stage) == ["One", "Two"]


def test_a_message_that_is_sent_again_has_the_same_client_msg_id(http_stage: Stage) -> None:
    http_stage.slack.fail_next("chat.postMessage", rate_limited(1))
    plan(http_stage, "Again")
    pass_time(http_stage, MINUTE)
    plan(http_stage, "Another")
    pass_time(http_stage, MINUTE)
    sent = [
        call.arguments["client_msg_id"] for call in http_stage.slack.calls_of("chat.postMessage")
    ]
    first, second, other = map(UUID, sent)
    assert first == second != other


def test_several_workers_at_once_send_each_message_once(http_stage: Stage) -> None:
    planned = [f"Message {number}" for number in range(8)]
    for text in planned:
        plan(http_stage, text)

    def work() -> None:
        for second in range(40):
            while http_stage.earshot.clock.run_one(http_stage.now + second * SECOND):
                pass

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(texts(http_stage)) == planned


# --- edits --------------------------------------------------------------------------------------


@pytest.fixture
def posted(http_stage: Stage) -> str:
    """The timestamp of a message that stands in the channel."""
    id = plan(http_stage, "Old", shows=posting.TICKET)
    run(http_stage)
    http_stage.now += SECOND
    return row(http_stage, id).ts or ""


def test_edits_that_wait_become_one_and_the_same_again_becomes_none(
    http_stage: Stage, posted: str
) -> None:
    assert edit(http_stage, posted, "New")
    assert edit(http_stage, posted, "Newer")
    assert not edit(http_stage, posted, "Newer")
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), tries(http_stage, "chat.update")) == (["Newer"], 1)
    assert not edit(http_stage, posted, "Newer")


def test_a_second_edit_at_the_very_same_instant_is_not_lost(http_stage: Stage, posted: str) -> None:
    for text in ("New", "Newer", "Old"):
        edit(http_stage, posted, text)
        run(http_stage)
        assert texts(http_stage) == [text]


def test_an_edit_that_had_to_wait_does_not_undo_a_later_one(http_stage: Stage, posted: str) -> None:
    outbox = http_stage.earshot.client
    edit(http_stage, posted, "New")
    send = outbox.chat_update

    def meanwhile(**arguments: Any) -> Any:
        """Somebody reacts while the first edit is on its way."""
        outbox.chat_update = send  # type: ignore[method-assign]
        edit(http_stage, posted, "Newer")
        return send(**arguments)

    outbox.chat_update = meanwhile  # type: ignore[method-assign]
    http_stage.slack.fail_next("chat.update", rate_limited(30))
    pass_time(http_stage, 2 * MINUTE)
    assert texts(http_stage) == ["Newer"]


@pytest.mark.parametrize("failure", [reset_after_accept(), http(502, "<html>"), "internal_error"])
def test_an_edit_in_doubt_is_simply_sent_again(
    http_stage: Stage, posted: str, failure: Failure | str
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    http_stage.slack.fail_next("chat.update", failure)
    edit(http_stage, posted, "New")
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), states(http_stage)) == (["New"], ["sent", "sent"])


# --- the clock around it ------------------------------------------------------------------------


def test_a_sort_of_work_that_breaks_does_not_keep_messages_back(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("no such zone")

    monkeypatch.setattr(digest_due, "plan_due", broken)
    plan(http_stage, "Good morning")
    assert http_stage.earshot.clock.run_one(http_stage.now)
    assert texts(http_stage) == ["Good morning"]

    def all_else() -> None:
        while http_stage.earshot.clock.run_one(http_stage.now):
            pass

    with pytest.raises(RuntimeError, match="no such zone"):
        all_else()
    assert isinstance(http_stage.earshot.clock, Clock)
