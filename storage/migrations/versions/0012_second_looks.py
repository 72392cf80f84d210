"""When to look for a second copy of a message that was sent again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("look_again_at", sa.DateTime(timezone=True)))
    op.create_index("ix_outbox_look_again_at", "outbox", ["look_again_at"])
