"""Earshot is added to a channel: recorded before it is acknowledged, then introduced once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from slack_bolt import BoltContext, BoltResponse

from bot.listeners.common import Desk
from bot.listeners.gate import Gate
from bot.listeners.reading import Body, team_of
from bot.service import introduction
from bot.service.introduction import JOINED, Joined


def register(gate: Gate, desk: Desk) -> None:
    """Listen to joins of Earshot itself; those of people are nothing to it."""

    def keep(body: Body, context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        event = _event(body, context.bot_user_id)
        if event is not None:
            introduction.record(desk.context, event, desk.now())
        return next()

    gate.before(keep)

    @gate.recorded(JOINED)
    def joined(body: Body, context: BoltContext) -> None:
        event = _event(body, context.bot_user_id)
        if event is not None:
            introduction.finish(desk.context, event, desk.now(), desk.directory.postable)
            desk.clock.wake()


def _event(body: Body, bot: str | None) -> Joined | None:
    """The event in which the bot joined a channel; None for all others."""
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("type") != JOINED or "event_id" not in body:
        return None
    if not bot or event.get("user") != bot or not event.get("channel"):
        return None
    return Joined(
        team=team_of(body),
        event_id=str(body["event_id"]),
        channel=str(event["channel"]),
        inviter=str(event.get("inviter") or ""),
    )
