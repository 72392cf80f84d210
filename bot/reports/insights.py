"""Insights: their cards, lists and forms, and the Home tab that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.reports.cadence import DigestLine
from bot.reports.friction import FeatureLine, Window
from bot.reports.insight_lines import InsightLine, Look
from bot.reports.tickets import Feature, Quote, TicketView
from bot.reports.words import Happened, Kind, Status


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """What the tag modal opens with. `message` is (channel, ts) for a tag on any message.

    `existing` is the insight that has it already; `similar` are current ones that tell nearly the
    same, the nearest first.
    """

    ticket: TicketView | None
    message: tuple[str, str] | None
    title: str
    feature: str | None
    kind: Kind
    catalogue: tuple[Feature, ...]
    existing: InsightLine | None = None
    note: str = ""
    similar: tuple[InsightLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """One answer on an insight or a ticket, with the people (Slack user ids) who gave it."""

    label: str
    emoji: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InsightCard:
    """An insight as its card shows it; `others` are emoji that are not answers, kept as is.

    `weeks` are distinct customers by week, the last of them that of the newest ticket (`last_day`).
    `links` are addresses of messages that were put to it later. An insight that is part of another
    by now has its number in `merged_into`. `looked` is the last look at its fix.
    """

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
    owner: str | None = None
    issue_url: str | None = None
    shipped_on: date | None = None
    shipped_what: str = ""
    declined_why: str = ""
    weeks: tuple[int, ...] = ()
    last_day: date | None = None
    links: tuple[str, ...] = ()
    merged_into: int | None = None
    looked: Look | None = None
    customers_known: bool = True


@dataclass(frozen=True, slots=True)
class InsightsReport:
    """A page (from 0, of `size`) of the answer to `/insights WORDS`; `total` counts all.

    `mine` are those that the asker tagged or owns.
    """

    words: str
    insights: tuple[InsightLine, ...]
    total: int
    page: int = 0
    size: int = 10
    mine: bool = False


@dataclass(frozen=True, slots=True)
class InsightTicketLine:
    """A ticket of an insight, and how it came to it: `by` is a Slack user, or "" for by itself.

    The ticket that the insight was made of cannot be detached.
    """

    ticket: TicketView
    by: str
    at: datetime
    can_detach: bool


@dataclass(frozen=True, slots=True)
class InsightTickets:
    """A page (from 0, of `size`) of the tickets of an insight, newest first."""

    insight: int
    title: str
    tickets: tuple[InsightTicketLine, ...]
    total: int
    page: int = 0
    size: int = 10


@dataclass(frozen=True, slots=True)
class InsightNews:
    """One thing that happened to an insight, as its thread tells it.

    `what` says of which sort (`Happened`); `before`, `after` and `said` are words as they were
    then; `by` is a Slack user, or "" where nobody in particular did it.
    """

    at: datetime
    by: str
    what: Happened
    before: str = ""
    after: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class HomeReport:
    """The Home tab: friction of the features of the viewer's channels, newest insights.

    Of `leaks` tickets a leak was reported in the same window.
    """

    window: Window
    features: tuple[FeatureLine, ...]
    insights: tuple[InsightLine, ...]
    tickets: int
    channels: tuple[str, ...]
    is_new: bool
    digests: tuple[DigestLine, ...] = ()
    leaks: int = 0
