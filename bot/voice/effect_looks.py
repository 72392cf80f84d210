"""When a fix is looked at, how much each look may err, and what of it is news.

Whoever looks often enough finds something by chance. So the looks share one risk, half of it for
"helped" and half for "worse", and each look is held to its own part, so that all of them together
stay within it whatever they have in common (Bonferroni); that is a little more careful than needed.

The halves are spent unlike, as monitors of clinical trials do (DeMets & Ware, Biometrika 69, 1982):
of harm people want to hear soon, while what helped can wait until it is sure. "Helped" spends
little at first, by the O'Brien-Fleming-like function of Lan & DeMets (Biometrika 70, 1983); "worse"
spends evenly, by their Pocock-like one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import e, log1p, sqrt
from statistics import NormalDist
from typing import Final

from bot.reports import EffectVerdict, Look

LOOKS: Final = (2, 4, 8, 12)
"""Weeks after shipping."""
HARM_FROM: Final = 4
"""The first look that may say "worse": before it a single week counts, which may be a burst."""
RISK: Final = 0.04
"""Of a verdict "helped" or "worse" where nothing changed, over all looks together.

What is promised is 5 %: the rest is for bursts, whose spread a few weeks do not tell in full.
"""


def level(weeks: int, *, harm: bool) -> float:
    """The two-sided p-value that the look after so many weeks asks of "worse", or of "helped".

    0 where it may not be said at all. Raises ValueError: no such look.
    """
    number = LOOKS.index(weeks)
    before = LOOKS[number - 1] if number else 0
    return _harm_spent(weeks) - _harm_spent(before) if harm else _spent(weeks) - _spent(before)


def _spent(weeks: int) -> float:
    """The risk that may be taken up to this look; half of it is for "helped"."""
    normal = NormalDist()
    return 2 * normal.cdf(normal.inv_cdf(RISK / 2) / sqrt(weeks / LOOKS[-1])) if weeks else 0.0


def _harm_spent(weeks: int) -> float:
    """The same for "worse"; what the looks before the first of it leave over, that one may take."""
    return RISK * log1p((e - 1) * weeks / LOOKS[-1]) if weeks >= HARM_FROM else 0.0


def day_of(shipped: date, weeks: int) -> date:
    """The day on which so many weeks are over."""
    return shipped + timedelta(weeks=weeks)


def latest(shipped: date, today: date) -> int:
    """The last look whose day has come, in weeks; 0 before the first."""
    return max((weeks for weeks in LOOKS if day_of(shipped, weeks) <= today), default=0)


def following(weeks: int) -> int | None:
    """The look after this one, in weeks; None after the last."""
    return min((each for each in LOOKS if each > weeks), default=None)


def due(shipped: date, today: date, past: Sequence[Look]) -> int | None:
    """The look to be made now, in weeks; None where there is none.

    Of several that were missed only the last one is made up for.
    """
    weeks = latest(shipped, today)
    return weeks if weeks > max((look.weeks for look in past), default=0) else None


def is_news(past: Sequence[Look], look: Look) -> bool:
    """Whether a look is worth a message: the verdict changed, or nothing was ever said.

    That it is too early is what everybody assumes, so it is said only when there is no look left.
    """
    before = past[-1].verdict if past else EffectVerdict.TOO_EARLY
    never_said = all(each.verdict is EffectVerdict.TOO_EARLY for each in past)
    return look.verdict is not before or (never_said and look.weeks == LOOKS[-1])
