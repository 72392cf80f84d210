"""Slips of the finger in words of time: "lst week", "last mounth", "yesteday".

A word is mended only where its neighbour says that a stretch of time is meant, or where it is
long enough to be nothing else.
"""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz.distance import OSA

from bot.voice.ordinary import is_english

_WHICH: Final = ("last", "past", "this", "previous", "since")
_UNITS: Final = ("day", "days", "week", "weeks", "month", "months", "year", "years", "quarter")
_LONG: Final = ("yesterday", "today")
# English words that nobody counts by the last of.
_MEANT: Final = {"weak": "week", "moth": "month", "mouth": "month"}
_WORD: Final = re.compile(r"[A-Za-z]{2,10}|[0-9]{1,4}")
_ENOUGH: Final = 60


def corrected(text: str) -> str:
    """The text with its words of time spelt right; other words stay as they are."""
    found = list(_WORD.finditer(text))[:_ENOUGH]
    words = [match[0].lower() for match in found]
    mended: dict[int, str] = {}
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        right = _right(word, mended.get(place - 1, before), after)
        if right != word:
            mended[place] = right
    for place in sorted(mended, reverse=True):
        match = found[place]
        text = f"{text[: match.start()]}{mended[place]}{text[match.end() :]}"
    return text


def _right(word: str, before: str, after: str) -> str:
    if word in _WHICH or word in _UNITS or word.isdigit():
        return word
    if after in _UNITS and len(word) >= 3:
        if word == "lats":
            return "last"
        return _nearest(word, _WHICH)
    if before in _WHICH[:4] or before.isdigit():
        return _MEANT.get(word) or (_nearest(word, _UNITS) if len(word) >= 3 else word)
    return _nearest(word, _LONG) if len(word) >= 5 else word


def _nearest(word: str, known: tuple[str, ...]) -> str:
    if is_english(word):
        return word
    near = min(known, key=lambda other: OSA.distance(word, other, score_cutoff=1))
    is_near = OSA.distance(word, near) == 1 and word[0] in (near[0], near[1])
    return near if is_near else word
