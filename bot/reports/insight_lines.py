"""One insight in a line, as lists and answers show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.reports.tickets import Feature
from bot.reports.words import Kind, Status


@dataclass(frozen=True, slots=True)
class InsightLine:
    """An insight in one line of a list; `owner` is a Slack user id."""

    id: int
    title: str
    feature: Feature | None
    kind: Kind
    status: Status
    tickets: int
    customers: int
    answers: Mapping[str, int]
    created_at: datetime
    owner: str | None = None
    issue_url: str | None = None
    shipped_on: date | None = None
