"""Messages to Slack: what waits, what is in doubt, what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PostLine:
    """One message. `since` is when it came into its state, or when that is next looked at."""

    id: int
    state: str
    channel: str
    what: str
    action: str
    since: datetime
    attempts: int
    error: str
    is_open: bool
    """Whether a person may say what is to become of it."""


@dataclass(frozen=True, slots=True)
class PostsReport:
    """The newest messages that were not simply sent, and how many are in each state."""

    counts: dict[str, int]
    lines: tuple[PostLine, ...]
    more: int
    """How many of them are not in `lines`."""
