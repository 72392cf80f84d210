"""What is meant by what was typed to be forgotten. Where it may be two things it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.errors import NotFound, UserError
from bot.reports import Forget
from bot.voice.ticket_ids import candidates, host_of, is_address, same_address
from storage import forgotten, lookup, selection
from storage.keys import Keys
from storage.lookup import NamedTicket

OURS = "earshot"
"""Stands in the place of a source where our own number of a ticket is given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be forgotten. `typed` is never kept, `mark` is what it is known by.

    `keys` are those of the customer or account, `tickets` are sources and numbers; `marks` are
    what no import may bring back.
    """

    what: Forget
    typed: str
    mark: str
    keys: tuple[str, ...] = ()
    tickets: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()


def understood(session: Session, keys: Keys, what: Forget, given: str) -> Asked:
    """What is meant. Raises `UserError` where nothing can be, or more than one thing."""
    typed = given.strip()
    if not typed:
        raise UserError("Say what to forget: an address, a number or a name.")
    mark = keys.mark("asked", what, typed.casefold())
    if what is Forget.TICKET:
        places = _tickets(session, typed, is_known=_was_asked(session, mark))
        marks = [keys.mark(forgotten.TICKET, *place) for place in places]
        return Asked(what, typed, mark, tickets=tuple(places), marks=tuple(marks))
    if what is Forget.ACCOUNT:
        found = [key for key in (keys.account(typed),) if key]
    else:
        found = _customers(session, keys, typed, is_known=_was_asked(session, mark))
    marks = [keys.mark(what, key) for key in found]
    return Asked(what, typed, mark, keys=tuple(found), marks=tuple(marks))


def _was_asked(session: Session, mark: str) -> bool:
    return forgotten.last_request(session, mark) is not None


def rows(session: Session, asked: Asked) -> list[int]:
    """The tickets that are stored of it."""
    found = set(selection.named(session, asked.tickets))
    of = selection.of_account if asked.what is Forget.ACCOUNT else selection.of_customer
    for key in asked.keys:
        found.update(of(session, key))
    return sorted(found)


def _customers(session: Session, keys: Keys, typed: str, *, is_known: bool) -> list[str]:
    """Keys of a customer: of an e-mail address, or of an id in the source or sources."""
    if "@" in typed:
        return [keys.customer("", "", email=typed, requester_id=None).key]
    sources = lookup.sources(session)
    named, _, id = typed.partition(":")
    if named in sources and id:
        sources, typed = [named], id
    if not sources and not is_known:
        raise NotFound("No ticket is stored, so nobody can be found by an id.")
    found = [keys.customer(one, "", email=None, requester_id=typed).key for one in sources]
    if not is_known and not any(selection.of_customer(session, key) for key in found):
        raise NotFound(
            "No ticket is stored under this id. A customer with an e-mail address is known by "
            "that alone: give the address."
        )
    return found


def _tickets(session: Session, typed: str, *, is_known: bool) -> list[tuple[str, str]]:
    if is_address(typed):
        found = _places(_addressed(session, typed))
    else:
        source, colon, number = typed.partition(":")
        if source == OURS and number.isdigit():
            found = _own(session, number)
        elif colon and source and number:
            return [(source, number)]
        else:
            found = _places(lookup.called(session, candidates(typed.lstrip("#"))))
            if typed.isdigit():
                found = list(dict.fromkeys([*found, *_own(session, typed)]))
    if len(found) > 1:
        shown = ", ".join(sorted(f"{source}:{number}" for source, number in found))
        raise UserError(f"Several tickets may be meant: {shown}. Say which, as SOURCE:NUMBER.")
    if not found and not is_known:
        raise NotFound(
            "No such ticket is stored. Write SOURCE:NUMBER to keep it away all the same."
        )
    return found


def _addressed(session: Session, address: str) -> Sequence[NamedTicket]:
    """The ticket that has this very address; else the one with its number at that place."""
    bare = address.rstrip("/")
    linked = lookup.linked(session, (bare, f"{bare}/"))
    if linked:
        return linked
    called = lookup.called(session, candidates(address))
    own = [one for one in called if one.url and same_address(one.url, address)]
    host = host_of(address)
    return own or [one for one in called if host in {one.source.lower(), host_of(one.url or "")}]


def _own(session: Session, number: str) -> list[tuple[str, str]]:
    place = selection.place(session, int(number[:9]))
    return [] if place is None else [place]


def _places(found: Sequence[NamedTicket]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.source, one.external_id) for one in found))
