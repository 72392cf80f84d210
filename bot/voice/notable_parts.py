"""The parts of a ticket's notability: what is counted, what each counts, how it is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from math import log2
from typing import Final

from bot.reports import FRICTION_KINDS, Kind, ScorePart
from bot.voice.read_text import ReadText
from bot.voice.rising import rise
from bot.voice.severity import NONE, Cost, cost
from bot.voice.telling import NOTHING_TOLD
from bot.voice.text import words
from bot.voice.wordset import word_set

WEIGHTS: Final = {
    "clarity": 0.47,
    "breadth": 0.15,
    "rise": 0.12,
    "severity": 0.05,
    "novelty": 0.08,
    "feedback": 0.08,
    "segment": 0.05,
}
"""What each part counts at the most; the sum is 1."""

NO_ANSWER: Final = 0.5
"""The value of feedback where the channel never answered anything alike."""

_FRICTION: Final = frozenset(FRICTION_KINDS)
_MANY_CUSTOMERS: Final = 32
_OFTEN_BEFORE: Final = 10
_SHOWN_BEFORE: Final = 0.7
# What a failure costs at least, when the customer does not say what it costs.
_FAILURE: Final = 0.3
_ANSWERS: Final = 2
# A feature that rises says less of one of its tickets than a story that does.
_OF_FEATURE: Final = 0.5
_SEGMENTS: Final = (
    (1.0, word_set("enterprise business premium vip strategic platinum corporate")),
    (0.7, word_set("paid pro plus team teams growth standard gold customer subscriber")),
    (0.2, word_set("free trial freemium anonymous community lite guest")),
)
_UNKNOWN_SEGMENT: Final = 0.4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that may be shown. `text` is redacted; `customer` is a key, or "" if not known.

    `id` must not depend on the order in which tickets came. `quote` is the sentence that is shown,
    `clarity` what was read of the ticket (see there). `feature_customers` wrote about its `feature`
    this week, where `feature_usual` are usual. One that is not `is_new` was looked at by an
    earlier digest and only counts. `answered` is what the channel said beforehand of such tickets
    (see `less`); one that is not `is_wanted` tells what it wants to hear no more, `is_refused` is
    the very one that it said so of.
    """

    id: str
    text: str
    quote: str
    kinds: tuple[Kind, ...]
    clarity: float
    customer: str
    segment: str | None
    created_at: datetime
    feature: str = ""
    feature_customers: int = 0
    feature_usual: float = 0.0
    is_new: bool = True
    answered: float = 0.0
    is_wanted: bool = True
    is_refused: bool = False

    @property
    def is_told(self) -> bool:
        """Whether it tells anything: no spam, chatter or words of an agent (see `telling`)."""
        return self.clarity > NOTHING_TOLD

    @property
    def is_friction(self) -> bool:
        return not _FRICTION.isdisjoint(self.kinds)

    @property
    def may_be_shown(self) -> bool:
        """Whether a digest may be told by it; the others only count."""
        return self.is_new and self.is_wanted

    @property
    def teller(self) -> str:
        """Who tells it: one without a known customer is its own."""
        return self.customer or f"\0{self.id}"


@dataclass(frozen=True, slots=True)
class Past:
    """What was before a ticket: how many told the same in the weeks before, how many such the
    channel was shown, and what it answered to them: above zero where it wants more."""

    seen: int = 0
    shown: int = 0
    answers: float = 0.0


NOTHING: Final = Past()


@dataclass(frozen=True, slots=True)
class Base:
    """What one ticket has by itself, whoever else tells the same."""

    clarity: float
    severity: float
    segment: float
    rise: float
    cost: Cost = NONE
    novelty: float = 1.0
    feedback: float = NO_ANSWER
    past: Past = NOTHING

    @property
    def points(self) -> float:
        """What these count together."""
        return (
            WEIGHTS["clarity"] * self.clarity
            + WEIGHTS["severity"] * self.severity
            + WEIGHTS["segment"] * self.segment
            + WEIGHTS["rise"] * self.rise
            + WEIGHTS["novelty"] * self.novelty
            + WEIGHTS["feedback"] * self.feedback
        )


def base(candidate: Candidate) -> Base:
    """What a ticket has by itself, before its text is looked at."""
    return Base(
        clarity=candidate.clarity,
        severity=_FAILURE if Kind.BROKEN in candidate.kinds else 0.0,
        segment=_standing(candidate.segment),
        rise=_OF_FEATURE * rise(candidate.feature_customers, candidate.feature_usual),
    )


def with_cost(own: Base, candidate: Candidate, text: ReadText) -> Base:
    """The same with what it cost the customer, as the text says."""
    found = cost(text)
    told = found.value if candidate.is_friction else 0.0
    return replace(own, severity=max(own.severity, told), cost=found)


def with_past(own: Base, past: Past) -> Base:
    """The same after what came before it."""
    fresh = max(0.0, 1 - past.seen / _OFTEN_BEFORE)
    share = max(-1.0, min(1.0, past.answers / _ANSWERS))
    return replace(
        own,
        novelty=fresh * (1 - _SHOWN_BEFORE * min(past.shown, 1)),
        feedback=NO_ANSWER + (1 - NO_ANSWER) * share,
        past=past,
    )


def parts(own: Base, customers: int = 1, theme_rise: float = 0.0) -> tuple[ScorePart, ...]:
    """The parts of a ticket's score, whose points add up to it.

    `customers` tell the same this week; `theme_rise` is how far that is above the usual (0 to 1).
    """
    values = _values(own, customers, theme_rise)
    return tuple(ScorePart(name, weight, values[name]) for name, weight in WEIGHTS.items())


def score(own: Base, customers: int = 1, theme_rise: float = 0.0) -> float:
    """The notability, 0 to 1: the sum of the points of `parts`."""
    values = _values(own, customers, theme_rise)
    return sum([weight * values[name] for name, weight in WEIGHTS.items()])


def _values(own: Base, customers: int, theme_rise: float) -> dict[str, float]:
    return {
        "clarity": own.clarity,
        "breadth": min(1.0, log2(max(customers, 1)) / log2(_MANY_CUSTOMERS)),
        "rise": max(own.rise, theme_rise),
        "severity": own.severity,
        "novelty": max(own.novelty, theme_rise),
        "feedback": own.feedback,
        "segment": own.segment,
    }


def _standing(segment: str | None) -> float:
    if not segment:
        return _UNKNOWN_SEGMENT
    named = set(words(segment))
    return next((value for value, names in _SEGMENTS if named & names), _UNKNOWN_SEGMENT)
