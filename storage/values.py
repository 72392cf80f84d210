"""What the query modules take and return: plain values that outlive any session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.matched import Matched


@dataclass(frozen=True, slots=True)
class QuoteValue:
    kind: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A redacted ticket on its way into the database. `features` are ids, best first.

    `clarity` is how clear and telling it is, 0 to 1, and `vector` what it means (see
    `storage.vectors`); None where nobody looked.
    """

    source: str
    external_id: str
    created_at: datetime
    updated_at: datetime | None
    stored_at: datetime
    subject: str
    body: str
    url: str | None
    tags: tuple[str, ...]
    language: str | None
    segment: str | None
    customer: str
    customer_known: bool
    account: str | None
    kinds: tuple[str, ...]
    kinds_known: bool
    redactions: int
    content_hash: str
    quotes: tuple[QuoteValue, ...]
    features: tuple[str, ...]
    clarity: float | None = None
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class TextValue:
    """A stored ticket's words, and whether its kinds could be read."""

    id: int
    subject: str
    body: str
    kinds_known: bool


@dataclass(frozen=True, slots=True)
class Meant:
    """What a stored ticket was read to mean; `clarity` and `vector` as in `NewTicket`."""

    language: str | None
    kinds: tuple[str, ...]
    kinds_known: bool
    quotes: tuple[QuoteValue, ...]
    features: tuple[str, ...]
    clarity: float | None = None
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class CorrectionValue:
    """What a person said of a ticket that was read wrongly: see `storage.corrections`.

    `what` is `feature` or `kind`, `value` an id of it, `verdict` is `not` or `is`.
    """

    ticket_id: int
    what: str
    value: str
    verdict: str
    team: str
    user: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class ToRead:
    """A stored ticket as it is read again, and what it is taken to mean so far."""

    id: int
    subject: str
    body: str
    tags: tuple[str, ...]
    content_hash: str
    meant: Meant


@dataclass(frozen=True, slots=True)
class TicketValue:
    """A stored ticket; `id` is the row, `external_id` the source's own; `clarity` as above."""

    id: int
    source: str
    external_id: str
    created_at: datetime
    subject: str
    body: str
    url: str | None
    tags: tuple[str, ...]
    language: str | None
    segment: str | None
    customer: str
    customer_known: bool
    kinds: tuple[str, ...]
    quotes: tuple[QuoteValue, ...]
    features: tuple[str, ...]
    clarity: float | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database knows of a ticket before it is written again."""

    id: int
    content_hash: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeatureValue:
    id: str
    name: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    channels: tuple[str, ...]
    origin: str
    description: str = ""
    edits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of one window.

    `mentioned` counts all tickets, `kinds_unknown` those whose kinds could not be read, the rest
    only those with friction.
    """

    tickets: int
    customers: int
    mentioned: int
    known: int
    kinds_unknown: int
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a window, of the one before it, and of the window's weeks.

    `weeks` are tickets with friction and their customers, the earliest week first. `is_capped`
    says that so many tickets match that only the newest of them were counted. `matched` are the
    tickets that words were found in, for a scope that asks for some of them. `days_before` are
    tickets with friction on each of the days before the window's first, the newest day first, for
    a feature that is asked for by itself.
    """

    now: Counts
    before: Counts
    weeks: tuple[tuple[int, int], ...]
    is_capped: bool
    matched: Matched | None = None
    days_before: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote with the ticket that it was said in."""

    ticket_id: int
    external_id: str
    kind: str
    text: str
    score: float
    url: str | None
    segment: str | None
    customer: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InsightValue:
    id: int
    team: str
    title: str
    feature_id: str | None
    kind: str
    status: str
    note: str
    ticket_id: int | None
    message_link: str | None
    card_channel: str
    tagged_by: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PostValue:
    team: str
    channel: str
    ts: str
    shows: str
    subject_id: int


@dataclass(frozen=True, slots=True)
class ReactionValue:
    user: str
    emoji: str
    event_ts: str


@dataclass(frozen=True, slots=True)
class SettingValue:
    """A channel's digest; see `storage.digest_tables.ChannelSetting`."""

    team: str
    channel: str
    features: tuple[str, ...]
    at: str
    days: tuple[int, ...]
    timezone: str
    most: int
    enabled: bool
    set_up_by: str
    changed_at: datetime
    alarms: bool = False
    cadence: str = "days"
    weekday: int = 1
    muted_at: datetime | None = None
    muted_until: datetime | None = None
    muted_by: str | None = None
    watched_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox, as the sender needs it."""

    id: int
    team: str
    channel: str
    action: str
    thread_ts: str | None
    target_ts: str | None
    key: str
    payload: Mapping[str, object]
    shows: str
    subject_id: int
    attempts: int
    fence: int
    started_at: datetime
    absent_reads: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event that is still to be finished."""

    team: str
    event_id: str
    type: str
    body: Mapping[str, str]
    received_at: datetime
    attempts: int
