"""The digest's own mute: for a day, a week, or until somebody ends it.

Alarms and cards of insights go on: they never look at it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import ChannelSettings, Mute
from bot.service import acts, convert
from bot.service.context import Context
from bot.service.schedule import local
from storage import channels as rows


class For(StrEnum):
    """How long a digest is muted."""

    DAY = "day"
    WEEK = "week"
    UNTIL_CHANGED = "until changed"


_DAYS = {For.DAY: 1, For.WEEK: 7}


def mute(
    context: Context, team: str, channel: str, length: For, *, user: str, now: datetime
) -> None:
    """Mute a channel's digest from now on. Raises `NotFound` where it has none."""
    with context.store.write() as session:
        settings = _settings(session, team, channel)
        until = _until(settings, length, now)
        rows.mute(session, team, channel, at=now, until=until, user=user)
        acts.configured(session, team, channel, f"muted: {length}", user=user, now=now)


def unmute(context: Context, team: str, channel: str, *, user: str, now: datetime) -> None:
    """End a mute; where none lasts, nothing changes. Raises `NotFound` as above."""
    with context.store.write() as session:
        _settings(session, team, channel)
        if rows.unmute(session, team, channel, now):
            acts.configured(session, team, channel, "mute ended", user=user, now=now)


def by_clock_of(settings: ChannelSettings, mute: Mute) -> Mute:
    """A mute with its end by the channel's own clock, as it is shown."""
    return replace(mute, until=mute.until and local(settings, mute.until))


def _until(settings: ChannelSettings, length: For, now: datetime) -> datetime | None:
    """The same time of day by the channel's clock, so that each day has one digest muted."""
    if length not in _DAYS:
        return None
    return (local(settings, now) + timedelta(days=_DAYS[length])).astimezone(UTC)


def _settings(session: Session, team: str, channel: str) -> ChannelSettings:
    found = rows.get(session, team, channel)
    if found is None:
        raise NotFound("This channel has no digest. `/digest` sets one up.")
    return convert.settings(found, ())
