"""`/friction`, the same as a mention or a direct message, and the buttons of its answers."""

from __future__ import annotations

from hashlib import sha256

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.blocks import answers as screens
from bot.blocks import kit, notice
from bot.listeners.common import (
    Body,
    Desk,
    answer,
    carried,
    channel_of,
    is_direct,
    moment_of,
    team_of,
    user_of,
    whisper,
)
from bot.reports import Act, Message
from bot.service import events, friction, sharing


def register(app: App, desk: Desk) -> None:
    """Listen to the command, the mention, the direct message, and every button on an answer."""
    _register_buttons(app, desk)
    _register_direct(app, desk)

    @app.command(kit.COMMAND_FRICTION)
    def ask(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        answer(desk, respond, _answer(desk, body, str(body.get("text", ""))))
        desk.acted(body, Act.ASKED)

    @app.event("app_mention")
    def mentioned(body: Body, client: WebClient) -> None:
        event = body["event"]
        if "user" not in event or not _is_first(desk, body, "app_mention"):
            return
        whisper(
            desk,
            client,
            _answer(desk, body, str(event.get("text", ""))),
            channel=event["channel"],
            user=event["user"],
            thread=event.get("thread_ts"),
        )
        desk.acted(body, Act.ASKED, str(event["channel"]))


def _register_direct(app: App, desk: Desk) -> None:
    @app.event("message")
    def written(body: Body) -> None:
        event = body["event"]
        if not _is_asked_directly(event) or not _is_first(desk, body, "message"):
            return
        sharing.reply(
            desk.context,
            _answer(desk, body, str(event.get("text", ""))),
            team=team_of(body),
            channel=str(event["channel"]),
            key=str(body["event_id"]),
            now=desk.now(),
        )
        desk.clock.wake()


def _is_asked_directly(event: Body) -> bool:
    """Whether a person wrote this, to Earshot: not a bot, and neither an edit nor a deletion."""
    by_a_person = "user" in event and "bot_id" not in event and "subtype" not in event
    return by_a_person and event.get("channel_type") == "im"


def _register_buttons(app: App, desk: Desk) -> None:
    @app.action(kit.each_of(kit.ACTION_ASK))
    @app.action(kit.ACTION_ASK_OTHER)
    def ask_again(ack: Ack, body: Body, action: Body, respond: Respond) -> None:
        ack()
        may_edit = desk.may_edit(body)
        question = carried(action.get("value") or action["selected_option"]["value"])
        at = moment_of(question, desk)
        report = friction.again(desk.context, question["q"], at, desk.now())
        message = screens.render(report, may_edit=may_edit, in_channel=not is_direct(body))
        answer(desk, respond, message, replace=True)
        desk.acted(body, Act.ASKED)

    @app.action(kit.ACTION_SHARE)
    def share(ack: Ack, body: Body, action: Body, respond: Respond) -> None:
        ack()
        desk.person(body)
        channel = channel_of(body)
        desk.check_channel(body, channel)
        question = carried(action["value"])
        sharing.share(
            desk.context,
            question["q"],
            at=moment_of(question, desk),
            team=team_of(body),
            channel=channel,
            user=user_of(body),
            key=_share_key(user_of(body), channel, action["value"]),
            now=desk.now(),
        )
        desk.clock.wake()
        answer(desk, respond, notice.notice("Shared with this channel."))
        desk.acted(body, Act.SHARED)

    @app.action(kit.ACTION_OPEN)
    @app.action(kit.ACTION_DIGEST_OPEN)
    def opened(ack: Ack, body: Body) -> None:
        # A link button: the browser does the rest. Whoever sees a post may open what it links to.
        ack()
        desk.acted(body, Act.OPENED)


def _is_first(desk: Desk, body: Body, type: str) -> bool:
    return events.is_first(
        desk.context,
        team=team_of(body),
        event_id=str(body["event_id"]),
        type=type,
        now=desk.now(),
    )


def _answer(desk: Desk, body: Body, text: str) -> Message:
    """For the person who asks. Raises `Refused` for anyone who may not see tickets."""
    may_edit = desk.may_edit(body)
    report = friction.ask(desk.context, text, desk.now())
    return screens.render(report, may_edit=may_edit, in_channel=not is_direct(body))


def _share_key(user: str, channel: str, question: str) -> str:
    """The same for every click on one answer: its button carries the question and its moment."""
    return f"{user}:{channel}:{sha256(question.encode()).hexdigest()}"
