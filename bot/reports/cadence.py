"""How often a channel's digest comes, and what people did about that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Cadence(StrEnum):
    """How often a digest comes; RISES only where something is above its usual level."""

    DAILY = "daily"
    DAYS = "days"
    WEEKLY = "weekly"
    RISES = "rises"


class Act(StrEnum):
    """What a person did in a channel with customers' words, or about getting them.

    Reactions are acts as well, and kept for themselves.
    """

    OPENED = "opened"
    ASKED = "asked"
    TAGGED = "tagged"
    SHARED = "shared"
    REPLIED = "replied"
    SET_UP = "set up"


class LessOf(StrEnum):
    """What a channel may want less of."""

    FEATURE = "feature"
    KIND = "kind"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Mute:
    """A digest muted from `since` on, up to `until`; where that is None, until somebody ends it."""

    since: datetime
    until: datetime | None
    by: str

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class LessLine:
    """What a channel wants less of. `name` is the feature's, or the kind, or what a customer
    said; "" where that is no longer stored."""

    id: int
    channel: str
    what: LessOf
    name: str
    by: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """Whether a digest is still useful. `answer` is None, kept, used, weekly or back.

    Nobody used it on so many working days (`quiet`); after `patience` more it turns weekly, on
    `weekday`. `before` and `days` say how often it came when it was asked.
    """

    id: int
    channel: str
    answer: str | None
    by: str
    quiet: int
    patience: int
    weekday: int
    before: Cadence
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A channel's digest in a line: how often, when next (None for never), and its mute."""

    channel: str
    cadence: Cadence
    days: tuple[int, ...]
    at: str
    due: datetime | None
    mute: Mute | None
