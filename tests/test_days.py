"""Two years of local days: each that a digest is owed for is decided once, in whatever time zone.

The machine sleeps over the hour, its clock is set back, and clocks change twice a year.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.reports import Cadence, ChannelSettings
from bot.service import channels, digest_due
from bot.service.context import Context
from bot.service.schedule import TOO_LATE, turns
from storage_rows import rows

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
END = BEGIN + timedelta(days=730)
ZONES = ("Pacific/Auckland", "America/St_Johns", "Europe/Berlin", "Asia/Kathmandu")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ticks(chance: random.Random, often: timedelta) -> Iterator[datetime]:
    """Moments at which somebody looks: irregular, with sleeps and a clock that is set back."""
    now = BEGIN
    while now < END:
        yield now
        throw = chance.random()
        if throw < 0.02:
            now += chance.uniform(3, 60) * HOUR
        elif throw < 0.04:
            now -= chance.uniform(0, 3) * HOUR
        else:
            now += chance.uniform(0.1, 2) * often
    yield END


def is_due(channel: ChannelSettings, day: date) -> bool:
    weekday = day.isoweekday()
    if channel.cadence is Cadence.WEEKLY:
        return weekday == channel.weekday
    return channel.cadence is Cadence.DAILY or weekday in channel.days


def owed(channel: ChannelSettings) -> dict[date, datetime]:
    """Local days with their moments by the wall clock: what a gap leaves out is moved on by it."""
    zone = ZoneInfo(channel.timezone)
    hour, minute = map(int, channel.at.split(":"))
    found = {}
    for number in range(-1, 733):
        day = BEGIN.date() + number * DAY
        moment = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
        if BEGIN <= moment <= END and is_due(channel, day):
            found[day] = moment
    return found


def channel_in(
    zone: str, at: str, days: tuple[int, ...], cadence: Cadence = Cadence.DAYS, weekday: int = 1
) -> ChannelSettings:
    return ChannelSettings(
        "T1",
        f"C0{zone[:4].upper()}",
        at=at,
        timezone=zone,
        days=days,
        cadence=cadence,
        weekday=weekday,
    )


_days = st.sets(st.integers(1, 7), min_size=1).map(sorted).map(tuple)
# Within the hours that a clock change leaves out or repeats, around midnight, and any.
_times = st.one_of(
    st.sampled_from(["00:00", "00:01", "01:15", "02:00", "02:30", "02:59", "03:00", "23:59"]),
    st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59)),
)


@pytest.mark.parametrize("zone", ZONES)
@hypothesis_settings(max_examples=12, deadline=None)
@given(
    at=_times,
    days=_days,
    seed=st.integers(0, 10_000),
    cadence=st.sampled_from(Cadence),
    weekday=st.integers(1, 7),
)
def test_each_due_local_day_of_two_years_comes_once_at_its_moment(
    zone: str, at: str, days: tuple[int, ...], seed: int, cadence: Cadence, weekday: int
) -> None:
    channel = channel_in(zone, at, days, cadence, weekday)
    decided: dict[date, datetime] = {}
    for now in ticks(random.Random(seed), 3 * HOUR):
        came = turns(channel, BEGIN, now)
        assert came == sorted(came, key=lambda turn: turn.moment)
        for turn in came:
            assert decided.setdefault(turn.day, turn.moment) == turn.moment, "one day, one moment"
    assert decided == owed(channel)


@pytest.mark.only("sqlite")
def test_two_years_are_decided_day_by_day_and_what_is_too_late_is_skipped(
    context: Context,
) -> None:
    times = ("02:30", "00:01", "02:30", "09:30")
    everything = [
        channel_in(zone, at, (1, 2, 3, 4, 5), cadence, weekday=5)
        for zone, at, cadence in zip(ZONES, times, Cadence, strict=True)
    ]
    for channel in everything:
        channels.save(context, channel, "U1", BEGIN)
    looked: list[datetime] = []
    for now in ticks(random.Random(7), 14 * HOUR):
        looked.append(now)
        while digest_due.plan_due(context, "T1", now):
            pass
    found = rows(context.store, "SELECT channel, local_date, state FROM digest")
    for channel in everything:
        decided = {day: state for name, day, state in found if name == channel.channel}
        moments = owed(channel)
        assert len(found) == len({(name, day) for name, day, _ in found})
        assert decided == {
            day.isoformat(): _expected(moment, looked) for day, moment in moments.items()
        }
        assert set(decided.values()) == {"silent", "skipped"}


def _expected(moment: datetime, looked: list[datetime]) -> str:
    """Silent if the first who looked after the moment came in time: there are no tickets."""
    first = next(now for now in looked if now >= moment)
    return "silent" if first - moment < TOO_LATE else "skipped"
