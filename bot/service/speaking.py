"""Who is speaking: which sorts of accounts, and whether it is mostly one customer."""

from __future__ import annotations

from typing import TypedDict

from sqlmodel import Session

from bot.reports import Segment
from storage import speakers
from storage.scope import Scope
from storage.values import Counts

FEWEST = 5
MOST = 20_000
"""Of more tickets segments are not told: to read them all would take longer than to answer."""


class Who(TypedDict):
    """The fields of an answer that say who wrote."""

    segments: tuple[Segment, ...]
    accounts: int | None


def who(session: Session, scope: Scope, tickets: int) -> Who:
    """Segments, where one is known of anybody and none was asked for; accounts, if enough wrote.

    An account counts once, though its `tickets` may be of several segments.
    """
    few = FEWEST <= tickets <= speakers.MOST_ACCOUNTS
    known = speakers.accounts(session, scope) if few else {}
    every = set().union(*known.values())
    is_told = scope.segment is None and tickets <= MOST
    spoke = speakers.by_segment(session, scope) if is_told else []
    if not any(each.segment for each in spoke):
        spoke = []
    segments = tuple(
        Segment(
            each.segment or "",
            each.tickets,
            each.customers,
            len(known.get(each.segment, ())) or None,
        )
        for each in spoke
    )
    return Who(segments=segments, accounts=len(every) or None)


def most_of_one(session: Session, scope: Scope, counts: Counts) -> int:
    """Tickets of the customer who wrote most, where that is half of them or more; else 0."""
    # Whoever wrote half of the tickets leaves few for the others.
    if counts.tickets < FEWEST or counts.customers > counts.tickets / 2 + 1 or not counts.known:
        return 0
    most = speakers.most_of_one(session, scope)
    return most if most * 2 >= counts.tickets else 0
