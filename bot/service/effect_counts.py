"""Who wrote about what, week by week around a release: what the verdict on a fix is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zlib import crc32

from sqlmodel import Session

from bot.reports import EffectWeek, Measured
from bot.service import meaning
from bot.service.context import Context
from bot.service.themes import story_of
from bot.voice import effect, effect_weeks
from bot.voice.effect_weeks import COMPARED, VARIED, Counts
from bot.voice.theme_centres import nearest
from bot.voice.themes import Story
from storage import effect_counts as rows
from storage import feature_days
from storage import tickets as ticket_rows
from storage.effect_counts import Felt
from storage.values import TicketValue

MOST_TEXTS: Final = 5_000
"""Tickets whose texts are compared with a story at the most; of more a sample stands for all."""
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
    """A group, and the tickets (rows) that are no control for it."""

    group: Group
    apart: frozenset[int]


def measured(session: Session, around: Span, groups: Sequence[Rest]) -> list[Measured]:
    """What the weeks tell of each group, beside the customers of all other tickets."""
    told = [_weekly(around, each.group.tickets) for each in groups]
    apart = [each.apart for each in groups]
    queue = {
        (after, place): rows.others(
            session, begin := around.begins(place, after=after), begin + WEEK, apart
        )
        for after, length in ((False, around.before), (True, around.after))
        for place in range(length)
    }
    shown = {
        ticket.row
        for each in groups
        for ticket in each.group.tickets
        if ticket.at >= around.midnight - COMPARED * WEEK
    }
    names = rows.names(session, sorted(shown))
    found = []
    for number, each in enumerate(groups):
        weeks = {place: each[number] for place, each in queue.items()}
        found.append(_measured(around, each.group.name, told[number], weeks, names))
    return found


_Place = tuple[bool, int]


def _weekly(around: Span, tickets: Iterable[Felt]) -> dict[_Place, list[Felt]]:
    found: dict[_Place, list[Felt]] = {}
    for ticket in tickets:
        found.setdefault(around.place(ticket.at), []).append(ticket)
    return found


def _measured(
    around: Span,
    name: str,
    told: dict[_Place, list[Felt]],
    rest: dict[_Place, int],
    names: dict[int, str],
) -> Measured:
    sides: list[list[Counts]] = []
    for after, length in ((False, around.before), (True, around.after)):
        places = [(after, place) for place in range(length)]
        sides.append([Counts(_customers(told.get(at, ())), rest[at]) for at in places])
    before, after_ = sides
    marks = effect_weeks.left_out(before, after_)
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
            )
            for place, (counts, mark) in enumerate(zip(side, marked, strict=True))
        ]
        for after, side, marked in ((False, before, marks[0]), (True, after_, marks[1]))
    ]
    return Measured(
        name=name,
        estimate=effect.measure(before, after_, around.after),
        before=tuple(reversed(weeks[0][:COMPARED])),
        after=tuple(weeks[1]),
    )


def _customers(tickets: Iterable[Felt]) -> int:
    return len({ticket.customer for ticket in tickets})


@dataclass(frozen=True, slots=True)
class Texts:
    """Tickets that are compared by what they tell; `share` is less than 1 in a sample."""

    felt: dict[int, Felt]
    tickets: dict[int, TicketValue]
    stories: dict[int, Story]
    is_sample: bool


def texts(session: Session, context: Context, felt: Sequence[Felt]) -> Texts:
    """The texts of tickets, of at most `MOST_TEXTS`."""
    chosen = list(felt)
    if len(chosen) > MOST_TEXTS:
        # By a number of its own, so that every look reads the same ones.
        share = MOST_TEXTS / len(chosen) * 2**32
        chosen = [one for one in chosen if crc32(str(one.row).encode()) < share]
    found = {one.id: one for one in ticket_rows.get(session, [one.row for one in chosen])}
    vectors = meaning.kept(session, context, list(found))
    stories = {row: story_of(ticket, vectors) for row, ticket in found.items()}
    by_row = {one.row: one for one in chosen if one.row in found}
    return Texts(by_row, found, stories, len(chosen) < len(felt))


def tellers(
    session: Session, context: Context, tickets: Sequence[int], shipped: datetime
) -> list[Story]:
    """The stories that say what was to be fixed: those written before it shipped, if any were."""
    found = ticket_rows.get(session, tickets)
    earlier = [one for one in found if one.created_at < shipped] or found
    vectors = meaning.kept(session, context, [one.id for one in earlier])
    return [story_of(one, vectors) for one in earlier]


def telling(tellers: Sequence[Story], among: Texts) -> frozenset[int]:
    """Rows of the tickets that tell the same story."""
    given = list(among.stories.items())
    found = nearest([tellers], [story for _, story in given])
    return frozenset(row for (row, _), near in zip(given, found, strict=True) if near)
