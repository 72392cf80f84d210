"""What tickets tell together: themes of a feature and a window, and of texts from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from bot.reports import Theme, ThemesReport, Understood
from bot.service import convert, known, meaning, scopes, usual
from bot.service.context import Context
from bot.voice.query import Question, parse
from bot.voice.theme_centres import nearest
from bot.voice.themes import Group, Story, themes
from bot.voice.wording import reading
from storage import figures
from storage import friction as friction_rows
from storage import tickets as ticket_rows
from storage.scope import Scope
from storage.values import TicketValue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = Mapping[int, NDArray[np.float32]]

LISTED_SAMPLE = 5_000


def find(context: Context, text: str, now: datetime, *, everything: bool = False) -> ThemesReport:
    """All themes of what a question asks for, or of all tickets of its window.

    Never fails on what was typed: words that are no feature are searched, as `/friction` does.
    """
    with context.store.read() as session:
        catalogue, labels = known.with_catalogue(session)
        question = parse(text, catalogue, now, segments=labels.segments, sources=labels.sources)
        scope = scopes.of(question)
        if everything or not (question.feature or question.words):
            scope = replace(scope, feature=None, words=None)
        return _listed(session, context, question, scope)


def _listed(session: Session, context: Context, question: Question, scope: Scope) -> ThemesReport:
    window = question.window
    found = figures.of(session, scope, _before(scope).since)
    counts, scope = found.now, replace(scope, matched=found.matched)
    sample = ticket_rows.get(session, friction_rows.newest(session, scope, LISTED_SAMPLE))
    whole = counts.tickets <= LISTED_SAMPLE and not found.is_capped
    earlier = earlier_sample(session, scope, LISTED_SAMPLE) if whole else None
    told = of_tickets(session, context, sample, earlier)
    everything = scope.feature is None and scope.words is None
    feature = None if everything else question.feature
    understood = question.understood if feature else Understood.SEARCH
    if feature is None and counts.mentioned == 0:
        understood = Understood.NOTHING
    note = usual.note(question, found, known.load(session).first_day)
    return ThemesReport(
        reading=reading(question, about="All tickets" if everything else ""),
        understood=understood,
        feature=feature,
        search=scope.words,
        window=window,
        tickets=counts.tickets,
        alone=len(sample) - sum(theme.tickets for theme in told),
        customers_known=counts.known > 0,
        themes=told,
        suggestions=() if everything else question.suggestions,
        sampled=not whole,
        note=_note(question, note) if everything else note,
        kinds=question.kinds,
    )


def _note(question: Question, note: str) -> str:
    left_out = "All tickets are looked at, whatever the feature." if question.words else ""
    return " ".join(part for part in (note, left_out) if part)


def earlier_sample(session: Session, scope: Scope, most: int) -> list[TicketValue] | None:
    """Tickets with friction in the window before that of `scope`; None where more than `most`."""
    rows = friction_rows.newest(session, _before(scope), most + 1)
    return None if len(rows) > most else ticket_rows.get(session, rows)


def _before(scope: Scope) -> Scope:
    return replace(scope, since=scope.since - (scope.until - scope.since), until=scope.since)


def of_tickets(
    session: Session,
    context: Context,
    sample: Sequence[TicketValue],
    earlier: Sequence[TicketValue] | None,
    most: int | None = None,
) -> tuple[Theme, ...]:
    """The largest themes of `sample`, `most` of them, with what each counted among `earlier`."""
    vectors = meaning.kept(session, context, [one.id for one in (*sample, *(earlier or ()))])
    by_id = {_id(ticket): ticket for ticket in sample}
    stories = {id: story_of(ticket, vectors) for id, ticket in by_id.items()}
    groups = themes(list(stories.values()), most)
    counts: list[int | None] = [None] * len(groups)
    if earlier is not None:
        told = [[stories[id] for id in group.ids] for group in groups]
        found = nearest(told, [story_of(ticket, vectors) for ticket in earlier])
        belongs = [one.group for one in found if one]
        counts = [belongs.count(number) for number in range(len(groups))]
    return tuple(
        _theme(group, [by_id[id] for id in group.ids], previous)
        for group, previous in zip(groups, counts, strict=True)
    )


def _id(ticket: TicketValue) -> str:
    # Not the row, which depends on the order in which tickets came.
    return f"{ticket.source}\n{ticket.external_id}"


def story_of(ticket: TicketValue, vectors: Vectors) -> Story:
    """What a ticket tells, with its meaning where `vectors` (by row) have it."""
    said = convert.ticket(ticket, {}).quote
    text = f"{ticket.subject}\n{ticket.body}"
    return Story(_id(ticket), text, said.text if said else "", vectors.get(ticket.id))


def _theme(group: Group, members: Sequence[TicketValue], previous: int | None) -> Theme:
    said = next((one for one in members if _id(one) == group.quote_id), None)
    tickets = sorted(members, key=lambda one: (-one.created_at.timestamp(), _id(one)))
    return Theme(
        label=group.label,
        ticket_ids=tuple(ticket.external_id for ticket in tickets),
        tickets=len(tickets),
        customers=len({ticket.customer for ticket in tickets}),
        quote=convert.ticket(said, {}).quote if said else None,
        previous=previous,
    )
