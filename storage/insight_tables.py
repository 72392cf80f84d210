"""The tables of insights: what was judged worth keeping, its tickets, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import ref, time


class Insight(SQLModel, table=True):
    """A ticket, or any Slack message, that a person judged worth keeping.

    `first_row` is the newest ticket when it was made: later rows are news to it. `looked_row` is
    how far stored tickets were compared with it, null before the first look. `told_at` is when
    its thread was last told of new tickets. One that was put into another has `merged_into`.
    `ticket_id` is the ticket that it was made of, as long as it, or what it is part of, has that.
    """

    __table_args__ = (
        UniqueConstraint("ticket_id"),
        UniqueConstraint("team", "message_channel", "message_ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team: str
    title: str
    feature_id: str | None = Field(sa_column=ref("feature.id", nullable=True, index=True))
    kind: str
    status: str = Field(index=True)
    note: str
    ticket_id: int | None = Field(sa_column=ref("ticket.id", nullable=True))
    message_channel: str | None = None
    message_ts: str | None = None
    message_link: str | None = None
    card_channel: str
    tagged_by: str
    created_at: datetime = Field(sa_column=time())
    changed_at: datetime = Field(sa_column=time())
    owner: str | None = None
    issue_url: str | None = None
    shipped_on: date | None = None
    shipped_what: str = Field(default="", sa_column_kwargs={"server_default": ""})
    declined_why: str = Field(default="", sa_column_kwargs={"server_default": ""})
    first_row: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    looked_row: int | None = None
    told_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    merged_into: int | None = Field(default=None, index=True)


class InsightTicket(SQLModel, table=True):
    """A ticket that tells what an insight tells, or was said not to.

    `how` is tagged or added (by a person), or itself (by `likeness`). A pair that was detached
    keeps its row, so that it never attaches itself again. `is_news` is set where it attached
    itself, was stored after the insight was made, and the thread has not been told of it.
    """

    __tablename__ = "insight_ticket"
    __table_args__ = (
        Index(
            "uq_insight_ticket_there",
            "ticket_id",
            unique=True,
            sqlite_where=text("detached_at IS NULL"),
            postgresql_where=text("detached_at IS NULL"),
        ),
    )

    insight_id: int = Field(sa_column=ref("insight.id", primary=True))
    ticket_id: int = Field(sa_column=ref("ticket.id", primary=True, index=True))
    how: str
    by: str
    at: datetime = Field(sa_column=time())
    likeness: float | None = None
    is_news: bool
    detached_by: str | None = None
    detached_at: datetime | None = Field(default=None, sa_column=time(nullable=True))


class InsightMessage(SQLModel, table=True):
    """A Slack message that was put to an insight which was there: its place and link only."""

    __tablename__ = "insight_message"

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    insight_id: int = Field(sa_column=ref("insight.id", index=True))
    link: str | None = None
    by: str
    at: datetime = Field(sa_column=time())


class InsightChange(SQLModel, table=True):
    """Something that happened to an insight, in the words of the day on which it did.

    `by` is a Slack user id, or "" where nobody in particular did it.
    """

    __tablename__ = "insight_change"

    id: int | None = Field(default=None, primary_key=True)
    insight_id: int = Field(sa_column=ref("insight.id", index=True))
    at: datetime = Field(sa_column=time())
    by: str
    what: str
    before: str
    after: str
    said: str
