"""The same tickets into the project and the reference, block by block in turn, both timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from corpus import Block, Corpus
from project import Installation, already_read

COMPARED = 50_000


class Loads(Protocol):
    """Whatever takes in blocks of tickets."""

    def load(self, block: Block) -> None: ...


@dataclass(slots=True)
class Filling:
    """Seconds that each block took; `changed` are the seconds for tickets that changed."""

    rows: list[int] = field(default_factory=list)
    project: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)
    changed_rows: int = 0
    changed: float = 0.0

    @property
    def ratio(self) -> float:
        """Rows a second of the project to those of the reference."""
        return sum(self.reference) / sum(self.project)

    @property
    def rate(self) -> float:
        return sum(self.rows) / sum(self.project)

    @property
    def reference_rate(self) -> float:
        return sum(self.rows) / sum(self.reference)

    @property
    def lasting(self) -> float:
        """The rate of the last 50,000 rows to that of the first."""
        first, last = (
            _seconds(self.rows, self.project),
            _seconds(self.rows[::-1], self.project[::-1]),
        )
        return first / last


def _seconds(rows: list[int], seconds: list[float]) -> float:
    taken = 0
    total = 0.0
    for count, took in zip(rows, seconds, strict=True):
        if taken >= COMPARED:
            break
        taken += count
        total += took
    return total / taken


def fill(
    corpus: Corpus,
    installation: Installation | None,
    reference: Loads,
    others: list[Loads],
    say: Callable[[str], None],
) -> Filling:
    """Load all blocks everywhere. Changed tickets are taken in beside the clock."""
    found = Filling()
    for block in corpus.blocks():
        new, changed = already_read(block.new), already_read(block.changed)
        found.rows.append(len(new))
        found.reference.append(_timed(partial(reference.load, Block(block.new, []))))
        reference.load(Block([], block.changed))
        if installation is not None:
            found.project.append(_timed(partial(installation.load, new)))
            found.changed += _timed(partial(installation.change, changed))
            found.changed_rows += len(changed)
        for other in others:
            other.load(block)
        say(f"{sum(found.rows):>9,} tickets")
    return found


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
