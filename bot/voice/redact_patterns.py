"""The operator's own patterns: contract numbers, machine names, what only a company knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.voice.redact_shadow import Span


class Found(Protocol):
    """What is used of a match."""

    def start(self) -> int: ...

    def end(self) -> int: ...


class Searches(Protocol):
    """What is used of a compiled RE2 expression."""

    def finditer(self, text: str, /) -> Iterator[Found]: ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """An operator's pattern that was tried (`bot.service.patterns`) and may meet any text."""

    name: str
    expression: str
    compiled: Searches


def find_own(text: str, patterns: Sequence[Pattern]) -> Iterator[Span]:
    """What the operator's patterns find in a shadow text."""
    for pattern in patterns:
        for found in pattern.compiled.finditer(text):
            if found.end() > found.start():
                yield Span(found.start(), found.end(), "private")
