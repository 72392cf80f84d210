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
    """One ticket of a digest. `similar` counts the other tickets that tell the same.

    `similar_ids` are their own ids, `similar_rows` those that they are stored under.
    """

    ticket: TicketView
    quote: Quote
    score: float
    parts: tuple[ScorePart, ...]
    why: str
    similar: int
    similar_ids: tuple[str, ...] = ()
    similar_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceHeard:
    """A source of tickets, and when one of its tickets was last stored."""

    name: str
    last: datetime


@dataclass(frozen=True, slots=True)
class AliveReport:
    """What Earshot did in the `days` days before `until`: a channel is told once a week.

    `sources` are those heard of lately, the latest first. `tickets` were read from them, `digests`
    and other posts are the channel's own; `failed` could not be posted, `doubtful` may stand there
    or not.
    """

    until: datetime
    days: int
    sources: tuple[SourceHeard, ...]
    tickets: int
    digests: int
    failed: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class DigestReport:
    """What a channel gets on one day; `silent` with a `reason` when it gets nothing.

    The `verdict` is what is said first; `level` says what is known of the usual, where that does
    not. Where either counts the customers of a feature, `about` is that feature, and they wrote in
    the week before `at`. `new` tickets were chosen from, of `customers` customers (None where none
    is known).
    `left` are the rows of the `left_out` tickets, which were read and are neither shown nor told
    by one that is, the newest first.
    Where its tickets `wait` for the next digest, this one has not looked at them.
    """

    channel: str
    due: datetime | None
    silent: bool
    reason: str
    verdict: str
    items: tuple[DigestItem, ...]
    left_out: int
    left: tuple[int, ...] = ()
    at: datetime | None = None
    new: int = 0
    customers: int | None = None
    about: Feature | None = None
    level: str = ""
    alive: AliveReport | None = None
    wait: bool = False


@dataclass(frozen=True, slots=True)
class WhyItem:
    """Why a digest shows a ticket (its row is `key`): the parts add up to its score."""

    quote: str
    parts: tuple[ScorePart, ...]
    why: str
    similar: int
    key: int = 0


@dataclass(frozen=True, slots=True)
class WhyReport:
    """Why a channel's digest of a day shows what it does, and how much it left out."""

    channel: str
    day: date
    items: tuple[WhyItem, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class BehindReport:
    """A page (from 0) of the tickets behind a figure of a digest, the newest first.

    With `like`, a shown ticket's row, they are the other tickets that tell the same as its `quote`;
    else those that the digest read and left out. With that one they are of `customers` customers
    (None where none is known), `lately` of them in the week before the digest. What was deleted
    since is missing on its page.
    """

    channel: str
    day: date
    page: int
    size: int
    total: int
    tickets: tuple[TicketView, ...]
    like: int | None = None
    quote: str = ""
    customers: int | None = None
    lately: int = 0


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
