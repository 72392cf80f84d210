"""When a digest is due: local time, clock changes, weekends, late starts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.reports import ChannelSettings
from bot.service.schedule import TOO_LATE, next_due, turn, turns

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
MINUTE = timedelta(minutes=1)
ZONES = ("Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "Asia/Kathmandu", "Africa/Cairo")


class Due(StrEnum):
    """What a channel's schedule says about a moment."""

    NOT_YET = "not yet"
    NOW = "now"
    TOO_LATE = "too late"


def due(channel: ChannelSettings, set_up_at: datetime, now: datetime) -> Due:
    """Whether the digest of the turn that came last is owed, and in time."""
    last = turn(channel, now)
    if last not in turns(channel, set_up_at, now):
        return Due.NOT_YET
    return Due.NOW if now - last.moment < TOO_LATE else Due.TOO_LATE


def settings(
    at: str = "09:30",
    timezone: str = "Europe/Berlin",
    days: tuple[int, ...] = EVERY_DAY,
    *,
    on: bool = True,
) -> ChannelSettings:
    return ChannelSettings("T1", "C1", at=at, timezone=timezone, days=days, on=on)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.case(35)
@pytest.mark.parametrize(
    ("timezone", "day", "at", "moment"),
    [
        ("Europe/Berlin", "2026-01-15", "09:30", "2026-01-15 08:30"),
        ("Europe/Berlin", "2026-07-15", "09:30", "2026-07-15 07:30"),
        # The gap: 02:30 does not exist and is moved on by an hour.
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:30"),
        ("America/St_Johns", "2026-03-08", "02:15", "2026-03-08 05:45"),
        ("Pacific/Auckland", "2026-09-27", "02:30", "2026-09-26 14:30"),
        ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23 22:30"),
        # The fold: 02:30 comes twice and counts the first time.
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30"),
        ("America/St_Johns", "2026-11-01", "01:15", "2026-11-01 03:45"),
        ("Pacific/Auckland", "2026-04-05", "02:30", "2026-04-04 13:30"),
        # An offset that is no whole hour, and never changes.
        ("Asia/Kathmandu", "2026-03-29", "09:30", "2026-03-29 03:45"),
        ("Asia/Kathmandu", "2026-10-25", "00:10", "2026-10-24 18:25"),
    ],
)
def test_a_local_time_is_due_from_its_moment_on_and_once_on_days_of_clock_change(
    timezone: str, day: str, at: str, moment: str
) -> None:
    channel, start = settings(at, timezone), utc(moment)
    assert turn(channel, start).day == date.fromisoformat(day)
    assert turn(channel, start).moment == start
    assert due(channel, LONG_AGO, start) is Due.NOW
    assert turn(channel, start - timedelta(microseconds=1)).day < date.fromisoformat(day)
    # An hour later, when the fold repeats the time, it is still the same day's turn.
    for minutes in (30, 60, 61, 90):
        assert turn(channel, start + minutes * MINUTE) == turn(channel, start)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-06 08:30", Due.NOW),  # Friday
        ("2026-11-07 08:30", Due.NOT_YET),  # Saturday
        ("2026-11-08 23:00", Due.NOT_YET),  # Sunday in UTC, Monday in Berlin, before its time
        ("2026-11-09 08:29", Due.NOT_YET),
        ("2026-11-09 08:30", Due.NOW),
    ],
)
def test_weekends_are_left_out_by_the_channels_own_weekday(now: str, expected: Due) -> None:
    assert due(settings(days=(1, 2, 3, 4, 5)), LONG_AGO, utc(now)) is expected


def test_the_weekday_is_the_local_one() -> None:
    monday_in_auckland = settings("08:00", "Pacific/Auckland", days=(1,))
    assert due(monday_in_auckland, LONG_AGO, utc("2026-11-08 19:00")) is Due.NOW


def test_a_schedule_set_up_after_todays_time_begins_tomorrow() -> None:
    channel, set_up = settings(), utc("2026-11-03 09:00")
    assert due(channel, set_up, utc("2026-11-03 09:01")) is Due.NOT_YET
    assert due(channel, set_up, utc("2026-11-04 08:29")) is Due.NOT_YET
    assert due(channel, set_up, utc("2026-11-04 08:30")) is Due.NOW


def test_a_schedule_set_up_before_todays_time_begins_today() -> None:
    assert due(settings(), utc("2026-11-03 08:30"), utc("2026-11-03 08:30")) is Due.NOW


def test_a_digest_is_too_late_after_four_hours() -> None:
    start = utc("2026-11-03 08:30")
    assert due(settings(), LONG_AGO, start + TOO_LATE - MINUTE) is Due.NOW
    assert due(settings(), LONG_AGO, start + TOO_LATE) is Due.TOO_LATE


def test_a_time_just_before_midnight_is_not_lost_when_the_next_look_comes_after_it() -> None:
    channel = settings("23:59", days=(5,))
    saturday = utc("2026-11-06 23:05")
    assert due(channel, LONG_AGO, saturday) is Due.NOW
    assert turn(channel, saturday).day == date(2026, 11, 6)


def test_a_day_that_nobody_looked_at_is_still_known_to_be_missed() -> None:
    channel = settings(days=(5,))
    assert due(channel, LONG_AGO, utc("2026-11-07 00:30")) is Due.TOO_LATE
    assert turn(channel, utc("2026-11-07 00:30")).day == date(2026, 11, 6)


def test_a_channel_that_is_switched_off_is_never_due() -> None:
    assert due(settings(on=False), LONG_AGO, utc("2026-11-03 08:30")) is Due.NOT_YET
    assert next_due(settings(on=False), utc("2026-11-03 08:30")) is None


@pytest.mark.case(35)
def test_a_clock_set_back_does_not_make_another_day_due() -> None:
    channel, now = settings(), utc("2026-11-03 08:40")
    assert due(channel, LONG_AGO, now - timedelta(hours=1)) is not Due.NOW
    assert turn(channel, now + timedelta(days=1)).day == date(2026, 11, 4)


_channels = st.builds(
    settings,
    at=st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59)),
    timezone=st.sampled_from(ZONES),
    days=st.sets(st.integers(1, 7), min_size=1).map(sorted).map(tuple),
)


@hypothesis_settings(max_examples=8, deadline=None)
@given(channel=_channels, steps=st.lists(st.integers(1, 170), min_size=8, max_size=8))
def test_over_a_year_of_irregular_ticks_every_due_day_is_posted_once(
    channel: ChannelSettings, steps: list[int]
) -> None:
    begin = now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    posted: list[date] = []
    for step in cycle(steps):
        now += step * MINUTE
        if now > begin + timedelta(days=365):
            break
        last_turn = turn(channel, now)
        if due(channel, begin, now) is Due.NOW and last_turn.day not in posted[-2:]:
            posted.append(last_turn.day)
            assert now - last_turn.moment <= max(steps) * MINUTE
    zone = ZoneInfo(channel.timezone)
    first, last = begin.astimezone(zone).date(), now.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    wanted = [day for day in days if day.isoweekday() in channel.days]
    # At both ends a day's time may lie outside of the year.
    assert [day for day in posted if first < day < last] == [d for d in wanted if first < d < last]
    assert set(posted) <= set(wanted)


@hypothesis_settings(max_examples=60, deadline=None)
@given(channel=_channels, hours=st.integers(0, 365 * 24))
def test_the_next_time_that_is_promised_is_one_at_which_it_comes(
    channel: ChannelSettings, hours: int
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    promised = next_due(channel, now)
    assert promised is not None
    assert now < promised <= now + timedelta(days=8)
    assert due(channel, LONG_AGO, promised) is Due.NOW
    assert turn(channel, promised).moment == promised
