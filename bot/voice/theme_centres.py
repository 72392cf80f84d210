"""Which of some groups a story belongs to that was not there when they were made.

For tickets of the window before, and for new tickets that may tell what an insight tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.voice.theme_space import unit
from bot.voice.theme_terms import Floats, Stems, Table, table
from bot.voice.themes import Story, stems_of

# The similarity with a group's centre from which on a story belongs to it. Measured in
# bench/themes.py; long tickets share fewer of their words, and set the bar for those.
_SAME_WORDS: Final = 0.2
_SAME_MEANING: Final = 0.7
_AT_ONCE: Final = 64
"""Groups that texts are compared with at once, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The similarities (cosine) with a group's centre from which on a story belongs to it: by
    words, and by meaning where both have one."""

    words: float
    meaning: float


SAME_THEME: Final = Bars(_SAME_WORDS, _SAME_MEANING)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The group whose centre is nearest to a story, and the similarity (cosine, 0 to 1)."""

    group: int
    likeness: float


def nearest(
    groups: Sequence[Sequence[Story]],
    stories: Sequence[Story],
    bars: Bars = SAME_THEME,
    background: Sequence[Story] = (),
) -> list[Nearest | None]:
    """For each story the group that it belongs to, by number, or None where it tells its own.

    Groups are given by their members (one is enough). A story with a vector is compared by
    meaning with groups whose members have one, otherwise by words: the nearest centroid of
    Rocchio (1971). Rarity of words is taken from all texts given, so give more than one story
    at a time where there are more, or a `background` of others. Groups come to no harm by the
    order of anything.
    """
    ranked = ranking(groups, stories, bars, background)
    return [found[0] if found else None for found in ranked]


def ranking(
    groups: Sequence[Sequence[Story]],
    stories: Sequence[Story],
    bars: Bars,
    background: Sequence[Story] = (),
) -> list[list[Nearest]]:
    """For each story all groups that it comes near enough to, the nearest first."""
    if not groups or not stories:
        return [[] for _ in stories]
    by_words = words_alike(groups, stories, background)
    by_meaning = meaning_alike(groups, stories)
    found = []
    for words, meaning in zip(by_words, by_meaning, strict=True):
        known = ~np.isnan(meaning)
        alike = np.where(known, meaning, words)
        surplus = alike - np.where(known, bars.meaning, bars.words).astype(np.float32)
        order = np.argsort(-surplus, kind="stable")
        near = [int(number) for number in order if surplus[number] >= 0]
        found.append([Nearest(number, min(float(alike[number]), 1.0)) for number in near])
    return found


def words_alike(
    groups: Sequence[Sequence[Story]],
    stories: Sequence[Story],
    background: Sequence[Story] = (),
) -> Floats:
    """Similarities of stories (rows) with groups (columns) by the words that they share."""
    members = [story for group in groups for story in group]
    read: dict[tuple[str, str], Stems] = {}
    for story in (*members, *stories, *background):
        if (story.text, story.quote) not in read:
            read[story.text, story.quote] = stems_of(story)
    # Copies are weighed once: what a flood repeats is no less telling for it.
    distinct = sorted(read)
    rows = table([read[key] for key in distinct])
    row_of = {key: number for number, key in enumerate(distinct)}
    asked = sorted({row_of[story.text, story.quote] for story in stories})
    wanted, place = rows.only(asked), {row: number for number, row in enumerate(asked)}
    alike = np.zeros((len(asked), len(groups)), np.float32)
    for begin in range(0, len(groups), _AT_ONCE):
        part = [
            {row_of[one.text, one.quote] for one in group}
            for group in groups[begin : begin + _AT_ONCE]
        ]
        alike[:, begin : begin + _AT_ONCE] = wanted.times(_centres(rows, part))
        # A copy of a member belongs, also where no other text shares a word with it.
        for number, members_of in enumerate(part, begin):
            alike[[place[row] for row in members_of if row in place], number] = 1
    return alike[[place[row_of[story.text, story.quote]] for story in stories]]


def _centres(rows: Table, groups: Sequence[set[int]]) -> Floats:
    """The centres of groups of rows, a column each."""
    centres = np.zeros((rows.columns, len(groups)), np.float32)
    for number, group in enumerate(groups):
        for row in sorted(group):
            part = slice(rows.starts[row], rows.starts[row + 1])
            centres[rows.terms[part], number] += rows.weights[part]
    return unit(centres.T).T


def meaning_alike(groups: Sequence[Sequence[Story]], stories: Sequence[Story]) -> Floats:
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
