"""Looks at shipped insights as they are kept among all that happened to these.

A look is kept with the day of shipping that it is about, so that none counts any more once an
insight ships again. Its figures stand beside it as they were told: a card shows them without
counting all tickets anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from bot.reports import EffectReport, EffectVerdict, Happened, InsightNews, Look, Status
from storage import insight_changes
from storage.insight_changes import Change
from storage.values import InsightValue

_NONE: Final = "-"
_KEPT: Final = 4
_TICKETS: Final = "tickets"
_CUSTOMERS: Final = "customers"


def look_of(report: EffectReport) -> Look:
    """What is kept of a report."""
    found = report.main.estimate if report.main else None
    return Look(
        weeks=report.weeks,
        verdict=report.verdict,
        ratio=found.ratio if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        customers_known=report.customers_known,
    )


def news(look: Look, shipped: date, now: datetime) -> InsightNews:
    """A look as it is kept: weeks, verdict, then the day of shipping and the figures."""
    figures = [
        _NONE if each is None else f"{each:.6g}" for each in (look.ratio, look.low, look.high)
    ]
    counted = _CUSTOMERS if look.customers_known else _TICKETS
    said = " ".join([shipped.isoformat(), *figures, counted])
    return InsightNews(
        now, "", Happened.LOOKED, before=str(look.weeks), after=look.verdict, said=said
    )


def since_shipped(session: Session, values: Sequence[InsightValue]) -> dict[int, list[Look]]:
    """The looks at each insight since it shipped, the first in front."""
    changes = insight_changes.of_sort(session, [value.id for value in values], Happened.LOOKED)
    return {
        value.id: [_look(each) for each in changes[value.id] if _is_about(each, value.shipped_on)]
        for value in values
    }


def last(session: Session, values: Sequence[InsightValue]) -> dict[int, Look]:
    """The last look at each insight that is shipped or verified, where one was made."""
    shown = [value for value in values if value.status in (Status.SHIPPED, Status.VERIFIED)]
    found = since_shipped(session, shown)
    return {insight: looks[-1] for insight, looks in found.items() if looks}


def _is_about(change: Change, shipped: date | None) -> bool:
    return shipped is not None and change.said.partition(" ")[0] == shipped.isoformat()


def _look(change: Change) -> Look:
    look = Look(int(change.before), EffectVerdict(change.after))
    _, *figures = change.said.split()
    if len(figures) < _KEPT:
        # Looks were kept without figures once.
        return look
    ratio, low, high, counted = figures
    return replace(
        look,
        ratio=_number(ratio),
        low=_number(low),
        high=_number(high),
        customers_known=counted != _TICKETS,
    )


def _number(written: str) -> float | None:
    return None if written == _NONE else float(written)
