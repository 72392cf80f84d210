"""Insights as they are shown: on their cards, in lists, with what the team answered.

These work within a caller's session, so that what is shown and what is changed agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
from storage.values import InsightValue, PostValue, ReactionValue

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
    found = rows.open_on(session, feature.id, most)
    return tuple(line(session, context, catalogue, value) for value in found)


def newest(
    session: Session, context: Context, catalogue: Catalogue, most: int
) -> tuple[InsightLine, ...]:
    """The newest insights of all."""
    found, _ = rows.find(session, "", most)
    return tuple(line(session, context, catalogue, value) for value in found)


def line(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue
) -> InsightLine:
    answers, _ = _answers(session, context, value)
    people: dict[str, set[str]] = {}
    for answer in answers:
        people.setdefault(answer.label, set()).update(answer.people)
    counted = {label: len(of_label) for label, of_label in people.items()}
    return convert.insight_line(value, catalogue.by_id, counted)


def card(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue
) -> InsightCard:
    answers, others = _answers(session, context, value)
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
        answers=answers,
        others=others,
        source_link=value.message_link,
    )


def _quote(ticket: TicketView, kind: Kind) -> Quote | None:
    of_kind = [quote for quote in ticket.quotes if quote.kind is kind]
    return next(iter(of_kind), ticket.quote)


def _answers(
    session: Session, context: Context, value: InsightValue
) -> tuple[tuple[AnswerCount, ...], tuple[tuple[str, int], ...]]:
    """Answers given on the insight's cards and on posts of its ticket; other emoji apart."""
    shown: list[PostValue] = post_rows.showing(session, posting.INSIGHT, value.id)
    if value.ticket_id is not None:
        shown += post_rows.showing(session, posting.TICKET, value.ticket_id)
    given = post_rows.reactions(session, shown)
    settings = context.settings
    others = Counter(
        r.emoji for r in given if r.emoji not in settings.answers and r.emoji != settings.tag_emoji
    )
    return _counted(given, settings.answers), tuple(sorted(others.items()))


def _counted(given: list[ReactionValue], meaning: Mapping[str, Answer]) -> tuple[AnswerCount, ...]:
    counted = []
    for emoji, answer in meaning.items():
        people = tuple(reaction.user for reaction in given if reaction.emoji == emoji)
        if people:
            counted.append(AnswerCount(answer, emoji, people))
    return tuple(counted)


def ticket_view(session: Session, catalogue: Catalogue, row: int) -> TicketView:
    found = ticket_rows.get(session, [row])
    if not found:
        raise NotFound("This ticket is no longer stored.")
    return convert.ticket(found[0], catalogue.by_id)
