"""Going on from an answer: Narrow, Compare with… and More themes, each in a modal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import answers as screens
from bot.blocks import kit, narrowing, theme_list
from bot.blocks.kit import data
from bot.directory import slack_code
from bot.listeners.common import (
    Body,
    Desk,
    answer,
    carried,
    is_direct,
    moment_of,
    show_modal,
    values,
)
from bot.reports import Act, NarrowingReport
from bot.service import friction, themes
from bot.service import narrowing as service


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and to the submission of their modals."""
    _register_submissions(app, desk)

    @app.action(kit.ACTION_NARROW)
    def narrow(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        _choose(desk, client, body, action, narrowing.narrow_view)

    @app.action(kit.ACTION_COMPARE)
    def compare(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        _choose(desk, client, body, action, narrowing.compare_view)

    @app.action(kit.ACTION_THEMES)
    def more_themes(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        desk.acted(body, Act.ASKED)
        question = carried(action["value"])
        opened = client.views_open(trigger_id=body["trigger_id"], view=theme_list.waiting_view())
        report = themes.find(desk.context, question["q"], moment_of(question, desk))
        try:
            client.views_update(view_id=opened["view"]["id"], view=theme_list.themes_view(report))
        except SlackApiError as error:
            # Closed in the meantime: nobody waits for it any more.
            if slack_code(error) != "not_found":
                raise


def _register_submissions(app: App, desk: Desk) -> None:
    @app.view(kit.VIEW_NARROW)
    def narrowed(ack: Ack, body: Body, view: Body) -> None:
        # What is refused is said in the modal, so it is found out before that closes.
        desk.person(body)
        question, found = carried(view["private_metadata"]), values(view)
        window = _chosen(found.get(kit.BLOCK_WINDOW))
        asked = service.narrowed(
            desk.context,
            question["q"],
            moment_of(question, desk),
            window=window,
            kinds=list(found.get(kit.BLOCK_KINDS) or []),
            segment=_chosen(found.get(kit.BLOCK_SEGMENT)),
            source=_chosen(found.get(kit.BLOCK_SOURCE)),
        )
        ack()
        # Another stretch of time is counted from now, not from when the first was asked for.
        _show(desk, body, question, asked, desk.now() if window else moment_of(question, desk))

    @app.view(kit.VIEW_COMPARE)
    def compared(ack: Ack, body: Body, view: Body) -> None:
        desk.person(body)
        question = carried(view["private_metadata"])
        feature = str(values(view)[kit.BLOCK_FEATURE])
        at = moment_of(question, desk)
        asked = service.beside(desk.context, question["q"], at, feature)
        ack()
        _show(desk, body, question, asked, at)


def _choose(
    desk: Desk,
    client: WebClient,
    body: Body,
    action: Body,
    screen: Callable[[NarrowingReport, str], kit.Block],
) -> None:
    """Open the modal in which the answer goes on."""
    desk.person(body)
    desk.acted(body, Act.ASKED)
    question = carried(action["value"])
    report = service.choices(desk.context, question["q"], moment_of(question, desk))
    show_modal(client, body, screen(report, _metadata(body, question)))


def _metadata(body: Body, question: dict[str, Any]) -> str:
    """The question, and the address at which the answer that was gone on from is replaced."""
    to = str(body.get("response_url") or "")
    return data(**question, to=to, direct=is_direct(body))


def _chosen(option: object) -> str | None:
    return None if option in (None, "", narrowing.EVERY) else str(option)


def _show(desk: Desk, body: Body, question: dict[str, Any], asked: str, at: datetime) -> None:
    report = friction.again(desk.context, asked, at, desk.now())
    in_channel = not question.get("direct")
    message = screens.render(report, may_edit=desk.may_edit(body), in_channel=in_channel)
    answer(desk, Respond(response_url=question["to"]), message, replace=True)
