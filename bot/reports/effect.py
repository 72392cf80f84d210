"""Whether customers feel a fix: what was counted before and after it shipped, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.reports.insight_lines import InsightLine
from bot.reports.tickets import Feature, TicketView
from bot.reports.words import EffectVerdict


class LeftOut(StrEnum):
    """Why a week counts for nothing."""

    ROLLOUT = "the week of shipping, or the one before"
    QUEUE = "an unusual week of the whole queue"
    SOURCE = "a week in which a source of the tickets was not heard"
    MIRROR = "the mirror of an unusual week"


@dataclass(frozen=True, slots=True)
class EffectWeek:
    """Distinct customers of seven days that begin on `start`, and in the rest of the queue.

    `tickets` are the rows of theirs, as they were written, `ticket_ids` their ids at the help desk.
    """

    start: date
    customers: int
    rest: int
    left_out: LeftOut | None = None
    ticket_ids: tuple[str, ...] = ()
    tickets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """What counts before and after tell.

    `before` and `after` are customers of the weeks that count, `expected` what `after` would be
    had nothing changed. From week to week the rest of the queue has `control` times what it had;
    `is_capped` where that is more than is put down to growth. `low` to `high` is the 95 % interval
    of `ratio`, for one look; all are None where nothing can be compared. `spread` is how many times
    chance's variance the counts have, `p` the two-sided p-value and `level` what it is held
    against, in the direction in which it moved. It is of the look `weeks` after shipping. `alone`
    is what that look says by itself; `verdict` is what is said after all looks, `since` the one
    that was the first to say it.
    """

    weeks: int
    verdict: EffectVerdict
    alone: EffectVerdict
    before: int
    after: int
    expected: float
    ratio: float | None
    low: float | None
    high: float | None
    spread: float
    p: float
    level: float
    weeks_before: int
    weeks_after: int
    control: float | None = None
    is_capped: bool = False
    since: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """Something that was counted week by week: a story, or a feature.

    Nothing of the sources `without` is counted, neither here nor in the rest of the queue: they
    were heard in a part of these weeks only.
    """

    name: str
    estimate: Estimate
    before: tuple[EffectWeek, ...]
    after: tuple[EffectWeek, ...]
    without: tuple[str, ...] = ()


class Nearby(StrEnum):
    """What stands next door to what was fixed."""

    THEME = "theme"
    FEATURE = "feature"


@dataclass(frozen=True, slots=True)
class NextDoor:
    """Another story of the feature (named in a customer's words), or a neighbour of the feature.

    `verdict` holds after the correction for looking at many.
    """

    what: Nearby
    name: str
    estimate: Estimate
    verdict: EffectVerdict
    before: tuple[EffectWeek, ...]
    after: tuple[EffectWeek, ...]


@dataclass(frozen=True, slots=True)
class EffectReport:
    """The answer to "did our fix help?" as of the look `weeks` after it shipped (0: none yet).

    `story` and `feature` are None where there is none; the verdict is the story's, else the
    feature's. `expects` is the day from which it is likely to be able to say, None where it has
    said or never will. `looks_next` is the day of the next look, None after the last. `asked` is
    the insight that was asked for, where it was merged into this one.
    """

    insight: int | None
    title: str
    about: Feature | None
    shipped_on: date
    weeks: int
    looked_on: date | None
    looks_next: date | None
    verdict: EffectVerdict
    expects: date | None
    stored_from: date | None
    story: Measured | None
    feature: Measured | None
    next_door: tuple[NextDoor, ...]
    customers_known: bool
    sampled: bool
    asked: int | None = None

    @property
    def main(self) -> Measured | None:
        """What the verdict is about."""
        return self.story or self.feature


@dataclass(frozen=True, slots=True)
class EffectTickets:
    """A page (from 0, of `size`) of the tickets behind a look at a fix, of one side of shipping.

    They are those of the `weeks_counted` weeks that count, newest first, of what the verdict is
    about. `counted` is the figure that they make: customers, once in each of these weeks.
    """

    insight: int
    title: str
    shipped_on: date
    weeks: int
    after: bool
    weeks_counted: int
    counted: int
    customers_known: bool
    tickets: tuple[TicketView, ...]
    total: int
    page: int = 0
    size: int = 10


@dataclass(frozen=True, slots=True)
class ExportedInsight:
    """An insight with all that is exported of it."""

    line: InsightLine
    tagged_by: str
    note: str
    shipped_what: str
    declined_why: str
    ticket_ids: tuple[str, ...]
