"""Which of the best tickets to show, so that none tells in other words what another does.

What they are about is compared: the words of first line and quote before the rest, rare words
before common ones, and words that customers use for one another (`akin`) as half the same. This is
the soft cosine of Sidorov and others (2014), Computación y Sistemas 18(3), over tf-idf.

Among the best, words are not sure enough of a repeat to count it as one more who tells the same
(`themes` does that, and found it none). So what is near to a ticket that is shown gives way to
another that is about as notable, and comes back where there is room: the maximal marginal
relevance of Carbonell and Goldstein (1998), SIGIR.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log, sqrt
from typing import Final

from bot.voice.akin import AKIN
from bot.voice.stems import stems

SAMPLE: Final = 1_000
"""Texts by which it is told how rare a word is, at the most."""

# Pairs of real questions on one feature are about ten times as often so alike as others are, and
# for each 0.1 more of likeness ten times fewer pairs reach it.
_OF_FEATURE: Final = 0.1
_NEAR_COSTS: Final = 0.75
"""What a ticket's notability is lowered by for being all like another, when few are picked."""

_BESIDE: Final = 0.3
_AKIN: Final = 0.5
_FEWEST_SHARED: Final = 2


@dataclass(frozen=True, slots=True)
class About:
    """What a ticket is about: stems and what each counts, and its feature ("" for none)."""

    core: frozenset[str]
    weights: Mapping[str, float]
    length: float
    feature: str = ""


class Rarity:
    """How rare words are among the texts that stories are chosen from."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """`texts` are the stems of each."""
        step = -(-len(texts) // SAMPLE) or 1
        looked_at = texts[::step]
        self._count = len(looked_at)
        self._holders = Counter(stem for text in looked_at for stem in set(text))

    def about(self, text: str, told: Sequence[str], quote: str, feature: str = "") -> About:
        """What a ticket is about; `told` are the stems of its text."""
        core = frozenset((*stems(text.partition("\n")[0]), *stems(quote)))
        weights = {
            stem: (1.0 if stem in core else _BESIDE) * self._rarity(stem)
            for stem in sorted({*told, *core})
            if not stem.isdigit()
        }
        return About(core, weights, sqrt(_product(weights, weights)), feature)

    def _rarity(self, stem: str) -> float:
        return log(1 + (self._count + 1) / max(self._holders[stem], 1))


def unlike(ranked: Sequence[tuple[float, About]], most: int) -> list[int]:
    """The places, in order, of those to show: notable, and unlike what is shown already.

    `ranked` are notabilities and what each is about, the most notable first. No more than `most`
    are taken, and as many as there are.
    """
    worth = [score for score, _ in ranked]
    nearest = [0.0] * len(ranked)
    left = list(range(len(ranked)))
    taken: list[int] = []
    while left and len(taken) < most:
        best = max(left, key=lambda place: (worth[place] - _NEAR_COSTS * nearest[place], -place))
        left.remove(best)
        taken.append(best)
        for place in left:
            near = _nearness(ranked[place][1], ranked[best][1])
            nearest[place] = max(nearest[place], near)
    return sorted(taken)


def _nearness(one: About, other: About) -> float:
    of_feature = one.feature == other.feature != ""
    return likeness(one, other) + (_OF_FEATURE if of_feature else 0.0)


def likeness(one: About, other: About) -> float:
    """How much two are about the same, 0 to 1; 0 where they share no two words that matter."""
    shared = one.core & other.weights.keys() | other.core & one.weights.keys()
    if len(shared) < _FEWEST_SHARED:
        return 0.0
    return _product(one.weights, other.weights) / max(one.length * other.length, 1e-9)


def _product(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The sum over pairs of words, a pair of akin ones counting half.

    An exact sum does not depend on a set's order.
    """
    return fsum(
        weight * other[word] * (1.0 if word == near else _AKIN)
        for near, weight in one.items()
        for word in {near, *AKIN.get(near, ())} & other.keys()
    )
