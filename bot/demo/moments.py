"""Where the demo's clock may stand: pure reckoning with working days and jumps forward.

A jump passes through the moments at which something is due, as time itself would: otherwise a
week's digests would all be "too late" and none be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = time(9, 35)
SATURDAY = 6
LONGEST_JUMP = timedelta(days=60)
LONGEST_STEP = timedelta(hours=6)
AFTER_DUE = timedelta(minutes=1)


class Backward(Exception):
    """A move that the clock does not make; the text says why."""


def next_morning(now: datetime) -> datetime:
    """09:35 in Berlin on the next working day."""
    day = now.astimezone(BERLIN).date() + timedelta(days=1)
    while day.isoweekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, BERLIN).astimezone(UTC)


def eve_of(start: datetime) -> datetime:
    """09:31 in Berlin on the last working day before: when the digest at 09:30 has just come."""
    day = start.astimezone(BERLIN).date() - timedelta(days=1)
    while day.isoweekday() >= SATURDAY:
        day -= timedelta(days=1)
    return datetime.combine(day, time(9, 31), BERLIN).astimezone(UTC)


def target(now: datetime, to: str) -> datetime:
    """Where a move leads. Raises `Backward` for the past, the too far and the unreadable."""
    if to == "next morning":
        return next_morning(now)
    if to == "+1 hour":
        return now + timedelta(hours=1)
    try:
        wanted = datetime.combine(date.fromisoformat(to), MORNING, BERLIN).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Backward(
            'Say "next morning", "+1 hour" or a day such as 2026-11-03: the clock knows no other.'
        ) from error
    if wanted <= now:
        raise Backward(f"The clock only moves forward, and it is already {spoken(now)}.")
    if wanted > now + LONGEST_JUMP:
        raise Backward(f"That is too far: at most {LONGEST_JUMP.days} days at a time.")
    return wanted


def next_stop(now: datetime, end: datetime, due: Callable[[datetime], datetime | None]) -> datetime:
    """The next moment on the way to `end`: just after something is due, or a quarter of a day."""
    following = due(now)
    stop = min(end, now + LONGEST_STEP)
    if following is not None and now < following + AFTER_DUE < stop:
        return following + AFTER_DUE
    return stop


def spoken(moment: datetime) -> str:
    """A moment as people in Berlin say it."""
    return f"{day_of(moment)}, {moment.astimezone(BERLIN):%H:%M}"


def day_of(moment: datetime) -> str:
    """Its day, in Berlin."""
    local = moment.astimezone(BERLIN)
    return f"{local:%a} {local.day} {local:%b %Y}"
