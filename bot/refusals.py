"""What Slack answers instead of doing what it was asked."""

from __future__ import annotations

from datetime import timedelta
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

LONGEST_WAIT = timedelta(minutes=5)
MAYBE_DONE = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        # Slack has seen our `client_msg_id` before, and does not say where the message is.
        "duplicate_message_not_found",
        "duplicate_channel_not_found",
    }
)
"""Answers after which a message may stand in its channel or not."""
NO_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
"""Refusals of whatever is asked with this token."""
MENDABLE = NO_TOKEN | {"missing_scope", "ekm_access_denied"}
"""Refusals that a person can end, so that the same call is taken later."""
GONE = frozenset({"message_not_found", "channel_not_found", "thread_not_found"})
"""Refusals that say that a message, or its channel, is not there any more."""
NO_CHANNEL = frozenset({"channel_not_found", "is_archived"})
"""Refusals of whatever goes to a channel, until somebody brings it back."""
NO_ANSWER = (URLError, OSError, HTTPException, ValueError)
"""What urllib and slack_sdk raise in the place of an answer; a ValueError is a body that is no
text."""


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
