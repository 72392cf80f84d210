"""Whether customers feel a fix: weekly counts before and after it shipped become a verdict.

What is counted are distinct customers a week with a story or a feature. The rest of the queue is
the control: had nothing changed, the share of customers with the story would have stayed. So the
ratio of the two rates is told from the customers after shipping among those before and after
(`bot.voice.rate_ratio`, exact for small counts), with the rest of the queue giving the odds.

Counts vary more than by chance: the dispersion of the weeks on both sides (`effect_weeks.spread`)
widens interval and test, as Student's t does for its being told from few weeks. It is never taken
to be below what chance makes of both counts: 1 + own/rest, as the rest is counted, too.

A control fails where a release makes customers write about all that it touched: beside that, what
it did not touch would pass for helped, and what it did touch for unchanged. So two things must be
so before something is said: the share of the queue and the count itself moved the same way; and of
a queue that rose by more than half no more than half is put down to growth, and then "worse" asks
that the share most likely rose as well.

Which weeks count stands in `effect_weeks`, what each look asks for in `effect_looks`.
`bench/effect.py` plays invented histories and prints how often all this is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import log, sqrt
from statistics import NormalDist
from typing import Final

from bot.reports import EffectVerdict, Estimate
from bot.voice import effect_looks, effect_weeks
from bot.voice.effect_weeks import COMPARED, FEWEST, VARIED, Counts, Side
from bot.voice.rate_ratio import interval, p_value, student

SURE: Final = 0.95
"""How often the interval of a single look holds."""
FEWEST_CUSTOMERS: Final = 15
"""With fewer customers, expected or seen after shipping, no verdict is given."""
MATTERS: Final = 0.5
POWER: Final = 0.8
""""No change seen" is said where a halving would most likely (four times in five) have been."""
GROWTH: Final = 1.5
"""Times by which a queue grows within weeks, at the most; what is more was caused by something."""
UNLIKELY: Final = 0.2
"""One-sided, for the share of a queue that rose more than that."""
FEWEST_AFTER: Final = 2
""""Worse" is not said of a single week, which may be a burst."""


def measure(before: Side, after: Side, weeks: int) -> Estimate:
    """What the weeks of both sides tell at the look `weeks` weeks after shipping; 0 before it.

    Weeks are whole, the nearest to shipping first; `after` has as many as the look.
    """
    before = before[:VARIED]
    marks = effect_weeks.left_out(before, after)
    varied, seen = _kept(before, marks[0]), _kept(after, marks[1])
    compared = _kept(before[:COMPARED], marks[0])
    own_before, rest_before = _sums(compared)
    own_after, rest_after = _sums(seen)
    dispersion, free = effect_weeks.spread((varied, seen))
    floor = 1 + (own_before + own_after) / max(rest_before + rest_after, 1)
    found = Estimate(
        verdict=EffectVerdict.TOO_EARLY,
        before=own_before,
        after=own_after,
        expected=0.0,
        ratio=None,
        low=None,
        high=None,
        spread=_widened(dispersion, free, floor, SURE) if free else floor,
        p=1.0,
        level=effect_looks.level(weeks) if weeks else 0.0,
        weeks_before=len(compared),
        weeks_after=len(seen),
    )
    if len(compared) < FEWEST or not weeks or not rest_before or not rest_after:
        return found
    change = rest_after / len(seen) / (rest_before / len(compared))
    odds = min(change, GROWTH) * len(seen) / len(compared)
    wide = _widened(dispersion, free, floor, 1 - found.level)
    low, high = interval(own_after, own_before, odds, level=SURE, spread=found.spread)
    told = replace(
        found,
        expected=own_before * odds,
        ratio=own_after / own_before / odds if own_before else None,
        low=low,
        high=high,
        p=p_value(own_after, own_before, odds, wide),
        control=change,
        is_capped=change > GROWTH,
    )
    share = p_value(own_after, own_before, rest_after / rest_before, found.spread)
    likely = own_after * rest_before > own_before * rest_after and share / 2 <= UNLIKELY
    return replace(told, verdict=_verdict(told, weeks, rose=likely or not told.is_capped))


def expects(found: Estimate, shipped: date, weeks: int) -> date | None:
    """The day of the look that is likely to tell a halving, after one that was too early.

    None where none is: too few customers write about it, or too few weeks are stored.
    """
    if found.weeks_before < FEWEST:
        return None
    weekly = found.before / found.weeks_before
    for later in effect_looks.LOOKS:
        told = _would_tell(found, weekly * (later - 1), effect_looks.level(later))
        if later > weeks and told:
            return effect_looks.day_of(shipped, later)
    return None


def verdicts(next_door: Sequence[Estimate]) -> list[EffectVerdict]:
    """What is said of each of several things that were looked at together (Holm, 1979).

    Holm, Scandinavian Journal of Statistics 6: the smallest p-value is held against the level
    divided by how many there are, the next by one less, and so on until one does not pass. So what
    is said of any of them is wrong no more often than what is said of one.
    """
    order = sorted(range(len(next_door)), key=lambda place: next_door[place].p)
    found = [each.verdict for each in next_door]
    passes = True
    for done, place in enumerate(order):
        each = next_door[place]
        passes = passes and each.p <= each.level / (len(order) - done)
        if not passes and _says_change(each.verdict):
            found[place] = EffectVerdict.NO_CHANGE
    return found


def _says_change(verdict: EffectVerdict) -> bool:
    return verdict in (EffectVerdict.HELPED, EffectVerdict.WORSE)


def _kept(side: Side, marks: Sequence[object | None]) -> list[Counts]:
    return [week for week, mark in zip(side, marks, strict=False) if mark is None]


def _sums(side: Side) -> tuple[int, int]:
    return sum(week.own for week in side), sum(week.rest for week in side)


def _widened(dispersion: float, free: int, floor: float, sure: float) -> float:
    """The dispersion as it widens an interval that is to hold so often."""
    normal = NormalDist().inv_cdf((1 + sure) / 2)
    return max(floor, dispersion * (student(sure, free) / normal) ** 2)


def _verdict(found: Estimate, weeks: int, *, rose: bool) -> EffectVerdict:
    """`rose` where the share of the queue is not known to be as it was."""
    enough = max(found.expected, found.after) >= FEWEST_CUSTOMERS
    if enough and found.p <= found.level:
        weekly = found.after / found.weeks_after - found.before / found.weeks_before
        if found.after < found.expected and weekly < 0:
            return EffectVerdict.HELPED
        is_burst = found.weeks_after < FEWEST_AFTER
        if found.after > found.expected and weekly > 0 and rose and not is_burst:
            return EffectVerdict.WORSE
    # Where the interval leaves out "no change" but the look asks for more, a later one may tell.
    is_open = (found.low or 0) <= 1 and (found.high is None or found.high >= 1)
    if not is_open and effect_looks.following(weeks) is not None:
        return EffectVerdict.TOO_EARLY
    would = _would_tell(found, found.expected, found.level)
    return EffectVerdict.NO_CHANGE if would else EffectVerdict.TOO_EARLY


def _would_tell(found: Estimate, expected: float, level: float) -> bool:
    """Whether a halving would most likely be told with so many customers expected after.

    By the usual normal approximation on the scale of logarithms.
    """
    if expected < FEWEST_CUSTOMERS or not found.before:
        return False
    normal = NormalDist()
    error = sqrt(found.spread * (1 / (expected * MATTERS) + 1 / found.before))
    asked = normal.inv_cdf(1 - level / 2) + normal.inv_cdf(POWER)
    return -log(MATTERS) / error >= asked
