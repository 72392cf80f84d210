"""Insights: their cards, lists and forms, and the Home tab that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.reports.cadence import DigestLine
from bot.reports.friction import FeatureLine, InsightLine, Window
from bot.reports.tickets import Feature, Quote, TicketView
from bot.reports.words import Kind, Status


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


@dataclass(frozen=True, slots=True)
class HomeReport:
    """The Home tab: friction of the features of the viewer's channels, newest insights."""

    window: Window
    features: tuple[FeatureLine, ...]
    insights: tuple[InsightLine, ...]
    tickets: int
    channels: tuple[str, ...]
    is_new: bool
    digests: tuple[DigestLine, ...] = ()
