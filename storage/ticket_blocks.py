"""Narrow rows packed by 512, so that what matches some words is counted at once.

A word that one ticket in ten has matches tens of thousands, and to look up a row for each of them
takes an engine most of an answer. Their place in a block follows from their row. Blocks are kept in
the transaction that changes the rows, for which there is one writer at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Integer, Select, bindparam, select, type_coerce
from sqlmodel import Session

from storage import engines
from storage.chunks import chunks
from storage.columns import table_of
from storage.models import TicketBlock, TicketFact

SIZE: Final = 512
KNOWN_BIT: Final = 64
"""Beside the bits of kinds: the customer is known."""
PACKED: Final = np.dtype([("at", "<i8"), ("customer", "<i8"), ("kinds", "u1")])

Facts: TypeAlias = NDArray[Any]
"""An array of `PACKED`; rows without a ticket are zero."""
Rows: TypeAlias = NDArray[np.int64]

_block = table_of(TicketBlock).c
_fact = table_of(TicketFact).c


def distinct(numbers: NDArray[np.int64]) -> int:
    """How many different ones there are. `np.unique` hashes, and takes longer."""
    ordered = np.sort(numbers)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(len(ordered))


def of_rows(session: Session, rows: Rows) -> Facts:
    """The facts of these tickets, in that order."""
    if not len(rows):
        return np.zeros(0, PACKED)
    first, last = int(rows.min()) // SIZE, int(rows.max()) // SIZE
    found = _by_block(session, _between(), {"first": first, "last": last})
    nothing = bytes(SIZE * PACKED.itemsize)
    packed = b"".join([found.get(block, nothing) for block in range(first, last + 1)])
    facts: Facts = np.frombuffer(packed, PACKED)[rows - first * SIZE]
    return facts


def anew(session: Session, rows: Sequence[int]) -> Facts:
    """The same from the narrow rows."""
    packed: dict[int, tuple[int, int, int]] = {}
    for part in _parts(rows):
        for row, at, customer, kinds, known in session.execute(*_facts_of(part)):
            packed[row] = (at, customer, kinds | (KNOWN_BIT if known else 0))
    gone = (0, 0, 0)
    return np.array([packed.get(row, gone) for row in rows], PACKED)


def _parts(rows: Sequence[int]) -> Iterable[Sequence[int]]:
    """All at once where they follow each other, as new ones do."""
    return [rows] if _is_run(rows) else chunks(rows)


def _is_run(rows: Sequence[int]) -> bool:
    return bool(rows) and rows[-1] - rows[0] == len(rows) - 1


def _facts_of(rows: Sequence[int]) -> tuple[Select[Any], dict[str, Any]]:
    if _is_run(rows):
        return _facts(run=True), {"first": rows[0], "last": rows[-1]}
    return _facts(run=False), {"rows": list(rows)}


def refresh(session: Session, rows: Sequence[int]) -> None:
    """Pack these tickets anew, as their narrow rows are now; `rows` ascend."""
    for part in _parts(rows):
        facts, places = anew(session, part), np.array(part)
        blocks = np.unique(places // SIZE).tolist()
        kept = _by_block(session, _named(), {"blocks": blocks})
        fresh: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for block in blocks:
            within = places // SIZE == block
            packed = _block_of(kept.get(block))
            packed[places[within] % SIZE] = facts[within]
            row = {"block": block, "facts": packed.tobytes()}
            (changed if block in kept else fresh).append(row)
        engines.insert_many(session, TicketBlock, fresh)
        engines.update_many(session, TicketBlock, changed, keys=("block",))


def _by_block(session: Session, statement: Select[Any], values: dict[str, Any]) -> dict[int, bytes]:
    return {row.block: row.facts for row in session.execute(statement, values)}


def _block_of(packed: bytes | None) -> Facts:
    return np.zeros(SIZE, PACKED) if packed is None else np.frombuffer(packed, PACKED).copy()


@cache
def _between() -> Select[Any]:
    first, last = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
    return _packed().where(_block.block.between(first, last))


@cache
def _named() -> Select[Any]:
    return _packed().where(_block.block.in_(bindparam("blocks", expanding=True)))


def _packed() -> Select[Any]:
    return select(_block.block, _block.facts).execution_options(**{engines.PACKED: True})


@cache
def _facts(*, run: bool) -> Select[Any]:
    first, last = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
    return select(
        _fact.ticket_id,
        type_coerce(_fact.created_at, BigInteger),
        _fact.customer,
        _fact.kinds,
        type_coerce(_fact.customer_known, Integer),
    ).where(
        _fact.ticket_id.between(first, last)
        if run
        else _fact.ticket_id.in_(bindparam("rows", expanding=True))
    )
