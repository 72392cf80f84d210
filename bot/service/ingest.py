"""Tickets in: draft → clean → redact → meaning → features, kinds, quote → one upsert a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from sqlmodel import Session

from bot.reports import BadRow, IngestReport, Requester, TicketDraft
from bot.service import catalogue as catalogues
from bot.service import meaning
from bot.service.context import Context
from bot.voice.features import Catalogue
from bot.voice.reading import SafeTicket, make_safe, understand
from bot.voice.redact import Redactor, redact_or_withhold
from bot.voice.vectors import pack
from storage import tickets as ticket_rows
from storage.engines import TICKETS
from storage.keys import Keys
from storage.values import NewTicket, QuoteValue, Stored

if TYPE_CHECKING:
    from bot.voice.vectors import Vector

BATCH = 500
LOOK_AHEAD = 5_000
BAD_ROWS_KEPT = 100

_Key = tuple[str, str]


def ingest(
    context: Context,
    rows: Iterable[TicketDraft | BadRow],
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> IngestReport:
    """Take in drafts; bad rows are counted and the first hundred kept.

    `progress` is told the number of rows read so far. Each batch is a transaction of its own, so
    what was written before a crash stays, and the next run takes up the rest. Raises `KeyLost`.
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
        self.batch: dict[_Key, TicketDraft] = {}
        self.impersonal: dict[str, bool] = {}
        self.bad: list[BadRow] = []
        self.seen: set[int] = set()
        self.read = self.new = self.changed = self.same = self.bad_count = 0
        self.repeated = self.replaced_in_batch = 0
        self.encoder = context.encoder()
        with context.store.write() as session:
            self.keys: Keys = context.keys(session)
            meaning.use_model(session, self.encoder)

    def prepare(self, ahead: list[TicketDraft | BadRow]) -> None:
        """Make a catalogue of the first rows' tags where no person wrote one."""
        if not catalogues.is_written(self.context):
            drafts = [row for row in ahead if isinstance(row, TicketDraft)]
            tags = Counter(tag for draft in drafts for tag in self._safe_tags(draft))
            catalogues.extend_from_tags(self.context, tags, len(drafts))
        catalogues.rematch(self.context)

    def _safe_tags(self, draft: TicketDraft) -> set[str]:
        """The tags that hold nothing personal: only they may become names of features."""
        redactor = self._redactor(draft.requester)
        return {
            tag
            for tag in draft.tags
            if self._is_impersonal(tag)
            and (draft.requester == Requester() or redact_or_withhold(redactor, tag) == tag)
        }

    def _is_impersonal(self, tag: str) -> bool:
        if tag not in self.impersonal:
            redacted = redact_or_withhold(self._redactor(Requester()), tag)
            self.impersonal[tag] = redacted == tag
        return self.impersonal[tag]

    def _redactor(self, requester: Requester) -> Redactor:
        settings = self.context.settings
        return Redactor(requester, regions=settings.phone_regions, own_domains=settings.own_domains)

    def take(self, row: TicketDraft | BadRow) -> None:
        self.read += 1
        if isinstance(row, BadRow):
            self.bad_count += 1
            if len(self.bad) < BAD_ROWS_KEPT:
                self.bad.append(row)
            return
        key = (row.source, row.external_id)
        # Hashes do for a count, and a file may have millions of rows.
        self.repeated += hash(key) in self.seen
        self.seen.add(hash(key))
        if key in self.batch:
            self.replaced_in_batch += 1
            if _is_older(row, self.batch[key].updated_at):
                return
        self.batch[key] = row
        if len(self.batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Read what changed, outside of any transaction, then write it in one."""
        with self.context.store.read() as session:
            known = _known(session, self.batch)
            # A person may bring in another catalogue during a long ingest.
            self.catalogue = catalogues.load(session)
        fresh = self._fresh(known)
        if fresh:
            with self.context.store.write(TICKETS) as session:
                # Another ingest may have stored some of them meanwhile.
                known = _known(session, fresh)
                ticket_rows.add(session, [t for key, t in fresh.items() if key not in known])
                ticket_rows.replace(
                    session, [(known[key].id, t) for key, t in fresh.items() if key in known]
                )
            changed = len(fresh.keys() & known.keys())
            self.new += len(fresh) - changed
            self.changed += changed
        self.same += len(self.batch) - len(fresh)
        self.batch.clear()
        self.progress(self.read)

    def _fresh(self, known: Mapping[_Key, Stored]) -> dict[_Key, NewTicket]:
        """The tickets of the batch that are new or say something else than the stored ones."""
        contents: dict[_Key, str] = {}
        for key, draft in self.batch.items():
            stored = known.get(key)
            content = self._content(draft)
            if stored and (stored.content_hash == content or _is_older(draft, stored.updated_at)):
                continue
            contents[key] = content
        safe = [self._safe(self.batch[key]) for key in contents]
        vectors = meaning.vectors_of(self.encoder, safe)
        return {
            key: self._read(self.batch[key], contents[key], ticket, vector)
            for key, ticket, vector in zip(contents, safe, vectors, strict=True)
        }

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

    def _safe(self, draft: TicketDraft) -> SafeTicket:
        settings = self.context.settings
        return make_safe(
            draft.subject,
            draft.body,
            tags=draft.tags,
            requester=draft.requester,
            regions=settings.phone_regions,
            own_domains=settings.own_domains,
            language=draft.language,
        )

    def _read(
        self, draft: TicketDraft, content: str, safe: SafeTicket, vector: Vector | None
    ) -> NewTicket:
        reading = understand(safe, self.catalogue, meaning.for_kinds(self.encoder, vector))
        customer = self.keys.customer(
            draft.source,
            draft.external_id,
            email=draft.requester.email,
            requester_id=draft.requester.id,
        )
        redactor = self._redactor(draft.requester)
        return NewTicket(
            source=draft.source,
            external_id=draft.external_id,
            created_at=draft.created_at,
            updated_at=draft.updated_at,
            stored_at=self.now,
            subject=safe.subject,
            body=safe.body,
            url=_unless_personal(redactor, draft.url),
            tags=safe.tags,
            language=reading.language,
            segment=_unless_personal(redactor, draft.segment),
            customer=customer.key,
            customer_known=customer.known,
            account=self.keys.account(draft.account),
            kinds=tuple(reading.kinds),
            kinds_known=reading.kinds_known,
            redactions=len(reading.redactions),
            content_hash=content,
            quotes=tuple(QuoteValue(p.kind, p.text, p.score) for p in reading.passages),
            features=reading.features,
            vector=None if self.encoder is None else pack(vector),
        )

    def report(self) -> IngestReport:
        notes = []
        if self.repeated:
            notes.append(f"{self.repeated} rows repeat an id of this file; the newest one counts")
        return IngestReport(
            read=self.read,
            new=self.new,
            changed=self.changed,
            same=self.same + self.replaced_in_batch,
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


def _unless_personal(redactor: Redactor, value: str | None) -> str | None:
    """A value that is no text to mask in: kept as it is, or not at all."""
    return value if value and redact_or_withhold(redactor, value) == value else None


def _is_older(draft: TicketDraft, than: datetime | None) -> bool:
    return draft.updated_at is not None and than is not None and draft.updated_at < than
