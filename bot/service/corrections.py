"""Tickets that were read wrongly, corrected by the people who see them.

A correction counts at once: the ticket is read again, and what was said of it is applied to that
as it is to every later reading (`storage.corrections`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import Corrected, Deed, Kind, TicketView, Verdict
from bot.service import audit, reread, tickets
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice.features import Catalogue
from storage import corrections as rows
from storage import reread as reread_rows
from storage import vectors as vector_rows
from storage.engines import TICKETS
from storage.values import CorrectionValue, ToRead


@dataclass(frozen=True, slots=True)
class About:
    """A feature (by id) or a kind of a ticket (by row)."""

    ticket: int
    what: Corrected
    value: str


def say(
    context: Context, about: About, verdict: Verdict, *, team: str, user: str, now: datetime
) -> TicketView:
    """Keep what a person says of a ticket; returns the ticket as it counts now.

    The last word on a feature or kind counts. Raises `NotFound` for a ticket, feature or kind that
    is not there (any more), and for one that cannot be said.
    """
    with context.store.write(TICKETS) as session:
        catalogue = catalogues.load(session)
        _check(catalogue, about, verdict)
        _found(session, about)
        value = CorrectionValue(
            about.ticket, about.what, about.value, verdict, team, user, said_at=now
        )
        rows.put(session, value)
        _record(session, about, user, team, now)
        _read_again(session, context, catalogue, about, verdict)
    return tickets.view(context, about.ticket)


def take_back(context: Context, about: About, *, team: str, user: str, now: datetime) -> TicketView:
    """Forget what was said; the ticket counts as it is read. Raises `NotFound`."""
    with context.store.write(TICKETS) as session:
        rows.remove(session, about.ticket, about.what, about.value)
        _record(session, about, user, team, now)
        _read_again(session, context, catalogues.load(session), about, None)
    return tickets.view(context, about.ticket)


def _record(session: Session, about: About, user: str, team: str, now: datetime) -> None:
    said = f"ticket {about.ticket}: {about.what} {about.value}"
    audit.record(session, now, Deed.READING_CORRECTED, said, by=user, team=team)


def _check(catalogue: Catalogue, about: About, verdict: Verdict) -> None:
    if about.what is Corrected.KIND:
        if about.value not in set(Kind):
            raise NotFound("There is no such kind.")
    elif about.value not in catalogue.by_id or verdict is not Verdict.NOT:
        raise NotFound("This feature is no longer in the catalogue.")


def _found(session: Session, about: About) -> ToRead:
    found = reread_rows.of(session, [about.ticket])
    if not found:
        raise NotFound("This ticket is no longer stored.")
    return found[0]


def _read_again(
    session: Session,
    context: Context,
    catalogue: Catalogue,
    about: About,
    verdict: Verdict | None,
) -> None:
    """Read what was corrected of a ticket, and leave the rest of it alone."""
    ticket = _found(session, about)
    encoder = context.encoder()
    if encoder is None and verdict is Verdict.NOT and vector_rows.model(session):
        # It was read with a model that this process has not: what is left out is left out of that.
        meant = ticket.meant
    else:
        [meant] = reread.meant(session, encoder, catalogue, [ticket])
    if about.what is Corrected.FEATURE:
        meant = replace(ticket.meant, features=meant.features)
    else:
        meant = replace(meant, features=ticket.meant.features)
    reread_rows.write(session, [(ticket, meant)])
