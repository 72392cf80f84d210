"""Answers as posts: asked again from the same moment for a channel, or sent to who asked."""

from __future__ import annotations

from datetime import datetime

from bot.blocks import answers as screens
from bot.errors import UserError
from bot.reports import Deed, Message
from bot.service import audit, friction, posting
from bot.service.context import Context


def share(
    context: Context,
    question: str,
    *,
    at: datetime,
    team: str,
    channel: str,
    user: str,
    key: str,
    now: datetime,
) -> None:
    """Plan a post of the answer as it was at `at`; `key` makes a repeated click plan it once."""
    message = screens.render_shared(friction.again(context, question, at, now), user)
    if message is None:
        raise UserError("There is nothing to share in this answer.")
    with context.store.write() as session:
        row = posting.plan_post(
            session,
            message,
            team=team,
            channel=channel,
            key=f"share:{key}",
            shows=posting.ANSWER,
            subject=0,
            now=now,
        )
        about = f"channel {channel}: message {row}"
        audit.record(session, now, Deed.SHARED, about, by=user, team=team)


def reply(
    context: Context, message: Message, *, team: str, channel: str, key: str, now: datetime
) -> None:
    """Plan the answer to a direct message; the same `key` plans it once."""
    with context.store.write() as session:
        posting.plan_post(
            session,
            message,
            team=team,
            channel=channel,
            key=f"direct:{key}",
            shows=posting.DIRECT,
            subject=0,
            now=now,
        )
