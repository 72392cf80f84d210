"""The buttons of a look at a fix that open the tickets behind its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import effect_tickets as screens
from bot.blocks import kit, notice
from bot.directory import slack_code
from bot.errors import NotFound, UserError
from bot.listeners.common import Body, Desk, carried, number_in, update_modal
from bot.reports import Act
from bot.service.effect_tickets import Behind, Side


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons that open these tickets, and to those that turn the page."""

    @cache
    def behind() -> Behind:
        return Behind(desk.context)

    @app.action(kit.each_of(kit.ACTION_EFFECT))
    def show(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        side = _side(carried(action["value"]))
        # Stories may have to be compared, which outlasts the moment that Slack gives for a modal.
        opened = client.views_open(
            trigger_id=body["trigger_id"], view=screens.counting(side.insight)
        )
        desk.acted(body, Act.OPENED)
        view = _first(behind(), side)
        try:
            client.views_update(view_id=opened["view"]["id"], view=view)
        except SlackApiError as error:
            # Closed in the meantime: nobody waits for it any more.
            if slack_code(error) != "not_found":
                raise

    def turn(body: Body, client: WebClient, by: int) -> None:
        desk.person(body)
        place = carried(body["view"]["private_metadata"])
        page = max(number_in(place.get("page", 0)) + by, 0)
        report = behind().page(_side(place), page)
        update_modal(client, body, screens.view(report))

    @app.action(kit.ACTION_EFFECT_NEXT)
    def older(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        turn(body, client, 1)

    @app.action(kit.ACTION_EFFECT_PREVIOUS)
    def newer(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        turn(body, client, -1)


def _first(behind: Behind, side: Side) -> kit.Block:
    """The first page, or why there is none: the modal stands there already."""
    try:
        return screens.view(behind.page(side, 0))
    except UserError as error:
        return notice.view(str(error))


def _side(place: Mapping[str, Any]) -> Side:
    try:
        shipped = date.fromisoformat(str(place.get("on", "")))
    except ValueError:
        raise NotFound("There is nothing such here any more.") from None
    insight, weeks = number_in(place.get("insight")), number_in(place.get("weeks"))
    return Side(insight, shipped, weeks, after=place.get("after") == 1)
