"""What more customers say than usual, though no more of them may write.

Words and pairs of words are counted for each feature as customers are (see `spikes`): how many say
a term in the last day and the last three, against how many of the last weeks' customers did, at
today's number of customers. Terms that rise together in the same tickets are one theme. The bar
follows from the same budget, shared by all terms that are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.voice import spikes
from bot.voice.spike_history import History
from bot.voice.spike_usual import DAY, GUARD, HISTORY
from bot.voice.spikes import FLOOR

LENGTHS: Final = (24, 72)
"""Hours."""
PART: Final = 0.15
"""Of the budget of false alarms."""
_ALIKE: Final = 40.0
"""So many pairs are one test: they stand in the same tickets, of several features each, and rare
ones cannot reach the floor. Chosen on histories whose texts were shuffled in time."""
_FEWEST: Final = 50.0
LEAST_RATIO: Final = 2.0
_PRESUMED: Final = 1.2
_PRESUMED_WORTH: Final = 10.0
"""Mentions that the presumed dispersion of a term is worth."""
_TOGETHER: Final = 0.5
_MOST_TERMS: Final = 8
# What makes a term of a feature's burst a part of its story.
TELLING: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Theme:
    """Tickets that say what is said far more than usual.

    `terms` are stems, the most telling first; `stream` is the feature (by number) where it shows
    best, `places` the tickets, `expected` how many customers usually say one of the terms in as
    many `hours`.
    """

    terms: tuple[str, ...]
    stream: int
    hours: int
    places: tuple[int, ...]
    expected: float
    chance: float


@dataclass(frozen=True, slots=True)
class _Term:
    pair: int
    places: frozenset[int]
    expected: float
    chance: float


def rising(history: History, at: int, hours: int, bar: float | None = None) -> list[Theme]:
    """Themes of the `hours` before the hour `at`, the strangest first.

    Of all streams; `bar` is the chance below which a term counts, by default that of the budget.
    """
    window = history.places_between(at - hours, at)
    past = history.places_between(max(at - HISTORY, 0), at - max(GUARD * DAY, hours))
    if past[1] <= past[0]:
        return []
    found = _terms(history, at, hours, (window, past), bar)
    return _grouped(history, hours, found)


def bar(history: History, at: int, hours: int) -> float:
    """The chance below which a term is a theme: the budget's part over all that is looked at.

    That is every pair of feature and term that enough customers say in the weeks before; of others
    the floor of five customers is out of reach by chance.
    """
    looks = spikes.YEAR * spikes.looks_a_day(hours) * len(LENGTHS)
    tests = max(history.pairs.tested(at) / _ALIKE, _FEWEST)
    return spikes.BUDGET * PART / (looks * tests)


def _terms(
    history: History,
    at: int,
    hours: int,
    bounds: tuple[tuple[int, int], tuple[int, int]],
    limit: float | None,
) -> list[_Term]:
    pairs = history.pairs
    window, past = bounds
    said, seen = pairs.said(*window)
    often = seen >= FLOOR
    said, seen = said[often], seen[often]
    streams = pairs.stream(said)
    now = history.counted(*window)
    before = history.counted(*past)
    told = pairs.count(said, *past)
    mean = (told + 0.5) * (now / (before + 1))[streams]
    lately = history.places_between(at - (GUARD + 14) * DAY, at - GUARD * DAY)
    recent = pairs.count(said, *lately) * (now / (history.counted(*lately) + 1))[streams]
    mean = np.maximum(mean, recent)
    variance = _PRESUMED * mean + mean**2 * _PRESUMED / (told + 0.5)
    near = (seen >= LEAST_RATIO * mean) & (seen > mean + 3 * np.sqrt(variance))
    found = []
    if near.any():
        limit = bar(history, at, hours) if limit is None else limit
    for one in np.flatnonzero(near).tolist():
        spread = _spread(history, int(said[one]), past, float(mean[one]))
        wide = spread * mean[one] + mean[one] ** 2 * spread / (told[one] + 0.5)
        chance = spikes.tail(int(seen[one]), float(mean[one]), float(wide))
        if chance < (limit or 0):
            places = frozenset(pairs.places(int(said[one]), *window).tolist())
            found.append(_Term(int(said[one]), places, float(mean[one]), chance))
    return sorted(found, key=lambda term: (term.chance, pairs.term(term.pair), term.pair))


def _spread(history: History, pair: int, past: tuple[int, int], mean: float) -> float:
    """A term's dispersion over the days before: what is in the news comes in waves."""
    places = history.pairs.places(pair, *past)
    if len(places) < 2:
        return _PRESUMED
    first, last = int(history.hour[past[0]]) // DAY, int(history.hour[past[1] - 1]) // DAY
    days = np.bincount(history.hour[places] // DAY - first, minlength=last - first + 1)
    own = float(days.var(ddof=1) / days.mean())
    drawn = (own * len(places) + _PRESUMED * _PRESUMED_WORTH) / (len(places) + _PRESUMED_WORTH)
    return max(drawn, 1.0)


def _grouped(history: History, hours: int, terms: Sequence[_Term]) -> list[Theme]:
    """Terms that rise in the same tickets, together; of each group the strangest leads."""
    groups: list[tuple[list[_Term], set[int]]] = []
    for term in terms:
        for members, held in groups:
            if len(term.places & held) >= _TOGETHER * len(term.places):
                members.append(term)
                held.update(term.places)
                break
        else:
            groups.append(([term], set(term.places)))
    return [_theme(history, hours, members, places) for members, places in groups]


def _theme(history: History, hours: int, members: Sequence[_Term], places: set[int]) -> Theme:
    pairs = history.pairs
    lead = members[0]
    names = dict.fromkeys(pairs.term(member.pair) for member in members)
    # Where the whole queue says it best, a feature that has half of it still owns it.
    queue = len(history.streams) - 1
    streams = [int(pairs.stream(np.array([m.pair]))[0]) for m in members]
    stream = next((s for s in streams if s != queue and _has_half(history, s, places)), streams[0])
    expected = lead.expected * len(places) / max(len(lead.places), 1)
    return Theme(
        terms=tuple(names)[:_MOST_TERMS],
        stream=stream,
        hours=hours,
        places=tuple(sorted(places)),
        expected=expected,
        chance=lead.chance,
    )


def _has_half(history: History, stream: int, places: set[int]) -> bool:
    name = history.streams[stream]
    return 2 * sum(name in history.tickets[place].features for place in places) >= len(places)
