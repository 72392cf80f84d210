"""Tickets that tell what a current insight tells attach themselves to it, on the clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import insight_news
from bot.reports import Kind
from bot.service import cards, meaning, similar
from bot.service.context import Context
from bot.service.themes import story_of
from storage import engines, insight_lists, insight_moves, insight_tickets
from storage import insights as rows
from storage import tickets as ticket_rows
from storage.insight_tickets import ITSELF, Attached
from storage.values import InsightValue, TicketValue

LOCK: Final = "attaching"
BATCH: Final = 500
OTHERS: Final = 1_000
"""The newest tickets beside, as measured in `bench/attaching.py`."""
LOOKS_BACK: Final = timedelta(weeks=8)
"""Tickets written so long before an insight was made are looked at too: how long has it been?"""
EVERY: Final = timedelta(hours=24)
"""A thread is told of new tickets once in so long at the most."""


def attach_some(context: Context, now: datetime) -> bool:
    """Compare the next tickets with the insights that have not seen them; False if there are none.

    Any number of processes may: what one did the other finds done.
    """
    with context.store.read() as session:
        newest = ticket_rows.newest_row(session)
        if not insight_lists.has_unseen(session, newest):
            return False
        current = insight_lists.least_compared(session, similar.COMPARED)
        reached = min(value.looked_row or 0 for value in current)
        looking = [value for value in current if (value.looked_row or 0) == reached]
        since = min(value.created_at for value in looking) - LOOKS_BACK
        batch = ticket_rows.get(session, insight_tickets.rows_since(session, reached, since, BATCH))
        found = _found(session, context, current, batch, now)
    wanted = {value.id for value in looking}
    upto = batch[-1].id if len(batch) == BATCH else newest
    with context.store.write(engines.INSIGHTS, LOCK) as session:
        near = _still(session, [each for each in found if each.insight in wanted])
        made = insight_moves.attach(session, near)
        rows.looked(session, sorted(wanted), upto)
        for insight in sorted({each.insight for each in made}):
            cards.refresh(session, context, insight, now)
    return True


def _still(session: Session, found: Iterable[Attached]) -> list[Attached]:
    """What was found, for the insights that are open by now: a merged one's goes to the other."""
    wanted = [(each, rows.get(session, each.insight)) for each in found]
    standing = [(each, rows.standing(session, value)) for each, value in wanted if value]
    rows.hold_all(session, [value.id for _, value in standing])
    return [
        replace(each, insight=value.id)
        for each, value in standing
        if value.status in insight_lists.OPEN
    ]


def _found(
    session: Session,
    context: Context,
    values: Sequence[InsightValue],
    tickets: Sequence[TicketValue],
    now: datetime,
) -> list[Attached]:
    """Which of these tickets tell which insight."""
    if not tickets:
        return []
    from bot.voice.attaching import attached

    # Those that an insight has are no neighbours: a burst of one story must not keep itself away.
    others = ticket_rows.get(session, insight_tickets.without(session, OTHERS))
    vectors = meaning.kept(session, context, [ticket.id for ticket in (*tickets, *others)])
    told = similar.told_by(session, context, values)
    near = attached(
        told,
        [story_of(ticket, vectors) for ticket in tickets],
        [story_of(ticket, vectors) for ticket in others],
    )
    return [
        Attached(
            insight=value.id,
            ticket=ticket.id,
            how=ITSELF,
            by="",
            at=now,
            is_news=ticket.id > value.first_row,
            likeness=one.likeness,
        )
        for ticket, one in zip(tickets, near, strict=True)
        if one is not None and _may_tell(ticket, value := values[one.group])
    ]


def _may_tell(ticket: TicketValue, value: InsightValue) -> bool:
    """Whether a ticket is young enough, and praises where praise is told and not elsewhere."""
    kinds = set(ticket.kinds)
    praises = Kind.PRAISE.value in kinds
    fits = praises if value.kind == Kind.PRAISE else kinds != {Kind.PRAISE.value}
    return fits and ticket.created_at >= value.created_at - LOOKS_BACK


def tell_due(context: Context, team: str, now: datetime) -> bool:
    """Tell one thread of the tickets that have attached themselves; False if none is due."""
    with context.store.read() as session:
        if insight_lists.untold(session, team, now - EVERY) is None:
            return False
    with context.store.write(LOCK) as session:
        insight = insight_lists.untold(session, team, now - EVERY)
        value = rows.hold(session, insight) if insight is not None else None
        if value is None:
            return True
        message = insight_news.new_tickets(value.id, *insight_tickets.news(session, value.id))
        cards.reply(session, value, message, f"new:{now.isoformat()}", now)
        insight_tickets.no_news(session, value.id)
        rows.tell(session, value.id, now)
    return True
