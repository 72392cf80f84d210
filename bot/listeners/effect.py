"""The buttons of a look at a fix that open the tickets behind its figures."""

from __future__ import annotations

from functools import cache

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import effect_tickets as screens
from bot.blocks import kit, notice
from bot.directory import slack_code
from bot.errors import UserError
from bot.listeners.common import Desk, update_modal
from bot.listeners.gate import Gate
from bot.listeners.reading import (
    Body,
    Carried,
    carried,
    day_in,
    number_in,
    place_of,
    trigger_of,
    value_of,
)
from bot.reports import Act
from bot.service.effect_tickets import Behind, Side


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the buttons that open these tickets, and to those that turn the page."""

    @cache
    def behind() -> Behind:
        return Behind(desk.context)

    @gate.action(kit.each_of(kit.ACTION_EFFECT))
    def show(body: Body, action: Body, client: WebClient) -> None:
        side = _side(carried(value_of(action)))
        # Stories may have to be compared, which outlasts the moment that Slack gives for a modal.
        opened = client.views_open(trigger_id=trigger_of(body), view=screens.counting(side.insight))
        desk.acted(body, Act.OPENED)
        view = _first(behind(), side)
        try:
            client.views_update(view_id=opened["view"]["id"], view=view)
        except SlackApiError as error:
            # Closed in the meantime: nobody waits for it any more.
            if slack_code(error) != "not_found":
                raise

    def turn(body: Body, client: WebClient, by: int) -> None:
        place = place_of(body)
        page = max(number_in(place.get("page", 0)) + by, 0)
        report = behind().page(_side(place), page)
        update_modal(client, body, screens.view(report))

    @gate.action(kit.ACTION_EFFECT_NEXT)
    def older(body: Body, client: WebClient) -> None:
        turn(body, client, 1)

    @gate.action(kit.ACTION_EFFECT_PREVIOUS)
    def newer(body: Body, client: WebClient) -> None:
        turn(body, client, -1)


def _first(behind: Behind, side: Side) -> kit.Block:
    """The first page, or why there is none: the modal stands there already."""
    try:
        return screens.view(behind.page(side, 0))
    except UserError as error:
        return notice.view(str(error))


def _side(place: Carried) -> Side:
    shipped = day_in(place.get("on"))
    insight, weeks = number_in(place.get("insight")), number_in(place.get("weeks"))
    return Side(insight, shipped, weeks, after=place.get("after") == 1)
