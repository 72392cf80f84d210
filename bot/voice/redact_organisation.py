"""Find the name of the requester's organisation, which says who wrote as surely as their own.

The help desk says which it is. The whole name is masked wherever it stands; of several words those
that mean nothing else ("Castellanos" of "Castellanos Garden Services"), where they are written as a
name is: a shop called "Jam & Jar" sells jam, and says so. A name that is an everyday
word ("Apple", "Target") would take the word out of every sentence: it stays, unless its legal form
or its capital says that the company is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.voice.ordinary import is_english, is_ordinary
from bot.voice.redact_name_words import COMMON, NO_NAME, PARTICLES
from bot.voice.redact_requester import places_of
from bot.voice.redact_shadow import Span, fold_name, folded
from bot.voice.wordset import word_set

_LONGEST: Final = 200
_MOST_PARTS: Final = 12
_SHORTEST: Final = 3
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_WORD: Final = re.compile(r"[^\W_]+")
_FORMS: Final = word_set(
    "ab ag and aps as asa bhd bv bvba co company corp corporation ek ev foundation gbr gesmbh",
    "gmbh group gruppe holding holdings inc incorporated international kg kk limited llc llp lp",
    "ltd ltda mbh nv of ohg oy oyj partners plc pte pty pvt sa sarl sas se sl spa srl stiftung",
    "the ug und verein",
)
"""What says that a company is meant, and names none."""


class OwnOrganisation:
    """An organisation's name as it is searched for; built once for a ticket."""

    def __init__(self, name: str) -> None:
        plain = " ".join(fold_name(name[:_LONGEST]).split()).strip(".,;:-–'\"()[]")
        words = [word for word in _WORD.findall(plain) if word not in _FORMS][:_MOST_PARTS]
        core = " ".join(words)
        self.sure: set[str] = set()
        self.common: set[str] = set()
        self.parts: set[str] = set()
        if sum(map(len, words)) < _SHORTEST:
            return
        if len(words) > 1:
            self.sure |= {plain, core, "".join(words), "-".join(words)}
            # The letters within an id say nothing: "acct-fade-01".
            if not any(char.isdigit() or char == "_" for char in plain):
                self.parts = {word for word in words if _means_nothing_else(word)}
        elif is_ordinary(core) or core in COMMON | NO_NAME:
            self.common.add(core)
            self.sure |= {plain} - {core}
        else:
            self.sure |= {plain, core}

    def find(self, text: str) -> Iterator[Span]:
        """The organisation's name in a shadow text, whatever its case and accents."""
        if not self.sure and not self.common:
            return
        low, back = folded(text)
        for part in self.sure:
            for start, end in places_of(low, part):
                yield Span(back[start], back[end - 1] + 1, "name")
        for part in self.parts:
            for start, end in places_of(low, part):
                # Scripts without capitals have none to wait for.
                if not text[back[start]].islower():
                    yield Span(back[start], back[end - 1] + 1, "name")
        for part in self.common:
            for start, end in places_of(low, part):
                if self._is_meant(text, back[start], back[end - 1] + 1):
                    yield Span(back[start], back[end - 1] + 1, "name")

    @staticmethod
    def _is_meant(text: str, start: int, end: int) -> bool:
        """Whether an everyday word is the company: by a capital within a sentence, or its form."""
        if not text[start].isupper():
            return False
        before, after = text[:start].rstrip(" "), text[end : end + 12]
        form = _LETTERS.match(after.lstrip(" ,"))
        if form and form[0].casefold() in _FORMS:
            return True
        return bool(before) and (before[-1].isalnum() or before[-1] == ",")


def _means_nothing_else(word: str) -> bool:
    if len(word) < _SHORTEST or word in COMMON | NO_NAME | PARTICLES:
        return False
    return not is_ordinary(word) and not (len(word) >= 5 and is_english(word))
