"""The digest of a channel, and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.reports.cadence import Cadence, LessLine, Mute
from bot.reports.tickets import Feature, Quote, TicketView

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


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

    Where its tickets `wait` for the next digest, this one has not looked at them.
    """

    channel: str
    due: datetime | None
    silent: bool
    reason: str
    verdict: str
    items: tuple[DigestItem, ...]
    left_out: int
    wait: bool = False


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
    """A page (from 0) of the tickets that a digest read and does not show, the newest first.

    Those that tell the same as a shown one are among them.
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
    `most` is the number of tickets at the most (1 to 5). `cadence` says which of `days` and
    `weekday` count.
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
    cadence: Cadence = Cadence.DAYS
    weekday: int = 1
    mute: Mute | None = None

    @property
    def due_days(self) -> tuple[int, ...]:
        """The weekdays on which it comes, or looks whether something rises."""
        if self.cadence is Cadence.DAILY:
            return EVERY_DAY
        return (self.weekday,) if self.cadence is Cadence.WEEKLY else self.days


@dataclass(frozen=True, slots=True)
class SettingsReport:
    """The settings screen: what stands, what may be chosen, and what would be posted.

    `mute` is the one that lasts; `less` is what the channel wants less of.
    """

    settings: ChannelSettings
    catalogue: tuple[Feature, ...]
    preview: DigestReport
    exists: bool
    mute: Mute | None = None
    less: tuple[LessLine, ...] = ()
