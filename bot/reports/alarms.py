"""Alarms: what rose when, in whose words, what happened to the product beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.reports.tickets import Feature, Quote


class Silence(StrEnum):
    """Why a person silenced an alarm."""

    KNOWN = "known"
    NOT_A_PROBLEM = "not a problem"


@dataclass(frozen=True, slots=True)
class NoteLine:
    """Something noted about the product: a deploy, an incident."""

    at: datetime
    text: str
    feature: Feature | None = None


@dataclass(frozen=True, slots=True)
class AlarmReport:
    """More customers than usual with a feature or a theme.

    `features` are those hit, the one that it belongs to first. `theme` is in a customer's words,
    "" where the tickets have none in common. `observed` customers (tickets, where customers are not
    known) wrote in the `hours` that were strangest, against `expected`; of the theme where
    `is_theme`, else of the feature. `tickets` counts all that belong to it, `ticket_ids` are the
    sources' ids of the first of them. `seen` is when it was last unusual, `earlier` when there were
    alarms like it. `silenced_by` is a Slack user id.
    """

    key: int | None
    opened: datetime
    began: datetime
    seen: datetime
    closed: datetime | None
    features: tuple[Feature, ...]
    theme: str
    observed: int
    expected: float
    hours: int
    is_theme: bool
    tickets: int
    ticket_ids: tuple[str, ...]
    customers_known: bool
    quotes: tuple[Quote, ...] = ()
    earlier: tuple[datetime, ...] = ()
    notes: tuple[NoteLine, ...] = ()
    silence: Silence | None = None
    silenced_by: str | None = None
    silenced_at: datetime | None = None
