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
from typing import Final

from bot.reports import Feature, Kind, Understood, Window
from bot.voice.features import Catalogue
from bot.voice.filters import Keyed, Known, keyed
from bot.voice.meaning import Ask, Asking, Meaning, has_words
from bot.voice.subjects import ASIDES, Subject
from bot.voice.ticket_ids import ticket_of
from bot.voice.windows import default_window, take_window

_MOST_CHARACTERS: Final = 1_000
_MOST_WINDOWS: Final = 4

_MENTION: Final = re.compile(r"<[@#!][^<>]{0,200}>")
_LINK: Final = re.compile(r"<((?:https?|mailto|tel):[^<>|]{1,900})(?:\|([^<>]{0,200}))?>")
_COMMAND: Final = re.compile(r"\A/friction(?![\w-])\s?", re.IGNORECASE)
_HASH: Final = re.compile(r"(?<!\S)#+(?=\w)")
_QUOTED: Final = re.compile(r'"([^"]{1,200})"')
_CURLY: Final = str.maketrans("“”„«»", '"""""')


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
    loose = _loose(typed.rest)
    asking = Asking(asked, typed, phrases, catalogue, known)
    # A feature may be named like a window ("Last month's report", "Today").
    whole = catalogue.named(loose) if has_words(loose) and not phrases else None
    if whole and whole.feature and not (typed.features or typed.is_search):
        meaning = Meaning("feature", whole, whole.feature.name)
        return _question(asked, typed, meaning, default_window(now), typed.notes)
    ticket = ticket_of(loose, ASIDES) if not (phrases or typed.is_search) else None
    loose = _HASH.sub("", loose)
    taken = take_window(loose, now)
    name = catalogue.named(taken.typed) if taken.typed else None
    if name and name.feature:
        # "Today 12w" asks for what is called so.
        other = take_window(taken.rest, now)
        meaning = asking.meaning(f"{taken.typed} {other.rest}")
        if other.typed and meaning.ask == "feature" and meaning.found == name:
            return _question(asked, typed, meaning, other.window, (*typed.notes, other.note))
    meaning = asking.meaning(taken.rest)
    if not taken.is_sure and (typed.is_search or meaning.ask in ("search", "unknown")):
        taken = take_window(loose, now, only_sure=True)
        meaning = asking.meaning(taken.rest)
    rest, notes = _without_windows(taken.rest if taken.typed else "", now)
    if notes:
        meaning = asking.meaning(rest)
    # Words may stand together for a window once signs between them are gone.
    rest, more = _without_windows(_loose(meaning.words) if meaning.ask == "search" else "", now)
    if more:
        meaning, notes = asking.meaning(rest), (*notes, *more)
    question = _question(asked, typed, meaning, taken.window, (*typed.notes, taken.note, *notes))
    is_exact = question.feature is not None and question.understood is Understood.EXACT
    return replace(question, ask="ticket", ticket=ticket) if ticket and not is_exact else question


def _plain(text: str) -> str:
    """What was typed, without mentions, the command itself and Slack's escapes."""
    text = _MENTION.sub(" ", text[:_MOST_CHARACTERS])
    text = _LINK.sub(_said, text).translate(_CURLY)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return _COMMAND.sub("", " ".join(text.split()))


def _said(link: re.Match[str]) -> str:
    """A link's label, but the address where the label is one too."""
    label = link[2] or ""
    return label if label and "://" not in label else link[1]


def _without_windows(text: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """What is left when further windows are left out, with a note on each: a question has one."""
    notes: list[str] = []
    for _ in range(_MOST_WINDOWS):
        more = take_window(text, now, only_sure=True) if text else None
        if more is None or not more.typed:
            break
        text = more.rest
        notes.append(f'"{more.typed}" is left out: a question has one stretch of time.')
    return text, tuple(notes)


def _loose(text: str) -> str:
    """The words outside of quotes."""
    return " ".join(_QUOTED.sub(" ", text).replace('"', " ").split())


def _question(
    asked: str, typed: Keyed, meaning: Meaning, window: Window, notes: Sequence[str]
) -> Question:
    found, filters = meaning.found, typed.filters.joined(meaning.filters)
    is_known = meaning.ask in ("feature", "search", "versus", "read")
    return Question(
        ask=meaning.ask,
        asked=asked,
        words=meaning.words,
        feature=found.feature,
        understood=found.understood if is_known else Understood.NOTHING,
        suggestions=meaning.others or found.suggestions,
        window=window,
        note=" ".join(note for note in dict.fromkeys((*notes, meaning.note)) if note),
        kinds=filters.kinds,
        segment=filters.segment,
        source=filters.source,
        versus=meaning.versus,
        others=meaning.others,
    )
