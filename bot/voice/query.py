"""What somebody asks of `/friction`: words in any order become a feature or search, and a window.

Whatever is typed gets an answer or a hint: nothing here raises, and a window that makes no
sense is answered with the usual one and a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from bot.reports import Feature, Understood, Window
from bot.voice.features import Catalogue, Found
from bot.voice.text import fold
from bot.voice.windows import default_window, take_window
from bot.voice.wordset import word_set

Ask = Literal["rank", "help", "feature", "search", "unknown"]

_MOST_CHARACTERS: Final = 1_000
_MOST_WORDS: Final = 20

_MENTION: Final = re.compile(r"<[@#!][^<>]{0,200}>")
_LINK: Final = re.compile(r"<((?:https?|mailto|tel):[^<>|]{1,900})(?:\|([^<>]{0,200}))?>")
_QUOTED: Final = re.compile(r'"([^"]{1,200})"')
_CURLY: Final = str.maketrans("“”„«»", '"""""')
_DRESS: Final = "*_~`'.,;:!?¿¡()[]{}<>|\\/-–—"

_HELP: Final = word_set("help hilfe aide ayuda usage commands")
_FILLER: Final = word_set(
    "a about all am and any anything are around at by can complain complained complaining "
    "complaints complaint could customer customers customer's did do does doing feedback for "
    "friction from get give going happening has have having how hurting hurts i in is issue issues "
    "it its know like look looking looks me most much my of on our out pain pains people please "
    "problem problems say saying says see show some tell than that the their them there these they "
    "think this those to told top trouble users user was we were what what's whats where which who "
    "why with would wrong you your"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood as far as it can be.

    `asked` is what was typed, free of Slack's escapes; `words` is what is left to look for when
    the window and filler words are gone, with "double quotes" around what must be verbatim.
    `window_note` says in a sentence what of the window was not taken as typed, or is "".
    """

    ask: Ask
    asked: str
    words: str
    feature: Feature | None
    understood: Understood
    suggestions: tuple[Feature, ...]
    window: Window
    window_note: str


def parse(text: str, catalogue: Catalogue, now: datetime) -> Question:
    """Understand a question as of `now` (UTC when it names no zone). Never raises."""
    now = now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)
    asked = _plain(text)
    phrases = _QUOTED.findall(asked)
    loose = _QUOTED.sub(" ", asked).replace('"', " ")
    # A feature may be named like a window ("Last month's report", "Today").
    whole = catalogue.find(loose) if _has_words(loose) else None
    if whole and whole.feature and whole.understood is Understood.EXACT and not phrases:
        return _answer(asked, whole.feature.name, whole, default_window(now))
    rest, window, note = take_window(" ".join(loose.split()), now)
    question = _understand(asked, rest, phrases, catalogue, window)
    return replace(question, window_note=note)


def _plain(text: str) -> str:
    """What was typed, without mentions and Slack's escapes."""
    text = _MENTION.sub(" ", text[:_MOST_CHARACTERS])
    text = _LINK.sub(lambda link: link[2] or link[1], text).translate(_CURLY)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())


def _understand(
    asked: str, rest: str, phrases: list[str], catalogue: Catalogue, window: Window
) -> Question:
    tokens = [token for token in (word.strip(_DRESS) for word in rest.split()) if token]
    tokens = tokens[:_MOST_WORDS]
    quoted = " ".join(f'"{phrase.strip()}"' for phrase in phrases if _has_words(phrase))
    if quoted:
        searched = " ".join([*_without_edges(tokens), quoted])
        return _answer(asked, searched, Found(None, Understood.SEARCH), window)
    if not tokens and (not asked.strip("?") or _has_words(asked)):
        return _answer(asked, "", Found(None, Understood.NOTHING), window)
    if not tokens:
        return replace(_answer(asked, "", Found(None, Understood.NOTHING), window), ask="unknown")
    found = _exactly_within(tokens, catalogue)
    if found:
        return _answer(asked, found.feature.name if found.feature else "", found, window)
    meant = " ".join(_without_edges(tokens))
    found = catalogue.find(meant) if meant else Found(None, Understood.NOTHING)
    return _answer(asked, meant, found, window)


def _answer(asked: str, words: str, found: Found, window: Window) -> Question:
    words = words.strip()
    ask: Ask = "search"
    if found.feature:
        ask = "feature"
    elif asked.strip(" ?").lower() in _HELP or asked.strip() == "?":
        ask = "help"
    elif not words:
        ask = "rank"
    elif found.understood is Understood.NOTHING:
        ask = "unknown"
    understood = found.understood if ask in ("feature", "search") else Understood.NOTHING
    return Question(ask, asked, words, found.feature, understood, found.suggestions, window, "")


def _exactly_within(tokens: list[str], catalogue: Catalogue) -> Found | None:
    """The feature that is named exactly once the filler words around it are left out."""
    begin, end = 0, len(tokens)
    while begin < end and _is_filler(tokens[begin]):
        begin += 1
    while end > begin and _is_filler(tokens[end - 1]):
        end -= 1
    for first in range(begin + 1):
        for last in range(len(tokens), max(first, end - 1), -1):
            found = catalogue.find(" ".join(tokens[first:last]))
            if found.understood is Understood.EXACT:
                return found
    return None


def _without_edges(tokens: list[str]) -> list[str]:
    kept = [index for index, token in enumerate(tokens) if not _is_filler(token)]
    return tokens[kept[0] : kept[-1] + 1] if kept else []


def _is_filler(token: str) -> bool:
    return fold(token) in _FILLER


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)
