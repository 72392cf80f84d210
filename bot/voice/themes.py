"""Tickets that tell the same story, found by the rare words that they share.

Texts become vectors of stems and pairs of stems, weighed by rarity (tf-idf); groups grow by
average linkage over a bounded number of neighbours, so that 2,000 texts take about a second
whatever they say. The order in which tickets come changes nothing.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from bot.voice.stems import similarity, terms
from bot.voice.text import sentences, words

__all__ = ["Group", "Story", "similarity", "themes"]

# The mean similarity (cosine, 0 to 1) below which two groups tell different stories.
_SAME_STORY: Final = 0.12
_BESIDE_QUOTE: Final = 0.4
_MOST_POSTINGS: Final = 1_200
_MOST_NEIGHBOURS: Final = 80
_LABEL_WORDS: Final = (4, 25)

Vector = dict[str, float]
Likeness = list[dict[int, float]]


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket: its redacted text, and the sentence in it that carries the friction, or ""."""

    id: str
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets that tell the same; `label` is a verbatim sentence of one of them."""

    label: str
    ids: tuple[str, ...]


def themes(items: Sequence[Story]) -> list[Group]:
    """Groups of two and more, the largest first; an id stands in one group at most."""
    stories = sorted({item.id: item for item in sorted(items, key=_order)}.values(), key=_order)
    weighed = [_weighed(story) for story in stories]
    vectors = _vectors(weighed)
    groups = _identical(weighed)
    # The second pass sees whole groups, beyond the neighbours that the first one was bounded to.
    for _ in range(2):
        sums = [_sum([vectors[index] for index in group]) for group in groups]
        joined = _link(_likeness(sums), [len(group) for group in groups])
        groups = [[index for part in parts for index in groups[part]] for parts in joined]
    found = [
        Group(
            _label([stories[index] for index in group], _sum([vectors[index] for index in group])),
            tuple(sorted(stories[index].id for index in group)),
        )
        for group in groups
        if len(group) > 1
    ]
    return sorted(found, key=lambda group: (-len(group.ids), group.ids))


def _order(story: Story) -> tuple[str, str, str]:
    return story.id, story.text, story.quote


def _weighed(story: Story) -> Vector:
    """The terms of a story; those of its quote count most."""
    found = terms(story.text)
    if not story.quote:
        return found
    quoted = terms(story.quote)
    return {term: weight * _BESIDE_QUOTE for term, weight in found.items()} | quoted


def _identical(weighed: Sequence[Vector]) -> list[list[int]]:
    """Texts of the same terms, together from the start: floods of copies cost nothing."""
    groups: defaultdict[frozenset[tuple[str, float]] | int, list[int]] = defaultdict(list)
    for index, one in enumerate(weighed):
        groups[frozenset(one.items()) or index].append(index)
    return list(groups.values())


def _vectors(weighed: Sequence[Vector]) -> list[Vector]:
    """Unit vectors of tf-idf weights, without the terms that stand in one text only.

    Those still count towards the length: a text full of words of its own is like no other.
    """
    count = Counter(term for one in weighed for term in one)
    rarity = {term: log(1 + len(weighed) / number) for term, number in count.items()}
    vectors = []
    for one in weighed:
        shared = {term: weight * rarity[term] for term, weight in one.items() if count[term] > 1}
        lonely = [
            weight * rarity[term]
            for term, weight in one.items()
            if count[term] == 1 and " " not in term
        ]
        length = sqrt(sum(weight**2 for weight in [*shared.values(), *lonely])) or 1.0
        vectors.append({term: weight / length for term, weight in shared.items()})
    return vectors


def _sum(vectors: Sequence[Vector]) -> Vector:
    if len(vectors) == 1:
        return vectors[0]
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, weight in vector.items():
            total[term] += weight
    return total


def _likeness(vectors: Sequence[Vector]) -> Likeness:
    """For each vector its nearest neighbours and the dot product with them.

    A vector looks at its rarest terms first and stops after a bounded number of others.
    """
    holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for index, vector in enumerate(vectors):
        for term, weight in vector.items():
            holders[term].append((index, weight))
    likeness: Likeness = [{} for _ in vectors]
    for index, vector in enumerate(vectors):
        for other, value in _nearest(index, vector, holders):
            if value > likeness[index].get(other, 0.0):
                likeness[index][other] = likeness[other][index] = value
    return likeness


def _nearest(
    index: int, vector: Vector, holders: dict[str, list[tuple[int, float]]]
) -> list[tuple[int, float]]:
    shared: defaultdict[int, float] = defaultdict(float)
    left = _MOST_POSTINGS
    for term in sorted(vector, key=lambda term: (len(holders[term]), term)):
        weight = vector[term]
        others = holders[term]
        if len(others) > left:
            # Of a common word, those beside this text in order stand for all.
            start = max(0, min(index - left // 2, len(others) - left))
            others = others[start : start + left]
        for other, its_weight in others:
            shared[other] += weight * its_weight
        left -= len(others)
        if left <= 0:
            break
    shared.pop(index, None)
    return heapq.nlargest(_MOST_NEIGHBOURS, shared.items(), key=lambda item: (item[1], -item[0]))


def _link(likeness: Likeness, sizes: list[int]) -> list[list[int]]:
    """Join groups by average linkage until no two are alike enough.

    Lance and Williams (1967), Computer Journal 9(4): the sum of similarities between two groups
    is the sum over their parts, divided by both sizes.
    """
    size = list(sizes)
    members = [[index] for index in range(len(size))]
    heap = [
        (-value / (size[one] * size[two]), one, two)
        for one, others in enumerate(likeness)
        for two, value in others.items()
        if one < two and value >= _SAME_STORY * size[one] * size[two]
    ]
    heapq.heapify(heap)
    while heap:
        nearness, one, two = heapq.heappop(heap)
        if not members[one] or not members[two]:
            continue
        if nearness != -likeness[one].get(two, 0.0) / (size[one] * size[two]):
            continue
        if len(likeness[one]) < len(likeness[two]):
            one, two = two, one
        size[one] += size[two]
        members[one] += members[two]
        members[two] = []
        _merge(likeness, one, two)
        for other, value in likeness[one].items():
            mean = value / (size[one] * size[other])
            if mean >= _SAME_STORY:
                heapq.heappush(heap, (-mean, min(one, other), max(one, other)))
    return [sorted(group) for group in members if group]


def _merge(likeness: Likeness, one: int, two: int) -> None:
    """Give group `one` all that `two` has in common with others."""
    for other, value in likeness[two].items():
        if other != one:
            likeness[one][other] = likeness[one].get(other, 0.0) + value
            likeness[other][one] = likeness[one][other]
            del likeness[other][two]
    likeness[one].pop(two, None)
    likeness[two] = {}


def _label(members: Sequence[Story], centre: Vector) -> str:
    """The sentence of the members that lies nearest to the centre of the group."""
    best = (-1.0, "")
    for story in members:
        for sentence in [story.quote] if story.quote else sentences(story.text)[:5]:
            found = terms(sentence)
            value = sum(centre.get(term, 0.0) * weight for term, weight in found.items())
            value /= sqrt(len(found) + 2)
            length = len(words(sentence))
            if not _LABEL_WORDS[0] <= length <= _LABEL_WORDS[1]:
                value *= 0.5
            if value > best[0]:
                best = value, sentence
    return best[1] or members[0].text.strip()
