"""Invented histories of a story and the rest of its queue, around a day of shipping.

Tickets come by the day: fewer at weekends, more from year to year, shipped on any weekday. Counts
vary more than by chance, a story has bursts, the whole queue has weeks of turmoil, and shipping
itself makes customers write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.voice.effect_weeks import VARIED, Counts

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

AFTER: Final = 12
"""Weeks after shipping."""
DAYS: Final = 7 * (VARIED + AFTER)
SHIPPED: Final = 7 * VARIED
YEAR: Final = 365
_WEEK: Final = np.array([1.15, 1.2, 1.15, 1.1, 1.0, 0.7, 0.7]) / 7.0


@dataclass(frozen=True, slots=True)
class World:
    """How unruly tickets are.

    A day's variance over its mean is drawn between 1 and `restless`. `bursts` a year come over a
    story, one to five days at two to four times its usual; `turmoil` times a year the whole queue
    has three to seven days at one and a half to three times its usual. Each feature grows or
    shrinks by up to `drift` a year beside the queue.
    """

    name: str
    restless: float
    bursts: float
    turmoil: float
    drift: float


WORLDS: Final = (
    World("chance alone", 1.0, 0.0, 0.0, 0.0),
    World("bursts", 1.0, 2.0, 1.0, 0.1),
    World("restless days and bursts", 1.5, 2.0, 1.0, 0.1),
    World("twice as restless", 2.0, 2.0, 1.0, 0.1),
)
"""The promises hold in the first three; the last shows what happens beyond."""


@dataclass(frozen=True, slots=True)
class History:
    """Weeks of both sides of shipping, the nearest first."""

    before: tuple[Counts, ...]
    after: tuple[Counts, ...]


def histories(
    world: World, weekly: float, effect: float, number: int, rng: np.random.Generator
) -> list[History]:
    """So many histories of a story with `weekly` customers a week and `effect` times it after.

    The rest of the queue has 100 to 1,000 a week.
    """
    rest = np.exp(rng.uniform(np.log(100), np.log(1_000), (number, 1)))
    usual = _season(number, rng)
    turmoil = _bursts(number, world.turmoil, (3, 7), (1.5, 3.0), rng)
    # The release itself is written about, by all: in its first days, sometimes already before.
    release = np.ones((number, DAYS))
    for row, (size, early) in enumerate(
        zip(rng.uniform(1, 2, number), rng.integers(0, 4, number), strict=True)
    ):
        release[row, SHIPPED - early : SHIPPED + 7] = size
    shared = usual * turmoil * release
    at = (np.arange(DAYS) - SHIPPED) / YEAR
    own = shared * (1 + rng.uniform(-world.drift, world.drift, (number, 1)) * at)
    own *= _bursts(number, world.bursts, (1, 5), (2.0, 4.0), rng)
    own[:, SHIPPED:] *= effect
    told = _weeks(_drawn(own * weekly, world.restless, rng))
    queue = _weeks(_drawn(shared * rest, world.restless, rng))
    return [_history(*pair) for pair in zip(told.tolist(), queue.tolist(), strict=True)]


def _season(number: int, rng: np.random.Generator) -> Floats:
    """What a day has of a week's tickets, as the queue grows by -20 to +60 % a year."""
    weekday = (np.arange(DAYS) + rng.integers(0, 7, (number, 1))) % 7
    growth = rng.uniform(-0.2, 0.6, (number, 1)) * (np.arange(DAYS) - SHIPPED) / YEAR
    found: Floats = _WEEK[weekday] * (1 + growth)
    return found


def _bursts(
    number: int,
    yearly: float,
    days: tuple[int, int],
    sizes: tuple[float, float],
    rng: np.random.Generator,
) -> Floats:
    found = np.ones((number, DAYS))
    for row, day in np.argwhere(rng.random((number, DAYS)) < yearly / YEAR):
        found[row, day : day + rng.integers(days[0], days[1] + 1)] *= rng.uniform(*sizes)
    return found


def _drawn(expected: Floats, restless: float, rng: np.random.Generator) -> Ints:
    """Poisson counts around a gamma mood: variance over mean is that of each history."""
    beyond = rng.uniform(0, restless - 1, (len(expected), 1)) + 1e-9
    return rng.poisson(rng.gamma(expected / beyond, beyond))


def _weeks(daily: Ints) -> Ints:
    found: Ints = daily.reshape(len(daily), -1, 7).sum(axis=2)
    return found


def _history(told: list[int], queue: list[int]) -> History:
    weeks = [Counts(own, rest) for own, rest in zip(told, queue, strict=True)]
    return History(tuple(weeks[:VARIED][::-1]), tuple(weeks[VARIED:]))
