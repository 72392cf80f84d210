"""Which weeks around a release can be compared, and how much their counts vary.

Weeks count from the day of shipping, seven days each. Left out are

- the week that begins with the day of shipping, and the one before: a release reaches customers
  bit by bit, and makes them write about the release itself;
- weeks in which the rest of the queue has a burst, told from the other weeks of the same side as
  `bot.voice.usual` tells one, or is silent;
- and for each week that is left out its mirror on the other side, as many weeks from shipping.

What is looked at for this is the rest of the queue, never what the fix is about, so that leaving
weeks out favours no verdict. Bursts of the story itself stay in: without them its counts would
seem to vary less than they do (tried: more false verdicts in `bench/effect.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports import LeftOut
from bot.voice.usual import bursts

COMPARED: Final = 12
"""Weeks before shipping that are compared, at the most."""
VARIED: Final = 26
"""Weeks before shipping that tell how much counts vary, at the most."""
FEWEST: Final = 4
"""With fewer weeks before that count nothing is compared."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct customers of a week: with the story or feature, and in the rest of the queue."""

    own: int
    rest: int


Side = Sequence[Counts]
"""Weeks of one side of shipping, the nearest first."""


def left_out(before: Side, after: Side) -> tuple[list[LeftOut | None], list[LeftOut | None]]:
    """For the weeks of each side, the nearest first, why they are left out, or None."""
    unusual = [_unusual(before), _unusual(after)]
    found = []
    for side, own, other in ((before, *unusual), (after, *reversed(unusual))):
        marks: list[LeftOut | None] = []
        for place in range(len(side)):
            if place == 0:
                marks.append(LeftOut.ROLLOUT)
            elif place in own:
                marks.append(LeftOut.QUEUE)
            else:
                marks.append(LeftOut.MIRROR if place in other else None)
        found.append(marks)
    return found[0], found[1]


def _unusual(side: Side) -> frozenset[int]:
    """Places of the weeks in which the rest of the queue is silent, or has a burst."""
    silent = {place for place, week in enumerate(side) if not week.rest}
    heard = [place for place in range(1, len(side)) if place not in silent]
    rise = bursts([side[place].rest for place in heard])
    return frozenset(silent | {heard[at] for at in rise})


def spread(sides: Sequence[Side]) -> tuple[float, int]:
    """How many times chance's variance the weeks have, and the degrees of freedom of that.

    Pearson's statistic over its degrees of freedom (McCullagh & Nelder, Generalized Linear Models,
    2nd ed. 1989, 9.2.4): the sum of (count - expected)² / expected over weeks, divided by weeks
    less sides, where a side's customers are expected to fall on its weeks as the rest of the queue
    does. So what a season or growth does to the whole queue is no spread, and neither is an effect.
    Weeks in which nobody else wrote say nothing.
    """
    found, free = 0.0, 0
    for side in ([week for week in side if week.rest] for side in sides):
        own, rest = sum(week.own for week in side), sum(week.rest for week in side)
        free += max(len(side) - 1, 0)
        if own:
            expected = [own * week.rest / rest for week in side]
            pairs = zip(side, expected, strict=True)
            found += sum((week.own - usual) ** 2 / usual for week, usual in pairs)
    return (found / free if free else 1.0), free
