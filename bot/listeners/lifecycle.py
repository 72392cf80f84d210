"""What happens to channels and to the app: Earshot is added to a channel, one comes to be shared,
or Earshot is taken away from a workspace.

The first two are recorded before they are acknowledged, then done once; after the last nothing is
sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from slack_bolt import BoltContext, BoltResponse

from bot.listeners.common import Desk
from bot.listeners.gate import Gate
from bot.listeners.reading import Body, team_of
from bot.service import connection, introduction, shared_channels
from bot.service.introduction import JOINED, Joined
from bot.service.shared_channels import Shared

_log = logging.getLogger(__name__)


def register(gate: Gate, desk: Desk) -> None:
    """Listen to joins of Earshot itself, those of people are nothing to it, and to sharing."""
    _register_sharing(gate, desk)

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

    @gate.recorded(connection.UNINSTALLED)
    def uninstalled(body: Body) -> None:
        _lose(desk, body, connection.UNINSTALLED)

    @gate.recorded(connection.REVOKED)
    def revoked(body: Body) -> None:
        # Tokens of people, of which we have none, are told of as well.
        tokens = body["event"].get("tokens")
        if isinstance(tokens, Mapping) and tokens.get("bot"):
            _lose(desk, body, connection.REVOKED)


def _lose(desk: Desk, body: Body, event: str) -> None:
    if connection.lose(desk.context, team_of(body), event, _made(body) or desk.now()):
        _log.warning("Slack says %s: nothing is sent until a token is good again", event)


def _made(body: Body) -> datetime | None:
    """When Slack says that it happened; None where that is no moment."""
    made = body.get("event_time")
    try:
        return datetime.fromtimestamp(made, UTC) if isinstance(made, int) else None
    except (OSError, ValueError, OverflowError):
        return None


def _register_sharing(gate: Gate, desk: Desk) -> None:
    def keep(body: Body, next: Callable[[], BoltResponse]) -> BoltResponse:
        event = _shared(desk, body)
        if event is not None:
            shared_channels.record(desk.context, event, desk.now())
        return next()

    def shared(body: Body) -> None:
        event = _shared(desk, body)
        if event is not None:
            shared_channels.finish(desk.context, event, desk.now())
            desk.clock.wake()

    gate.before(keep)
    for kind in shared_channels.EVENTS:
        gate.recorded(kind)(shared)


def _shared(desk: Desk, body: Body) -> Shared | None:
    """The event in which a channel of ours is shared; None for all others."""
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("type") not in shared_channels.EVENTS:
        return None
    channel = event.get("channel")
    place = channel.get("id") if isinstance(channel, Mapping) else channel
    if not place or "event_id" not in body:
        return None
    # Slack may name the other company as where it happened; it is our channel all the same.
    team = desk.identity.team
    return Shared(team, str(body["event_id"]), str(event["type"]), str(place))


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
