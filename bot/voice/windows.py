"""Stretches of time as people type them: "30d", "last month", "since 2026-09-01".

Only what is unambiguous is taken. Days, weeks and months are those of UTC; a window ends at
`now`, or at midnight where the words name a calendar day, week or month that is over.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.reports import Window

DEFAULT_DAYS: Final = 30
MOST_YEARS: Final = 3

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_SHORT: Final = {name[:3]: index for index, name in enumerate(_MONTHS, 1)} | {"sept": 9}
_MONTH_NUMBER: Final = {name: index for index, name in enumerate(_MONTHS, 1)} | _SHORT
# "Last month" is a calendar month, so that "1m" needs another label.
_ONE: Final = {
    "day": "last 24 hours",
    "week": "last 7 days",
    "month": "last 1 month",
    "year": "last 12 months",
}
_UNITS: Final = {"d": "day", "w": "week", "m": "month", "mo": "month", "y": "year"}

_UNIT: Final = r"days?|weeks?|months?|years?|mo|d|w|m|y"
_MONTH: Final = "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True))
_DATE: Final = (
    r"[0-9]{4}-[0-9]{1,2}(?:-[0-9]{1,2})?"
    rf"|(?:[0-9]{{1,2}}\s)?(?:{_MONTH})(?:\s[0-9]{{1,2}})?(?:,?\s[0-9]{{4}})?"
    r"|today|yesterday"
)
# In this order, at the same place of the text: the longer forms before those that begin alike.
_WINDOW: Final = re.compile(
    r"(?<![\w.:/-])(?:"
    rf"since\s(?P<since>{_DATE})"
    r"|since\s(?P<bad>[0-9]\S{0,30}|[^\W\d_]{4,12})"
    r"|(?:in\s|over\s|for\s)?(?:the\s)?(?:last|past|previous)\s"
    rf"(?P<count>[0-9]{{1,20}})\s?(?P<counted>{_UNIT})"
    rf"|(?P<length>[0-9]{{1,20}})\s?(?P<unit>{_UNIT})"
    r"|(?:in\s|over\s)?(?:the\s)?(?P<named>(?:last|past|previous|this)\s(?:day|week|month|year)"
    r"|today|yesterday)"
    rf"|in\s(?P<month>{_MONTH})(?:\s(?P<year>[0-9]{{4}}))?"
    rf"|(?P<dated>{_MONTH})\s(?P<dated_year>[0-9]{{4}})"
    r")(?![\w/-])",
    re.IGNORECASE,
)


class _NotUnderstood(ValueError):
    """The words look like a window and are none."""


def default_window(now: datetime) -> Window:
    """The 30 days before `now`."""
    return Window(now - timedelta(days=DEFAULT_DAYS), now, f"last {DEFAULT_DAYS} days")


def take_window(text: str, now: datetime) -> tuple[str, Window, str]:
    """The text without its first window, that window, and a note on what was not understood.

    Without a window in the text it is the default one. `now` is in UTC.
    """
    for found in _WINDOW.finditer(text):
        if found["bad"] and not _is_like_a_date(found["bad"]):
            continue
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        typed = found[0].strip()
        try:
            window = _window(found, now)
        except (_NotUnderstood, ValueError, OverflowError) as fault:
            reason = str(fault) if isinstance(fault, _NotUnderstood) else "is no date"
            note = f'"{typed}" {reason}: showing the last {DEFAULT_DAYS} days.'
            return rest, default_window(now), note
        return rest, *_capped(window, now, typed)
    return text, default_window(now), ""


def _is_like_a_date(word: str) -> bool:
    """Whether "since WORD" was meant as a date; "since update" was not."""
    known = [*_MONTHS, "yesterday", "today"]
    return word[0].isdigit() or bool(
        process.extractOne(word.lower(), known, scorer=OSA.distance, score_cutoff=2)
        if len(word) >= 5
        else None
    )


def _window(found: re.Match[str], now: datetime) -> Window:
    groups = found.groupdict()
    if groups["bad"]:
        raise _NotUnderstood("is no date that is understood")
    if groups["since"]:
        return _since(_day(groups["since"].lower(), now), now)
    if groups["count"] or groups["length"]:
        unit = (groups["counted"] or groups["unit"]).lower()
        return _length(groups["count"] or groups["length"], unit, now)
    if groups["named"]:
        return _named(groups["named"].lower(), now)
    name = (groups["month"] or groups["dated"]).lower()
    return _calendar_month(_MONTH_NUMBER[name], groups["year"] or groups["dated_year"], now)


def _length(digits: str, unit: str, now: datetime) -> Window:
    number = int(digits[:9])
    if number == 0:
        raise _NotUnderstood("is no stretch of time")
    unit = _UNITS.get(unit, unit.removesuffix("s"))
    label = f"last {number} {unit}s" if number > 1 else _ONE[unit]
    days = {"day": number, "week": number * 7, "month": number * 30, "year": number * 365}[unit]
    if days > MOST_YEARS * 366:
        since = _months_before(now, 12 * MOST_YEARS + 1)
    elif unit in ("day", "week"):
        since = now - timedelta(days=days)
    else:
        since = _months_before(now, number * (12 if unit == "year" else 1))
    return Window(since, now, label)


def _named(words: str, now: datetime) -> Window:
    today = _midnight(now.date())
    which, _, unit = words.partition(" ")
    if which == "yesterday" or words in ("last day", "previous day", "past day"):
        return Window(today - timedelta(days=1), today, "yesterday")
    if which == "today" or words == "this day":
        return Window(today, now, "today")
    if which == "past":
        return _length("1", unit, now)
    starts = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }
    start = starts[unit]
    if which == "this":
        return Window(start, now, words)
    if unit == "month":
        before = start - timedelta(days=1)
        return _calendar_month(before.month, str(before.year), now)
    if unit == "year":
        return Window(start.replace(year=start.year - 1), start, str(start.year - 1))
    monday = start - timedelta(days=7)
    return Window(monday, start, f"week of {_spoken(monday.date())}")


def _calendar_month(month: int, year: str | None, now: datetime) -> Window:
    """The named month; without a year, the latest that has begun."""
    chosen = int(year) if year else now.year - (month > now.month)
    start = _midnight(date(chosen, month, 1))
    if start >= now:
        raise _NotUnderstood("is in the future")
    until = start + timedelta(days=monthrange(chosen, month)[1])
    return Window(start, min(until, now), f"{_MONTHS[month - 1].capitalize()} {chosen}")


def _since(day: date, now: datetime) -> Window:
    start = _midnight(day)
    if start >= now:
        raise _NotUnderstood("is in the future")
    return Window(start, now, f"since {_spoken(day)}")


def _day(text: str, now: datetime) -> date:
    """The day that the words after "since" name; raises ValueError for 2026-02-31."""
    if text in ("today", "yesterday"):
        return now.date() - timedelta(days=text == "yesterday")
    if text[:4].isdigit():
        year, month, *day = (int(part) for part in text.split("-"))
        return date(year, month, day[0] if day else 1)
    parts = text.replace(",", " ").split()
    name = next(part for part in parts if not part.isdigit())
    numbers = [int(part) for part in parts if part.isdigit()]
    years = [number for number in numbers if number > 31]
    days = [number for number in numbers if number <= 31]
    if len(days) > 1:
        raise _NotUnderstood("is no date that is understood")
    month = _MONTH_NUMBER[name]
    day_of_month = days[0] if days else 1
    year_is_over = (month, day_of_month) > (now.month, now.day)
    return date(years[0] if years else now.year - year_is_over, month, day_of_month)


def _capped(window: Window, now: datetime, typed: str) -> tuple[Window, str]:
    earliest = _months_before(now, 12 * MOST_YEARS)
    if window.since >= earliest:
        return window, ""
    if window.until <= earliest:
        note = f'"{typed}" is more than {MOST_YEARS} years ago: showing the last '
        return default_window(now), f"{note}{DEFAULT_DAYS} days."
    label = f"last {MOST_YEARS} years"
    note = f'"{typed}" reaches back more than {MOST_YEARS} years: showing the {label}.'
    return Window(earliest, window.until, label), note


def _months_before(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(
        year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1])
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _spoken(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1].capitalize()[:3]} {day.year}"
