"""Answers as posts: asked again from the same moment for a channel, or sent to who asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.blocks import answers as screens
from bot.errors import UserError
from bot.reports import Deed, Message
from bot.service import audit, fresh, friction, posting
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

    def build() -> Message:
        message = screens.render_shared(friction.again(context, question, at, now), user)
        if message is None:
            raise UserError("There is nothing to share in this answer.")
        return message

    def keep(session: Session, message: Message) -> None:
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

    fresh.plan(context, build, keep)


def reply(
    context: Context,
    build: Callable[[], Message],
    *,
    team: str,
    channel: str,
    key: str,
    now: datetime,
) -> None:
    """Plan the answer to a direct message, as it is built; the same `key` plans it once."""

    def keep(session: Session, message: Message) -> None:
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

    fresh.plan(context, build, keep)
