"""Emoji reactions: stored as answers, or taken as a tag; compared with Slack's once an hour.

Finishing an event is repeatable: the newest event wins for each person and emoji, and tagging the
same ticket again finds the insight that is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from bot.errors import NotFound, Refused
from bot.reports import Right
from bot.service import cards, inbound, insights, posting, refused
from bot.service.context import Context
from bot.service.policy import May
from storage import inbox, outbox
from storage import insights as insight_rows
from storage import posts as post_rows
from storage.posts import Key, Known
from storage.values import Incoming, PostValue

EVERY = timedelta(hours=1)
RECENT = timedelta(days=14)
SWEPT = (posting.TICKET, posting.INSIGHT)
ADDED, REMOVED = "reaction_added", "reaction_removed"


class Outcome(StrEnum):
    """What became of a reaction."""

    STORED = "stored"
    TAGGED = "tagged"
    OFFER = "offer to tag"
    MAY_NOT = "may not tag"
    REFUSED = "of nobody who may answer"
    NOT_OURS = "not on a post of ours"
    LATER = "later"
    DONE_BEFORE = "done before"


@dataclass(frozen=True, slots=True)
class ReactionEvent:
    """A reaction event with all that is needed to finish it. Skin tones are already gone."""

    team: str
    event_id: str
    type: str
    user: str
    emoji: str
    channel: str
    ts: str
    event_ts: str

    def body(self) -> dict[str, str]:
        return {
            "user": self.user,
            "emoji": self.emoji,
            "channel": self.channel,
            "ts": self.ts,
            "event_ts": self.event_ts,
        }

    @classmethod
    def of(cls, incoming: Incoming) -> ReactionEvent:
        return cls(incoming.team, incoming.event_id, incoming.type, **incoming.body)


def emoji_name(name: str) -> str:
    """An emoji's name without its skin tone."""
    return name.split("::", 1)[0]


def record(context: Context, event: ReactionEvent, now: datetime) -> bool:
    """Keep an event before it is acknowledged; False if it came before."""
    incoming = Incoming(event.team, event.event_id, event.type, event.body(), now, 0)
    return inbound.record(context, incoming)


def finish(context: Context, event: ReactionEvent, now: datetime, may: May) -> Outcome:
    """Do what an event asks for, and mark it as done.

    Every full member may answer, and who was one take it back; who may tag is asked only for the
    tag emoji. Where Slack does not tell just now who somebody is, the clock asks again.
    """
    asks = event.type == ADDED and event.emoji == context.settings.tag_emoji
    try:
        is_member = _is_member(context, event, may, always=asks)
        wants_tag = bool(is_member) and asks and may(event.team, event.user, Right.TAG)
    except Refused:
        return Outcome.LATER
    if is_member is False:
        return _refuse(context, event, now)
    # Who may not is told so only where it was decided who may.
    may_not = Outcome.MAY_NOT if asks and context.settings.taggers else Outcome.STORED
    with context.store.write() as session:
        if not inbox.is_open(session, event.team, event.event_id):
            return Outcome.DONE_BEFORE
        # Before the look at posts: one that is settled meanwhile is found there.
        is_busy = outbox.is_busy(session, event.team, event.channel)
        post = post_rows.get(session, event.team, event.channel, event.ts)
        if post is None or not is_member:
            if is_busy or post is not None:
                return Outcome.LATER
            inbox.finish(session, event.team, event.event_id, Outcome.NOT_OURS, now)
            return Outcome.OFFER if wants_tag else Outcome.NOT_OURS
        changed = post_rows.react(
            session,
            post,
            user=event.user,
            emoji=event.emoji,
            present=event.type == ADDED,
            event_ts=event.event_ts,
        )
        insight = _insight(session, post) if changed else None
        if insight is not None:
            cards.refresh(session, context, insight, now)
        if not (wants_tag and post.shows == posting.TICKET):
            outcome = _otherwise(post, may_not, wants_tag=wants_tag)
            inbox.finish(session, event.team, event.event_id, outcome, now)
            return outcome
    insights.tag_as_suggested(
        context,
        team=event.team,
        user=event.user,
        channel=event.channel,
        ticket=post.subject_id,
        now=now,
    )
    with context.store.write() as session:
        inbox.finish(session, event.team, event.event_id, Outcome.TAGGED, now)
    return Outcome.TAGGED


def _is_member(context: Context, event: ReactionEvent, may: May, *, always: bool) -> bool | None:
    """Whether it counts who reacted. None where it was on no post of ours, and is nothing to
    Earshot: it does not ask who they are, unless it has to `always`.

    What counts is taken back by whoever gave it, whatever became of them since.
    """
    with context.store.read() as session:
        post = post_rows.get(session, event.team, event.channel, event.ts)
        if post is not None and event.type == REMOVED:
            given = post_rows.known(session, post).get((event.user, event.emoji))
            if given is not None and given.present:
                return True
    return may(event.team, event.user, Right.ANSWER) if post is not None or always else None


def _refuse(context: Context, event: ReactionEvent, now: datetime) -> Outcome:
    with context.store.write() as session:
        if not inbox.is_open(session, event.team, event.event_id):
            return Outcome.DONE_BEFORE
        inbox.finish(session, event.team, event.event_id, Outcome.REFUSED, now)
    refused.record(context, event.team, event.user, Right.ANSWER.value, now)
    return Outcome.REFUSED


def _otherwise(post: PostValue, may_not: Outcome, *, wants_tag: bool) -> Outcome:
    """What becomes of a reaction to a post of ours that makes no insight."""
    if post.shows == posting.TICKET:
        return may_not
    # A card, and what its thread tells, are of an insight already.
    is_of_one = post.shows in (posting.INSIGHT, posting.NEWS)
    return Outcome.OFFER if wants_tag and not is_of_one else Outcome.STORED


def _insight(session: Session, post: PostValue) -> int | None:
    """The insight whose card shows reactions to this post."""
    if post.shows == posting.INSIGHT:
        value = insight_rows.get(session, post.subject_id)
        return insight_rows.standing(session, value).id if value else None
    if post.shows == posting.TICKET:
        insight = insight_rows.for_ticket(session, post.subject_id)
        return insight.id if insight else None
    return None


@dataclass(frozen=True, slots=True)
class Given:
    """What Slack says stands on a message: (person, emoji) pairs.

    Of emoji in `unlisted` there are more people than Slack names.
    """

    people: frozenset[tuple[str, str]]
    unlisted: frozenset[str] = frozenset()


def next_to_sweep(
    context: Context, team: str, now: datetime
) -> tuple[PostValue, Mapping[Key, Known]] | None:
    """Take the next recent post whose reactions are to be compared with Slack's, with those known.

    Posts of tickets and insights of the last `RECENT`, each once in `EVERY`, the one that was
    compared longest ago first; None where none is due.
    """
    due = {"since": now - RECENT, "before": now - EVERY}
    with context.store.read() as session:
        if post_rows.to_sweep(session, team, SWEPT, **due) is None:
            return None
    with context.store.write() as session:
        post = post_rows.to_sweep(session, team, SWEPT, **due)
        if post is None or not post_rows.sweep(session, post, now, now - EVERY):
            return None
        return post, post_rows.known(session, post)


def mend(
    context: Context,
    post: PostValue,
    known: Mapping[Key, Known],
    given: Given,
    *,
    now: datetime,
    may: May,
) -> int:
    """Make what is stored of a post what Slack shows; returns how much was missed.

    What an event changed since `known` was read is left to it. A tag that was missed is made now,
    and before it is kept: what breaks off in between is found missing again.
    """
    there = {key for key, one in known.items() if one.present}
    new = sorted(given.people - there)
    known_members = {user for user in {user for user, _ in new} if _is_sure(may, post.team, user)}
    missed = [(key, True) for key in new if key[0] in known_members]
    missed += [(key, False) for key in sorted(there - given.people) if key[1] not in given.unlisted]
    moment = f"{now.timestamp():.6f}"
    if post.shows == posting.TICKET:
        tag = context.settings.tag_emoji
        users = [user for (user, emoji), present in missed if present and emoji == tag]
        sure = [user for user in users if _is_sure(may, post.team, user, Right.TAG)]
        _tag_missed(context, post, sure[:1], now)
    with context.store.write() as session:
        mended = [
            (key, present)
            for key, present in missed
            if post_rows.mend(
                session, post, key, present=present, moment=moment, before=known.get(key)
            )
        ]
        insight = _insight(session, post) if mended else None
        if insight is not None:
            cards.refresh(session, context, insight, now)
    return len(mended)


def _is_sure(may: May, team: str, user: str, right: Right = Right.ANSWER) -> bool:
    """Whether a person may; False where Slack does not tell just now: the next look asks again."""
    try:
        return may(team, user, right)
    except Refused:
        return False


def _tag_missed(context: Context, post: PostValue, users: Sequence[str], now: datetime) -> None:
    for user in users:
        # A ticket that is no longer stored is nobody's to tag.
        with suppress(NotFound):
            insights.tag_as_suggested(
                context,
                team=post.team,
                user=user,
                channel=post.channel,
                ticket=post.subject_id,
                now=now,
            )


def sweep_later(context: Context, post: PostValue) -> None:
    """Slack asked to wait: the post is still to be compared."""
    with context.store.write() as session:
        post_rows.unswept(session, post)


def mark_gone(context: Context, post: PostValue, now: datetime) -> None:
    """A post was deleted, or its channel is gone; what was answered to it is kept."""
    with context.store.write() as session:
        post_rows.mark_gone(session, post.team, post.channel, post.ts, now)
