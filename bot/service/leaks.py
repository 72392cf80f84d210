"""A person reports that something personal of a ticket is still there to be read.

It is masked at once wherever the ticket's words stand, and remembered by a keyed hash, so that it
stays masked when the ticket comes in again. The words themselves are kept nowhere: they are in no
row, no log, no modal and no message.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from sqlmodel import Session

from bot.errors import KeyLost, NotFound, UserError
from bot.reports import Deed, LeakReport, LeakRequest, ShownTicket
from bot.service import audit, erase, leak_masks, post_edits, tag_features, tickets
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice.leak import Words, find, in_text, is_identifying, said, token_for, wanted
from storage import disk, meta
from storage import leaks as rows
from storage import tickets as ticket_rows
from storage.keys import Keys
from storage.leaks import LeakValue
from storage.values import NewTicket

MOST_OTHERS: Final = 50
"""Other tickets in which the same words are masked at once; above, they tell nobody from others."""
FEW: Final = 3
"""So many others are masked at once even if these are more than a tenth of all tickets."""

_log = logging.getLogger(__name__)


class _Masking:
    """Masks in one transaction, and counts."""

    def __init__(self, session: Session, context: Context, now: datetime) -> None:
        self.places = self.tickets = self.posts = 0
        self.insights: set[int] = set()
        self._session, self._context, self._now = session, context, now
        self._reader = leak_masks.Reader(session, context.encoder(), catalogues.load(session))

    def mask(self, row: int, ticket: NewTicket, words: tuple[Words, ...]) -> None:
        """Mask words, or the whole text where there are none, wherever a ticket is told of."""
        if words:
            made, places = leak_masks.without(ticket, [wanted(each) for each in words])
        else:
            made, places = leak_masks.withheld(ticket), 1
        if made == ticket:
            return
        meta.count_removal(self._session)
        shown = post_edits.shown(self._session, [row])
        rows.write(self._session, row, leak_masks.as_reported(self._reader.read(made)))
        masked_tags = set(ticket.tags) - set(made.tags)
        tag_features.tidy(self._session, self._context, masked_tags, self._now)
        self.places += places
        self.tickets += 1
        self._mask_beside(shown, ticket, words)

    def _mask_beside(
        self, shown: Sequence[ShownTicket], ticket: NewTicket, words: tuple[Words, ...]
    ) -> None:
        """Mask what insights, alarms and messages have of it."""
        if words:
            shown = [replace(each, texts=(*each.texts, *_filed(ticket))) for each in shown]
        out = leak_masks.Out(
            words,
            token_for(ticket.subject, ticket.body, *ticket.tags),
            post_edits.own_words(self._session, shown),
        )
        numbers = [each.key for each in shown]
        insights = rows.insights_of(self._session, numbers)
        changed = rows.mask_insights(self._session, insights, out.of_title)
        others = rows.insights_but(self._session, insights)
        changed += rows.mask_insights(self._session, others, out.of_others)
        self.insights.update(insight for insight, _ in changed)
        told = [text for _, text in changed]
        told += rows.mask_digests(self._session, numbers, out.of_title)
        told += rows.mask_alarms(self._session, numbers, out.of_title, out.has if words else None)
        everywhere = [replace(each, texts=(*each.texts, *told)) for each in shown]
        pieces = {piece for each in everywhere for piece in out.pieces(each.texts)}
        if ticket.url and out.of_title(unquote(ticket.url)) != ticket.url:
            pieces.add(ticket.url)
        if pieces:
            done = post_edits.mask(self._session, everywhere, out.of_post, self._now, saying=pieces)
            self.posts += done.edits

    def report(self, ticket: int, ticket_id: str) -> LeakReport:
        """What was masked."""
        return LeakReport(
            ticket=ticket,
            ticket_id=ticket_id,
            places=self.places,
            tickets=self.tickets,
            posts=self.posts,
            insights=len(self.insights),
        )


def row_of(context: Context, ticket: str, source: str | None) -> int:
    """The row of a ticket that is named by its id or address. Raises `NotFound`."""
    with context.store.read() as session:
        found = tickets.named(session, catalogues.load(session), ticket, source)
    if found is None:
        raise NotFound(f"There is no ticket {ticket!r}.")
    return found.key


def report(
    context: Context, request: LeakRequest, now: datetime, *, by: str, team: str = ""
) -> LeakReport:
    """Mask what leaked of a ticket.

    Raises `NotFound` where it is gone, and `UserError` where there would be nothing to mask.
    """
    row = request.ticket
    with context.store.write(*erase.LOCKS) as session:
        ticket = _ticket(session, row)
        words = () if request.is_whole else _found(ticket, request.said)
        masking = _Masking(session, context, now)
        masking.mask(row, ticket, words)
        keys = _keys(session, context)
        offered = _others(session, row, words) if keys is not None else {}
        for leak in _to_remember(row, words, keys, offered):
            rows.add(session, leak, now)
        _record(session, now, row, by, team)
    _log.info("a leak was reported in ticket %s and masked", row)
    return replace(
        masking.report(row, ticket.external_id),
        is_whole=request.is_whole,
        offered=len({other for found in offered.values() for other in found}),
        is_common=bool(words) and not any(map(is_identifying, words)),
    )


def mask_offered(
    context: Context, ticket: int, now: datetime, *, by: str, team: str = ""
) -> LeakReport:
    """Mask the same words in the other tickets that were found to hold them. Raises `NotFound`."""
    with context.store.write(*erase.LOCKS) as session:
        first = _ticket(session, ticket)
        keys, masking = context.keys(session), _Masking(session, context, now)
        for leak in rows.of(session, [ticket]).get(ticket, []):
            sought = leak_masks.known_by(keys, leak)
            for row in leak.offered:
                other = rows.ticket(session, row)
                # Not kept, but the other ticket still has them.
                words = next(find(texts_of(other), sought), None) if other else None
                if other is not None and words is not None:
                    masking.mask(row, other, (words,))
                    rows.add(session, replace(leak, ticket_id=row, offered=()), now, is_copy=True)
                    _record(session, now, row, by, team)
        rows.decided(session, ticket)
    return masking.report(ticket, first.external_id)


def tidy(context: Context) -> None:
    """Get rid of what the database's files keep of the texts as they were; it may take a while."""
    disk.tidy(context.store)


def texts_of(ticket: NewTicket) -> tuple[str, ...]:
    """All that is shown of a ticket."""
    return ticket.subject, ticket.body, *_filed(ticket)


def _filed(ticket: NewTicket) -> list[str]:
    """What its help desk filed it under, and its address, which posts show beside its text."""
    filed = (*ticket.tags, ticket.segment, ticket.url and unquote(ticket.url))
    return [text for text in filed if text]


def _ticket(session: Session, row: int) -> NewTicket:
    found = rows.ticket(session, row)
    if found is None:
        raise NotFound("This ticket is no longer stored.")
    return found


def _found(ticket: NewTicket, typed: str) -> tuple[Words, ...]:
    """What of the ticket a person means. Raises `UserError` where nothing of it is there."""
    wanted_lines = said(typed)
    if not wanted_lines:
        raise UserError("Type the words that should not be seen, or withhold the whole text.")
    found = []
    for words in wanted_lines:
        there = dict.fromkeys(run for text in texts_of(ticket) for run in in_text(text, words))
        if not there:
            raise UserError(
                "Not all of these words stand in the ticket. Copy them from its text, what belongs "
                "together on one line, or withhold the whole text."
            )
        found += list(there)
    return tuple(dict.fromkeys(found))


def _others(session: Session, ticket: int, words: Sequence[Words]) -> dict[Words, list[int]]:
    """Other tickets with the same words, where those tell somebody from others."""
    found = {}
    few = min(MOST_OTHERS, max(FEW, ticket_rows.total(session) // 10))
    for each in words:
        there = rows.saying(session, " ".join(each), ticket, MOST_OTHERS + 1)
        if is_identifying(each) and 0 < len(there) <= few:
            found[each] = there
    return found


def _to_remember(
    ticket: int, words: Sequence[Words], keys: Keys | None, offered: Mapping[Words, Sequence[int]]
) -> list[LeakValue]:
    """What leaked as hashes; without the key, that the whole text is withheld from now on."""
    if not words or keys is None:
        return [LeakValue(ticket, None, 0, ())]
    return [
        LeakValue(ticket, keys.leak(" ".join(each)), len(each), tuple(offered.get(each, ())))
        for each in words
    ]


def _record(session: Session, now: datetime, ticket: int, by: str, team: str) -> None:
    audit.record(session, now, Deed.LEAK_REPORTED, f"ticket {ticket}", by=by, team=team)


def _keys(session: Session, context: Context) -> Keys | None:
    try:
        return context.keys(session)
    except KeyLost:
        return None
