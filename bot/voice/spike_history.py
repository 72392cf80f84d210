"""Tickets as they count for alarms: by the hour, a customer once a day, a template once a week.

A flood must not look like a crowd. A customer who writes fifty times, a form that is sent by a
script and a wave of spam are told from customers who say the same in their own words: real tickets
about one outage share far less than half of what they say (see bench/alarms.py). What a ticket
counts depends on earlier ones only, so looking at the past gives what was to be seen then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from bot.voice.spike_pairs import Pairs
from bot.voice.spike_words import Heard, Ints, Words, copies

HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONCE_A: Final = 24
"""Hours in which a customer counts once for a feature."""


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
        self._copies = copies(self.terms, self.hour, np.array(words.marks, np.int64))
        self.streams = [*sorted({f for one in self.tickets for f in one.features}), ""]
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
        return Pairs(self._spoken, self.terms, self.words, self.hour)


def floor_hour(moment: datetime) -> datetime:
    """The full hour at or before a moment."""
    return _EPOCH + (moment - _EPOCH) // HOUR * HOUR
