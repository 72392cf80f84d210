"""What a source deletes or redacts goes here as well: the ticket, or the words, also from posts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from sqlmodel import Session

from bot.blocks.text import safe_url
from bot.reports import Deed, ShownTicket, TicketGone
from bot.service import audit, cards, erase, post_edits
from bot.service.context import Context
from bot.voice.own_words import OwnWords
from bot.voice.taken_back import taken_back
from storage import erasing, forgotten, lookup, meta
from storage import tickets as ticket_rows
from storage.keys import Keys
from storage.values import NewTicket

_ADDRESS: Final = ("http://", "https://")
Places = Mapping[tuple[str, str], TicketGone]
"""Deleted tickets, by source and number."""


def remove(context: Context, keys: Keys, gone: Places, now: datetime) -> int:
    """Remove tickets that their source has deleted; how many were stored.

    None comes back but one that its source has changed since. One that was changed after it was
    deleted, as far as the source says, stays.
    """
    removed = 0
    every = list(gone)
    for start in range(0, len(every), erase.BATCH):
        part = every[start : start + erase.BATCH]
        with context.store.write(*erase.LOCKS) as session:
            found = [key for key in part if not _is_newer(session, gone[key])]
            rows = [row for key in found if (row := _row(session, key)) is not None]
            tickets = post_edits.shown(session, rows)
            if tickets:
                erase.batch(context, session, tickets, erase.Why.SOURCE, now)
                about = f"deleted at the source, tickets: {len(tickets)}"
                audit.record(session, now, Deed.ERASED, about)
            for key in found:
                mark = keys.mark(forgotten.TICKET, *key)
                at = gone[key].updated_at or now
                forgotten.remember(session, forgotten.TICKET, [mark], at, by_source=True)
            removed += len(tickets)
    return removed


def _row(session: Session, key: tuple[str, str]) -> int | None:
    known = ticket_rows.stored(session, key[0], [key[1]]).get(key[1])
    return known.id if known else None


def _is_newer(session: Session, gone: TicketGone) -> bool:
    """Whether a ticket has changed at its source since that deleted it: it was restored."""
    known = ticket_rows.stored(session, gone.source, [gone.external_id]).get(gone.external_id)
    if known is None or known.updated_at is None or gone.updated_at is None:
        return False
    return known.updated_at > gone.updated_at


@dataclass(frozen=True, slots=True)
class Before:
    """What a ticket said before it changed, and what posts show beside that."""

    text: str
    url: str | None
    segment: str | None


def texts(session: Session, changed: Sequence[tuple[int, NewTicket]]) -> dict[int, Before]:
    """What changed tickets said so far, by row; to be asked before they are overwritten."""
    return {
        value.id: Before(f"{value.subject}\n{value.body}", value.url, value.segment)
        for value in ticket_rows.get(session, [row for row, _ in changed])
    }


def follow(
    context: Context,
    session: Session,
    before: Mapping[int, Before],
    changed: Iterable[tuple[int, NewTicket]],
    now: datetime,
) -> int:
    """Take what sources took back from tickets out of posts and titles; from how many tickets.

    The tickets are stored as they are now. In the caller's transaction, which holds `erase.LOCKS`.
    """
    lost = [one for row, ticket in changed if (one := _lost(session, before.get(row), row, ticket))]
    if not lost:
        return 0
    meta.count_removal(session)
    note = erase.REDACTED
    addresses = {unquote(url) for one in lost if (url := safe_url(one.url))}
    holds = OwnWords([text for one in lost for text in one.texts]).hold

    def masked(text: str) -> str:
        # The address that a button opens is asked for as well, whosever it is.
        is_other = text.startswith(_ADDRESS) and text not in addresses and not holds(text)
        return text if is_other else note

    post_edits.mask(session, lost, masked, now)
    erasing.from_digests(session, (), holds)
    erasing.from_alarms(session, (), holds)
    for insight in erasing.from_insights(session, holds, (), note):
        cards.refresh(session, context, insight, now)
    audit.record(session, now, Deed.ERASED, f"redacted at the source, tickets: {len(lost)}")
    return len(lost)


def _lost(
    session: Session, before: Before | None, row: int, ticket: NewTicket
) -> ShownTicket | None:
    """What a source took back of a ticket: sentences, its address, a segment no other is in.

    A column that an export left out looks the same as a segment that was taken back.
    """
    if before is None:
        return None
    said = taken_back(before.text, f"{ticket.subject}\n{ticket.body}")
    segment = before.segment
    if segment and not ticket.segment and not lookup.has_segment(session, segment):
        said = (*said, segment)
    url = before.url if ticket.url and taken_back(before.url or "", ticket.url) else None
    if not said and url is None:
        return None
    return ShownTicket(row, ticket.source, ticket.external_id, url, said)
