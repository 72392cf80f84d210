"""Tickets in modals: those that an answer counted, one in full, and what people correct of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks import listing as listing_screens
from bot.blocks import tickets as screens
from bot.errors import NotFound
from bot.listeners.common import (
    Body,
    Desk,
    carried,
    channel_of,
    moment_of,
    number_in,
    show_modal,
    team_of,
    update_modal,
    user_of,
)
from bot.reports import Act, Corrected, TicketView, Verdict
from bot.service import corrections, listing, tickets
from bot.service.corrections import About

_Words = TypeVar("_Words", Corrected, Verdict)


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons that open a ticket, and to those of its modal."""

    _register_list(app, desk)

    @app.action(kit.ACTION_SHOW)
    def show(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        ticket = tickets.view(desk.context, number_in(action["value"]))
        below = body.get("view") or {}
        listed = below.get("callback_id") == kit.VIEW_TICKETS
        place = {"list": carried(below["private_metadata"])} if listed else {}
        show_modal(client, body, screens.view(ticket, **place))
        desk.acted(body, Act.OPENED)

    @app.action(kit.ACTION_CORRECT)
    def correct(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        what, verdict, value = _chosen(action["selected_option"]["value"], 3)
        ticket = corrections.say(
            desk.context,
            _about(body, what, value),
            _known(Verdict, verdict),
            team=team_of(body),
            user=user_of(body),
            now=desk.now(),
        )
        _show_again(desk, body, client, ticket)

    @app.action(kit.ACTION_UNDO)
    def undo(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        what, value = _chosen(action["value"], 2)
        ticket = corrections.take_back(desk.context, _about(body, what, value))
        _show_again(desk, body, client, ticket)


def _register_list(app: App, desk: Desk) -> None:
    @app.action(kit.ACTION_TICKETS)
    def show_list(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        place = carried(action["value"]) | {"home": channel_of(body)}
        show_modal(client, body, _list(desk, place))
        desk.acted(body, Act.OPENED)

    def turn(body: Body, client: WebClient, by: int) -> None:
        desk.person(body)
        place = carried(body["view"]["private_metadata"])
        update_modal(client, body, _list(desk, place, by))

    @app.action(kit.ACTION_NEXT)
    def older(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        turn(body, client, 1)

    @app.action(kit.ACTION_PREVIOUS)
    def newer(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        turn(body, client, -1)


def _list(desk: Desk, place: Mapping[str, Any], by: int = 0) -> dict[str, Any]:
    """A page of the tickets of a question, `by` pages from the one that was shown."""
    page = max(number_in(place.get("page", 0)) + by, 0)
    asked, at = str(place.get("q", "")), moment_of(place, desk)
    report = listing.tickets_of(desk.context, asked, at, page)
    return listing_screens.view(report, str(place.get("home", "")))


def _about(body: Body, what: str, value: str) -> About:
    place = carried(body["view"]["private_metadata"])
    return About(number_in(place.get("ticket")), _known(Corrected, what), value)


def _chosen(value: object, parts: int) -> list[str]:
    found = str(value).split(":", parts - 1)
    if len(found) != parts:
        raise NotFound("There is nothing such to correct.")
    return found


def _known(words: type[_Words], value: str) -> _Words:
    if value not in set(words):
        raise NotFound("There is nothing such to correct.")
    return words(value)


def _show_again(desk: Desk, body: Body, client: WebClient, ticket: TicketView) -> None:
    """Show the ticket as it counts now, and the list below it, if it was opened from one."""
    view = body["view"]
    place = carried(view["private_metadata"])
    place.pop("ticket", None)
    update_modal(client, body, screens.view(ticket, **place))
    if "list" in place and view.get("previous_view_id"):
        client.views_update(view_id=view["previous_view_id"], view=_list(desk, place["list"]))
