"""The values that every layer speaks in.

Service functions return these, every edge (Slack, terminal, JSON) shows them, and the pure
layers `voice` and `blocks` know nothing else of Earshot. They are frozen, hold no session,
no client and no unredacted text; the one exception is `TicketDraft`, which lives in memory
between a source and the redactor and is never shown or stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a customer's sentence reports, in the order in which kinds are always listed."""

    BROKEN = "broken"
    CONFUSING = "confusing"
    UNEXPECTED = "unexpected"
    REQUEST = "request"
    PRAISE = "praise"


FRICTION_KINDS = (Kind.BROKEN, Kind.CONFUSING, Kind.UNEXPECTED, Kind.REQUEST)


class Status(StrEnum):
    """Where an insight stands."""

    OPEN = "open"
    OWNED = "owned"
    SHIPPED = "shipped"
    VERIFIED = "verified"
    DECLINED = "declined"


class Answer(StrEnum):
    """What a team member says to a ticket or an insight by one emoji."""

    KNEW = "knew it"
    SURPRISED = "surprised me"
    OWN = "we own it"
    NOT_A_PROBLEM = "not a problem"
    FIXED = "fixed"


# --- tickets on their way in --------------------------------------------------------------


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
class BadRow:
    """A row that could not become a draft; `line` counts from 1 in the file as read."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `bad` holds the first hundred of `bad_count` bad rows."""

    read: int
    new: int
    changed: int
    same: int
    bad_count: int
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()


# --- what a text means --------------------------------------------------------------------


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
    """

    text: str
    kinds: tuple[Kind, ...]
    passages: tuple[Passage, ...]
    quote: str
    features: tuple[str, ...]
    language: str | None
    kinds_known: bool
    redactions: tuple[Redaction, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of the product: `id` is a slug; `channels` are Slack channel ids that own it."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


# --- tickets on their way out -------------------------------------------------------------


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
class TicketView:
    """One stored (redacted) ticket as a person may see it."""

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

    @property
    def quote(self) -> Quote | None:
        """The best friction quote, else praise, else nothing."""
        friction = [quote for quote in self.quotes if quote.kind in FRICTION_KINDS]
        return next(iter(friction or self.quotes), None)


# --- /friction ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time `[since, until)`; `label` is how a person says it."""

    since: datetime
    until: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Count:
    """Tickets with friction, and the distinct customers who wrote them."""

    tickets: int
    customers: int


@dataclass(frozen=True, slots=True)
class Week:
    """Friction in the seven days that begin on `start`; the first week of a window may be cut."""

    start: date
    tickets: int
    customers: int


@dataclass(frozen=True, slots=True)
class Theme:
    """Tickets that tell the same story, labelled with a customer's words."""

    label: str
    ticket_ids: tuple[str, ...]
    tickets: int
    customers: int
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class InsightLine:
    """An insight in one line of a list."""

    id: int
    title: str
    feature: Feature | None
    kind: Kind
    status: Status
    tickets: int
    customers: int
    answers: Mapping[str, int]
    created_at: datetime
    permalink: str | None = None


class Understood(StrEnum):
    """How a question's words were understood."""

    EXACT = "exact"
    MISSPELT = "misspelt"
    SEARCH = "search"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class FrictionReport:
    """The answer to `/friction WORDS`.

    `tickets` and `customers` count tickets with at least one friction kind, written in the
    window; `mentioned` counts all tickets on the feature, those without a kind included.
    `enough` is false below the floor of five tickets: then no comparison is made. Weeks are
    counted back from the window's end. `note` says what of the question was not understood.
    `customers_known` is false when no ticket in the window has a requester.
    """

    asked: str
    reading: str
    understood: Understood
    feature: Feature | None
    search: str | None
    window: Window
    enough: bool
    tickets: int
    customers: int
    customers_known: bool
    mentioned: int
    previous: Count
    kinds: Mapping[Kind, int]
    weeks: tuple[Week, ...]
    themes: tuple[Theme, ...]
    quotes: tuple[Quote, ...]
    praise: tuple[Quote, ...]
    insights: tuple[InsightLine, ...]
    suggestions: tuple[Feature, ...]
    sampled: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One feature in the ranking of `/friction` alone."""

    feature: Feature
    tickets: int
    customers: int
    previous: Count


@dataclass(frozen=True, slots=True)
class RankingReport:
    """The answer to `/friction` alone; `total` counts every stored ticket."""

    window: Window
    features: tuple[FeatureLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class HelpReport:
    """What may be typed, with examples made of this installation's own features."""

    examples: tuple[tuple[str, str], ...]
    hint: str = ""


# --- digest -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named part of a ticket's notability: `weight * value`, with value between 0 and 1."""

    name: str
    weight: float
    value: float

    @property
    def points(self) -> float:
        return self.weight * self.value


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One ticket of a digest. `similar` counts the other candidates that tell the same."""

    ticket: TicketView
    quote: Quote
    score: float
    parts: tuple[ScorePart, ...]
    why: str
    similar: int


@dataclass(frozen=True, slots=True)
class DigestReport:
    """What a channel gets on one day; `silent` with a `reason` when it gets nothing."""

    channel: str
    due: datetime | None
    silent: bool
    reason: str
    verdict: str
    items: tuple[DigestItem, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel's digest, as set in `/digest`. `features` empty means all features.

    `days` are ISO weekdays (1 = Monday), `at` is local time "HH:MM" in `timezone` (IANA),
    `most` is the number of tickets at the most (1 to 5).
    """

    team: str
    channel: str
    features: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    at: str = "09:30"
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    timezone: str = "UTC"
    most: int = 5
    on: bool = True
    set_up_by: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsReport:
    """The settings screen: what stands, what may be chosen, and what would be posted."""

    settings: ChannelSettings
    catalogue: tuple[Feature, ...]
    preview: DigestReport
    exists: bool


# --- insights -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """What the tag modal opens with. `message` is (channel, ts) for a tag on any message."""

    ticket: TicketView | None
    message: tuple[str, str] | None
    title: str
    feature: str | None
    kind: Kind
    catalogue: tuple[Feature, ...]
    existing: InsightLine | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """One answer on an insight or a ticket, with the people (Slack user ids) who gave it."""

    label: str
    emoji: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InsightCard:
    """An insight as its card shows it; `others` are emoji that are not answers, kept as is."""

    id: int
    title: str
    feature: Feature | None
    kind: Kind
    status: Status
    note: str
    quote: Quote | None
    tagged_by: str
    created_at: datetime
    tickets: int
    customers: int
    answers: tuple[AnswerCount, ...]
    others: tuple[tuple[str, int], ...] = ()
    source_link: str | None = None


@dataclass(frozen=True, slots=True)
class InsightsReport:
    """The answer to `/insights WORDS`; `total` counts all that match."""

    words: str
    insights: tuple[InsightLine, ...]
    total: int


# --- Home ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HomeReport:
    """The Home tab: friction of the features of the viewer's channels, newest insights."""

    window: Window
    features: tuple[FeatureLine, ...]
    insights: tuple[InsightLine, ...]
    tickets: int
    channels: tuple[str, ...]
    is_new: bool


# --- Slack, seen from inside --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered Slack message: `text` serves notifications and screen readers."""

    text: str
    blocks: tuple[dict[str, object], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, as far as `users.info` tells."""

    team: str
    user: str
    timezone: str
    is_outsider: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation, as far as `conversations.info` tells."""

    team: str
    id: str
    name: str
    is_member: bool
    is_shared: bool
    is_archived: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What `doctor` found: `level` is ok, warning or error; `remedy` says what to do."""

    id: str
    level: str
    message: str
    remedy: str = ""
