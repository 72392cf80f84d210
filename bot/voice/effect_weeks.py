"""Which weeks around a release can be compared, and how much their counts vary.

Weeks count from the day of shipping, seven days each. Left out are

- the week that begins with the day of shipping, and the one before: a release reaches customers
  bit by bit, and makes them write about the release itself;
- weeks in which the rest of the queue has a burst, told from the other weeks of the same side as
  `bot.voice.usual` tells one, or is silent;
- weeks in which a source of the tickets was not heard, such as before it was connected;
- and for each week that is left out its mirror on the other side, as many weeks from shipping.

What is looked at for this is the rest of the queue, never what the fix is about, so that leaving
weeks out favours no verdict. Bursts of the story itself stay in: without them its counts would
seem to vary less than they do (tried: more false verdicts in `bench/effect.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp
from statistics import median
from typing import Final

from bot.reports import LeftOut
from bot.voice.usual import bursts

COMPARED: Final = 12
"""Weeks before shipping that are compared, at the most."""
VARIED: Final = 26
"""Weeks before shipping that tell how much counts vary, at the most."""
FEWEST: Final = 4
"""With fewer weeks before that count nothing is compared."""

UNHEARD: Final = 0.001
"""A silence of a source that is less likely than this is none of its customers."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct customers of a week: with the story or feature, and in the rest of the queue."""

    own: int
    rest: int


Side = Sequence[Counts]
"""Weeks of one side of shipping, the nearest first."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """Places of the weeks of each side in which a source was not heard, 0 the nearest."""

    before: frozenset[int] = frozenset()
    after: frozenset[int] = frozenset()


ALL_HEARD: Final = Unheard()


def unheard(weekly: Sequence[int]) -> frozenset[int]:
    """Places of the weeks in which a source was not heard, of its counts of tickets in a row.

    They are weeks in a row without any, so many that at the source's usual rate silence would be
    less likely than `UNHEARD`: e^(-rate · weeks), as chance alone has it. The rate is the median of
    its other weeks from the first to the last with any ticket, so that one burst does not make it.
    Quiet weeks of a source with few tickets are none of them. Of the weeks beside them only a part
    may have been heard: they are left out, too.
    """
    heard = [place for place, count in enumerate(weekly) if count]
    found: set[int] = set()
    for _, run in groupby(range(len(weekly)), key=lambda place: weekly[place] > 0):
        silent = list(run)
        if not heard or weekly[silent[0]]:
            continue
        others = [
            weekly[place]
            for place in range(heard[0], heard[-1] + 1)
            if not silent[0] <= place <= silent[-1]
        ]
        if exp(-median(others) * len(silent)) < UNHEARD:
            found.update(range(silent[0] - 1, silent[-1] + 2))
    return frozenset(found & set(range(len(weekly))))


def left_out(
    before: Side, after: Side, unheard: Unheard = ALL_HEARD
) -> tuple[list[LeftOut | None], list[LeftOut | None]]:
    """For the weeks of each side, the nearest first, why they are left out, or None."""
    missed = [
        frozenset(place for place in places if place < len(side))
        for side, places in ((before, unheard.before), (after, unheard.after))
    ]
    unusual = [_unusual(before, missed[0]), _unusual(after, missed[1])]
    found = []
    for side, own, other, silent in (
        (before, *unusual, missed[0]),
        (after, *reversed(unusual), missed[1]),
    ):
        marks: list[LeftOut | None] = []
        for place in range(len(side)):
            if place == 0:
                marks.append(LeftOut.ROLLOUT)
            elif place in own:
                marks.append(LeftOut.SOURCE if place in silent else LeftOut.QUEUE)
            else:
                marks.append(LeftOut.MIRROR if place in other else None)
        found.append(marks)
    return found[0], found[1]


def _unusual(side: Side, missed: frozenset[int]) -> frozenset[int]:
    """Places of the weeks in which the rest of the queue is silent, has a burst, or was missed."""
    silent = missed | {place for place, week in enumerate(side) if not week.rest}
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
