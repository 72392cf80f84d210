"""What is said of a fix after several looks, and of several things that were looked at together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Final

from bot.reports import EffectVerdict, Estimate

CHANGES: Final = (EffectVerdict.HELPED, EffectVerdict.WORSE)


def standing(looks: Sequence[Estimate]) -> Estimate:
    """The last of the looks at one thing, with what is said after all of them.

    A look that says "helped" or "worse" has settled it, as in any sequential test. Later ones take
    that back where they see no change or point the other way, not where they cannot tell by
    themselves. Raises IndexError where there is no look.
    """
    verdict, since = EffectVerdict.TOO_EARLY, 0
    for look in looks:
        if look.alone is verdict or (verdict in CHANGES and _leaves(verdict, look)):
            continue
        verdict, since = look.alone, look.weeks
    return replace(looks[-1], verdict=verdict, since=since)


def _leaves(verdict: EffectVerdict, look: Estimate) -> bool:
    """Whether a look leaves what was said of a change as it is: it must point the same way."""
    ratio = inf if look.ratio is None else look.ratio
    if (ratio < 1) is not (verdict is EffectVerdict.HELPED):
        return False
    if look.alone is EffectVerdict.NO_CHANGE:
        return (look.high or inf) < 1 or (look.low or 0) > 1
    return True


def together(looks: Sequence[Estimate]) -> list[EffectVerdict]:
    """What is said of each of several things that were looked at together (Holm, 1979).

    Holm, Scandinavian Journal of Statistics 6: the smallest p-value is held against its level
    divided by how many there are, the next by one less, and so on until one does not pass. So what
    is said of any of them is wrong no more often than what is said of one.
    """
    order = sorted(range(len(looks)), key=lambda place: _of_level(looks[place]))
    found = [each.alone for each in looks]
    passes = True
    for done, place in enumerate(order):
        passes = passes and _of_level(looks[place]) <= 1 / (len(order) - done)
        if not passes and found[place] in CHANGES:
            found[place] = EffectVerdict.NO_CHANGE
    return found


def _of_level(look: Estimate) -> float:
    """The p-value as a multiple of the level that it is held against."""
    return look.p / look.level if look.level else inf
