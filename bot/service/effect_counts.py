"""Who wrote about what, week by week around a release: what the verdict on a fix is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np
from sqlmodel import Session

from bot.reports import EffectWeek, Estimate, Measured
from bot.service.effect_sources import Heard, Sources
from bot.voice import effect, effect_looks, effect_verdicts, effect_weeks
from bot.voice.effect_weeks import COMPARED, VARIED, Counts, Unheard
from storage import effect_counts as rows
from storage import feature_days
from storage.effect_counts import Felt, Others
from storage.ticket_blocks import Rows

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole weeks around the day of shipping: `before` and `after` of them."""

    shipped: date
    before: int
    after: int

    @property
    def midnight(self) -> datetime:
        return datetime.combine(self.shipped, time(), UTC)

    @property
    def since(self) -> datetime:
        return self.midnight - self.before * WEEK

    @property
    def until(self) -> datetime:
        return self.midnight + self.after * WEEK

    def begins(self, place: int, *, after: bool) -> datetime:
        """When the week begins that is the `place`-th from shipping, counted from 0."""
        return self.midnight + place * WEEK if after else self.midnight - (place + 1) * WEEK

    def place(self, at: datetime) -> tuple[bool, int]:
        """Whether a moment lies after shipping, and its week's place."""
        number = (at - self.midnight) // WEEK
        return number >= 0, number if number >= 0 else -number - 1


def span(session: Session, shipped: date, after: int) -> tuple[Span, date | None]:
    """The weeks that are stored around a day, and the day of the oldest ticket."""
    first = feature_days.first_day(session)
    before = 0 if first is None else max(0, (shipped - first).days // 7)
    return Span(shipped, min(before, VARIED), after), first


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets that are counted together: a story, or a feature."""

    name: str
    tickets: tuple[Felt, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """A group, and the tickets (rows) that are no control for it; where its own are a sample, so
    are the others, `among` which they were chosen."""

    group: Group
    apart: frozenset[int]
    among: frozenset[int] | None = None


def measured(session: Session, around: Span, groups: Sequence[Rest]) -> list[Measured]:
    """What the weeks tell of each group, beside the customers of all other tickets."""
    sources = Sources(session, around.since, around.until, around.before)
    compared = around.midnight - COMPARED * WEEK
    heard = [
        sources.heard([one.row for one in each.group.tickets if one.at >= compared])
        for each in groups
    ]
    told = [
        _weekly(around, _without(each.group.tickets, found.gone))
        for each, found in zip(groups, heard, strict=True)
    ]
    wanted = [_others(each, found) for each, found in zip(groups, heard, strict=True)]
    queue = {
        (after, place): rows.others(
            session, begin := around.begins(place, after=after), begin + WEEK, wanted
        )
        for after, length in ((False, around.before), (True, around.after))
        for place in range(length)
    }
    shown = {
        ticket.row for each in groups for ticket in each.group.tickets if ticket.at >= compared
    }
    names = rows.names(session, sorted(shown))
    found = []
    for number, each in enumerate(groups):
        weeks = {place: each[number] for place, each in queue.items()}
        seen = _Counted(each.group.name, told[number], weeks, heard[number])
        found.append(_measured(around, seen, names))
    return found


def _without(tickets: Sequence[Felt], gone: Rows) -> list[Felt]:
    if not len(gone):
        return list(tickets)
    are_gone = np.isin(np.array([one.row for one in tickets], np.int64), gone)
    return [one for one, is_gone in zip(tickets, are_gone, strict=True) if not is_gone]


def _others(each: Rest, heard: Heard) -> Others:
    apart = np.concatenate([_array(each.apart), heard.gone])
    return Others(apart, None if each.among is None else _array(each.among))


def _array(rows: frozenset[int]) -> Rows:
    return np.fromiter(rows, np.int64, len(rows))


_Place = tuple[bool, int]


def _weekly(around: Span, tickets: Iterable[Felt]) -> dict[_Place, list[Felt]]:
    """The tickets of each week, as they were written."""
    found: dict[_Place, list[Felt]] = {}
    for ticket in sorted(tickets, key=lambda ticket: (ticket.at, ticket.row)):
        found.setdefault(around.place(ticket.at), []).append(ticket)
    return found


@dataclass(frozen=True, slots=True)
class _Counted:
    """A group's tickets by week, customers of the others, and the sources that were heard."""

    name: str
    told: dict[_Place, list[Felt]]
    rest: dict[_Place, int]
    heard: Heard


def _measured(around: Span, seen: _Counted, names: dict[int, str]) -> Measured:
    told = seen.told
    sides: list[list[Counts]] = []
    for after, length in ((False, around.before), (True, around.after)):
        places = [(after, place) for place in range(length)]
        sides.append([Counts(_customers(told.get(at, ())), seen.rest[at]) for at in places])
    before, after_ = sides
    marks = effect_weeks.left_out(before, after_, seen.heard.unheard)
    weeks = [
        [
            EffectWeek(
                start=around.begins(place, after=after).date(),
                customers=counts.own,
                rest=counts.rest,
                left_out=mark,
                ticket_ids=tuple(
                    names[ticket.row]
                    for ticket in told.get((after, place), ())
                    if ticket.row in names
                ),
                tickets=tuple(ticket.row for ticket in told.get((after, place), ())),
            )
            for place, (counts, mark) in enumerate(zip(side, marked, strict=True))
        ]
        for after, side, marked in ((False, before, marks[0]), (True, after_, marks[1]))
    ]
    return Measured(
        name=seen.name,
        estimate=_estimate(before, after_, around.after, seen.heard.unheard),
        before=tuple(reversed(weeks[0][:COMPARED])),
        after=tuple(weeks[1]),
        without=seen.heard.without,
    )


def _estimate(
    before: Sequence[Counts], after: Sequence[Counts], weeks: int, unheard: Unheard
) -> Estimate:
    """What the look after so many weeks tells, and those before it."""
    done = [each for each in effect_looks.LOOKS if each <= weeks] or [weeks]
    return effect_verdicts.standing(
        [effect.measure(before, after[:each], each, unheard) for each in done]
    )


def _customers(tickets: Iterable[Felt]) -> int:
    return len({ticket.customer for ticket in tickets})
