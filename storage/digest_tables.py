"""The tables of how channels want their digest, and of what people did with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import time


class ChannelSetting(SQLModel, table=True):
    """A channel's digest as its people set it up.

    `cadence` says which of `days` and `weekday` count (see `bot.reports.Cadence`). Muted from
    `muted_at` until `muted_until`, or until somebody ends it where that is null. Whether people
    use the digest is known since `watched_since`; null where it always was.
    """

    __tablename__ = "channel_setting"

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    features: list[str] = Field(sa_type=JSON)
    at: str
    days: list[int] = Field(sa_type=JSON)
    timezone: str
    most: int
    enabled: bool
    alarms: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    set_up_by: str
    changed_at: datetime = Field(sa_column=time())
    cadence: str = Field(default="days", sa_column_kwargs={"server_default": "days"})
    weekday: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    muted_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    muted_until: datetime | None = Field(default=None, sa_column=time(nullable=True))
    muted_by: str | None = None
    watched_since: datetime | None = Field(default=None, sa_column=time(nullable=True))


class Act(SQLModel, table=True):
    """A person did something with customers' words in a channel; `kind` says what, nothing more."""

    __table_args__ = (Index("ix_act_place", "team", "channel", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    team: str
    channel: str
    user: str
    kind: str
    at: datetime = Field(sa_column=time())


class DigestLess(SQLModel, table=True):
    """What a channel wants less of: `what` is a feature, a kind or a story, `value` names it.

    A story is named by a ticket that tells it, and goes with that ticket.
    """

    __tablename__ = "digest_less"
    __table_args__ = (UniqueConstraint("team", "channel", "what", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    team: str
    channel: str
    what: str
    value: str
    ticket_id: int | None = Field(
        sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), nullable=True, index=True)
    )
    user: str
    said_at: datetime = Field(sa_column=time())


class DigestQuestion(SQLModel, table=True):
    """A channel was asked whether its digest is still useful: once in the quiet since `since`.

    `answer` is null while nobody answered; see `storage.digest_questions` for the words.
    """

    __tablename__ = "digest_question"
    __table_args__ = (UniqueConstraint("team", "channel", "since"),)

    id: int | None = Field(default=None, primary_key=True)
    team: str
    channel: str
    since: datetime = Field(sa_column=time())
    asked_at: datetime = Field(sa_column=time())
    answer: str | None = Field(default=None, index=True)
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    cadence: str
