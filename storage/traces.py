"""Whether rows still have a text, in whatever table."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from storage import holdings
from storage.fulltext import TEXT_INDEX, Term, has_words
from storage.models import Ticket
from storage.search import apart

_OF_TICKETS: Final = ("ticket.", "ticket_quote.")
_ESCAPE: Final = "\\"


def columns_with(session: Session, texts: Sequence[str], *, tickets: bool) -> list[str]:
    """The columns that have one of these texts somewhere, whatever the case.

    Without `tickets` those of tickets and their quotes are left out: they have an index.
    """
    if not texts:
        return []
    found = []
    for name, value in holdings.texts():
        if not tickets and name.startswith(_OF_TICKETS):
            continue
        lower = func.lower(value)
        has = or_(*[lower.like(each, escape=_ESCAPE) for each in _patterns(texts)])
        if session.execute(select(1).where(has).limit(1)).first() is not None:
            found.append(name)
    return found


def _patterns(texts: Sequence[str]) -> set[str]:
    """As texts and as they stand in JSON. SQLite knows the case of ASCII letters only."""
    found = set()
    for text in texts:
        for written in (text, json.dumps(text)[1:-1]):
            plain = re.sub(r"([\\%_])", r"\\\1", written)
            found |= {f"%{plain.lower()}%", f"%{plain.encode().lower().decode()}%"}
    return found


def numbered_alike(session: Session, source: str, external_id: str) -> bool:
    """Whether a ticket of a source has a number that begins with this one."""
    other = col(Ticket.external_id)
    statement = select(1).where(
        col(Ticket.source) == source, other.startswith(external_id, autoescape=True)
    )
    return session.execute(statement.limit(1)).first() is not None


def linked_alike(session: Session, url: str) -> bool:
    """Whether a ticket has a link that begins with this one."""
    statement = select(1).where(col(Ticket.url).startswith(url, autoescape=True))
    return session.execute(statement.limit(1)).first() is not None


def is_said(session: Session, words: str, *, begins: bool = False) -> bool:
    """Whether a ticket says these words in a row; with `begins` one may begin with the last."""
    asked = has_words([Term(apart(words).replace('"', " "), begins)])
    statement = select(TEXT_INDEX.c.rowid).where(asked).limit(1)
    return session.execute(statement).first() is not None
