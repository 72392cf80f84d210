"""Tickets that were read wait to be stored together: a large transaction costs less for each.

Not too many and not too long, so that others who write wait for a fraction of a second, memory
stays bounded, and a crash costs little of what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.reports import Deed, TicketDraft
from bot.service import audit, erase, leak_masks, post_edits, source_removals
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.service.pipeline import Features, ReadTicket
from storage import forgotten
from storage import leaks as leak_rows
from storage import tickets as ticket_rows
from storage.keys import Keys
from storage.values import NewTicket, Stored

AT_ONCE = 5_000
"""Tickets that a transaction stores at most."""
CHANGED_AT_ONCE = 1_000
"""Of them, those that are written over others, which takes several times as long."""
MOST_CHARACTERS = 4_000_000
"""Of a transaction's tickets."""
LONGEST_WAIT = 1.0
"""Seconds after which what was read is stored, however little it is."""

Key = tuple[str, str]
"""A ticket's source and its id there."""


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """Drafts with what was read of them; `contents` are their hashes, in the same order.

    `features` are those of the catalogue that they were matched against.
    """

    drafts: Sequence[TicketDraft]
    contents: Sequence[str]
    tickets: Sequence[ReadTicket]
    features: Features


class Storing:
    """What waits to be stored, all matched against the same catalogue, and counts of what was."""

    def __init__(
        self, context: Context, keys: Keys, now: datetime, seconds: Callable[[], float]
    ) -> None:
        self.new = self.changed = self.same = self.kept_away = self.redacted = 0
        self._context = context
        self._keys = keys
        self._now = now
        self._seconds = seconds
        self._last = seconds()
        self._waiting: dict[Key, NewTicket] = {}
        self._features: Features = ()
        self._size = 0

    @property
    def is_due(self) -> bool:
        """Whether enough waits, or has waited for long enough."""
        return (
            len(self._waiting) >= AT_ONCE
            or self._size >= MOST_CHARACTERS
            or self._seconds() - self._last >= LONGEST_WAIT
        )

    def add(self, batch: ReadBatch) -> None:
        """Let tickets wait; of two of the same key the newer one stays."""
        if batch.features != self._features:
            self.store()
            self._features = batch.features
        for draft, content, read in zip(batch.drafts, batch.contents, batch.tickets, strict=True):
            key = (draft.source, draft.external_id)
            waiting = self._waiting.get(key)
            self.same += waiting is not None
            if is_news(draft, content, waiting):
                self._waiting[key] = self._ticket(draft, content, read)
                self._size += len(read.body)

    def store(self) -> None:
        """Store what waits, in one transaction, or more where much of it is changed."""
        waiting, self._waiting, self._size = self._waiting, {}, 0
        while waiting:
            with self._context.store.write(*erase.LOCKS) as session:
                waiting = self._store(session, waiting)
        self._last = self._seconds()

    def _store(self, session: Session, waiting: dict[Key, NewTicket]) -> dict[Key, NewTicket]:
        """Store new tickets, and as many changed ones as there is time for; returns the others."""
        # Another ingest may have stored some of them meanwhile.
        known = known_of(session, waiting)
        away = self._forgotten(session, waiting, known)
        self.kept_away += len(away)
        self._remove(session, [known[key].id for key in away if key in known])
        waiting = {key: ticket for key, ticket in waiting.items() if key not in away}
        new: list[NewTicket] = []
        changed: list[tuple[int, NewTicket]] = []
        left: dict[Key, NewTicket] = {}
        for key, ticket in _matched(session, self._features, waiting).items():
            stored = known.get(key)
            if stored is None:
                new.append(ticket)
            elif not is_news(ticket, ticket.content_hash, stored):
                self.same += 1
            elif len(changed) < CHANGED_AT_ONCE:
                changed.append((stored.id, ticket))
            else:
                left[key] = ticket
        ticket_rows.add(session, new)
        changed = self._masked(session, changed)
        before = source_removals.texts(session, changed)
        ticket_rows.replace(session, changed)
        context, now = self._context, self._now
        self.redacted += source_removals.follow(context, session, before, changed, now)
        self.new += len(new)
        self.changed += len(changed)
        return left

    def _masked(
        self, session: Session, changed: Sequence[tuple[int, NewTicket]]
    ) -> list[tuple[int, NewTicket]]:
        """Changed tickets without what people reported of them."""
        known = leak_rows.of(session, [row for row, _ in changed])
        if not known:
            return list(changed)
        catalogue = catalogues.load(session)
        reader = leak_masks.Reader(session, self._context.encoder(), catalogue)
        return [
            (row, leak_masks.again(reader, self._keys, ticket, known.get(row, ())))
            for row, ticket in changed
        ]

    def _forgotten(
        self, session: Session, waiting: Mapping[Key, NewTicket], known: Mapping[Key, Stored]
    ) -> set[Key]:
        """Those of these tickets that were forgotten, themselves or with who wrote them.

        One that is stored may have another customer by now, who was forgotten. Where its source
        deleted a stored one once, it has restored it since.
        """
        if not waiting or not forgotten.is_anything(session):
            return set()
        news = {
            key: one
            for key, one in waiting.items()
            if is_news(one, one.content_hash, known.get(key))
        }
        marks = {key: self._marks(one) for key, one in news.items()}
        asked = [each for of_one in marks.values() for each in of_one]
        found = forgotten.known(session, asked)

        def is_kept_away(key: Key, one: NewTicket) -> bool:
            of_one = [mark for each in marks[key] if (mark := found.get(each))]
            return any(
                mark.keeps_away(one.created_at, one.updated_at)
                for mark in of_one
                if not (mark.by_source and key in known)
            )

        return {key for key, one in news.items() if is_kept_away(key, one)}

    def _remove(self, session: Session, rows: Sequence[int]) -> None:
        """Remove stored tickets that are now those of a customer who was forgotten."""
        for start in range(0, len(rows), erase.BATCH):
            shown = post_edits.shown(session, rows[start : start + erase.BATCH])
            erase.batch(self._context, session, shown, erase.Why.REQUEST, self._now)
            about = f"written by who was forgotten, tickets: {len(shown)}"
            audit.record(session, self._now, Deed.ERASED, about)

    def _marks(self, ticket: NewTicket) -> list[str]:
        """What a ticket may have been forgotten by: itself, its customer, its account."""
        mark = self._keys.mark
        found = [mark(forgotten.TICKET, ticket.source, ticket.external_id)]
        found.append(mark(forgotten.CUSTOMER, ticket.customer))
        return [*found, mark(forgotten.ACCOUNT, ticket.account)] if ticket.account else found

    def _ticket(self, draft: TicketDraft, content: str, read: ReadTicket) -> NewTicket:
        customer = self._keys.customer(
            draft.source,
            draft.external_id,
            email=draft.requester.email,
            requester_id=draft.requester.id,
        )
        return NewTicket(
            source=draft.source,
            external_id=draft.external_id,
            # A clock that is ahead, or a time without its zone: a ticket of tomorrow would be too
            # new for today's digest and too old for the next.
            created_at=min(draft.created_at, self._now),
            updated_at=draft.updated_at,
            stored_at=self._now,
            subject=read.subject,
            body=read.body,
            url=read.url,
            tags=read.tags,
            language=read.language,
            segment=read.segment,
            customer=customer.key,
            customer_known=customer.known,
            account=self._keys.account(draft.account),
            kinds=read.kinds,
            kinds_known=read.kinds_known,
            redactions=read.redactions,
            content_hash=content,
            quotes=read.quotes,
            features=read.features,
            clarity=read.clarity,
            vector=read.vector,
        )


def _matched(
    session: Session, seen: Features, tickets: dict[Key, NewTicket]
) -> dict[Key, NewTicket]:
    """The tickets with the features of the catalogue as it stands, whatever it was when read."""
    catalogue = catalogues.load(session)
    if catalogue.features == seen:
        return tickets
    return {
        key: replace(ticket, features=catalogues.features_of(ticket, catalogue))
        for key, ticket in tickets.items()
    }


def known_of(session: Session, keys: Iterable[Key]) -> dict[Key, Stored]:
    """What is stored of tickets."""
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    return {
        (source, external_id): value
        for source, ids in by_source.items()
        for external_id, value in ticket_rows.stored(session, source, ids).items()
    }


def is_news(told: TicketDraft | NewTicket, content: str, known: Stored | NewTicket | None) -> bool:
    """Whether a ticket is new or says something else, and nothing older, than what is known."""
    return known is None or (known.content_hash != content and not is_older(told, known.updated_at))


def is_older(told: TicketDraft | NewTicket, than: datetime | None) -> bool:
    """Whether it says when it was updated, and that was before."""
    return told.updated_at is not None and than is not None and told.updated_at < than
