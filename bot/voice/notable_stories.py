"""The stories that candidates of a digest tell, and who tells each of them best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.reports import ScorePart
from bot.voice import rising
from bot.voice.memory import Before, Memory
from bot.voice.notable_parts import Base, Candidate, base, parts, score, with_past
from bot.voice.notable_why import why
from bot.voice.read_text import ReadText
from bot.voice.spikes import FLOOR
from bot.voice.stems import stems, terms
from bot.voice.stories import folded

WEEK: Final = timedelta(days=7)

_COMPARED: Final = 150
_TELLS_IT: Final = 0.05
_ENOUGH: Final = 4
_AGREED: Final = 0.4
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
    """Candidates that tell the same, by place; the theme that rises with them, if one does."""

    places: list[int]
    theme: rising.Theme | None = None
    picked: Picked | None = field(default=None)


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
    judged = [(one, text, base(one, text)) for one, text in told]
    judged.sort(key=lambda item: (not item[0].is_new, -item[2].points, item[0].created_at))
    return Field(
        [one for one, _, _ in judged],
        [text for _, text, _ in judged],
        [own for _, _, own in judged],
        [terms(one.quote or one.text) for one, _, _ in judged],
        until - WEEK,
    )


def best(found: Field, before: Before, memory: Memory) -> list[Picked]:
    """The stories that a new candidate tells, the most notable first, no two of one theme."""
    told = [story for story in _stories(found, before) if _pick(found, story)]
    first = sorted(told, key=_rank)[:_COMPARED]
    # What was before is looked up for those only that it may keep from being shown.
    for place in {place for story in first for place in story.places[:_TELLERS]}:
        found.bases[place] = with_past(found.bases[place], memory.of(found.candidates[place]))
    for story in first:
        _pick(found, story)
    merged = _merged(found, first)
    return [story.picked for story in sorted(merged, key=_rank) if story.picked]


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
        rising.Said(
            place,
            one.teller,
            frozenset(found.texts[place].stems),
            partial(_core, found, place),
        )
        for place, one in enumerate(found.candidates)
        if one.created_at >= found.since
    ]
    if before.weeks < 1 or len(week) < FLOOR:
        return []
    return rising.themes(week, (frozenset(stems(text)) for text in before.texts), before.weeks)


def _core(found: Field, place: int) -> set[str]:
    """The terms of what a ticket is about: of its first line and its quote."""
    first = found.candidates[place].text.partition("\n")[0]
    return {*stems(first), *found.quotes[place]}


def _pick(found: Field, story: _Story) -> Picked | None:
    """The new member of a story that tells it best, with how many tell it; kept with the story.

    None where it has no new one, or the channel wants to hear it no more.
    """
    if _is_refused(found, story):
        return None
    tellers = story.places if story.theme else story.places[:_TELLERS]
    new = [place for place in tellers if found.candidates[place].may_be_shown]
    if not new:
        return None
    wanted = set(story.theme.terms) if story.theme else set()

    def tells(place: int) -> tuple[float, int]:
        hits = len(wanted & found.quotes[place].keys()) if wanted else 0
        return -(found.bases[place].points + _TELLS_IT * min(hits, _ENOUGH)), place

    place = min(new, key=tells)
    teller = found.candidates[place]
    members = [found.candidates[other] for other in story.places]
    week = {one.teller for one in members if one.created_at >= found.since}
    usual = story.theme.expected if story.theme else None
    theme_rise = rising.rise(len(week), usual) if usual is not None else 0.0
    own = parts(found.bases[place], len({one.teller for one in members}), theme_rise)
    story.picked = Picked(
        candidate=teller,
        score=score(own),
        parts=own,
        why=why(
            teller,
            found.bases[place],
            members,
            found.since,
            usual=usual,
            agreed=_agreed(found, story, place),
        ),
        similar_ids=tuple(sorted(one.id for one in members if one is not teller)),
        customers=len(week),
        usual=usual,
    )
    return story.picked


def _is_refused(found: Field, story: _Story) -> bool:
    """Whether it is a story that the channel wants to hear no more: the very ticket that it said
    so of is a part of it, or half of it tells the same. A new outage in which one customer says
    an old thing is none."""
    members = [found.candidates[place] for place in story.places]
    unwanted = sum(not one.is_wanted for one in members)
    return any(one.is_refused for one in members) or 2 * unwanted >= len(members) > 0


def _agreed(found: Field, story: _Story, teller: int) -> bool:
    """Whether enough of those who tell the same had that cost to say so of all of them."""
    said = found.bases[teller].cost.said
    same = sum(found.bases[place].cost.said == said for place in story.places)
    return same >= _AGREED * len(story.places)


def _rank(story: _Story) -> tuple[float, datetime, str]:
    picked = story.picked
    if picked is None:
        raise ValueError("A story without a new teller has no rank.")
    return -picked.score, picked.candidate.created_at, picked.candidate.id


def _merged(found: Field, best: Sequence[_Story]) -> list[_Story]:
    """The best stories, those that tell one theme put together."""
    from bot.voice.themes import Story, themes

    tellers = {story.picked.candidate.id: story for story in best if story.picked}
    told = [
        Story(id, story.picked.candidate.text, story.picked.candidate.quote)
        for id, story in tellers.items()
        if story.picked
    ]
    merged = list(best)
    for group in themes(told):
        first, *others = sorted((tellers[id] for id in group.ids), key=_rank)
        for other in others:
            first.places = sorted(first.places + other.places)
            first.theme = first.theme or other.theme
            merged.remove(other)
        _pick(found, first)
    return merged
