"""The tables.

Rows hold redacted text only. Every key that comes from Slack holds the workspace. Times are
UTC; a ticket's kinds are a bit mask (`KIND_BITS`), so that counting needs no join.

Questions never touch the wide ticket rows. What counting needs stands in narrow ones, in the order
of time: `ticket_fact`, a row a ticket, and `ticket_feature`, a row for each feature of a ticket.
`ticket_day` and `feature_day` count them by the day (see `storage.rollups`), and `ticket_block` has
them packed, for counting many at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.alarm_tables import Alarm, AlarmChannel, Note
from storage.audit_table import AuditEntry
from storage.columns import ref, time
from storage.correction_row import Correction
from storage.digest_tables import Act, ChannelSetting, DigestLess, DigestQuestion
from storage.forget_tables import Erasure, Forgotten
from storage.insight_tables import Insight, InsightChange, InsightMessage, InsightTicket
from storage.narrow import FeatureDay, TicketBlock, TicketDay, TicketFact, TicketFeature
from storage.request_table import RequestSeen

__all__ = [
    "ALL_BITS",
    "FRICTION_BITS",
    "KIND_BITS",
    "UNKNOWN_BIT",
    "Act",
    "Alarm",
    "AlarmChannel",
    "AuditEntry",
    "ChannelSetting",
    "Correction",
    "Digest",
    "DigestItem",
    "DigestLess",
    "DigestQuestion",
    "Erasure",
    "Feature",
    "FeatureChannel",
    "FeatureDay",
    "Forgotten",
    "InboxRow",
    "Insight",
    "InsightChange",
    "InsightMessage",
    "InsightTicket",
    "Meta",
    "Note",
    "OutboxRow",
    "Post",
    "Reaction",
    "RequestSeen",
    "Ticket",
    "TicketBlock",
    "TicketDay",
    "TicketFact",
    "TicketFeature",
    "TicketQuote",
    "TicketVector",
]

KIND_BITS = {"broken": 1, "confusing": 2, "unexpected": 4, "request": 8, "praise": 16}
FRICTION_BITS = 1 | 2 | 4 | 8
ALL_BITS = sum(KIND_BITS.values())
UNKNOWN_BIT = 32
"""Set where a ticket's kinds could not be read, for its language."""


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
    created_at: datetime = Field(sa_column=time())
    updated_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    stored_at: datetime = Field(sa_column=time(index=True))
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
    clarity: float | None = None
    redactions: int
    content_hash: str


class TicketQuote(SQLModel, table=True):
    """The sentence of a ticket that carries a kind best."""

    __tablename__ = "ticket_quote"

    ticket_id: int = Field(sa_column=ref("ticket.id", primary=True))
    kind: str = Field(primary_key=True)
    text: str
    score: float


class TicketVector(SQLModel, table=True):
    """What a ticket means, a byte a dimension; empty where it was looked at and has no meaning."""

    __tablename__ = "ticket_vector"

    ticket_id: int = Field(sa_column=ref("ticket.id", primary=True))
    vector: bytes


class Feature(SQLModel, table=True):
    """A part of the product. `origin` is where it came from: a file, or help-desk tags.

    `edits` is what people changed of it in Slack: see `bot.service.edits`.
    """

    id: str = Field(primary_key=True)
    name: str
    aliases: list[str] = Field(sa_type=JSON)
    tags: list[str] = Field(sa_type=JSON)
    origin: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    edits: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )


class FeatureChannel(SQLModel, table=True):
    """A channel that owns a feature: said by the catalogue, or ticked in `/digest`."""

    __tablename__ = "feature_channel"

    feature_id: str = Field(sa_column=ref("feature.id", primary=True))
    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    origin: str = Field(primary_key=True)


class Post(SQLModel, table=True):
    """A message that Earshot sent, and what it shows (`shows`, `subject_id`).

    `swept_at` is when its reactions were last compared with Slack's, `gone_at` when it was found
    to be no longer there.
    """

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    shows: str
    subject_id: int = Field(index=True)
    posted_at: datetime = Field(sa_column=time(index=True))
    swept_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    gone_at: datetime | None = Field(default=None, sa_column=time(nullable=True))


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


class Digest(SQLModel, table=True):
    """What was decided for a channel and local day: `state` is posted, silent, skipped or failed.

    `newest_ticket` is the row up to which tickets were looked at; rows rise as tickets come.
    `left_tickets` are the rows of those that were left out, None where that was not kept yet.
    """

    __table_args__ = (UniqueConstraint("team", "channel", "local_date"),)

    id: int | None = Field(default=None, primary_key=True)
    team: str
    channel: str
    local_date: str
    state: str
    reason: str
    left_out: int
    left_tickets: list[int] | None = Field(default=None, sa_type=JSON)
    newest_ticket: int
    decided_at: datetime = Field(sa_column=time())


class DigestItem(SQLModel, table=True):
    """A ticket of a digest, why it was chosen, and the rows of those that tell the same."""

    __tablename__ = "digest_item"

    digest_id: int = Field(sa_column=ref("digest.id", primary=True))
    position: int = Field(primary_key=True)
    ticket_id: int = Field(sa_column=ref("ticket.id", index=True))
    score: float
    parts: list[dict[str, Any]] = Field(sa_type=JSON)
    why: str
    similar: int
    similar_rows: list[int] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )


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
    thread_of: int | None = Field(sa_column=ref("outbox.id", nullable=True, index=True))
    target_ts: str | None = None
    payload: dict[str, Any] = Field(sa_type=JSON)
    payload_hash: str
    shows: str
    subject_id: int
    state: str
    attempts: int = 0
    fence: int = 0
    created_at: datetime = Field(sa_column=time())
    not_before: datetime = Field(sa_column=time())
    expires_at: datetime = Field(sa_column=time())
    lease_until: datetime | None = Field(default=None, sa_column=time(nullable=True))
    started_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    finished_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    absent_reads: int = 0
    look_again_at: datetime | None = Field(default=None, sa_column=time(nullable=True, index=True))
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
    received_at: datetime = Field(sa_column=time())
    not_before: datetime = Field(sa_column=time())
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_column=time(nullable=True))
    outcome: str | None = None
