"""The table of requests that were dealt with; `storage.seen` says what it is for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import time


class RequestSeen(SQLModel, table=True):
    """A command, click or submission, by a digest of what tells it apart."""

    __tablename__ = "request_seen"

    team: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(sa_column=time(index=True))
