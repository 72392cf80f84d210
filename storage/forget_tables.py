"""The tables of forgetting: what must not come back, and how far a request to forget came.

Neither says who or what it was: marks are keyed hashes, which nobody can undo without the key file.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from storage.columns import time


class Forgotten(SQLModel, table=True):
    """A ticket, customer or account (`what`) that was forgotten, so that no import brings it back.

    Tickets of a customer or an account written before `at` stay away, later ones are new. A ticket
    that its source deleted (`by_source`) comes back if the source changed it after `at`.
    """

    mark: str = Field(primary_key=True)
    what: str
    by_source: bool
    at: datetime = Field(sa_column=time())


class Erasure(SQLModel, table=True):
    """A request to forget (`mark` is a keyed hash of what was asked for); `finished_at` is null
    while it is not done. `counts` are how many rows of which sort are gone; `proof` is what the
    search for its words said while these were known, null where there was none."""

    id: int | None = Field(default=None, primary_key=True)
    mark: str = Field(index=True)
    begun_at: datetime = Field(sa_column=time())
    finished_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    counts: dict[str, int] = Field(sa_type=JSON)
    proof: str | None = None
