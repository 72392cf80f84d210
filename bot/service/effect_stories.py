"""Which tickets tell the story that a fix is about, and which stories stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.service import meaning
from bot.service.context import Context
from bot.service.effect_counts import Span
from bot.service.themes import story_of
from bot.voice.theme_centres import nearest
from bot.voice.themes import Story, themes
from storage import effect_counts as rows
from storage import tickets as ticket_rows
from storage.effect_counts import Felt

MOST_TEXTS: Final = 5_000
"""Tickets whose texts are compared with a story at the most; of more a sample stands for all."""
BACKGROUND: Final = 1_000


@dataclass(frozen=True, slots=True)
class Texts:
    """Tickets (by row) that are compared by what they tell, and others of the queue.

    By those it is told which words are rare: where most tickets of a feature tell one story, its
    words would pass for common otherwise.
    """

    felt: dict[int, Felt]
    stories: dict[int, Story]
    background: tuple[Story, ...]
    is_sample: bool


def texts(session: Session, context: Context, felt: Sequence[Felt], around: Span) -> Texts:
    """The texts of tickets, of at most `MOST_TEXTS`, and of some others."""
    # By a number of its own, so that every look reads the same ones.
    below = rows.in_part(MOST_TEXTS, len(felt))
    by_row = {one.row: one for one in felt if rows.mixed(one.row) < below}
    spaced = rows.spaced(session, around.since, around.until, BACKGROUND)
    others = [row for row in spaced if row not in by_row]
    found = ticket_rows.get(session, [*by_row, *others])
    vectors = meaning.kept(session, context, [one.id for one in found])
    stories = {one.id: story_of(one, vectors) for one in found}
    return Texts(
        felt={row: one for row, one in by_row.items() if row in stories},
        stories={row: stories[row] for row in by_row if row in stories},
        background=tuple(stories[row] for row in others if row in stories),
        is_sample=len(by_row) < len(felt),
    )


def tellers(
    session: Session, context: Context, tickets: Sequence[int], shipped: datetime
) -> list[Story]:
    """The stories that say what was to be fixed: those written before it shipped, if any were."""
    found = ticket_rows.get(session, tickets)
    earlier = [one for one in found if one.created_at < shipped] or found
    vectors = meaning.kept(session, context, [one.id for one in earlier])
    return [story_of(one, vectors) for one in earlier]


def story(
    tellers: Sequence[Story], among: Texts, apart: frozenset[int]
) -> tuple[frozenset[int], list[Theme]]:
    """Rows of the tickets that tell the same story, and the other themes, the largest first.

    The story is the themes that its tellers belong to, of the tickets on both sides of shipping
    together, so that neither side is favoured; a teller that no theme holds is compared with each
    ticket. Measured on public questions in known groups, this finds more than comparing with the
    tellers alone does, and more rightly. Tickets `apart` tell something else, whatever they say.
    """
    row_of = {story.id: row for row, story in among.stories.items() if row not in apart}
    own = {story.id for story in tellers}
    every = (*among.background, *among.stories.values(), *tellers)
    given = {story.id: story for story in every}
    detached = {among.stories[row].id for row in apart if row in among.stories} - own
    groups = themes([story for id, story in given.items() if id not in detached])
    same = {id for group in groups if own & set(group.ids) for id in group.ids}
    alone = [story for story in tellers if story.id not in same]
    if alone:
        stories = [given[id] for id in (*row_of, *(story.id for story in among.background))]
        found = nearest([[story] for story in alone], stories)
        same |= {story.id for story, near in zip(stories, found, strict=True) if near}
        same |= {story.id for story in alone}
    told = frozenset(row_of[id] for id in same if id in row_of)
    others = [
        Theme(group.label, frozenset(row_of[id] for id in group.ids if id in row_of) - told)
        for group in groups
        if not own & set(group.ids)
    ]
    return told, sorted(others, key=lambda theme: -len(theme.rows))


@dataclass(frozen=True, slots=True)
class Theme:
    """Tickets (rows) that tell the same, named in a customer's words."""

    label: str
    rows: frozenset[int]
