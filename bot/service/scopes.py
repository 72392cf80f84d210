"""Which tickets a question is about, for all that is told from them."""

from __future__ import annotations

from bot.reports import Window
from bot.voice.query import Question
from storage.models import FRICTION_BITS
from storage.scope import Scope
from storage.tickets import kind_mask


def of(question: Question) -> Scope:
    """The tickets that a question is about."""
    window, feature = question.window, question.feature
    return Scope(
        window.since,
        window.until,
        feature.id if feature else None,
        None if feature else question.words,
        counted=kind_mask(question.kinds) if question.kinds else FRICTION_BITS,
        segment=question.segment,
        source=question.source,
    )


def window_before(window: Window) -> Window:
    """The stretch of the same length before a window, which it is compared with."""
    return Window(window.since - (window.until - window.since), window.since, "the window before")
