"""Tickets in: draft → clean → redact → features → kinds → quote → one upsert per batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain, islice

from bot.reports import BadRow, IngestReport, TicketDraft
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice.features import Catalogue
from bot.voice.reading import read
from storage import tickets as ticket_rows
from storage.keys import Keys
from storage.values import NewTicket, QuoteValue, Stored

BATCH = 500
LOOK_AHEAD = 5_000
BAD_ROWS_KEPT = 100


def ingest(
    context: Context,
    rows: Iterable[TicketDraft | BadRow],
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> IngestReport:
    """Take in drafts; bad rows are counted and the first hundred kept.

    `progress` is told the number of rows read so far. Each batch is a transaction of its own, so
    what was read before a crash stays, and the next run takes up the rest. Raises `KeyLost`.
    """
    intake = _Intake(context, now, progress)
    stream = iter(rows)
    ahead = list(islice(stream, LOOK_AHEAD))
    intake.prepare(ahead)
    for row in chain(ahead, stream):
        intake.take(row)
    intake.flush()
    return intake.report()


class _Intake:
    """One ingest: gathers a batch, writes it, counts."""

    def __init__(self, context: Context, now: datetime, progress: Callable[[int], None]) -> None:
        self.context = context
        self.now = now
        self.progress = progress
        self.catalogue = Catalogue([])
        self.batch: dict[tuple[str, str], TicketDraft] = {}
        self.bad: list[BadRow] = []
        self.read = self.new = self.changed = self.same = self.bad_count = self.repeated = 0
        with context.store.write() as session:
            self.keys: Keys = context.keys(session)

    def prepare(self, ahead: list[TicketDraft | BadRow]) -> None:
        """Make a catalogue of the first rows' tags where no person wrote one."""
        drafts = [row for row in ahead if isinstance(row, TicketDraft)]
        tags = Counter(tag for draft in drafts for tag in set(draft.tags))
        if catalogues.extend_from_tags(self.context, tags, len(drafts)):
            catalogues.rematch(self.context)
        with self.context.store.read() as session:
            self.catalogue = catalogues.load(session)

    def take(self, row: TicketDraft | BadRow) -> None:
        self.read += 1
        if isinstance(row, BadRow):
            self.bad_count += 1
            if len(self.bad) < BAD_ROWS_KEPT:
                self.bad.append(row)
            return
        key = (row.source, row.external_id)
        if key in self.batch:
            self.repeated += 1
            if _is_older(row, self.batch[key].updated_at):
                return
        self.batch[key] = row
        if len(self.batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Read what changed, outside of any transaction, then write it in one."""
        known = self._known()
        added: list[NewTicket] = []
        replaced: list[tuple[int, NewTicket]] = []
        for key, draft in self.batch.items():
            stored = known.get(key)
            content = self._content(draft)
            if stored and (stored.content_hash == content or _is_older(draft, stored.updated_at)):
                continue
            ticket = self._read(draft, content)
            if stored:
                replaced.append((stored.id, ticket))
            else:
                added.append(ticket)
        if added or replaced:
            with self.context.store.write() as session:
                ticket_rows.add(session, added)
                ticket_rows.replace(session, replaced)
        self.new += len(added)
        self.changed += len(replaced)
        self.same += len(self.batch) - len(added) - len(replaced)
        self.batch.clear()
        self.progress(self.read)

    def _known(self) -> dict[tuple[str, str], Stored]:
        known: dict[tuple[str, str], Stored] = {}
        with self.context.store.read() as session:
            for source in {source for source, _ in self.batch}:
                ids = [external_id for of, external_id in self.batch if of == source]
                for external_id, value in ticket_rows.stored(session, source, ids).items():
                    known[source, external_id] = value
        return known

    def _content(self, draft: TicketDraft) -> str:
        requester = draft.requester
        return self.keys.content(
            draft.created_at.isoformat(),
            draft.subject,
            draft.body,
            draft.url or "",
            draft.account or "",
            draft.segment or "",
            draft.language or "",
            *(part or "" for part in (requester.id, requester.name, requester.email)),
            requester.phone or "",
            *draft.tags,
        )

    def _read(self, draft: TicketDraft, content: str) -> NewTicket:
        settings = self.context.settings
        found = read(
            draft.subject,
            draft.body,
            tags=draft.tags,
            requester=draft.requester,
            catalogue=self.catalogue,
            regions=settings.phone_regions,
            own_domains=settings.own_domains,
            language=draft.language,
        )
        customer = self.keys.customer(
            draft.source,
            draft.external_id,
            email=draft.requester.email,
            requester_id=draft.requester.id,
        )
        reading = found.reading
        return NewTicket(
            source=draft.source,
            external_id=draft.external_id,
            created_at=draft.created_at,
            updated_at=draft.updated_at,
            stored_at=self.now,
            subject=found.subject,
            body=found.body,
            url=draft.url,
            tags=found.tags,
            language=reading.language,
            segment=draft.segment,
            customer=customer.key,
            customer_known=customer.known,
            account=self.keys.account(draft.account),
            kinds=tuple(reading.kinds),
            kinds_known=reading.kinds_known,
            redactions=len(reading.redactions),
            content_hash=content,
            quotes=tuple(QuoteValue(p.kind, p.text, p.score) for p in reading.passages),
            features=reading.features,
        )

    def report(self) -> IngestReport:
        notes = []
        if self.repeated:
            notes.append(f"{self.repeated} rows repeat an id of this file; the newest one counts")
        return IngestReport(
            read=self.read,
            new=self.new,
            changed=self.changed,
            same=self.same + self.repeated,
            bad_count=self.bad_count,
            bad=tuple(self.bad),
            notes=tuple(notes),
        )


def _is_older(draft: TicketDraft, than: datetime | None) -> bool:
    return draft.updated_at is not None and than is not None and draft.updated_at < than
