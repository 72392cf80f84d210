"""What a catalogue lacks: features and aliases that the tickets at hand speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports import Feature, Understood
from bot.voice.features import Catalogue
from bot.voice.phrases import Phrase, frequent_phrases
from bot.voice.proposals import (
    FEWEST_TICKETS,
    LARGEST_SHARE,
    NO_FEATURE,
    names_a_feature,
    tag_slug,
)
from bot.voice.redact_shadow import TOKEN
from bot.voice.text import name_tokens
from bot.voice.tokens import without_notices
from bot.voice.wordforms import singular
from bot.voice.wordset import word_set

_MOST: Final = 50
_ONE_IN: Final = 200
_EXAMPLES: Final = 3
# A phrase belongs to a feature that has this share of its tickets, and this many times the share
# that it has of all.
_SHARE: Final = 0.5
_LIFT: Final = 2.5
# One that the ranking names has to be a little more frequent among its tickets than elsewhere.
_LIFT_AKIN: Final = 1.5

# Things that every product's customers write of and no product team owns.
_OF_NO_PRODUCT: Final = word_set(
    "attachment attached picture image pic screenshot screen snapshot error message bug glitch "
    "box window page website webpage site web url link internet computer device machine laptop "
    "desktop phone tablet system operating software program application app product company hard "
    "drive disk browser customer user service workaround functionality troubleshooting "
    "troubleshoot speed connection verification confirmation credit title subject username "
    "configuration config dialog behaviour behavior icon version edition blog job fan age owner "
    "big red odd bad lower newer bit newly fixing microsoft google apple samsung chrome edge "
    "safari opera explorer macbook imac mint ubuntu pro"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A stored ticket as suggestions are made of it: its redacted text, first line its subject."""

    id: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name that may become a feature, or an alias of `for_feature`, and why.

    `tickets` is how many tickets use it; `ticket_ids` are at most three of them, newest first.
    """

    name: str
    for_feature: str | None
    reason: str
    tickets: int
    ticket_ids: tuple[str, ...]


Nearest = Callable[[str], tuple[Feature, ...]]
"""The features that a phrase speaks of without naming them, likest first."""


def suggest(tickets: Iterable[Told], catalogue: Catalogue, nearest: Nearest) -> list[Suggestion]:
    """Names that tickets (oldest first) often use and the catalogue does not know, at most 50.

    The most used come first. The same tickets give the same suggestions.
    """
    told = [_spoken(ticket) for ticket in tickets]
    fewest = max(FEWEST_TICKETS, len(told) // _ONE_IN)
    found = _from_tags(told, catalogue, fewest)
    known = {_key(suggestion.name) for suggestion in found}
    features = _Features([catalogue.match(ticket.text, ticket.tags) for ticket in told])
    product = _product(told)
    for phrase in frequent_phrases((ticket.text for ticket in told), fewest):
        too_common = len(phrase.tickets) > LARGEST_SHARE * len(told)
        if too_common or _key(phrase.name) in known or not _names_a_part(phrase.name, product):
            continue
        if not catalogue.match(phrase.name):
            part = " ".join(word for word in phrase.name.split() if word not in product)
            akin = nearest(part) if part else ()
            found.append(_from_phrase(phrase, told, catalogue, features, akin))
    found.sort(key=lambda suggestion: (-suggestion.tickets, suggestion.name))
    return found[:_MOST]


def with_suggestions(
    features: Sequence[Feature], suggestions: Sequence[Suggestion]
) -> list[tuple[Feature, tuple[Suggestion, ...]]]:
    """Features that gain aliases, and new ones, as they would stand in a catalogue, with why."""
    by_id = {feature.id: feature for feature in features}
    gains: dict[str, list[Suggestion]] = {}
    for suggestion in suggestions:
        gains.setdefault(suggestion.for_feature or tag_slug(suggestion.name), []).append(suggestion)
    found = []
    for id, gained in gains.items():
        old = by_id.get(id)
        if old is None:
            first = gained[0]
            tags = (id,) if first.reason.startswith("tag ") else ()
            name = first.name[:1].upper() + first.name[1:]
            feature = Feature(id, name, tags=tags)
        else:
            aliases = dict.fromkeys((*old.aliases, *(one.name for one in gained)))
            feature = Feature(
                old.id, old.name, tuple(aliases), old.tags, old.channels, old.description
            )
        found.append((feature, tuple(gained)))
    return found


def _spoken(ticket: Told) -> Told:
    # What stands for redacted words is a full stop, so that no phrase goes across it.
    text = TOKEN.sub(" . ", without_notices(ticket.text))
    return Told(ticket.id, text, ticket.tags)


def _key(name: str) -> str:
    return singular(tag_slug(name).replace("-", ""))


def _product(told: Sequence[Told]) -> frozenset[str]:
    """Words that two tickets of five have: the product's name, where it has one."""
    counted = Counter(word for ticket in told for word in set(name_tokens(ticket.text)))
    return frozenset(w for w, count in counted.items() if count > LARGEST_SHARE * len(told))


def _names_a_part(name: str, product: frozenset[str]) -> bool:
    words = [singular(word) for word in tag_slug(name).split("-") if word not in product]
    return names_a_feature(name) and not all(
        word in _OF_NO_PRODUCT or any(word in group for group in NO_FEATURE) for word in words
    )


def _from_tags(told: Sequence[Told], catalogue: Catalogue, fewest: int) -> list[Suggestion]:
    tickets: dict[str, list[int]] = {}
    for number, ticket in enumerate(told):
        for slug in {tag_slug(tag) for tag in ticket.tags if names_a_feature(tag)} - {""}:
            tickets.setdefault(slug, []).append(number)
    return [
        Suggestion(
            name=slug.replace("-", " ").capitalize(),
            for_feature=None,
            reason=f"tag on {len(numbers)} tickets",
            tickets=len(numbers),
            ticket_ids=_examples(told, numbers),
        )
        for slug, numbers in sorted(tickets.items())
        if fewest <= len(numbers) <= LARGEST_SHARE * len(told) and not catalogue.match("", (slug,))
    ]


class _Features:
    """Which features tickets have, by number, and how many tickets each has."""

    def __init__(self, matched: Sequence[tuple[str, ...]]) -> None:
        self.of = matched
        self.tickets = Counter(feature for features in matched for feature in features)

    def usual(self, numbers: Sequence[int]) -> tuple[str, int] | None:
        """The feature that most of these tickets have, if that is more than usual."""
        counted = Counter(feature for number in numbers for feature in self.of[number])
        best = min(counted, key=lambda feature: (-counted[feature], feature), default=None)
        if best is None or counted[best] < _SHARE * len(numbers):
            return None
        return (best, counted[best]) if self.lift(best, numbers) >= _LIFT else None

    def lift(self, feature: str, numbers: Sequence[int]) -> float:
        """How many times more often these tickets have a feature than all do."""
        here = sum(feature in self.of[number] for number in numbers) / len(numbers)
        everywhere = self.tickets[feature] / len(self.of)
        return here / everywhere if everywhere else 0.0


def _from_phrase(
    phrase: Phrase,
    told: Sequence[Told],
    catalogue: Catalogue,
    features: _Features,
    akin: Sequence[Feature],
) -> Suggestion:
    count = len(phrase.tickets)
    reason = f"named in {count} tickets"
    for_feature: str | None = None
    like = catalogue.find(phrase.name)
    usual = features.usual(phrase.tickets)
    if like.feature and like.understood is Understood.MISSPELT:
        for_feature = like.feature.id
        reason += f", spelt like {like.feature.name}"
    elif usual:
        for_feature = usual[0]
        reason += f", {usual[1]} of them on {catalogue.by_id[usual[0]].name}"
    elif near := [
        feature for feature in akin if features.lift(feature.id, phrase.tickets) >= _LIFT_AKIN
    ]:
        for_feature = near[0].id
        reason += f", akin to {near[0].name}"
    return Suggestion(phrase.name, for_feature, reason, count, _examples(told, phrase.tickets))


def _examples(told: Sequence[Told], numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(told[number].id for number in reversed(numbers[-_EXAMPLES:]))
