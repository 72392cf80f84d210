"""Report a leak: any member who sees a ticket says what of it should not be seen.

What is typed goes to the service and nowhere else: no modal carries it on, no answer repeats it.
"""

from __future__ import annotations

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks import leaks as screens
from bot.errors import UserError
from bot.listeners.common import (
    Body,
    Desk,
    carried,
    number_in,
    show_modal,
    team_of,
    update_modal,
    user_of,
    values,
)
from bot.reports import LeakRequest
from bot.service import leaks, tickets


def register(app: App, desk: Desk) -> None:
    """Listen to the menu beside a ticket, and to what it opens."""

    @app.action(kit.ACTION_LEAK)
    def open_one(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        ticket = number_in(action["selected_option"]["value"])
        tickets.view(desk.context, ticket)
        show_modal(client, body, screens.form(ticket))

    @app.view(kit.VIEW_LEAK)
    def submit(ack: Ack, body: Body, view: Body) -> None:
        desk.person(body)
        try:
            report = leaks.report(
                desk.context, _request(view), desk.now(), by=user_of(body), team=team_of(body)
            )
        except UserError as error:
            ack(response_action="errors", errors={kit.BLOCK_LEAKED: str(error)})
            return
        ack(response_action="update", view=screens.done(report))
        desk.clock.wake()
        leaks.tidy(desk.context)

    @app.action(kit.ACTION_LEAK_OTHERS)
    def mask_others(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        report = leaks.mask_offered(
            desk.context,
            number_in(action["value"]),
            desk.now(),
            by=user_of(body),
            team=team_of(body),
        )
        update_modal(client, body, screens.done(report))
        desk.clock.wake()
        leaks.tidy(desk.context)


def _request(view: Body) -> LeakRequest:
    found = values(view)
    return LeakRequest(
        ticket=number_in(carried(view["private_metadata"]).get("ticket")),
        said=str(found.get(kit.BLOCK_LEAKED) or ""),
        is_whole=screens.WHOLE in (found.get(kit.BLOCK_WHOLE) or ()),
    )
