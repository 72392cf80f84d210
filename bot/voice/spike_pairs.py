"""Which tickets of a feature hold a term: what themes are counted in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.voice.spike_words import Ints, Words


class Pairs:
    """Which tickets of a stream hold a term, for the terms that enough of them hold.

    A pair is `stream * terms + term`; its tickets are found in `keys`, sorted by pair and place.
    """

    def __init__(
        self,
        members: Sequence[Ints],
        terms: Sequence[tuple[Ints, int]],
        words: Words,
        hour: Ints,
    ) -> None:
        self._words, self._hour = words, hour
        self._tested: dict[int, int] = {}
        self._size = len(terms) + 1
        self._terms = len(words.names) + 1
        pairs, at = _spread(members, terms, self._terms)
        self.known, number, counts = np.unique(pairs, return_inverse=True, return_counts=True)
        often = counts >= 5
        kept = often[number]
        renumbered = np.cumsum(often) - 1
        self.known = self.known[often]
        number, at = renumbered[number[kept]], at[kept]
        self.keys: Ints = np.sort(number * self._size + at)
        order = np.argsort(at, kind="stable")
        self._by_place, self._places = number[order], at[order]

    def said(self, since: int, until: int) -> tuple[Ints, Ints]:
        """The pairs of tickets from place `since` to `until`, and how many tickets hold each."""
        begin, end = np.searchsorted(self._places, (since, until))
        return np.unique(self._by_place[begin:end], return_counts=True)

    def count(self, pairs: Ints, since: int, until: int) -> Ints:
        """How many tickets from place `since` to `until` hold each pair."""
        low = np.searchsorted(self.keys, pairs * self._size + since)
        high = np.searchsorted(self.keys, pairs * self._size + until)
        found: Ints = high - low
        return found

    def places(self, pair: int, since: int, until: int) -> Ints:
        """The tickets from place `since` to `until` that hold a pair."""
        low, high = np.searchsorted(
            self.keys, (pair * self._size + since, pair * self._size + until)
        )
        return self.keys[low:high] - pair * self._size

    def tested(self, at: int) -> int:
        """How many pairs enough tickets held in the weeks before the day of the hour `at`."""
        day = at // 24
        if day not in self._tested:
            bounds = np.searchsorted(self._hour, ((day - 59) * 24, day * 24))
            every = np.arange(len(self.known))
            self._tested[day] = int((self.count(every, int(bounds[0]), int(bounds[1])) >= 5).sum())
        return self._tested[day]

    def stream(self, pairs: Ints) -> Ints:
        found: Ints = self.known[pairs] // self._terms
        return found

    def term(self, pair: int) -> str:
        return self._words.names[int(self.known[pair] % self._terms)]


def _spread(
    places: Sequence[Ints], terms: Sequence[tuple[Ints, int]], size: int
) -> tuple[Ints, Ints]:
    """All (stream, term) pairs, and the place of the ticket that each stands in."""
    pairs, at = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for stream, members in enumerate(places):
        held = [terms[place][0] for place in members.tolist()]
        if held:
            pairs.append(np.concatenate(held) + stream * size)
            at.append(np.repeat(members, [len(one) for one in held]))
    return np.concatenate(pairs), np.concatenate(at)
