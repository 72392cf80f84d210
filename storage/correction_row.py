"""The table of corrections; `storage.corrections` says what they do."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import ref, time


class Correction(SQLModel, table=True):
    """What a person said of one feature or kind of a ticket; `verdict` is `not` or `is`.

    `value` is a feature's id or a kind. It is no reference: a feature may go and come back.
    """

    ticket_id: int = Field(sa_column=ref("ticket.id", primary=True))
    what: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    verdict: str
    team: str
    user: str
    said_at: datetime = Field(sa_column=time())
