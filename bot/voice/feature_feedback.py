"""The words that tickets use of a feature beside the catalogue's own, learned without labels.

Needs numpy, as `feature_ranking`, of which it is a part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FEWEST_TICKETS: Final = 3
_MOST_NUMBERS: Final = 4_000_000
# Pseudo-counts of the general use of words that each feature starts from (Dirichlet prior).
_PRIOR: Final = 2_000.0


class Feedback:
    """The log of how much more often each feature's tickets have a term than all tickets."""

    def __init__(self, places: Mapping[str, int], excess: NDArray[np.float32]) -> None:
        self._places = places
        self._excess = excess

    def scores(self, asked: Mapping[str, float]) -> NDArray[np.float64]:
        """The log likelihood ratio of a text for each feature, against tickets in general."""
        known = [
            (self._places[term], log1p(n)) for term, n in asked.items() if term in self._places
        ]
        if not known:
            return np.zeros(self._excess.shape[1])
        places, weights = zip(*known, strict=True)
        return np.asarray(np.array(weights) @ self._excess[list(places)], dtype=np.float64)


def learn(asked: Sequence[Mapping[str, float]], scores: NDArray[np.float64]) -> Feedback | None:
    """Learn from texts (term to count) what goes with each feature that they were scored for.

    `scores` has a row a text and a column a feature. None where the texts have too little in
    common.
    """
    tickets = Counter(term for text in asked for term in text)
    most = _MOST_NUMBERS // max(scores.shape[1], 1)
    often = [term for term, count in tickets.most_common(most) if count >= _FEWEST_TICKETS]
    spread = scores.std()
    if not often or not spread > 0:
        return None
    places = {term: place for place, term in enumerate(often)}
    share = np.exp((scores - scores.max(axis=1, keepdims=True)) / spread)
    share /= share.sum(axis=1, keepdims=True)
    text_of: list[int] = []
    term_of: list[int] = []
    weights: list[float] = []
    for number, text in enumerate(asked):
        for term, count in text.items():
            if term in places:
                text_of.append(number)
                term_of.append(places[term])
                weights.append(log1p(count))
    return Feedback(places, _excess(share, text_of, term_of, weights, len(often)))


def _excess(
    share: NDArray[np.float64],
    text_of: Sequence[int],
    term_of: Sequence[int],
    weights: Sequence[float],
    terms: int,
) -> NDArray[np.float32]:
    texts, places, weight = np.array(text_of), np.array(term_of), np.array(weights)
    everywhere = np.bincount(places, weights=weight, minlength=terms)
    everywhere = everywhere / everywhere.sum()
    excess = np.empty((terms, share.shape[1]), dtype=np.float32)
    for feature in range(share.shape[1]):
        counts = np.bincount(places, weights=weight * share[texts, feature], minlength=terms)
        smooth = (counts + _PRIOR * everywhere) / (counts.sum() + _PRIOR)
        excess[:, feature] = np.log(smooth / everywhere)
    return excess
