"""The digest of a channel, and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.reports.tickets import Feature, Quote, TicketView


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named part of a ticket's notability: `weight * value`, with value between 0 and 1."""

    name: str
    weight: float
    value: float

    @property
    def points(self) -> float:
        return self.weight * self.value


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One ticket of a digest. `similar` counts the other tickets that tell the same."""

    ticket: TicketView
    quote: Quote
    score: float
    parts: tuple[ScorePart, ...]
    why: str
    similar: int
    similar_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestReport:
    """What a channel gets on one day; `silent` with a `reason` when it gets nothing.

    `left` are the rows of the `left_out` tickets, which were read and are neither shown nor told
    by one that is, the newest first.
    """

    channel: str
    due: datetime | None
    silent: bool
    reason: str
    verdict: str
    items: tuple[DigestItem, ...]
    left_out: int
    left: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyItem:
    """Why a digest shows a ticket: the parts add up to its score."""

    quote: str
    parts: tuple[ScorePart, ...]
    why: str
    similar: int


@dataclass(frozen=True, slots=True)
class WhyReport:
    """Why a channel's digest of a day shows what it does, and how much it left out."""

    channel: str
    day: date
    items: tuple[WhyItem, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class UnshownReport:
    """A page (from 0) of the `total` tickets that a digest left out, the newest first.

    What was deleted since is missing on its page.
    """

    channel: str
    day: date
    page: int
    size: int
    total: int
    tickets: tuple[TicketView, ...]


@dataclass(frozen=True, slots=True)
class DigestDecision:
    """What was decided for a local day: posted, silent, skipped or failed, and why."""

    day: date
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class DigestSent:
    """What became of a wish to send the digest of a day; `is_new` if it was planned just now.

    Otherwise `state` and `reason` say what stands: posted, failed or silent.
    """

    report: DigestReport
    day: date
    state: str
    reason: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel's digest, as set in `/digest`. `features` empty means all features.

    `days` are ISO weekdays (1 = Monday), `at` is local time "HH:MM" in `timezone` (IANA),
    `most` is the number of tickets at the most (1 to 5).
    """

    team: str
    channel: str
    features: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    at: str = "09:30"
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    timezone: str = "UTC"
    most: int = 5
    on: bool = True
    set_up_by: str | None = None
    alarms: bool = False


@dataclass(frozen=True, slots=True)
class SettingsReport:
    """The settings screen: what stands, what may be chosen, and what would be posted."""

    settings: ChannelSettings
    catalogue: tuple[Feature, ...]
    preview: DigestReport
    exists: bool
