"""The table of what people reported as personal and still there to be read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import time


class Leak(SQLModel, table=True):
    """What of a ticket leaked, so that it is masked again whenever its source tells it anew.

    `digest` is a keyed hash of `words` words in a row, never the words; without one the ticket's
    whole text is withheld. `is_copy` is set where they were masked because they leaked in another
    ticket. `offered` are rows of tickets with the same words that nobody has decided about.
    """

    __table_args__ = (UniqueConstraint("ticket_id", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(
        sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    digest: str | None
    words: int
    is_copy: bool
    offered: list[int] = Field(sa_type=JSON)
    reported_at: datetime = Field(sa_column=time(index=True))
