"""Insights looked up: searched, with the tickets of one, and where the card of one stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import (
    Happened,
    InsightCard,
    InsightNews,
    InsightsReport,
    InsightTicketLine,
    InsightTickets,
    Status,
)
from bot.service import cards, convert, insight_views, insights
from bot.service import catalogue as catalogues
from bot.service.context import Context
from storage import engines, insight_lists, insight_moves, insight_tickets
from storage import insights as rows
from storage import posts as post_rows
from storage import tickets as ticket_rows
from storage.insight_lists import Wanted
from storage.insight_tickets import ITSELF
from storage.values import InsightValue

PAGE: Final = 10
MINE: Final = "mine"


def search(
    context: Context,
    words: str,
    until: datetime | None = None,
    *,
    page: int = 0,
    user: str = "",
) -> InsightsReport:
    """A page of the insights that were asked for, newest first.

    A status, a feature by any of its names, or words that stand in title, note, kind, status or
    feature. `mine`, where a `user` asks, are those that they tagged or own. With `until` only
    those that were made before it. Beyond the last page it is the last one.
    """
    asked = words.split()
    mine = bool(user) and [word.lower() for word in asked].count(MINE) == 1
    if mine:
        asked = [word for word in asked if word.lower() != MINE]
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        wanted = Wanted(" ".join(asked), until=until, person=user if mine else None)
        found, total = _page(session, wanted, page)
        named = catalogue.named(wanted.words) if wanted.words else None
        if named is not None and named.feature is not None and not total:
            # Words first: a feature's name stands in titles, too.
            found, total = _page(session, replace(wanted, words="", feature=named.feature.id), page)
        lines = insight_views.lines(session, context, catalogue, found)
    last = max(total - 1, 0) // PAGE
    return InsightsReport(wanted.words, lines, total, min(max(page, 0), last), PAGE, mine)


def _page(session: Session, wanted: Wanted, page: int) -> tuple[list[InsightValue], int]:
    if wanted.words.lower() in set(Status):
        wanted = replace(wanted, words="", status=wanted.words.lower())
    found, total = insight_lists.find(session, wanted, PAGE, max(page, 0) * PAGE)
    if total and not found:
        found, total = insight_lists.find(session, wanted, PAGE, (total - 1) // PAGE * PAGE)
    return found, total


def card_of(context: Context, insight: int) -> InsightCard:
    """An insight, or the one that it is part of, as its card shows it. Raises `NotFound`."""
    with context.store.read() as session:
        value = rows.standing(session, insights.get(session, insight))
        return insight_views.card(session, context, catalogues.load(session), value)


def tickets_of(context: Context, insight: int, page: int) -> InsightTickets:
    """A page (from 0) of the tickets of an insight. Raises `NotFound`."""
    with context.store.read() as session:
        value = rows.standing(session, insights.get(session, insight))
        total, attached = insight_tickets.page(session, value.id, max(page, 0) * PAGE, PAGE)
        last = max(total - 1, 0) // PAGE
        if page > last:
            total, attached = insight_tickets.page(session, value.id, last * PAGE, PAGE)
        features = catalogues.load(session).by_id
        stored = ticket_rows.get(session, [each.ticket for each in attached])
        how = {each.ticket: each for each in attached}
        lines = tuple(
            InsightTicketLine(
                ticket=convert.ticket(ticket, features),
                by="" if how[ticket.id].how == ITSELF else how[ticket.id].by,
                at=how[ticket.id].at,
                can_detach=ticket.id != value.ticket_id,
            )
            for ticket in stored
        )
        return InsightTickets(value.id, value.title, lines, total, min(max(page, 0), last), PAGE)


def detach(context: Context, insight: int, ticket: int, user: str, now: datetime) -> None:
    """Take a ticket from an insight for good, and tell so; again it changes nothing.

    Raises `NotFound` for an insight that is gone, and for the ticket that it was made of.
    """
    with context.store.write(engines.INSIGHTS) as session:
        value = rows.standing(session, insights.get(session, insight))
        if ticket == value.ticket_id:
            raise NotFound("An insight keeps the ticket that it was made of.")
        first = insight_moves.made_of(session, ticket)
        rows.hold_all(session, (value.id, value.id if first is None else first))
        found = ticket_rows.get(session, [ticket])
        if insight_moves.detach(session, value.id, ticket, user, now) and found:
            news = InsightNews(now, user, Happened.DETACHED, before=found[0].external_id)
            cards.tell(session, context, value, [news], now)


@dataclass(frozen=True, slots=True)
class CardPlace:
    """Where the card of an insight stands; no `ts` where it is on its way, or there is none."""

    insight: int
    team: str
    channel: str
    ts: str | None


def card_place(context: Context, insight: int) -> CardPlace:
    """Where the card of an insight, or of the one that it is part of, stands. Raises `NotFound`."""
    with context.store.read() as session:
        value = rows.standing(session, insights.get(session, insight))
        root = cards.standing(session, value)
        if root is None:
            return CardPlace(value.id, value.team, value.card_channel, None)
        return CardPlace(value.id, value.team, root.channel, root.ts)


def new_channel(context: Context, insight: int, otherwise: str) -> str:
    """Where a card that is gone would be posted anew: see `cards.channel`. Raises `NotFound`."""
    with context.store.read() as session:
        value = insights.get(session, insight)
        return cards.channel(session, value.team, value.feature_id, otherwise)


def post_anew(context: Context, place: CardPlace, channel: str, user: str, now: datetime) -> bool:
    """Post the card of an insight in a channel, as what stood at `place` is gone.

    False where one is on its way already. Raises `NotFound`.
    """
    with context.store.write() as session:
        value = insights.get(session, place.insight)
        if place.ts is not None:
            post_rows.mark_gone(session, value.team, place.channel, place.ts, now)
        if cards.standing(session, value) is not None:
            return False
        value = rows.change(session, value.id, value.changed_at, card_channel=channel)
        is_new = cards.plan(session, context, value, now)
        if is_new and user:
            cards.keep(session, value, InsightNews(now, user, Happened.MOVED))
        return is_new
