"""Going on from an answer: Narrow, Compare with… and More themes, each in a modal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import answers as screens
from bot.blocks import kit, narrowing, theme_list
from bot.blocks.kit import data
from bot.directory import slack_code
from bot.listeners.common import Desk, answer, show_modal
from bot.listeners.gate import Gate
from bot.listeners.reading import (
    Body,
    Carried,
    carried,
    is_direct,
    moment_of,
    trigger_of,
    value_of,
    values,
)
from bot.reports import Act, NarrowingReport, Right
from bot.service import friction, themes
from bot.service import narrowing as service


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the buttons and to the submission of their modals."""
    _register_submissions(gate, desk)

    @gate.action(kit.ACTION_NARROW)
    def narrow(body: Body, action: Body, client: WebClient) -> None:
        _choose(desk, client, body, action, narrowing.narrow_view)

    @gate.action(kit.ACTION_COMPARE)
    def compare(body: Body, action: Body, client: WebClient) -> None:
        _choose(desk, client, body, action, narrowing.compare_view)

    @gate.action(kit.ACTION_THEMES)
    def more_themes(body: Body, action: Body, client: WebClient) -> None:
        desk.acted(body, Act.ASKED)
        question = carried(value_of(action))
        asked, at = question.text("q"), moment_of(question, desk.now())
        opened = client.views_open(trigger_id=trigger_of(body), view=theme_list.waiting_view())
        report = themes.find(desk.context, asked, at)
        try:
            client.views_update(view_id=opened["view"]["id"], view=theme_list.themes_view(report))
        except SlackApiError as error:
            # Closed in the meantime: nobody waits for it any more.
            if slack_code(error) != "not_found":
                raise


def _register_submissions(gate: Gate, desk: Desk) -> None:
    @gate.view(kit.VIEW_NARROW)
    def narrowed(ack: Ack, body: Body, view: Body) -> None:
        # What is refused is said in the modal, so it is found out before that closes.
        question, found = carried(view.get("private_metadata")), values(view)
        at = moment_of(question, desk.now())
        window = _chosen(found.get(kit.BLOCK_WINDOW))
        asked = service.narrowed(
            desk.context,
            question.text("q"),
            at,
            window=window,
            kinds=list(found.get(kit.BLOCK_KINDS) or []),
            segment=_chosen(found.get(kit.BLOCK_SEGMENT)),
            source=_chosen(found.get(kit.BLOCK_SOURCE)),
        )
        ack()
        # Another stretch of time is counted from now, not from when the first was asked for.
        _show(desk, body, question, asked, desk.now() if window else at)

    @gate.view(kit.VIEW_COMPARE)
    def compared(ack: Ack, body: Body, view: Body) -> None:
        question = carried(view.get("private_metadata"))
        feature = str(values(view)[kit.BLOCK_FEATURE])
        at = moment_of(question, desk.now())
        asked = service.beside(desk.context, question.text("q"), at, feature)
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
    desk.acted(body, Act.ASKED)
    question = carried(value_of(action))
    at = moment_of(question, desk.now())
    report = service.choices(desk.context, question.text("q"), at)
    show_modal(client, body, screen(report, _metadata(body, question)))


def _metadata(body: Body, question: Carried) -> str:
    """The question, and the address at which the answer that was gone on from is replaced."""
    to = str(body.get("response_url") or "")
    return data(**question, to=to, direct=is_direct(body))


def _chosen(option: object) -> str | None:
    return None if option in (None, "", narrowing.EVERY) else str(option)


def _show(desk: Desk, body: Body, question: Carried, asked: str, at: datetime) -> None:
    report = friction.again(desk.context, asked, at, desk.now())
    in_channel = not question.get("direct")
    message = screens.render(
        report, may_edit=desk.may(body, Right.EDIT_FEATURES), in_channel=in_channel
    )
    answer(desk, Respond(response_url=question.text("to")), message, replace=True)
