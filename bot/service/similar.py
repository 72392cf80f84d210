"""Insights that tell nearly what a ticket, a message or another insight tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sqlmodel import Session

from bot.reports import InsightLine
from bot.service import insight_views, meaning
from bot.service.context import Context
from bot.service.themes import story_of
from bot.voice.features import Catalogue
from storage import insight_lists, insight_tickets
from storage import tickets as ticket_rows
from storage.values import InsightValue

if TYPE_CHECKING:
    from bot.voice.themes import Story

COMPARED: Final = 300
"""The newest current insights, with which others are compared."""
TELLERS: Final = 5
"""Tickets that tell an insight: those that people gave it last."""
BACKGROUND: Final = 300
OFFERED: Final = 3


def to_ticket(
    session: Session, context: Context, catalogue: Catalogue, ticket: int
) -> tuple[InsightLine, ...]:
    """Current insights that tell nearly what a ticket tells, the nearest first.

    Then those on its features, the newest first: a person may know that it is the same where no
    word tells.
    """
    values = insight_lists.current(session, COMPARED)
    found = ticket_rows.get(session, [ticket]) if values else []
    if not found:
        return ()
    vectors = meaning.kept(session, context, [ticket])
    near = _ranked(session, context, values, [story_of(one, vectors) for one in found])
    features = {feature for one in found for feature in one.features}
    beside = [one for one in values if one.feature_id in features and one not in near]
    return insight_views.lines(session, context, catalogue, [*near, *beside][:OFFERED])


def to_words(
    session: Session, context: Context, catalogue: Catalogue, words: str
) -> tuple[InsightLine, ...]:
    """The same for words that stand in no ticket."""
    values = insight_lists.current(session, COMPARED) if words.strip() else []
    if not values:
        return ()
    near = _ranked(session, context, values, own_words(context, [words]))
    return insight_views.lines(session, context, catalogue, near[:OFFERED])


def others(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue, most: int
) -> tuple[InsightLine, ...]:
    """Other current insights: those that tell nearly the same, then the newest."""
    values = [one for one in insight_lists.current(session, COMPARED) if one.id != value.id]
    if not values:
        return ()
    [told] = told_by(session, context, [value])
    near = _ranked(session, context, values, told[:1])
    rest = [one for one in values if one not in near]
    return insight_views.lines(session, context, catalogue, [*near, *rest][:most])


def _ranked(
    session: Session, context: Context, values: Sequence[InsightValue], stories: Sequence[Story]
) -> list[InsightValue]:
    from bot.voice.attaching import resembling

    if not stories:
        return []
    told = told_by(session, context, values)
    found = resembling(told, stories[0], background(session))
    return [values[one.group] for one in found]


def told_by(
    session: Session, context: Context, values: Sequence[InsightValue]
) -> list[list[Story]]:
    """What tells each of these insights: tickets that people gave it, else its own words."""
    given = insight_tickets.tellers(session, [value.id for value in values], TELLERS)
    found = ticket_rows.get(session, sorted({row for rows in given.values() for row in rows}))
    vectors = meaning.kept(session, context, [ticket.id for ticket in found])
    stories = {ticket.id: story_of(ticket, vectors) for ticket in found}
    told = [[stories[row] for row in given.get(value.id, ()) if row in stories] for value in values]
    wordy = [place for place, each in enumerate(told) if not each]
    spoken = [f"{values[place].title}\n{values[place].note}" for place in wordy]
    for place, story in zip(wordy, own_words(context, spoken), strict=True):
        told[place] = [story]
    return told


def own_words(context: Context, texts: Sequence[str]) -> list[Story]:
    """Stories of words that stand in no ticket, with their meaning where it is read."""
    from bot.voice.themes import Story

    encoder = context.encoder()
    vectors = encoder.encode(texts) if encoder is not None and texts else [None] * len(texts)
    pairs = enumerate(zip(texts, vectors, strict=True))
    return [Story(f"own\n{number}", text, "", vector) for number, (text, vector) in pairs]


def background(session: Session) -> list[Story]:
    """The newest tickets: how rare a word is among them."""
    from bot.voice.themes import Story

    texts = ticket_rows.texts(session, ticket_rows.newest_row(session), BACKGROUND)
    return [Story(f"background\n{number}", text) for number, text in enumerate(texts)]
