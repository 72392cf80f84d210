"""Cards of insights: planned, kept up to date, and told in their threads what happened.

These work within a caller's session, so that what is shown and what is changed agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import insight_card as screens
from bot.blocks import insight_news
from bot.reports import Deed, Happened, InsightNews, Message
from bot.service import audit, posting
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.service.insight_views import card
from storage import features as feature_rows
from storage import insight_changes as changes
from storage import insights as rows
from storage import outbox
from storage import posts as post_rows
from storage.insight_changes import Change
from storage.outbox import Posted
from storage.values import InsightValue

ON_THE_WAY: Final = (outbox.PLANNED, outbox.SENDING, outbox.UNKNOWN, outbox.HELD, outbox.SENT)


def plan(session: Session, context: Context, value: InsightValue, now: datetime) -> bool:
    """Plan the card of an insight, unless one is posted or on its way.

    One that failed, was deleted or lost its channel is not; False where nothing was planned.
    """
    posted = post_rows.showing(session, posting.INSIGHT, value.id)
    if posted or standing(session, value) is not None:
        return False
    earlier = len(outbox.posts_of(session, value.team, posting.INSIGHT, value.id))
    posting.plan_post(
        session,
        screens.card(card(session, context, catalogues.load(session), value)),
        team=value.team,
        channel=value.card_channel,
        key=f"card:{value.id}:{earlier}" if earlier else f"card:{value.id}",
        shows=posting.INSIGHT,
        subject=value.id,
        now=now,
    )
    return True


def standing(session: Session, value: InsightValue) -> Posted | None:
    """The newest card that is posted or on its way."""
    for each in reversed(outbox.posts_of(session, value.team, posting.INSIGHT, value.id)):
        is_gone = each.ts and post_rows.is_gone(session, value.team, each.channel, each.ts)
        if each.state in ON_THE_WAY and not is_gone:
            return each
    return None


def channel(session: Session, team: str, feature: str | None, otherwise: str) -> str:
    """The channel that owns the feature; where nobody owns it, the other one."""
    owners = feature_rows.owners(session, team, feature) if feature else []
    return otherwise if otherwise in owners else next(iter(owners), otherwise)


def refresh(session: Session, context: Context, insight: int, now: datetime) -> None:
    """Plan an edit of every posted card of this insight that shows something else by now."""
    value = rows.hold(session, insight)
    if value is None:
        return
    message = screens.card(card(session, context, catalogues.load(session), value))
    for post in post_rows.showing(session, posting.INSIGHT, insight):
        posting.plan_edit(session, message, post, now)


def tell(
    session: Session,
    context: Context,
    value: InsightValue,
    news: Sequence[InsightNews],
    now: datetime,
) -> None:
    """Keep what happened, tell it in the card's thread, and bring the card up to date."""
    last = [keep(session, value, one) for one in news][-1:]
    for number in last:
        reply(session, value, insight_news.told(value.id, news), f"news:{number}", now)
    refresh(session, context, value.id, now)


def keep(session: Session, value: InsightValue, one: InsightNews) -> int:
    """Keep what happened for good, and who did it; returns its number."""
    if one.by:
        deed = (
            Deed.TAGGED if one.what in (Happened.TAGGED, Happened.ADDED) else Deed.INSIGHT_CHANGED
        )
        about = f"insight {value.id}: {one.what}"
        audit.record(session, one.at, deed, about, by=one.by, team=value.team)
    change = Change(value.id, one.at, one.by, one.what, one.before, one.after, one.said)
    return changes.add(session, change)


def reply(session: Session, value: InsightValue, message: Message, key: str, now: datetime) -> None:
    """Plan a line in the thread of the newest card; nothing where there is no card any more."""
    root = standing(session, value)
    if root is not None:
        posting.plan_post(
            session,
            message,
            team=value.team,
            channel=root.channel,
            key=f"insight:{value.id}:{key}",
            shows=posting.NEWS,
            subject=value.id,
            now=now,
            thread_of=root.id,
        )


def move_from(
    session: Session, context: Context, insight: int, channel: str, now: datetime
) -> None:
    """Post a card anew whose channel is archived or gone, if another channel owns its feature."""
    value = rows.hold(session, insight)
    if value is None or value.merged_into is not None or not value.feature_id:
        return
    owners = feature_rows.owners(session, value.team, value.feature_id)
    closed = {channel, *_failed_in(session, value)}
    others = [owner for owner in owners if owner not in closed]
    if not others:
        return
    for post in post_rows.showing(session, posting.INSIGHT, insight):
        if post.channel == channel:
            post_rows.mark_gone(session, post.team, channel, post.ts, now)
    value = rows.change(session, insight, value.changed_at, card_channel=others[0])
    if plan(session, context, value, now):
        keep(session, value, InsightNews(now, "", Happened.MOVED))


def _failed_in(session: Session, value: InsightValue) -> set[str]:
    """Where its card could not be posted before: two closed channels would send it to and fro."""
    posts = outbox.posts_of(session, value.team, posting.INSIGHT, value.id)
    return {each.channel for each in posts if each.state == outbox.FAILED}


def history(session: Session, insight: int) -> list[InsightNews]:
    """All that happened to an insight, the first in front."""
    return [
        InsightNews(each.at, each.by, Happened(each.what), each.before, each.after, each.said)
        for each in changes.of(session, insight)
    ]
