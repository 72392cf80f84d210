"""Sharing an answer with a channel: the same question, asked from the same moment, as a post."""

from __future__ import annotations

from datetime import datetime

from bot.blocks import friction as screens
from bot.errors import UserError
from bot.reports import FrictionReport
from bot.service import friction, posting
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
    report = friction.ask(context, question, at)
    if not isinstance(report, FrictionReport):
        raise UserError("There is nothing to share in this answer.")
    with context.store.write() as session:
        posting.plan_post(
            session,
            screens.render_shared(report, user),
            team=team,
            channel=channel,
            key=f"share:{key}",
            shows=posting.ANSWER,
            subject=0,
            now=now,
        )
