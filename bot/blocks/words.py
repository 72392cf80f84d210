"""How Earshot says figures, days and windows, so that every screen says them alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.reports import FRICTION_KINDS, Count, Feature, FeatureLine, Kind, Week, Window

FLOOR = 5
SPARKS = "▁▂▃▄▅▆▇█"
MOST_WEEKS = 26
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
KIND_MEANINGS = {
    Kind.BROKEN: "does not work",
    Kind.CONFUSING: "cannot tell how",
    Kind.UNEXPECTED: "works, but not as they thought",
    Kind.REQUEST: "asks for something that is not there",
    Kind.PRAISE: "what they love",
}


def number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def day(value: date, *, year: bool = False) -> str:
    said = f"{value.day} {MONTHS[value.month - 1]}"
    return f"{said} {value.year}" if year else said


def crowd(tickets: int, customers: int, *, known: bool = True) -> str:
    """`34 tickets from 29 customers`."""
    if not known:
        return f"{number(tickets, 'ticket')}, customers not known"
    return f"{number(tickets, 'ticket')} from {number(customers, 'customer')}"


def days_in(window: Window) -> int:
    return max(round((window.until - window.since).total_seconds() / 86_400), 1)


def in_window(window: Window) -> str:
    """`in the last 30 days`, `in August 2026`, `since 1 Sep`: the label made part of a sentence."""
    label = window.label.strip() or f"last {days_in(window)} days"
    first = label.split()[0].lower()
    if first in {"since", "today", "yesterday", "this", "from", "in", "on"}:
        return label[:1].lower() + label[1:]
    if first in {"last", "week", "weekend"}:
        return f"in the {label[:1].lower()}{label[1:]}"
    return f"in {label}"


def question(feature: Feature, window: Window) -> str:
    """What one would type to ask about a feature in the same window."""
    label = f"in {window.label}" if window.label.isdigit() else window.label
    return f"{feature.id} {label}".strip()


def before(previous: Count, window: Window) -> str:
    """`21 in the 30 days before`."""
    days = days_in(window)
    stretch = "day" if days == 1 else f"{days} days"
    return f"{previous.tickets or 'none'} in the {stretch} before"


def change(line: FeatureLine) -> str:
    """The difference in tickets, said only where there are enough of them."""
    if line.tickets < FLOOR:
        return "too few to say"
    difference = line.tickets - line.previous.tickets
    return f"{difference:+,}" if difference else "same"


def split(kinds: Mapping[Kind, int]) -> str:
    """`14 broken · 9 confusing`, friction only."""
    said = []
    for kind in FRICTION_KINDS:
        count = kinds.get(kind, 0)
        if count:
            said.append(number(count, "request") if kind is Kind.REQUEST else f"{count:,} {kind}")
    return " · ".join(said)


def sparkline(values: Sequence[int]) -> str:
    top = max(values, default=0)
    return "".join(SPARKS[round(value / top * (len(SPARKS) - 1)) if top else 0] for value in values)


def trend(weeks: Sequence[Week], window: Window) -> str:
    """A sparkline with its range in words, for those who cannot see or read the bars."""
    ends = [*(week.start for week in weeks[1:]), window.until.date()]
    lengths = [(end - week.start).days for week, end in zip(weeks, ends, strict=True)]
    # Where the window cuts its first week, the few days left would pass for a quiet week.
    first = 1 if lengths and lengths[0] < 7 else 0
    recent = weeks[first:][-MOST_WEEKS:]
    if len(recent) < 3:
        return ""
    counts = [week.tickets for week in recent]
    running = lengths[-1] < 7
    whole = counts[:-1] if running else counts
    low, high = min(whole), max(whole)
    said = f"{low} a week" if low == high else f"{low} to {high} a week"
    latest = f"{counts[-1]} {'so far ' if running else ''}in the week of {day(recent[-1].start)}"
    return f"By week since {day(recent[0].start)}: {sparkline(counts)} {said}, {latest}"


def kinds_said(kinds: Sequence[Kind]) -> str:
    return ", ".join(kind.value for kind in kinds) or "no kind"
