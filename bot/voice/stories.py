"""Tickets of one story put together, and floods of one template told from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from math import fsum
from typing import Final

TEMPLATE: Final = 10
"""Tickets in nearly the same words, from which on they are a flood: people do not write so."""

_SAME: Final = 0.4
_EDGE: Final = 6
_TEMPLATE_WORDS: Final = 8
_TEMPLATE_SHARE: Final = 0.7
_COMMON: Final = 30
_LOOKED_AT: Final = 12
_FEWEST_TERMS: Final = 3

Terms = Mapping[str, float]


def folded(said: Sequence[Terms]) -> list[int]:
    """For each text, in the order of worth, the first one that tells the same (often itself).

    Two tell the same where Dice's coefficient over their terms (`stems.similarity`) is at least
    0.4; only texts that share a term which few others hold are compared.
    """
    leader = list(range(len(said)))
    totals = [sum(terms.values()) for terms in said]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, terms in enumerate(said):
        held = (holders[term] for term in terms if term in holders)
        shared = Counter(chain.from_iterable(one for one in held if len(one) <= _COMMON))
        best = _nearest(said, totals, place, shared)
        if best is not None:
            leader[place] = best
        elif len(terms) >= _FEWEST_TERMS:
            for term in terms:
                holders[term].append(place)
    return leader


def _nearest(
    said: Sequence[Terms], totals: Sequence[float], place: int, shared: Counter[int]
) -> int | None:
    mine = said[place]
    near = sorted([(-count, other) for other, count in shared.items() if count > 1])
    best: tuple[float, int] | None = None
    for _, other in near[:_LOOKED_AT]:
        theirs = said[other]
        # A term weighs the same in each text; an exact sum does not depend on a set's order.
        both = fsum(map(mine.__getitem__, mine.keys() & theirs.keys()))
        likeness = 2 * both / max(totals[place] + totals[other], 1e-9)
        if likeness >= _SAME and (best is None or (-likeness, other) < best):
            best = -likeness, other
    return None if best is None else best[1]


def floods(texts: Sequence[Sequence[str]]) -> list[set[int]]:
    """The places of texts, given by their stems, that were made of one template, a set for each.

    They begin or end alike, whatever was filled in, and share most of their words.
    """
    alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, told in enumerate(texts):
        if len(told) >= _TEMPLATE_WORDS:
            alike["<", *_words(told)].append(place)
            alike[">", *_words(reversed(told))].append(place)
    found = []
    for places in alike.values():
        if len(places) >= TEMPLATE:
            same = _template(texts, places)
            if len(same) >= TEMPLATE:
                found.append(same)
    return found


def _words(told: Iterable[str]) -> Iterable[str]:
    """The first few that are no numbers."""
    return islice((one for one in told if not one.isdigit()), _EDGE)


def _template(read: Sequence[Sequence[str]], places: Sequence[int]) -> set[int]:
    """Those that share most words with what nearly all of them say."""
    holds = Counter(word for place in places for word in set(read[place]))
    common = {word for word, count in holds.items() if count >= _TEMPLATE_SHARE * len(places)}
    return {
        place
        for place in places
        if len(common & set(read[place])) >= _TEMPLATE_SHARE * len(set(read[place]))
    }
