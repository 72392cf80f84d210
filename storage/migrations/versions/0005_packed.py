"""Customers of a feature's day, and narrow rows packed: distinct customers and words, quickly."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_DAY = 86_400_000_000
_SIZE = 512
_FACT = struct.Struct("<qqB")


def upgrade() -> None:
    _add_customers()
    blocks = op.create_table(
        "ticket_block",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block"),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # Numbers that are as good as random do not get smaller, and cost time to unpack.
        op.execute("ALTER TABLE ticket_block ALTER COLUMN facts SET STORAGE EXTERNAL")
    for block in _blocks(connection):
        connection.execute(blocks.insert(), block)


def _blocks(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    facts = sa.text(
        "SELECT ticket_id, created_at, customer, kinds, customer_known FROM ticket_fact"
        " WHERE ticket_id >= :first AND ticket_id < :end"
    )
    last = connection.execute(sa.text("SELECT max(ticket_id) FROM ticket_fact")).scalar() or 0
    for block in range(last // _SIZE + 1):
        first = block * _SIZE
        packed = bytearray(_SIZE * _FACT.size)
        rows = connection.execute(facts, {"first": first, "end": first + _SIZE}).all()
        for row, at, customer, kinds, known in rows:
            flags = kinds | (64 if known else 0)
            _FACT.pack_into(packed, (row - first) * _FACT.size, at, customer, flags)
        if rows:
            yield {"block": block, "facts": bytes(packed)}


def _add_customers() -> None:
    op.add_column("feature_day", sa.Column("customers", sa.LargeBinary(), nullable=True))
    connection = op.get_bind()
    felt = sa.text(
        "SELECT created_at, customer FROM ticket_feature"
        " WHERE feature_id = :feature AND kinds & 15 <> 0"
    )
    put = sa.text(
        "UPDATE feature_day SET customers = :customers WHERE feature_id = :feature AND day = :day"
    )
    for feature in connection.execute(sa.text("SELECT id FROM feature")).scalars().all():
        days: dict[int, set[int]] = {}
        for at, customer in connection.execute(felt, {"feature": feature}):
            days.setdefault(at // _DAY, set()).add(customer)
        rows = [
            {"feature": feature, "day": day, "customers": _packed(customers)}
            for day, customers in days.items()
        ]
        if rows:
            connection.execute(put, rows)


def _packed(numbers: Iterable[int]) -> bytes:
    found = array("q", sorted(numbers))
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()
