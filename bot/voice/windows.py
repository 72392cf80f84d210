"""Stretches of time as people type them: "30d", "last two weeks", "since Monday", "Q3 2026".

Days, weeks and months are those of UTC; a window ends at `now`, or at midnight where the words
name a calendar stretch that is over. A window is half open, and a bare ISO date means its first
moment: "from 2026-01-01 to 2026-02-01" is January. Days in words are taken whole: "until Friday"
has all of Friday in it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.reports import Window
from bot.voice.calendar_days import MONTHS, Days, NotUnderstood, spoken
from bot.voice.days import WEEKDAY_NUMBER, WEEKDAYS, days_of, number_of
from bot.voice.window_grammar import WINDOW
from bot.voice.window_typos import corrected

DEFAULT_DAYS: Final = 30
MOST_YEARS: Final = 3

# "Last month" is a calendar month, so that "1m" needs another label.
_ONE: Final = {
    "hour": "last 1 hour",
    "day": "last 24 hours",
    "week": "last 7 days",
    "month": "last 1 month",
    "year": "last 12 months",
}
_UNITS: Final = {
    **{"h": "hour", "hr": "hour", "d": "day", "w": "week", "wk": "week"},
    **{"m": "month", "mo": "month", "mth": "month", "y": "year", "yr": "year"},
}
# An answer stands beside the window before anyway.
_AGAINST_BEFORE: Final = re.compile(
    r"(?:\s?this\s(?:week|month|quarter|year))?\s(?:vs\.?|versus|compared\s(?:to|with)|against|than)"
    r"\s(?:the\s)?(?:last|previous|prior)\s(week|month|quarter|year)\b",
    re.IGNORECASE,
)
_UNSURE: Final = ("loose", "ago", "future", "month", "year")
_DAYS: Final = ("in", "plain", "ago", "month", "year")
_TO_DATE: Final = {"y": "this year", "m": "this month", "q": "this quarter", "w": "this week"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left of a text without its window, and the window.

    `note` says what was not understood, or is "". `is_sure` is false where the same words may
    be a part of what is looked for: "refund took 10 days", "error 2024".
    """

    rest: str
    window: Window
    note: str = ""
    typed: str = ""
    is_sure: bool = True


def default_window(now: datetime) -> Window:
    """The 30 days before `now`."""
    return Window(now - timedelta(days=DEFAULT_DAYS), now, f"last {DEFAULT_DAYS} days")


def take_window(text: str, now: datetime, *, only_sure: bool = False) -> Taken:
    """The first window of a text, or the default one. `now` is in UTC.

    With `only_sure`, words that may mean something else stay in the text.
    """
    text = _AGAINST_BEFORE.sub(r" this \1", corrected(text))
    for found in WINDOW.finditer(text):
        if found["bad"] and not _is_like_a_date(found["bad"]):
            continue
        is_sure = not any(found[name] for name in _UNSURE)
        if only_sure and not is_sure:
            continue
        rest = " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
        typed = found[0].strip()
        try:
            window, note = _capped(_window(found, now), now, typed)
        except (ValueError, OverflowError) as fault:
            reason = str(fault) if isinstance(fault, NotUnderstood) else "is no date"
            note = f'"{typed}" {reason}: showing the last {DEFAULT_DAYS} days.'
            window = default_window(now)
        return Taken(rest, window, note, typed, is_sure)
    return Taken(text, default_window(now))


def typed_window(window: Window) -> str:
    """What one would type for a window: `take_window` gives the same window at the same moment."""
    return f"in {window.label}" if window.label.isdigit() else window.label


def _is_like_a_date(word: str) -> bool:
    """Whether "since WORD" was meant as a date; "since update" was not."""
    if len(word) < 5 or word[0].isdigit():
        return word[0].isdigit()
    known = [*MONTHS, *WEEKDAYS, "yesterday", "today"]
    return bool(process.extractOne(word.lower(), known, scorer=OSA.distance, score_cutoff=2))


def _window(found: re.Match[str], now: datetime) -> Window:
    groups = {name: text for name, text in found.groupdict().items() if text}
    today = now.date()
    if "bad" in groups:
        raise NotUnderstood("is no date that is understood")
    if "future" in groups:
        raise NotUnderstood("is in the future")
    if "slashed" in groups:
        raise NotUnderstood("can be read in two ways, so write it as 2026-09-01")
    if "all" in groups:
        return _length(MOST_YEARS, "year", now)
    if "to_date" in groups:
        return _whole(days_of(_TO_DATE[groups["to_date"][0].lower()], today), now)
    for since, until in (("from", "to"), ("first", "last")):
        if since in groups:
            return _between(groups[since], groups[until], now)
    if "since" in groups or "start" in groups:
        return _since(groups, today, now)
    if "until" in groups:
        return _until(_end(days_of(groups["end"], today), groups["until"]), DEFAULT_DAYS, now)
    named = next((groups[name] for name in _DAYS if name in groups), None)
    if named:
        return _named(named, today, now)
    return _counted(groups, now)


def _since(groups: dict[str, str], today: date, now: datetime) -> Window:
    """What is "from last week" is of that week, what is "from Monday" is all since."""
    days = days_of(groups.get("since") or groups["start"], today)
    is_one_day = days.after - days.first == timedelta(days=1)
    if "start" in groups and (not is_one_day or days.label in ("today", "yesterday")):
        return _whole(days, now)
    start = _midnight(days.first)
    if start >= now:
        raise NotUnderstood("is in the future")
    return Window(start, now, f"since {spoken(days.first)}")


def _named(text: str, today: date, now: datetime) -> Window:
    """The days themselves; but the "past" week is the last seven days, whatever day it is."""
    words = text.lower().split()
    if words[-2:-1] == ["past"] and words[-1] not in ("day", "weekend"):
        return _length(1, words[-1], now)
    return _whole(days_of(text, today), now)


def _counted(groups: dict[str, str], now: datetime) -> Window:
    named = ("counted", "unit", "loose_unit", "one")
    unit = next(groups[name] for name in named if name in groups).lower().removesuffix("s")
    number = number_of(groups.get("count") or groups.get("length") or groups.get("loose") or "one")
    if number == 0:
        raise NotUnderstood("is no stretch of time")
    unit = _UNITS.get(unit, unit)
    if unit.startswith("half"):
        number, unit = 6, "month"
    end = groups.get("counted_to") or groups.get("length_to")
    if end is None:
        return _length(number, unit, now)
    until = _end(days_of(end, now.date()), "until")
    whole = _length(number, unit, until)
    return _until(until, max((whole.until - whole.since).days, 1), now)


def _length(number: int, unit: str, now: datetime) -> Window:
    if unit in ("fortnight", "quarter"):
        number, unit = (number * 14, "day") if unit == "fortnight" else (number * 3, "month")
    label = f"last {number} {unit}s" if number > 1 else _ONE[unit]
    hours = {"hour": 1, "day": 24, "week": 168, "month": 720, "year": 8_760}[unit] * number
    if hours > MOST_YEARS * 366 * 24:
        since = _months_before(now, 12 * MOST_YEARS + 1)
    elif unit in ("month", "year"):
        since = _months_before(now, number * (12 if unit == "year" else 1))
    else:
        since = now - timedelta(hours=hours)
    return Window(since, now, label)


def _whole(days: Days, now: datetime) -> Window:
    start = _midnight(days.first)
    if start >= now:
        raise NotUnderstood("is in the future")
    return Window(start, min(_midnight(days.after), now), days.label)


def _between(begin: str, end: str, now: datetime) -> Window:
    one = days_of(begin, now.date())
    if end.lower() == "now":
        return Window(_midnight(one.first), now, f"since {spoken(one.first)}")
    other = days_of(end, now.date())
    if other.first < one.first and begin.lower() in WEEKDAY_NUMBER:
        one = days_of(begin, other.first)
    elif other.first < one.first:
        one, other = other, one
    since, until = _midnight(one.first), min(_end(other, "until"), now)
    if since >= now:
        raise NotUnderstood("is in the future")
    if since >= until:
        until = min(_midnight(other.after), now)
    return _stretch(since, until, now)


def _end(days: Days, word: str) -> datetime:
    """The moment that "until" or "before" these days means."""
    is_first = days.instant or word.lower() == "before"
    return _midnight(days.first if is_first else days.after)


def _until(until: datetime, days: int, now: datetime) -> Window:
    until = min(until, now)
    start = _midnight((until - timedelta(days=days)).date()) if until < now else until
    if until >= now:
        return _length(days, "day", now)
    return _stretch(start, until, now)


def _stretch(since: datetime, until: datetime, now: datetime) -> Window:
    """Whole days; the label names the last day that is in them."""
    if until >= now:
        return Window(since, now, f"since {spoken(since.date())}")
    last = (until - timedelta(days=1)).date()
    if last == since.date():
        return Window(since, until, f"on {spoken(last)}")
    return Window(since, until, f"from {spoken(since.date())} to {spoken(last)}")


def _capped(window: Window, now: datetime, typed: str) -> tuple[Window, str]:
    earliest = _months_before(now, 12 * MOST_YEARS)
    if window.since >= earliest:
        return window, ""
    if window.until <= earliest:
        note = f'"{typed}" is more than {MOST_YEARS} years ago: showing the last '
        return default_window(now), f"{note}{DEFAULT_DAYS} days."
    said = f'"{typed}" reaches back more than {MOST_YEARS} years'
    if window.until < now:
        kept = _stretch(_midnight(earliest.date() + timedelta(days=1)), window.until, now)
        return kept, f"{said}: showing what is {kept.label}."
    label = f"last {MOST_YEARS} years"
    return Window(earliest, now, label), f"{said}: showing the {label}."


def _months_before(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(
        year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1])
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
