"""What the words of a question mean, once its window is out of them.

The plainest meaning wins: a feature named outright, then features beside filters in plain words,
then misspelt names, and what is none of these is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.reports import Feature, Understood
from bot.voice.features import Catalogue, Found
from bot.voice.filters import NO_FILTERS, Filters, Keyed, Known, listed
from bot.voice.plain_filters import plain
from bot.voice.subjects import (
    ASIDES,
    EDGES,
    Finder,
    Named,
    Subject,
    Tokens,
    exactly_named,
    nearly_named,
    sides,
    sought,
    without_edges,
    without_generic,
)
from bot.voice.text import fold
from bot.voice.wordset import word_set

Ask = Literal["rank", "help", "feature", "versus", "read", "ticket", "search", "unknown"]

_MOST_WORDS: Final = 20
_DRESS: Final = "=*_~`'.,;:!?¿¡()[]{}<>|\\/-–—·•"
_COMMA: Final = re.compile(r"[,;](?=\s|\Z)|(?<=[^\W\d])[,;](?=[^\W\d])|\s[/+&](?=\s)")
_HELP: Final = word_set("help hilfe aide ayuda usage commands hi hello hey thanks thx")
_HELP_PHRASES: Final = (
    "help me",
    "thank you",
    "how do i use this",
    "how does this work",
    "what can i ask",
    "what can you do",
    "what can i ask you",
)
_READ: Final = word_set("read reading onboard onboarding intro introduction introduce started")
_RANKING: Final = word_set("overview summary stats trends ranking list everything features ticket")
_NOTHING: Final = Found(None, Understood.NOTHING)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is asked, of what, and what it is narrowed to; `others` were named besides."""

    ask: Ask
    found: Found
    words: str
    filters: Filters = NO_FILTERS
    versus: Subject | None = None
    others: tuple[Feature, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question: what was typed, its filters and quoted phrases, and what it may name."""

    asked: str
    typed: Keyed
    phrases: Sequence[str]
    catalogue: Catalogue
    known: Known

    def meaning(self, rest: str) -> Meaning:
        """What the question means where `rest` are its words without a window."""
        tokens = _tokens(rest)
        quoted = " ".join(f'"{each.strip()}"' for each in self.phrases if has_words(each))
        finder = Finder(self.catalogue)
        if self.typed.features:
            return self._chosen(tokens, quoted, finder)
        if self.typed.is_search or quoted:
            return self._searched(tokens, quoted, finder)
        if self._is_help():
            return Meaning("help", _NOTHING, "")
        if not tokens and self.asked.strip("?") and not has_words(self.asked):
            return Meaning("unknown", _NOTHING, "")
        whole = finder.whole(tokens)
        if whole is not None:
            return _of_features(Named((whole,)), NO_FILTERS)
        found = finder.exactly(tokens)
        if found is not None and found.feature is None:
            return Meaning("unknown", found, _spoken(sought(tokens)))
        return self._understood(tokens, finder)

    def _is_help(self) -> bool:
        words = fold(self.asked).strip(" ?!.")
        return self.asked.strip() == "?" or words in _HELP or words in _HELP_PHRASES

    def _searched(self, tokens: Tokens, quoted: str, finder: Finder) -> Meaning:
        """Words to search for, said to be so by quotes or `search:`, or held against a feature."""
        parted = None if self.typed.is_search else sides(tokens)
        if parted and (parted[0] or parted[1]):
            first = self._side(parted[0] or parted[1], finder)
            found = Found(first.feature, first.understood)
            return Meaning("versus", found, first.words, versus=_quoted_subject(quoted))
        sure = plain(tokens, self.known, ASIDES, boldly=False)
        filters = NO_FILTERS if self.typed.is_search else sure.filters
        words = tokens if self.typed.is_search else sure.tokens
        searched = " ".join(filter(None, (_spoken(sought(words)), quoted)))
        if not searched:
            return Meaning("rank", _NOTHING, "", filters)
        return Meaning("search", Found(None, Understood.SEARCH), searched, filters)

    def _chosen(self, tokens: Tokens, quoted: str, finder: Finder) -> Meaning:
        """The features of `feature:ID`, beside "read" or "vs" as always."""
        first, *more = (self._by_id(typed) for typed in self.typed.features[:2])
        if first.feature is None:
            return Meaning("unknown", first, self.typed.features[0])
        chosen = Subject(first.feature, first.feature.name, Understood.EXACT)
        parted = sides(tokens)
        left, right = parted or ((), ())
        if more and more[0].feature:
            second = Subject(more[0].feature, more[0].feature.name, Understood.EXACT)
        elif parted and quoted:
            second = _quoted_subject(quoted)
        elif left and not right:
            chosen, second = self._side(left, finder), chosen
        else:
            second = self._side(right, finder) if right else chosen
        found = Found(chosen.feature, chosen.understood)
        if second != chosen:
            return Meaning("versus", found, chosen.words, versus=second)
        ask: Ask = "read" if tokens and fold(tokens[0]) == "read" else "feature"
        return Meaning(ask, found, chosen.words)

    def _by_id(self, typed: str) -> Found:
        feature = self.catalogue.by_id.get(typed)
        return Found(feature, Understood.EXACT) if feature else self.catalogue.find(typed)

    def _understood(self, tokens: Tokens, finder: Finder) -> Meaning:
        sure = plain(tokens, self.known, ASIDES, boldly=False)
        bold = plain(sure.tokens, self.known, ASIDES, boldly=True)
        readings = [(tokens, NO_FILTERS)]
        if sure.was_found:
            readings.append((sure.tokens, sure.filters))
        if bold.was_found:
            readings.append((bold.tokens, sure.filters.joined(bold.filters)))
        for words, filters in readings:
            read = self._read(words, finder)
            if read is not None:
                return replace(read, filters=filters)
        readings = [(without_generic(words), filters) for words, filters in readings]
        for words, filters in readings:
            named = exactly_named(words, finder)
            if named is not None:
                return _of_features(named, filters)
            if _asks_for_all(words) or (filters != NO_FILTERS and not without_edges(words, ASIDES)):
                return Meaning("rank", _NOTHING, "", filters)
        for words, filters in reversed(readings):
            named = nearly_named(words, finder)
            if named is not None:
                return _of_features(named, filters)
        return self._compared(sure.tokens, sure.filters, finder)

    def _read(self, tokens: Tokens, finder: Finder) -> Meaning | None:
        """What somebody new asks: "read checkout", "I'm new to checkout"."""
        folded = [fold(token) for token in tokens]
        lead = EDGES | {"i'm", "im"}
        place = next((n for n, word in enumerate(folded) if word not in lead), len(folded))
        if folded[place : place + 2] != ["new", "to"] and not _READ & set(
            folded[place : place + 1]
        ):
            return None
        rest = tokens[place + 1 :]
        if not without_edges(rest, ASIDES):
            names = [feature.name.lower() for feature in self.catalogue.features[:1]]
            note = f'Name a feature to read, such as "read {names[0]}".' if names else ""
            return Meaning("rank", _NOTHING, "", note=note)
        named = exactly_named(rest, finder) or nearly_named(rest, finder)
        return replace(_of_features(named, NO_FILTERS), ask="read", versus=None) if named else None

    def _compared(self, tokens: Tokens, filters: Filters, finder: Finder) -> Meaning:
        """Words to search for, or two things that are compared and are not both features."""
        parted = sides(tokens)
        if parted is None:
            return self._sought(tokens, filters, finder)
        one, other = parted
        if not (one and other):
            named = exactly_named(one or other, finder) or nearly_named(one or other, finder)
            if named is not None:
                return _of_features(named, filters)
            return self._sought(one or other, filters, finder)
        first, second = self._side(one, finder), self._side(other, finder)
        if first == second:
            return self._sought(one, filters, finder)
        found = Found(first.feature, first.understood)
        return Meaning("versus", found, first.words, filters, second)

    def _side(self, tokens: Tokens, finder: Finder) -> Subject:
        words = tuple(token for token in tokens if fold(token) not in ("vs", "versus"))
        found = finder.nearly(words)
        if found and found.feature:
            return Subject(found.feature, found.feature.name, found.understood)
        return Subject(None, _spoken(sought(words) or words), Understood.SEARCH)

    def _sought(self, tokens: Tokens, filters: Filters, finder: Finder) -> Meaning:
        words = sought(tokens)
        if not words:
            return Meaning("rank", _NOTHING, "", filters)
        found = finder.near(words)
        if found.feature:
            return Meaning("feature", found, found.feature.name, filters)
        ask: Ask = "unknown" if found.understood is Understood.NOTHING else "search"
        return Meaning(ask, found, _spoken(words), filters)


def _quoted_subject(quoted: str) -> Subject:
    return Subject(None, quoted, Understood.SEARCH)


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(char.isalnum() for char in text)


def _of_features(named: Named, filters: Filters) -> Meaning:
    first, *more = named.found
    features = [each.feature for each in more if each.feature]
    versus = None
    if named.is_versus:
        second, *features = features
        versus = Subject(second, second.name, more[0].understood)
    note = f"You also named {listed([each.name for each in features])}." if features else ""
    name = first.feature.name if first.feature else ""
    ask: Ask = "versus" if versus else "feature"
    return Meaning(ask, first, name, filters, versus, tuple(features), note)


def _tokens(text: str) -> Tokens:
    """The words, and the commas that part them."""
    found = []
    for word in _COMMA.sub(" , ", text).split():
        bare = "," if word == "," else word.lstrip(f"{_DRESS}#").rstrip(_DRESS)
        if bare:
            found.append(bare)
    while found and found[-1] == ",":
        found.pop()
    return tuple(found[:_MOST_WORDS])


def _asks_for_all(tokens: Tokens) -> bool:
    """Whether the words ask and name nothing: "what hurts most", but not "stuck" alone."""
    if without_edges(tokens, ASIDES):
        return False
    is_short = len(without_edges(tokens, EDGES)) < len(tokens) or not tokens
    return is_short or any(fold(token) in _RANKING for token in tokens)


def _spoken(tokens: Tokens) -> str:
    return " ".join(token for token in tokens if token != ",")
