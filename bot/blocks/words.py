"""How Earshot says figures, days and windows, so that every screen says them alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.reports import FRICTION_KINDS, Count, Feature, FeatureLine, Kind, Segment, Usual, Window

FLOOR = 5
MOST_TIMES = 1_000
"""A ratio beyond this says nothing: there was next to nobody to compare with."""
SPARKS = "▁▂▃▄▅▆▇█"
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
        said = number(tickets, "ticket")
        return f"{said}, customers not known" if tickets else said
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
    """What one would type to ask about just this feature, even where names are shared."""
    label = f"in {window.label}" if window.label.isdigit() else window.label
    return f'{label} feature:"{feature.id}"'.strip()


def before(previous: Count, window: Window) -> str:
    """`21 in the 30 days before`."""
    days = days_in(window)
    stretch = "day" if days == 1 else f"{days} days"
    return f"{previous.tickets or 'none'} in the {stretch} before"


def usual(tickets: int, customers: int, level: Usual) -> str:
    """`more than the usual 12 to 25`, `usual is 3 to 9 customers`."""
    counted = customers if level.unit == "customers" else tickets
    said = f"{level.low:,} to {level.high:,}" if level.low else f"up to {level.high:,}"
    said = f"{level.high:,}" if level.low == level.high else said
    if level.unit == "customers":
        said += " customer" if level.high == 1 else " customers"
    if counted > level.high:
        return f"more than the usual {said}"
    return f"fewer than the usual {said}" if counted < level.low else f"usual is {said}"


def change(line: FeatureLine) -> str:
    """The difference in tickets, said only where there are enough of them."""
    if line.tickets < FLOOR:
        return "too few to say"
    difference = line.tickets - line.previous.tickets
    return f"{difference:+,}" if difference else "same"


def silence(item: FeatureLine, until: datetime) -> str:
    """How long ago somebody who owns a feature acted on a customer's words."""
    if not item.is_owned:
        return "no owner"
    if item.acted is None:
        return "nobody yet"
    days = (until - item.acted).days
    return "today" if days < 1 else f"{number(days, 'day')} ago"


def split(kinds: Mapping[Kind, int], shown: Sequence[Kind] = FRICTION_KINDS) -> str:
    """`14 broken · 9 confusing`, of the kinds that are shown: friction, unless said otherwise."""
    said = []
    for kind in shown or FRICTION_KINDS:
        count = kinds.get(kind, 0)
        if count:
            said.append(number(count, "request") if kind is Kind.REQUEST else f"{count:,} {kind}")
    return " · ".join(said)


def only(kinds: Sequence[Kind], *, segment: bool = False, source: bool = False) -> str:
    """`broken only, one segment`: what figures are narrowed to, without anybody's own words."""
    said = [f"{_and(kinds)} only"] if kinds else []
    said += ["one segment"] if segment else []
    return ", ".join([*said, *(["one source"] if source else [])])


def _and(kinds: Sequence[Kind]) -> str:
    names = [f"{kind}s" if kind is Kind.REQUEST else str(kind) for kind in kinds]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def spoke(segments: Sequence[Segment]) -> list[str]:
    """`15 tickets from 11 customers in 8 accounts`, then `10 from 9 in 6`: nouns stand once."""
    said = []
    named = False
    for place, each in enumerate(segments):
        bare = f"{each.tickets:,} from {each.customers:,}"
        wrote = bare if place else crowd(each.tickets, each.customers)
        if each.accounts:
            accounts = f"{each.accounts:,}" if named else number(each.accounts, "account")
            wrote, named = f"{wrote} in {accounts}", True
        said.append(wrote)
    return said


def of_one(tickets: int, most: int) -> str:
    """`7 of 9 tickets are one customer's`."""
    return f"{most:,} of {number(tickets, 'ticket')} are one customer's"


def ago(value: datetime, now: datetime) -> str:
    """`within the hour`, `5 hours ago`, `9 days ago`."""
    hours = int((now - value).total_seconds() // 3_600)
    if hours < 1:
        return "within the hour"
    return f"{number(hours // 24, 'day')} ago" if hours >= 48 else f"{number(hours, 'hour')} ago"


def moment(value: datetime) -> str:
    """`24 Nov, 09:30 UTC`."""
    return f"{day(value)}, {value:%H:%M} UTC"


def as_of(value: datetime) -> str:
    """Said of an answer that goes on from an older one."""
    return f"As of {moment(value)}, when it was asked; ask again for now"


def sparkline(values: Sequence[int], top: int | None = None) -> str:
    """A bar for each value; several lines are on one scale where they have the same `top`."""
    top = max(values, default=0) if top is None else top
    return "".join(SPARKS[round(value / top * (len(SPARKS) - 1)) if top else 0] for value in values)


def kinds_said(kinds: Sequence[Kind]) -> str:
    return ", ".join(kind.value for kind in kinds) or "no kind"
