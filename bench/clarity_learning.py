"""How the weights of a ticket's clarity are learned: ridge regressions on what readers gained.

Used by `train_kinds.py` and `notable.py` only; needs scikit-learn. Two steps: how much the words
of a text promise (a lane of the table of kinds), and then what that, its length, the chances of
its kinds and its vector promise together. The second learns from scores "out of fold", so that
each counts as much as it is worth on texts that nothing was learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from kinds_corpus import Corpus, Floats, Item
from kinds_learning import FOLDS, Linear, folds
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from bot.voice import clarity
from bot.voice.kinds import Judged

WORTH_NOTHING: Final = 0.5
WORTH_ALL: Final = 3.5
"""What readers found worth these is a clarity of 0 and of 1; long texts promise more than 3."""
GAIN_SCALE: Final = 4.0
"""Gains by words are kept in quarters of a point of worth, since the table rounds."""
MEANING_SCALE: Final = 16.0
"""Gains by meaning are kept in so many parts of clarity, for the same reason."""
WORDS_PENALTY: Final = 4.0
FACTS_PENALTY: Final = 50.0
MEANING_PENALTY: Final = 2_000.0


def worths(items: Sequence[Item]) -> Floats:
    """What readers found each text worth, 0 to 3: the mean where there are two."""
    return np.array([float(np.mean(item["worth"])) for item in items])


def gain_model(corpus: Corpus, texts: NDArray[np.intp]) -> Linear:
    """What the words and shapes of a text promise."""
    wanted = GAIN_SCALE * worths([corpus.items[text] for text in texts])
    learner = Ridge(alpha=WORDS_PENALTY).fit(corpus.by_text[texts], wanted)
    return Linear(learner.coef_, float(learner.intercept_))


def gains_out_of_fold(corpus: Corpus) -> Floats:
    """What the words of each text promise by a model that did not learn from it."""
    fold = folds(len(corpus.items))
    found = np.zeros(len(fold))
    for number in range(FOLDS):
        model = gain_model(corpus, np.flatnonzero(fold != number))
        found[fold == number] = model(corpus.by_text[fold == number])
    return found


@dataclass(frozen=True, slots=True)
class Clarity:
    """The learned weights of `clarity.facts`, and of a vector's components where one is used."""

    facts: Floats
    vector: Floats
    bias: float

    def __call__(self, rows: Floats, vectors: Floats | None) -> Floats:
        """The clarity of texts, without its limits."""
        told = rows @ self.facts + self.bias
        return told if vectors is None else told + vectors @ self.vector

    @property
    def named(self) -> dict[str, float]:
        """The weights as the tables hold them."""
        weights = dict(zip(clarity.NAMES, self.facts.tolist(), strict=True))
        weights["meaning"] = 1 / MEANING_SCALE if self.vector.any() else 0.0
        return weights | {"bias": self.bias}

    @property
    def row(self) -> list[float]:
        """The vector's row of the table, what is added first."""
        return [0.0, *(MEANING_SCALE * self.vector).tolist()]


def facts_of(judged: Sequence[Judged]) -> Floats:
    """A row of facts a text; that of its meaning is empty, since its vector stands for it."""
    rows = np.array([clarity.facts(one) for one in judged])
    rows[:, clarity.NAMES.index("meaning")] = 0.0
    return rows


def fit_clarity(rows: Floats, vectors: Floats | None, worth: Floats) -> Clarity:
    """Ridge regression on standardised columns, those of the vector with a penalty of their own."""
    every = rows if vectors is None else np.column_stack([rows, vectors])
    penalty = np.full(every.shape[1], MEANING_PENALTY)
    penalty[: rows.shape[1]] = FACTS_PENALTY
    wanted = (worth - WORTH_NOTHING) / (WORTH_ALL - WORTH_NOTHING)
    spread = np.where(every.std(axis=0) > 0, every.std(axis=0), 1.0)
    scaled = (every - every.mean(axis=0)) / spread
    solved = np.linalg.solve(
        scaled.T @ scaled + np.diag(penalty), scaled.T @ (wanted - wanted.mean())
    )
    weights: Floats = solved / spread
    bias = float(wanted.mean() - every.mean(axis=0) @ weights)
    return Clarity(weights[: rows.shape[1]], weights[rows.shape[1] :], bias)


def clarity_out_of_fold(rows: Floats, vectors: Floats | None, worth: Floats) -> Floats:
    """The clarity of each text by weights that were not learned from it."""
    fold = folds(len(rows))
    found = np.zeros(len(rows))
    for number in range(FOLDS):
        mine = fold == number
        kept, own = (None, None) if vectors is None else (vectors[~mine], vectors[mine])
        found[mine] = fit_clarity(rows[~mine], kept, worth[~mine])(rows[mine], own)
    return found
