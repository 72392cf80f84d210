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
    """The turn that came last; before today's time it is yesterday's.

    So a time just before midnight is not lost when nobody looked until after it. A time that a
    clock change leaves out is moved on by the gap; one that it repeats is the first of the two.
    """
    day = now.astimezone(ZoneInfo(settings.timezone)).date()
    if now < _moment(settings, day):
        day -= timedelta(days=1)
    return Turn(day, _moment(settings, day))


def _moment(settings: ChannelSettings, day: date) -> datetime:
    hour, minute = settings.at.split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), ZoneInfo(settings.timezone))
    return local.astimezone(UTC)


def due(settings: ChannelSettings, set_up_at: datetime, now: datetime) -> Due:
    """Whether the digest of the turn that came last is to be posted.

    A schedule that was changed after today's time begins with the next day.
    """
    last = turn(settings, now)
    if not settings.on or last.day.isoweekday() not in settings.days:
        return Due.NOT_YET
    if now < last.moment or last.moment < set_up_at:
        return Due.NOT_YET
    return Due.NOW if now - last.moment < TOO_LATE else Due.TOO_LATE


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
