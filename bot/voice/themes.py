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

from bot.voice.redact import WITHHELD
from bot.voice.redact_shadow import TOKEN
from bot.voice.text import words
from bot.voice.theme_labels import Labeller
from bot.voice.theme_linkage import link
from bot.voice.theme_space import by_meaning, by_words
from bot.voice.theme_terms import Floats

__all__ = ["Group", "Story", "themes"]

# The mean similarities (cosine) below which two groups tell different stories. Chosen where
# adjusted mutual information and adjusted Rand index are best on half of the intents of a
# public set of questions, and checked on the other half: see bench/themes.py.
_SAME_WORDS: Final = 0.4
_SAME_MEANING: Final = 0.65


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


def themes(items: Sequence[Story]) -> list[Group]:
    """Groups of two and more, the largest first; an id stands in one group at most.

    Where an id comes twice, its last text in alphabetical order counts. Stories with a vector
    are grouped among themselves by meaning and words, the others by words alone.
    """
    told = _distinct(items)
    labeller = Labeller()
    groups: list[tuple[list[_Told], list[float]]] = []
    for known in (True, False):
        part = [one for one in told if (one.story.vector is not None) is known]
        if part:
            groups += _grouped(part, known=known)
    found = [(members, near) for members, near in groups if sum(len(m.ids) for m in members) > 1]
    for members, _ in found:
        # A lone text with copies must not change what other groups are called.
        if len(members) > 1:
            labeller.learn([member.story for member in members])
    named = [_named(labeller, members, near) for members, near in found]
    return sorted(named, key=lambda group: (-len(group.ids), group.ids))


def _distinct(items: Sequence[Story]) -> list[_Told]:
    """Texts in alphabetical order; those that differ in case and punctuation only are one.

    A text without a word tells nothing and is left out.
    """
    by_id = {story.id: story for story in sorted(items, key=lambda one: (one.text, one.quote))}
    same: defaultdict[tuple[str, str], list[Story]] = defaultdict(list)
    for story in by_id.values():
        said = " ".join(words(_spoken(story.text)))
        if said:
            same[said, " ".join(words(story.quote)) if story.quote else ""].append(story)
    return [
        _Told(stories[0], tuple(sorted(story.id for story in stories)))
        for _, stories in sorted(same.items())
    ]


def _spoken(text: str) -> str:
    """The text without what redaction put there: "[email 1]" is not the customer's word."""
    return TOKEN.sub(" ", text.replace(WITHHELD, " "))


def _grouped(told: Sequence[_Told], *, known: bool) -> list[tuple[list[_Told], list[float]]]:
    """Groups, the members of each in the order of their nearness to its centre, beside it."""
    rows = by_words([(_spoken(one.story.text), _spoken(one.story.quote)) for one in told])
    if known:
        rows = by_meaning(_vectors(told), rows)
    linked = link(rows, _SAME_MEANING if known else _SAME_WORDS)
    found = []
    for group in linked:
        near = rows[group] @ rows[group].mean(axis=0)
        order = np.argsort(-near, kind="stable")
        found.append(([told[group[at]] for at in order], near[order].tolist()))
    return found


def _vectors(told: Sequence[_Told]) -> Floats:
    return np.array([one.story.vector for one in told], np.float32)


def _named(labeller: Labeller, members: Sequence[_Told], near: Sequence[float]) -> Group:
    stories = [member.story for member in members]
    label = labeller.label(stories, near)
    quote = labeller.quote(stories, near)
    return Group(
        label=label.text,
        ids=tuple(sorted(id for member in members for id in member.ids)),
        label_id=members[label.member].ids[0],
        quote_id=None if quote is None else members[quote.member].ids[0],
    )
