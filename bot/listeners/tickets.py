"""Tickets in modals: those that an answer counted, one in full, and what people correct of it."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks import listing as listing_screens
from bot.blocks import tickets as screens
from bot.errors import NotFound
from bot.listeners.common import Desk, show_modal, update_modal
from bot.listeners.gate import Gate
from bot.listeners.reading import (
    Body,
    Carried,
    carried,
    channel_of,
    moment_of,
    number_in,
    place_of,
    team_of,
    user_of,
    value_of,
    view_of,
    word_in,
)
from bot.reports import Act, Corrected, Right, TicketView, Verdict
from bot.service import corrections, listing, tickets
from bot.service.corrections import About


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the buttons that open a ticket, and to those of its modal."""

    _register_list(gate, desk)

    @gate.action(kit.ACTION_SHOW)
    def show(body: Body, action: Body, client: WebClient) -> None:
        ticket = tickets.view(desk.context, number_in(value_of(action)))
        below = body.get("view") or {}
        listed = below.get("callback_id") == kit.VIEW_TICKETS
        place = {"list": place_of(body)} if listed else {}
        show_modal(client, body, screens.view(ticket, **place))
        desk.acted(body, Act.OPENED)

    @gate.action(kit.ACTION_CORRECT, Right.CORRECT)
    def correct(body: Body, action: Body, client: WebClient) -> None:
        what, verdict, value = _chosen(value_of(action), 3)
        ticket = corrections.say(
            desk.context,
            _about(body, what, value),
            word_in(Verdict, verdict),
            team=team_of(body),
            user=user_of(body),
            now=desk.now(),
        )
        _show_again(desk, body, client, ticket)

    @gate.action(kit.ACTION_UNDO, Right.CORRECT)
    def undo(body: Body, action: Body, client: WebClient) -> None:
        what, value = _chosen(value_of(action), 2)
        ticket = corrections.take_back(
            desk.context,
            _about(body, what, value),
            team=team_of(body),
            user=user_of(body),
            now=desk.now(),
        )
        _show_again(desk, body, client, ticket)


def _register_list(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_TICKETS)
    def show_list(body: Body, action: Body, client: WebClient) -> None:
        place = Carried(carried(value_of(action)) | {"home": channel_of(body)})
        show_modal(client, body, _list(desk, place))
        desk.acted(body, Act.OPENED)

    def turn(body: Body, client: WebClient, by: int) -> None:
        place = place_of(body)
        update_modal(client, body, _list(desk, place, by))

    @gate.action(kit.ACTION_NEXT)
    def older(body: Body, client: WebClient) -> None:
        turn(body, client, 1)

    @gate.action(kit.ACTION_PREVIOUS)
    def newer(body: Body, client: WebClient) -> None:
        turn(body, client, -1)


def _list(desk: Desk, place: Carried, by: int = 0) -> dict[str, Any]:
    """A page of the tickets of a question, `by` pages from the one that was shown."""
    page = max(number_in(place.get("page", 0)) + by, 0)
    asked, at = str(place.get("q", "")), moment_of(place, desk.now())
    report = listing.tickets_of(desk.context, asked, at, page)
    return listing_screens.view(report, str(place.get("home", "")))


def _about(body: Body, what: str, value: str) -> About:
    place = place_of(body)
    return About(number_in(place.get("ticket")), word_in(Corrected, what), value)


def _chosen(value: object, parts: int) -> list[str]:
    found = str(value).split(":", parts - 1)
    if len(found) != parts:
        raise NotFound("There is nothing such to correct.")
    return found


def _show_again(desk: Desk, body: Body, client: WebClient, ticket: TicketView) -> None:
    """Show the ticket as it counts now, and the list below it, if it was opened from one."""
    place, below = place_of(body), view_of(body).get("previous_view_id")
    place.pop("ticket", None)
    update_modal(client, body, screens.view(ticket, **place))
    if isinstance(place.get("list"), dict) and below:
        client.views_update(view_id=below, view=_list(desk, Carried(place["list"])))
