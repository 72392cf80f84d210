"""Report a leak: any member who sees a ticket says what of it should not be seen.

What is typed goes to the service and nowhere else: no modal carries it on, no answer repeats it.
"""

from __future__ import annotations

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks import leaks as screens
from bot.errors import UserError
from bot.listeners.common import Desk, show_modal, update_modal
from bot.listeners.gate import Gate
from bot.listeners.reading import (
    Body,
    number_in,
    place_of,
    team_of,
    user_of,
    value_of,
    values,
)
from bot.reports import LeakRequest, Right
from bot.service import leaks, tickets


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the menu beside a ticket, and to what it opens."""

    @gate.action(kit.ACTION_LEAK, Right.REPORT_LEAK)
    def open_one(body: Body, action: Body, client: WebClient) -> None:
        ticket = number_in(value_of(action))
        tickets.view(desk.context, ticket)
        show_modal(client, body, screens.form(ticket))

    @gate.view(kit.VIEW_LEAK, Right.REPORT_LEAK)
    def submit(ack: Ack, body: Body, view: Body) -> None:
        try:
            report = leaks.report(
                desk.context, _request(body, view), desk.now(), by=user_of(body), team=team_of(body)
            )
        except UserError as error:
            ack(response_action="errors", errors={kit.BLOCK_LEAKED: str(error)})
            return
        ack(response_action="update", view=screens.done(report))
        desk.clock.wake()
        leaks.tidy(desk.context)

    @gate.action(kit.ACTION_LEAK_OTHERS, Right.REPORT_LEAK)
    def mask_others(body: Body, action: Body, client: WebClient) -> None:
        report = leaks.mask_offered(
            desk.context,
            number_in(value_of(action)),
            desk.now(),
            by=user_of(body),
            team=team_of(body),
        )
        update_modal(client, body, screens.done(report))
        desk.clock.wake()
        leaks.tidy(desk.context)


def _request(body: Body, view: Body) -> LeakRequest:
    found = values(view)
    return LeakRequest(
        ticket=number_in(place_of(body).get("ticket")),
        said=str(found.get(kit.BLOCK_LEAKED) or ""),
        is_whole=screens.WHOLE in (found.get(kit.BLOCK_WHOLE) or ()),
    )
