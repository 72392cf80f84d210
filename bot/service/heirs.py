"""Which feature the insights of one go to that leaves the catalogue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlmodel import Session

from bot.reports import Feature
from bot.voice.proposals import same_name
from storage import engines, insight_lists, meta
from storage import insights as rows
from storage.values import FeatureValue

MOVED: Final = "insights_moved"
"""Insights whose feature went away, of which their threads were not told."""


def heir(gone: FeatureValue, features: Sequence[Feature]) -> Feature | None:
    """The feature that a feature which goes away lives on in: the one that has its name now."""
    names = {same_name(gone.name), same_name(gone.id)}
    for feature in features:
        if names & {same_name(name) for name in (feature.name, feature.id, *feature.aliases)}:
            return feature
    return None


def leave(session: Session, gone: Sequence[FeatureValue], features: Sequence[Feature]) -> None:
    """Give the insights of features that go away to their heirs, where there are any.

    In the transaction in which the features go; their threads are told by the clock.
    """
    if gone:
        engines.lock(session, engines.INSIGHTS)
    moved: list[dict[str, Any]] = json.loads(meta.get(session, MOVED) or "[]")
    for value in gone:
        next_one = heir(value, features)
        for insight in insight_lists.about(session, value.id):
            rows.change(
                session,
                insight.id,
                insight.changed_at,
                feature_id=next_one.id if next_one else None,
            )
            moved.append(
                {
                    "insight": insight.id,
                    "before": value.name,
                    "after": next_one.name if next_one else "",
                }
            )
    meta.put(session, MOVED, json.dumps(moved) if moved else None)
