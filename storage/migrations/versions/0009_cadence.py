"""How often a digest comes, its mute, what a channel wants less of, and whether anybody uses it."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def upgrade() -> None:
    for column in (
        sa.Column("cadence", sa.String(), nullable=False, server_default="days"),
        sa.Column("weekday", sa.Integer(), nullable=False, server_default="1"),
        _time("muted_at", nullable=True),
        _time("muted_until", nullable=True),
        sa.Column("muted_by", sa.String()),
        _time("watched_since", nullable=True),
    ):
        op.add_column("channel_setting", column)
    # Nobody looked before whether people use their digests: no channel is called quiet for that.
    settings = sa.table("channel_setting", _time("watched_since"))
    op.execute(settings.update().values(watched_since=datetime.now(UTC)))
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("team", "channel", "user", "kind"),
        _time("at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_act_place", "act", ["team", "channel", "at"])
    op.create_table(
        "digest_less",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("team", "channel", "what", "value"),
        sa.Column("ticket_id", sa.Integer()),
        *_texts("user"),
        _time("said_at"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team", "channel", "what", "value"),
    )
    op.create_index("ix_digest_less_ticket_id", "digest_less", ["ticket_id"])
    op.create_table(
        "digest_question",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("team", "channel"),
        *(_time(name) for name in ("since", "asked_at")),
        sa.Column("answer", sa.String()),
        sa.Column("answered_by", sa.String()),
        _time("answered_at", nullable=True),
        *_texts("cadence"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team", "channel", "since"),
    )
    op.create_index("ix_digest_question_answer", "digest_question", ["answer"])
