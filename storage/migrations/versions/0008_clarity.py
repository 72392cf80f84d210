"""How clear each ticket is, and which tickets a digest left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("clarity", sa.Float()))
    op.add_column("digest", sa.Column("left_tickets", sa.JSON()))
