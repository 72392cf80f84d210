"""The tables.

Rows hold redacted text only. Every key that comes from Slack holds the workspace. Times are
UTC; a ticket's kinds are a bit mask (`KIND_BITS`), so that counting needs no join.

Questions never touch the wide ticket rows. What counting needs stands in narrow ones, in the order
of time: `ticket_fact`, a row a ticket, and `ticket_feature`, a row for each feature of a ticket.
`ticket_day` and `feature_day` count them by the day (see `storage.rollups`).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

KIND_BITS = {"broken": 1, "confusing": 2, "unexpected": 4, "request": 8, "praise": 16}
FRICTION_BITS = 1 | 2 | 4 | 8
ALL_BITS = sum(KIND_BITS.values())
UNKNOWN_BIT = 32
"""Set where a ticket's kinds could not be read, for its language."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite has no such type and gives naive ones back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given to the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
"""Microseconds in a day."""


def instant(moment: datetime) -> int:
    """Microseconds since 1970, as narrow rows keep time."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime was given to the database")
    return (moment - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime kept as `instant`: half the size of text, and good for arithmetic."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else instant(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def customer_number(key: str) -> int:
    """A customer's key in 64 bits, by which narrow rows tell customers apart.

    Of a million customers two share a number once in 37 million databases.
    """
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model. A statement on it that is made once runs ten times as fast."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def _time(*, nullable: bool = False, index: bool = False) -> Any:
    return Column(UtcDateTime, nullable=nullable, index=index)


def _ref(target: str, *, nullable: bool = False, index: bool = False, primary: bool = False) -> Any:
    key = ForeignKey(target, ondelete="SET NULL" if nullable else "CASCADE")
    return Column(key, nullable=nullable, index=index, primary_key=primary)


class Meta(SQLModel, table=True):
    """Single facts about this installation, such as the fingerprint of its key."""

    key: str = Field(primary_key=True)
    value: str


class Ticket(SQLModel, table=True):
    """One customer conversation, redacted."""

    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    external_id: str = Field(index=True)
    created_at: datetime = Field(sa_column=_time())
    updated_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    stored_at: datetime = Field(sa_column=_time(index=True))
    subject: str
    body: str
    url: str | None = None
    tags: list[str] = Field(sa_type=JSON)
    language: str | None = None
    segment: str | None = None
    customer: str
    customer_known: bool
    account: str | None = None
    kinds: int
    kinds_known: bool
    redactions: int
    content_hash: str


class TicketQuote(SQLModel, table=True):
    """The sentence of a ticket that carries a kind best."""

    __tablename__ = "ticket_quote"

    ticket_id: int = Field(sa_column=_ref("ticket.id", primary=True))
    kind: str = Field(primary_key=True)
    text: str
    score: float


class TicketVector(SQLModel, table=True):
    """What a ticket means, a byte a dimension; empty where it was looked at and has no meaning."""

    __tablename__ = "ticket_vector"

    ticket_id: int = Field(sa_column=_ref("ticket.id", primary=True))
    vector: bytes


class Feature(SQLModel, table=True):
    """A part of the product. `origin` is where it came from: a file, or help-desk tags."""

    id: str = Field(primary_key=True)
    name: str
    aliases: list[str] = Field(sa_type=JSON)
    tags: list[str] = Field(sa_type=JSON)
    origin: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})


class FeatureChannel(SQLModel, table=True):
    """A channel that owns a feature: said by the catalogue, or ticked in `/digest`."""

    __tablename__ = "feature_channel"

    feature_id: str = Field(sa_column=_ref("feature.id", primary=True))
    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    origin: str = Field(primary_key=True)


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

    ticket_id: int = Field(sa_column=_ref("ticket.id", primary=True))


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

    ticket_id: int = Field(sa_column=_ref("ticket.id", primary=True))
    feature_id: str = Field(sa_column=_ref("feature.id", primary=True))
    position: int


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
    """The tickets of a day that are about a feature."""

    __tablename__ = "feature_day"
    __table_args__ = {"sqlite_with_rowid": False}

    feature_id: str = Field(sa_column=_ref("feature.id", primary=True))
    day: int = Field(primary_key=True)


class Insight(SQLModel, table=True):
    """A ticket, or any Slack message, that a person judged worth keeping."""

    __table_args__ = (
        UniqueConstraint("ticket_id"),
        UniqueConstraint("team", "message_channel", "message_ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team: str
    title: str
    feature_id: str | None = Field(sa_column=_ref("feature.id", nullable=True, index=True))
    kind: str
    status: str = Field(index=True)
    note: str
    ticket_id: int | None = Field(sa_column=_ref("ticket.id", nullable=True))
    message_channel: str | None = None
    message_ts: str | None = None
    message_link: str | None = None
    card_channel: str
    tagged_by: str
    created_at: datetime = Field(sa_column=_time())
    changed_at: datetime = Field(sa_column=_time())


class Post(SQLModel, table=True):
    """A message that Earshot sent, and what it shows (`shows`, `subject_id`)."""

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    shows: str
    subject_id: int = Field(index=True)
    posted_at: datetime = Field(sa_column=_time())


class Reaction(SQLModel, table=True):
    """A person's emoji on a message; `present` is false once it was taken back.

    The row stays after a removal, so that a late copy of the older event changes nothing.
    """

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    emoji: str = Field(primary_key=True)
    present: bool
    event_ts: str


class ChannelSetting(SQLModel, table=True):
    """A channel's digest as its people set it up."""

    __tablename__ = "channel_setting"

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    features: list[str] = Field(sa_type=JSON)
    at: str
    days: list[int] = Field(sa_type=JSON)
    timezone: str
    most: int
    enabled: bool
    set_up_by: str
    changed_at: datetime = Field(sa_column=_time())


class Digest(SQLModel, table=True):
    """What was decided for a channel and local day: `state` is posted, silent, skipped or failed.

    `newest_ticket` is the row up to which tickets were looked at; rows rise as tickets come.
    """

    __table_args__ = (UniqueConstraint("team", "channel", "local_date"),)

    id: int | None = Field(default=None, primary_key=True)
    team: str
    channel: str
    local_date: str
    state: str
    reason: str
    left_out: int
    newest_ticket: int
    decided_at: datetime = Field(sa_column=_time())


class DigestItem(SQLModel, table=True):
    """A ticket of a digest, and why it was chosen."""

    __tablename__ = "digest_item"

    digest_id: int = Field(sa_column=_ref("digest.id", primary=True))
    position: int = Field(primary_key=True)
    ticket_id: int = Field(sa_column=_ref("ticket.id", index=True))
    score: float
    parts: list[dict[str, Any]] = Field(sa_type=JSON)
    why: str
    similar: int


class OutboxRow(SQLModel, table=True):
    """A message to be sent, or sent. See `storage.outbox` for its states."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("team", "dedupe_key"),
        Index("ix_outbox_due", "state", "not_before"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team: str
    channel: str
    dedupe_key: str
    action: str
    thread_of: int | None = Field(sa_column=_ref("outbox.id", nullable=True, index=True))
    target_ts: str | None = None
    payload: dict[str, Any] = Field(sa_type=JSON)
    payload_hash: str
    shows: str
    subject_id: int
    state: str
    attempts: int = 0
    fence: int = 0
    created_at: datetime = Field(sa_column=_time())
    not_before: datetime = Field(sa_column=_time())
    expires_at: datetime = Field(sa_column=_time())
    lease_until: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    started_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    finished_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    absent_reads: int = 0
    ts: str | None = None
    error: str | None = None


class InboxRow(SQLModel, table=True):
    """An event from Slack with the ids that are needed to finish it; never anybody's words."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_open", "done_at", "not_before"),)

    team: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    type: str
    body: dict[str, Any] = Field(sa_type=JSON)
    received_at: datetime = Field(sa_column=_time())
    not_before: datetime = Field(sa_column=_time())
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    outcome: str | None = None
