"""`/friction`, the same as a mention or a direct message, and the buttons of its answers."""

from __future__ import annotations

from hashlib import sha256

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.blocks import answers as screens
from bot.blocks import kit, notice
from bot.listeners.common import Desk, answer, whisper
from bot.listeners.gate import Gate
from bot.listeners.reading import (
    Body,
    carried,
    channel_of,
    is_direct,
    moment_of,
    team_of,
    user_of,
    value_of,
)
from bot.reports import Act, Message, Right
from bot.service import friction, sharing


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the command, the mention, the direct message, and every button on an answer."""
    _register_buttons(gate, desk)
    _register_direct(gate, desk)

    @gate.command(kit.COMMAND_FRICTION)
    def ask(body: Body, respond: Respond) -> None:
        answer(desk, respond, _answer(desk, body, str(body.get("text", ""))))
        desk.acted(body, Act.ASKED)

    @gate.question("app_mention", lambda event: "user" in event)
    def mentioned(body: Body, client: WebClient) -> None:
        event = body["event"]
        whisper(
            desk,
            client,
            _answer(desk, body, str(event.get("text", ""))),
            channel=channel_of(body),
            user=user_of(body),
            thread=event.get("thread_ts"),
        )
        desk.acted(body, Act.ASKED, channel_of(body))


def _register_direct(gate: Gate, desk: Desk) -> None:
    @gate.question("message", _is_asked_directly)
    def written(body: Body) -> None:
        sharing.reply(
            desk.context,
            lambda: _answer(desk, body, str(body["event"].get("text", ""))),
            team=team_of(body),
            channel=channel_of(body),
            key=str(body["event_id"]),
            now=desk.now(),
        )
        desk.clock.wake()


def _is_asked_directly(event: Body) -> bool:
    """Whether a person wrote this, to Earshot: not a bot, and neither an edit nor a deletion."""
    by_a_person = "user" in event and "bot_id" not in event and "subtype" not in event
    in_direct = event.get("channel_type") == "im" and str(event.get("channel")).startswith("D")
    return by_a_person and in_direct


def _register_buttons(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.each_of(kit.ACTION_ASK))
    @gate.action(kit.ACTION_ASK_OTHER)
    def ask_again(body: Body, action: Body, respond: Respond) -> None:
        may_edit = desk.may(body, Right.EDIT_FEATURES)
        question = carried(value_of(action))
        at = moment_of(question, desk.now())
        report = friction.again(desk.context, question.text("q"), at, desk.now())
        message = screens.render(report, may_edit=may_edit, in_channel=not is_direct(body))
        answer(desk, respond, message, replace=True)
        desk.acted(body, Act.ASKED)

    @gate.action(kit.ACTION_SHARE, Right.SHARE)
    def share(body: Body, action: Body, respond: Respond) -> None:
        channel = channel_of(body)
        desk.check_channel(body, channel, Right.SHARE)
        value = value_of(action)
        question = carried(value)
        sharing.share(
            desk.context,
            question.text("q"),
            at=moment_of(question, desk.now()),
            team=team_of(body),
            channel=channel,
            user=user_of(body),
            key=_share_key(user_of(body), channel, value),
            now=desk.now(),
        )
        desk.clock.wake()
        answer(desk, respond, notice.notice("Shared with this channel."))
        desk.acted(body, Act.SHARED)

    @gate.action(kit.ACTION_OPEN, is_link=True)
    @gate.action(kit.ACTION_DIGEST_OPEN, is_link=True)
    def opened(body: Body) -> None:
        # A link button: the browser does the rest.
        desk.acted(body, Act.OPENED)


def _answer(desk: Desk, body: Body, text: str) -> Message:
    """For the person who asks."""
    may_edit = desk.may(body, Right.EDIT_FEATURES)
    report = friction.ask(desk.context, text, desk.now())
    return screens.render(report, may_edit=may_edit, in_channel=not is_direct(body))


def _share_key(user: str, channel: str, question: str) -> str:
    """The same for every click on one answer: its button carries the question and its moment."""
    return f"{user}:{channel}:{sha256(question.encode()).hexdigest()}"
