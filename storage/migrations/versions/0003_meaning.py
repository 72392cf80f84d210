"""Vectors of what tickets mean, and a bit for tickets whose kinds cannot be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNKNOWN_BIT = 32


def upgrade() -> None:
    op.create_table(
        "ticket_vector",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    op.execute(f"UPDATE ticket SET kinds = kinds | {UNKNOWN_BIT} WHERE NOT kinds_known")
    op.execute(
        f"UPDATE ticket_feature SET kinds = kinds | {UNKNOWN_BIT} WHERE ticket_id IN "
        "(SELECT id FROM ticket WHERE NOT kinds_known)"
    )
