"""Tickets in: batches of drafts, read here or in other processes, one transaction each."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice

from sqlmodel import Session

from bot.reports import BadRow, IngestReport, TicketDraft
from bot.service import catalogue as catalogues
from bot.service import meaning, workers
from bot.service.context import Context
from bot.service.pipeline import Features, Reads, ReadTicket, redactor_for
from bot.voice.reading import features_of
from bot.voice.redact import redact_or_withhold
from storage import tickets as ticket_rows
from storage.engines import TICKETS
from storage.keys import Keys
from storage.values import NewTicket, Stored

BATCH = 500
LONGEST_BATCH = 4_000_000
"""Characters; a batch of long tickets has fewer of them, so that memory stays bounded."""
LOOK_AHEAD = 5_000
BAD_ROWS_KEPT = 100
IDS_KEPT = 500_000

_Key = tuple[str, str]


def ingest(
    context: Context,
    rows: Iterable[TicketDraft | BadRow],
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    *,
    processes: int | None = None,
) -> IngestReport:
    """Take in drafts; bad rows are counted and the first hundred kept.

    `progress` is told the number of rows stored so far. Each batch is a transaction of its own, so
    what was written before a crash stays, and the next run takes up the rest. Many rows are read in
    `processes` processes (None: one a core). Raises `KeyLost`, and `UserError` where one of the
    processes is killed.
    """
    stream = iter(rows)
    ahead = list(islice(stream, LOOK_AHEAD))
    with workers.reading(context.settings, len(ahead), processes) as reads:
        intake = _Intake(context, now, progress, reads)
        intake.prepare(ahead)
        stream = chain(ahead, stream)
        del ahead
        for row in stream:
            intake.take(row)
        intake.finish()
    return intake.report()


@dataclass(slots=True)
class _Batch:
    """Drafts by key, as they were when the row number `read` was the last one."""

    drafts: dict[_Key, TicketDraft] = field(default_factory=dict)
    size: int = 0
    read: int = 0


@dataclass(frozen=True, slots=True)
class _Sent:
    """A batch that is being read; `contents` has the hashes of the drafts that are read."""

    batch: _Batch
    contents: Mapping[_Key, str]
    features: Features
    tickets: Future[list[ReadTicket]]


class _Intake:
    """One ingest: gathers a batch, has it read, writes it, counts."""

    def __init__(
        self, context: Context, now: datetime, progress: Callable[[int], None], reads: Reads
    ) -> None:
        self.context = context
        self.now = now
        self.progress = progress
        self.reads = reads
        self.batch = _Batch()
        self.sent: deque[_Sent] = deque()
        self.bad: list[BadRow] = []
        self.seen: set[int] = set()
        self.read = self.new = self.changed = self.same = self.bad_count = self.repeated = 0
        with context.store.write() as session:
            self.keys: Keys = context.keys(session)
            meaning.use_model(session, context.encoder())

    def prepare(self, ahead: list[TicketDraft | BadRow]) -> None:
        """Make a catalogue of the first rows' tags where no person wrote one."""
        if not catalogues.is_written(self.context):
            drafts = [row for row in ahead if isinstance(row, TicketDraft)]
            tags = Counter(tag for draft in drafts for tag in self._safe_tags(draft))
            catalogues.extend_from_tags(self.context, tags, len(drafts))
        catalogues.rematch(self.context)

    def _safe_tags(self, draft: TicketDraft) -> set[str]:
        """The tags that hold nothing personal: only they may become names of features."""
        redactor = redactor_for(self.context.settings, draft.requester)
        return {t for t in draft.tags if redact_or_withhold(redactor, t, is_tag=True) == t}

    def take(self, row: TicketDraft | BadRow) -> None:
        self.read += 1
        if isinstance(row, BadRow):
            self.bad_count += 1
            if len(self.bad) < BAD_ROWS_KEPT:
                self.bad.append(row)
            return
        key = (row.source, row.external_id)
        self._note(key)
        drafts = self.batch.drafts
        if key in drafts:
            self.same += 1
            if _is_older(row, drafts[key].updated_at):
                return
        drafts[key] = row
        self.batch.size += len(row.body)
        if len(drafts) >= BATCH or self.batch.size >= LONGEST_BATCH:
            self._send()

    def _note(self, key: _Key) -> None:
        # Hashes do for a count, and a file may have millions of rows.
        mark = hash(key)
        self.repeated += mark in self.seen
        if len(self.seen) < IDS_KEPT:
            self.seen.add(mark)

    def finish(self) -> None:
        """Store all that was taken."""
        self._send()
        while self.sent:
            self._store(self.sent.popleft())

    def _send(self) -> None:
        """Have read what seems to have changed, outside of any transaction."""
        batch, self.batch = self.batch, _Batch()
        batch.read = self.read
        with self.context.store.read() as session:
            known = _known(session, batch.drafts)
            # A person may bring in another catalogue during a long ingest.
            features = catalogues.load(session).features
        contents = {key: self._content(draft) for key, draft in batch.drafts.items()}
        fresh = {
            key: content
            for key, content in contents.items()
            if _is_news(batch.drafts[key], content, known.get(key))
        }
        drafts = [batch.drafts[key] for key in fresh]
        self.sent.append(_Sent(batch, fresh, features, self.reads.read(features, drafts)))
        while len(self.sent) > self.reads.ahead:
            self._store(self.sent.popleft())

    def _store(self, sent: _Sent) -> None:
        tickets = sent.tickets.result()
        new: list[NewTicket] = []
        changed: list[tuple[int, NewTicket]] = []
        if tickets:
            with self.context.store.write(TICKETS) as session:
                tickets = _matched(session, sent.features, tickets)
                # Another batch or another ingest may have stored some of them meanwhile.
                known = _known(session, sent.contents)
                for (key, content), ticket in zip(sent.contents.items(), tickets, strict=True):
                    draft, stored = sent.batch.drafts[key], known.get(key)
                    if stored is None:
                        new.append(self._ticket(draft, content, ticket))
                    elif _is_news(draft, content, stored):
                        changed.append((stored.id, self._ticket(draft, content, ticket)))
                ticket_rows.add(session, new)
                ticket_rows.replace(session, changed)
        self.new += len(new)
        self.changed += len(changed)
        self.same += len(sent.batch.drafts) - len(new) - len(changed)
        self.progress(sent.batch.read)

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

    def _ticket(self, draft: TicketDraft, content: str, read: ReadTicket) -> NewTicket:
        customer = self.keys.customer(
            draft.source,
            draft.external_id,
            email=draft.requester.email,
            requester_id=draft.requester.id,
        )
        return NewTicket(
            source=draft.source,
            external_id=draft.external_id,
            created_at=draft.created_at,
            updated_at=draft.updated_at,
            stored_at=self.now,
            subject=read.subject,
            body=read.body,
            url=read.url,
            tags=read.tags,
            language=read.language,
            segment=read.segment,
            customer=customer.key,
            customer_known=customer.known,
            account=self.keys.account(draft.account),
            kinds=read.kinds,
            kinds_known=read.kinds_known,
            redactions=read.redactions,
            content_hash=content,
            quotes=read.quotes,
            features=read.features,
            vector=read.vector,
        )

    def report(self) -> IngestReport:
        notes = []
        if self.repeated:
            least = "at least " if len(self.seen) >= IDS_KEPT else ""
            rows = f"{least}{self.repeated} rows repeat an id of this file"
            notes.append(f"{rows}; the newest one counts")
        return IngestReport(
            read=self.read,
            new=self.new,
            changed=self.changed,
            same=self.same,
            bad_count=self.bad_count,
            bad=tuple(self.bad),
            notes=tuple(notes),
        )


def _known(session: Session, keys: Iterable[_Key]) -> dict[_Key, Stored]:
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    return {
        (source, external_id): value
        for source, ids in by_source.items()
        for external_id, value in ticket_rows.stored(session, source, ids).items()
    }


def _matched(session: Session, seen: Features, tickets: list[ReadTicket]) -> list[ReadTicket]:
    """The tickets with the features of the catalogue as it stands, whatever it was when read."""
    catalogue = catalogues.load(session)
    if catalogue.features == seen:
        return tickets
    return [replace(t, features=features_of(t.text, t.tags, catalogue)) for t in tickets]


def _is_news(draft: TicketDraft, content: str, stored: Stored | None) -> bool:
    """Whether a draft is new or says something else, and nothing older, than what is stored."""
    return stored is None or (
        stored.content_hash != content and not _is_older(draft, stored.updated_at)
    )


def _is_older(draft: TicketDraft, than: datetime | None) -> bool:
    return draft.updated_at is not None and than is not None and draft.updated_at < than
