"""What an answer of Slack, or none, makes of a message: its next state, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from socket import gaierror

from slack_sdk.errors import SlackApiError

from bot import refusals
from storage import outbox as rows
from storage.values import Outgoing

LOOK_UP_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went: the row's next state, and when to look again."""

    state: str
    ts: str | None = None
    error: str | None = None
    wait: timedelta = timedelta(0)
    absent_reads: int = 0
    is_new: bool = False
    """Whether this very attempt made the message, rather than found it."""
    may_turn_up: bool = False
    """Whether it is sent again though nobody knows the end of an earlier attempt."""


def refused(message: Outgoing, error: SlackApiError, *, asked_to_post: bool = True) -> Outcome:
    """Slack answered, but not with a success."""
    status, code = refusals.status(error), refusals.code(error)
    if _is_limit(status, code):
        return Outcome(rows.PLANNED, error="rate limited", wait=refusals.retry_after(error))
    if code in refusals.MENDABLE:
        return Outcome(rows.PLANNED, error=code, wait=refusals.LONGEST_WAIT)
    if _is_unclear(status, code):
        reason = _reason(status, code)
        return _unsure(message, reason) if asked_to_post else later(message, reason)
    return Outcome(rows.FAILED, error=code)


def broken(message: Outgoing, error: Exception) -> Outcome:
    """No answer. Only a connection that was never made is sure to have posted nothing."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, ConnectionRefusedError | gaierror):
        return later(message, "Slack cannot be reached")
    return _unsure(message, refusals.name_of(error))


def later(message: Outgoing, reason: str) -> Outcome:
    """Nothing was posted: to be tried again, after a longer pause each time."""
    wait = min(refusals.LONGEST_WAIT, timedelta(seconds=2 ** min(message.attempts, 10)))
    return Outcome(rows.PLANNED, error=reason, wait=wait)


def unread(error: SlackApiError) -> Outcome:
    """The look-up was refused: for the moment, or until a person lets us read."""
    status, code = refusals.status(error), refusals.code(error)
    if _is_limit(status, code):
        return Outcome(rows.UNKNOWN, error="rate limited", wait=refusals.retry_after(error))
    if _is_unclear(status, code):
        return Outcome(rows.UNKNOWN, error=_reason(status, code), wait=LOOK_UP_AFTER)
    reason = f"sent or not? history cannot be read: {code}"
    return Outcome(rows.HELD, error=reason, wait=refusals.LONGEST_WAIT)


def _unsure(message: Outgoing, reason: str) -> Outcome:
    if message.action == "update":
        return later(message, reason)
    return Outcome(rows.UNKNOWN, error=reason, wait=LOOK_UP_AFTER)


def _is_limit(status: int, code: str) -> bool:
    return status == 429 or code in {"ratelimited", "rate_limited"}


def _is_unclear(status: int, code: str) -> bool:
    return code in refusals.MAYBE_DONE or status >= 500 or not refusals.is_word(code)


def _reason(status: int, code: str) -> str:
    return code if refusals.is_word(code) else f"HTTP {status}"
