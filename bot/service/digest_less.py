"""Less of this: what a channel said that it wants less of, and what that does to its tickets.

A feature or a kind counts as an answer against it (`bot.voice.notable_parts`, feedback); a story is
shown no more. Both hold from the next digest on, until they are taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import ChannelSettings, Kind, LessLine, LessOf
from bot.service import acts
from bot.service.context import Context
from bot.voice.less import Less
from storage import digest_less as rows
from storage import features as feature_rows
from storage import tickets as ticket_rows
from storage.digest_less import LessValue
from storage.values import TicketValue

GONE = "This was taken back before."
_ROW_DIGITS = 9


def say(
    context: Context,
    team: str,
    channel: str,
    *,
    what: LessOf,
    value: str,
    user: str,
    now: datetime,
) -> LessLine:
    """Keep that a channel wants less of a feature (its id), a kind, or a story (a ticket's row).

    Raises `NotFound` for what is not there.
    """
    with context.store.write() as session:
        _check(session, what, value)
        said = rows.say(session, team, channel, what=what.value, value=value, user=user, now=now)
        about = f"less of {said.what} {said.value}"
        acts.configured(session, team, channel, about, user=user, now=now)
        return _lines(session, [said])[0]


def take_back(
    context: Context, team: str, channel: str, less: int, *, user: str, now: datetime
) -> LessLine:
    """Forget it again. Raises `NotFound` where somebody did so before, or it is of another
    channel."""
    with context.store.write() as session:
        gone = rows.take_back(session, team, channel, less)
        if gone is None:
            raise NotFound(GONE)
        about = f"less of {gone.what} {gone.value}, taken back"
        acts.configured(session, team, gone.channel, about, user=user, now=now)
        return _lines(session, [gone])[0]


def lines(session: Session, team: str, channel: str) -> tuple[LessLine, ...]:
    """All that a channel wants less of, the newest first."""
    return tuple(_lines(session, rows.of(session, team, channel)))


def listed(context: Context, team: str, channel: str) -> tuple[LessLine, ...]:
    """The same, for who has no session."""
    with context.store.read() as session:
        return lines(session, team, channel)


def wanted_by(session: Session, settings: ChannelSettings) -> Less:
    """What a channel wants less of, as its tickets are judged by it."""
    said = rows.of(session, settings.team, settings.channel)
    stories = {one.ticket_id for one in said if one.what == LessOf.STORY and one.ticket_id}
    return Less(
        features=frozenset(one.value for one in said if one.what == LessOf.FEATURE),
        kinds=frozenset(one.value for one in said if one.what == LessOf.KIND),
        stories=tuple(told_by(one) for one in ticket_rows.get(session, sorted(stories))),
        tickets=frozenset(stories),
    )


def told_by(ticket: TicketValue) -> str:
    """The words that a ticket's story is known by: its quote, else all of them."""
    return ticket.quotes[0].text if ticket.quotes else f"{ticket.subject}\n{ticket.body}"


def _check(session: Session, what: LessOf, value: str) -> None:
    if what is LessOf.FEATURE:
        known = any(one.id == value for one in feature_rows.every(session))
    elif what is LessOf.KIND:
        known = value in set(Kind)
    else:
        is_row = value.isascii() and value.isdigit() and len(value) <= _ROW_DIGITS
        known = is_row and bool(ticket_rows.get(session, [int(value)]))
    if not known:
        raise NotFound("There is nothing such here any more.")


def _lines(session: Session, said: Sequence[LessValue]) -> list[LessLine]:
    names = {one.id: one.name for one in feature_rows.every(session)}
    rows_of = sorted({one.ticket_id for one in said if one.ticket_id})
    quotes = {one.id: told_by(one) for one in ticket_rows.get(session, rows_of)}
    found = []
    for one in said:
        what = LessOf(one.what)
        name = one.value
        if what is LessOf.FEATURE:
            name = names.get(one.value, one.value)
        elif what is LessOf.STORY:
            name = quotes.get(one.ticket_id or 0, "")
        found.append(LessLine(one.id, one.channel, what, name, one.user, one.said_at))
    return found
