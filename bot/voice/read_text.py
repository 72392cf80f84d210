"""A text as everything that judges a ticket for a digest sees it, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.voice.stems import stems_of
from bot.voice.text import fold, words
from bot.voice.tokens import spoken_of

READ: Final = 4_000
"""Characters of a text that are looked at; what is telling stands before."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text without what redaction left in it: folded, its words, and its telling stems."""

    folded: str
    words: tuple[str, ...]
    stems: tuple[str, ...]


def read_text(text: str) -> ReadText:
    """Read the beginning of a text."""
    folded = fold(spoken_of(text[:READ]))
    said = words(folded)
    return ReadText(folded, tuple(said), tuple(stems_of(said)))
