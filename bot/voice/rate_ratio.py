"""The ratio of two rates told from small counts: how sure it is, and by how much it may be off.

Given how many there were in all, those after a change are a binomial share of them, whatever the
rate was (Przyborowski & Wilenski, Biometrika 31, 1940); the interval inverts that exact conditional
test. Exact tests of whole numbers are too careful, so half of the observed count's own probability
is counted (mid-p: Lancaster, JASA 56, 1961; Berry & Armitage, The Statistician 44, 1995, advise it
for just this interval). Binomial sums are written as incomplete beta functions (Clopper & Pearson,
Biometrika 26, 1934), which also take counts that are no whole numbers: counts that vary `spread`
times as much as chance alone would have them are worth as much as counts `spread` times smaller
(quasi-likelihood: Wedderburn, Biometrika 61, 1974).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import exp, inf, lgamma, log, log1p

_TINY = 1e-300
_CLOSE = 1e-12
_TERMS = 10_000
_WIDEST = 60.0
"""Ratios beyond e to this power are none, or without end."""


def p_value(after: float, before: float, odds: float, spread: float = 1.0) -> float:
    """How likely counts this far apart are where nothing changed (two-sided mid-p, 0 to 1).

    `odds` are those of a count to fall after the change, had it changed nothing.
    """
    lower = _lower(after / spread, before / spread, log(odds))
    return min(1.0, 2 * min(lower, 1 - lower))


def interval(
    after: float, before: float, odds: float, *, level: float, spread: float = 1.0
) -> tuple[float, float]:
    """The ratios of the rates that the counts do not rule out; the upper one may be infinite.

    `level` is how often such an interval holds, such as 0.95.
    """
    tail, a, b, base = (1 - level) / 2, after / spread, before / spread, log(odds)
    low = 0.0 if a <= 0 else _ratio(_crossing(lambda x: 1 - _lower(a, b, base + x) - tail))
    high = inf if b <= 0 else _ratio(_crossing(lambda x: tail - _lower(a, b, base + x)))
    return low, high


def _ratio(power: float) -> float:
    if abs(power) < _WIDEST:
        return exp(power)
    return 0.0 if power < 0 else inf


def _lower(after: float, before: float, log_odds: float) -> float:
    """The mid-p of a share as low as this one, or lower."""
    share = 1 / (1 + exp(-log_odds)) if log_odds > -_WIDEST else exp(log_odds)
    rest = 1 / (1 + exp(log_odds)) if log_odds < _WIDEST else exp(-log_odds)
    up_to = incomplete_beta(before, after + 1, rest, share)
    below = incomplete_beta(before + 1, after, rest, share)
    return (up_to + below) / 2


def _crossing(rises: Callable[[float], float]) -> float:
    """Where a rising function of the logarithm of the ratio is zero (Dowell & Jarratt's Illinois
    method, BIT 11, 1971); at an end of what is looked at where it lies there or beyond."""
    low, high = -_WIDEST, _WIDEST
    # Close around the observed ratio the function is nearly straight; far away it is flat.
    while high - low > 2:
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) > 0 else (middle, high)
    at_low, at_high = rises(low), rises(high)
    # Counts worth next to nothing rule out next to nothing: then no ratio in reach is crossed.
    if at_low >= 0 or at_high <= 0:
        return low if at_low >= 0 else high
    side = 0
    for _ in range(100):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        value = rises(middle)
        if abs(value) < _CLOSE or high - low < _CLOSE:
            return middle
        if value > 0:
            high, at_high = middle, value
            at_low, side = (at_low / 2, 1) if side == 1 else (at_low, 1)
        else:
            low, at_low = middle, value
            at_high, side = (at_high / 2, -1) if side == -1 else (at_high, -1)
    return (low + high) / 2


@cache
def student(sure: float, free: int) -> float:
    """How far from zero Student's t with so many degrees of freedom stays, in a share `sure`.

    By its relation to the incomplete beta function (Abramowitz & Stegun 26.7.1).
    """
    low, high = 0.0, 1.0
    while _beyond(high, free) > 1 - sure:
        low, high = high, 2 * high
    while high - low > _CLOSE * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _beyond(middle, free) > 1 - sure else (low, middle)
    return high


def _beyond(t: float, free: int) -> float:
    return incomplete_beta(free / 2, 0.5, free / (free + t * t), t * t / (free + t * t))


def incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function of x, with `rest` = 1 - x (DLMF 8.17.22)."""
    if a <= 0 or b <= 0:
        return 1.0 if a <= 0 else 0.0
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, rest, x)
    logs = log(x) if x < 0.5 else log1p(-rest)
    others = log(rest) if rest < 0.5 else log1p(-x)
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * logs + b * others - log(a)
    return min(exp(front) * _fraction(a, b, x), 1.0)


def _fraction(a: float, b: float, x: float) -> float:
    """Its continued fraction, by Lentz's method as Thompson & Barnett have it (1986)."""
    bottom = 1 - (a + b) * x / (a + 1)
    top, bottom = 1.0, 1 / (bottom if abs(bottom) > _TINY else _TINY)
    found = bottom
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            # Written out: intervals take most of their time here.
            bottom = 1 + term * bottom
            bottom = 1 / (bottom if abs(bottom) > _TINY else _TINY)
            top = 1 + term / top
            top = top if abs(top) > _TINY else _TINY
            found *= top * bottom
        if abs(top * bottom - 1) < _CLOSE / 1_000:
            break
    return found
