"""What is usual for a feature, from the weeks before a window."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from bot.reports import Feature, Usual, Window
from bot.service.scopes import window_before
from bot.voice import usual
from bot.voice.calendar_days import spoken
from bot.voice.query import Question
from storage import feature_days
from storage.values import Figures

WEEKS = 12
FEWEST = 5
"""Of fewer tickets nothing is compared."""


def begun(window: Window, first: date | None) -> str:
    """A sentence where the window before one is not stored as a whole, so that its count is low.

    `first` is the day of the oldest ticket.
    """
    if first is None or first <= window_before(window).since.date():
        return ""
    return f"Stored tickets begin on {spoken(first)}: before that is nothing to compare."


def note(question: Question, found: Figures, first: date | None) -> str:
    """The note of a question, and that sentence where it is compared with the window before."""
    is_compared = found.now.tickets >= FEWEST and not found.is_capped
    return f"{question.note} {begun(question.window, first) if is_compared else ''}".strip()


def of(session: Session, feature: Feature | None, window: Window) -> Usual | None:
    """How many tickets are usual in such a window; None for words, and where too little is known.

    A window longer than the weeks before it is compared with nothing: they say too little of it.
    """
    if feature is None:
        return None
    weekly = feature_days.weeks_before(session, feature.id, window.since, WEEKS)
    days = (window.until - window.since).total_seconds() / 86_400
    return usual.usual(weekly, days) if days <= 7 * len(weekly) else None
