"""Slack, seen from inside: messages, people, channels, and what `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered Slack message: `text` serves notifications and screen readers.

    `plain` are the blocks to show where Slack refuses some of `blocks`: charts and tables. It is
    None where there are none of these.
    """

    text: str
    blocks: tuple[dict[str, object], ...] = field(default=())
    plain: tuple[dict[str, object], ...] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, as far as `users.info` tells."""

    team: str
    user: str
    timezone: str
    is_outsider: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in its workspace, as Slack says; `enterprise` is None outside of one."""

    team: str
    user: str
    bot: str
    enterprise: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation, as far as `conversations.info` tells."""

    team: str
    id: str
    name: str
    is_member: bool
    is_shared: bool
    is_archived: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What `doctor` found: `level` is ok, warning or error; `remedy` says what to do."""

    id: str
    level: str
    message: str
    remedy: str = ""
