"""Finds what was told before among thousands of texts, without comparing with each of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import chain
from typing import Final

# A story is known when this share of what its sentence says stands in an earlier text.
_KNOWN_STORY: Final = 0.6
_TELLING_WEIGHT: Final = 6.0


class Told:
    """Texts that were told, by their terms; numbered from 0 in the order in which they came."""

    def __init__(self) -> None:
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._totals: list[float] = []

    def add(self, said: Mapping[str, float]) -> None:
        """Remember a text by its terms (see `stems.terms`)."""
        number = len(self._totals)
        self._totals.append(sum(said.values()))
        for term in said:
            self._holders[term].append(number)

    def alike(self, said: Mapping[str, float], least: float) -> list[int]:
        """The texts whose `similarity` with `said` is at least `least`, the most alike first."""
        total = sum(said.values())
        found = {
            number: 2 * shared / (total + self._totals[number])
            for number, shared in self._shared(said).items()
        }
        near = [number for number, value in found.items() if value >= least]
        return sorted(near, key=lambda number: (-found[number], number))

    def covering(self, said: Mapping[str, float], least: float) -> list[int]:
        """The texts in which at least the share `least` of `said` stands."""
        total = sum(said.values())
        shared = self._shared(said)
        return sorted(number for number, weight in shared.items() if weight >= least * total)

    def _shared(self, said: Mapping[str, float]) -> dict[int, float]:
        """The weight of what each text has in common with this; a term weighs the same in all."""
        shared: defaultdict[int, float] = defaultdict(float)
        for weight in sorted(set(said.values())):
            held = (self._holders.get(term, ()) for term, own in said.items() if own == weight)
            for number, count in Counter(chain.from_iterable(held)).items():
                shared[number] += weight * count
        return shared


def times(said: Mapping[str, float], told: Told) -> int:
    """How many of the texts that were told tell the same as these terms."""
    # The few words of a short quote stand in many texts that tell something else.
    if sum(said.values()) < _TELLING_WEIGHT:
        return len(told.alike(said, _KNOWN_STORY))
    return len(told.covering(said, _KNOWN_STORY))
