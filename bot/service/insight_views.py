"""Insights as they are shown: on their cards, in lists, with what the team answered.

These work within a caller's session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from sqlmodel import Session

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
from bot.service import convert, looked, posting
from bot.service.context import Context
from bot.voice.features import Catalogue
from storage import insight_lists, insight_messages, insight_tickets
from storage import insights as rows
from storage import posts as post_rows
from storage import tickets as ticket_rows
from storage.insight_lists import Wanted
from storage.insight_tickets import Told
from storage.values import InsightValue, ReactionValue

SHIPPED_SHOWN: Final = 3
WEEKS_SHOWN: Final = 12
WEEK: Final = timedelta(days=7)


def open_on(
    session: Session, context: Context, catalogue: Catalogue, feature: Feature | None, most: int
) -> tuple[InsightLine, ...]:
    """The newest insights on a feature that are not closed."""
    if feature is None:
        return ()
    return lines(session, context, catalogue, insight_lists.open_on(session, feature.id, most))


def shipped_on(
    session: Session, context: Context, catalogue: Catalogue, feature: Feature | None
) -> tuple[InsightLine, ...]:
    """Insights on a feature whose fix has shipped, the newest first."""
    if feature is None:
        return ()
    found = insight_lists.shipped_on(session, feature.id, SHIPPED_SHOWN)
    return lines(session, context, catalogue, found)


def newest(
    session: Session, context: Context, catalogue: Catalogue, most: int
) -> tuple[InsightLine, ...]:
    """The newest insights of all."""
    found, _ = insight_lists.find(session, Wanted(), most)
    return lines(session, context, catalogue, found)


def lines(
    session: Session, context: Context, catalogue: Catalogue, values: Sequence[InsightValue]
) -> tuple[InsightLine, ...]:
    """Insights as they stand in lists, in that order."""
    shown = {value.id: _shown_as(session, value) for value in values}
    given = post_rows.reactions(session, [each for subjects in shown.values() for each in subjects])
    counts = insight_tickets.counts(session, [value.id for value in values])
    looks = looked.last(session, values)
    return tuple(
        convert.insight_line(
            value,
            catalogue.by_id,
            _people(context, _given(shown[value.id], given)),
            counts.get(value.id, (0, 0)),
            looks.get(value.id),
        )
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
    """An insight as its card shows it."""
    shown = _shown_as(session, value)
    given = _given(shown, post_rows.reactions(session, shown))
    told = insight_tickets.told(session, value.id)
    last = told[-1].at.date() if told else None
    return InsightCard(
        id=value.id,
        title=value.title,
        feature=catalogue.by_id.get(value.feature_id or ""),
        kind=Kind(value.kind),
        status=Status(value.status),
        note=value.note,
        quote=_quote_of(session, catalogue, value),
        tagged_by=value.tagged_by,
        created_at=value.created_at,
        tickets=len(told),
        customers=len({each.customer for each in told}),
        answers=_counted(given, context.settings.answers),
        others=_others(context, given),
        source_link=value.message_link,
        owner=value.owner,
        issue_url=value.issue_url,
        shipped_on=value.shipped_on,
        shipped_what=value.shipped_what,
        declined_why=value.declined_why,
        weeks=_weeks(told, last) if last else (),
        last_day=last,
        links=tuple(insight_messages.links(session, value.id)),
        merged_into=value.merged_into,
        looked=looked.last(session, [value]).get(value.id),
        customers_known=not told or any(each.customer_known for each in told),
    )


def _weeks(told: Sequence[Told], last: date) -> tuple[int, ...]:
    """Distinct customers by week, counted back from the day of the newest ticket."""
    weeks: dict[int, set[int]] = {}
    for each in told:
        weeks.setdefault((last - each.at.date()) // WEEK, set()).add(each.customer)
    most = min(max(weeks) + 1, WEEKS_SHOWN)
    return tuple(len(weeks.get(back, ())) for back in reversed(range(most)))


def _quote_of(session: Session, catalogue: Catalogue, value: InsightValue) -> Quote | None:
    """What the ticket says that it was made of; where that is gone, the first one that it has."""
    row = value.ticket_id
    if row is None:
        row = next(iter(insight_tickets.tickets_of(session, value.id)), None)
    if row is None or not ticket_rows.get(session, [row]):
        return None
    return _quote(ticket_view(session, catalogue, row), Kind(value.kind))


def _quote(ticket: TicketView, kind: Kind) -> Quote | None:
    of_kind = [quote for quote in ticket.quotes if quote.kind is kind]
    return next(iter(of_kind), ticket.quote)


def _shown_as(session: Session, value: InsightValue) -> list[post_rows.Subject]:
    """What messages show on which reactions are answers: its cards, and posts of its tickets.

    Those of insights that became part of it are among them.
    """
    told = insight_tickets.tickets_of(session, value.id)
    cards = [value.id, *rows.parts_of(session, value.id)]
    return [(posting.INSIGHT, each) for each in cards] + [(posting.TICKET, row) for row in told]


def _given(
    shown: Sequence[post_rows.Subject], given: Mapping[post_rows.Subject, Sequence[ReactionValue]]
) -> list[ReactionValue]:
    return post_rows.each_once(each for subject in shown for each in given[subject])


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
