"""One ticket, whole and redacted."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import TicketView
from bot.service import catalogue as catalogues
from bot.service import convert
from bot.service.context import Context
from bot.voice.features import Catalogue
from bot.voice.ticket_ids import candidates, host_of, is_address, same_address
from storage import corrections, lookup
from storage import tickets as rows
from storage.values import TicketValue


def view(context: Context, row: int) -> TicketView:
    """The ticket of a row, with what people corrected of it. Raises `NotFound`."""
    with context.store.read() as session:
        found = rows.get(session, [row])
        if not found:
            raise NotFound("This ticket is no longer stored.")
        return _whole(session, found[0], catalogues.load(session))


def _whole(session: Session, ticket: TicketValue, catalogue: Catalogue) -> TicketView:
    """With what people corrected of it."""
    said = corrections.of(session, [ticket.id]).get(ticket.id, ())
    return replace(
        convert.ticket(ticket, catalogue.by_id),
        corrections=tuple(convert.correction(each, catalogue.by_id) for each in said),
    )


def named(
    session: Session, catalogue: Catalogue, ticket: str, source: str | None
) -> TicketView | None:
    """The ticket of an id or address, in `source` where one is given; None where there is none.

    Of several with the same id it is the one stored last. An address must be the ticket's own,
    or lead to the place that it came from.
    """
    ids = candidates(ticket)
    found = [one for one in lookup.called(session, ids) if _is_at(one, ticket)]
    found.sort(key=lambda one: (not _is_own(one, ticket), ids.index(one.external_id)))
    if not found and is_address(ticket):
        bare = ticket.rstrip("/")
        found = lookup.linked(session, (bare, f"{bare}/"))
    wanted = [one.row for one in found if source in (None, one.source)]
    values = rows.get(session, wanted[:1])
    return _whole(session, values[0], catalogue) if values else None


def _is_own(one: lookup.NamedTicket, ticket: str) -> bool:
    return one.url is not None and same_address(one.url, ticket)


def _is_at(one: lookup.NamedTicket, ticket: str) -> bool:
    """Whether a ticket can be meant by an address; every one can be by an id."""
    if not is_address(ticket) or _is_own(one, ticket):
        return True
    return host_of(ticket) in {one.source.lower(), host_of(one.url or "")}
