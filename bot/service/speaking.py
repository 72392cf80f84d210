"""Who is speaking: which sorts of accounts, and whether it is mostly one customer."""

from __future__ import annotations

from sqlmodel import Session

from bot.reports import Segment
from storage import speakers
from storage.scope import Scope
from storage.values import Counts

FEWEST = 5


def segments(session: Session, scope: Scope) -> tuple[Segment, ...]:
    """Who wrote, where a segment is known of anybody and was not asked for."""
    if scope.segment is not None:
        return ()
    spoke = speakers.by_segment(session, scope)
    if not any(each.segment for each in spoke):
        return ()
    return tuple(Segment(each.segment or "", each.tickets, each.customers) for each in spoke)


def most_of_one(session: Session, scope: Scope, counts: Counts) -> int:
    """Tickets of the customer who wrote most, where that is half of them or more; else 0."""
    # Whoever wrote half of the tickets leaves few for the others.
    if counts.tickets < FEWEST or counts.customers > counts.tickets / 2 + 1 or not counts.known:
        return 0
    most = speakers.most_of_one(session, scope)
    return most if most * 2 >= counts.tickets else 0
