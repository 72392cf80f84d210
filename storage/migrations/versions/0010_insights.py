"""Insights get an owner, an issue, a ship date and a history; several tickets and messages each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _insight(*, primary: bool = False) -> list[Any]:
    return [
        sa.Column("insight_id", sa.Integer(), nullable=False, primary_key=primary),
        sa.ForeignKeyConstraint(["insight_id"], ["insight.id"], ondelete="CASCADE"),
    ]


def upgrade() -> None:
    for column in (
        sa.Column("owner", sa.String()),
        sa.Column("issue_url", sa.String()),
        sa.Column("shipped_on", sa.Date()),
        sa.Column("shipped_what", sa.String(), nullable=False, server_default=""),
        sa.Column("declined_why", sa.String(), nullable=False, server_default=""),
        sa.Column("first_row", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("looked_row", sa.Integer()),
        _time("told_at", nullable=True),
        sa.Column("merged_into", sa.Integer()),
    ):
        op.add_column("insight", column)
    op.create_index("ix_insight_merged_into", "insight", ["merged_into"])
    _make_tables()
    op.add_column("post", _time("swept_at", nullable=True))
    op.add_column("post", _time("gone_at", nullable=True))
    op.create_index("ix_post_posted_at", "post", ["posted_at"])
    _carry_over()


def _make_tables() -> None:
    op.create_table(
        "insight_ticket",
        *_insight(primary=True),
        sa.Column("ticket_id", sa.Integer(), nullable=False, primary_key=True),
        *(_text(name) for name in ("how", "by")),
        _time("at"),
        sa.Column("likeness", sa.Float()),
        sa.Column("is_news", sa.Boolean(), nullable=False),
        sa.Column("detached_by", sa.String()),
        _time("detached_at", nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_insight_ticket_ticket_id", "insight_ticket", ["ticket_id"])
    # A ticket belongs to one insight at a time, whoever gives it away at once.
    op.create_index(
        "uq_insight_ticket_there",
        "insight_ticket",
        ["ticket_id"],
        unique=True,
        sqlite_where=sa.text("detached_at IS NULL"),
        postgresql_where=sa.text("detached_at IS NULL"),
    )
    op.create_table(
        "insight_message",
        *(sa.Column(name, sa.String(), primary_key=True) for name in ("team", "channel", "ts")),
        *_insight(),
        sa.Column("link", sa.String()),
        _text("by"),
        _time("at"),
    )
    op.create_index("ix_insight_message_insight_id", "insight_message", ["insight_id"])
    op.create_table(
        "insight_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_insight(),
        _time("at"),
        *(_text(name) for name in ("by", "what", "before", "after", "said")),
    )
    op.create_index("ix_insight_change_insight_id", "insight_change", ["insight_id"])


def _carry_over() -> None:
    """The tickets of the insights that are there; what shipped did so when it was said to."""
    op.execute(
        "INSERT INTO insight_ticket (insight_id, ticket_id, how, by, at, is_news) "
        "SELECT id, ticket_id, 'tagged', tagged_by, created_at, false FROM insight "
        "WHERE ticket_id IS NOT NULL"
    )
    op.execute(
        "UPDATE insight SET shipped_on = DATE(changed_at) WHERE status IN ('shipped', 'verified')"
    )
    op.execute("UPDATE insight SET first_row = COALESCE((SELECT MAX(id) FROM ticket), 0)")
