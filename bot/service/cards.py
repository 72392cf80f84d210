"""Insights as they are shown: on their cards, in lists, with what the team answered.

These work within a caller's session, so that what is shown and what is changed agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Final

from sqlmodel import Session

from bot.blocks import insights as screens
from bot.errors import NotFound
from bot.reports import (
    Answer,
    AnswerCount,
    Feature,
    InsightCard,
    InsightLine,
    Kind,
    Quote,
    Status,
    TicketView,
)
from bot.service import catalogue as catalogues
from bot.service import convert, posting
from bot.service.context import Context
from bot.voice.features import Catalogue
from storage import insights as rows
from storage import outbox
from storage import posts as post_rows
from storage import tickets as ticket_rows
from storage.values import InsightValue, ReactionValue

SHIPPED_SHOWN: Final = 3
FAILED_MOST: Final = 10_000
"""How many of the newest failed messages a lost card is looked for among."""


def plan(session: Session, context: Context, value: InsightValue, now: datetime) -> None:
    """Plan the card of an insight, unless one is posted or on its way; one that failed is not."""
    if post_rows.showing(session, posting.INSIGHT, value.id):
        return
    message = screens.card(card(session, context, catalogues.load(session), value))
    failed = {row for row, _, _ in outbox.in_state(session, (outbox.FAILED,), FAILED_MOST)}
    for earlier in count():
        row = posting.plan_post(
            session,
            message,
            team=value.team,
            channel=value.card_channel,
            key=f"card:{value.id}:{earlier}" if earlier else f"card:{value.id}",
            shows=posting.INSIGHT,
            subject=value.id,
            now=now,
        )
        if row not in failed:
            return


def refresh(session: Session, context: Context, insight: int, now: datetime) -> None:
    """Plan an edit of every posted card of this insight that shows something else by now."""
    value = rows.hold(session, insight)
    if value is None:
        return
    message = screens.card(card(session, context, catalogues.load(session), value))
    for post in post_rows.showing(session, posting.INSIGHT, insight):
        posting.plan_edit(session, message, post, now)


def open_on(
    session: Session, context: Context, catalogue: Catalogue, feature: Feature | None, most: int
) -> tuple[InsightLine, ...]:
    """The newest insights on a feature that are not closed."""
    if feature is None:
        return ()
    return lines(session, context, catalogue, rows.open_on(session, feature.id, most))


def shipped_on(
    session: Session, context: Context, catalogue: Catalogue, feature: Feature | None
) -> tuple[InsightLine, ...]:
    """Insights on a feature whose fix has shipped, the newest first."""
    if feature is None:
        return ()
    found = rows.shipped_on(session, feature.id, SHIPPED_SHOWN)
    return lines(session, context, catalogue, found)


def newest(
    session: Session, context: Context, catalogue: Catalogue, most: int
) -> tuple[InsightLine, ...]:
    """The newest insights of all."""
    found, _ = rows.find(session, "", most)
    return lines(session, context, catalogue, found)


def lines(
    session: Session, context: Context, catalogue: Catalogue, values: Sequence[InsightValue]
) -> tuple[InsightLine, ...]:
    """Insights as they stand in lists, in that order."""
    given = post_rows.reactions(session, [each for value in values for each in _shown_as(value)])
    return tuple(
        convert.insight_line(value, catalogue.by_id, _people(context, _given(value, given)))
        for value in values
    )


def _people(context: Context, given: Sequence[ReactionValue]) -> dict[str, int]:
    """How many people gave an answer, by its label."""
    people: dict[str, set[str]] = {}
    for answer in _counted(given, context.settings.answers):
        people.setdefault(answer.label, set()).update(answer.people)
    return {label: len(of_label) for label, of_label in people.items()}


def card(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue
) -> InsightCard:
    given = _given(value, post_rows.reactions(session, _shown_as(value)))
    ticket: TicketView | None = None
    if value.ticket_id is not None:
        ticket = ticket_view(session, catalogue, value.ticket_id)
    return InsightCard(
        id=value.id,
        title=value.title,
        feature=catalogue.by_id.get(value.feature_id or ""),
        kind=Kind(value.kind),
        status=Status(value.status),
        note=value.note,
        quote=_quote(ticket, Kind(value.kind)) if ticket else None,
        tagged_by=value.tagged_by,
        created_at=value.created_at,
        tickets=1 if ticket else 0,
        customers=1 if ticket else 0,
        answers=_counted(given, context.settings.answers),
        others=_others(context, given),
        source_link=value.message_link,
    )


def _quote(ticket: TicketView, kind: Kind) -> Quote | None:
    of_kind = [quote for quote in ticket.quotes if quote.kind is kind]
    return next(iter(of_kind), ticket.quote)


def _shown_as(value: InsightValue) -> list[post_rows.Subject]:
    """What messages show on which reactions are answers: its cards, and posts of its ticket."""
    shown = [(posting.INSIGHT, value.id)]
    return shown if value.ticket_id is None else [*shown, (posting.TICKET, value.ticket_id)]


def _given(
    value: InsightValue, given: Mapping[post_rows.Subject, Sequence[ReactionValue]]
) -> list[ReactionValue]:
    return post_rows.each_once(each for shown in _shown_as(value) for each in given[shown])


def _counted(
    given: Sequence[ReactionValue], meaning: Mapping[str, Answer]
) -> tuple[AnswerCount, ...]:
    counted = []
    for emoji, answer in meaning.items():
        people = tuple(reaction.user for reaction in given if reaction.emoji == emoji)
        if people:
            counted.append(AnswerCount(answer, emoji, people))
    return tuple(counted)


def _others(context: Context, given: Sequence[ReactionValue]) -> tuple[tuple[str, int], ...]:
    """Emoji that are no answers, as they are."""
    settings = context.settings
    known = {*settings.answers, settings.tag_emoji}
    others = Counter(each.emoji for each in given if each.emoji not in known)
    return tuple(sorted(others.items()))


def ticket_view(session: Session, catalogue: Catalogue, row: int) -> TicketView:
    found = ticket_rows.get(session, [row])
    if not found:
        raise NotFound("This ticket is no longer stored.")
    return convert.ticket(found[0], catalogue.by_id)
