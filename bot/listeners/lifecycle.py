"""Earshot is added to a channel: recorded before it is acknowledged, then introduced once. And it
is taken away from a workspace: from then on nothing is sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from slack_bolt import App, BoltContext, BoltResponse

from bot.listeners.common import Body, Desk, team_of
from bot.service import connection, introduction
from bot.service.introduction import JOINED, Joined

_log = logging.getLogger(__name__)


def register(app: App, desk: Desk) -> None:
    """Listen to joins of Earshot itself; those of people are nothing to it."""

    @app.middleware
    def keep(body: Body, context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        event = _event(body, context.bot_user_id)
        if event is not None:
            introduction.record(desk.context, event, desk.now())
        return next()

    @app.event(JOINED)
    def joined(body: Body, context: BoltContext) -> None:
        event = _event(body, context.bot_user_id)
        if event is not None:
            introduction.finish(desk.context, event, desk.now(), desk.directory.postable)
            desk.clock.wake()

    @app.event(connection.UNINSTALLED)
    def uninstalled(body: Body) -> None:
        _lose(desk, body, connection.UNINSTALLED)

    @app.event(connection.REVOKED)
    def revoked(body: Body) -> None:
        # Tokens of people, of which we have none, are told of as well.
        tokens = body["event"].get("tokens")
        if isinstance(tokens, Mapping) and tokens.get("bot"):
            _lose(desk, body, connection.REVOKED)


def _lose(desk: Desk, body: Body, event: str) -> None:
    made = body.get("event_time")
    at = datetime.fromtimestamp(made, UTC) if isinstance(made, int) else desk.now()
    if connection.lose(desk.context, team_of(body), event, at):
        _log.warning("Slack says %s: nothing is sent until a token is good again", event)


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
