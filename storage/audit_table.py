"""The table of the audit; `storage.audit` says what it is for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import time


class AuditEntry(SQLModel, table=True):
    """Who did what, when, and to which thing: an id or a name of ours, never anybody's words.

    `by` is a Slack member, or `operator` for whoever runs the command line; `team` is empty there.
    """

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=time(index=True))
    team: str
    by: str
    deed: str
    about: str
