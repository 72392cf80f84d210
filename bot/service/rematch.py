"""Tickets matched against a feature that was edited, a few at a time, when there is time.

How far it came is kept with each batch, so that it is taken up again wherever it was broken off.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session

from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice.features import Catalogue
from storage import features as feature_rows
from storage import meta
from storage import reread as rows
from storage import tickets as ticket_rows
from storage.engines import TICKETS

BATCH = 100


@dataclass(frozen=True, slots=True)
class _Planned:
    """A feature whose tickets are to be matched again: those before `row` are still to come."""

    feature: str
    row: int


def plan(session: Session, feature: str) -> None:
    """Have tickets matched against a feature's names as they are now, in the caller's session."""
    others = [each for each in _planned(session) if each.feature != feature]
    _keep(session, [*others, _Planned(feature, ticket_rows.newest_row(session) + 1)])


def done(session: Session, feature: str) -> None:
    """Nothing is left to be matched against a feature."""
    _keep(session, [each for each in _planned(session) if each.feature != feature])


def waiting(context: Context) -> list[str]:
    """Features (ids) that tickets are still to be matched against."""
    with context.store.read() as session:
        return [each.feature for each in _planned(session)]


def candidates(session: Session, catalogue: Catalogue, feature: str, row: int) -> list[int]:
    """Rows before `row` of tickets that have a feature or name it now, the last ones first."""
    value = catalogue.by_id[feature]
    names = (value.id, value.name, *value.aliases)
    return rows.candidates(session, feature, names, value.tags, row)


class FeatureRematch:
    """Matches tickets against edited features; any number of processes may."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: tuple[str | None, str, list[int]] = (None, "", [])

    def run_one(self) -> bool:
        """Match some tickets again; False when there is nothing to be done."""
        with self._context.store.read() as session:
            planned = _planned(session)
            if not planned:
                return False
            first, *others = planned
            catalogue = catalogues.load(session)
            batch = self._next(session, catalogue, first)
            tickets = rows.of(session, batch)
        read = [(ticket, catalogues.features_of(ticket, catalogue)) for ticket in tickets]
        with self._context.store.write(TICKETS) as session:
            # Another process may have done it, or somebody edited the catalogue meanwhile.
            if _planned(session) == planned and catalogues.holds(session, catalogue):
                rows.rematch(session, read)
                left = [_Planned(first.feature, batch[-1])] if batch else []
                _keep(session, [*left, *others])
        return True

    def _next(self, session: Session, catalogue: Catalogue, planned: _Planned) -> list[int]:
        if planned.feature not in catalogue.by_id:
            return []
        stamp = feature_rows.stamp(session)
        if self._found[:2] != (stamp, planned.feature):
            # A look at all tickets, once for a feature and not for each batch.
            found = candidates(session, catalogue, planned.feature, planned.row)
            self._found = stamp, planned.feature, found
        return [row for row in self._found[2] if row < planned.row][:BATCH]


def _planned(session: Session) -> list[_Planned]:
    written = meta.get(session, meta.REMATCH_FEATURES)
    return [_Planned(**each) for each in json.loads(written)] if written else []


def _keep(session: Session, planned: Sequence[_Planned]) -> None:
    written = json.dumps([asdict(each) for each in planned]) if planned else None
    meta.put(session, meta.REMATCH_FEATURES, written)
