"""What the tests of the outbox share: messages to plan, rows to look at, time to pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.demo.fake_slack import DEFAULT_SCOPES
from bot.demo.stage import Stage
from bot.reports import Message
from bot.service import posting
from storage.models import OutboxRow
from storage.values import PostValue

CHECKOUT, SUPPORT, PRIVATE, SHARED = "C0CHECKOUT", "C0SUPPORT", "C0PRIVATE", "C0SHARED"
TEAM = "T0EARSHOT"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
WITHOUT_HISTORY = DEFAULT_SCOPES - {"channels:history", "groups:history"}


@dataclass(frozen=True)
class Row:
    """A row of the outbox as a test looks at it."""

    state: str
    ts: str | None
    error: str | None
    attempts: int
    not_before: datetime


def message(text: str) -> Message:
    return Message(text, ({"type": "section", "text": {"type": "plain_text", "text": text}},))


def plan(
    stage: Stage,
    text: str,
    channel: str = CHECKOUT,
    *,
    thread_of: int | None = None,
    shows: str = posting.DIGEST,
) -> int:
    """Put a message in line, as the services do."""
    with stage.context.store.write() as session:
        return posting.plan_post(
            session,
            message(text),
            team=TEAM,
            channel=channel,
            key=f"test:{channel}:{text}",
            shows=shows,
            subject=1,
            now=stage.now,
            thread_of=thread_of,
        )


def edit(stage: Stage, ts: str, text: str, channel: str = CHECKOUT) -> bool:
    """Put an edit of a posted message in line."""
    post = PostValue(TEAM, channel, ts, posting.TICKET, 1)
    with stage.context.store.write() as session:
        return posting.plan_edit(session, message(text), post, stage.now)


def row(stage: Stage, id: int) -> Row:
    columns = (OutboxRow.state, OutboxRow.ts, OutboxRow.error, OutboxRow.attempts)
    with stage.context.store.read() as session:
        statement = select(*[col(c) for c in columns], col(OutboxRow.not_before))
        return Row(*session.execute(statement.where(col(OutboxRow.id) == id)).one())


def states(stage: Stage) -> list[str]:
    """The states of all rows, in the order in which they were planned."""
    with stage.context.store.read() as session:
        found = session.execute(select(col(OutboxRow.state)).order_by(col(OutboxRow.id)))
        return list(found.scalars())


def run(stage: Stage) -> None:
    """All that is due at this very moment."""
    while stage.earshot.clock.run_one(stage.now):
        pass


def pass_time(stage: Stage, span: timedelta, step: timedelta = 2 * SECOND) -> None:
    """Let the clock tick through `span`."""
    end = stage.now + span
    run(stage)
    while stage.now < end:
        stage.now += step
        run(stage)


def texts(stage: Stage, channel: str = CHECKOUT) -> list[str]:
    """What Earshot has posted to a channel and is still to be seen, replies included."""
    return [post.text for post in stage.slack.posts(channel)]


def tries(stage: Stage, method: str = "chat.postMessage") -> int:
    return len(stage.slack.calls_of(method))
