"""What Slack answers instead of doing what it was asked."""

from __future__ import annotations

from datetime import timedelta

from slack_sdk.errors import SlackApiError

LONGEST_WAIT = timedelta(minutes=5)


def status(error: SlackApiError) -> int:
    """The HTTP status; 0 where there was none."""
    return int(getattr(error.response, "status_code", 0) or 0)


def code(error: SlackApiError) -> str:
    """Slack's word for what is wrong."""
    return str(error.response.get("error") or "no error given")


def is_word(code: str) -> bool:
    """Slack's error codes are words; the SDK puts a sentence there for a body it cannot read."""
    return code.replace("_", "").isalnum()


def name_of(error: Exception) -> str:
    """What happened on the way, without anything that was sent."""
    return type(getattr(error, "reason", error)).__name__


def retry_after(error: SlackApiError) -> timedelta:
    """How long Slack asks to wait, at most `LONGEST_WAIT`; half a minute where it says nothing."""
    headers = {k.lower(): v for k, v in dict(getattr(error.response, "headers", {})).items()}
    raw = str(headers.get("retry-after", ""))
    seconds = int(raw[:9]) if raw.isascii() and raw.isdigit() else 30
    return min(LONGEST_WAIT, timedelta(seconds=max(1, seconds)))
