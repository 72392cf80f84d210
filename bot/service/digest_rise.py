"""How many customers a feature usually hears from in a week, by the baseline of alarms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from storage import feature_days

_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Level:
    """Customers with friction in a usual week, and the variance of their number."""

    mean: float
    variance: float


def levels(session: Session, features: Collection[str], now: datetime) -> dict[str, Level] | None:
    """What is usual in a week, by feature; None where too little is stored to know.

    The last week is no history: see `bot.voice.spike_usual`, which keeps three days out.
    """
    import numpy as np

    from bot.voice.spike_usual import DAY, GUARD, HISTORY, usual_at

    days = HISTORY // DAY + 1
    until = feature_days.day_of(now) + 1 - (_WEEK - GUARD)
    names = sorted(features)
    place = {name: number for number, name in enumerate(names)}
    by_day = np.zeros((len(names) + 1, days), np.int64)
    for feature, day, customers in feature_days.heard(session, names, until - days, until):
        by_day[place[feature], day - (until - days)] = customers
    for day, tickets in feature_days.queue(session, until - days, until):
        by_day[-1, day - (until - days)] = tickets
    # Days that come before anything was stored tell nothing of what is usual.
    begun = np.flatnonzero(by_day[-1])
    if not names or not len(begun):
        return None
    by_day = by_day[:, begun[0] :]
    before = np.repeat(np.cumsum(by_day, axis=1), DAY, axis=1)
    total = np.concatenate([np.zeros((len(by_day), 1), np.int64), before], axis=1)
    length = _WEEK * DAY
    found = usual_at(total[:-1], total[-1], total.shape[1] - 1, [length])
    if found is None:
        return None
    mean, variance = found.mean[length], found.variance[length]
    return {
        name: Level(float(mean[number]), float(variance[number])) for name, number in place.items()
    }
