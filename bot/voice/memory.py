"""What was before a digest: what customers said, what the channel was shown, what it answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.voice.notable_parts import Candidate, Past
from bot.voice.repeats import Told, times
from bot.voice.stems import terms

TEXTS: Final = 1_000
"""The newest texts of the weeks before that a ticket is compared with, at the most."""

_LIKE: Final = 0.3
_SAME_SORT: Final = 0.25


@dataclass(frozen=True, slots=True)
class Answered:
    """A ticket that a channel was shown and what it answered to it: from -1 (less of this) to 1
    (more of this), 0 for nothing."""

    quote: str
    feature: str
    kind: str
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Before:
    """Texts of the `weeks` before the last one, the newest first, and what a channel was shown."""

    texts: tuple[str, ...] = ()
    weeks: float = 0.0
    shown: tuple[Answered, ...] = field(default=())


class Memory:
    """Looks up what was before a ticket."""

    def __init__(self, before: Before) -> None:
        self._texts, self._shown = Told(), Told()
        self._answered: Sequence[Answered] = before.shown
        self._sorts: Mapping[tuple[str, str], float] = _by_sort(before.shown)
        for text in before.texts[:TEXTS]:
            self._texts.add(terms(text))
        for one in before.shown:
            self._shown.add(terms(one.quote))

    def of(self, candidate: Candidate) -> Past:
        """What was before this ticket."""
        said = terms(candidate.quote or candidate.text)
        alike = self._shown.alike(said, _LIKE)
        answers = sum(self._answered[place].value for place in alike)
        kind = candidate.kinds[0] if candidate.kinds else ""
        answers += _SAME_SORT * self._sorts.get((candidate.feature, kind), 0.0)
        answers += candidate.answered
        return Past(times(said, self._texts), len(alike), answers)


def _by_sort(shown: Sequence[Answered]) -> dict[tuple[str, str], float]:
    """The sum of what was answered to tickets of a feature and kind."""
    found: dict[tuple[str, str], float] = {}
    for one in shown:
        if one.feature:
            key = one.feature, one.kind
            found[key] = found.get(key, 0.0) + one.value
    return found
