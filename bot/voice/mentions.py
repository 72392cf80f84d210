"""Where features are named in a text, and which of them comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.voice.names import Words


@dataclass(slots=True)
class Named:
    """Where a feature is first named in a text, how often, and by which names."""

    first: int
    count: int = 0
    names: set[Words] = field(default_factory=set)

    def add(self, name: Words) -> None:
        self.count += 1
        self.names.add(name)


def specific_first(ranked: list[int], named: Mapping[int, Named]) -> list[int]:
    """In order, but a feature goes before those whose name is a part of its own."""
    holders: dict[Words, list[int]] = {}
    for index in ranked:
        for name in named[index].names:
            holders.setdefault(name, []).append(index)
    if all(len(name) == 1 for name in holders):
        return ranked
    place = {index: position for position, index in enumerate(ranked)}

    def key(index: int) -> tuple[int, bool, int, int]:
        general = (
            place[other]
            for name in named[index].names
            for part in _parts(name)
            for other in holders.get(part, ())
        )
        before = min(general, default=len(ranked))
        own = place[index]
        return min(before, own), before > own, -max(map(len, named[index].names)), own

    return sorted(ranked, key=key)


def length(name: Words) -> int:
    """How many words a name has; signs of a script without spaces are not counted one by one."""
    return sum(len(word) > 1 for word in name) or 1


def _parts(name: Words) -> Iterator[Words]:
    """The stretches of a name that are shorter than it."""
    for size in range(1, len(name)):
        for start in range(len(name) - size + 1):
            yield name[start : start + size]
