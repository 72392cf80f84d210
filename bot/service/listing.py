"""The tickets behind the figures of an answer, so that every number can be opened."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.reports import TicketsReport
from bot.service import convert, known, scopes
from bot.service.context import Context
from bot.voice.query import parse
from bot.voice.wording import reading
from storage import figures, listing, tickets
from storage.scope import Scope

PAGE = 10


def tickets_of(context: Context, asked: str, at: datetime, page: int) -> TicketsReport:
    """A page (from 0) of the tickets with friction that the answer to a question counts.

    `at` is the moment of the question. Beyond the last page it is the last one.
    """
    with context.store.read() as session:
        catalogue, labels = known.with_catalogue(session)
        question = parse(asked, catalogue, at, segments=labels.segments, sources=labels.sources)
        scope = scopes.of(question)
        total, rows = listing.page(
            session, scope, scopes.window_before(question.window).since, page * PAGE, PAGE
        )
        customers = _customers(session, scope)
        found = [convert.ticket(value, catalogue.by_id) for value in tickets.get(session, rows)]
    return TicketsReport(
        asked=asked,
        at=at,
        reading=reading(question),
        page=min(page, max(total - 1, 0) // PAGE),
        size=PAGE,
        total=total,
        tickets=tuple(found),
        kinds=question.kinds,
        customers=customers,
    )


def _customers(session: Session, scope: Scope) -> int | None:
    """How many wrote the tickets; None where nobody is known, and of words, where it would take as
    long as the answer did."""
    if scope.words is not None:
        return None
    found = figures.of(session, scope, scope.since).now
    return found.customers if found.known else None
