"""Emoji reactions: stored as answers, or taken as a tag.

Finishing an event is repeatable: the newest event wins for each person and emoji, and tagging the
same ticket again finds the insight that is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from bot.service import cards, inbound, insights, posting
from bot.service.context import Context
from storage import inbox, outbox
from storage import insights as insight_rows
from storage import posts as post_rows
from storage.values import Incoming, PostValue

ADDED, REMOVED = "reaction_added", "reaction_removed"


class Outcome(StrEnum):
    """What became of a reaction."""

    STORED = "stored"
    TAGGED = "tagged"
    OFFER = "offer to tag"
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


MayTag = Callable[[str, str], bool]


def finish(context: Context, event: ReactionEvent, now: datetime, may_tag: MayTag) -> Outcome:
    """Do what an event asks for, and mark it as done.

    Anybody who sees a post may answer; `may_tag(team, user)` says who may tag, and is asked only
    for the tag emoji.
    """
    wants_tag = (
        event.type == ADDED
        and event.emoji == context.settings.tag_emoji
        and may_tag(event.team, event.user)
    )
    with context.store.write() as session:
        if not inbox.is_open(session, event.team, event.event_id):
            return Outcome.DONE_BEFORE
        # Before the look at posts: one that is settled meanwhile is found there.
        is_busy = outbox.is_busy(session, event.team, event.channel)
        post = post_rows.get(session, event.team, event.channel, event.ts)
        if post is None:
            if is_busy:
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
            inbox.finish(session, event.team, event.event_id, Outcome.STORED, now)
            return Outcome.STORED
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


def _insight(session: Session, post: PostValue) -> int | None:
    """The insight whose card shows reactions to this post."""
    if post.shows == posting.INSIGHT:
        return post.subject_id
    if post.shows == posting.TICKET:
        insight = insight_rows.for_ticket(session, post.subject_id)
        return insight.id if insight else None
    return None
