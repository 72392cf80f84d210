"""Whether a feature hears from far more customers than usual, given its own last weeks.

The frame is the quasi-Poisson surveillance of Farrington and others (1996), improved by Noufaily
and others (2013), "An improved algorithm for outbreak detection in multiple surveillance systems",
Statistics in Medicine 32(7): past counts of the same clock hours, past bursts held down, dispersion
from the counts themselves, and the tail of a negative binomial around what is expected. It looks
back from every hour over several lengths at once, as prospective scan statistics do (Kulldorff
2001, JRSS A 164), so a flood is seen within the hour and a slow wave within days.

Counts are hourly and of distinct customers (see `spike_counts`). All features are judged at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FLOOR: Final = 5
"""Fewer customers than this are no alarm, whatever was usual."""

LEAST_RATIO: Final = 1.5
"""Nor is less than this many times the usual, however sure: nobody would get up for it."""

DAY: Final = 24
WEEKS: Final = 8
GUARD: Final = 3
"""The last days are no history yet: a wave that is building must not become the usual."""
HISTORY: Final = (7 * WEEKS + GUARD) * DAY
"""Hours before the moment that are looked back at."""
LEAST_DAYS: Final = 14
_RECENT_DAYS: Final = 14

YEAR: Final = 365.0
BUDGET: Final = 12.0
"""False alarms a year over at most `BUDGET_FEATURES` features together."""
BUDGET_FEATURES: Final = 50
# What part of the budget a length may use, and how many looks a day count as separate ones: looks
# an hour apart share most of a long window, so that about four a window's length are new
# (simulated, see bench/alarms.py).
_LENGTHS: Final = {3: 0.05, 8: 0.08, 24: 0.52, 72: 0.05}
"""Hours, and the part of the budget; the rest is for themes."""
_HEIGHT: Final = 4.0
"""Standard deviations that an alarm lies above the mean, about."""

# Customers a day between which a burst of three times the usual is hard but possible to tell.
_BETWEEN: Final = (8.0, 60.0)
_ELSEWHERE: Final = 0.25

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
class Rise:
    """More than usual: `stream` in the `hours` before the moment.

    `expected` is of the same hours, `chance` how probable so many are in a quiet time.
    """

    stream: int
    hours: int
    observed: int
    expected: float
    chance: float


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for each stream at a moment, by length of window in hours."""

    mean: dict[int, Floats]
    variance: dict[int, Floats]


def looks_a_day(hours: int) -> float:
    """How many separate looks a day the hourly ones at a sliding window of `hours` amount to.

    Windows that begin an hour apart share most of what they see. The rate at which the maximum of
    such a scan passes a bar z: z² looks a window's length, less for taking steps (Siegmund 1985,
    "Sequential Analysis", chapters IV and X).
    """
    scan = DAY / hours * _HEIGHT**2 * exp(-0.583 * _HEIGHT * (2 / hours) ** 0.5)
    return min(float(DAY), scan)


@dataclass(frozen=True, slots=True)
class _Level:
    """A mean day of each stream: customers, a factor a weekday (0 is today's) with its variance,
    and the counts of the past days with bursts held down."""

    mean: Floats
    factors: Floats
    unsure: Floats
    capped: Floats


def bar(hours: int, streams: int) -> float:
    """The chance below which a window of `hours` is an alarm, from the budget.

    Bonferroni over the looks of a year at `streams` features; an installation with few features is
    not made more nervous by that.
    """
    looks = YEAR * looks_a_day(hours) * max(streams, BUDGET_FEATURES)
    return BUDGET * _LENGTHS[hours] / looks


def rises(total: Ints, usual: Usual, at: int) -> list[Rise]:
    """The streams that are far above their usual level at the hour `at`, the strangest first."""
    weights = _weights(usual.mean[DAY])
    found: dict[int, tuple[float, Rise]] = {}
    for hours in _LENGTHS:
        limits = bar(hours, len(total)) * weights
        for rise in _above(total, usual, at, hours, limits):
            margin = rise.chance / limits[rise.stream]
            if rise.stream not in found or margin < found[rise.stream][0]:
                found[rise.stream] = margin, rise
    return sorted((rise for _, rise in found.values()), key=lambda one: (one.chance, one.stream))


def chance(total: Ints, usual: Usual, at: int, stream: int, hours: int = DAY) -> Rise:
    """What a stream's last `hours` are, unusual or not."""
    seen = int(total[stream, at] - total[stream, at - hours])
    mean, variance = float(usual.mean[hours][stream]), float(usual.variance[hours][stream])
    return Rise(stream, hours, seen, mean, tail(seen, mean, variance))


def _weights(mean: Floats) -> Floats:
    """The part of the budget for each stream, 1 in the mean.

    A burst of some times the usual is beyond doubt on a large feature and beyond reach on a small
    one; between them a higher bar would miss it. (Weighted Bonferroni: Roeder and Wasserman 2009,
    Statistical Science 24(4).)
    """
    between = (mean >= _BETWEEN[0]) & (mean <= _BETWEEN[1])
    weights: Floats = np.where(between, 1.0, _ELSEWHERE)
    return weights / weights.mean()


def _above(total: Ints, usual: Usual, at: int, hours: int, limits: Floats) -> list[Rise]:
    seen = total[:, at] - total[:, at - hours]
    mean, variance = usual.mean[hours], usual.variance[hours]
    # No tail is thinner than that of a normal curve here, so most streams need no sum.
    near = (seen > mean + 2.5 * np.sqrt(variance)) & (seen >= LEAST_RATIO * mean)
    found = []
    for stream in np.flatnonzero(near & (seen >= FLOOR)).tolist():
        chance = tail(int(seen[stream]), float(mean[stream]), float(variance[stream]))
        if chance < limits[stream]:
            found.append(Rise(stream, hours, int(seen[stream]), float(mean[stream]), chance))
    return found


def tail(seen: int, mean: float, variance: float) -> float:
    """The chance of `seen` or more under a negative binomial (Poisson where it has no spread)."""
    if seen <= 0:
        return 1.0
    mean = max(mean, 1e-9)
    spread = variance - mean
    if spread <= 1e-9 * mean:
        now = exp(seen * log(mean) - mean - lgamma(seen + 1))
        size = 0.0
    else:
        size = mean * mean / spread
        share = mean / variance
        now = exp(
            lgamma(seen + size)
            - lgamma(size)
            - lgamma(seen + 1)
            + size * log(share)
            + seen * log(1 - share)
        )
    found, number = 0.0, seen
    while now > 1e-18 * found and number < seen + 100_000:
        found += now
        if size:
            now *= (number + size) / (number + 1) * (1 - share)
        else:
            now *= mean / (number + 1)
        number += 1
    return min(found, 1.0)


def usual_at(total: Ints, queue: Ints, at: int) -> Usual | None:
    """What is usual at the hour `at`, None where fewer than `LEAST_DAYS` days are known.

    `total[s, h]` counts the customers of stream s in the hours before h (so the first column is
    zero), `queue[h]` those of all tickets.
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
    return _by_length(total, queue, at, (ends, back), level)


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


def _level(
    by_day: Floats, back: Ints, pooled: Floats, drift: float
) -> _Level:
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
    if len(early) < _RECENT_DAYS or early.sum() == 0:
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

    A line, because streams that share a mood (good and bad days) vary the more the larger they
    are. How far they are drawn depends on how much more they differ than chance makes them; one
    that surely varies more than the line says keeps its own.
    """
    weight = np.append(np.minimum(mean, 1.0), _POOL_PRIOR)
    across = np.append(mean, np.average(mean, weights=weight[:-1] + 1e-9))
    up = np.append(own, _PRESUMED)
    centre, middle = np.average(across, weights=weight), np.average(up, weights=weight)
    slope = (weight * (across - centre) * (up - middle)).sum()
    slope = max(slope / max((weight * (across - centre) ** 2).sum(), 1e-9), 0.0)
    line = np.maximum(middle + slope * (mean - centre), 1.0)
    error = line**2 * (2 + 1 / np.maximum(mean, 0.02)) / days
    differ = np.average((own - line) ** 2 - error, weights=weight[:-1] + 1e-9)
    kept = max(float(differ), 0.0) / (max(float(differ), 0.0) + error)
    drawn: Floats = np.maximum(line + kept * (own - line), own - 2 * np.sqrt(error))
    # A tail is thicker where its spread is not known for sure.
    return np.maximum(drawn + _DOUBT * np.sqrt(kept * error), 1.0)


def _by_length(total: Ints, queue: Ints, at: int, days: tuple[Ints, Ints], day: _Level) -> Usual:
    ends, back = days
    found = Usual({}, {})
    told = day.capped.sum(axis=1) + 0.5
    for hours in _LENGTHS:
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
