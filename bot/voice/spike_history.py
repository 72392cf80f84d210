"""Tickets as they count for alarms: by the hour, each customer once a day, each template once a week.

A flood must not look like a crowd. A customer who writes fifty times, a form that is sent by a
script and a wave of spam are told from customers who say the same in their own words: real tickets
about one outage share far less than half of what they say (see bench/alarms.py). What a ticket
counts depends on earlier ones only, so looking at the past gives what was to be seen then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.voice.stems import stems
from bot.voice.tokens import spoken_of

Ints = NDArray[np.int64]

HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONCE_A: Final = 24
"""Hours in which a customer counts once for a feature."""
_TEMPLATE: Final = 7 * 24
"""Hours in which texts that are nearly the same count once."""
_SAME: Final = 0.6
"""Dice's coefficient over terms (see `stems.similarity`) from which on they are."""
_PAIR: Final = 0.6

# MinHash (Broder 1997): of texts that share half their stems, 93 of 100 meet in a band, and a
# flood has many chances to.
_BANDS: Final = 20
_ROWS: Final = 3
_PRIME: Final = (1 << 31) - 1
_LATEST: Final = 4
_MOST_NAMES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Heard:
    """A ticket: its row, when it was written, by whom (None: not known), about what, its words.

    Words may be left out ("") of tickets that are only to be counted.
    """

    row: int
    at: datetime
    customer: int | None
    features: tuple[str, ...]
    text: str


class Words:
    """What texts say, as numbers: stems, and pairs of neighbours. Remembers what it has read.

    `names` are the terms, `marks` numbers that depend on the term alone.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.names: list[str] = []
        self.marks: list[int] = []
        self._numbers: dict[str, int] = {}
        self._read: dict[int, tuple[str, Ints, int]] = {}

    def of(self, heard: Heard) -> tuple[Ints, int]:
        """The numbers of a text's terms, each once, and how many of them are stems (they lead)."""
        known = self._read.get(heard.row)
        if known is not None and known[0] == heard.text:
            return known[1], known[2]
        found = stems(spoken_of(heard.text))
        single = dict.fromkeys(one for one in found if not one.isdigit() or len(one) == 3)
        pairs = pairwise(found)
        double = dict.fromkeys(f"{one} {two}" for one, two in pairs if not (one + two).isdigit())
        numbers = np.array([self._number(term) for term in (*single, *double)], np.int64)
        self._read[heard.row] = heard.text, numbers, len(single)
        return numbers, len(single)

    def keep(self, rows: Iterable[int]) -> None:
        """Forget all texts but those of these tickets."""
        if len(self.names) > _MOST_NAMES:
            self._forget()
        kept = set(rows)
        self._read = {row: read for row, read in self._read.items() if row in kept}

    def _number(self, term: str) -> int:
        number = self._numbers.setdefault(term, len(self.names))
        if number == len(self.names):
            self.names.append(term)
            self.marks.append(crc32(term.encode()) % _PRIME)
        return number

    def number(self, term: str) -> int | None:
        """The number of a term, None where no text had it."""
        return self._numbers.get(term)


class History:
    """Tickets in the order of time, and how they count.

    `streams` are the features, and "" for all tickets, which comes last. `total[s, h]` counts the
    customers of stream s before the hour h since `start`; `queue[h]` all of them.
    """

    def __init__(self, tickets: Sequence[Heard], until: datetime, words: Words) -> None:
        self.tickets = sorted(tickets, key=lambda one: (one.at, one.text, one.customer or 0))
        first = self.tickets[0].at if self.tickets else until
        self.start = floor_hour(first)
        self.hours = max((floor_hour(until) - self.start) // HOUR, 0)
        self.words = words
        self.hour = np.array([self.hour_of(one.at) for one in self.tickets], np.int64)
        self.terms = [words.of(one) for one in self.tickets]
        self._copies = _copies(self.terms, self.hour, np.array(words.marks, np.int64))
        self.streams = sorted({f for one in self.tickets for f in one.features}) + [""]
        self._members = self._counted()
        spoken = np.array([len(numbers) > 0 for numbers, _ in self.terms], bool)
        self._spoken = [members[spoken[members]] for members in self._members]
        self.total = self._totals()
        self.queue = self.total[-1]
        self._place = {one.row: place for place, one in enumerate(self.tickets)}
        self._themes: dict[tuple[str, ...], Ints] = {}
        self._counts: dict[tuple[str, ...], Ints] = {}

    def hour_of(self, moment: datetime) -> int:
        """The number of the hour that a moment lies in."""
        return int((moment - self.start) // HOUR)

    def moment(self, hour: int) -> datetime:
        """When an hour begins."""
        return self.start + hour * HOUR

    def within(self, stream: int, since: int, until: int) -> Ints:
        """The places of the tickets that count for a stream, of the hours `[since, until)`."""
        members = self._members[stream]
        hours = self.hour[members]
        return members[np.searchsorted(hours, since) : np.searchsorted(hours, until)]

    @property
    def spoken(self) -> Sequence[Ints]:
        """For each stream the tickets that count and have words."""
        return self._spoken

    def told(self, terms: Sequence[str], places: Iterable[int]) -> set[int]:
        """Which of these tickets tell a theme: they hold its first term, or two of them."""
        wanted = self._numbers(terms)
        if not wanted:
            return set()
        found = set()
        for place in places:
            numbers = set(self.terms[place][0].tolist())
            if wanted[0] in numbers or sum(one in numbers for one in wanted) > 1:
                found.add(place)
        return found

    def telling(self, terms: tuple[str, ...], since: int, until: int) -> Ints:
        """The places of the tickets of the hours `[since, until)` that count and tell a theme."""
        places = self._telling(terms)
        hours = self.hour[places]
        return places[np.searchsorted(hours, since) : np.searchsorted(hours, until)]

    def counts_of(self, terms: tuple[str, ...]) -> Ints:
        """Customers who told a theme before each hour, as `total` counts those of a stream."""
        if terms not in self._counts:
            hours = self.hour[self._telling(terms)]
            counts = np.bincount(hours[hours < self.hours], minlength=self.hours)[: self.hours]
            self._counts[terms] = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return self._counts[terms]

    def _telling(self, terms: tuple[str, ...]) -> Ints:
        if terms not in self._themes:
            every = self._members[-1]
            told = self.told(terms, every.tolist())
            self._themes[terms] = np.array(sorted(told), np.int64)
        return self._themes[terms]

    def _numbers(self, terms: Sequence[str]) -> list[int]:
        found = [self.words.number(term) for term in terms]
        return [] if not found or found[0] is None else [one for one in found if one is not None]

    def places_of(self, rows: Iterable[int]) -> list[int]:
        """Where tickets stand, those that are there."""
        return [self._place[row] for row in rows if row in self._place]

    def places_between(self, since: int, until: int) -> tuple[int, int]:
        """From which place to which the tickets of the hours `[since, until)` lie."""
        low, high = np.searchsorted(self.hour, (since, until))
        return int(low), int(high)

    def counted(self, since: int, until: int) -> Ints:
        """For each stream how many of the tickets from place `since` to `until` have words."""
        return np.array(
            [np.diff(np.searchsorted(one, (since, until)))[0] for one in self._spoken], np.int64
        )

    def _counted(self) -> list[Ints]:
        """For each stream the tickets that count: no copies, and each customer once a day."""
        number = {name: place for place, name in enumerate(self.streams)}
        found: list[list[int]] = [[] for _ in self.streams]
        last: dict[tuple[int, int], int] = {}
        for place, ticket in enumerate(self.tickets):
            if self._copies[place]:
                continue
            hour = int(self.hour[place])
            for stream in {number[name] for name in (*ticket.features, "")}:
                if ticket.customer is not None:
                    key = stream, ticket.customer
                    if hour - last.get(key, -_ONCE_A) < _ONCE_A:
                        continue
                    last[key] = hour
                found[stream].append(place)
        return [np.array(places, np.int64) for places in found]

    def _totals(self) -> Ints:
        found = np.zeros((len(self.streams), self.hours + 1), np.int64)
        for stream, places in enumerate(self._members):
            hours = self.hour[places]
            counts = np.bincount(hours[hours < self.hours], minlength=self.hours)
            found[stream, 1:] = np.cumsum(counts[: self.hours])
        return found

    @cached_property
    def pairs(self) -> Pairs:
        """Terms by stream."""
        return Pairs(self)


class Pairs:
    """Which tickets of a stream hold a term, for the terms that enough of them hold.

    A pair is `stream * terms + term`; its tickets are found in `keys`, sorted by pair and place.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._tested: dict[int, int] = {}
        self._size = len(history.tickets) + 1
        self._terms = len(history.words.names) + 1
        pairs, at = _spread(history.spoken, history.terms, self._terms)
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
        low, high = np.searchsorted(self.keys, (pair * self._size + since, pair * self._size + until))
        return self.keys[low:high] - pair * self._size

    def tested(self, at: int) -> int:
        """How many pairs enough tickets held in the weeks before the day of the hour `at`."""
        day = at // 24
        if day not in self._tested:
            bounds = self._history.places_between((day - 59) * 24, day * 24)
            every = np.arange(len(self.known))
            self._tested[day] = int((self.count(every, *bounds) >= 5).sum())
        return self._tested[day]

    def stream(self, pairs: Ints) -> Ints:
        found: Ints = self.known[pairs] // self._terms
        return found

    def term(self, pair: int) -> str:
        return self._history.words.names[int(self.known[pair] % self._terms)]

    def find(self, stream: int, term: str) -> int | None:
        """The number of a pair, None where too few tickets ever held it."""
        number = self._history.words.number(term)
        if number is None:
            return None
        wanted = stream * self._terms + number
        place = int(np.searchsorted(self.known, wanted))
        there = place < len(self.known) and self.known[place] == wanted
        return place if there else None


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


def floor_hour(moment: datetime) -> datetime:
    """The full hour at or before a moment."""
    return _EPOCH + (moment - _EPOCH) // HOUR * HOUR


def _copies(
    terms: Sequence[tuple[Ints, int]], hour: Ints, marks: Ints
) -> NDArray[np.bool_]:
    """Which texts were told in nearly the same words within the week before.

    A copy is news to nobody, but carries the template on: a flood of weeks counts once.
    """
    found = np.zeros(len(terms), bool)
    rng = np.random.default_rng(7)
    factors, shifts = rng.integers(1, _PRIME, (2, _BANDS * _ROWS, 1), np.int64)
    near: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    sets: list[frozenset[int]] = []
    for place, (numbers, single) in enumerate(terms):
        sets.append(frozenset(numbers.tolist()))
        if not len(numbers):
            continue
        hashed = (marks[numbers[:single]] * factors + shifts) % _PRIME
        least = hashed.min(axis=1).astype(np.int32).reshape(_BANDS, _ROWS)
        seen: set[int] = set()
        for band in range(_BANDS):
            others = near[band, least[band].tobytes()]
            seen.update(one for one in others if hour[place] - hour[one] <= _TEMPLATE)
            others.append(place)
            del others[:-_LATEST]
        found[place] = any(_is_same(terms, sets, place, one) for one in seen)
    return found


def _is_same(
    terms: Sequence[tuple[Ints, int]], sets: Sequence[frozenset[int]], one: int, other: int
) -> bool:
    weights = [single + _PAIR * (len(numbers) - single) for numbers, single in (terms[one], terms[other])]
    shared = sets[one] & sets[other]
    stems_shared = len(shared & set(terms[one][0][: terms[one][1]].tolist()))
    weight = stems_shared + _PAIR * (len(shared) - stems_shared)
    return 2 * weight >= _SAME * sum(weights)
