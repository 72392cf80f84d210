"""Days as people name them: "2026-09-01", "last Tuesday", "Q3", "two weeks ago".

Each name stands for a stretch of whole days in UTC. What is said with it ("since", "until",
"in") is the business of `windows`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from bot.voice.calendar_days import (
    MONTHS,
    Days,
    NotUnderstood,
    month_of,
    months_before,
    one_day,
    week_of,
    weekend_of,
    whole_months,
)

_SHORT: Final = {name[:3]: index for index, name in enumerate(MONTHS, 1)} | {"sept": 9}
MONTH_NUMBER: Final = {name: index for index, name in enumerate(MONTHS, 1)} | _SHORT
WEEKDAYS: Final = (*("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),)
WEEKDAY_NUMBER: Final = (
    {name: index for index, name in enumerate(WEEKDAYS)}
    | {name[:3]: index for index, name in enumerate(WEEKDAYS)}
    | {"tues": 1, "thur": 3, "thurs": 3}
)
COUNTED: Final = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
NUMBER_WORDS: Final = {word: number for number, word in enumerate(COUNTED, 1)} | {
    "a": 1,
    "an": 1,
    "couple": 2,
    "few": 3,
}

MONTH: Final = "|".join(sorted(MONTH_NUMBER, key=len, reverse=True))
WEEKDAY: Final = "|".join(sorted(WEEKDAY_NUMBER, key=len, reverse=True))
NUMBER: Final = (
    rf"(?:[0-9]{{1,20}}|(?:a\s)?couple(?:\sof)?|(?:a\s)?few|"
    rf"{'|'.join(word for word in NUMBER_WORDS if word not in ('couple', 'few'))})"
)
LONG_UNIT: Final = r"(?:days?|weeks?|months?|quarters?|years?|hours?|fortnights?)"
_YEAR: Final = r"(?:,?\s(?:19|20)[0-9]{2})"
_DAY_NUMBER: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?(?![0-9])"
ISO_DAY: Final = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
# Unmistakable wherever they stand.
PLAIN: Final = (
    rf"{ISO_DAY}|[0-9]{{4}}-?w[0-9]{{1,2}}|q[1-4](?:[\s/-]?[0-9]{{4}})?|[0-9]{{4}}[\s/-]?q[1-4]"
    rf"|h[12][\s/-]?[0-9]{{4}}|[0-9]{{4}}-[0-9]{{1,2}}"
    rf"|(?:the\s)?(?:week|weekend)\sof\s(?:{ISO_DAY}|{_DAY_NUMBER}\s(?:{MONTH}){_YEAR}?)"
    rf"|(?:the\s)?{_DAY_NUMBER}\s(?:of\s)?(?:{MONTH}){_YEAR}?"
    rf"|(?:{MONTH})\s{_DAY_NUMBER}(?:{_YEAR})?|(?:{MONTH}){_YEAR}"
    r"|(?:the\s)?(?:last|past|previous|this|current)\s(?:day|week|weekend|month|quarter|year)"
    r"|(?:the\s)?(?:start|beginning)\sof\s(?:the|this|last)\s(?:week|month|quarter|year)"
    rf"|(?:the\s)?(?:last|this|previous)\s(?:{WEEKDAY})|(?:last|previous)\s(?:{MONTH})"
    r"|today|yesterday|this\smorning"
)
# Only after a word such as "since": by themselves they may be anything.
WORDED: Final = (
    rf"{NUMBER}\s?{LONG_UNIT}\sago|the\sweekend|{MONTH}|{WEEKDAY}|(?:19|20)[0-9]{{2}}"
    r"|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"
)
DATE: Final = rf"(?:{PLAIN}|{WORDED})"


def days_of(text: str, today: date) -> Days:
    """The days that a match of `DATE` names.

    Raises `NotUnderstood` or `ValueError` for days that are in no calendar.
    """
    text = " ".join(text.lower().replace(",", " ").split()).removeprefix("the ")
    for pattern, read in _READERS:
        found = pattern.fullmatch(text)
        if found:
            return read(found, today)
    raise NotUnderstood("is no date that is understood")


def number_of(text: str) -> int:
    """The number that a match of `NUMBER` names."""
    words = text.lower().replace(" of", "").split()
    return int(words[-1][:9]) if words[-1].isdigit() else NUMBER_WORDS[words[-1]]


def _quarter(found: re.Match[str], today: date) -> Days:
    number = int(found["number"])
    given = found["before"] or found["year"]
    year = int(given) if given else today.year - (number * 3 - 2 > today.month)
    return whole_months(date(year, number * 3 - 2, 1), 3, f"Q{number} {year}")


def _half(found: re.Match[str], _today: date) -> Days:
    number, year = int(found["number"]), int(found["year"])
    return whole_months(date(year, number * 6 - 5, 1), 6, f"H{number} {year}")


def _year(found: re.Match[str], _today: date) -> Days:
    return whole_months(date(int(found["year"]), 1, 1), 12, found["year"])


def _iso_day(found: re.Match[str], _today: date) -> Days:
    day = date(*(int(part) for part in found[0].split("-")))
    return one_day(day, instant=True)


def _iso_week(found: re.Match[str], _today: date) -> Days:
    return week_of(date.fromisocalendar(int(found["year"]), int(found["week"]), 1))


def _iso_month(found: re.Match[str], _today: date) -> Days:
    return month_of(int(found["year"]), int(found["month"]))


def _named_day(found: re.Match[str], today: date) -> Days:
    """A day and a month; without a year, the latest that has begun."""
    month, day = MONTH_NUMBER[found["month"]], int(found["day"])
    is_over = (month, day) > (today.month, today.day)
    return one_day(date(int(found["year"]) if found["year"] else today.year - is_over, month, day))


def _dotted_day(found: re.Match[str], _today: date) -> Days:
    day, month, year = (int(part) for part in found[0].split("."))
    return one_day(date(year, month, day))


def _named_month(found: re.Match[str], today: date) -> Days:
    """A month; without a year, the latest that has begun, or with "last" the latest before."""
    month = MONTH_NUMBER[found["month"]]
    if found["year"]:
        return month_of(int(found["year"]), month)
    is_running = month == today.month and found["which"] is not None
    return month_of(today.year - (month > today.month or is_running), month)


def _around(found: re.Match[str], today: date) -> Days:
    day = days_of(found["day"], today).first
    return week_of(day) if found["unit"] == "week" else weekend_of(day + timedelta(days=1))


def _relative(found: re.Match[str], today: date) -> Days:
    """`this month`, `last week`: the calendar's, so that "last month" is the whole of August."""
    unit, is_running = found["unit"], found["which"] in ("this", "current")
    if unit == "day":
        return _by_word("today" if is_running else "yesterday", today)
    if unit == "weekend":
        return weekend_of(today)
    this = _running(unit, today)
    if is_running:
        return this
    before = this.first - timedelta(days=1)
    last = _running(unit, before)
    names: dict[str, Callable[[], Days]] = {
        "week": lambda: week_of(before),
        "month": lambda: month_of(before.year, before.month),
        "quarter": lambda: Days(last.first, last.after, f"Q{before.month // 3} {before.year}"),
        "year": lambda: Days(last.first, last.after, str(before.year)),
    }
    return names[unit]()


def _running(unit: str, today: date) -> Days:
    if unit == "week":
        monday = week_of(today).first
        return Days(monday, monday + timedelta(days=7), "this week")
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    return whole_months(first, months, f"this {unit}")


def _start(found: re.Match[str], today: date) -> Days:
    """The first day of a week, month, quarter or year."""
    unit = found["unit"]
    first = _running(unit, today).first
    if found["which"] == "last":
        first = _running(unit, first - timedelta(days=1)).first
    return one_day(first)


def _weekday(found: re.Match[str], today: date) -> Days:
    """The latest such day; "last Tuesday", said on a Tuesday, is the one a week ago."""
    back = (today.weekday() - WEEKDAY_NUMBER[found["day"]]) % 7
    if back == 0 and found["which"] in ("last", "previous"):
        back = 7
    return one_day(today - timedelta(days=back))


def _by_word(word: str, today: date) -> Days:
    if word == "yesterday":
        return one_day(today - timedelta(days=1), "yesterday")
    if word == "weekend":
        return weekend_of(today)
    return one_day(today, "today")


def _ago(found: re.Match[str], today: date) -> Days:
    number, unit = number_of(found["count"]), found["unit"].removesuffix("s")
    if unit == "hour":
        number, unit = -(-number // 24), "day"
    days = {"day": 1, "week": 7, "fortnight": 14}
    if unit in days:
        return one_day(today - timedelta(days=number * days[unit]))
    return one_day(months_before(today, number * {"month": 1, "quarter": 3, "year": 12}[unit]))


_OWN_YEAR: Final = r"(?:\s(?P<year>[0-9]{4}))?"
_READERS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Days]], ...]] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"today|yesterday|this morning|weekend", lambda found, day: _by_word(found[0], day)),
        (ISO_DAY, _iso_day),
        (r"(?P<year>[0-9]{4})-?w(?P<week>[0-9]{1,2})", _iso_week),
        (
            r"(?:(?P<before>[0-9]{4})[\s/-]?)?q(?P<number>[1-4])(?:[\s/-]?(?P<year>[0-9]{4}))?",
            _quarter,
        ),
        (r"h(?P<number>[12])[\s/-]?(?P<year>[0-9]{4})", _half),
        (r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})", _iso_month),
        (r"(?P<unit>week|weekend) of (?P<day>.+)", _around),
        (rf"(?P<day>[0-9]{{1,2}})\D{{0,2}} (?:of )?(?P<month>{MONTH}){_OWN_YEAR}", _named_day),
        (rf"(?P<month>{MONTH}) (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?{_OWN_YEAR}", _named_day),
        (r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", _dotted_day),
        (rf"(?P<which>last |previous )?(?P<month>{MONTH}){_OWN_YEAR}", _named_month),
        (
            r"(?P<which>last|past|previous|this|current) "
            r"(?P<unit>day|weekend|week|month|quarter|year)",
            _relative,
        ),
        (
            r"(?:start|beginning) of (?P<which>the|this|last) (?P<unit>week|month|quarter|year)",
            _start,
        ),
        (rf"(?:(?P<which>last|this|previous) )?(?P<day>{WEEKDAY})", _weekday),
        (rf"(?P<count>{NUMBER})\s?(?P<unit>{LONG_UNIT}) ago", _ago),
        (r"(?P<year>[0-9]{4})", _year),
    )
)
