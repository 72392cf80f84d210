"""What must not come back, and how far a request to forget came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("by_source", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("proof", sa.String()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_erasure_mark", "erasure", ["mark"])
