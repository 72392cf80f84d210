"""Which insight a ticket belongs to: the one whose tickets tell the same story.

Likeness alone does not say so: where all customers write of one thing, every two tickets are
alike. So a ticket has to be nearer to the insight than to the twenty other tickets that are nearest
to it, or very near: a margin as in Conneau and others (2018), "Word translation without parallel
data", which takes density out of cosines. The bars are higher than those of themes, because a
ticket that attaches itself speaks in somebody's name: at least nine of ten that do are right, also
where most of what comes in belongs to no insight (`bench/attaching.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.voice.theme_centres import Bars, Nearest, meaning_alike, ranking, words_alike
from bot.voice.theme_terms import Floats
from bot.voice.themes import Story

NEIGHBOURS: Final = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """The margin and the likeness that a ticket has to reach; `alone` is the margin for an insight
    that one ticket alone tells, whose every word counts for too much."""

    margin: float
    alone: float
    likeness: float


BY_WORDS: Final = Bar(margin=1.15, alone=1.5, likeness=0.4)
BY_MEANING: Final = Bar(margin=0.9, alone=0.9, likeness=0.7)

RESEMBLES: Final = Bars(words=0.15, meaning=0.5)
"""From here on a person is asked whether it is the same: who looks can say no."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Tickets (rows) with insights (columns): how alike, by how much nearer than its neighbours
    (`2 * alike - their mean`), and whether by meaning."""

    alike: Floats
    margin: Floats
    by_meaning: NDArray[np.bool_]


def attached(
    insights: Sequence[Sequence[Story]], tickets: Sequence[Story], others: Sequence[Story]
) -> list[Nearest | None]:
    """For each ticket the insight (by number) that it attaches itself to, or None.

    An insight is given by the tickets that people gave it, or by its own words where it has none;
    those that attached themselves have no say, so that a story cannot drift. `others` are tickets
    of about the same time, told apart from these by their ids.
    """
    if not insights or not tickets:
        return [None] * len(tickets)
    found = compare(insights, tickets, others)
    alone = np.array([len({one.text for one in each}) == 1 for each in insights])
    margin, likeness = (
        np.where(found.by_meaning, _wanted(BY_MEANING, alone, name), _wanted(BY_WORDS, alone, name))
        for name in ("margin", "likeness")
    )
    surplus = np.where(found.alike >= likeness, found.margin - margin, -np.inf)
    best = surplus.argmax(1)
    return [
        Nearest(int(number), min(float(found.alike[place, number]), 1.0))
        if surplus[place, number] >= 0
        else None
        for place, number in enumerate(best)
    ]


def _wanted(bar: Bar, alone: NDArray[np.bool_], name: str) -> Floats:
    if name == "likeness":
        return np.full(len(alone), bar.likeness, np.float32)
    return np.where(alone, bar.alone, bar.margin).astype(np.float32)


def compare(
    insights: Sequence[Sequence[Story]], tickets: Sequence[Story], others: Sequence[Story]
) -> Compared:
    """Compare tickets with insights, by meaning where both sides have one, else by words."""
    apart = {story.id for story in (*(one for each in insights for one in each), *tickets)}
    around = [story for story in others if story.id not in apart]
    alike = meaning_alike(insights, tickets)
    meant = meaning_alike([[one] for one in around if one.vector is not None], tickets)
    margin = 2 * alike - _usual(meant)
    known = ~np.isnan(alike)
    if not known.all():
        words = words_alike([*insights, *([one] for one in around)], tickets)
        told, near = words[:, : len(insights)], words[:, len(insights) :]
        alike = np.where(known, alike, told)
        margin = np.where(known, margin, 2 * told - _usual(near))
    return Compared(alike, margin, known)


def _usual(near: Floats) -> Floats:
    """How alike its nearest neighbours are to each ticket, in the mean."""
    if not near.shape[1]:
        return np.zeros((len(near), 1), np.float32)
    nearest = np.sort(near, axis=1)[:, -NEIGHBOURS:]
    usual: Floats = nearest.mean(axis=1, keepdims=True)
    return usual


def resembling(
    insights: Sequence[Sequence[Story]], ticket: Story, others: Sequence[Story] = ()
) -> list[Nearest]:
    """Insights that tell nearly what a ticket tells, the nearest first."""
    return ranking(insights, [ticket], RESEMBLES, others)[0]
