"""Which few of many tickets an engineer should read today, and why each of them.

A ticket's notability is a weighted sum of parts that anyone can check (`notable_parts`). What has
nothing to tell never passes (`telling`), nor does a flood of one template; near-repeats of one
story are folded, and so is what rises together (`rising`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.reports import ScorePart
from bot.voice import rising
from bot.voice.memory import Before, Memory
from bot.voice.notable_parts import Base, Candidate, base, parts, score, with_past
from bot.voice.notable_why import why
from bot.voice.read_text import ReadText, read_text
from bot.voice.stems import terms, terms_of
from bot.voice.stories import floods, folded
from bot.voice.telling import is_told

BAR: Final = 0.36
"""The notability, 0 to 1, from which on a ticket is worth a person's time."""

PRAISE_BAR: Final = 0.28
"""The same for a bright spot, which costs nobody anything."""

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a digest shows, best first; `left_out_ids` are the new candidates that it does not."""

    picked: tuple[Picked, ...]
    left_out_ids: tuple[str, ...]

    @property
    def left_out(self) -> int:
        return len(self.left_out_ids)


_Read = tuple[Candidate, ReadText]


@dataclass(slots=True)
class _Story:
    """Candidates that tell the same, by place; the theme that rises with them, if one does."""

    places: list[int]
    theme: rising.Theme | None = None
    picked: Picked | None = field(default=None)


@dataclass(frozen=True, slots=True)
class _Field:
    """All candidates that tell something, the most telling first, and what each has by itself."""

    candidates: list[Candidate]
    texts: list[ReadText]
    bases: list[Base]
    since: datetime


def choose(
    candidates: Sequence[Candidate],
    most: int,
    bar: float = BAR,
    *,
    now: datetime | None = None,
    before: Before | None = None,
) -> Chosen:
    """At most `most` tickets of different stories, none below `bar`; praise may close the list.

    The order of the candidates changes nothing. The last week is that before `now` (without it,
    before the newest candidate).
    """
    ordered = sorted(candidates, key=lambda candidate: candidate.id)
    until = now or max((one.created_at for one in ordered), default=datetime.min)
    told = _told(ordered)
    before = before or Before()
    memory = Memory(before)
    shown: list[Picked] = []
    for friction in (True, False):
        mood = [(one, text) for one, text in told if one.is_friction is friction]
        limit = bar if friction else bar - (BAR - PRAISE_BAR)
        found = _best(_read(mood, until), before if friction else Before(), memory)
        passed = [picked for picked in found if picked.score >= limit]
        if friction:
            shown = passed
        elif passed:
            room = most - 1 if most > 1 else most
            shown = [*shown[: max(0, room)], passed[0]]
    shown = shown[: max(0, most)]
    mentioned = {id for one in shown for id in (one.candidate.id, *one.similar_ids)}
    left = tuple(one.id for one in ordered if one.is_new and one.id not in mentioned)
    return Chosen(tuple(shown), left)


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """All candidates by what each has by itself, the most notable first; untold ones last."""
    scored = []
    for one in sorted(candidates, key=lambda one: one.id):
        text = read_text(one.text)
        scored.append((not is_told(text, one.kinds), -score(parts(base(one, text))), one))
    return [one for _, _, one in sorted(scored, key=lambda item: item[:2])]


def _told(candidates: Sequence[Candidate]) -> list[_Read]:
    """Those that tell something and are of no flood, with their texts read."""
    read = [(one, read_text(one.text)) for one in candidates]
    told = [(one, text) for one, text in read if is_told(text, one.kinds)]
    found = floods([text.stems for _, text in told])
    flooded = {place for flood in found for place in flood}
    return [one for place, one in enumerate(told) if place not in flooded]


def _read(told: Sequence[_Read], until: datetime) -> _Field:
    judged = [(one, text, base(one, text)) for one, text in told]
    judged.sort(key=lambda item: (not item[0].is_new, -item[2].points, item[0].created_at))
    return _Field(
        [one for one, _, _ in judged],
        [text for _, text, _ in judged],
        [own for _, _, own in judged],
        until - WEEK,
    )


def _best(found: _Field, before: Before, memory: Memory) -> list[Picked]:
    """The stories that a new candidate tells, the most notable first, no two of one theme."""
    told = [story for story in _stories(found, before) if _pick(found, story)]
    best = sorted(told, key=_rank)[:_COMPARED]
    # What was before is looked up for those only that it may keep from being shown.
    for place in {place for story in best for place in story.places[:_TELLERS]}:
        found.bases[place] = with_past(found.bases[place], memory.of(found.candidates[place]))
    for story in best:
        _pick(found, story)
    merged = _merged(found, best)
    return [story.picked for story in sorted(merged, key=_rank) if story.picked]


def _stories(found: _Field, before: Before) -> list[_Story]:
    """Candidates by story: what rises together, and else what the first teller tells."""
    leader = folded([terms(one.quote or one.text) for one in found.candidates])
    theme_of = {
        place: theme for theme in _themes(found, before) for place in theme.places
    }
    stories: dict[object, _Story] = {}
    for place, first in enumerate(leader):
        theme = theme_of.get(place) or theme_of.get(first)
        key = theme.places if theme else first
        stories.setdefault(key, _Story([], theme)).places.append(place)
    return list(stories.values())


def _themes(found: _Field, before: Before) -> list[rising.Theme]:
    week = [
        rising.Said(place, one.teller, terms_of(found.texts[place].stems).keys(), _core(one))
        for place, one in enumerate(found.candidates)
        if one.created_at >= found.since
    ]
    if before.weeks < 1 or len(week) < rising.FLOOR:
        return []
    return rising.themes(week, (terms(text).keys() for text in before.texts), before.weeks)


def _core(candidate: Candidate) -> set[str]:
    """The terms of what a ticket is about."""
    first = candidate.text.partition("\n")[0]
    return {*terms(first), *terms(candidate.quote)}


def _pick(found: _Field, story: _Story) -> Picked | None:
    """The new member of a story that tells it best, with how many tell it; kept with the story."""
    tellers = story.places if story.theme else story.places[:_TELLERS]
    new = [place for place in tellers if found.candidates[place].is_new]
    if not new:
        return None
    wanted = set(story.theme.terms) if story.theme else set()

    def tells(place: int) -> tuple[float, int]:
        hits = len(wanted & _core(found.candidates[place])) if wanted else 0
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
        why=why(teller, found.bases[place], members, found.since, usual, _agreed(found, story, place)),
        similar_ids=tuple(sorted(one.id for one in members if one is not teller)),
        customers=len(week),
        usual=usual,
    )
    return story.picked


def _agreed(found: _Field, story: _Story, teller: int) -> bool:
    """Whether enough of those who tell the same had that cost for it to stand beside their number."""
    said = found.bases[teller].cost.said
    same = sum(found.bases[place].cost.said == said for place in story.places)
    return same >= _AGREED * len(story.places)


def _rank(story: _Story) -> tuple[float, datetime, str]:
    picked = story.picked
    if picked is None:
        raise ValueError("A story without a new teller has no rank.")
    return -picked.score, picked.candidate.created_at, picked.candidate.id


def _merged(found: _Field, best: Sequence[_Story]) -> list[_Story]:
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
