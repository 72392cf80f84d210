"""Planning of messages: what was rendered becomes a row of the outbox, in the caller's transaction.

Nothing here talks to Slack; see `bot.outbox` for the sending.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session

from bot.reports import Message
from storage import outbox
from storage.outbox import NewMessage
from storage.values import PostValue

DIGEST, TICKET, INSIGHT, ANSWER, ALARM = "digest", "ticket", "insight", "answer", "alarm"
# What happened to an insight, in its card's thread.
NEWS = "news"
# That nothing is to be reported, and that Earshot is alive.
ALIVE = "alive"
# Who added Earshot to a channel, and how it is set up there.
INTRODUCTION = "introduction"
# An answer to a person's direct message: nobody else reads it.
DIRECT = "direct"
# What went wrong in a channel, to the person who set it up.
NOTICE = "notice"
# Whether a digest is still useful; that it comes weekly, as nobody answered.
QUESTION, WEEKLY = "question", "weekly"
# An edit that takes a customer's words out of a message, whatever that shows otherwise.
REMOVAL = "removal"

WORDLESS = (DIRECT, NOTICE, INTRODUCTION)
"""Sorts that show nobody but who asked a customer's words, so that they may go anywhere."""
KEEP_TRYING = {
    DIGEST: timedelta(hours=4),
    ALIVE: timedelta(hours=4),
    INTRODUCTION: timedelta(hours=1),
    TICKET: timedelta(hours=8),
    INSIGHT: timedelta(hours=24),
    ANSWER: timedelta(minutes=10),
    DIRECT: timedelta(minutes=10),
    ALARM: timedelta(hours=6),
    NOTICE: timedelta(hours=24),
    NEWS: timedelta(hours=24),
    QUESTION: timedelta(hours=4),
    WEEKLY: timedelta(hours=24),
    # As long as the law gives to answer a request for erasure.
    REMOVAL: timedelta(days=30),
}


def payload(message: Message) -> dict[str, object]:
    """A message as the Web API takes it: nothing in it may unfurl.

    `plain` is for the outbox, which sends it in the place of blocks that Slack refuses.
    """
    content: dict[str, object] = {
        "text": message.text,
        "blocks": list(message.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return content if message.plain is None else {**content, "plain": list(message.plain)}


def plan_post(
    session: Session,
    message: Message,
    *,
    team: str,
    channel: str,
    key: str,
    shows: str,
    subject: int,
    now: datetime,
    thread_of: int | None = None,
    until: datetime | None = None,
) -> int:
    """Put a new message in line; the same `key` plans it once. Returns the outbox row.

    It is not sent after `until`, nor longer than messages of its sort are tried.
    """
    last = now + KEEP_TRYING[shows]
    new = NewMessage(
        team=team,
        channel=channel,
        key=key,
        payload=payload(message),
        shows=shows,
        subject_id=subject,
        expires_at=last if until is None else min(last, until),
        thread_of=thread_of,
    )
    return outbox.plan(session, new, now)


def plan_edit(session: Session, message: Message, post: PostValue, now: datetime) -> bool:
    """Put an edit of a posted message in line, unless it shows just that already."""
    content = payload(message)
    shown = outbox.last_payload_hash(session, post.team, post.channel, post.ts)
    if shown == outbox.payload_hash(content):
        return False
    new = NewMessage(
        team=post.team,
        channel=post.channel,
        key=f"edit:{post.channel}:{post.ts}:{uuid4().hex}",
        payload=content,
        shows=post.shows,
        subject_id=post.subject_id,
        expires_at=now + KEEP_TRYING[post.shows],
        action="update",
        target_ts=post.ts,
    )
    outbox.plan_update(session, new, now)
    return True
