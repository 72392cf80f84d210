"""What tickets say, as numbers, and which of them are copies of one text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.voice.stems import stems
from bot.voice.tokens import spoken_of

Ints = NDArray[np.int64]

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


def copies(terms: Sequence[tuple[Ints, int]], hour: Ints, marks: Ints) -> NDArray[np.bool_]:
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
    weights = [
        single + _PAIR * (len(numbers) - single) for numbers, single in (terms[one], terms[other])
    ]
    shared = sets[one] & sets[other]
    stems_shared = len(shared & set(terms[one][0][: terms[one][1]].tolist()))
    weight = stems_shared + _PAIR * (len(shared) - stems_shared)
    return 2 * weight >= _SAME * sum(weights)
