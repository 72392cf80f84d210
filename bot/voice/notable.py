"""Which few of many tickets an engineer should read today, and why each of them.

A ticket's notability is a weighted sum of parts that anyone can check (`notable_parts`). What has
nothing to tell never passes (`telling`), nor does a flood of one template; near-repeats of one
story are folded, and so is what rises together (`rising`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.voice.bright import is_bright
from bot.voice.memory import Before, Memory
from bot.voice.notable_parts import Candidate, base, score, with_cost
from bot.voice.notable_stories import Picked, Read, best, read
from bot.voice.read_text import read_text
from bot.voice.stories import floods

BAR: Final = 0.28
"""The notability, 0 to 1, from which on a ticket is worth a person's time."""

PRAISE_BAR: Final = 0.27
"""The same for a bright spot, which costs nobody anything."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a digest shows, best first; `left_out_ids` are the new candidates that it does not."""

    picked: tuple[Picked, ...]
    left_out_ids: tuple[str, ...]

    @property
    def left_out(self) -> int:
        return len(self.left_out_ids)


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
    if not ordered:
        return Chosen((), ())
    until = now or max(one.created_at for one in ordered)
    told = _told(ordered)
    before = before or Before()
    memory = Memory(before)
    shown: list[Picked] = []
    for friction in (True, False):
        mood = [
            (one, text)
            for one, text in told
            if one.is_friction is friction and (friction or is_bright(one.quote, text))
        ]
        limit = bar if friction else bar - (BAR - PRAISE_BAR)
        passed = best(
            read(mood, until),
            before if friction else Before(),
            memory,
            bar=limit,
            most=most if friction else 1,
        )
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
        own = with_cost(base(one), one, read_text(one.text))
        scored.append((not one.is_told, -score(own), one))
    return [one for _, _, one in sorted(scored, key=lambda item: item[:2])]


def _told(candidates: Sequence[Candidate]) -> list[Read]:
    """Those that tell something and are of no flood, with their texts read."""
    told = [(one, read_text(one.text)) for one in candidates if one.is_told]
    found = floods([text.stems for _, text in told])
    flooded = {place for flood in found for place in flood}
    return [one for place, one in enumerate(told) if place not in flooded]
