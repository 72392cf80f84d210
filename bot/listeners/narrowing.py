"""Going on from an answer: Narrow, Compare with… and More themes, each in a modal."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.blocks import answers as screens
from bot.blocks import kit, narrowing, theme_list
from bot.blocks.kit import data
from bot.listeners.common import (
    Body,
    Desk,
    answer,
    carried,
    moment_of,
    show_modal,
    values,
)
from bot.service import friction, themes
from bot.service import narrowing as service


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and to the submission of their modals."""

    @app.action(kit.ACTION_NARROW)
    def narrow(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        question = carried(action["value"])
        report = service.choices(desk.context, question["q"], moment_of(question, desk))
        show_modal(client, body, narrowing.narrow_view(report, _metadata(body, question)))

    @app.action(kit.ACTION_COMPARE)
    def compare(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        question = carried(action["value"])
        report = service.choices(desk.context, question["q"], moment_of(question, desk))
        show_modal(client, body, narrowing.compare_view(report, _metadata(body, question)))

    @app.action(kit.ACTION_THEMES)
    def more_themes(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        question = carried(action["value"])
        opened = client.views_open(trigger_id=body["trigger_id"], view=theme_list.waiting_view())
        report = themes.find(desk.context, question["q"], moment_of(question, desk))
        client.views_update(view_id=opened["view"]["id"], view=theme_list.themes_view(report))

    @app.view(kit.VIEW_NARROW)
    def narrowed(ack: Ack, body: Body, view: Body) -> None:
        ack()
        question, found = carried(view["private_metadata"]), values(view)
        asked = service.narrowed(
            desk.context,
            question["q"],
            moment_of(question, desk),
            window=_chosen(found.get(kit.BLOCK_WINDOW)),
            kinds=list(found.get(kit.BLOCK_KINDS) or []),
            segment=_chosen(found.get(kit.BLOCK_SEGMENT)),
            source=_chosen(found.get(kit.BLOCK_SOURCE)),
        )
        _show(desk, body, question, asked)

    @app.view(kit.VIEW_COMPARE)
    def compared(ack: Ack, body: Body, view: Body) -> None:
        ack()
        question = carried(view["private_metadata"])
        feature = str(values(view)[kit.BLOCK_FEATURE])
        at = moment_of(question, desk)
        _show(desk, body, question, service.beside(desk.context, question["q"], at, feature))


def _metadata(body: Body, question: dict[str, Any]) -> str:
    """The question, and the address at which the answer that was gone on from is replaced."""
    return data(**question, to=str(body.get("response_url") or ""))


def _chosen(option: object) -> str | None:
    return None if option in (None, "", narrowing.EVERY) else str(option)


def _show(desk: Desk, body: Body, question: dict[str, Any], asked: str) -> None:
    at = moment_of(question, desk)
    report = friction.again(desk.context, asked, at, desk.now())
    message = screens.render(report, may_edit=desk.may_edit(body))
    answer(desk, Respond(response_url=question["to"]), message, replace=True)
