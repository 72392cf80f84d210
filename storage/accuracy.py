"""Tickets that people looked at: what they count for, beside what was corrected of them."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import CompoundSelect, func, select, tuple_, union
from sqlmodel import Session, col

from storage.models import (
    KIND_BITS,
    Correction,
    Insight,
    Post,
    Reaction,
    TicketFact,
    TicketFeature,
)


def _looked_at(shows: str) -> CompoundSelect[tuple[int]]:
    """Rows of tickets that people tagged, reacted to (on a post that `shows` them) or corrected."""
    post = tuple_(col(Post.team), col(Post.channel), col(Post.ts))
    reacted_to = select(col(Reaction.team), col(Reaction.channel), col(Reaction.ts)).where(
        col(Reaction.present)
    )
    return union(
        select(col(Insight.ticket_id)).where(col(Insight.ticket_id).is_not(None)),
        select(col(Post.subject_id)).where(col(Post.shows) == shows, post.in_(reacted_to)),
        select(col(Correction.ticket_id)),
    )


def looked_at(session: Session, shows: str) -> tuple[int, dict[str, int], dict[str, int]]:
    """How many tickets people looked at, those of each feature, and those of each kind."""
    rows = _looked_at(shows).subquery()
    row = rows.c[0]
    total = 0
    kinds: Counter[str] = Counter()
    carried = (
        select(col(TicketFact.kinds), func.count())
        .join(rows, row == col(TicketFact.ticket_id))
        .group_by(col(TicketFact.kinds))
    )
    for mask, tickets in session.execute(carried):
        total += tickets
        kinds.update({kind: tickets for kind, bit in KIND_BITS.items() if mask & bit})
    about = (
        select(col(TicketFeature.feature_id), func.count().label("tickets"))
        .join(rows, row == col(TicketFeature.ticket_id))
        .group_by(col(TicketFeature.feature_id))
    )
    features = {row.feature_id: row.tickets for row in session.execute(about)}
    return total, features, dict(kinds)
