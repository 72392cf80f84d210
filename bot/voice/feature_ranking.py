"""Which feature a text is most like, where it names none: by what the catalogue says of each.

Three voices are heard. The catalogue's own words: BM25F over stems, pairs of stems and pieces of
stems (Robertson, Zaragoza, Taylor 2004, "Simple BM25 extension to multiple weighted fields"). The
words that tickets at hand use beside them: a naive Bayes model whose labels are the first voice's
guesses, one round of expectation maximisation (Nigam, McCallum, Thrun, Mitchell 2000, "Text
classification from labeled and unlabeled documents using EM"). And meaning, where there are
vectors. Each is brought to standard scores over the features of one text, so that nothing has to
be calibrated to a catalogue. No label is ever learned from.

This module needs numpy: import it where it is used, not at start.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.reports import Feature
from bot.voice.akin import AKIN
from bot.voice.feature_feedback import Feedback, learn
from bot.voice.stems import stems

Vector = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Sequence[Vector | None]]
"""Texts to unit vectors, None where a text has none."""

# Chosen on one half of labelled questions and confirmed on the other: see bench/features.py.
_NAME: Final = 2.0
_SUBJECT: Final = 3
_PAIR: Final = 0.6
_PIECE: Final = 0.15
_AKIN: Final = 0.6
_SATURATION: Final = 2.0
_SATURATION_ASKED: Final = 6.0
_LENGTH: Final = 0.5
_FEEDBACK: Final = 2.0
_MEANING: Final = 4.0

_PIECES: Final = (4, 5)
_MOST_STEMS: Final = 200
_MOST_REMEMBERED: Final = 50_000
_AKIN_TO_DESCRIPTION: Final = 0.2
# A question speaks of a feature whose words cover a third of it and hardly less of it than any
# other's do, or whose vector is nearer by this cosine than those of the catalogue on average.
_COVERED: Final = 0.3
_NEARLY_ALL: Final = 0.75
_NEARER: Final = 0.22
_MOST_NEAREST: Final = 3
# A ticket's best feature is suggested from this lead over the next, in standard scores: on real
# questions with 72 features half of the suggestions are right then, and two in five get one.
_LEAD: Final = 3.0

_NOT_ABOUT: Final = re.compile(r"\b(?:not apply|unrelated|not include|not cover|except)\b", re.I)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A feature with how like it a text is, in standard scores above the catalogue's mean."""

    feature: Feature
    score: float


class FeatureRanking:
    """The features of a catalogue, ready to be ranked for texts.

    `texts` are tickets at hand, unlabelled, first line the subject: their words sharpen the
    ranking. `encode` makes vectors of the catalogue's names and descriptions, once.
    """

    def __init__(
        self, features: Sequence[Feature], texts: Iterable[str] = (), encode: Encode | None = None
    ) -> None:
        self.features = tuple(features)
        asked = [_asked(text) for text in texts]
        self._words = _CatalogueWords(self.features, asked)
        self._feedback: Feedback | None = None
        if asked and len(self.features) > 1:
            self._feedback = learn(asked, np.stack([self._words.scores(one) for one in asked]))
        self._meaning = _meaning(self.features, encode) if encode else None

    def rank(self, text: str, vector: Vector | None = None) -> tuple[Likeness, ...]:
        """All features, the likest first; the first line of `text` is its subject."""
        scores = self._scores(_asked(text), vector)
        order = np.argsort(-scores, kind="stable")
        return tuple(Likeness(self.features[place], float(scores[place])) for place in order)

    def suggestion(self, text: str, vector: Vector | None = None) -> Feature | None:
        """The feature that a ticket is probably about, or None where no feature stands out."""
        asked = _asked(text)
        scores = self._scores(asked, vector)
        if scores.size < 2:
            return None
        best, second = np.argsort(-scores, kind="stable")[:2]
        stands_out = scores[best] - scores[second] >= _LEAD
        return self.features[best] if stands_out and self._words.covered(asked)[best] > 0 else None

    def nearest(self, question: str, vector: Vector | None = None) -> tuple[Feature, ...]:
        """At most three features that a question speaks of without naming them, likest first."""
        asked = _asked(question)
        if not self.features:
            return ()
        covered = self._words.covered(asked)
        said = (covered >= _COVERED) & (covered >= _NEARLY_ALL * covered.max())
        if vector is not None and self._meaning is not None:
            near = self._meaning @ vector
            said |= near >= near.mean() + _NEARER
        order = np.argsort(-self._scores(asked, vector), kind="stable")
        return tuple(self.features[place] for place in order if said[place])[:_MOST_NEAREST]

    def _scores(self, asked: Mapping[str, float], vector: Vector | None) -> NDArray[np.float64]:
        scores = _standard(self._words.scores(asked))
        if self._feedback is not None:
            scores = scores + _FEEDBACK * _standard(self._feedback.scores(asked))
        if vector is not None and self._meaning is not None:
            scores = scores + _MEANING * _standard((self._meaning @ vector).astype(np.float64))
        return scores


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores less their mean, in units of their standard deviation; all zero if they are equal."""
    spread = scores.std() if scores.size else 0.0
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros_like(scores)


def _terms(text: str) -> list[str]:
    found = stems(text, _MOST_STEMS)
    return found + [f"{one} {two}" for one, two in pairwise(found)]


def _asked(text: str) -> Counter[str]:
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


class _CatalogueWords:
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
        self._said_by: dict[str, NDArray[np.float64]] = {}
        for place, feature in enumerate(features):
            named = {stem for name in (feature.name, *feature.aliases) for stem in stems(name)}
            near = {other for stem in named for other in AKIN.get(stem, ())}
            for term in weighed[place]:
                said_by = self._said_by.setdefault(term, np.zeros(self.count))
                akin = _AKIN if term in near else _AKIN_TO_DESCRIPTION
                said_by[place] = 1.0 if term in own[place] else akin
        self._rows: dict[str, NDArray[np.float64] | None] = {}

    def _weigh(self, weighed: Sequence[Mapping[str, float]]) -> dict[str, NDArray[np.float64]]:
        holders = Counter(term for terms in weighed for term in terms)
        lengths = [sum(terms.values()) for terms in weighed]
        mean = sum(lengths) / max(self.count, 1) or 1.0
        postings: dict[str, NDArray[np.float64]] = {}
        for place, terms in enumerate(weighed):
            long = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[place] / mean)
            for term, weight in terms.items():
                rare = self._rarity(term) * _rarity(self.count, holders[term])
                row = postings.setdefault(term, np.zeros(self.count))
                row[place] = rare * weight * (_SATURATION + 1) / (weight + long)
        return postings

    def _rarity(self, term: str) -> float:
        return _rarity(self._tickets, min(self._said[term], self._tickets))

    def _row(self, term: str) -> NDArray[np.float64] | None:
        """What one occurrence of a term is worth to each feature; None for nothing."""
        if term in self._rows:
            return self._rows[term]
        if len(self._rows) >= _MOST_REMEMBERED:
            self._rows.clear()
        found = [
            row for piece in _pieces(term) if (row := self._postings.get(f"#{piece}")) is not None
        ]
        row = _PIECE * np.sum(found, axis=0) if found else None
        whole = self._postings.get(term)
        if whole is not None:
            whole = whole * (_PAIR if " " in term else 1.0)
            row = whole if row is None else row + whole
        self._rows[term] = row
        return row

    def scores(self, asked: Mapping[str, float]) -> NDArray[np.float64]:
        found = np.zeros(self.count)
        for term, often in asked.items():
            row = self._row(term)
            if row is not None:
                found += row * (often * (_SATURATION_ASKED + 1) / (often + _SATURATION_ASKED))
        return found

    def covered(self, asked: Mapping[str, float]) -> NDArray[np.float64]:
        """The share of a text's stems, by rarity, that each feature has; akin ones count less."""
        found, total = np.zeros(self.count), 0.0
        for term in asked:
            if " " not in term:
                rare = self._rarity(term)
                total += rare
                if (said := self._said_by.get(term)) is not None:
                    found += rare * said
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


def _meaning(features: Sequence[Feature], encode: Encode) -> Vector | None:
    """A unit vector a feature, halfway between its name's and its description's."""
    names = encode([", ".join((feature.name, *feature.aliases)) for feature in features])
    told = encode(description_of(features))
    rows = []
    for name, description in zip(names, told, strict=True):
        both = [vector for vector in (name, description) if vector is not None]
        rows.append(np.sum(both, axis=0) if both else None)
    width = next((row.shape[0] for row in rows if row is not None), 0)
    if not width:
        return None
    matrix = np.stack([np.zeros(width) if row is None else row for row in rows])
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    return (matrix / np.where(length > 0, length, 1)).astype(np.float32)
