"""When a channel's digest is due, in its own local time. Pure: the clock is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.reports import ChannelSettings

TOO_LATE = timedelta(hours=4)


class Due(StrEnum):
    """What a channel's schedule says about this moment."""

    NOT_YET = "not yet"
    NOW = "now"
    TOO_LATE = "too late"


@dataclass(frozen=True, slots=True)
class Turn:
    """A channel's turn on one local day, at a moment in UTC."""

    day: date
    moment: datetime


def turn(settings: ChannelSettings, now: datetime) -> Turn:
    """The turn of the local day that `now` falls on.

    A time that a clock change leaves out is moved on by the gap; one that it repeats is the
    first of the two.
    """
    day = now.astimezone(ZoneInfo(settings.timezone)).date()
    return Turn(day, _moment(settings, day))


def _moment(settings: ChannelSettings, day: date) -> datetime:
    hour, minute = settings.at.split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), ZoneInfo(settings.timezone))
    return local.astimezone(UTC)


def due(settings: ChannelSettings, set_up_at: datetime, now: datetime) -> Due:
    """Whether the digest of the current local day is to be posted.

    A schedule that was changed after today's time begins with the next day.
    """
    today = turn(settings, now)
    if not settings.on or today.day.isoweekday() not in settings.days:
        return Due.NOT_YET
    if now < today.moment or today.moment < set_up_at:
        return Due.NOT_YET
    return Due.NOW if now - today.moment < TOO_LATE else Due.TOO_LATE


def next_due(settings: ChannelSettings, now: datetime) -> datetime | None:
    """When the next digest is due after `now`, in UTC; None when it is switched off."""
    if not settings.on or not settings.days:
        return None
    day = now.astimezone(ZoneInfo(settings.timezone)).date()
    for ahead in range(9):
        candidate = day + timedelta(days=ahead)
        moment = _moment(settings, candidate)
        if candidate.isoweekday() in settings.days and moment > now:
            return moment
    return None
