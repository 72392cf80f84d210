"""What a digest says first: what is unusual, or plainly how much there is to read.

Sentences are filled from templates, and every number can be opened: that of a feature by its
tickets of the week, that of a story by those that tell the same, the others by what was left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports import Feature
from bot.service.digest_reading import Choice
from bot.voice.notable_stories import Picked
from bot.voice.notable_why import times_usual
from bot.voice.rising import rise
from storage.values import TicketValue

CHANCE: Final = 0.01
"""False words about a feature a digest, about: what chance must stay below, over all features."""
_FEW: Final = 3
"""Of fewer shown tickets nobody needs to be told which are on one feature."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The sentence, and what is known of the usual where it does not tell that. `about` is the
    feature that either of them counts customers of."""

    verdict: str
    about: Feature | None = None
    level: str = ""


def headline(choice: Choice, picked: Sequence[Picked], features: Mapping[str, Feature]) -> Headline:
    """The verdict on a digest that shows what was `picked`."""
    risen = _risen(choice, features)
    if risen is not None and risen.is_sure:
        return Headline(risen.said, risen.feature)
    story = next((one for one in picked if one.usual is not None), None)
    if story is not None and story.usual is not None:
        who = _who(story.customers, _members(choice, story))
        named = features.get(story.candidate.feature)
        one = f"{named.name}: one story" if named else "One story"
        return Headline(f"{one} from {who} this week, {times_usual(story.customers, story.usual)}")
    plain = _plain(choice, picked, features)
    if risen is not None:
        return Headline(plain, risen.feature, f"{risen.said}; so few may be chance.")
    return Headline(plain, level=_level(choice))


def silence(new: int) -> str:
    """Why nothing is posted."""
    if not new:
        return "No new tickets since the last digest."
    return f"{_number(new, 'new ticket')} since the last digest, none that stands out."


@dataclass(frozen=True, slots=True)
class _Risen:
    """A feature above its usual week; `is_sure` where that is hardly chance."""

    feature: Feature
    said: str
    is_sure: bool


def _risen(choice: Choice, features: Mapping[str, Feature]) -> _Risen | None:
    """The feature that is most surely above its usual week; None where none is above it."""
    from bot.voice.spikes import tail

    found = []
    for id, those in choice.customers.items():
        level, count = (choice.levels or {}).get(id), len(those)
        if level is not None and id in features and rise(count, level.mean):
            found.append((tail(count, level.mean, level.variance), -count, id, level.mean))
    if not found:
        return None
    chance, less, id, mean = min(found)
    those = choice.customers[id]
    who = _who(-less, [one for one in choice.tickets.values() if one.customer in those])
    at_least = "at least " if choice.is_cut else ""
    said = f"{features[id].name}: {at_least}{who} this week, {times_usual(-less, mean)}"
    return _Risen(features[id], said, chance < CHANCE / len(choice.customers))


def _plain(choice: Choice, picked: Sequence[Picked], features: Mapping[str, Feature]) -> str:
    """`3 of 31 new tickets worth reading, 2 of them on Checkout`."""
    new, shown = len(choice.new), len(picked)
    if not any(one.candidate.is_friction for one in picked):
        return f"A bright spot, and no trouble that stands out in {_number(new, 'new ticket')}"
    of = f"{shown:,} of {_number(new, 'new ticket')}" if shown < new else _number(new, "new ticket")
    named = Counter(one.candidate.feature for one in picked if one.candidate.feature in features)
    lead = min(named, key=lambda id: (-named[id], id), default="")
    if shown < _FEW or 2 * named[lead] <= shown:
        return f"{of} worth reading"
    many = "all" if named[lead] == shown else f"{named[lead]:,}"
    return f"{of} worth reading, {many} of them on {features[lead].name}"


def _level(choice: Choice) -> str:
    """What is known of the usual, where there are features to know it of."""
    if not choice.customers:
        return ""
    if choice.levels is None:
        return "Too little is stored to say what is usual."
    return "No feature is far above its usual."


def _members(choice: Choice, story: Picked) -> list[TicketValue]:
    return [choice.tickets[id] for id in (story.candidate.id, *story.similar_ids)]


def _who(count: int, wrote: Collection[TicketValue]) -> str:
    """Customers, or tickets where none of those who wrote is known."""
    known = any(ticket.customer_known for ticket in wrote)
    return _number(count, "customer" if known else "ticket")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
