"""Which tickets a question is about, as conditions on narrow rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col

from storage.models import TicketFact, TicketFeature


@dataclass(frozen=True, slots=True)
class Scope:
    """Tickets about `feature`, or with all of `words`, or all, written in `[since, until)`."""

    since: datetime
    until: datetime
    feature: str | None = None
    words: str | None = None

    @property
    def table(self) -> type[TicketFact] | type[TicketFeature]:
        return TicketFact if self.feature is None else TicketFeature

    def narrow(self) -> list[ColumnElement[bool]]:
        """Conditions on `table`; those on words are the caller's."""
        at = col(self.table.created_at)
        found: list[ColumnElement[bool]] = [at >= self.since, at < self.until]
        if self.feature is not None:
            found.append(col(TicketFeature.feature_id) == self.feature)
        return found
