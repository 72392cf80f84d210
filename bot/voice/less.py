"""What a channel wants less of: a feature, a kind, or a story that was told often enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.voice.repeats import Told
from bot.voice.stems import terms

ANSWERS: Final = 2.0
"""A wish for less counts as so many answers of "not a problem" to something alike."""

_SAME_STORY: Final = 0.4
"""Dice's coefficient over the terms of two quotes, as `bot.voice.stories` folds by it."""


@dataclass(frozen=True, slots=True)
class Less:
    """`stories` are the quotes that they were told by, `tickets` the rows that tell them so."""

    features: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    stories: tuple[str, ...] = ()
    tickets: frozenset[int] = frozenset()
    _told: Told = field(default_factory=Told, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for quote in self.stories:
            self._told.add(terms(quote))

    def answers(self, feature: str, kind: str) -> float:
        """What the channel answered beforehand to a ticket of this feature and kind: 0 or less."""
        return -ANSWERS * ((feature in self.features) + (kind in self.kinds))

    def is_of_story(self, quote: str) -> bool:
        """Whether a quote tells one of the stories."""
        return bool(self.stories) and bool(self._told.alike(terms(quote), _SAME_STORY))
