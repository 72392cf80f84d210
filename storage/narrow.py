"""The tables that questions are answered from: narrow rows in the order of time, counts by the day.

They repeat what counting needs of the wide ticket rows, and are written in the same transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from storage.columns import Instant, ref


class _Narrow(SQLModel):
    """What counting needs of a ticket."""

    created_at: datetime = Field(sa_type=Instant)
    kinds: int
    customer: int = Field(sa_type=BigInteger)
    customer_known: bool
    segment: str | None = None


class TicketFact(_Narrow, table=True):
    """A ticket as it is counted; questions in words read these rows."""

    __tablename__ = "ticket_fact"
    __table_args__ = (Index("ix_ticket_fact_window", "created_at", "ticket_id", "kinds"),)

    ticket_id: int = Field(sa_column=ref("ticket.id", primary=True))


class TicketFeature(_Narrow, table=True):
    """A feature that a ticket is about; questions about a feature read the index only."""

    __tablename__ = "ticket_feature"
    __table_args__ = (
        Index(
            "ix_ticket_feature_window",
            "feature_id",
            "created_at",
            "ticket_id",
            "kinds",
            "customer",
            "customer_known",
            "segment",
        ),
        {"sqlite_with_rowid": False},
    )

    ticket_id: int = Field(sa_column=ref("ticket.id", primary=True))
    feature_id: str = Field(sa_column=ref("feature.id", primary=True))
    position: int


class TicketBlock(SQLModel, table=True):
    """What counting needs of 512 tickets in one value: see `storage.ticket_blocks`."""

    __tablename__ = "ticket_block"

    block: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    facts: bytes


class _DayCounts(SQLModel):
    """Tickets written on a day (UTC, since 1970), by what they carry.

    `friction` counts those with a friction kind, `known` those of them with a known customer,
    `unknown` those whose kinds could not be read.
    """

    tickets: int = 0
    friction: int = 0
    known: int = 0
    unknown: int = 0
    broken: int = 0
    confusing: int = 0
    unexpected: int = 0
    request: int = 0
    praise: int = 0


class TicketDay(_DayCounts, table=True):
    """All tickets of a day, and bounds of their rows: no ticket of the day lies outside."""

    __tablename__ = "ticket_day"

    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    lowest_row: int
    highest_row: int


class FeatureDay(_DayCounts, table=True):
    """The tickets of a day that are about a feature; `customers` had friction (`day_customers`)."""

    __tablename__ = "feature_day"
    __table_args__ = {"sqlite_with_rowid": False}

    feature_id: str = Field(sa_column=ref("feature.id", primary=True))
    day: int = Field(primary_key=True)
    customers: bytes | None = None
