"""What is usual for a feature, from the weeks before a window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.reports import Usual, Window
from bot.service.scopes import window_before
from bot.voice import usual
from bot.voice.calendar_days import spoken
from bot.voice.query import Question
from storage.values import Figures

DAYS_BEFORE = 7 * 12
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


def of(found: Figures, window: Window, first: date | None) -> Usual | None:
    """How many tickets are usual in such a window; None for words, and where too little is known.

    `first` is the day of the oldest ticket. A window longer than the weeks before it is compared
    with nothing: they say too little of it.
    """
    weekly = _weekly(found.days_before, window.since.date(), first)
    days = (window.until - window.since).total_seconds() / 86_400
    return usual.usual(weekly, days) if days <= 7 * len(weekly) else None


def _weekly(days_before: Sequence[int], since: date, first: date | None) -> tuple[int, ...]:
    """The newest week first; weeks that began before anything was stored are left out."""
    if first is None or not any(days_before):
        return ()
    stored = min(len(days_before), (since - first).days)
    return tuple(sum(days_before[end - 7 : end]) for end in range(7, stored + 1, 7))
