"""Whether a feature hears from far more customers than usual, given its own last weeks.

The frame is the quasi-Poisson surveillance of Farrington and others (1996), improved by Noufaily
and others (2013), "An improved algorithm for outbreak detection in multiple surveillance systems",
Statistics in Medicine 32(7): what is usual from past counts of the same clock hours (`spike_usual`)
and the tail of a negative binomial around it. It looks back from every hour over several lengths at
once, as prospective scan statistics do (Kulldorff 2001, JRSS A 164), so a flood is seen within the
hour and a slow wave within days.

Counts are hourly and of distinct customers (see `spike_history`). All features are judged at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log
from typing import Final

import numpy as np

from bot.voice.spike_usual import DAY, Floats, Ints, Usual

FLOOR: Final = 5
"""Fewer customers than this are no alarm, whatever was usual."""

LEAST_RATIO: Final = 1.5
"""Nor is less than this many times the usual, however sure: nobody would get up for it."""

YEAR: Final = 365.0
BUDGET: Final = 12.0
"""False alarms a year over at most `BUDGET_FEATURES` features together."""
BUDGET_FEATURES: Final = 50
LENGTHS: Final = {3: 0.05, 8: 0.08, 24: 0.52, 72: 0.14}
"""Hours, and the part of the budget. Themes have another, the rest is for what is estimated rather
than known (simulated, see bench/alarms.py)."""
_HEIGHT: Final = 4.0
"""Standard deviations that an alarm lies above the mean, about."""

# Customers a day between which a burst of three times the usual is hard but possible to tell.
_BETWEEN: Final = (8.0, 60.0)
_ELSEWHERE: Final = 0.25


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


def looks_a_day(hours: int) -> float:
    """How many separate looks a day the hourly ones at a sliding window of `hours` amount to.

    Windows that begin an hour apart share most of what they see. The rate at which the maximum of
    such a scan passes a bar z: z² looks a window's length, less for taking steps (Siegmund 1985,
    "Sequential Analysis", chapters IV and X).
    """
    scan = DAY / hours * _HEIGHT**2 * exp(-0.583 * _HEIGHT * (2 / hours) ** 0.5)
    return min(float(DAY), scan)


def bar(hours: int, streams: int) -> float:
    """The chance below which a window of `hours` is an alarm, from the budget.

    Bonferroni over the looks of a year at `streams` features; an installation with few features is
    not made more nervous by that.
    """
    looks = YEAR * looks_a_day(hours) * max(streams, BUDGET_FEATURES)
    return BUDGET * LENGTHS[hours] / looks


def rises(total: Ints, usual: Usual, at: int) -> list[Rise]:
    """The streams that are far above their usual level at the hour `at`, the strangest first."""
    weights = _weights(usual.mean[DAY])
    found: dict[int, tuple[float, Rise]] = {}
    for hours in LENGTHS:
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
    scaled: Floats = weights / weights.mean()
    return scaled


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
