"""What Earshot posted where, and what people reacted to it.

A reaction is a set keyed by (workspace, channel, message, person, emoji) in which the newest
event wins, so repeats and swapped deliveries end in the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from storage import engines
from storage.chunks import chunks
from storage.columns import table_of
from storage.models import Post, Reaction
from storage.values import PostValue, ReactionValue

_POST = table_of(Post).c
_REACTION = table_of(Reaction).c
# Made once: it takes longer to make them than to run them.
_SHOWING = (
    select(_POST.team, _POST.channel, _POST.ts, _POST.shows, _POST.subject_id)
    .where(_POST.shows == bindparam("shows"), _POST.subject_id == bindparam("subject"))
    .order_by(_POST.posted_at, _POST.ts)
)
_POSTED_AT = (
    select(_POST.posted_at)
    .where(_POST.shows == bindparam("shows"), _POST.subject_id == bindparam("subject"))
    .order_by(_POST.posted_at)
    .limit(1)
)
_REACTIONS = (
    select(_POST.shows, _POST.subject_id, _REACTION.user, _REACTION.emoji, _REACTION.event_ts)
    .join(
        table_of(Reaction),
        (_REACTION.team == _POST.team)
        & (_REACTION.channel == _POST.channel)
        & (_REACTION.ts == _POST.ts),
    )
    .where(_POST.subject_id.in_(bindparam("subjects", expanding=True)), _REACTION.present.is_(True))
)
_REACTIONS_THERE = _REACTIONS.where(
    _POST.team == bindparam("team"), _POST.channel == bindparam("channel")
)

Subject = tuple[str, int]
"""What a message shows, and which one."""


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
    found = session.execute(_SHOWING, {"shows": shows, "subject": subject})
    return [PostValue(*row) for row in found]


def posted_at(session: Session, shows: str, subject: int) -> datetime | None:
    """When this subject was first shown; None where it never was."""
    found = session.execute(_POSTED_AT, {"shows": shows, "subject": subject})
    return found.scalar_one_or_none()


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


def reactions(
    session: Session, subjects: Sequence[Subject], *, place: tuple[str, str] | None = None
) -> dict[Subject, list[ReactionValue]]:
    """Who has which emoji now on messages that show each of these.

    With a `place` (workspace and channel) only on those that stand there.
    """
    found: dict[Subject, list[ReactionValue]] = {subject: [] for subject in subjects}
    statement = _REACTIONS if place is None else _REACTIONS_THERE
    there = dict(zip(("team", "channel"), place or (), strict=False))
    for chunk in chunks(sorted({number for _, number in subjects})):
        for shows, number, *given in session.execute(statement, {"subjects": list(chunk), **there}):
            if (shows, number) in found:
                found[shows, number].append(ReactionValue(*given))
    return found


def each_once(given: Iterable[ReactionValue]) -> list[ReactionValue]:
    """Each person's emoji once, at its first moment, in the order given."""
    first: dict[tuple[str, str], ReactionValue] = {}
    for reaction in sorted(given, key=lambda each: (_moment(each.event_ts), each.user, each.emoji)):
        first.setdefault((reaction.user, reaction.emoji), reaction)
    return list(first.values())
