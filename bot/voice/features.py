"""Which parts of the product a ticket names, and which one a question means.

A ticket is read with a dictionary of the names' word sequences (16 to 34 us a ticket, where
fuzzy comparison with every name takes 541), a question with edit distance over all names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from bot.reports import Feature, Understood
from bot.voice.proposals import Suggestion, from_tags, suggest
from bot.voice.text import fold
from bot.voice.wordforms import WordForms, is_ordinary
from bot.voice.wordset import word_set

__all__ = ["Catalogue", "Found", "Suggestion", "from_tags", "suggest"]

_MOST_CHARACTERS: Final = 20_000
_LONGEST_QUESTION: Final = 200
_MOST_SUGGESTIONS: Final = 5
# Scores of rapidfuzz, 0 to 100. A name is meant from _MEANT on when no other comes within
# _APART points; it is offered from _OFFERED on.
_MEANT: Final = 80.0
_OFFERED: Final = 65.0
_APART: Final = 6.0

_TOKEN: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# "check-out" names the checkout, "check out our blog" does not.
_PARTICLES: Final = word_set("in out up on off down over back away")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The feature that a question means, or at most five that it may mean, best first."""

    feature: Feature | None
    understood: Understood
    suggestions: tuple[Feature, ...] = ()


def _tokens(text: str) -> list[str]:
    """Folded words; those joined by hyphens stay one."""
    return _TOKEN.findall(fold(text.replace("&", " and ")))


def _spellings(name: str) -> set[Words]:
    """The word sequences that stand for a name: as given, and written as one word."""
    tokens = _tokens(name)
    parts = tuple(part for token in tokens for part in token.split("-"))
    joined = "".join(parts)
    if len(parts) < 2:
        return {parts} if parts else set()
    is_hyphenated_verb = len(tokens) == 1 and parts[-1] in _PARTICLES
    spaced = set() if is_hyphenated_verb else {parts}
    return spaced | {(joined,)} if len(joined) > 4 else spaced


class Catalogue:
    """The features of a product, ready to be found in texts and questions.

    `match` costs the same for ten names as for a thousand; making one takes about 20 us a name.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = tuple(features)
        self.by_id = {feature.id: feature for feature in self.features}
        self._tags: dict[str, list[int]] = {}
        spelt: list[tuple[Words, int]] = []
        for index, feature in enumerate(self.features):
            names = (feature.id, feature.name, *feature.aliases)
            spelt += [(words, index) for name in names for words in _spellings(name)]
            for tag in {_joined(tag) for tag in (*feature.tags, feature.id, feature.name)}:
                self._tags.setdefault(tag, []).append(index)
        self._forms = WordForms(word for words, _ in spelt for word in words)
        self._names: dict[Words, list[int]] = {}
        self._longest: dict[str, int] = {}
        self._spelt: dict[str, list[int]] = {}
        for words, index in spelt:
            self._add(words, index)
        self._spoken = {words: " ".join(words) for words in self._names}

    def _add(self, words: Words, index: int) -> None:
        name = tuple(self._forms.exactly(word) for word in words)
        self._longest[name[0]] = max(len(name), self._longest.get(name[0], 0))
        for holders in (
            self._names.setdefault(name, []),
            self._spelt.setdefault("".join(words), []),
        ):
            if index not in holders:
                holders.append(index)

    # --- tickets ---------------------------------------------------------------------------

    def match(self, text: str, tags: Sequence[str] = ()) -> tuple[str, ...]:
        """Ids of the features named in a ticket, best first.

        The first line of `text` is its subject. A help-desk tag counts most, then a name in the
        subject, then how often it is named, how specific the name is, and where it comes first.
        """
        tagged = {index for tag in tags for index in self._tags.get(_joined(tag), ())}
        subject, _, body = text[:_MOST_CHARACTERS].partition("\n")
        words = self._words(_tokens(subject))
        in_subject = len(words)
        words += self._words(_tokens(body))
        count: dict[int, int] = {}
        first: dict[int, int] = {}
        length: dict[int, int] = {}
        for position, size, index in self._mentions(words):
            count[index] = count.get(index, 0) + 1
            first.setdefault(index, position)
            length[index] = max(size, length.get(index, 0))

        def rank(index: int) -> tuple[bool, bool, int, int, int, int]:
            position = first.get(index, len(words))
            return (
                index not in tagged,
                position >= in_subject,
                -count.get(index, 0),
                -length.get(index, 0),
                position,
                index,
            )

        return tuple(self.features[index].id for index in sorted(tagged | count.keys(), key=rank))

    def _words(self, tokens: Iterable[str]) -> list[str]:
        """The names' words that the tokens stand for, with "" for every other word."""
        forms = self._forms
        found: list[str] = []
        for token in tokens:
            if "-" not in token:
                found.append(forms[token])
                continue
            parts = token.split("-")
            whole = forms.exactly("".join(parts[:4]))
            found += [whole] if whole else [forms[part] for part in parts]
        return found

    def _mentions(self, words: list[str]) -> Iterator[tuple[int, int, int]]:
        """(position, length in words, feature) of each name; the longest name at a place wins."""
        place = 0
        while place < len(words):
            step = 1
            for size in range(self._longest.get(words[place], 0), 0, -1):
                holders = self._names.get(tuple(words[place : place + size]))
                if holders:
                    yield from ((place, size, index) for index in holders)
                    step = size
                    break
            place += step

    # --- questions -------------------------------------------------------------------------

    def find(self, words: str) -> Found:
        """The feature that somebody who typed `words` means. Never raises."""
        tokens = _tokens(words[:_LONGEST_QUESTION])
        if not tokens:
            return Found(None, Understood.NOTHING)
        exact = self._exactly(tokens)
        if len(exact) == 1:
            return Found(self.features[exact[0]], Understood.EXACT)
        if exact:
            return Found(None, Understood.NOTHING, self._offer(exact))
        return self._nearly(tokens)

    def _exactly(self, tokens: list[str]) -> list[int]:
        parts = [part for token in tokens for part in token.split("-")]
        spelt = self._spelt.get("".join(parts))
        if spelt:
            return spelt
        return self._names.get(tuple(self._forms.exactly(part) for part in parts), [])

    def _nearly(self, tokens: list[str]) -> Found:
        spaced = " ".join(tokens).replace("-", " ")
        joined = spaced.replace(" ", "")
        near = self._near(joined, spaced)
        named = [index for _, _, index in self._mentions(self._words(tokens)) if index not in near]
        is_a_word = len(tokens) == 1 and is_ordinary(joined)
        close = [index for index, score in near.items() if score >= _MEANT]
        if not close or is_a_word:
            return Found(None, Understood.SEARCH, self._offer([*close, *named, *near]))
        best = near[close[0]]
        rivals = [index for index in close if best - near[index] < _APART]
        if len(rivals) == 1:
            return Found(self.features[rivals[0]], Understood.MISSPELT)
        return Found(None, Understood.NOTHING, self._offer([*rivals, *named]))

    def _near(self, joined: str, spaced: str) -> dict[int, float]:
        """Features by the likeness of their nearest name to the question, the nearest first."""
        near: dict[int, float] = {}
        likely = process.extract(
            joined, self._spelt.keys(), scorer=fuzz.ratio, score_cutoff=_OFFERED, limit=20
        )
        for name, score, _ in likely:
            for index in self._spelt[name]:
                near[index] = max(_swapped(joined, name) or score, near.get(index, 0.0))
        if not near and len(joined) >= 3:
            akin = process.extract(
                spaced, self._spoken, scorer=fuzz.WRatio, score_cutoff=_MEANT, limit=20
            )
            # WRatio finds any short name inside a long question: only word order may differ.
            for name, _, words in akin:
                for index in self._names[words]:
                    near.setdefault(index, fuzz.token_sort_ratio(spaced, name))
        return dict(sorted(near.items(), key=lambda item: -item[1]))

    def _offer(self, indices: Iterable[int]) -> tuple[Feature, ...]:
        return tuple(self.features[index] for index in dict.fromkeys(indices))[:_MOST_SUGGESTIONS]


def _joined(name: str) -> str:
    return "".join(_tokens(name.rsplit("_", 1)[0] if name[-1:].isdigit() else name)).replace(
        "-", ""
    )


def _swapped(typed: str, name: str) -> float:
    """A high score for two neighbours in the wrong order, which `ratio` takes for two faults."""
    if len(typed) != len(name) or len(typed) < 4 or sorted(typed) != sorted(name):
        return 0.0
    differ = [place for place in range(len(typed)) if typed[place] != name[place]]
    return 90.0 if len(differ) == 2 and differ[1] - differ[0] == 1 else 0.0
