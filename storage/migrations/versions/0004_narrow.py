"""Narrow rows for every ticket, and tickets counted by the day.

Text and times of the wide rows become numbers in the narrow ones, a batch of tickets at a time;
everything else is copied and counted by the engine itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BATCH = 5_000
_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIGURES = {
    "tickets": "1",
    "friction": "CASE WHEN kinds & 15 <> 0 THEN 1 ELSE 0 END",
    "known": "CASE WHEN kinds & 15 <> 0 AND customer_known THEN 1 ELSE 0 END",
    "unknown": "CASE WHEN kinds & 32 <> 0 THEN 1 ELSE 0 END",
    "broken": "CASE WHEN kinds & 1 <> 0 THEN 1 ELSE 0 END",
    "confusing": "CASE WHEN kinds & 2 <> 0 THEN 1 ELSE 0 END",
    "unexpected": "CASE WHEN kinds & 4 <> 0 THEN 1 ELSE 0 END",
    "request": "CASE WHEN kinds & 8 <> 0 THEN 1 ELSE 0 END",
    "praise": "CASE WHEN kinds & 16 <> 0 THEN 1 ELSE 0 END",
}
# Rounded down, before 1970 too.
_DAY_OF_ROW = f"(created_at - ((created_at % {_DAY}) + {_DAY}) % {_DAY}) / {_DAY}"
_OLD = sa.table(
    "ticket",
    sa.column("id", sa.Integer),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("kinds", sa.Integer),
    sa.column("customer", sa.String),
    sa.column("customer_known", sa.Boolean),
    sa.column("segment", sa.String),
)


def upgrade() -> None:
    op.drop_index("ix_ticket_created", table_name="ticket")
    op.drop_index("ix_ticket_feature_window", table_name="ticket_feature")
    op.rename_table("ticket_feature", "ticket_feature_wide")
    facts = _make_tables()
    connection = op.get_bind()
    for batch in _tickets(connection):
        connection.execute(facts.insert(), batch)
    op.execute(
        "INSERT INTO ticket_feature (ticket_id, feature_id, position, created_at, kinds, customer,"
        " customer_known, segment) SELECT w.ticket_id, w.feature_id, w.position, f.created_at,"
        " f.kinds, f.customer, f.customer_known, f.segment"
        " FROM ticket_feature_wide w JOIN ticket_fact f ON f.ticket_id = w.ticket_id"
        " ORDER BY w.ticket_id, w.feature_id"
    )
    op.drop_table("ticket_feature_wide")
    op.create_index(
        "ix_ticket_fact_window", "ticket_fact", ["created_at", "ticket_id", "kinds"], unique=False
    )
    op.create_index(
        "ix_ticket_feature_window",
        "ticket_feature",
        [
            "feature_id",
            "created_at",
            "ticket_id",
            "kinds",
            "customer",
            "customer_known",
            "segment",
        ],
        unique=False,
    )
    _count_days()
    op.execute("INSERT INTO meta (key, value) VALUES ('catalogue', 'as of 0004')")
    # By rules that were not numbered yet: they are to be read again.
    op.execute("INSERT INTO meta (key, value) SELECT 'reading', '0' FROM ticket LIMIT 1")


def _make_tables() -> sa.Table:
    facts = op.create_table(
        "ticket_fact",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        *_narrow(),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    # SQLite 3.40 checks tables without row ids rightly only where their key comes first.
    op.create_table(
        "ticket_feature",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_narrow(),
        sa.ForeignKeyConstraint(["feature_id"], ["feature.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id", "feature_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ticket_day",
        *[sa.Column(name, sa.Integer(), nullable=False) for name in _FIGURES],
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lowest_row", sa.Integer(), nullable=False),
        sa.Column("highest_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "feature_day",
        sa.Column("feature_id", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in _FIGURES],
        sa.ForeignKeyConstraint(["feature_id"], ["feature.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feature_id", "day"),
        sqlite_with_rowid=False,
    )
    return facts


def _narrow() -> list[sa.Column[Any]]:
    return [
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("kinds", sa.Integer(), nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("customer_known", sa.Boolean(), nullable=False),
        sa.Column("segment", sa.String(), nullable=True),
    ]


def _tickets(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    row = 0
    while True:
        following = sa.select(_OLD).where(_OLD.c.id > row).order_by(_OLD.c.id).limit(_BATCH)
        batch = connection.execute(following).all()
        if not batch:
            return
        row = batch[-1].id
        yield [
            {
                "ticket_id": ticket.id,
                "created_at": _instant(ticket.created_at),
                "kinds": ticket.kinds,
                "customer": _number(ticket.customer),
                "customer_known": ticket.customer_known,
                "segment": ticket.segment,
            }
            for ticket in batch
        ]


def _instant(moment: datetime) -> int:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def _count_days() -> None:
    names = ", ".join(_FIGURES)
    sums = ", ".join(f"sum({figure})" for figure in _FIGURES.values())
    op.execute(
        f"INSERT INTO ticket_day (day, lowest_row, highest_row, {names})"
        f" SELECT {_DAY_OF_ROW}, min(ticket_id), max(ticket_id), {sums} FROM ticket_fact"
        f" GROUP BY {_DAY_OF_ROW}"
    )
    op.execute(
        f"INSERT INTO feature_day (feature_id, day, {names})"
        f" SELECT feature_id, {_DAY_OF_ROW}, {sums} FROM ticket_feature"
        f" GROUP BY feature_id, {_DAY_OF_ROW}"
    )
