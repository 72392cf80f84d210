"""Which of some groups a story belongs to that was not there when they were made.

For tickets of the window before, and for new tickets that may tell what an insight tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.voice.theme_space import unit
from bot.voice.theme_terms import Floats, Stems, table
from bot.voice.themes import Story, stems_of

# The similarity with a group's centre from which on a story belongs to it. Measured in
# bench/themes.py; long tickets share fewer of their words, and set the bar for those.
_SAME_WORDS: Final = 0.2
_SAME_MEANING: Final = 0.7


@dataclass(frozen=True, slots=True)
class Nearest:
    """The group whose centre is nearest to a story, and the similarity (cosine, 0 to 1)."""

    group: int
    likeness: float


def nearest(groups: Sequence[Sequence[Story]], stories: Sequence[Story]) -> list[Nearest | None]:
    """For each story the group that it belongs to, by number, or None where it tells its own.

    Groups are given by their members (one is enough). A story with a vector is compared by
    meaning with groups whose members have one, otherwise by words: the nearest centroid of
    Rocchio (1971). Rarity of words is taken from all texts given, so give more than one story
    at a time where there are more. Groups come to no harm by the order of anything.
    """
    if not groups or not stories:
        return [None] * len(stories)
    by_words = _words(groups, stories) - _SAME_WORDS
    by_meaning = _meaning(groups, stories) - _SAME_MEANING
    found: list[Nearest | None] = []
    for words, meaning in zip(by_words, by_meaning, strict=True):
        known = ~np.isnan(meaning)
        surplus = np.where(known, meaning, words)
        best = int(surplus.argmax())
        least = _SAME_MEANING if known[best] else _SAME_WORDS
        value = float(surplus[best])
        found.append(Nearest(best, min(value + least, 1.0)) if value >= 0 else None)
    return found


def _words(groups: Sequence[Sequence[Story]], stories: Sequence[Story]) -> Floats:
    """Similarities of stories (rows) with groups (columns) by the words that they share."""
    members = [story for group in groups for story in group]
    read: dict[tuple[str, str], Stems] = {}
    for story in (*members, *stories):
        if (story.text, story.quote) not in read:
            read[story.text, story.quote] = stems_of(story)
    # Copies are weighed once: what a flood repeats is no less telling for it.
    distinct = sorted(read)
    rows = table([read[key] for key in distinct])
    row_of = {key: number for number, key in enumerate(distinct)}
    centres = np.zeros((rows.columns, len(groups)), np.float32)
    inside = np.zeros((len(distinct), len(groups)), bool)
    for number, group in enumerate(groups):
        inside[[row_of[one.text, one.quote] for one in group], number] = True
        for row in np.flatnonzero(inside[:, number]):
            part = slice(rows.starts[row], rows.starts[row + 1])
            centres[rows.terms[part], number] += rows.weights[part]
    alike = rows.times(unit(centres.T).T)
    # A copy of a member belongs, also where no other text shares a word with it.
    alike[inside] = 1
    return alike[[row_of[story.text, story.quote] for story in stories]]


def _meaning(groups: Sequence[Sequence[Story]], stories: Sequence[Story]) -> Floats:
    """The same by meaning; not a number where a side has none."""
    found = np.full((len(stories), len(groups)), np.nan, np.float32)
    known = [number for number, story in enumerate(stories) if story.vector is not None]
    rows = np.array([stories[number].vector for number in known], np.float32)
    for number, group in enumerate(groups):
        told = {one.text: one.vector for one in group if one.vector is not None}
        if told and known:
            centre = unit(np.array([told[text] for text in sorted(told)], np.float32).sum(0)[None])
            found[known, number] = rows @ centre[0]
    return found
