"""What somebody asks of `/friction`: words in any order become a question.

Whatever is typed gets an answer or a hint: nothing here raises, what makes no sense is left out
and a note says so. The plainest reading wins: a feature named outright, then a feature beside
filters in plain words, then misspelt names, and what is none of these is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

from bot.reports import Feature, Kind, Understood, Window
from bot.voice.features import Catalogue, Found
from bot.voice.filters import NO_FILTERS, Filters, Keyed, Known, keyed, listed, plain
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
    without_edges,
)
from bot.voice.text import fold
from bot.voice.ticket_ids import ticket_of
from bot.voice.windows import Taken, default_window, take_window
from bot.voice.wordset import word_set

Ask = Literal["rank", "help", "feature", "versus", "read", "ticket", "search", "unknown"]

_MOST_CHARACTERS: Final = 1_000
_MOST_WORDS: Final = 20
_MOST_WINDOWS: Final = 4

_MENTION: Final = re.compile(r"<[@#!][^<>]{0,200}>")
_LINK: Final = re.compile(r"<((?:https?|mailto|tel):[^<>|]{1,900})(?:\|([^<>]{0,200}))?>")
_QUOTED: Final = re.compile(r'"([^"]{1,200})"')
_CURLY: Final = str.maketrans("“”„«»", '"""""')
_DRESS: Final = "*_~`'.,;:!?¿¡()[]{}<>|\\/-–—·•"
_COMMA: Final = re.compile(r"[,;](?=\s|\Z)|\s[/+&](?=\s)")

_HELP: Final = word_set("help hilfe aide ayuda usage commands hi hello hey")
_HELP_PHRASES: Final = (
    "help me",
    "how do i use this",
    "how does this work",
    "what can i ask",
    "what can you do",
    "what can i ask you",
)
_READ: Final = word_set("read reading onboard onboarding intro introduction introduce started")
_RANKING: Final = word_set("overview summary stats trends ranking list everything")
_NEW_TO: Final = word_set("to on in at")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood as far as it can be.

    Two are equal if they ask for the same. `asked` is what was typed, free of Slack's escapes;
    `words` is what is left to look for when window, filters and filler words are gone, with
    "double quotes" around what must be verbatim. `versus` is what the first subject is held
    against; `ticket` is an id or address that may be a ticket's, and `fallback` what is asked
    where it is none. `others` are further features that were named. `note` says in sentences
    what was not taken as typed, or is "".
    """

    ask: Ask
    asked: str = field(compare=False)
    words: str
    feature: Feature | None
    understood: Understood = field(compare=False)
    suggestions: tuple[Feature, ...] = field(compare=False)
    window: Window
    note: str = field(default="", compare=False)
    kinds: tuple[Kind, ...] = ()
    segment: str | None = None
    source: str | None = None
    versus: Subject | None = None
    ticket: str | None = None
    others: tuple[Feature, ...] = field(default=(), compare=False)

    @property
    def fallback(self) -> Question:
        """What is asked where `ticket` is no ticket's."""
        ask: Ask = "feature" if self.feature else "search" if self.words else "unknown"
        return replace(self, ask=ask, ticket=None)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What the words of a question mean, without its window."""

    ask: Ask
    found: Found
    words: str
    filters: Filters = NO_FILTERS
    versus: Subject | None = None
    others: tuple[Feature, ...] = ()
    note: str = ""


_NOTHING: Final = Found(None, Understood.NOTHING)


def parse(
    text: str,
    catalogue: Catalogue,
    now: datetime,
    *,
    segments: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Question:
    """Understand a question as of `now` (UTC when it names no zone). Never raises.

    `segments` and `sources` are those that the installation has.
    """
    now = now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)
    asked = _plain(text)
    known = Known.of(segments, sources)
    typed = keyed(asked, known)
    phrases = _QUOTED.findall(typed.rest)
    loose = " ".join(_QUOTED.sub(" ", typed.rest).replace('"', " ").split())
    asking = _Asking(asked, typed, phrases, catalogue, known)
    # A feature may be named like a window ("Last month's report", "Today").
    whole = catalogue.named(loose) if _has_words(loose) and not phrases else None
    if whole and whole.feature and not (typed.features or typed.is_search):
        meaning = _Meaning("feature", whole, whole.feature.name, typed.filters)
        return asking.question(meaning, default_window(now), typed.notes)
    taken = take_window(loose, now)
    meaning = asking.meaning(taken.rest)
    if not taken.is_sure and (typed.is_search or meaning.ask in ("search", "unknown")):
        taken = take_window(loose, now, only_sure=True)
        meaning = asking.meaning(taken.rest)
    rest, notes = _without_windows(taken, now)
    if rest != taken.rest:
        meaning = asking.meaning(rest)
    question = asking.question(meaning, taken.window, (*typed.notes, taken.note, *notes))
    ticket = ticket_of(loose, ASIDES) if not (phrases or typed.is_search) else None
    is_named = question.feature is not None and question.understood is Understood.EXACT
    return replace(question, ask="ticket", ticket=ticket) if ticket and not is_named else question


def _plain(text: str) -> str:
    """What was typed, without mentions and Slack's escapes."""
    text = _MENTION.sub(" ", text[:_MOST_CHARACTERS])
    text = _LINK.sub(_said, text).translate(_CURLY)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())


def _said(link: re.Match[str]) -> str:
    """A link's label, but the address where the label is one too."""
    label = link[2] or ""
    return label if label and "://" not in label else link[1]


def _without_windows(taken: Taken, now: datetime) -> tuple[str, tuple[str, ...]]:
    """What is left when further windows are left out: one question has one."""
    rest, notes = taken.rest, []
    for _ in range(_MOST_WINDOWS if taken.typed else 0):
        more = take_window(rest, now, only_sure=True)
        if not more.typed:
            break
        rest = more.rest
        notes.append(f'"{more.typed}" is left out: a question has one stretch of time.')
    return rest, tuple(notes)


@dataclass(frozen=True, slots=True)
class _Asking:
    """The words of one question on their way to a meaning."""

    asked: str
    typed: Keyed
    phrases: Sequence[str]
    catalogue: Catalogue
    known: Known

    def question(self, meaning: _Meaning, window: Window, notes: Sequence[str]) -> Question:
        found, filters = meaning.found, self.typed.filters.joined(meaning.filters)
        is_known = meaning.ask in ("feature", "search", "versus", "read")
        return Question(
            ask=meaning.ask,
            asked=self.asked,
            words=meaning.words,
            feature=found.feature,
            understood=found.understood if is_known else Understood.NOTHING,
            suggestions=meaning.others or found.suggestions,
            window=window,
            note=" ".join(note for note in (*notes, meaning.note) if note),
            kinds=filters.kinds,
            segment=filters.segment,
            source=filters.source,
            versus=meaning.versus,
            others=meaning.others,
        )

    def meaning(self, rest: str) -> _Meaning:
        tokens = _tokens(rest)
        quoted = " ".join(f'"{each.strip()}"' for each in self.phrases if _has_words(each))
        finder = Finder(self.catalogue)
        if self.typed.is_search or quoted:
            return self._searched(tokens, quoted)
        if self.typed.features:
            return self._chosen(tokens, finder)
        if self._is_help():
            return _Meaning("help", _NOTHING, "")
        if not tokens and self.asked.strip("?") and not _has_words(self.asked):
            return _Meaning("unknown", _NOTHING, "")
        found = finder.exactly(tokens) if tokens else None
        if found is not None and found.feature is None:
            return _Meaning("unknown", found, " ".join(without_edges(tokens, EDGES)))
        return self._understood(tokens, finder)

    def _is_help(self) -> bool:
        words = fold(self.asked).strip(" ?!.")
        return self.asked.strip() == "?" or words in _HELP or words in _HELP_PHRASES

    def _searched(self, tokens: Tokens, quoted: str) -> _Meaning:
        """Words to search for, said to be so by quotes or `search:`."""
        sure = plain(tokens, self.known, ASIDES, boldly=False)
        filters = NO_FILTERS if self.typed.is_search else sure.filters
        words = tokens if self.typed.is_search else sure.tokens
        searched = " ".join(filter(None, (_spoken(without_edges(words, EDGES)), quoted)))
        if not searched:
            return _Meaning("rank", _NOTHING, "", filters)
        return _Meaning("search", Found(None, Understood.SEARCH), searched, filters)

    def _chosen(self, tokens: Tokens, finder: Finder) -> _Meaning:
        """The features of `feature:ID`, beside "read" or "vs" as always."""
        first, *more = (self._by_id(typed) for typed in self.typed.features[:2])
        if first.feature is None:
            return _Meaning("unknown", first, self.typed.features[0])
        chosen = Subject(first.feature, first.feature.name, Understood.EXACT)
        parted = sides(tokens)
        left, right = (without_edges(part, ASIDES) for part in parted or ((), ()))
        if more and more[0].feature:
            second = Subject(more[0].feature, more[0].feature.name, Understood.EXACT)
        elif left and not right:
            chosen, second = self._side(left, finder), chosen
        else:
            second = self._side(right, finder) if right else chosen
        found = Found(chosen.feature, chosen.understood)
        if second != chosen:
            return _Meaning("versus", found, chosen.words, versus=second)
        ask: Ask = "read" if tokens and fold(tokens[0]) == "read" else "feature"
        return _Meaning(ask, found, chosen.words)

    def _by_id(self, typed: str) -> Found:
        feature = self.catalogue.by_id.get(typed)
        return Found(feature, Understood.EXACT) if feature else self.catalogue.find(typed)

    def _understood(self, tokens: Tokens, finder: Finder) -> _Meaning:
        sure = plain(tokens, self.known, ASIDES, boldly=False)
        bold = plain(sure.tokens, self.known, ASIDES, boldly=True)
        readings = [(tokens, NO_FILTERS)]
        if sure.was_found:
            readings.append((sure.tokens, sure.filters))
        if bold.was_found:
            readings.append((bold.tokens, sure.filters.joined(bold.filters)))
        for words, filters in readings:
            named = exactly_named(words, finder)
            if named is not None:
                return _of_features(named, filters)
            if _asks_for_all(words) or (filters != NO_FILTERS and not without_edges(words, ASIDES)):
                return _Meaning("rank", _NOTHING, "", filters)
        for words, filters in readings:
            read = self._read(words, finder)
            if read is not None:
                return replace(read, filters=filters)
        for words, filters in reversed(readings):
            named = nearly_named(words, finder)
            if named is not None:
                return _of_features(named, filters)
        return self._compared(sure.tokens, sure.filters, finder)

    def _read(self, tokens: Tokens, finder: Finder) -> _Meaning | None:
        """ "Read checkout", "I'm new to checkout", "get me started with checkout"."""
        folded = [fold(token) for token in tokens]
        place = next((n for n, word in enumerate(folded) if word not in EDGES | {"i'm", "im"}), 0)
        is_new = (
            folded[place : place + 1] == ["new"] and set(folded[place + 1 : place + 2]) & _NEW_TO
        )
        if not is_new and folded[place] not in _READ:
            return None
        rest = tokens[place + 1 :]
        if not without_edges(rest, ASIDES):
            names = [feature.name.lower() for feature in self.catalogue.features[:1]]
            note = f'Name a feature to read, such as "read {names[0]}".' if names else ""
            return _Meaning("rank", _NOTHING, "", note=note)
        named = exactly_named(rest, finder) or nearly_named(rest, finder)
        return replace(_of_features(named, NO_FILTERS), ask="read", versus=None) if named else None

    def _compared(self, tokens: Tokens, filters: Filters, finder: Finder) -> _Meaning:
        """Words to search for, or two things that are compared and are not both features."""
        parted = sides(tokens)
        if parted is None:
            return self._sought(tokens, filters, finder)
        one, other = ((without_edges(part, ASIDES)) for part in parted)
        if not (one and other):
            alone = self._sought(one or other, filters, finder)
            named = exactly_named(one or other, finder) or nearly_named(one or other, finder)
            return _of_features(named, filters) if named else alone
        first, second = self._side(one, finder), self._side(other, finder)
        if first == second:
            return self._sought(one, filters, finder)
        found = Found(first.feature, first.understood)
        return _Meaning("versus", found, first.words, filters, second)

    def _side(self, tokens: Tokens, finder: Finder) -> Subject:
        found = finder.nearly(tokens)
        if found and found.feature:
            return Subject(found.feature, found.feature.name, found.understood)
        return Subject(None, _spoken(without_edges(tokens, EDGES) or tokens), Understood.SEARCH)

    def _sought(self, tokens: Tokens, filters: Filters, finder: Finder) -> _Meaning:
        words = without_edges(tokens, EDGES)
        found = finder.near(words) if words else _NOTHING
        ask: Ask = "unknown" if found.understood is Understood.NOTHING else "search"
        if not words:
            return _Meaning("rank", _NOTHING, "", filters)
        if found.feature:
            return _Meaning("feature", found, found.feature.name, filters)
        return _Meaning(ask, found, _spoken(words), filters)


def _of_features(named: Named, filters: Filters) -> _Meaning:
    first, *more = named.found
    features = [each.feature for each in more if each.feature]
    name = first.feature.name if first.feature else ""
    versus = None
    if named.is_versus:
        second, *features = features
        versus = Subject(second, second.name, more[0].understood)
    note = ""
    if features:
        also = listed([feature.name for feature in features])
        shown = f"{name} against {versus.words}" if versus else name
        note = f"Showing {shown}; {also} can be asked for besides."
    ask: Ask = "versus" if versus else "feature"
    return _Meaning(ask, first, name, filters, versus, tuple(features), note)


def _tokens(text: str) -> Tokens:
    """The words, and the commas that part them."""
    words = (word.strip(_DRESS) or word.strip(" ") for word in _COMMA.sub(" , ", text).split())
    found = [
        word
        for word in words
        if word == ","
        or any(char.isalnum() for char in word)
        or any(ord(char) > 127 and char not in _DRESS for char in word)
    ]
    while found and found[-1] == ",":
        found.pop()
    return tuple(found[:_MOST_WORDS])


def _asks_for_all(tokens: Tokens) -> bool:
    """Whether the words ask and name nothing: "what hurts most", but not "stuck" alone."""
    if without_edges(tokens, ASIDES):
        return False
    asked_for = without_edges(tokens, EDGES)
    return len(asked_for) < len(tokens) or not tokens or fold(tokens[0]) in _RANKING


def _spoken(tokens: Tokens) -> str:
    return " ".join(token for token in tokens if token != ",")


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)
