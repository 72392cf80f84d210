"""Two years of local days: each that a digest is owed for is decided once, in whatever time zone.

The machine sleeps over the hour, its clock is set back, and clocks change twice a year.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.reports import Cadence, ChannelSettings
from bot.service import channels, digest_due, notices
from bot.service.context import Context
from bot.service.schedule import TOO_LATE, turns
from conftest import NOW
from own_tickets import put, stored
from storage_rows import change, rows

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
@pytest.mark.parametrize(
    ("zone", "at"), list(zip(ZONES, ("02:30", "00:01", "02:30", "09:30"), strict=True))
)
def test_two_years_bring_one_digest_a_due_day_and_what_is_too_late_is_skipped_and_said(
    context: Context, zone: str, at: str
) -> None:
    channel = channel_in(zone, at, (1, 2, 3, 4, 5) if at == "09:30" else (1, 2, 3, 4, 5, 6, 7))
    channels.save(context, channel, "U1", BEGIN)
    looked: list[datetime] = []
    written = BEGIN
    for now in ticks(random.Random(zone), 14 * HOUR):
        looked.append(now)
        if _is_eventful(now) and now >= written + DAY / 2:
            written = now
            _write_in(context, now)
        while digest_due.plan_due(context, "T1", now) or notices.tell_due(context, "T1", now):
            change(context.store, _SEND)
    found = rows(context.store, "SELECT id, local_date, state, decided_at FROM digest")
    planned = Counter(key for (key,) in rows(context.store, "SELECT dedupe_key FROM outbox"))
    moments = owed(channel)
    assert sorted(day for _, day, *_ in found) == [day.isoformat() for day in moments]
    for _, day, state, _ in found:
        is_late = _is_late(moments[date.fromisoformat(day)], looked)
        assert is_late == (state == "skipped")
        assert planned[f"digest:{channel.channel}:{day}"] == (state == "posted")
    # Of several days that were slept through, the last is told.
    last_of_each_sleep = {at: id for id, _, state, at in found if state == "skipped"}
    assert all(planned[f"notice:digest:{id}"] == 1 for id in last_of_each_sleep.values())
    of_state = Counter(state for _, _, state, _ in found)
    assert min(of_state[each] for each in ("posted", "silent", "skipped")) >= 1


_SEND = "UPDATE outbox SET state = 'sent', ts = '1.0', finished_at = created_at WHERE ts IS NULL"


def _is_eventful(now: datetime) -> bool:
    """Whether some zone's clocks change within days; customers write then."""
    return (now.month, now.day // 8) in {(3, 1), (3, 3), (4, 0), (9, 3), (10, 3), (11, 0)}


def _write_in(context: Context, now: datetime) -> None:
    said = f"The ledger loses all that was typed in on page {now:%j} of book {now:%Y%m%d%H}"
    new = stored(
        f"{now:%Y%m%d%H%M}",
        said=said,
        ago=NOW - now,
        stored_at=now,
        segment="enterprise",
        features=(),
    )
    put(context, new)


def _is_late(moment: datetime, looked: list[datetime]) -> bool:
    """Whether the first who looked after the moment came too late."""
    first = next(now for now in looked if now >= moment)
    return first - moment >= TOO_LATE
