"""What is telling of a text: phrases and words by which traces of it are found in raw bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bot.voice.ordinary import is_ordinary

SHORTEST_PHRASE: Final = 20
LONGEST_PHRASE: Final = 60
SHORTEST_WORD: Final = 6
ENDING: Final = 3
"""Letters that a full-text index may have cut from a word."""
STEM: Final = 4
"""Letters that a word and its stem have in common, however it was inflected."""
_WORD = re.compile(r"[^\W\d_]{6,40}")
_MASK = re.compile(r"\[[^\]\n]{1,40}\]")
_ENDS = re.compile(r"[.!?\n]+")


def phrases(texts: Iterable[str]) -> Iterator[str]:
    """Beginnings of sentences, long enough to be somebody's own, each once."""
    seen: set[str] = set()
    for text in texts:
        for sentence in _ENDS.split(text):
            phrase = sentence.strip()[:LONGEST_PHRASE].strip()
            if len(phrase) >= SHORTEST_PHRASE and phrase not in seen:
                seen.add(phrase)
                yield phrase


def beginnings(texts: Iterable[str]) -> Iterator[str]:
    """Long words that are not everyday English, without their endings and without case, each once;
    masks are left out."""
    seen: set[str] = set()
    for text in texts:
        for word in _WORD.findall(_MASK.sub(" ", text)):
            beginning = word.casefold()[: max(SHORTEST_WORD, len(word) - ENDING)]
            if beginning not in seen and not is_ordinary(word.casefold()):
                seen.add(beginning)
                yield beginning
