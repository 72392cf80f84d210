"""How many customers a feature usually hears from at an hour, and how much that varies.

From the counts of the last eight weeks at the same hour of the clock, after Farrington and others
(1996) and Noufaily and others (2013): weekdays, growth, quiet days and past bursts are told from
the usual level, and the dispersion is that of the counts themselves. Features lend each other what
few of their own tickets cannot tell (empirical Bayes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY: Final = 24
WEEKS: Final = 8
GUARD: Final = 3
"""The last days are no history yet: a wave that is building must not become the usual."""
HISTORY: Final = (7 * WEEKS + GUARD) * DAY
"""Hours before the moment that are looked back at."""
LEAST_DAYS: Final = 14
_RECENT_DAYS: Final = 14

# Tickets that the pooled figure is worth where a feature has few of its own.
_WEEKDAY_PRIOR: Final = 20.0
_SHARE_PRIOR: Final = 50.0
# Features that the presumed dispersion is worth.
_POOL_PRIOR: Final = 4.0
_PRESUMED: Final = 1.3
_CAP: Final = 3.0
_LEAST_DIFFERENCE: Final = 0.002
"""Variance of a weekday's factor between features that is presumed where none shows."""
_FEW: Final = 3
"""Days out of eight weeks that may be bursts rather than the usual."""
_WILD: Final = 2.0
_DOUBT: Final = 0.5
"""Standard errors of the dispersion that are added to it."""
_OWN_DAY: Final = 0.85
_OWN_DAYS: Final = 0.7
"""What is left of a day's, or three days', variance around three weeks' level and a week's shape
that they are a part of themselves."""
_DRIFT: Final = 0.05
"""How far a feature's level moves within some weeks, as a share."""
_QUIET: Final = 0.75


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for each stream at a moment, by length of window in hours."""

    mean: dict[int, Floats]
    variance: dict[int, Floats]


@dataclass(frozen=True, slots=True)
class _Level:
    """A mean day of each stream: customers, a factor a weekday (0 is today's) with its variance,
    and the counts of the past days with bursts held down."""

    mean: Floats
    factors: Floats
    unsure: Floats
    capped: Floats


def usual_at(total: Ints, queue: Ints, at: int, lengths: Iterable[int]) -> Usual | None:
    """What is usual at the hour `at`, None where fewer than `LEAST_DAYS` days are known.

    `total[s, h]` counts the customers of stream s in the hours before h (so the first column is
    zero), `queue[h]` those of all tickets; `lengths` are those of windows, in hours.
    """
    days = min((at - DAY) // DAY, 7 * WEEKS + GUARD - 1)
    back = np.arange(GUARD, days + 1)
    if len(back) < LEAST_DAYS:
        return None
    ends = at - DAY * back
    of_queue = (queue[ends] - queue[ends - DAY]).astype(float)
    heard = _heard(of_queue, back)
    if heard.sum() < LEAST_DAYS:
        return None
    back, ends, of_queue = back[heard], ends[heard], of_queue[heard]
    by_day = (total[:, ends] - total[:, ends - DAY]).astype(float)
    pooled = _of_queue(of_queue, back)
    level = _level(by_day, back, pooled, _drift(of_queue, back))
    return _by_length(total, queue, lengths, (ends, back), level)


def _of_queue(of_queue: Floats, back: Ints) -> Floats:
    """The week of the whole queue: a row of seven factors, drawn to 1 where few write."""
    found = np.ones((1, 7))
    for weekday in range(7):
        same = of_queue[back % 7 == weekday]
        expected = of_queue.mean() * len(same)
        found[0, weekday] = (same.sum() + _WEEKDAY_PRIOR) / (expected + _WEEKDAY_PRIOR)
    return found


def _heard(of_queue: Floats, back: Ints) -> NDArray[np.bool_]:
    """Days that tell what is usual: not those on which hardly anybody wrote, or nothing came in.

    A holiday, or a source that was down, is far below the weekday's median of the whole queue.
    """
    usual = float(np.median(of_queue))
    if usual == 0:
        usual = float(of_queue.mean())
    factor = np.ones(7)
    for weekday in range(7):
        same = of_queue[back % 7 == weekday]
        if len(same):
            factor[weekday] = (np.median(same) + 2.0) / (usual + 2.0)
    mean = usual * factor[back % 7]
    found: NDArray[np.bool_] = of_queue >= _QUIET * mean - 2 * np.sqrt(_PRESUMED * mean)
    return found & ((of_queue > 0) | (mean < 5))


def _weekdays(by_day: Floats, back: Ints, pooled: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """How much of a mean day each weekday has, and the error of that (variance of the factor).

    Drawn towards the queue's week as far as features differ no more than chance makes them
    (empirical Bayes), so that small features borrow it and one with a week of its own keeps it.
    """
    mean = by_day.mean(axis=1)
    own, error = np.repeat(pooled, len(by_day), axis=0), np.full((len(by_day), 7), np.inf)
    for weekday in range(7):
        same = by_day[:, back % 7 == weekday]
        if same.shape[1]:
            expected = np.maximum(mean * same.shape[1], 0.1)
            own[:, weekday] = same.sum(axis=1) / expected
            error[:, weekday] = spread * pooled[0, weekday] / expected + 1e-9
    known = np.isfinite(error)
    sure = np.where(known, 1 / error, 0.0)
    differ = (((own - pooled) ** 2 - np.where(known, error, 0)) * sure**2).sum()
    differ = max(float(differ / max((sure**2).sum(), 1e-9)), _LEAST_DIFFERENCE)
    kept = differ / (differ + error)
    return pooled + kept * (own - pooled), np.where(known, kept * error, differ)


def _level(by_day: Floats, back: Ints, pooled: Floats, drift: float) -> _Level:
    """What is usual on a mean day, from the days `back` days ago.

    The last two weeks count for more the more customers they have: of large features they tell
    about growth, of small ones mostly about chance.
    """
    capped = by_day
    spread = np.full(len(by_day), _PRESUMED)
    for _ in range(3):
        factors, unsure = _weekdays(capped, back, pooled, spread)
        shape = factors[:, back % 7]
        level = (capped.sum(axis=1) + 0.5) / shape.sum(axis=1)
        mean = level[:, None] * shape
        spread = np.maximum(_dispersion(capped, mean, back), _PRESUMED)
        capped = _held_down(by_day, mean, spread)
    recent = back < GUARD + _RECENT_DAYS
    days = np.maximum(shape[:, recent].sum(axis=1), 1)
    lately = (capped[:, recent].sum(axis=1) + 0.5) / days
    error = np.sqrt(spread * lately / days)
    ages = [float(back.mean()), float(back[recent].mean()) if recent.any() else 0.0]
    grown, lately = (
        value * (1 + drift * age / 28) for value, age in zip((level, lately), ages, strict=True)
    )
    trust = _DRIFT**2 / (_DRIFT**2 + (error / np.maximum(lately, 1e-9)) ** 2)
    level = np.maximum(grown + trust * (lately - grown), lately - 2 * error)
    return _Level(level, factors, unsure, capped)


def _held_down(counts: Floats, mean: Floats, spread: Floats) -> Floats:
    """Counts without the bursts of a few days; what happens more often is part of the usual."""
    often = np.partition(counts, -_FEW - 1, axis=1)[:, -_FEW - 1 : -_FEW]
    return np.minimum(counts, np.maximum(mean + _CAP * np.sqrt(spread[:, None] * mean) + 1, often))


def _drift(of_queue: Floats, back: Ints) -> float:
    """How much the whole queue grows in four weeks, as far as it is sure; never below zero."""
    late, early = of_queue[back < GUARD + 28], of_queue[back >= GUARD + 28]
    if not len(late) or len(early) < _RECENT_DAYS or early.sum() == 0:
        return 0.0
    ratio = float(np.median(late) / max(np.median(early), 1e-9))
    error = ratio * np.sqrt(2.5 * (1 / max(late.sum(), 1) + 1 / early.sum()))
    return float(np.clip(ratio - 1 - error, 0, 0.15))


def _dispersion(counts: Floats, mean: Floats, back: Ints) -> Floats:
    """Variance over mean, a figure a stream (a ratio of sums: steady where means are small).

    Around the level of the time, three weeks of it, so that what changed slowly is not taken for
    noise (Farrington's models have a trend for that).
    """
    weeks = (back - back[0]) // 7
    number = int(weeks[-1]) + 1
    sums, usual = (np.zeros((len(counts), number + 2)) for _ in range(2))
    for week in range(number):
        sums[:, week + 1] = counts[:, weeks == week].sum(axis=1)
        usual[:, week + 1] = mean[:, weeks == week].sum(axis=1)
    near = [(rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4 for rows in (sums, usual)]
    # Drawn to no change where few wrote.
    local = mean * ((near[0] + 1) / (near[1] + 1))[:, weeks]
    found: Floats = ((counts - local) ** 2).sum(axis=1) / np.maximum(local.sum(axis=1), 1e-9)
    return found


def _pooled(own: Floats, mean: Floats, days: float) -> Floats:
    """Each stream's dispersion drawn towards the line of all streams (empirical Bayes).

    How far depends on how much more they differ than chance makes them; one that surely varies more
    than the line says keeps its own.
    """
    line = _line(own, mean)
    # A few wild ones must not make all others look wild.
    line = _line(np.minimum(own, _WILD * line), mean)
    error = line**2 * (2 + 1 / np.maximum(mean, 0.02)) / days
    weight = np.minimum(mean, 1.0) + 1e-9
    differ = max(float(np.average((own - line) ** 2 - error, weights=weight)), 0.0)
    kept = differ / (differ + error)
    drawn: Floats = np.maximum(line + kept * (own - line), own - 2 * np.sqrt(error))
    # A tail is thicker where its spread is not known for sure.
    doubted: Floats = drawn + _DOUBT * np.sqrt(kept * error)
    return np.maximum(doubted, 1.0)


def _line(own: Floats, mean: Floats) -> Floats:
    """The dispersion that a stream of a size has by all others; it may rise with the size.

    Streams that share a mood (good and bad days) vary the more the larger they are.
    """
    weight = np.append(np.minimum(mean, 1.0), _POOL_PRIOR)
    across = np.append(mean, np.average(mean, weights=weight[:-1] + 1e-9))
    up = np.append(own, _PRESUMED)
    centre, middle = np.average(across, weights=weight), np.average(up, weights=weight)
    slope = float((weight * (across - centre) * (up - middle)).sum())
    slope = max(slope / max(float((weight * (across - centre) ** 2).sum()), 1e-9), 0.0)
    found: Floats = middle + slope * (mean - centre)
    return np.maximum(found, 1.0)


def _by_length(
    total: Ints, queue: Ints, lengths: Iterable[int], days: tuple[Ints, Ints], day: _Level
) -> Usual:
    ends, back = days
    found = Usual({}, {})
    told = day.capped.sum(axis=1) + 0.5
    for hours in lengths:
        classes = range(max(hours // DAY, 1))
        shape = sum((day.factors[:, (back + one) % 7] for one in classes), np.zeros(1))
        now = day.factors[:, list(classes)].sum(axis=1)
        share = _share(total, queue, ends, hours) if hours < DAY else np.ones(len(total))
        expected = (day.mean * share)[:, None] * shape
        counts = (total[:, ends] - total[:, np.maximum(ends - hours, 0)]).astype(float)
        # A burst of the past is held down in the counts of every length.
        counts = _held_down(counts, expected, np.full(len(total), 2.0))
        if hours == DAY:
            counts = day.capped
        own = _dispersion(counts, expected, back) / (_OWN_DAYS if hours > DAY else _OWN_DAY)
        spread = _pooled(own, expected.mean(axis=1), len(back) / max(hours / DAY, 1))
        mean = day.mean * now * share
        # What is not known for sure: the level, and the weekday's part of it.
        unsure = spread / told + day.unsure[:, list(classes)].sum(axis=1) / now**2
        found.mean[hours] = mean
        found.variance[hours] = spread * mean + unsure * mean**2
    return found


def _share(total: Ints, queue: Ints, ends: Ints, hours: int) -> Floats:
    """The part of a day's customers that write in its last `hours`, as the clock stands."""
    of_queue = (queue[ends] - queue[ends - hours]).sum() / max(
        (queue[ends] - queue[ends - DAY]).sum(), 1
    )
    own = (total[:, ends] - total[:, ends - hours]).sum(axis=1)
    whole = (total[:, ends] - total[:, ends - DAY]).sum(axis=1)
    found: Floats = (own + _SHARE_PRIOR * of_queue) / (whole + _SHARE_PRIOR)
    return found
