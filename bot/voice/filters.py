"""Kinds, segments and sources in a question: `kind:broken`, "for enterprise", "from zendesk".

A filter with a colon is taken anywhere. Plain words are taken with care, since "free", "bug" and
"love" are words of tickets too: see `plain`.
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
from bot.voice.wordset import word_set

_KIND_NAMES: Final[dict[str, Kind]] = {
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
    **{"kind": "kind", "kinds": "kind"},
    **{"segment": "segment", "segments": "segment", "plan": "segment", "tier": "segment"},
    **{"source": "source", "sources": "source", "src": "source"},
    **{"feature": "feature", "search": "search", "text": "search"},
}
_LONG_KEYS: Final = [key for key in _KEYS if len(key) > 3]
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
_LONGEST_NAME: Final = 4
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
        near = _nearest(word, _KIND_NAMES)
        if near is not None:
            self.kinds.append(_KIND_NAMES[near])
            return
        kinds = listed([kind.value for kind in Kind])
        self.notes.append(f'No kind is called "{typed}": there are {kinds}.')

    def _of(self, typed: str, known: dict[str, str], noun: str) -> str | None:
        near = _nearest(alike(typed), known)
        if near is not None:
            return known[near]
        names = sorted(dict.fromkeys(known.values()))
        if not names:
            self.notes.append(f"No ticket has a {noun}, so there is none to choose.")
        elif len(names) <= _MOST_LISTED:
            self.notes.append(f'No {noun} is called "{typed}": there is {listed(names)}.')
        else:
            found = process.extractOne(alike(typed), list(known), scorer=fuzz.WRatio)
            nearest = known[found[0]] if found else names[0]
            self.notes.append(f'No {noun} is called "{typed}": the nearest is {nearest}.')
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
        if key is None or (quoted is None and not value and key != "search"):
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
    words = list(re.finditer(r"\S+", text[start : start + 120]))[:_LONGEST_NAME]
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


# --- plain words ------------------------------------------------------------------------------

_PLAIN_KINDS: Final = {
    word: _KIND_NAMES[word]
    for word in (
        *("broken", "bug", "bugs", "buggy", "defect", "defects"),
        *("confusing", "confused", "confuses", "confusion", "unclear"),
        *("unexpected", "surprising", "surprised", "surprises"),
        *("praise", "praised", "love", "loved", "loves", "compliments", "kudos"),
    )
}
_PEOPLE: Final = word_set(
    "customer customers user users account accounts client clients people company companies "
    "tier plan plans segment workspaces orgs folks"
)
_BEFORE: Final = word_set("for from in on by with among of our the all only segment")
_TICKETS: Final = word_set("ticket tickets review reviews conversations chats issues")
# As the first word these are more often a part of what is looked for: "free shipping".
_ALSO_ADJECTIVES: Final = word_set(
    "free team teams personal home basic trial new public private standard premium pro plus "
    "business custom other unknown none starter legacy internal test"
)


@dataclass(frozen=True, slots=True)
class Plain:
    """The words without those that are filters; `was_found` says whether there were any."""

    tokens: tuple[str, ...]
    filters: Filters
    was_found: bool


def plain(tokens: Sequence[str], known: Known, fillers: frozenset[str], *, boldly: bool) -> Plain:
    """Take filters in plain words.

    Unmistakable are "enterprise customers" and "from zendesk". What is taken only `boldly` may
    as well be looked for in tickets ("bugs", "for enterprise", "enterprise" at either end), so
    that a caller takes it only where a feature is named besides, or nothing else.
    """
    folded = [fold(token) for token in tokens]
    taken: set[int] = set()
    filters = NO_FILTERS
    for start in range(len(folded)):
        if start in taken:
            continue
        found = _named(folded, start, known, fillers, boldly=boldly)
        if found is None and boldly:
            found = _kind(folded, start)
        if found is not None:
            filters = filters.joined(found[0])
            taken.update(found[1])
    rest = tuple(token for place, token in enumerate(tokens) if place not in taken)
    return Plain(rest, filters, bool(taken))


def _named(
    words: list[str], start: int, known: Known, fillers: frozenset[str], *, boldly: bool
) -> tuple[Filters, range] | None:
    """A segment or source that begins here, with the small words around it."""
    for count in range(min(_LONGEST_NAME, len(words) - start), 0, -1):
        end = start + count
        name = alike("".join(words[start:end]))
        if name not in known.segments and name not in known.sources:
            continue
        before = words[start - 1] if start else ""
        after = words[end] if end < len(words) else ""
        at_the_end = all(word in fillers or word in _PLAIN_KINDS for word in words[end:])
        at_the_start = all(word in fillers for word in words[:start]) and (
            name not in _ALSO_ADJECTIVES
        )
        begin = start
        while begin and words[begin - 1] in _BEFORE:
            begin -= 1
        is_bold = boldly and (at_the_end or at_the_start or begin < start)
        if name in known.segments and (after in _PEOPLE or before == "segment" or is_bold):
            found = Filters(segment=known.segments[name])
            return found, range(begin, end + (after in _PEOPLE))
        is_sure = before in ("from", "via", "through") or after in _TICKETS
        if name in known.sources and (is_sure or before == "source" or is_bold):
            found = Filters(source=known.sources[name])
            return found, range(begin - (before in ("via", "through")), end + (after in _TICKETS))
    return None


def _kind(words: list[str], start: int) -> tuple[Filters, range] | None:
    word = words[start]
    after = words[start + 1] if start + 1 < len(words) else ""
    if word == "feature" and after in ("request", "requests"):
        return Filters((Kind.REQUEST,)), range(start, start + 2)
    if word in ("request", "requests") and after in ("for", "about", "on", "only"):
        return Filters((Kind.REQUEST,)), range(start, start + 2)
    if word in _PLAIN_KINDS:
        return Filters((_PLAIN_KINDS[word],)), range(start, start + 1)
    return None
