"""Kinds, segments and sources in a question: `kind:broken`, "for enterprise", "from zendesk".

A filter with a colon is taken anywhere; those in plain words are the business of `plain_filters`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.reports import FRICTION_KINDS, Kind
from bot.voice.text import fold

KIND_NAMES: Final[dict[str, Kind]] = {
    word: kind
    for kind, words in {
        Kind.BROKEN: "broken break breaks bug bugs buggy defect defects error errors fault failing",
        Kind.CONFUSING: "confusing confused confuses confusion unclear ux",
        Kind.UNEXPECTED: "unexpected surprising surprised surprise surprises",
        Kind.REQUEST: "request requests requested wish wishes idea ideas missing",
        Kind.PRAISE: "praise praised love loved loves positive compliments kudos",
    }.items()
    for word in words.split()
}
_ALL_KINDS: Final = ("all", "any", "friction", "everything")
_KEYS: Final = {
    **{"kind": "kind", "kinds": "kind", "type": "kind"},
    **{"segment": "segment", "segments": "segment", "plan": "segment", "tier": "segment"},
    **{"source": "source", "sources": "source", "src": "source"},
    **{"feature": "feature", "search": "search", "text": "search"},
}
_LONG_KEYS: Final = [key for key in _KEYS if len(key) > 4 or key == "kind"]
_KEYED: Final = re.compile(
    r'(?<![\w/:.])([A-Za-z]{3,10})\s?[:=](?!/)\s?(?:"([^"]{0,100})"|([^\s":]{1,100})(?![^\s"]))?'
)
_TIMED: Final = re.compile(
    r"(?<![\w/])(?:(since|until|before|after|last|past|from|in)|window|period|when|time)\s?[:=]\s?"
    r"(?=[\w])",
    re.IGNORECASE,
)
_MEANT: Final = 74.0
_EDGES: Final = ".,;:!?()[]*_`'’"
LONGEST_NAME: Final = 4
_MOST_LISTED: Final = 5


def alike(name: str) -> str:
    """The form in which names are compared: "Mid-Market" is "mid market" is "midmarket"."""
    return "".join(char for char in fold(name) if char.isalnum())


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question is narrowed to; empty, None and None are no filter."""

    kinds: tuple[Kind, ...] = ()
    segment: str | None = None
    source: str | None = None

    def joined(self, other: Filters) -> Filters:
        """Both; where both have one, this one's."""
        kinds = self.kinds + tuple(kind for kind in other.kinds if kind not in self.kinds)
        return Filters(
            tuple(kind for kind in Kind if kind in kinds),
            self.segment or other.segment,
            self.source or other.source,
        )


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True)
class Known:
    """The segments and sources that an installation has, by the forms in which they are typed."""

    segments: dict[str, str]
    sources: dict[str, str]

    @classmethod
    def of(cls, segments: Iterable[str], sources: Iterable[str]) -> Known:
        by_name = {alike(name): name for name in sources}
        parts: dict[str, set[str]] = {}
        for name in by_name.values():
            for part in re.split(r"[._/:-]", name):
                if len(part) > 2 and fold(part) not in ("com", "www", "org", "net", "help", "app"):
                    parts.setdefault(alike(part), set()).add(name)
        short = {part: min(names) for part, names in parts.items() if len(names) == 1}
        return cls(
            {alike(name): name for name in segments if alike(name)},
            {key: name for key, name in (short | by_name).items() if key},
        )


@dataclass(frozen=True, slots=True)
class Keyed:
    """What is left of a text without its filters, the filters, and what was not understood."""

    rest: str
    filters: Filters = NO_FILTERS
    notes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    is_search: bool = False


@dataclass(slots=True)
class _Reader:
    known: Known
    kinds: list[Kind] = field(default_factory=list)
    segment: str | None = None
    source: str | None = None
    features: list[str] = field(default_factory=list)
    is_search: bool = False
    notes: list[str] = field(default_factory=list)

    def take(self, key: str, value: str) -> None:
        if key == "feature":
            self.features.append(value)
        elif key == "kind":
            for part in filter(None, re.split(r"[,|+/]", value)):
                self._take_kind(part.strip(_EDGES))
        elif key == "segment":
            self.segment = self._of(value, self.known.segments, "segment") or self.segment
        else:
            self.source = self._of(value, self.known.sources, "source") or self.source

    def _take_kind(self, typed: str) -> None:
        word = alike(typed)
        if word in _ALL_KINDS or not word:
            self.kinds += FRICTION_KINDS if word == "friction" else ()
            return
        near = _nearest(word, KIND_NAMES)
        if near is not None:
            self.kinds.append(KIND_NAMES[near])
            return
        kinds = listed([kind.value for kind in Kind])
        self.notes.append(f'No kind is called "{typed}": there are {kinds}.')

    def _of(self, typed: str, known: dict[str, str], noun: str) -> str | None:
        near = _nearest(alike(typed), known)
        if near is not None:
            return known[near]
        names = sorted(dict.fromkeys(known.values()), key=str.lower)
        # Segments are known from the newest tickets only, sources from all.
        newest = " among the newest tickets" if noun == "segment" else ""
        if not names:
            ticket = "None of the newest tickets" if newest else "No ticket"
            self.notes.append(f"{ticket} has a {noun}, so there is none to choose.")
        elif len(names) <= _MOST_LISTED:
            are = "is only" if len(names) == 1 else "are"
            called = f'No {noun}{newest} is called "{typed}"'
            self.notes.append(f"{called}: there {are} {listed(names)}.")
        else:
            found = process.extractOne(alike(typed), list(known), scorer=fuzz.WRatio)
            nearest = known[found[0]] if found else names[0]
            called = f'No {noun}{newest} is called "{typed}"'
            self.notes.append(f"{called}: the nearest is {nearest}.")
        return None


def keyed(text: str, known: Known) -> Keyed:
    """Take `kind:`, `segment:`, `source:`, `feature:` and `search:` out of a text."""
    text = _TIMED.sub(lambda found: f"{found[1] or ''} ", text)
    if ":" not in text and "=" not in text:
        return Keyed(text)
    reader = _Reader(known)
    kept: list[str] = []
    place = 0
    while found := _KEYED.search(text, place):
        key = _key(found[1].lower())
        quoted, value = found[2], (found[3] or "").strip(_EDGES)
        if key is not None and quoted is None and not value and key != "search":
            reader.notes.append(f'Say a {key} after "{key}:".')
            kept.append(text[place : found.start()])
            place = found.end()
            continue
        if key is None:
            kept.append(text[place : found.end(1)])
            place = found.end(1)
            continue
        kept.append(text[place : found.start()])
        place = found.end()
        if key == "search":
            reader.is_search = True
            place = found.start(2) - 1 if quoted is not None else place
            place = found.start(3) if found[3] else place
            continue
        if quoted is None and key in ("segment", "source"):
            names = known.segments if key == "segment" else known.sources
            value, place = _longest(text, found.start(3), place, names)
        reader.take(key, quoted.strip() if quoted is not None else value)
    kept.append(text[place:])
    filters = Filters(tuple(reader.kinds), reader.segment, reader.source).joined(NO_FILTERS)
    rest = " ".join("".join(kept).split())
    return Keyed(rest, filters, tuple(reader.notes), tuple(reader.features), reader.is_search)


def _key(word: str) -> str | None:
    """The key that a word is, or is misspelt for: "knid:", "segement:"."""
    if word in _KEYS:
        return _KEYS[word]
    for key in _LONG_KEYS:
        if word[0] == key[0] and OSA.distance(word, key, score_cutoff=1) <= 1:
            return _KEYS[key]
    return None


def _longest(text: str, start: int, end: int, known: dict[str, str]) -> tuple[str, int]:
    """A name of several words without quotes: as many words as still are a known name."""
    words = list(re.finditer(r"\S+", text[start : start + 120]))[:LONGEST_NAME]
    for count in range(len(words), 1, -1):
        typed = text[start : start + words[count - 1].end()]
        if alike(typed) in known:
            return typed, start + words[count - 1].end()
    return text[start:end].strip(_EDGES), end


def _nearest(word: str, known: Iterable[str]) -> str | None:
    if word in known:
        return word
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=_MEANT)
    return found[0] if found else None


def listed(names: Sequence[str]) -> str:
    """`free, pro and enterprise`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
