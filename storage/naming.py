"""How many tickets a name would be found in, before it is made one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from storage import search
from storage.figures import MOST_HITS
from storage.models import TicketFact, TicketFeature


def said(
    session: Session, name: str, feature: str, since: datetime, until: datetime
) -> tuple[int, int]:
    """Tickets of a window that say a name word for word, and those of them about a feature.

    Looks at the newest `MOST_HITS` that say it.
    """
    phrase = '"' + name.replace('"', " ") + '"'
    sought = search.within(session, phrase, since, until, MOST_HITS)
    if sought is None:
        return 0, 0
    hits = search.asked_hits(newest=True).subquery()
    about = (col(TicketFeature.ticket_id) == hits.c.ticket_id) & (
        col(TicketFeature.feature_id) == feature
    )
    statement = (
        select(func.count(), func.count(col(TicketFeature.feature_id)))
        .select_from(hits)
        .join(TicketFact, col(TicketFact.ticket_id) == hits.c.ticket_id)
        .outerjoin(TicketFeature, about)
        .where(col(TicketFact.created_at) >= since, col(TicketFact.created_at) < until)
    )
    tickets, already = session.execute(statement, sought).one()
    return tickets, already
