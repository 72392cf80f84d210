"""The things of a workspace: people, channels, messages, views.

Values that never change are frozen. Channels, messages and views change while a test runs, and
only under the workspace's lock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]
Clock = Callable[[], datetime]


class SlackError(Exception):
    """What the Web API answers with `ok: false`."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


@dataclass(frozen=True)
class Person:
    """A member of the workspace, or a stranger from a shared channel."""

    id: str
    name: str
    real_name: str
    tz: str = "Europe/London"
    tz_offset: int = 0
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    team_id: str = "T0EARSHOT"


@dataclass
class Channel:
    """A conversation; `user` names the other side of a direct message."""

    id: str
    name: str
    is_private: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    pending_connected_team_ids: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_im: bool = False
    user: str | None = None
    members: list[str] = field(default_factory=list)


@dataclass
class Message:
    """A message in a channel; with `ephemeral_to` only that person sees it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: str | None = None
    deleted: bool = False
    ephemeral_to: str | None = None
    client_msg_id: str | None = None
    options: Json = field(default_factory=dict)
    # What each person has picked in the message's menus, as Slack's clients keep it.
    states: dict[str, dict[str, Json]] = field(default_factory=dict)


@dataclass
class View:
    """A modal or a Home view with what has been typed into it."""

    id: str
    user: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """The blocks as the app sent them, ids filled in."""
        blocks: list[Json] = self.definition["blocks"]
        return blocks


@dataclass(frozen=True)
class Token:
    """A token and what it may do."""

    value: str
    kind: str
    scopes: frozenset[str]
    revoked: bool = False


@dataclass(frozen=True)
class Change:
    """Something that happened, for whoever watches: the demo page, `wait_for`."""

    number: int
    kind: str
    channel: str | None = None
    user: str | None = None
    ts: str | None = None


@dataclass(frozen=True)
class Call:
    """A request of the bot, and what it was answered."""

    number: int
    method: str
    arguments: Mapping[str, Any]
    answer: Mapping[str, Any]
    faults: tuple[str, ...]
    at: datetime
    # The number of the change that it was: orders calls and deliveries.
    change: int = 0

    def __str__(self) -> str:
        verdict = "ok" if self.answer.get("ok") else str(self.answer.get("error", "no answer"))
        return f"#{self.number} {self.method} -> {verdict} {' '.join(self.faults)}".rstrip()
