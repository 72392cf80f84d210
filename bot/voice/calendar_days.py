"""Whole days of the calendar, and how they are said: weeks, months and what lies between."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)


class NotUnderstood(ValueError):
    """The words look like a stretch of time and are none; says why, to follow the words."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` up to, not including, `after`.

    `label` is how a person says them. `instant` is set for a bare ISO date, which as an end means
    its first moment, where the end of "until Friday" is that of Friday.
    """

    first: date
    after: date
    label: str
    instant: bool = False


def one_day(day: date, label: str = "", *, instant: bool = False) -> Days:
    return Days(day, day + timedelta(days=1), label or f"on {spoken(day)}", instant)


def month_of(year: int, month: int) -> Days:
    first = date(year, month, 1)
    label = f"{MONTHS[month - 1].capitalize()} {year}"
    return Days(first, first + timedelta(days=monthrange(year, month)[1]), label)


def week_of(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=7), f"week of {spoken(monday)}")


def weekend_of(day: date) -> Days:
    """The latest Saturday and Sunday that have begun by `day`."""
    saturday = day - timedelta(days=(day.weekday() + 2) % 7)
    return Days(saturday, saturday + timedelta(days=2), f"weekend of {spoken(saturday)}")


def spoken(day: date) -> str:
    """`1 Sep 2026`."""
    return f"{day.day} {MONTHS[day.month - 1].capitalize()[:3]} {day.year}"


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day. Raises `ValueError` before year 1."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        raise NotUnderstood("is before any ticket")
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def whole_months(first: date, count: int, label: str) -> Days:
    return Days(first, months_before(first, -count), label)
