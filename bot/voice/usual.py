"""How many tickets are usual for a window, told from the weeks before it.

Counts of support tickets vary more than chance alone would have it: people come in waves. So the
interval is a quasi-Poisson prediction interval (McCullagh & Nelder, Generalized Linear Models,
2nd ed. 1989, 6.2 and 9.2), whose dispersion is Pearson's statistic of the earlier weeks over its
degrees of freedom and never below chance's. The count to come is given the negative binomial
distribution with that mean and that variance; at a dispersion of one it is the Bayesian predictive
distribution of a Poisson count under Jeffreys' prior (Krishnamoorthy & Peng, Communications in
Statistics 40, 2011). Counts are whole numbers, so bounds are mid-p (Lancaster, JASA 56, 1961):
with half of a bound's own probability they cover what they say on average, not at least. What a
dispersion learned from a handful of weeks may miss widens the interval as Student's t does. Weeks
of a burst are set aside first: after an outage, the next one would pass for usual.

`bench/usual.py` prints how often such intervals hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

from bot.reports import Usual

COVERAGE = 0.9
CALM = 0.998
"""A week is a burst if it lies beyond what so many quiet weeks stay below, one in a thousand."""
FEWEST_WEEKS = 4
FEWEST = 5
"""Below so many earlier tickets there is too little to say what is usual."""
SUMMED_UP_TO = 2_000.0
"""Above this mean the distribution is smooth enough to be read off a curve."""


def usual(
    weekly: Sequence[int], days: float, *, coverage: float = COVERAGE, unit: str = "tickets"
) -> Usual | None:
    """What is usual in `days` days, after the counts of whole earlier weeks in any order.

    `coverage` is the share of quiet windows that lie within. None where too little came before:
    fewer than four weeks, or than five tickets in all of them.
    """
    calm = _without_bursts(sorted(weekly)) if len(weekly) >= FEWEST_WEEKS else []
    if sum(calm) < FEWEST or days <= 0:
        return None
    low, high = _predicted(calm, days / 7, coverage)
    return Usual(low=low, high=high, weeks=len(weekly), unit=unit)


def bursts(weekly: Sequence[int]) -> frozenset[int]:
    """Places of the weeks that are set aside as bursts, of counts in any order."""
    order = sorted(range(len(weekly)), key=lambda place: weekly[place])
    calm = _without_bursts([weekly[place] for place in order])
    return frozenset(order[len(calm) :])


def _without_bursts(rising: Sequence[int]) -> Sequence[int]:
    """The weeks but for at most a quarter that stand far above all others.

    Several are judged together, the lowest of them by the rest, so that two bursts cannot hide
    each other (Rosner, Technometrics 25, 1983, tests outliers in this order).
    """
    for bursts in range(len(rising) // 4, 0, -1):
        calm = rising[:-bursts]
        if len(calm) < FEWEST_WEEKS or not _stands_out(rising[-bursts], calm):
            continue
        if rising[-bursts] > _predicted(calm, 1, CALM)[1]:
            return calm
    return rising


def _stands_out(count: int, weekly: Sequence[int]) -> bool:
    """Whether a look at the distribution is worth its time: nothing nearer is ever a burst."""
    mean = sum(weekly) / len(weekly)
    variance = sum((each - mean) ** 2 for each in weekly) / (len(weekly) - 1)
    return count - mean > 2 * sqrt(max(variance, mean))


def _predicted(weekly: Sequence[int], ahead: float, coverage: float) -> tuple[int, int]:
    """The bounds for the sum of `ahead` weeks after these."""
    mean = ahead * (sum(weekly) + 0.5) / len(weekly)
    variance = mean * (1 + ahead / len(weekly)) * _dispersion(weekly, coverage)
    return _bounds(mean, variance, (1 - coverage) / 2)


def _dispersion(weekly: Sequence[int], coverage: float) -> float:
    """How many times chance's variance the weeks have, widened for being told from few of them."""
    mean, free = sum(weekly) / len(weekly), len(weekly) - 1
    if not mean:
        return 1.0
    found = sum((count - mean) ** 2 for count in weekly) / mean / free
    z = NormalDist().inv_cdf((1 + coverage) / 2)
    return max(1.0, found * (_student(z, free) / z) ** 2)


def _student(z: float, free: int) -> float:
    """Student's t where the normal has `z` (Abramowitz & Stegun 26.7.5)."""
    first = (z**3 + z) / (4 * free)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * free**3)
    return z + first + second + third


def _bounds(mean: float, variance: float, tail: float) -> tuple[int, int]:
    """The counts whose mid-p lies between `tail` and 1 - `tail`."""
    if mean > SUMMED_UP_TO:
        z = NormalDist().inv_cdf(1 - tail)
        return round(_gamma(mean, variance, -z)), round(_gamma(mean, variance, z))
    size = mean**2 / (variance - mean)
    probability = _probabilities(mean, size)
    low: int | None = None
    count, below = 0, 0.0
    while True:
        here = probability(count)
        middle = below + here / 2
        if low is None and middle > tail:
            low = count
        if middle >= 1 - tail:
            return low or 0, max(count - 1, low or 0)
        below += here
        count += 1


def _probabilities(mean: float, size: float) -> Callable[[int], float]:
    """Of the negative binomial distribution with this mean and variance mean + mean²/size."""
    of_size, none, each = lgamma(size), size * log1p(mean / size), log(mean) - log(mean + size)
    return lambda count: exp(
        lgamma(count + size) - of_size - lgamma(count + 1) - none + count * each
    )


def _gamma(mean: float, variance: float, z: float) -> float:
    """A quantile of the gamma distribution (Wilson & Hilferty, PNAS 17, 1931)."""
    shape = mean**2 / variance
    return mean * max(0.0, 1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3
