"""Reactions: recorded before they are acknowledged, then finished."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import insights as screens
from bot.blocks.notice import notice
from bot.directory import UNREACHABLE, slack_code
from bot.listeners.common import Desk
from bot.listeners.gate import Gate
from bot.listeners.reading import Body, team_of
from bot.reports import Message
from bot.service import reactions
from bot.service.reactions import ADDED, REMOVED, Outcome, ReactionEvent

_log = logging.getLogger(__name__)
_NEEDED = {"user", "reaction", "event_ts"}


def register(gate: Gate, desk: Desk) -> None:
    """Listen to both events; the middleware keeps them before Bolt acknowledges."""

    def keep(body: Body, next: Callable[[], BoltResponse]) -> BoltResponse:
        event = _event(body)
        if event is not None and not desk.is_elsewhere(body):
            reactions.record(desk.context, event, desk.now())
        return next()

    def finish(body: Body, client: WebClient) -> None:
        event = _event(body)
        if event is None:
            return
        outcome = reactions.finish(desk.context, event, desk.now(), desk.guard.may)
        desk.clock.wake()
        if outcome is Outcome.OFFER:
            _whisper(client, event, screens.tag_offer(event.channel, event.ts))
        if outcome is Outcome.MAY_NOT:
            _whisper(client, event, notice(screens.MAY_NOT))

    gate.before(keep)
    gate.recorded(ADDED)(finish)
    gate.recorded(REMOVED)(finish)


def _whisper(client: WebClient, event: ReactionEvent, message: Message) -> None:
    """Say something to who reacted, for their eyes only; they asked for nothing that is lost."""
    try:
        client.chat_postEphemeral(
            channel=event.channel, user=event.user, text=message.text, blocks=list(message.blocks)
        )
    except SlackApiError as error:
        _log.warning("a reaction was not answered: %s", slack_code(error))
    except UNREACHABLE as error:
        _log.warning("a reaction was not answered: %s", type(error).__name__)


def _event(body: Body) -> ReactionEvent | None:
    """The reaction of an event on a message, with nothing that is not needed to finish it."""
    event = body.get("event")
    item = event.get("item") if isinstance(event, Mapping) else None
    if not isinstance(event, Mapping) or not isinstance(item, Mapping):
        return None
    if event.get("type") not in (ADDED, REMOVED) or item.get("type") != "message":
        return None
    if not (event.keys() >= _NEEDED and item.keys() >= {"channel", "ts"} and "event_id" in body):
        return None
    return ReactionEvent(
        team=team_of(body),
        event_id=str(body["event_id"]),
        type=str(event["type"]),
        user=str(event["user"]),
        emoji=reactions.emoji_name(str(event["reaction"])),
        channel=str(item["channel"]),
        ts=str(item["ts"]),
        event_ts=str(event["event_ts"]),
    )
