"""The tables of alarms, of where they were shown, and of what was noted about the product."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from storage.columns import ref, time


class Alarm(SQLModel, table=True):
    """More customers than usual, as `bot.voice.watch` has it; `closed` is null while it lasts.

    `features` are ids and `rows` those of tickets; either may be gone by now. `silence` is the
    word by which a person silenced it.
    """

    id: int | None = Field(default=None, primary_key=True)
    opened: datetime = Field(sa_column=time(index=True))
    began: datetime = Field(sa_column=time())
    seen: datetime = Field(sa_column=time())
    closed: datetime | None = Field(default=None, sa_column=time(nullable=True))
    features: list[str] = Field(sa_type=JSON)
    terms: list[str] = Field(sa_type=JSON)
    theme: str
    observed: int
    expected: float
    hours: int
    chance: float
    rows: list[int] = Field(sa_type=JSON)
    is_theme: bool
    silence: str | None = None
    silenced_by: str | None = None
    silenced_at: datetime | None = Field(default=None, sa_column=time(nullable=True))


class AlarmChannel(SQLModel, table=True):
    """A channel that an alarm is shown in, and when its message was last planned anew."""

    __tablename__ = "alarm_channel"

    alarm_id: int = Field(sa_column=ref("alarm.id", primary=True))
    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    told_at: datetime = Field(sa_column=time())


class Note(SQLModel, table=True):
    """Something that happened to the product: a deploy, an incident; about all of it or a part."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=time(index=True))
    text: str
    feature_id: str | None = Field(sa_column=ref("feature.id", nullable=True, index=True))
    noted_at: datetime = Field(sa_column=time())
