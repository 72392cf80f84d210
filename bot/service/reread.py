"""Stored tickets read again when the rules, the model or the catalogue have changed.

From the newest ticket to the oldest, a batch a transaction: figures are those of the old reading
until a batch is done, and a reading that was killed goes on where it stood.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.errors import UserError
from bot.reports import RereadReport
from bot.semantic import Encoder
from bot.service import catalogue as catalogues
from bot.service import meaning, pipeline, rematch
from bot.service.context import Context
from bot.voice.features import Catalogue
from bot.voice.reading import already_safe, understand
from bot.voice.vectors import pack, unpack
from storage import meta, recount
from storage import reread as rows
from storage import tickets as ticket_rows
from storage import vectors as vector_rows
from storage.engines import TICKETS
from storage.values import Meant, QuoteValue, ToRead

BATCH = 250
BATCH_ON_THE_CLOCK = 50
Progress = Callable[[int, int], None]
"""Told how many tickets were read and how many there are."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far a reading of all tickets came: those before `row` are still to be read."""

    by: str
    row: int

    def written(self) -> str:
        return json.dumps({"by": self.by, "row": self.row})


def everything(context: Context, progress: Progress = lambda *_: None) -> RereadReport:
    """Read all tickets again, or go on with a reading that was broken off.

    Afterwards everything is counted anew, should a count not be what the tickets say.
    """
    encoder = context.encoder()
    with context.store.write() as session:
        meaning.use_model(session, encoder)
        reached = _reached(session, meaning.read_by(encoder)) or _begin(session, encoder)
    total, read, changed = reached.row - 1, 0, 0
    while True:
        done = _batch(context, encoder, BATCH)
        if done is None:
            break
        read, changed = read + done[0], changed + done[1]
        progress(read, total)
    with context.store.read() as session:
        wrong = next(recount.differences(session), None)
    if wrong is not None:
        _log.warning("counts were wrong and are made anew: %s", wrong)
        with context.store.write() as session:
            recount.mend(session)
    return RereadReport(read, changed)


def of_feature(
    context: Context, feature: str, progress: Progress = lambda *_: None
) -> RereadReport:
    """Match tickets that may have gained or lost a feature against the catalogue again.

    Those that have it, and those whose words or tags name it as it is now. Raises `UserError`.
    """
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        value = catalogue.by_id.get(feature)
        if value is None:
            raise UserError(f"There is no feature {feature!r}: see `earshot features list`.")
        found = rematch.candidates(session, catalogue, feature, ticket_rows.newest_row(session) + 1)
    done = changed = 0
    while done < len(found):
        with context.store.read() as session:
            catalogue = catalogues.load(session)
            tickets = rows.of(session, found[done : done + BATCH])
        read = [(ticket, catalogues.features_of(ticket, catalogue)) for ticket in tickets]
        with context.store.write(TICKETS) as session:
            if not catalogues.holds(session, catalogue):
                continue
            changed += rows.rematch(session, read)
        done = min(done + BATCH, len(found))
        progress(done, len(found))
    with context.store.write() as session:
        rematch.done(session, feature)
    return RereadReport(len(found), changed, value)


class Reread:
    """Reads all tickets again, a little at a time, when they were read by other rules than now's.

    A process without the model leaves alone what was read with it.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._is_done = False

    def run_one(self) -> bool:
        """Read some tickets again; False when there are none left."""
        if self._is_done:
            return False
        encoder = self._context.encoder()
        by = meaning.read_by(encoder)
        with self._context.store.read() as session:
            reached = _reached(session, by)
            is_due = reached is not None or _is_due(meta.get(session, meta.READING), by)
        if is_due and reached is None:
            with self._context.store.write() as session:
                meaning.use_model(session, encoder)
                if _reached(session, by) is None:
                    _begin(session, encoder)
            _log.info("the rules have changed: stored tickets are read again, the newest first")
        if is_due and _batch(self._context, encoder, BATCH_ON_THE_CLOCK) is not None:
            return True
        self._is_done = True
        return False


def _is_due(before: str | None, by: str) -> bool:
    """Whether `by` reads better than what tickets were read by before."""
    if before is None:
        return False
    (rules, _, model), (rules_now, _, model_now) = before.partition(" "), by.partition(" ")
    if model and not model_now:
        return False
    return int(rules_now) > int(rules) or (rules_now == rules and model_now != model)


def _reached(session: Session, by: str) -> _Reached | None:
    """How far a reading by these rules came that was broken off."""
    written = meta.get(session, meta.REREAD)
    reached = _Reached(**json.loads(written)) if written else None
    return reached if reached is not None and reached.by == by else None


def _begin(session: Session, encoder: Encoder | None) -> _Reached:
    reached = _Reached(meaning.read_by(encoder), ticket_rows.newest_row(session) + 1)
    meta.put(session, meta.REREAD, reached.written())
    return reached


def _batch(context: Context, encoder: Encoder | None, most: int) -> tuple[int, int] | None:
    """Read the next tickets: how many, and how many mean something else; None at the end.

    A batch that another process did meanwhile is not written again, nor one that was matched
    against a catalogue that has changed.
    """
    by = meaning.read_by(encoder)
    with context.store.read() as session:
        reached = _reached(session, by)
        if reached is None:
            return None
        catalogue = catalogues.load(session)
        tickets = rows.before(session, reached.row, most)
        read = list(zip(tickets, meant(session, encoder, catalogue, tickets), strict=True))
    changed = 0
    with context.store.write(TICKETS) as session:
        if _reached(session, by) != reached or not catalogues.holds(session, catalogue):
            return 0, 0
        if not tickets:
            meta.put(session, meta.REREAD, None)
            meta.put(session, meta.READING, by)
            return None
        changed = rows.write(session, read)
        meta.put(session, meta.REREAD, _Reached(by, tickets[-1].id).written())
    return len(tickets), changed


def meant(
    session: Session, encoder: Encoder | None, catalogue: Catalogue, tickets: Sequence[ToRead]
) -> list[Meant]:
    """What tickets mean; only those without a vector of this model are given to the encoder."""
    safe = [already_safe(t.subject, t.body, t.tags, t.meant.language) for t in tickets]
    known = {}
    if encoder is not None and vector_rows.model(session) == encoder.model:
        stored = vector_rows.of(session, [ticket.id for ticket in tickets])
        known = dict(zip(stored, unpack(list(stored.values())), strict=True))
    lacking = [s for t, s in zip(tickets, safe, strict=True) if t.id not in known]
    made = iter(pipeline.vectors_of(encoder, lacking))
    found = []
    for ticket, text in zip(tickets, safe, strict=True):
        is_new = ticket.id not in known
        vector = next(made) if is_new else known[ticket.id]
        reading = understand(text, catalogue, pipeline.for_kinds(encoder, vector))
        found.append(
            Meant(
                language=reading.language,
                kinds=tuple(reading.kinds),
                kinds_known=reading.kinds_known,
                quotes=tuple(QuoteValue(p.kind, p.text, p.score) for p in reading.passages),
                features=reading.features,
                clarity=reading.clarity,
                vector=pack(vector) if is_new and encoder is not None else None,
            )
        )
    return found
