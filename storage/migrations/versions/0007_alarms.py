"""Alarms, the channels that asked for them, and notes of what happened to the product."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column(
        "channel_setting",
        sa.Column("alarms", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_time(name) for name in ("opened", "began", "seen")),
        _time("closed", nullable=True),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("is_theme", sa.Boolean(), nullable=False),
        sa.Column("silence", sa.String()),
        sa.Column("silenced_by", sa.String()),
        _time("silenced_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_alarm_opened", "alarm", ["opened"])
    op.create_table(
        "alarm_channel",
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        _time("told_at"),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alarm_id", "team", "channel"),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        _time("at"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("feature_id", sa.String()),
        _time("noted_at"),
        sa.ForeignKeyConstraint(["feature_id"], ["feature.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_note_at", "note", ["at"])
    op.create_index("ix_note_feature_id", "note", ["feature_id"])
