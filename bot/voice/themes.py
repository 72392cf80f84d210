"""Tickets that tell the same story, found by what they share with each other and with all others.

Texts become rows (see `theme_space`), rows grow together by average linkage (`theme_linkage`),
and a group is named in its customers' words (`theme_labels`). All of it works on distinct texts
in an order of their own, so neither the order of tickets nor a flood of copies changes what the
groups are. A story that no other is near to stays alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.voice.stems import stems
from bot.voice.theme_labels import Labeller
from bot.voice.theme_linkage import link
from bot.voice.theme_space import by_meaning, by_words
from bot.voice.theme_terms import Floats, Stems
from bot.voice.tokens import spoken_of

__all__ = ["Group", "Story", "themes"]

# The mean similarities (cosine) below which two groups tell different stories. Around these values
# AMI and ARI are flat on samples of a public set of questions, on either half of its intents, and
# most of real support tickets stay alone: see bench/themes.py.
_SAME_SHORT: Final = 0.38
_SAME_MEANING: Final = 0.6
# Long texts share less of all that they say. Chosen by reading the groups of real tickets about one
# feature, which short questions cannot stand for; between the two lengths it falls in a line.
_SAME_LONG: Final = 0.28
_SHORT, _LONG = 15, 40
"""Telling words of a text, in the median of those that are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One ticket: its redacted text, the passage of it that carries the friction (or ""), and
    its meaning as a vector of length 1, where that is known."""

    id: str
    text: str
    quote: str = ""
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets that tell the same.

    `label` is verbatim of the member `label_id`. `quote_id` is the member whose quote says best
    what the group tells, None where no member has one.
    """

    label: str
    ids: tuple[str, ...]
    label_id: str
    quote_id: str | None


@dataclass(frozen=True, slots=True)
class _Told:
    """A distinct text, with one story to stand for all that tell it."""

    story: Story
    ids: tuple[str, ...]
    stems: Stems

    @property
    def text(self) -> str:
        return self.story.text

    @property
    def quote(self) -> str:
        return self.story.quote


_Near = tuple[list[_Told], list[float]]
"""The members of a group and how near each is to its centre, the nearest first."""


def themes(items: Sequence[Story], most: int | None = None) -> list[Group]:
    """Groups of two and more, the largest first, `most` of them at the most.

    An id stands in one group at most; where it comes twice, its last text in alphabetical order
    counts. Stories with a vector are grouped among themselves by meaning and words, the others
    by words alone.
    """
    told = _distinct(items)
    found: list[_Near] = []
    for known in (True, False):
        part = [one for one in told if (one.story.vector is not None) is known]
        if part:
            found += _grouped(part, known=known)
    labeller = Labeller()
    for members, _ in found:
        # Copies of one text are a group, but must not change what other groups are called.
        if len(members) > 1:
            labeller.learn(members)
    found = [(members, near) for members, near in found if _size(members) > 1]
    found.sort(key=lambda group: (-_size(group[0]), _ids(group[0])))
    return [_named(labeller, members, near) for members, near in found[:most]]


def _size(members: Sequence[_Told]) -> int:
    return sum(len(member.ids) for member in members)


def _ids(members: Sequence[_Told]) -> tuple[str, ...]:
    return tuple(sorted(id for member in members for id in member.ids))


def _distinct(items: Sequence[Story]) -> list[_Told]:
    """Texts in alphabetical order; those that differ in case and spaces only are one.

    A text without a letter or digit tells nothing and is left out.
    """
    by_id = {story.id: story for story in sorted(items, key=lambda one: (one.text, one.quote))}
    same: defaultdict[tuple[str, str], list[Story]] = defaultdict(list)
    for story in by_id.values():
        said = spoken_of(story.text)
        if any(map(str.isalnum, said)):
            same[" ".join(said.casefold().split()), spoken_of(story.quote)].append(story)
    return [
        _Told(
            stories[0],
            tuple(sorted(story.id for story in stories)),
            stems_of(stories[0]),
        )
        for _, stories in sorted(same.items())
    ]


def stems_of(story: Story) -> Stems:
    """The stems that a story is compared by."""
    return Stems(stems(spoken_of(story.text)), stems(spoken_of(story.quote)))


def _grouped(told: Sequence[_Told], *, known: bool) -> list[_Near]:
    rows = by_words([one.stems for one in told])
    if known:
        rows = by_meaning(_vectors(told), rows)
    found = []
    for group in link(rows, _SAME_MEANING if known else _same_words(told)):
        near = rows[group] @ rows[group].mean(axis=0)
        order = np.argsort(-near, kind="stable")
        found.append(([told[group[at]] for at in order], near[order].tolist()))
    return found


def _same_words(told: Sequence[_Told]) -> float:
    lengths = [len(one.stems.text) for one in told]
    share = (float(np.median(lengths)) - _SHORT) / (_LONG - _SHORT)
    return _SAME_SHORT - min(max(share, 0.0), 1.0) * (_SAME_SHORT - _SAME_LONG)


def _vectors(told: Sequence[_Told]) -> Floats:
    return np.array([one.story.vector for one in told], np.float32)


def _named(labeller: Labeller, members: Sequence[_Told], near: Sequence[float]) -> Group:
    label = labeller.label(members, near)
    quote = labeller.quote(members, near)
    return Group(
        label=label.text,
        ids=_ids(members),
        label_id=members[label.member].ids[0],
        quote_id=None if quote is None else members[quote.member].ids[0],
    )
