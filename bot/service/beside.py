"""What happened beside a feature's figures: what was noted, what shipped, what alarmed."""

from __future__ import annotations

from sqlmodel import Session

from bot.reports import AlarmReport, Feature, Mark, Window
from bot.service import alarms
from storage import alarms as alarm_rows
from storage import insight_lists, notes

MOST_SHIPPED = 20


def marks(session: Session, feature: Feature | None, window: Window) -> tuple[Mark, ...]:
    """Deploys and incidents that were noted, and fixes that shipped, in the order of time."""
    if feature is None:
        return ()
    noted = notes.between(session, window.since, window.until, feature.id)
    found = [(note.at.date(), note.text) for note in noted]
    since, until = window.since.date(), window.until.date()
    found += [
        (insight.shipped_on, f"shipped: {insight.title}")
        for insight in insight_lists.shipped_on(session, feature.id, MOST_SHIPPED)
        if insight.shipped_on is not None and since <= insight.shipped_on <= until
    ]
    return tuple(Mark(day, said) for day, said in sorted(found))


def alarm(session: Session, feature: Feature | None, window: Window) -> AlarmReport | None:
    """The last alarm of a feature that lasted in the window."""
    if feature is None:
        return None
    every = alarm_rows.since(session, window.since)
    of_feature = [one for one in every if feature.id in one.features and one.opened < window.until]
    return alarms.report(session, of_feature[-1], every) if of_feature else None
