"""Who wrote about what, week by week around a release: what the verdict on a fix is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zlib import crc32

from sqlmodel import Session

from bot.reports import EffectWeek, Estimate, Measured
from bot.service import meaning
from bot.service.context import Context
from bot.service.themes import story_of
from bot.voice import effect, effect_looks, effect_verdicts, effect_weeks
from bot.voice.effect_weeks import COMPARED, VARIED, Counts
from bot.voice.theme_centres import nearest
from bot.voice.themes import Story, themes
from storage import effect_counts as rows
from storage import feature_days
from storage import tickets as ticket_rows
from storage.effect_counts import Felt

MOST_TEXTS: Final = 5_000
"""Tickets whose texts are compared with a story at the most; of more a sample stands for all."""
BACKGROUND: Final = 1_000
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
    """The tickets of each week, as they were written."""
    found: dict[_Place, list[Felt]] = {}
    for ticket in sorted(tickets, key=lambda ticket: (ticket.at, ticket.row)):
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
                tickets=tuple(ticket.row for ticket in told.get((after, place), ())),
            )
            for place, (counts, mark) in enumerate(zip(side, marked, strict=True))
        ]
        for after, side, marked in ((False, before, marks[0]), (True, after_, marks[1]))
    ]
    return Measured(
        name=name,
        estimate=_estimate(before, after_, around.after),
        before=tuple(reversed(weeks[0][:COMPARED])),
        after=tuple(weeks[1]),
    )


def _estimate(before: Sequence[Counts], after: Sequence[Counts], weeks: int) -> Estimate:
    """What the look after so many weeks tells, and those before it."""
    done = [each for each in effect_looks.LOOKS if each <= weeks] or [weeks]
    return effect_verdicts.standing([effect.measure(before, after[:each], each) for each in done])


def _customers(tickets: Iterable[Felt]) -> int:
    return len({ticket.customer for ticket in tickets})


@dataclass(frozen=True, slots=True)
class Texts:
    """Tickets (by row) that are compared by what they tell, and others of the queue.

    By those it is told which words are rare: where most tickets of a feature tell one story, its
    words would pass for common otherwise.
    """

    felt: dict[int, Felt]
    stories: dict[int, Story]
    background: tuple[Story, ...]
    is_sample: bool


def texts(session: Session, context: Context, felt: Sequence[Felt], around: Span) -> Texts:
    """The texts of tickets, of at most `MOST_TEXTS`, and of some others."""
    chosen = list(felt)
    if len(chosen) > MOST_TEXTS:
        # By a number of its own, so that every look reads the same ones.
        share = MOST_TEXTS / len(chosen) * 2**32
        chosen = [one for one in chosen if crc32(str(one.row).encode()) < share]
    by_row = {one.row: one for one in chosen}
    spaced = rows.spaced(session, around.since, around.until, BACKGROUND)
    others = [row for row in spaced if row not in by_row]
    found = ticket_rows.get(session, [*by_row, *others])
    vectors = meaning.kept(session, context, [one.id for one in found])
    stories = {one.id: story_of(one, vectors) for one in found}
    return Texts(
        felt={row: one for row, one in by_row.items() if row in stories},
        stories={row: stories[row] for row in by_row if row in stories},
        background=tuple(stories[row] for row in others if row in stories),
        is_sample=len(chosen) < len(felt),
    )


def tellers(
    session: Session, context: Context, tickets: Sequence[int], shipped: datetime
) -> list[Story]:
    """The stories that say what was to be fixed: those written before it shipped, if any were."""
    found = ticket_rows.get(session, tickets)
    earlier = [one for one in found if one.created_at < shipped] or found
    vectors = meaning.kept(session, context, [one.id for one in earlier])
    return [story_of(one, vectors) for one in earlier]


def story(
    tellers: Sequence[Story], among: Texts, apart: frozenset[int]
) -> tuple[frozenset[int], list[Theme]]:
    """Rows of the tickets that tell the same story, and the other themes, the largest first.

    The story is the themes that its tellers belong to, of the tickets on both sides of shipping
    together, so that neither side is favoured; a teller that no theme holds is compared with each
    ticket. Measured on public questions in known groups, this finds more than comparing with the
    tellers alone does, and more rightly. Tickets `apart` tell something else, whatever they say.
    """
    row_of = {story.id: row for row, story in among.stories.items() if row not in apart}
    own = {story.id for story in tellers}
    every = (*among.background, *among.stories.values(), *tellers)
    given = {story.id: story for story in every}
    detached = {among.stories[row].id for row in apart if row in among.stories} - own
    groups = themes([story for id, story in given.items() if id not in detached])
    same = {id for group in groups if own & set(group.ids) for id in group.ids}
    alone = [story for story in tellers if story.id not in same]
    if alone:
        stories = [given[id] for id in (*row_of, *(story.id for story in among.background))]
        found = nearest([[story] for story in alone], stories)
        same |= {story.id for story, near in zip(stories, found, strict=True) if near}
        same |= {story.id for story in alone}
    told = frozenset(row_of[id] for id in same if id in row_of)
    others = [
        Theme(group.label, frozenset(row_of[id] for id in group.ids if id in row_of) - told)
        for group in groups
        if not own & set(group.ids)
    ]
    return told, sorted(others, key=lambda theme: -len(theme.rows))


@dataclass(frozen=True, slots=True)
class Theme:
    """Tickets (rows) that tell the same, named in a customer's words."""

    label: str
    rows: frozenset[int]
