"""When a channel's digest is due, in its own local time. Pure: the clock is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.reports import ChannelSettings

TOO_LATE = timedelta(hours=4)
LOOK_BACK_DAYS = 7
"""A day that nobody looked at is known to be missed for so long."""
WORKING_DAYS = 5
"""Of a week, from Monday on."""


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
    day = local(settings, now).date()
    if now < _moment(settings, day):
        day -= timedelta(days=1)
    return Turn(day, _moment(settings, day))


def _moment(settings: ChannelSettings, day: date) -> datetime:
    hour, minute = settings.at.split(":")
    by_clock = datetime.combine(day, time(int(hour), int(minute)), ZoneInfo(settings.timezone))
    return by_clock.astimezone(UTC)


def turns(settings: ChannelSettings, set_up_at: datetime, now: datetime) -> list[Turn]:
    """The turns that came in the last week, oldest first: those that a digest is owed for.

    A schedule that was changed after a day's time begins with the next day.
    """
    if not settings.on:
        return []
    last = turn(settings, now).day
    days = [last - timedelta(days=back) for back in range(LOOK_BACK_DAYS, -1, -1)]
    came = [
        Turn(day, _moment(settings, day)) for day in days if day.isoweekday() in settings.due_days
    ]
    return [one for one in came if set_up_at <= one.moment <= now]


def next_due(settings: ChannelSettings, now: datetime) -> datetime | None:
    """When the next digest is due after `now`, in UTC.

    None when it is switched off, or muted until somebody ends that.
    """
    mute = settings.mute
    after = mute.until if mute and mute.covers(now) else now
    if not settings.on or not settings.due_days or after is None:
        return None
    day = local(settings, after).date()
    for ahead in range(9):
        candidate = day + timedelta(days=ahead)
        moment = _moment(settings, candidate)
        if candidate.isoweekday() in settings.due_days and now < moment >= after:
            return moment
    return None


def local(settings: ChannelSettings, now: datetime) -> datetime:
    """A moment by the channel's own clock."""
    return now.astimezone(ZoneInfo(settings.timezone))


def has_come(day: date, now: datetime) -> bool:
    """Whether a day has begun somewhere on earth: the first place is ahead of UTC by 14 hours."""
    return day <= (now + timedelta(hours=14)).date()


def is_working_day(day: date) -> bool:
    """Monday to Friday."""
    return day.isoweekday() <= WORKING_DAYS


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` and before `last`."""
    between = (last - first).days - 1
    if between <= 0:
        return 0
    weeks, rest = divmod(between, 7)
    start = first + timedelta(days=1)
    return weeks * WORKING_DAYS + sum(
        is_working_day(start + timedelta(days=ahead)) for ahead in range(rest)
    )
