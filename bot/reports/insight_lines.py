"""One insight in a line, as lists and answers show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.reports.tickets import Feature
from bot.reports.words import EffectVerdict, Kind, Status


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a fix: so many weeks after it shipped, what was said, and by which figures.

    `ratio` with its 95 % interval is None where nothing could be compared, `high` also where it
    is without end. Where `customers_known` is false, tickets were counted.
    """

    weeks: int
    verdict: EffectVerdict
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    customers_known: bool = True


@dataclass(frozen=True, slots=True)
class InsightLine:
    """An insight in one line of a list; `owner` is a Slack user id.

    `looked` is the last look at its fix, None before the first, and where nothing has shipped.
    """

    id: int
    title: str
    feature: Feature | None
    kind: Kind
    status: Status
    tickets: int
    customers: int
    answers: Mapping[str, int]
    created_at: datetime
    owner: str | None = None
    issue_url: str | None = None
    shipped_on: date | None = None
    looked: Look | None = None
