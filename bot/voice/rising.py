"""What many customers begin to say at once: terms of the last week far above the weeks before.

The tail of a negative binomial around the usual count, as alarms have it (`spikes`), over every
term that was said. What is put together is what is said together: of terms that rise, those that
stand in the same tickets tell one theme (see `spike_themes`, which does so by the hour).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import Final

from bot.voice.spikes import FLOOR, LEAST_RATIO, tail

CHANCE: Final = 0.001
"""False themes a digest, about: what a term's chance must stay below, over all terms."""

_LEAST_TIMES: Final = 3.0
# What varies beyond chance: moods of days, and growth (see `spike_usual`).
_SPREAD: Final = 1.5
_GROWTH: Final = 0.3
_UNSEEN: Final = 0.5
_TOGETHER: Final = 0.4
_OVERLAP: Final = 0.25
_MOST_TERMS: Final = 60
_MOST_THEMES: Final = 5


@dataclass(frozen=True, slots=True)
class Said:
    """A ticket of the week: its place, a customer's key, and the terms of its text."""

    place: int
    customer: str
    terms: AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Theme:
    """Tickets that tell what rises, by place; `expected` customers a week are usual."""

    terms: tuple[str, ...]
    places: tuple[int, ...]
    customers: int
    expected: float


_Group = tuple[list[str], set[int]]
"""Terms, and the places of those who tell them."""


def rise(customers: int, expected: float) -> float:
    """How far above the usual, 0 to 1: twice is a third, eight times is all there is."""
    if customers < FLOOR or customers < LEAST_RATIO * expected:
        return 0.0
    times = customers / max(expected, _UNSEEN)
    value = 0.0
    while times >= 2 and value < 1:
        times, value = times / 2, value + 1 / 3
    return min(1.0, value + (times - 1) / 3)


def themes(
    week: Sequence[Said],
    before: Iterable[AbstractSet[str]],
    weeks: float,
    core: Callable[[int], AbstractSet[str]] = lambda _: frozenset(),
) -> list[Theme]:
    """What rises in a week, the surest first; `before` are the texts of the `weeks` before it.

    `core` gives the terms of what the ticket at a place is about: of its first line and its quote.
    A ticket is of one theme at most. Without weeks before, nothing is known to rise.
    """
    if weeks < 1 or len(week) < FLOOR:
        return []
    said = Counter(chain.from_iterable(one.terms for one in week))
    many = {term for term, count in said.items() if count >= FLOOR and not _is_number(term)}
    earlier = list(before)
    usual = Counter(chain.from_iterable(map(many.intersection, earlier)))
    risen = {term for term in many if said[term] >= _LEAST_TIMES * (usual[term] + _UNSEEN) / weeks}
    holders: defaultdict[str, list[Said]] = defaultdict(list)
    for one in week:
        for term in risen & one.terms:
            holders[term].append(one)
    rising = _rising(holders, usual, weeks, len(many))
    return _themes(week, _grouped(week, holders, rising, core), earlier, weeks)


def _is_number(term: str) -> bool:
    return any(word.isdigit() for word in term.split())


def _rising(
    holders: Mapping[str, list[Said]], usual: Counter[str], weeks: float, looked_at: int
) -> list[str]:
    """Terms that are far above their usual, the surest first; so many were `looked_at`."""
    limit = CHANCE / max(looked_at, 1)
    found = []
    for term, tickets in holders.items():
        customers = len({one.customer for one in tickets})
        mean = (usual[term] + _UNSEEN) / weeks
        if customers < FLOOR or customers < _LEAST_TIMES * mean:
            continue
        chance = tail(customers, mean, _SPREAD * mean + (_GROWTH * mean) ** 2)
        if chance < limit:
            found.append((chance, -customers, term))
    return [term for _, _, term in sorted(found)[:_MOST_TERMS]]


def _grouped(
    week: Sequence[Said],
    holders: Mapping[str, list[Said]],
    rising: Sequence[str],
    core: Callable[[int], AbstractSet[str]],
) -> list[_Group]:
    groups: list[_Group] = []
    for term in rising:
        places = {one.place for one in holders[term]}
        near = (one for one in groups if len(places & one[1]) >= _TOGETHER * len(places))
        group = next(near, None)
        if group is not None:
            group[0].append(term)
            group[1].update(places)
        elif len(groups) < _MOST_THEMES:
            groups.append(([term], set(places)))
    stories: list[_Group] = []
    cores = {one.place: core(one.place) for one in week} if groups else {}
    for terms, _ in groups:
        told = {one.place for one in week if _tells(one, cores[one.place], terms)}
        near = (
            one for one in stories if len(told & one[1]) >= _OVERLAP * min(len(told), len(one[1]))
        )
        first = next(near, None)
        if first is None:
            stories.append((terms, told))
        else:
            first[0].extend(terms)
            first[1].update(told)
    return stories


def _themes(
    week: Sequence[Said],
    stories: Sequence[_Group],
    before: Sequence[AbstractSet[str]],
    weeks: float,
) -> list[Theme]:
    """Stories that are still far above the usual when each ticket is of one only."""
    taken: set[int] = set()
    found = []
    for terms, told in stories:
        places = told - taken
        mean = sum(_hold(text, terms) for text in before) / weeks
        customers = len({one.customer for one in week if one.place in places})
        if customers >= max(FLOOR, _LEAST_TIMES * mean):
            taken |= places
            found.append(Theme(tuple(terms), tuple(sorted(places)), customers, mean))
    return found


def _tells(one: Said, core: AbstractSet[str], terms: Sequence[str]) -> bool:
    """Whether a ticket holds the first of a theme's terms, or two of them, or is about one."""
    return _hold(one.terms, terms) or not core.isdisjoint(terms)


def _hold(text: AbstractSet[str], terms: Sequence[str]) -> bool:
    return terms[0] in text or sum(term in text for term in terms) > 1
