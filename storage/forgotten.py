"""What was forgotten and must not come back, and how far each request to forget came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, exists, func, select, update
from sqlmodel import Session, col

from storage import engines
from storage.chunks import chunks
from storage.models import Erasure, Forgotten

TICKET: Final = "ticket"
CUSTOMER: Final = "customer"
ACCOUNT: Final = "account"
HOLDS, IN_FILES, IN_ROWS = "holds", "in files", "in rows"
"""What a proof can say: nothing is left, leftovers of rows may be in files, rows have some."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was forgotten: what, since when, and whether its source deleted it."""

    what: str
    at: datetime
    by_source: bool

    def keeps_away(self, written: datetime, updated: datetime | None) -> bool:
        """Whether a ticket with this mark stays away.

        One that was forgotten does; of a customer or an account those do that were written before;
        and one that its source deleted does, unless it has changed there since.
        """
        if self.by_source:
            return updated is None or updated <= self.at
        return self.what == TICKET or written <= self.at


@dataclass(frozen=True, slots=True)
class ErasureValue:
    """A request to forget; `finished_at` is None while it is not done."""

    id: int
    begun_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    proof: str | None


def remember(
    session: Session, what: str, marks: Iterable[str], now: datetime, *, by_source: bool = False
) -> None:
    """Let nothing of these come back. A request of a person outlasts what a source says."""
    for mark in sorted(set(marks)):
        row = {"mark": mark, "what": what, "by_source": by_source, "at": now}
        if by_source:
            known = (col(Forgotten.by_source).is_(True), col(Forgotten.at) < now)
            statement = engines.insert(session, Forgotten).values(**row)
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=["mark"], set_={"at": now}, where=and_(*known)
                )
            )
        else:
            engines.upsert(session, Forgotten, row)


def is_anything(session: Session) -> bool:
    """Whether anything was ever forgotten."""
    return bool(session.execute(select(exists(select(col(Forgotten.mark))))).scalar_one())


def known(session: Session, marks: Sequence[str]) -> dict[str, Mark]:
    """Those of these marks that were forgotten."""
    found: dict[str, Mark] = {}
    for chunk in chunks(marks):
        columns = (Forgotten.mark, Forgotten.what, Forgotten.at, Forgotten.by_source)
        statement = select(*map(col, columns)).where(col(Forgotten.mark).in_(chunk))
        found.update({mark: Mark(*rest) for mark, *rest in session.execute(statement)})
    return found


def last_request(session: Session, mark: str) -> ErasureValue | None:
    """The last request to forget this; None where there was none."""
    statement = select(Erasure).where(col(Erasure.mark) == mark).order_by(col(Erasure.id).desc())
    row = session.execute(statement.limit(1)).scalars().first()
    return None if row is None else _value(row)


def begin(session: Session, mark: str, now: datetime) -> ErasureValue:
    """Take up the request that is not done, or begin one."""
    open_one = last_request(session, mark)
    if open_one is not None and open_one.finished_at is None:
        return open_one
    row = Erasure(mark=mark, begun_at=now, counts={})
    session.add(row)
    session.flush()
    return _value(row)


def count(session: Session, erasure: int, counts: Mapping[str, int]) -> None:
    """Add to what is gone."""
    row = session.get_one(Erasure, erasure, populate_existing=True)
    summed = dict(row.counts)
    for sort, number in counts.items():
        summed[sort] = summed.get(sort, 0) + number
    row.counts = summed
    session.flush()


def finish(session: Session, erasure: int, now: datetime) -> bool:
    """A request is done; False where it was before."""
    done = session.execute(
        update(Erasure)
        .where(col(Erasure.id) == erasure, col(Erasure.finished_at).is_(None))
        .values(finished_at=now)
        .returning(col(Erasure.id))
    )
    return done.first() is not None


def keep_proof(session: Session, erasure: int, proof: str) -> None:
    """Keep what the search for a request's words said: later nobody knows them."""
    session.execute(update(Erasure).where(col(Erasure.id) == erasure).values(proof=proof))


def is_unproved(session: Session, mark: str) -> bool:
    """Whether a request to forget this was done without a proof that holds."""
    proof = func.coalesce(col(Erasure.proof), "")
    done = (col(Erasure.mark) == mark, col(Erasure.finished_at).is_not(None))
    return bool(session.execute(select(exists().where(*done, proof != HOLDS))).scalar_one())


def get(session: Session, erasure: int) -> ErasureValue:
    return _value(session.get_one(Erasure, erasure, populate_existing=True))


def _value(row: Erasure) -> ErasureValue:
    return ErasureValue(row.id or 0, row.begun_at, row.finished_at, dict(row.counts), row.proof)
