"""Kinds, segments and sources in plain words: "bugs in checkout", "enterprise customers".

"Free", "bug" and "love" are words of tickets too, so that some are taken only where the rest of
the question leaves no doubt: see `plain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports import Kind
from bot.voice.filters import KIND_NAMES, LONGEST_NAME, NO_FILTERS, Filters, Known, alike
from bot.voice.text import fold
from bot.voice.wordset import word_set

_PLAIN_KINDS: Final = {
    word: KIND_NAMES[word]
    for word in (
        *("broken", "bug", "bugs", "buggy", "defect", "defects"),
        *("confusing", "confused", "confuses", "confusion", "unclear"),
        *("unexpected", "surprising", "surprised", "surprises"),
        *("praise", "praised", "love", "loved", "loves", "compliments", "kudos"),
    )
}
_NARROWING: Final = frozenset((*_PLAIN_KINDS, "request", "requests"))
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
    for count in range(min(LONGEST_NAME, len(words) - start), 0, -1):
        end = start + count
        name = alike("".join(words[start:end]))
        if name not in known.segments and name not in known.sources:
            continue
        before = words[start - 1] if start else ""
        after = words[end] if end < len(words) else ""
        at_the_end = all(word in fillers or word in _NARROWING for word in words[end:])
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
    if word in ("request", "requests") and after in ("for", "about", "on", "in", "only", ","):
        return Filters((Kind.REQUEST,)), range(start, start + 2)
    if word in _PLAIN_KINDS and words[max(start - 2, 0) : start] != ["report", "a"]:
        return Filters((_PLAIN_KINDS[word],)), range(start, start + 1)
    return None
