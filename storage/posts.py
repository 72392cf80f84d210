"""What Earshot posted where, and what people reacted to it.

A reaction is a set keyed by (workspace, channel, message, person, emoji) in which the newest
event wins, so repeats and swapped deliveries end in the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
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
    .where(
        _POST.shows == bindparam("shows"),
        _POST.subject_id == bindparam("subject"),
        _POST.gone_at.is_(None),
    )
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
_SWEPT_AT = func.coalesce(_POST.swept_at, _POST.posted_at)
_TO_SWEEP = (
    select(_POST.team, _POST.channel, _POST.ts, _POST.shows, _POST.subject_id)
    .where(
        _POST.team == bindparam("team"),
        _POST.posted_at >= bindparam("since"),
        _POST.shows.in_(bindparam("shows", expanding=True)),
        _POST.gone_at.is_(None),
        bindparam("before") >= _SWEPT_AT,
    )
    .order_by(_SWEPT_AT, _POST.channel, _POST.ts)
    .limit(1)
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
    """All messages that show this subject and are still there, oldest first."""
    found = session.execute(_SHOWING, {"shows": shows, "subject": subject})
    return [PostValue(*row) for row in found]


def is_gone(session: Session, team: str, channel: str, ts: str) -> bool:
    """Whether a message was found to be no longer there."""
    row = session.get(Post, (team, channel, ts))
    return row is not None and row.gone_at is not None


def mark_gone(session: Session, team: str, channel: str, ts: str, now: datetime) -> None:
    """A message was deleted, or its channel is gone; what people answered to it is kept."""
    session.execute(
        update(Post)
        .where(col(Post.team) == team, col(Post.channel) == channel, col(Post.ts) == ts)
        .where(col(Post.gone_at).is_(None))
        .values(gone_at=now)
    )


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
    """Record an event about a reaction; False when a newer event is already recorded.

    Of two at the same moment the one wins that took it away: nobody takes away what is not there.
    """
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
    moment, known_moment = _moment(event_ts), _moment(row.event_ts)
    takes_away = row.present and not present
    if moment < known_moment or (moment == known_moment and not takes_away):
        return False
    row.present, row.event_ts = present, event_ts
    session.flush()
    return True


Key = tuple[str, str]
"""A person and an emoji."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded of a person's emoji on a message."""

    present: bool
    event_ts: str


def known(session: Session, post: PostValue) -> dict[Key, Known]:
    """All that is recorded of a message, what was taken back included."""
    statement = select(Reaction).where(
        col(Reaction.team) == post.team,
        col(Reaction.channel) == post.channel,
        col(Reaction.ts) == post.ts,
    )
    return {
        (row.user, row.emoji): Known(row.present, row.event_ts)
        for row in session.execute(statement).scalars()
    }


def mend(
    session: Session,
    post: PostValue,
    key: Key,
    *,
    present: bool,
    moment: str,
    before: Known | None,
) -> bool:
    """Record what Slack showed at a moment; False where an event has changed it since `before`."""
    user, emoji = key
    if before is None:
        event = {"user": user, "emoji": emoji, "present": present, "event_ts": moment}
        made = session.execute(
            engines.insert(session, Reaction)
            .values(team=post.team, channel=post.channel, ts=post.ts, **event)
            .on_conflict_do_nothing()
            .returning(col(Reaction.event_ts))
        )
        return made.first() is not None
    done = session.execute(
        update(Reaction)
        .where(
            col(Reaction.team) == post.team,
            col(Reaction.channel) == post.channel,
            col(Reaction.ts) == post.ts,
            col(Reaction.user) == user,
            col(Reaction.emoji) == emoji,
            col(Reaction.event_ts) == before.event_ts,
            col(Reaction.present) == before.present,
        )
        # The newest stays the newest, also where Slack's clock and ours differ.
        .values(present=present, event_ts=max(moment, before.event_ts, key=_moment))
        .returning(col(Reaction.event_ts))
    )
    return done.first() is not None


def to_sweep(
    session: Session, team: str, shows: Sequence[str], *, since: datetime, before: datetime
) -> PostValue | None:
    """A post that is there, was made `since` then, and was compared with Slack last `before`.

    The one that was compared longest ago.
    """
    asked = {"team": team, "shows": list(shows), "since": since, "before": before}
    row = session.execute(_TO_SWEEP, asked).first()
    return PostValue(*row) if row else None


def sweep(session: Session, post: PostValue, now: datetime, swept_before: datetime) -> bool:
    """Take a post for comparing; False where another process has."""
    taken = session.execute(
        update(Post)
        .where(_is(post), or_(col(Post.swept_at).is_(None), col(Post.swept_at) <= swept_before))
        .values(swept_at=now)
        .returning(col(Post.ts))
    )
    return taken.first() is not None


def unswept(session: Session, post: PostValue) -> None:
    """The comparison did not take place."""
    session.execute(update(Post).where(_is(post)).values(swept_at=None))


def _is(post: PostValue) -> ColumnElement[bool]:
    return and_(
        col(Post.team) == post.team, col(Post.channel) == post.channel, col(Post.ts) == post.ts
    )


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
