"""Senders that come back after they were thought dead: no second copy is left, and none is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from bot.demo.fake_slack import DEFAULT_SCOPES, Message, Repeats, hold, http, reset_after_accept
from bot.demo.stage import Stage
from bot.outbox import LEASE, LOOK_AGAIN_FOR, Outbox
from bot.service import posting
from outbox_stage import (
    CHECKOUT,
    HOUR,
    MINUTE,
    SECOND,
    TEAM,
    WITHOUT_HISTORY,
    pass_time,
    plan,
    row,
    run,
    states,
    texts,
    tries,
)
from storage import outbox as rows
from storage import posts as post_rows
from storage import sending
from storage.values import Outgoing


class Killed(BaseException):
    """The process ends here, without any cleaning up."""


def ever_posted(stage: Stage, text: str) -> list[Message]:
    """Every copy of a message that Slack took, those that were deleted since included."""
    return [each for each in stage.slack.space.history[CHECKOUT] if each.text == text]


# --- a worker that stood still ------------------------------------------------------------------


@pytest.fixture
def overtaken(http_stage: Stage) -> Callable[[], None]:
    """Let the next call that posts take longer than the lease, while others go on with the work."""
    client = http_stage.earshot.client
    send = client.chat_postMessage

    def slowly(**arguments: Any) -> Any:
        client.chat_postMessage = send  # type: ignore[method-assign]
        pass_time(http_stage, LEASE + 20 * SECOND, 5 * SECOND)
        return send(**arguments)

    def arrange() -> None:
        client.chat_postMessage = slowly  # type: ignore[method-assign]

    return arrange


def test_of_two_that_posted_the_one_that_was_overtaken_takes_its_copy_back(
    http_stage: Stage, overtaken: Callable[[], None]
) -> None:
    root = plan(http_stage, "Root")
    plan(http_stage, "Reply", thread_of=root)
    overtaken()
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), states(http_stage)) == (["Root", "Reply"], ["sent", "sent"])
    assert tries(http_stage) == 3
    assert row(http_stage, root).ts == http_stage.slack.posts(CHECKOUT)[0].ts


def test_a_message_that_is_held_is_known_once_its_late_worker_tells(
    http_stage: Stage, overtaken: Callable[[], None]
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    id = plan(http_stage, "Good morning")
    overtaken()
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), states(http_stage)) == (["Good morning"], ["sent"])
    assert row(http_stage, id).ts == http_stage.slack.posts(CHECKOUT)[0].ts


def test_a_worker_that_stood_still_before_its_call_does_not_make_it(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(http_stage, "Good morning")
    look = Outbox._refusal

    def slowly(outbox: Outbox, message: Outgoing) -> str | None:
        monkeypatch.setattr(Outbox, "_refusal", look)
        http_stage.now += LEASE - SECOND
        return look(outbox, message)

    monkeypatch.setattr(Outbox, "_refusal", slowly)
    http_stage.earshot.clock.run_one(http_stage.now)
    assert (tries(http_stage), states(http_stage)) == (0, ["planned"])
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), tries(http_stage)) == (["Good morning"], 1)


# --- a second copy that nobody takes back -------------------------------------------------------


@pytest.fixture
def double(
    http_stage: Stage, overtaken: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> int:
    """A message that was sent again, and then by the one who was overtaken, who dies of it."""
    settle = Outbox._settle

    def die(outbox: Outbox, message: Outgoing, *rest: Any) -> None:
        if message.attempts == 1 and tries(http_stage) == 2:
            raise Killed
        settle(outbox, message, *rest)

    monkeypatch.setattr(Outbox, "_settle", die)
    id = plan(http_stage, "Good morning")
    overtaken()
    with pytest.raises(Killed):
        run(http_stage)
    assert texts(http_stage) == ["Good morning"] * 2
    return id


def test_a_second_copy_that_nobody_takes_back_is_found_and_deleted(
    http_stage: Stage, double: int
) -> None:
    first, _ = http_stage.slack.posts(CHECKOUT)
    pass_time(http_stage, 2 * LEASE)
    assert [each.ts for each in http_stage.slack.posts(CHECKOUT)] == [first.ts]
    assert (row(http_stage, double).state, row(http_stage, double).ts) == ("sent", first.ts)


@pytest.mark.parametrize("method", ["conversations.history", "chat.delete"])
def test_a_second_look_that_fails_is_repeated(http_stage: Stage, double: int, method: str) -> None:
    http_stage.slack.fail_next(method, http(503), times=3)
    pass_time(http_stage, 3 * LEASE)
    assert texts(http_stage) == ["Good morning"]


def test_second_looks_become_rare_and_end_after_a_day(http_stage: Stage, double: int) -> None:
    before = tries(http_stage, "conversations.history")
    pass_time(http_stage, LOOK_AGAIN_FOR * 2, 30 * MINUTE)
    looks = tries(http_stage, "conversations.history") - before
    assert 5 <= looks <= 12
    pass_time(http_stage, LOOK_AGAIN_FOR, 2 * HOUR)
    assert tries(http_stage, "conversations.history") - before == looks


def test_where_history_can_no_longer_be_read_second_looks_are_no_storm(
    http_stage: Stage, double: int
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    pass_time(http_stage, 2 * HOUR, MINUTE)
    assert tries(http_stage, "conversations.history") <= 15
    http_stage.slack.grant(DEFAULT_SCOPES)
    pass_time(http_stage, 4 * HOUR, 10 * MINUTE)
    assert texts(http_stage) == ["Good morning"]


def test_a_copy_that_a_person_deleted_is_not_mourned(http_stage: Stage, double: int) -> None:
    first, second = http_stage.slack.posts(CHECKOUT)
    http_stage.slack.space.delete(first)
    pass_time(http_stage, 2 * LEASE)
    assert [each.ts for each in http_stage.slack.posts(CHECKOUT)] == [second.ts]


@pytest.mark.case(28)
def test_what_slack_takes_long_after_the_time_out_leaves_one_message(http_stage: Stage) -> None:
    taken = Event()
    http_stage.earshot.client.timeout = 1
    http_stage.slack.fail_next("chat.postMessage", hold(taken))
    id = plan(http_stage, "Good morning")
    pass_time(http_stage, 15 * SECOND, 5 * SECOND)
    assert row(http_stage, id).state == "sent"
    taken.set()
    http_stage.slack.wait_for(lambda: len(http_stage.slack.posts(CHECKOUT)) == 2)
    pass_time(http_stage, 2 * LEASE)
    assert [each.ts for each in http_stage.slack.posts(CHECKOUT)] == [row(http_stage, id).ts]


@pytest.mark.parametrize("refusal", ["is_archived", "invalid_blocks"])
def test_what_slack_takes_after_a_refused_repeat_is_known_to_be_sent(
    http_stage: Stage, refusal: str
) -> None:
    taken = Event()
    http_stage.earshot.client.timeout = 1
    http_stage.slack.fail_next("chat.postMessage", hold(taken))
    http_stage.slack.fail_next("chat.postMessage", refusal)
    id = plan(http_stage, "Good morning")
    pass_time(http_stage, 15 * SECOND, 5 * SECOND)
    assert row(http_stage, id).state == "failed"
    taken.set()
    http_stage.slack.wait_for(lambda: http_stage.slack.posts(CHECKOUT))
    pass_time(http_stage, 2 * LEASE)
    [only] = http_stage.slack.posts(CHECKOUT)
    assert (row(http_stage, id).state, row(http_stage, id).ts) == ("sent", only.ts)
    with http_stage.context.store.read() as session:
        assert post_rows.get(session, TEAM, CHECKOUT, only.ts) is not None


def test_a_message_that_was_sent_but_once_is_not_looked_for_again(http_stage: Stage) -> None:
    http_stage.slack.fail_next("chat.postMessage", reset_after_accept())
    plan(http_stage, "Good morning")
    plan(http_stage, "Good afternoon")
    pass_time(http_stage, HOUR, MINUTE)
    assert tries(http_stage, "conversations.history") == 1


# --- where Slack knows a repeat by its id -------------------------------------------------------


@pytest.mark.parametrize("repeats", ["known", "refused"])
def test_where_slack_knows_a_repeat_there_is_never_a_second_copy(
    http_stage: Stage, overtaken: Callable[[], None], repeats: Repeats
) -> None:
    http_stage.slack.know_repeats(repeats)
    id = plan(http_stage, "Good morning")
    overtaken()
    pass_time(http_stage, 5 * MINUTE, 5 * SECOND)
    assert tries(http_stage) == 2
    [only] = ever_posted(http_stage, "Good morning")
    assert texts(http_stage) == ["Good morning"]
    assert (row(http_stage, id).state, row(http_stage, id).ts) == ("sent", only.ts)


# --- a message that was given up ----------------------------------------------------------------


@pytest.mark.parametrize("state", [rows.HELD, rows.FAILED, rows.UNKNOWN, rows.PLANNED])
def test_a_message_whose_only_sender_comes_late_is_sent_and_known(
    http_stage: Stage, state: str
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    client = http_stage.earshot.client
    send = client.chat_postMessage
    id = plan(http_stage, "Good morning")

    def slowly(**arguments: Any) -> Any:
        with http_stage.context.store.write() as session:
            sending.sweep(session, http_stage.now + LEASE)
            other = sending.claim_unknown(session, TEAM, http_stage.now + LEASE, LEASE)
            assert other is not None
            assert sending.settle(session, other, state, http_stage.now + LEASE)
        return send(**arguments)

    client.chat_postMessage = slowly  # type: ignore[method-assign]
    run(http_stage)
    sent = row(http_stage, id)
    assert (sent.state, sent.ts) == ("sent", http_stage.slack.posts(CHECKOUT)[0].ts)
    with http_stage.context.store.read() as session:
        post = post_rows.get(session, TEAM, CHECKOUT, sent.ts or "")
    assert post is not None
    assert post.shows == posting.DIGEST


# --- before the call ----------------------------------------------------------------------------


def test_a_message_that_another_took_over_is_not_sent_though_no_time_seems_to_have_passed(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = plan(http_stage, "Good morning")
    look = Outbox._refusal

    def meanwhile(outbox: Outbox, message: Outgoing) -> str | None:
        """Another machine's clock is ahead, and it takes the lease to be over."""
        with http_stage.context.store.write() as session:
            assert sending.sweep(session, http_stage.now + LEASE) == 1
        return look(outbox, message)

    monkeypatch.setattr(Outbox, "_refusal", meanwhile)
    http_stage.earshot.clock.run_one(http_stage.now)
    assert (tries(http_stage), row(http_stage, id).state) == (0, "planned")
    monkeypatch.setattr(Outbox, "_refusal", look)
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), tries(http_stage)) == (["Good morning"], 1)


def test_a_call_ends_long_before_its_lease(http_stage: Stage) -> None:
    """Two calls are made under one lease: to look at the channel, and to post."""
    client = http_stage.earshot.client
    assert client.retry_handlers == []
    assert timedelta(seconds=2 * client.timeout) < LEASE / 2
