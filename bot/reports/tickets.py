"""Tickets on their way in, what a text means, and tickets on their way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.reports.words import FRICTION_KINDS, Corrected, Kind, Verdict


@dataclass(frozen=True, slots=True)
class Requester:
    """Who wrote a ticket, as the source tells it. Never stored: see `storage.keys`."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """One ticket as a source gives it: raw, unredacted, in memory only."""

    source: str
    external_id: str
    created_at: datetime
    subject: str
    body: str
    updated_at: datetime | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    requester: Requester = Requester()
    account: str | None = None
    segment: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class TicketGone:
    """A ticket that its source says it has deleted, and when, where it says so."""

    source: str
    external_id: str
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not become a draft; `line` counts from 1 in the file as read."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `bad` holds the first hundred of `bad_count` bad rows; `removed` were
    deleted at their source."""

    read: int
    new: int
    changed: int
    same: int
    bad_count: int
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()
    removed: int = 0


@dataclass(frozen=True, slots=True)
class RereadReport:
    """What reading stored tickets again did; `feature` where it was for one feature only."""

    read: int
    changed: int
    feature: Feature | None = None


@dataclass(frozen=True, slots=True)
class Redaction:
    """One occurrence of personal data that was replaced, e.g. `email` by `[email 1]`."""

    type: str
    token: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A verbatim sentence of a redacted text that carries a kind; `score` is 0 to 1."""

    kind: Kind
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that `voice` reads from one text.

    `passages` has at most one passage a kind: the sentence that carries it best. `quote` is
    the best friction sentence, or "" where there is none. `features` are ids, best first.
    `clarity` is how clear and telling the text is, 0 (tells nothing) to 1.
    """

    text: str
    kinds: tuple[Kind, ...]
    passages: tuple[Passage, ...]
    quote: str
    features: tuple[str, ...]
    language: str | None
    kinds_known: bool
    redactions: tuple[Redaction, ...]
    clarity: float


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of the product: `id` is a slug; `channels` are Slack channel ids that own it.

    `description` says in a sentence or two what it is; texts that do not name it are compared
    with that.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage with the ticket that it comes from; `key` is the ticket's row."""

    key: int
    ticket_id: str
    kind: Kind
    text: str
    url: str | None
    created_at: datetime
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person (a Slack user id) said of a ticket: `name` is the feature's or the kind."""

    what: Corrected
    value: str
    verdict: Verdict
    name: str
    by: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class TicketView:
    """One stored (redacted) ticket as a person may see it; it counts as it was corrected."""

    key: int
    ticket_id: str
    source: str
    created_at: datetime
    subject: str
    body: str
    url: str | None
    kinds: tuple[Kind, ...]
    features: tuple[Feature, ...]
    quotes: tuple[Quote, ...]
    segment: str | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def quote(self) -> Quote | None:
        """The best friction quote, else praise, else nothing."""
        friction = [quote for quote in self.quotes if quote.kind in FRICTION_KINDS]
        return next(iter(friction or self.quotes), None)


@dataclass(frozen=True, slots=True)
class TicketsReport:
    """A page of the tickets that the answer to a question counts, newest first.

    `asked` and `at` are the question and its moment; pages count from 0 and hold `size` tickets.
    `kinds` are those that it was narrowed to. `customers` wrote them all, where that was counted.
    """

    asked: str
    at: datetime
    reading: str
    page: int
    size: int
    total: int
    tickets: tuple[TicketView, ...]
    kinds: tuple[Kind, ...] = ()
    customers: int | None = None
