"""Whether a text shows a ticket's words: a quote of it, cut or whole, a stretch, or a label.

What was said of a ticket elsewhere (a post, a title, a theme) is found by its words, because none
of these places keeps from which ticket they are. A text that another customer wrote in the very
same words is found as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bot.voice.text import UNSPACED

STRETCH: Final = 6
"""So many words in a row are a ticket's, wherever they stand."""
PIECE: Final = 4
MOST_OF_IT: Final = 0.6
"""A text is a ticket's if this share of its runs of `PIECE` words is."""
TELLING: Final = 6
"""Letters of a word that is a whole text of a ticket and still found as that."""
ENOUGH_SIGNS: Final = 12
"""So many characters in a row of a script without spaces are a ticket's, wherever they stand."""
_SIGNS = re.compile(rf"[{UNSPACED}]+")
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"[“\"«]([^”\"»]+)[”\"»]")
_CUT: Final = "…"


def words(text: str) -> tuple[str, ...]:
    """The words of a text without case; a last one that was cut is left out."""
    found = _WORD.findall(text.casefold())
    return tuple(found[:-1] if text.rstrip().endswith(_CUT) and len(found) > 1 else found)


class OwnWords:
    """The words of some tickets. `spared` are names that anybody may say, such as a feature's."""

    def __init__(self, texts: Iterable[str], spared: Iterable[str] = ()) -> None:
        self._runs: dict[int, set[int]] = {size: set() for size in (2, 3, PIECE, STRETCH)}
        self._whole: set[tuple[str, ...]] = set()
        self._spared = {words(name) for name in spared}
        self._signs: set[int] = set()
        for text in texts:
            self._signs.update(_signs_of(text))
            said = words(text)
            self._whole.add(said)
            for size, runs in self._runs.items():
                runs.update(_runs_of(said, size))
        self._whole.discard(())

    def hold(self, text: str, *, shortest: int = TELLING) -> bool:
        """Whether a text, or something that it has in quotation marks, is theirs.

        `shortest` are the letters of a word that is a whole text of theirs: 1 where the text is
        known to be about them.
        """
        found = (text, *_QUOTED.findall(text))
        return any(self._is_theirs(each, shortest) for each in found)

    def hold_short(self, text: str) -> bool:
        """The same for a text that is known to be about their ticket: a word is enough."""
        return self.hold(text, shortest=1)

    def _is_theirs(self, text: str, shortest: int) -> bool:
        said = words(text)
        if not said or said in self._spared:
            return False
        if not self._signs.isdisjoint(_signs_of(text)):
            return True
        if said in self._whole:
            return len(said) > 1 or len(said[0]) >= shortest
        if len(said) < PIECE:
            # Beside such a label stand our own words, which begin or end with a space or a colon.
            is_label = len(said) > 1 and text == text.strip().rstrip(":")
            return is_label and hash(said) in self._runs[len(said)]
        if any(run in self._runs[STRETCH] for run in _runs_of(said, STRETCH)):
            return True
        pieces = _runs_of(said, PIECE)
        shared = sum(run in self._runs[PIECE] for run in pieces)
        return shared >= MOST_OF_IT * len(pieces)


def _runs_of(said: tuple[str, ...], size: int) -> list[int]:
    return [hash(said[start : start + size]) for start in range(len(said) - size + 1)]


def _signs_of(text: str) -> set[int]:
    """The runs of `ENOUGH_SIGNS` characters: a whole clause of such a script is one word."""
    return {
        hash(run[start : start + ENOUGH_SIGNS])
        for run in _SIGNS.findall(text.casefold())
        for start in range(len(run) - ENOUGH_SIGNS + 1)
    }
