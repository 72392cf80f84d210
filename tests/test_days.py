"""Two years of local days: each that a digest is owed for is decided once, in whatever time zone.

The machine sleeps over the hour, its clock is set back, and clocks change twice a year.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
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
            day.isoformat(): "skipped" if _is_late(moment, looked) else "silent"
            for day, moment in moments.items()
        }
        assert set(decided.values()) == {"silent", "skipped"}


@pytest.mark.case(35)
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
    assert min(of_state[each] for each in ("posted", "silent", "skipped")) >= 8


CHANGES = {
    "the gap, in which 02:30 is missing": datetime(2026, 3, 29, tzinfo=UTC),
    "the fold, in which 02:30 comes twice": datetime(2026, 10, 25, tzinfo=UTC),
    "a day like any other": datetime(2026, 6, 10, tzinfo=UTC),
}


@pytest.mark.case(35)
@pytest.mark.parametrize("change_of", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("slip", [-HOUR, DAY, -DAY], ids=["back 1 h", "on 1 day", "back 1 day"])
def test_half_past_two_comes_once_a_local_day_whatever_clocks_do(
    context: Context, change_of: datetime, slip: timedelta
) -> None:
    channel = channel_in("Europe/Berlin", "02:30", (1, 2, 3, 4, 5, 6, 7))
    begin = change_of - 2 * DAY
    channels.save(context, channel, "U1", begin)
    for number, said in enumerate(_STORIES[:8]):
        new = stored(
            f"h{number}",
            said=said,
            ago=NOW - begin - (number - 1) * DAY / 2,
            stored_at=begin,
            segment="enterprise",
            features=(),
        )
        put(context, replace(new, clarity=1.0))
    half_hours = [begin + number * HOUR / 2 for number in range(4 * 48)]
    for now in half_hours:
        # Each half hour the clock slips, and is put right by the next.
        for moment in (now, now + slip):
            while digest_due.plan_due(context, "T1", moment):
                change(context.store, _SEND)
    found = rows(context.store, "SELECT local_date, state FROM digest ORDER BY local_date")
    days = [day for day, _ in found]
    first, last = change_of.date() - DAY, change_of.date() + DAY
    assert len(days) == len(set(days)), "never twice"
    assert {str(first + number * DAY) for number in range((last - first).days + 1)} <= set(days)
    posted = [key for (key,) in rows(context.store, "SELECT dedupe_key FROM outbox")]
    assert len(posted) == len(set(posted))
    roots = [key for key in posted if key.startswith("digest:") and key.count(":") == 2]
    assert roots
    assert sorted(key.rpartition(":")[2] for key in roots) == [
        day for day, state in found if state == "posted"
    ]


_SEND = "UPDATE outbox SET state = 'sent', ts = '1.0', finished_at = created_at WHERE ts IS NULL"


def _is_eventful(now: datetime) -> bool:
    """Whether some zone's clocks change within days; customers write then."""
    return (now.month, now.day // 8) in {(3, 1), (3, 3), (4, 0), (9, 3), (10, 3), (11, 0)}


_STORIES = (
    "The ledger loses all that was typed in, and our books of a whole quarter are gone.",
    "Nobody in our warehouse can print a label, so forty parcels wait and customers leave.",
    "My card was charged three times for one order, and no refund ever came.",
    "Since the update the app crashes at every start, we cannot take orders any more.",
    "The calendar moved each appointment by an hour, and patients stood before closed doors.",
    "Search finds no invoice of last year, the auditor sits here and we cannot work.",
    "Passwords of all our staff were reset overnight, and nobody can log in to the till.",
    "The export leaves out every second row, so we paid the wrong wages to our people.",
    "Photos of the damaged goods vanish after upload, the insurer refuses to pay us.",
    "Our shop shows prices of another country, and buyers cancel one after the other.",
    "The phone line rings into nothing since Monday, we lost two large contracts.",
    "Backups stopped weeks ago without a word, and now the data of a branch is lost.",
)


def _write_in(context: Context, now: datetime) -> None:
    said = _STORIES[(now - BEGIN) // DAY % len(_STORIES)]
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
