"""Tickets in: what is new of them is read in batches, here or in other processes, and stored."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from time import monotonic

from bot.reports import BadRow, IngestReport, TicketDraft, TicketGone
from bot.service import catalogue as catalogues
from bot.service import meaning, source_removals, tag_features, workers
from bot.service.context import Context
from bot.service.masking import redactor_for
from bot.service.pipeline import Features, Reads, ReadTicket
from bot.service.storing import Key, ReadBatch, Storing, is_news, is_older, known_of
from bot.voice.redact import redact_or_withhold
from bot.voice.tokens import WITHHELD
from storage import disk, engines
from storage.keys import Keys

BATCH = 500
LONGEST_BATCH = 4_000_000
"""Characters; a batch of long tickets has fewer of them, so that memory stays bounded."""
LOOK_AHEAD = 5_000
LARGE_IMPORT = 10_000
"""New and changed tickets after which the database is to look at its tables again."""
BAD_ROWS_KEPT = 100
IDS_KEPT = 500_000
_log = logging.getLogger(__name__)


def ingest(
    context: Context,
    rows: Iterable[TicketDraft | TicketGone | BadRow],
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    *,
    processes: int | None = None,
    seconds: Callable[[], float] = monotonic,
) -> IngestReport:
    """Take in drafts; bad rows are counted and the first hundred kept.

    `progress` is told the number of rows stored so far. What was stored before a crash stays, and
    the next run takes up the rest. Many rows are read in `processes` processes (None: one a core).
    `seconds` is a clock that runs on. Raises `KeyLost`, and `UserError` where one of the processes
    is killed.
    """
    stream = iter(rows)
    ahead = list(islice(stream, LOOK_AHEAD))
    with workers.reading(context.settings, len(ahead), processes) as reads:
        intake = _Intake(context, now, progress, reads, seconds)
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

    drafts: dict[Key, TicketDraft] = field(default_factory=dict)
    size: int = 0
    read: int = 0


@dataclass(frozen=True, slots=True)
class _Sent:
    """A batch that is being read; `contents` has the hashes of the drafts that are read."""

    batch: _Batch
    contents: Mapping[Key, str]
    features: Features
    tickets: Future[list[ReadTicket]]


class _Intake:
    """One ingest: fills a batch, has it read, has what was read stored, counts."""

    def __init__(
        self,
        context: Context,
        now: datetime,
        progress: Callable[[int], None],
        reads: Reads,
        seconds: Callable[[], float],
    ) -> None:
        self.context = context
        self.now = now
        self.progress = progress
        self.reads = reads
        self.batch = _Batch()
        self.sent: deque[_Sent] = deque()
        self.bad: list[BadRow] = []
        self.made: list[str] = []
        self.gone: dict[Key, TicketGone] = {}
        self.removed = 0
        self.seen: set[int] = set()
        self.read = self.same = self.bad_count = self.repeated = self.withheld = 0
        with context.store.write() as session:
            self.keys: Keys = context.keys(session)
            meaning.use_model(session, context.encoder())
        self.storing = Storing(context, self.keys, now, seconds)

    def prepare(self, ahead: list[TicketDraft | TicketGone | BadRow]) -> None:
        """Make a catalogue of the first rows' tags where no person wrote one."""
        if not catalogues.is_written(self.context):
            drafts = [row for row in ahead if isinstance(row, TicketDraft)]
            tags = Counter(tag for draft in drafts for tag in self._safe_tags(draft))
            self.made = catalogues.extend_from_tags(self.context, tags, len(drafts))
        catalogues.rematch(self.context)

    def _safe_tags(self, draft: TicketDraft) -> set[str]:
        """The tags that hold nothing personal: only they may become names of features."""
        redactor = redactor_for(self.context.settings, draft.requester, draft.beside)
        return {t for t in draft.tags if redact_or_withhold(redactor, t, is_tag=True) == t}

    def take(self, row: TicketDraft | TicketGone | BadRow) -> None:
        self.read += 1
        if isinstance(row, BadRow):
            self.bad_count += 1
            if len(self.bad) < BAD_ROWS_KEPT:
                self.bad.append(row)
            return
        key = (row.source, row.external_id)
        self._note(key)
        drafts = self.batch.drafts
        if isinstance(row, TicketGone):
            self.gone[key] = row
            drafts.pop(key, None)
            return
        self.gone.pop(key, None)
        if key in drafts:
            self.same += 1
            if is_older(row, drafts[key].updated_at):
                return
        drafts[key] = row
        self.batch.size += len(row.body)
        if len(drafts) >= BATCH or self.batch.size >= LONGEST_BATCH:
            self._send()

    def _note(self, key: Key) -> None:
        # Hashes do for a count, and a file may have millions of rows.
        mark = hash(key)
        self.repeated += mark in self.seen
        if len(self.seen) < IDS_KEPT:
            self.seen.add(mark)

    def finish(self) -> None:
        """Store all that was taken."""
        self._send()
        while self.sent:
            self._gather(self.sent.popleft())
        self.storing.store()
        self.removed = source_removals.remove(self.context, self.keys, self.gone, self.now)
        if self._unmake() or self.removed or self.storing.redacted:
            disk.tidy(self.context.store)
        if self.storing.new + self.storing.changed >= LARGE_IMPORT:
            with self.context.store.write() as session:
                engines.look_at_tables(session)
        self.progress(self.read)

    def _unmake(self) -> bool:
        """Remove features made of tags that are kept away from here, or masked; whether any was."""
        if not self.made:
            return False
        with self.context.store.write(engines.CATALOGUE, engines.TICKETS) as session:
            return bool(tag_features.drop_unused(session, self.context, self.made, self.now))

    def _send(self) -> None:
        """Have read what seems to have changed, outside of any transaction."""
        batch, self.batch = self.batch, _Batch()
        batch.read = self.read
        with self.context.store.read() as session:
            known = known_of(session, batch.drafts)
            # A person may bring in another catalogue during a long ingest.
            features = catalogues.load(session).features
        contents = {key: self._content(draft) for key, draft in batch.drafts.items()}
        fresh = {
            key: content
            for key, content in contents.items()
            if is_news(batch.drafts[key], content, known.get(key))
        }
        drafts = [batch.drafts[key] for key in fresh]
        self.sent.append(_Sent(batch, fresh, features, self.reads.read(features, drafts)))
        while len(self.sent) > self.reads.ahead:
            self._gather(self.sent.popleft())

    def _gather(self, sent: _Sent) -> None:
        """Let what was read of a batch wait for the next transaction, and store if that is due."""
        drafts = [sent.batch.drafts[key] for key in sent.contents]
        self.same += len(sent.batch.drafts) - len(drafts)
        contents = list(sent.contents.values())
        tickets = sent.tickets.result()
        self._count_withheld(tickets)
        self.storing.add(ReadBatch(drafts, contents, tickets, sent.features))
        if self.storing.is_due:
            self.storing.store()
            self.progress(sent.batch.read)

    def _count_withheld(self, tickets: Sequence[ReadTicket]) -> None:
        """Tell of tickets that are stored without their text, and nothing of what is in them."""
        count = sum(WITHHELD in (read.subject, read.body, *read.tags) for read in tickets)
        if count:
            self.withheld += count
            _log.error(
                "redaction failed: what it failed on is withheld, in so many tickets: %d", count
            )

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
            # Who is masked in a text is part of what is stored of it.
            *(part for agent in draft.beside.agents for part in (agent.name, agent.email) if part),
            *draft.beside.organisations,
        )

    def report(self) -> IngestReport:
        notes = []
        if self.repeated:
            least = "at least " if len(self.seen) >= IDS_KEPT else ""
            rows = f"{least}{self.repeated} rows repeat an id of this file"
            notes.append(f"{rows}; the newest one counts")
        if self.withheld:
            tickets = f"{self.withheld} ticket{'s' * (self.withheld != 1)}"
            what = f"redaction failed on {tickets}"
            notes.append(f"{what}: what it failed on is not stored, and shown as withheld")
        away = self.storing.kept_away
        if away:
            were = "row was" if away == 1 else "rows were"
            notes.append(f"{away} {were} forgotten by request or deleted at the source: left out")
        return IngestReport(
            read=self.read,
            new=self.storing.new,
            changed=self.storing.changed,
            same=self.same + self.storing.same,
            bad_count=self.bad_count,
            bad=tuple(self.bad),
            notes=tuple(notes),
            removed=self.removed,
        )
