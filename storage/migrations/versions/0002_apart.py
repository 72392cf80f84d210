"""Features are described; texts in scripts without spaces are searched by character."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.search import apart

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 1_000
_NEXT = sa.text("SELECT id, subject, body FROM ticket WHERE id > :row ORDER BY id LIMIT :most")


def upgrade() -> None:
    op.add_column(
        "feature", sa.Column("description", sa.String(), nullable=False, server_default="")
    )
    connection = op.get_bind()
    # On PostgreSQL nothing was ever indexed otherwise.
    if connection.dialect.name == "sqlite":
        _index_apart(connection)


def _index_apart(connection: sa.Connection) -> None:
    """Index anew the tickets whose words are now told apart otherwise, a batch at a time."""
    row = 0
    while batch := connection.execute(_NEXT, {"row": row, "most": _BATCH}).all():
        row = batch[-1][0]
        before = [tuple(ticket) for ticket in batch]
        after = [(id, apart(subject), apart(body)) for id, subject, body in batch]
        changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        if changed:
            connection.exec_driver_sql(
                "INSERT INTO ticket_fts(ticket_fts, rowid, subject, body) "
                "VALUES ('delete', ?, ?, ?)",
                [old for old, _ in changed],
            )
            connection.exec_driver_sql(
                "INSERT INTO ticket_fts(rowid, subject, body) VALUES (?, ?, ?)",
                [new for _, new in changed],
            )
