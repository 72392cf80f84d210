"""Find the name of the requester, or of an agent, wherever it stands.

The help desk says who wrote and who answered, so this needs no guess: each part of the name is
masked in any case and without regard to accents. Parts that are ordinary words ("Will", "May")
stay, unless they stand beside another part or alone on a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from bot.voice.redact_name_words import COMMON, NO_NAME, PARTICLES, SELDOM
from bot.voice.redact_shadow import Span, fold_name, folded

_MOST_PARTS: Final = 8
_LONGEST_PART: Final = 40
_SHORTEST_USER_NAME: Final = 6
_SHORTEST_JOINED: Final = 5
_PART: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LETTER_RUN: Final = re.compile(r"[^\W\d_]+")


def _user_names(parts: list[str]) -> set[str]:
    """What people make of their first and last name to log in, and to name their files."""
    if len(parts) < 2 or min(len(parts[0]), len(parts[-1])) < 2:
        return set()
    first, last = parts[0], parts[-1]
    made = {first[0] + last, last + first[0], first + last[0], last[0] + first}
    return {name for name in made if len(name) >= _SHORTEST_USER_NAME}


_AS_TWO: Final = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "å": "aa",
    "ø": "oe",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "Å": "Aa",
    "Ø": "Oe",
}
"""Letters that are written as two where a keyboard has them not."""


def _written_out(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    return "".join(_AS_TWO.get(char, char) for char in composed)


def _spellings(part: str) -> set[str]:
    """A part without its hyphens and apostrophes, as in a user name."""
    return {re.sub(r"['’-]", "", part)} - {part}


def places_of(text: str, part: str) -> Iterator[tuple[int, int]]:
    """Where a part of a name stands as a word, or anywhere in a script without spaces."""
    begin = text.find(part)
    while begin >= 0:
        end = begin + len(part)
        if ord(part[0]) >= 0x2E80 or not (
            text[begin - 1 : begin].isalpha() or text[end : end + 1].isalpha()
        ):
            yield begin, end
        begin = text.find(part, end)


class OwnName:
    """A person's name as it is searched for; built once for a ticket."""

    def __init__(self, name: str | None, email: str | None) -> None:
        given = (name or "")[:400]
        plain = fold_name(given)
        parts = [p for p in _PART.findall(plain) if len(p) <= _LONGEST_PART][:_MOST_PARTS]
        pieces = {piece for part in parts for piece in (part, *_LETTER_RUN.findall(part))}
        self.sure = {p for p in pieces if self._enough(p) and p not in COMMON and p not in NO_NAME}
        self.common = {p for p in pieces if p not in self.sure and len(p) >= 2} - PARTICLES
        joined = " ".join(parts)
        wholes = {joined, "".join(parts), " ".join(reversed(parts)), "".join(reversed(parts))}
        self.sure |= {whole for whole in wholes if len(parts) > 1 and self._enough(whole)}
        self.sure |= _user_names(parts) - COMMON - NO_NAME
        self.sure |= self._other_spellings(given, {*parts, *wholes})
        local = fold_name((email or "").partition("@")[0][:64])
        if len(local) >= 5 and local not in COMMON | NO_NAME:
            self.sure.add(local)

    def _other_spellings(self, given: str, known: set[str]) -> set[str]:
        """Umlauts as two letters, and parts without their hyphens and apostrophes."""
        made = {one for part in known for one in _spellings(part) if len(one) >= _SHORTEST_JOINED}
        written_out = fold_name(_written_out(given))
        if written_out != fold_name(given):
            parts = [p for p in _PART.findall(written_out) if len(p) <= _LONGEST_PART]
            parts = parts[:_MOST_PARTS]
            made |= {one for part in parts for one in (part, *_LETTER_RUN.findall(part))}
            made |= _user_names(parts)
            if len(parts) > 1:
                made |= {"".join(parts), " ".join(parts)}
        return {one for one in made if self._enough(one)} - COMMON - NO_NAME

    @staticmethod
    def _enough(part: str) -> bool:
        return len(part) >= 3 or (len(part) >= 2 and ord(part[0]) >= 0x1100)

    def find(self, text: str) -> Iterator[Span]:
        """The name in a shadow text, whatever its case and accents."""
        low, back = folded(text)
        taken: list[tuple[int, int]] = []
        for part in self.sure:
            taken += [(back[a], back[b - 1] + 1) for a, b in places_of(low, part)]
        edges = {place for pair in taken for place in pair}
        for part in self.common:
            for a, b in places_of(low, part):
                start, end = back[a], back[b - 1] + 1
                near = {start - 1, end + 1, start - 2, end + 2} & edges
                line = text[
                    text.rfind("\n", 0, start) + 1 : text.find("\n", end)
                    if "\n" in text[end:]
                    else len(text)
                ]
                alone = len(line) <= len(part) + 4 and len(part) >= 2
                if text[start].isupper() and (near or alone or part in SELDOM):
                    taken.append((start, end))
        for start, end in taken:
            yield Span(start, end, "name")
