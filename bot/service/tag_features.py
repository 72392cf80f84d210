"""Features that were made of help-desk tags leave with the last ticket that is about them.

Nobody of the company named them: their names are words of tickets.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from bot.service import cards
from bot.service.context import Context
from storage import features as feature_rows
from storage import insight_lists


def tidy(session: Session, context: Context, tags: Collection[str], now: datetime) -> list[str]:
    """Remove those made of these tags that no stored ticket is about; returns their ids.

    In the caller's transaction, which holds `engines.TICKETS`, after its tickets were changed.
    """
    made = [
        feature.id
        for feature in feature_rows.every(session)
        if feature.origin == feature_rows.FROM_TAGS and not set(feature.tags).isdisjoint(tags)
    ]
    return drop_unused(session, context, made, now)


def drop_unused(
    session: Session, context: Context, features: Collection[str], now: datetime
) -> list[str]:
    """Remove those of these features that no stored ticket is about; returns their ids."""
    gone = [feature for feature in features if not feature_rows.is_told_of(session, feature)]
    insights = [each.id for feature in gone for each in insight_lists.about(session, feature)]
    feature_rows.remove(session, gone)
    for insight in insights:
        cards.refresh(session, context, insight, now)
    return gone
