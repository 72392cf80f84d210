"""The segments and sources of this installation, by which questions are understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect
from sqlmodel import Session

from bot.service import catalogue as catalogues
from bot.voice.features import Catalogue
from storage import feature_days, lookup
from storage import features as feature_rows


@dataclass(frozen=True, slots=True)
class Labels:
    """Names as they are stored, in order, and the day of the oldest ticket."""

    segments: tuple[str, ...]
    sources: tuple[str, ...]
    first_day: date | None = None


_Tickets = tuple[int, str | None]
"""What changes when tickets come or go: see `storage.features.state`."""

# By what a database's sessions have in common, as the catalogue is.
_KEPT: WeakKeyDictionary[Dialect, tuple[_Tickets, Labels]] = WeakKeyDictionary()


def load(session: Session) -> Labels:
    """Those of the tickets stored so far; kept until another ticket comes, or one goes."""
    _, tickets = feature_rows.state(session)
    return _of(session, tickets)


def with_catalogue(session: Session) -> tuple[Catalogue, Labels]:
    """What every question is understood by."""
    stamp, tickets = feature_rows.state(session)
    return catalogues.of_stamp(session, stamp), _of(session, tickets)


def _of(session: Session, tickets: _Tickets) -> Labels:
    database = session.get_bind().dialect
    kept = _KEPT.get(database)
    if kept is not None and kept[0] == tickets:
        return kept[1]
    found = Labels(
        tuple(lookup.segments(session)),
        tuple(lookup.sources(session)),
        feature_days.first_day(session),
    )
    _KEPT[database] = tickets, found
    return found
