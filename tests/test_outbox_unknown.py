"""Sent or not? After a lost answer or a crash: exactly one message where history can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.demo.fake_slack import (
    APP,
    BOT_ID,
    BOT_USER,
    DEFAULT_SCOPES,
    Failure,
    Message,
    half_body_after_accept,
    http,
    rate_limited,
    reset_after_accept,
    reset_before,
    timeout_after_accept,
)
from bot.demo.stage import Stage
from bot.doctor import examine
from bot.outbox import LEASE, Outbox
from bot.outcomes import Outcome
from bot.service import posting
from outbox_stage import (
    CHECKOUT,
    HOUR,
    MINUTE,
    SECOND,
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
from storage import outbox as rows
from storage import posts as post_rows
from storage import sending
from storage.values import Outgoing

HTML = "<html>Bad gateway</html>"


@pytest.fixture
def patient(http_stage: Stage) -> Iterator[Stage]:
    """A stage whose client gives up after a second instead of fifteen."""
    http_stage.earshot.client.timeout = 1
    yield http_stage
    http_stage.slack.release_held()


class Killed(BaseException):
    """The process ends here, without any cleaning up."""


@pytest.fixture
def die(http_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, timedelta], None]:
    """Run until just before a step of the outbox, at a clock that is ahead, and die there."""

    def killed(*_: object) -> None:
        raise Killed

    def run_and_die(step: str, ahead: timedelta) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Outbox, step, killed)
            with pytest.raises(Killed):
                http_stage.earshot.clock.run_one(http_stage.now + ahead)

    return run_and_die


def copy_of(stage: Stage, original: Message, metadata: bool = True) -> Message:
    """Another message like this one, as a worker that was thought dead would post it."""
    return stage.slack.space.post(
        original.channel,
        BOT_USER,
        original.text,
        blocks=original.blocks,
        metadata=original.metadata if metadata else None,
        bot_id=BOT_ID,
        app_id=APP,
    )


# --- lost answers -------------------------------------------------------------------------------


@pytest.mark.case(28)
@pytest.mark.case(30)
@pytest.mark.parametrize(
    "failure",
    [
        reset_before(),
        reset_after_accept(),
        half_body_after_accept(),
        timeout_after_accept(20),
        http(200, HTML),
        http(200),
        http(200, "{}"),
        http(200, "ü", {"content-type": "text/html; charset=ascii"}),
        http(500, "oops"),
        http(502, HTML, {"content-type": "text/html"}),
        http(503),
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "duplicate_message_not_found",
    ],
    ids=lambda failure: failure if isinstance(failure, str) else f"{failure.name} {failure.body}",
)
def test_a_lost_answer_leaves_exactly_one_visible_message(
    patient: Stage, failure: Failure | str
) -> None:
    patient.slack.fail_next("chat.postMessage", failure)
    root = plan(patient, "Root")
    plan(patient, "Reply", thread_of=root)
    run(patient)
    assert row(patient, root).state == "unknown"
    assert tries(patient) == 1, "nothing is repeated before the truth is known"
    pass_time(patient, MINUTE)
    assert texts(patient) == ["Root", "Reply"]
    assert states(patient) == ["sent", "sent"]
    found = patient.slack.posts(CHECKOUT)[0]
    assert row(patient, root).ts == found.ts
    with patient.context.store.read() as session:
        assert post_rows.get(session, TEAM, CHECKOUT, found.ts) is not None


@pytest.mark.parametrize("failure", [reset_after_accept(), http(502, HTML)])
def test_a_reply_in_doubt_is_looked_up_in_its_thread(http_stage: Stage, failure: Failure) -> None:
    root = plan(http_stage, "Root")
    run(http_stage)
    http_stage.slack.fail_next("chat.postMessage", failure)
    plan(http_stage, "First", thread_of=root)
    plan(http_stage, "Second", thread_of=root)
    pass_time(http_stage, MINUTE)
    assert texts(http_stage) == ["Root", "First", "Second"]
    assert tries(http_stage, "conversations.history") == 0


@pytest.mark.parametrize(
    "failure",
    [http(503, "away"), reset_before(), "internal_error", rate_limited(3), http(200, HTML)],
)
def test_a_look_up_that_fails_for_the_moment_is_repeated(
    http_stage: Stage, failure: Failure | str
) -> None:
    http_stage.slack.fail_next("chat.postMessage", reset_after_accept())
    http_stage.slack.fail_next("conversations.history", failure, times=3)
    id = plan(http_stage, "Good morning")
    run(http_stage)
    pass_time(http_stage, 25 * SECOND)
    assert row(http_stage, id).state == "sent"
    assert texts(http_stage) == ["Good morning"]


def test_a_message_is_found_behind_many_later_ones(http_stage: Stage) -> None:
    http_stage.slack.fail_next("chat.postMessage", reset_after_accept())
    id = plan(http_stage, "Good morning")
    run(http_stage)
    for number in range(250):
        http_stage.slack.space.post(CHECKOUT, "U0ADA", f"Chatter {number}")
    pass_time(http_stage, MINUTE, 5 * SECOND)
    assert row(http_stage, id).state == "sent"
    assert texts(http_stage) == ["Good morning"]


# --- crashes ------------------------------------------------------------------------------------


@pytest.mark.case(26)
@pytest.mark.parametrize("step", ["_send", "_call", "_settle"])
@pytest.mark.parametrize("ahead", [timedelta(0), 10 * MINUTE], ids=["in time", "clock ahead"])
def test_a_crash_at_any_step_ends_in_one_message(
    http_stage: Stage, die: Callable[[str, timedelta], None], step: str, ahead: timedelta
) -> None:
    root = plan(http_stage, "Root")
    plan(http_stage, "Reply", thread_of=root)
    die(step, ahead)
    assert row(http_stage, root).state == "sending"
    pass_time(http_stage, LEASE - SECOND, LEASE / 3 - SECOND / 3)
    assert tries(http_stage) <= 1, "whoever holds the lease is not disturbed"
    pass_time(http_stage, ahead + MINUTE, 15 * SECOND)
    assert (texts(http_stage), states(http_stage)) == (["Root", "Reply"], ["sent", "sent"])


@pytest.mark.case(26)
@pytest.mark.parametrize("step", ["before the claim", "after the record"])
def test_a_crash_before_the_claim_or_after_the_record_changes_nothing(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    root = plan(http_stage, "Root")
    plan(http_stage, "Reply", thread_of=root)
    settle = Outbox._settle

    def settle_and_die(self: Outbox, message: Outgoing, outcome: Outcome, now: datetime) -> None:
        settle(self, message, outcome, now)
        raise Killed

    def die_at_once(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        if step == "before the claim":
            patched.setattr(sending, "claim", die_at_once)
        else:
            patched.setattr(Outbox, "_settle", settle_and_die)
        with pytest.raises(Killed):
            http_stage.earshot.clock.run_one(http_stage.now)
    assert states(http_stage) == ["planned" if step == "before the claim" else "sent", "planned"]
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), states(http_stage)) == (["Root", "Reply"], ["sent", "sent"])
    assert tries(http_stage) == 2, "each was asked for once"


@pytest.mark.case(28)
def test_an_answer_that_hangs_and_comes_is_an_answer(http_stage: Stage) -> None:
    http_stage.slack.fail_next("chat.postMessage", Failure("slow", acts=True, wait=2.0))
    id = plan(http_stage, "Good morning")
    pass_time(http_stage, MINUTE)
    assert (texts(http_stage), row(http_stage, id).state) == (["Good morning"], "sent")
    assert tries(http_stage) == 1
    assert tries(http_stage, "conversations.history") == 0


def test_a_crash_during_a_look_up_is_looked_up_again(
    http_stage: Stage, die: Callable[[str, timedelta], None]
) -> None:
    http_stage.slack.fail_next("chat.postMessage", reset_after_accept())
    plan(http_stage, "Good morning")
    run(http_stage)
    http_stage.now += 5 * SECOND
    die("_look_up", timedelta(0))
    pass_time(http_stage, 2 * MINUTE, 5 * SECOND)
    assert (texts(http_stage), states(http_stage)) == (["Good morning"], ["sent"])


@pytest.mark.parametrize("step", ["_call", "_settle"])
def test_a_crash_during_an_edit_needs_no_history_for_the_edit_may_be_repeated(
    http_stage: Stage, die: Callable[[str, timedelta], None], step: str
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    id = plan(http_stage, "Old", shows=posting.TICKET)
    run(http_stage)
    http_stage.now += SECOND
    edit(http_stage, row(http_stage, id).ts or "", "New")
    die(step, timedelta(0))
    pass_time(http_stage, LEASE + MINUTE, 5 * SECOND)
    assert (texts(http_stage), states(http_stage)) == (["New"], ["sent", "sent"])


def test_an_expired_lease_makes_a_message_unknown_and_not_planned(http_stage: Stage) -> None:
    id = plan(http_stage, "Good morning")
    with http_stage.context.store.write() as session:
        assert sending.claim(session, TEAM, http_stage.now, LEASE) is not None
        assert sending.sweep(session, http_stage.now + LEASE - SECOND) == 0
        assert sending.sweep(session, http_stage.now + LEASE) == 1
    assert row(http_stage, id).state == "unknown"


def test_a_worker_that_was_thought_dead_cannot_overwrite_what_another_found(
    http_stage: Stage,
) -> None:
    id = plan(http_stage, "Good morning")
    now = http_stage.now
    with http_stage.context.store.write() as session:
        stale = sending.claim(session, TEAM, now, LEASE)
        sending.sweep(session, now + LEASE)
        newer = sending.claim_unknown(session, TEAM, now + LEASE, LEASE)
        assert stale is not None
        assert newer is not None
        assert newer.fence > stale.fence
        assert not sending.settle(session, stale, rows.PLANNED, now + LEASE)
        assert sending.settle(session, newer, rows.SENT, now + LEASE, ts="2.0")
        assert not sending.settle(session, stale, rows.SENT, now + LEASE, ts="1.0")
        forged = replace(stale, fence=newer.fence)
        assert not sending.settle(session, forged, rows.FAILED, now + LEASE), "sent is the end"
    assert (row(http_stage, id).state, row(http_stage, id).ts) == ("sent", "2.0")


# --- several copies -----------------------------------------------------------------------------


def _two_copies(stage: Stage) -> tuple[int, Message, Message]:
    stage.slack.fail_next("chat.postMessage", reset_after_accept())
    id = plan(stage, "Good morning")
    run(stage)
    first = stage.slack.posts(CHECKOUT)[0]
    return id, first, copy_of(stage, first)


def test_of_several_copies_the_earliest_stays_and_the_others_go(http_stage: Stage) -> None:
    id, first, _ = _two_copies(http_stage)
    copy_of(http_stage, first)
    pass_time(http_stage, MINUTE, 5 * SECOND)
    assert [post.ts for post in http_stage.slack.posts(CHECKOUT)] == [first.ts]
    assert (row(http_stage, id).state, row(http_stage, id).ts) == ("sent", first.ts)


@pytest.mark.parametrize(
    "failure", [rate_limited(3), http(503), reset_before(), reset_after_accept()]
)
def test_a_copy_that_could_not_be_deleted_is_deleted_later(
    http_stage: Stage, failure: Failure
) -> None:
    id, first, _ = _two_copies(http_stage)
    http_stage.slack.fail_next("chat.delete", failure)
    pass_time(http_stage, MINUTE, 5 * SECOND)
    assert [post.ts for post in http_stage.slack.posts(CHECKOUT)] == [first.ts]
    assert row(http_stage, id).state == "sent"


def test_a_copy_that_slack_will_not_let_go_does_not_keep_the_thread_back(
    http_stage: Stage,
) -> None:
    id, _, _ = _two_copies(http_stage)
    plan(http_stage, "Reply", thread_of=id)
    http_stage.slack.fail_next("chat.delete", "cant_delete_message")
    pass_time(http_stage, MINUTE, 5 * SECOND)
    assert states(http_stage) == ["sent", "sent"]


def test_messages_of_others_and_other_messages_of_ours_are_left_alone(http_stage: Stage) -> None:
    id, first, second = _two_copies(http_stage)
    second.bot_id = "B0OTHER"
    unmarked = copy_of(http_stage, first, metadata=False)
    other_type = copy_of(http_stage, first)
    other_type.metadata = {**(first.metadata or {}), "event_type": "something_else"}
    pass_time(http_stage, MINUTE, 5 * SECOND)
    left = [post.ts for post in http_stage.slack.posts(CHECKOUT)]
    assert left == [first.ts, second.ts, unmarked.ts, other_type.ts]
    assert row(http_stage, id).ts == first.ts


# --- no history ---------------------------------------------------------------------------------


@pytest.mark.case(28)
@pytest.mark.case(30)
@pytest.mark.parametrize("failure", [reset_after_accept(), http(502, HTML)])
def test_without_history_a_message_in_doubt_is_held_and_never_posted_twice(
    http_stage: Stage, failure: Failure
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    http_stage.slack.fail_next("chat.postMessage", failure)
    root = plan(http_stage, "Root")
    plan(http_stage, "Reply", thread_of=root)
    pass_time(http_stage, 10 * HOUR, 10 * MINUTE)
    assert tries(http_stage) == 1
    assert states(http_stage) == ["held", "failed"]
    assert tries(http_stage, "conversations.history") <= 4 * 12 + 1, "no storm of look-ups"
    findings = examine(http_stage.context, http_stage.earshot.client, None)
    held = [finding for finding in findings if finding.id == "outbox.held"]
    assert len(held) == 1
    assert "missing_scope" in held[0].message
    assert "channels:history" in held[0].remedy
    assert any(finding.id == "slack.history" for finding in findings)


@pytest.mark.parametrize("failure", [reset_after_accept(), http(502, HTML)])
def test_a_held_message_is_settled_once_history_can_be_read(
    http_stage: Stage, failure: Failure
) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    http_stage.slack.fail_next("chat.postMessage", failure)
    root = plan(http_stage, "Root")
    plan(http_stage, "Reply", thread_of=root)
    pass_time(http_stage, HOUR, 5 * MINUTE)
    assert row(http_stage, root).state == "held"
    http_stage.slack.grant(DEFAULT_SCOPES)
    pass_time(http_stage, 6 * MINUTE, 5 * SECOND)
    assert (texts(http_stage), states(http_stage)) == (["Root", "Reply"], ["sent", "sent"])
