"""The stories that candidates of a digest tell, and who tells each of them best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.reports import ScorePart
from bot.voice import rising
from bot.voice.memory import Before, Memory
from bot.voice.notable_parts import Base, Candidate, base, parts, score, with_cost, with_past
from bot.voice.notable_why import why
from bot.voice.read_text import ReadText
from bot.voice.severity import cost
from bot.voice.spikes import FLOOR
from bot.voice.stems import stems, terms
from bot.voice.stories import folded

WEEK: Final = timedelta(days=7)

_COMPARED: Final = 30
"""The stories that are compared for each that may be shown."""

_TELLS_IT: Final = 0.05
_ENOUGH: Final = 4
_AGREED: Final = 0.4
_ASKED: Final = 100
_TELLERS: Final = 6
"""The most telling members of a story, of which one is shown."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A ticket that is shown; `similar_ids` are the other candidates that tell the same.

    `customers` told it in the last week, `usual` are usual in one (None where that is not known).
    """

    candidate: Candidate
    score: float
    parts: tuple[ScorePart, ...]
    why: str
    similar_ids: tuple[str, ...]
    customers: int
    usual: float | None = None


Read = tuple[Candidate, ReadText]


@dataclass(slots=True)
class _Story:
    """Candidates that tell the same, by place; the theme that rises with them, if one does.

    `teller` is the place of the new one that tells it best, and `score` its notability.
    """

    places: list[int]
    theme: rising.Theme | None = None
    teller: int = -1
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Field:
    """All candidates that tell something, the most telling first, and what each has by itself."""

    candidates: list[Candidate]
    texts: list[ReadText]
    bases: list[Base]
    quotes: list[dict[str, float]]
    since: datetime


def read(told: Sequence[Read], until: datetime) -> Field:
    """Judge candidates; the last week is that before `until`."""
    judged = [(one, text, base(one)) for one, text in told]
    judged.sort(key=lambda item: (not item[0].is_new, -item[2].points, item[0].created_at))
    return Field(
        [one for one, _, _ in judged],
        [text for _, text, _ in judged],
        [own for _, _, own in judged],
        [terms(one.quote or one.text) for one, _, _ in judged],
        until - WEEK,
    )


def best(found: Field, before: Before, memory: Memory, *, bar: float, most: int) -> list[Picked]:
    """At most `most` stories that a new candidate tells, none below `bar`, no two of one theme.

    The most notable first.
    """
    told = [story for story in _stories(found, before) if _rate(found, story)]
    first = sorted(told, key=partial(_rank, found))[: _COMPARED * most]
    # What it cost, and what was before, is looked up for those only that may be shown.
    for place in {place for story in first for place in story.places[:_TELLERS]}:
        one, own = found.candidates[place], found.bases[place]
        own = with_cost(own, one, found.texts[place])
        found.bases[place] = with_past(own, memory.of(one))
    for story in first:
        _rate(found, story)
    merged = sorted(_merged(found, first), key=partial(_rank, found))
    return [_picked(found, story) for story in merged[:most] if story.score >= bar]


def _stories(found: Field, before: Before) -> list[_Story]:
    """Candidates by story: what rises together, and else what the first teller tells."""
    leader = folded(found.quotes)
    theme_of = {place: theme for theme in _themes(found, before) for place in theme.places}
    stories: dict[object, _Story] = {}
    for place, first in enumerate(leader):
        theme = theme_of.get(place) or theme_of.get(first)
        key = theme.places if theme else first
        stories.setdefault(key, _Story([], theme)).places.append(place)
    return list(stories.values())


def _themes(found: Field, before: Before) -> list[rising.Theme]:
    week = [
        rising.Said(place, one.teller, frozenset(found.texts[place].stems))
        for place, one in enumerate(found.candidates)
        if one.created_at >= found.since
    ]
    if before.weeks < 1 or len(week) < FLOOR:
        return []
    earlier = (frozenset(stems(text)) for text in before.texts)
    return rising.themes(week, earlier, before.weeks, partial(_core, found))


def _core(found: Field, place: int) -> set[str]:
    """The terms of what a ticket is about: of its first line and its quote."""
    first = found.candidates[place].text.partition("\n")[0]
    return {*stems(first), *found.quotes[place]}


def _rate(found: Field, story: _Story) -> bool:
    """Find who tells a story best, and how notable it is.

    False if nobody new tells it, or the channel wants to hear it no more.
    """
    if _is_refused(found, story):
        return False
    tellers = story.places if story.theme else story.places[:_TELLERS]
    new = [place for place in tellers if found.candidates[place].may_be_shown]
    if not new:
        return False
    wanted = set(story.theme.terms) if story.theme else set()

    def tells(place: int) -> tuple[float, int]:
        hits = len(wanted & found.quotes[place].keys()) if wanted else 0
        return -(found.bases[place].points + _TELLS_IT * min(hits, _ENOUGH)), place

    story.teller = min(new, key=tells)
    story.score = score(found.bases[story.teller], *_crowd(found, story))
    return True


def _crowd(found: Field, story: _Story) -> tuple[int, float]:
    """How many customers tell a story, and how far those of the week are above the usual."""
    tellers = {found.candidates[place].teller for place in story.places}
    if story.theme is None:
        return len(tellers), 0.0
    return len(tellers), rising.rise(len(_of_week(found, story)), story.theme.expected)


def _of_week(found: Field, story: _Story) -> set[str]:
    """The customers who told a story in the last week."""
    members = (found.candidates[place] for place in story.places)
    return {one.teller for one in members if one.created_at >= found.since}


def _picked(found: Field, story: _Story) -> Picked:
    """A rated story as it is shown."""
    own, teller = found.bases[story.teller], found.candidates[story.teller]
    members = [found.candidates[place] for place in story.places]
    usual = story.theme.expected if story.theme else None
    return Picked(
        candidate=teller,
        score=story.score,
        parts=parts(own, *_crowd(found, story)),
        why=why(teller, own, members, found.since, usual=usual, agreed=_agreed(found, story)),
        similar_ids=tuple(sorted(one.id for one in members if one is not teller)),
        customers=len(_of_week(found, story)),
        usual=usual,
    )


def _is_refused(found: Field, story: _Story) -> bool:
    """Whether it is a story that the channel wants to hear no more: the very ticket that it said
    so of is a part of it, or half of it tells the same. A new outage in which one customer says
    an old thing is none."""
    members = [found.candidates[place] for place in story.places]
    unwanted = sum(not one.is_wanted for one in members)
    return any(one.is_refused for one in members) or 2 * unwanted >= len(members) > 0


def _agreed(found: Field, story: _Story) -> bool:
    """Whether enough of those who tell the same had that cost to say so of all of them."""
    said = found.bases[story.teller].cost.said
    asked = story.places[:_ASKED]
    same = sum(cost(found.texts[place]).said == said for place in asked)
    return same >= _AGREED * len(asked)


def _rank(found: Field, story: _Story) -> tuple[float, datetime, str]:
    teller = found.candidates[story.teller]
    return -story.score, teller.created_at, teller.id


def _merged(found: Field, best: Sequence[_Story]) -> list[_Story]:
    """The best stories, those that tell one theme put together."""
    from bot.voice.themes import Story, themes

    told = {found.candidates[story.teller].id: story for story in best}
    tellers = [found.candidates[story.teller] for story in best]
    merged = list(best)
    for group in themes([Story(one.id, one.text, one.quote) for one in tellers]):
        first, *others = sorted((told[id] for id in group.ids), key=partial(_rank, found))
        for other in others:
            first.places = sorted(first.places + other.places)
            first.theme = first.theme or other.theme
            merged.remove(other)
        _rate(found, first)
    return merged
