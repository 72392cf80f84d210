"""What went wrong with a channel's messages, told to the person who set the channel up.

`earshot doctor` shows the same, but only to those who ask. Each thing is told once: the key of the
notice names it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.blocks import notice as screens
from bot.blocks import words
from bot.reports import Message
from bot.service import policy, posting
from bot.service.context import Context
from storage import channels as channel_rows
from storage import digests as digest_rows
from storage import outbox as outbox_rows
from storage import outbox_lines

RECENT = timedelta(days=2)
"""What is older when it is first seen is news to nobody."""
_UNTOLD = (posting.NOTICE, posting.DIRECT)


def tell_due(context: Context, team: str, now: datetime) -> bool:
    """Plan what is to be told; False where there is nothing."""
    with context.store.read() as session:
        if not _untold(session, team, now):
            return False
    with context.store.write() as session:
        for key, user, message, subject in _untold(session, team, now):
            posting.plan_post(
                session,
                message,
                team=team,
                channel=user,
                key=key,
                shows=posting.NOTICE,
                subject=subject,
                now=now,
            )
    return True


def _untold(session: Session, team: str, now: datetime) -> list[tuple[str, str, Message, int]]:
    """Key, person, message and subject of each notice that is not planned yet."""
    found = []
    for row in outbox_lines.held_since(session, team, now - RECENT):
        if row.shows not in _UNTOLD:
            found.append((f"notice:held:{row.id}", row.channel, _held(row.channel, row.id), row.id))
    # Of several days that a machine slept through, the last is told.
    unseen = digest_rows.unseen_since(session, team, now - RECENT)
    # That a channel is shared is told once: `shared_channels`.
    for digest in {one.channel: one for one in unseen if one.reason != policy.SHARED}.values():
        day = date.fromisoformat(digest.local_date)
        told = _unseen(digest.channel, day, digest.reason)
        found.append((f"notice:digest:{digest.id}", digest.channel, told, digest.id))
    if not found:
        return []
    planned = outbox_rows.planned_keys(session, team, [key for key, *_ in found])
    owners = {
        value.channel: value.set_up_by
        for value in channel_rows.every(session)
        if value.team == team
    }
    return [
        (key, owners[channel], message, subject)
        for key, channel, message, subject in found
        if key not in planned and owners.get(channel)
    ]


def _held(channel: str, row: int) -> Message:
    return screens.about_channel(
        "Nobody knows whether a message was posted to ",
        channel,
        ": Slack's answer was lost, and the channel's history cannot be read. Look into the "
        f"channel. If it is not there, `earshot posts retry {row}` sends it; if it is, "
        f"`earshot posts drop {row} --seen` says so.",
    )


def _unseen(channel: str, day: date, reason: str) -> Message:
    return screens.about_channel(
        f"The digest of {words.WEEKDAYS[day.weekday()]}, {words.day(day)}, was not posted to ",
        channel,
        f": {reason.rstrip('.')}. Its tickets wait for the next one.",
    )
