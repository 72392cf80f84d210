"""Dates as people's tools write them, without guessing row by row.

`03/04/2025` is March in one file and April in the next. Which one is decided once a file, by its
first rows (`order_of`), and every row is then read the same way. Month names are English and no
locale is asked, so the same file gives the same dates on every machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=2)


class Order(StrEnum):
    """Which comes first where a date is three numbers with the year last."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


_MONTH_NAMES: Final = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_HOURS: Final = {
    **{"z": 0.0, "utc": 0.0, "gmt": 0.0, "ut": 0.0, "wet": 0.0, "west": 1.0, "bst": 1.0},
    **{"cet": 1.0, "cest": 2.0, "eet": 2.0, "eest": 3.0, "msk": 3.0, "jst": 9.0, "kst": 9.0},
    **{"est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0},
    **{"pst": -8.0, "pdt": -7.0, "akst": -9.0, "akdt": -8.0, "hst": -10.0, "nzst": 12.0},
    **{"nzdt": 13.0, "aest": 10.0, "aedt": 11.0, "acst": 9.5, "awst": 8.0},
}
_TIME: Final = (
    r"(?:[T,]?\s*(?:at\s+)?(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})"
    r"(?:[.,]\d{1,9})?)?\s*(?P<half>[ap]\.?m\.?)?)?"
)
_ZONE: Final = (
    r"\s*\(?(?P<zone>[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{1,2}:?(?:\d{2})?)?\)?(?:\s*\(.{1,40}\))?"
)
_DAY_NAME: Final = r"(?:[A-Za-z]{3,9}\.?,?\s+)?"
_MONTH: Final = r"(?P<name>[A-Za-z]{3})[A-Za-z]{0,6}\.?"
_FORMS: Final = tuple(
    re.compile(rf"\s*{form}\s*", re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}{_ZONE}",
        rf"(?P<first>\d{{1,2}})(?P<sep>[-/.])(?P<then>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}})"
        rf"{_TIME}{_ZONE}",
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/\s.]+{_MONTH}[-/\s.,]+"
        rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}{_ZONE}",
        rf"{_DAY_NAME}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
        rf"{_TIME}{_ZONE}",
        rf"[A-Za-z]{{3}}\s+{_MONTH}\s+(?P<day>\d{{1,2}}){_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_THREE_NUMBERS: Final = re.compile(r"\s*(\d{1,2})([-/.])(\d{1,2})[-/.](?:\d{4}|\d{2})(?!\d)")
_EPOCH: Final = re.compile(r"\s*(-?\d{1,20})(?:\.\d{1,12})?\s*")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST: Final = 80


def _epoch(number: float) -> datetime | None:
    """Seconds, milliseconds or microseconds, told apart by their size."""
    for limit, unit in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6)):
        if abs(number) < limit:
            try:
                return datetime.fromtimestamp(number / unit, UTC)
            except (ValueError, OverflowError, OSError):
                return None
    return None


def _zone(zone: str | None) -> timezone | None:
    """A zone's distance from UTC; none given is UTC, an unknown one is None."""
    if not zone:
        return UTC
    name = zone.casefold()
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    offset = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", name)
    if not offset:
        return None
    span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(span if offset[1] == "+" else -span) if span < timedelta(days=1) else None


def _hour(parts: dict[str, str | None]) -> int:
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "").lower()
    if half:
        return hour % 12 + (12 if half.startswith("p") else 0)
    return hour


def _built(parts: dict[str, str | None], order: Order) -> datetime | None:
    day, month = parts.get("day"), parts.get("month")
    if name := parts.get("name"):
        number = _MONTHS.get(name.lower(), 0)
    elif first := parts.get("first"):
        then = parts.get("then") or ""
        day, month = (first, then) if order is Order.DAY_FIRST else (then, first)
        number = int(month)
    else:
        number = int(month or 0)
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    zone = _zone(parts["zone"])
    try:
        minute, second = int(parts["minute"] or 0), min(59, int(parts["second"] or 0))
        made = datetime(year, number, int(day or 0), _hour(parts), minute, second, tzinfo=zone)
        return made.astimezone(UTC) if zone else None
    except (ValueError, OverflowError):
        return None


def read_date(value: object, order: Order = Order.MONTH_FIRST) -> datetime | None:
    """The moment in UTC, or None where it cannot be read. No zone means UTC."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _epoch(float(value)) if math.isfinite(value) else None
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    if _ISO.match(value):
        try:
            made = datetime.fromisoformat(value)
            return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
    number = _EPOCH.fullmatch(value)
    if number and len(number[1]) != 8:
        return _epoch(float(value.strip()))
    if number:
        value = f"{number[1][:4]}-{number[1][4:6]}-{number[1][6:]}"
    for form in _FORMS:
        if match := form.fullmatch(value):
            return _built(match.groupdict(), order)
    return None


def order_of(values: Iterable[object], now: datetime) -> tuple[Order, bool]:
    """How a file's first rows write dates, and whether any of them says so for certain.

    Without proof: a reading that lies in the future is out; then the number that changes more
    from row to row is the day; then dots mean day first and slashes month first.
    """
    texts = [value for value in values if isinstance(value, str)]
    dates = [match for text in texts if (match := _THREE_NUMBERS.match(text))]
    firsts, thens = [int(date[1]) for date in dates], [int(date[3]) for date in dates]
    day_first = sum(number > 12 for number in firsts)
    month_first = sum(number > 12 for number in thens)
    if day_first != month_first:
        return (Order.DAY_FIRST if day_first > month_first else Order.MONTH_FIRST), True
    if not dates:
        return Order.MONTH_FIRST, True
    for order, other in (
        (Order.DAY_FIRST, Order.MONTH_FIRST),
        (Order.MONTH_FIRST, Order.DAY_FIRST),
    ):
        read = [read_date(text, other) for text in texts]
        if any(date and date > now + AHEAD for date in read):
            return order, True
    if len(set(firsts)) != len(set(thens)):
        is_day = len(set(firsts)) > len(set(thens))
        return (Order.DAY_FIRST if is_day else Order.MONTH_FIRST), False
    return (Order.DAY_FIRST if dates[0][2] == "." else Order.MONTH_FIRST), False


def fault_of(moment: datetime | None, now: datetime) -> str:
    """Why a creation date cannot be used; "" where it can."""
    if moment is None:
        return "is not a date that can be read"
    if moment < OLDEST:
        return "is before 1990"
    return "lies in the future" if moment > now + AHEAD else ""
