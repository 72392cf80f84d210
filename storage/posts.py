"""What Earshot posted where, and what people reacted to it.

A reaction is a set keyed by (workspace, channel, message, person, emoji) in which the newest
event wins, so repeats and swapped deliveries end in the same state.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from storage import engines
from storage.models import Post, Reaction
from storage.values import PostValue, ReactionValue


def remember(session: Session, post: PostValue, now: datetime) -> None:
    """Keep what a message shows; the same message again changes nothing."""
    session.execute(
        engines.insert(session, Post)
        .values(
            team=post.team,
            channel=post.channel,
            ts=post.ts,
            shows=post.shows,
            subject_id=post.subject_id,
            posted_at=now,
        )
        .on_conflict_do_nothing()
    )


def get(session: Session, team: str, channel: str, ts: str) -> PostValue | None:
    row = session.get(Post, (team, channel, ts))
    return PostValue(row.team, row.channel, row.ts, row.shows, row.subject_id) if row else None


def showing(session: Session, shows: str, subject: int) -> list[PostValue]:
    """All messages that show this subject, oldest first."""
    statement = (
        select(Post)
        .where(col(Post.shows) == shows, col(Post.subject_id) == subject)
        .order_by(col(Post.posted_at), col(Post.ts))
    )
    return [
        PostValue(row.team, row.channel, row.ts, row.shows, row.subject_id)
        for row in session.execute(statement).scalars()
    ]


def react(
    session: Session,
    post: PostValue,
    *,
    user: str,
    emoji: str,
    present: bool,
    event_ts: str,
) -> bool:
    """Record an event about a reaction; False when a newer event is already recorded."""
    key = (post.team, post.channel, post.ts, user, emoji)
    made = session.execute(
        engines.insert(session, Reaction)
        .values(
            team=post.team,
            channel=post.channel,
            ts=post.ts,
            user=user,
            emoji=emoji,
            present=present,
            event_ts=event_ts,
        )
        .on_conflict_do_nothing()
        .returning(col(Reaction.event_ts))
    )
    if made.first() is not None:
        return True
    row = session.get_one(Reaction, key, with_for_update=True)
    if _moment(event_ts) <= _moment(row.event_ts):
        return False
    row.present, row.event_ts = present, event_ts
    session.flush()
    return True


def _moment(ts: str) -> tuple[int, int]:
    """A Slack timestamp in an order that numbers have and strings have not."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds or 0), int((fraction or "0").ljust(6, "0")[:6])


def reactions(session: Session, posts: Sequence[PostValue]) -> list[ReactionValue]:
    """Who has which emoji on any of these messages now, each pair once, in the order given."""
    found: dict[tuple[str, str], str] = {}
    for post in posts:
        statement = select(Reaction).where(
            col(Reaction.team) == post.team,
            col(Reaction.channel) == post.channel,
            col(Reaction.ts) == post.ts,
            col(Reaction.present).is_(True),
        )
        for row in session.execute(statement).scalars():
            first = found.setdefault((row.user, row.emoji), row.event_ts)
            found[row.user, row.emoji] = min(first, row.event_ts, key=_moment)
    ordered = sorted(found.items(), key=lambda item: (_moment(item[1]), item[0]))
    return [ReactionValue(user, emoji) for (user, emoji), _ in ordered]
