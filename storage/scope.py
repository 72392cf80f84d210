"""Which tickets a question is about, as conditions on narrow rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, select
from sqlmodel import col

from storage.columns import instant, table_of
from storage.models import FRICTION_BITS, Ticket, TicketFact, TicketFeature

if TYPE_CHECKING:
    from storage.matched import Matched


class Form(NamedTuple):
    """What a scope names: for each form a statement is made once."""

    feature: bool
    words: bool
    segment: bool
    source: bool

    @property
    def table(self) -> type[TicketFact] | type[TicketFeature]:
        return TicketFeature if self.feature else TicketFact

    def conditions(self) -> list[ColumnElement[bool]]:
        """Conditions on `table`, for `Scope.values`; those on time and words are the caller's."""
        return [*_conditions(self)]


@cache
def _conditions(form: Form) -> tuple[ColumnElement[bool], ...]:
    narrow = table_of(form.table).c
    found: list[ColumnElement[bool]] = []
    if form.feature:
        found.append(narrow.feature_id == bindparam("feature"))
    if form.segment:
        found.append(narrow.segment == bindparam("segment"))
    if form.source:
        # Seldom asked: the wide row tells, so that no narrow one has to carry it.
        same = select(col(Ticket.id)).where(col(Ticket.id) == narrow.ticket_id)
        found.append(same.where(col(Ticket.source) == bindparam("source")).exists())
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Scope:
    """Tickets about `feature`, or with all of `words`, or all, written in `[since, until)`.

    `segment` and `source` narrow them; `counted` are the bits of the kinds that figures of
    friction count. `matched` are the tickets with `words`, where they were found already.
    """

    since: datetime
    until: datetime
    feature: str | None = None
    words: str | None = None
    counted: int = FRICTION_BITS
    segment: str | None = None
    source: str | None = None
    matched: Matched | None = field(default=None, compare=False)

    @property
    def form(self) -> Form:
        return Form(
            self.feature is not None,
            self.words is not None,
            self.segment is not None,
            self.source is not None,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves out what the counts of days hold."""
        return bool(self.segment or self.source or self.counted != FRICTION_BITS)

    def values(self) -> dict[str, Any]:
        """What the conditions of its form are asked with, and its window."""
        return {
            "since": instant(self.since),
            "until": instant(self.until),
            "feature": self.feature,
            "segment": self.segment,
            "source": self.source,
            "counted": self.counted,
        }
