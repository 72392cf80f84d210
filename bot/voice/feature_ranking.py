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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.reports import Feature
from bot.voice.catalogue_words import CatalogueWords, counted_terms, description_of
from bot.voice.feature_feedback import Feedback, learn

Vector = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Sequence[Vector | None]]
"""Texts to unit vectors, None where a text has none."""

# Chosen on one half of labelled questions and confirmed on the other: see bench/features.py.
_FEEDBACK: Final = 2.0
_MEANING: Final = 4.0

# A question speaks of a feature whose words cover a third of it and hardly less of it than any
# other's do, or whose vector is nearer by this cosine than those of the catalogue on average.
_COVERED: Final = 0.3
_NEARLY_ALL: Final = 0.75
_NEARER: Final = 0.22
_MOST_NEAREST: Final = 3
# A ticket's best feature is suggested from this lead over the next, in standard scores averaged
# over the voices: on real questions with 72 features two in five are right by the catalogue's
# words alone, and one in two with all voices; a third of the questions get one.
_LEAD: Final = 1.0


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
        asked = [counted_terms(text) for text in texts]
        self._words = CatalogueWords(self.features, asked)
        self._feedback: Feedback | None = None
        if asked and len(self.features) > 1:
            self._feedback = learn(asked, np.stack([self._words.scores(one) for one in asked]))
        self._meaning = _meaning(self.features, encode) if encode else None

    def rank(self, text: str, vector: Vector | None = None) -> tuple[Likeness, ...]:
        """All features, the likest first; the first line of `text` is its subject."""
        scores = self._scores(counted_terms(text), vector)
        order = np.argsort(-scores, kind="stable")
        return tuple(Likeness(self.features[place], float(scores[place])) for place in order)

    def suggestion(self, text: str, vector: Vector | None = None) -> Feature | None:
        """The feature that a ticket is probably about, or None where no feature stands out."""
        asked = counted_terms(text)
        scores = self._scores(asked, vector)
        if scores.size < 2:
            return None
        best, second = np.argsort(-scores, kind="stable")[:2]
        stands_out = scores[best] - scores[second] >= _LEAD * self._weight(vector)
        return self.features[best] if stands_out and self._words.covered(asked)[best] > 0 else None

    def nearest(self, question: str, vector: Vector | None = None) -> tuple[Feature, ...]:
        """At most three features that a question speaks of without naming them, likest first."""
        asked = counted_terms(question)
        if not self.features:
            return ()
        covered = self._words.covered(asked)
        said = (covered >= _COVERED) & (covered >= _NEARLY_ALL * covered.max())
        if vector is not None and self._meaning is not None:
            near = self._meaning @ vector
            said |= near >= near.mean() + _NEARER
        order = np.argsort(-self._scores(asked, vector), kind="stable")
        return tuple(self.features[place] for place in order if said[place])[:_MOST_NEAREST]

    def _weight(self, vector: Vector | None) -> float:
        feedback = _FEEDBACK if self._feedback is not None else 0.0
        meaning = _MEANING if vector is not None and self._meaning is not None else 0.0
        return 1.0 + feedback + meaning

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
