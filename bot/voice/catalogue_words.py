"""What a catalogue says of each feature, and how much of it a text says too, word by word.

Needs numpy, as `feature_ranking`, of which it is a part.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.reports import Feature
from bot.voice.akin import AKIN
from bot.voice.stems import stems

# Chosen on one half of labelled questions and confirmed on the other: see bench/features.py.
_NAME: Final = 2.0
_SUBJECT: Final = 3
_PAIR: Final = 0.6
_PIECE: Final = 0.15
_AKIN: Final = 0.6
_SATURATION: Final = 2.0
_ASKED: Final = 6.0
_LENGTH: Final = 0.5
_PIECES: Final = (4, 5)
_MOST_STEMS: Final = 200
_MOST_REMEMBERED: Final = 50_000
_AKIN_TO_DESCRIPTION: Final = 0.2
_NOT_ABOUT: Final = re.compile(r"\b(?:not apply|unrelated|not include|not cover|except)\b", re.I)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


_Row = tuple[NDArray[np.intp], NDArray[np.float64]]
_NOTHING: Final[_Row] = (np.empty(0, dtype=np.intp), np.empty(0))


def _terms(text: str) -> list[str]:
    found = stems(text, _MOST_STEMS)
    return found + [f"{one} {two}" for one, two in pairwise(found)]


def counted_terms(text: str) -> Counter[str]:
    """How often a text has each term; its subject counts three times."""
    subject, _, body = text.partition("\n")
    counted: Counter[str] = Counter(_terms(body))
    for term in _terms(subject):
        counted[term] += _SUBJECT
    return counted


def _pieces(term: str) -> set[str]:
    """The pieces of a stem, its ends marked; a pair of stems, or a short one, has none."""
    if " " in term or len(term) <= 3:
        return set()
    marked = f"<{term}>"
    return {
        marked[start : start + size] for size in _PIECES for start in range(len(marked) - size + 1)
    }


def description_of(features: Sequence[Feature]) -> list[str]:
    """Descriptions without the opening that many share and the sentences that say what is not."""
    split = [feature.description.split() for feature in features]
    shared: Counter[tuple[str, ...]] = Counter(
        tuple(words[:size]) for words in split for size in range(1, min(len(words), 13))
    )
    common = max(3, len(features) // 5)
    found = []
    for words in split:
        size = 0
        while size < min(len(words), 12) and shared[tuple(words[: size + 1])] >= common:
            size += 1
        sentences = _SENTENCE.split(" ".join(words[size:]))
        found.append(" ".join(one for one in sentences if not _NOT_ABOUT.search(one)))
    return found


class CatalogueWords:
    """BM25F of a text against each feature's names and description."""

    def __init__(self, features: Sequence[Feature], asked: Sequence[Mapping[str, float]]) -> None:
        self.count = len(features)
        own = [
            _weighed(feature, description)
            for feature, description in zip(features, description_of(features), strict=True)
        ]
        weighed = [_with_akin(terms) for terms in own]
        said = Counter(term for text in asked for term in text)
        for term, tickets in list(said.items()):
            for piece in _pieces(term):
                said[f"#{piece}"] += tickets
        self._tickets = len(asked)
        self._said = said
        self._postings = self._weigh(weighed)
        self._said_by: dict[str, dict[int, float]] = {}
        for place, feature in enumerate(features):
            named = {stem for name in (feature.name, *feature.aliases) for stem in stems(name)}
            near = {other for stem in named for other in AKIN.get(stem, ())}
            for term in weighed[place]:
                akin = _AKIN if term in near else _AKIN_TO_DESCRIPTION
                said_by = self._said_by.setdefault(term, {})
                said_by[place] = 1.0 if term in own[place] else akin
        self._rows: dict[str, _Row] = {}

    def _weigh(self, weighed: Sequence[Mapping[str, float]]) -> dict[str, dict[int, float]]:
        holders = Counter(term for terms in weighed for term in terms)
        lengths = [sum(terms.values()) for terms in weighed]
        mean = sum(lengths) / max(self.count, 1) or 1.0
        postings: dict[str, dict[int, float]] = {}
        for place, terms in enumerate(weighed):
            long = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[place] / mean)
            for term, weight in terms.items():
                rare = self._rarity(term) * _rarity(self.count, holders[term])
                worth = rare * weight * (_SATURATION + 1) / (weight + long)
                postings.setdefault(term, {})[place] = worth
        return postings

    def _rarity(self, term: str) -> float:
        return _rarity(self._tickets, min(self._said[term], self._tickets))

    def _row(self, term: str) -> _Row:
        """What one occurrence of a term is worth, and to which features."""
        rows = self._rows
        row = rows.get(term)
        if row is None:
            row = rows[term] = self._made(term)
            if len(rows) >= _MOST_REMEMBERED:
                self._rows = {}
        return row

    def _made(self, term: str) -> _Row:
        worth: defaultdict[int, float] = defaultdict(float)
        own = _PAIR if " " in term else 1.0
        for part, weight in [(term, own), *((f"#{piece}", _PIECE) for piece in _pieces(term))]:
            for place, value in self._postings.get(part, {}).items():
                worth[place] += weight * value
        if not worth:
            return _NOTHING
        return np.array(list(worth), dtype=np.intp), np.array(list(worth.values()))

    def scores(self, asked: Mapping[str, float]) -> NDArray[np.float64]:
        """What each feature's words are worth to a text (term to count)."""
        found = np.zeros(self.count)
        for term, often in asked.items():
            row = self._row(term)
            if row is not _NOTHING:
                places, worth = row
                found[places] += worth * (often * (_ASKED + 1) / (often + _ASKED))
        return found

    def covered(self, asked: Mapping[str, float]) -> NDArray[np.float64]:
        """The share of a text's stems, by rarity, that each feature has; akin ones count less."""
        found, total = np.zeros(self.count), 0.0
        for term in asked:
            if " " not in term:
                rare = self._rarity(term)
                total += rare
                for place, said in self._said_by.get(term, {}).items():
                    found[place] += rare * said
        return found / total if total else found


def _weighed(feature: Feature, description: str) -> dict[str, float]:
    weighed: defaultdict[str, float] = defaultdict(float)
    fields = [(_NAME, feature.name), *((_NAME, alias) for alias in feature.aliases)]
    for weight, text in [*fields, (1.0, description)]:
        for term in _terms(text):
            weighed[term] += weight * (_PAIR if " " in term else 1.0)
            for piece in _pieces(term):
                weighed[f"#{piece}"] += weight * _PIECE
    return weighed


def _with_akin(weighed: Mapping[str, float]) -> dict[str, float]:
    """A feature's terms and, at a lower weight, the words that customers use for them."""
    akin: defaultdict[str, float] = defaultdict(float)
    for term, weight in weighed.items():
        for other in AKIN.get(term, ()):
            akin[other] = max(akin[other], weight * _AKIN)
    return {**akin, **weighed}


def _rarity(of: int, having: int) -> float:
    """The inverse document frequency of BM25, kept above zero."""
    return log(1 + (of - having + 0.5) / (having + 0.5))
