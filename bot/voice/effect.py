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
that the share most likely rose as well. A queue that fell as far has lost something, and the story
may be a part of that: beside it nothing is said to have helped.

"Worse" is told soon, so it must not hang on one week, which may be a burst of the story: it is said
where any single week after shipping could be missing and the others would still show a rise.

Which weeks count stands in `effect_weeks`, what each look asks for in `effect_looks`, and what is
said after several looks, or of several things, in `effect_verdicts`.
`bench/effect.py` plays invented histories and prints how often all this is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log, sqrt
from statistics import NormalDist
from typing import Final

from bot.reports import EffectVerdict, Estimate
from bot.voice import effect_looks, effect_weeks
from bot.voice.effect_weeks import ALL_HEARD, COMPARED, FEWEST, VARIED, Counts, Side, Unheard
from bot.voice.rate_ratio import interval, p_value, student

SURE: Final = 0.95
"""How often the interval of a single look holds."""
FEWEST_CUSTOMERS: Final = 15
"""With fewer customers, expected or seen after shipping, no verdict is given."""
MATTERS: Final = 0.5
POWER: Final = 0.8
""""No change seen" is said where a halving would most likely (four times in five) have been."""
GROWTH: Final = 1.5
"""Times by which a queue grows or shrinks within weeks, at the most; more has a cause."""
UNLIKELY: Final = 0.2
"""One-sided, for the share of a queue that rose more than that."""
WITHOUT_A_WEEK: Final = 0.05
"""One-sided, for the rise that is left where any single week is left out."""


@dataclass(frozen=True, slots=True)
class _Base:
    """The weeks before shipping that are compared: how many, and the sums of their counts."""

    own: int
    rest: int
    weeks: int

    def change(self, rest: int, weeks: int) -> float:
        """How many times as much the rest of the queue has in weeks after shipping."""
        return rest / weeks / (self.rest / self.weeks)

    def odds(self, rest: int, weeks: int) -> float:
        """Those of a customer to fall after shipping, had it changed nothing."""
        return min(self.change(rest, weeks), GROWTH) * weeks / self.weeks


def measure(before: Side, after: Side, weeks: int, unheard: Unheard = ALL_HEARD) -> Estimate:
    """What the weeks of both sides tell at the look `weeks` weeks after shipping; 0 before it.

    Weeks are whole, the nearest to shipping first; `after` has as many as the look.
    """
    before = before[:VARIED]
    marks = effect_weeks.left_out(before, after, unheard)
    varied, seen = _kept(before, marks[0]), _kept(after, marks[1])
    compared = _kept(before[:COMPARED], marks[0])
    base = _Base(*_sums(compared), len(compared))
    own, rest = _sums(seen)
    dispersion, free = effect_weeks.spread((varied, seen))
    floor = 1 + (base.own + own) / max(base.rest + rest, 1)
    found = Estimate(
        weeks=weeks,
        verdict=EffectVerdict.TOO_EARLY,
        alone=EffectVerdict.TOO_EARLY,
        before=base.own,
        after=own,
        expected=0.0,
        ratio=None,
        low=None,
        high=None,
        spread=_widened(dispersion, free, floor, SURE) if free else floor,
        p=1.0,
        level=0.0,
        weeks_before=base.weeks,
        weeks_after=len(seen),
    )
    if base.weeks < FEWEST or not weeks or not base.rest or not rest:
        return found
    odds = base.odds(rest, len(seen))
    level = _level(weeks, base.own * odds, own)
    wide = _widened(dispersion, free, floor, 1 - level) if level else found.spread
    low, high = interval(own, base.own, odds, level=SURE, spread=found.spread)
    told = replace(
        found,
        expected=base.own * odds,
        ratio=own / base.own / odds if base.own else None,
        low=low,
        high=high,
        p=p_value(own, base.own, odds, wide),
        level=level,
        control=base.change(rest, len(seen)),
        is_capped=base.change(rest, len(seen)) > GROWTH,
    )
    passes = told.p <= told.level
    rose = passes and _share_rose(told, base, rest) and _lasts(told, base, seen)
    verdict = _verdict(told, rose=rose)
    return replace(told, verdict=verdict, alone=verdict)


def _level(weeks: int, expected: float, after: int) -> float:
    """What this look asks of what moved this way.

    Of few customers harm is told no sooner than help: a burst is a large part of them.
    """
    careful = effect_looks.level(weeks, harm=False)
    if after <= expected:
        return careful
    harm = effect_looks.level(weeks, harm=True)
    return harm if expected >= FEWEST_CUSTOMERS else min(harm, careful)


def _share_rose(found: Estimate, base: _Base, rest: int) -> bool:
    """Whether the share of the queue is not known to be as it was."""
    if not found.is_capped:
        return True
    p = p_value(found.after, base.own, rest / base.rest, found.spread)
    return found.after * base.rest > base.own * rest and p / 2 <= UNLIKELY


def _lasts(found: Estimate, base: _Base, seen: Side) -> bool:
    """Whether a rise would show without any one of the weeks after shipping."""
    own, rest = _sums(seen)
    weeks = len(seen) - 1
    for week in seen:
        if weeks < 1 or rest == week.rest:
            return False
        odds = base.odds(rest - week.rest, weeks)
        p = p_value(own - week.own, base.own, odds, found.spread)
        if own - week.own <= base.own * odds or p / 2 > WITHOUT_A_WEEK:
            return False
    return True


def expects(found: Estimate, shipped: date, weeks: int) -> date | None:
    """The day of the look that is likely to tell a halving, after one that was too early.

    None where none is: too few customers write about it, or too few weeks are stored.
    """
    if found.weeks_before < FEWEST:
        return None
    weekly = found.before / found.weeks_before
    for later in effect_looks.LOOKS:
        told = _would_tell(found, weekly * (later - 1), later)
        if later > weeks and told:
            return effect_looks.day_of(shipped, later)
    return None


def _kept(side: Side, marks: Sequence[object | None]) -> list[Counts]:
    return [week for week, mark in zip(side, marks, strict=False) if mark is None]


def _sums(side: Side) -> tuple[int, int]:
    return sum(week.own for week in side), sum(week.rest for week in side)


def _widened(dispersion: float, free: int, floor: float, sure: float) -> float:
    """The dispersion as it widens an interval that is to hold so often."""
    normal = NormalDist().inv_cdf((1 + sure) / 2)
    return max(floor, dispersion * (student(sure, free) / normal) ** 2)


def _verdict(found: Estimate, *, rose: bool) -> EffectVerdict:
    """What this look alone says; `rose` where it may be "worse"."""
    enough = max(found.expected, found.after) >= FEWEST_CUSTOMERS
    if enough and found.p <= found.level:
        weekly = found.after / found.weeks_after - found.before / found.weeks_before
        if found.after < found.expected and weekly < 0:
            fell = found.control is not None and found.control * GROWTH < 1
            return EffectVerdict.TOO_EARLY if fell else EffectVerdict.HELPED
        if found.after > found.expected and weekly > 0 and rose:
            return EffectVerdict.WORSE
    # Where the interval leaves out "no change" but the look asks for more, a later one may tell.
    is_open = (found.low or 0) <= 1 and (found.high is None or found.high >= 1)
    if not is_open and effect_looks.following(found.weeks) is not None:
        return EffectVerdict.TOO_EARLY
    would = _would_tell(found, found.expected, found.weeks)
    return EffectVerdict.NO_CHANGE if would else EffectVerdict.TOO_EARLY


def _would_tell(found: Estimate, expected: float, weeks: int) -> bool:
    """Whether the look after so many weeks would most likely tell a halving of `expected`.

    By the usual normal approximation on the scale of logarithms.
    """
    if expected < FEWEST_CUSTOMERS or not found.before:
        return False
    normal = NormalDist()
    error = sqrt(found.spread * (1 / (expected * MATTERS) + 1 / found.before))
    level = effect_looks.level(weeks, harm=False)
    asked = normal.inv_cdf(1 - level / 2) + normal.inv_cdf(POWER)
    return -log(MATTERS) / error >= asked
