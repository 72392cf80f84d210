"""Which tickets tell the same as one that a digest shows, so that their number can be opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "digest_item",
        sa.Column("similar_rows", sa.JSON(), nullable=False, server_default="[]"),
    )
