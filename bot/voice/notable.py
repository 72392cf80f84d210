"""Which few of many tickets an engineer should read today, and why each of them.

A ticket's notability is a weighted sum of five parts that anyone can check; near-repeats of one
story are folded, and what has nothing to tell never passes, however many wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.reports import FRICTION_KINDS, Kind, ScorePart
from bot.voice.repeats import Told
from bot.voice.stems import terms
from bot.voice.text import fold, words
from bot.voice.wordset import word_set

WEIGHTS: Final = {
    "breadth": 0.18,
    "severity": 0.12,
    "clarity": 0.45,
    "novelty": 0.15,
    "segment": 0.10,
}
"""What each part counts at the most; the sum is 1."""

BAR: Final = 0.35
"""The notability, 0 to 1, from which on a ticket is worth a person's time."""

_SAME_STORY: Final = 0.34
# What a failure costs at least, when the customer does not say what it costs.
_FAILURE: Final = 0.5
_MANY_CUSTOMERS: Final = 5
_OFTEN_BEFORE: Final = 10
_TELLING_WORDS: Final = 150
_SAGA_WORDS: Final = 400
_MANY_DETAILS: Final = 6
_FEWEST_WORDS: Final = 4

# The phrase in a ticket, what it costs the customer (0 to 1), and how a person says that.
_COSTS: Final = (
    (
        1.0,
        "data was lost",
        r"lost (?:all|my|everything|the|our|every|years)|data ?loss|wiped|erased"
        r"|(?:all|everything) (?:is |are |was |has |have )?(?:gone|disappeared|deleted|vanished)",
    ),
    (
        1.0,
        "money was lost",
        r"charged (?:twice|double|again|for|me)|double charge|overcharged|refund"
        r"|(?:lost|stole|stolen|owe).{0,20}(?:money|payment|order)|money (?:is |was )?gone",
    ),
    (0.9, "a security worry", r"hacked|security (?:hole|risk|breach)|data breach|leaked|phishing"),
    (
        0.9,
        "a customer is leaving",
        r"(?:cancel|cancell?ed|cancell?ing) (?:my|our|the)|unsubscrib"
        r"|switch(?:ed|ing)? (?:back )?to|going back to|moving to (?:a|another)|uninstall",
    ),
    (
        0.8,
        "they cannot work",
        r"can(?:no|')?t (?:work|log ?in|sign in|access|open|start|use)|blocked"
        r"|cannot (?:work|log ?in|sign in|access|open|start|use)|unusable|locked out|deadline",
    ),
    (0.6, "it crashes", r"crash|freez|frozen|hangs|not respond|blank (?:page|screen)|black screen"),
    (
        0.5,
        "it costs them time",
        r"\bhours\b|every (?:single )?(?:day|time)|reinstall|for (?:days|weeks)",
    ),
)
_COST_PATTERNS: Final = tuple((value, said, re.compile(pattern)) for value, said, pattern in _COSTS)
_DETAIL: Final = re.compile(
    r"\b(?:when|after|since|before|instead|because|tried|expected|every time|then|but|if|only)\b"
)
_SPAM: Final = re.compile(
    r"https?://\S+.{0,200}https?://\S+.{0,200}https?://|\b(?:casino|viagra|crypto giveaway|seo"
    r" services|backlinks|whatsapp me|click here to (?:win|claim)|toll.?free number)\b",
    re.DOTALL,
)
_SEGMENTS: Final = (
    (1.0, word_set("enterprise business premium vip strategic platinum corporate")),
    (0.7, word_set("paid pro plus team teams growth standard gold customer subscriber")),
    (0.2, word_set("free trial freemium anonymous community lite guest")),
)
_UNKNOWN_SEGMENT: Final = 0.4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that may be shown. `text` is redacted; `customer` is a key, or "" if not known.

    `seen_before` counts the tickets of the four weeks before that tell the same.
    """

    id: str
    text: str
    quote: str
    kinds: tuple[Kind, ...]
    customer: str
    segment: str | None
    created_at: datetime
    seen_before: int = 0


@dataclass(frozen=True, slots=True)
class Picked:
    """A ticket that is shown; `similar_ids` are the other candidates that tell the same."""

    candidate: Candidate
    score: float
    parts: tuple[ScorePart, ...]
    why: str
    similar_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a digest shows, best first; `left_out` counts the candidates that it does not."""

    picked: tuple[Picked, ...]
    left_out: int


def notability(candidate: Candidate, customers: int = 1) -> tuple[ScorePart, ...]:
    """The parts of a ticket's score; `customers` wrote the same among the candidates."""
    values = {
        "breadth": min(1.0, (customers - 1) / (_MANY_CUSTOMERS - 1)),
        "severity": max(_cost(candidate.text)[0], _FAILURE * (Kind.BROKEN in candidate.kinds)),
        "clarity": _clarity(candidate),
        "novelty": max(0.0, 1 - candidate.seen_before / _OFTEN_BEFORE),
        "segment": _standing(candidate.segment),
    }
    return tuple(ScorePart(name, weight, values[name]) for name, weight in WEIGHTS.items())


def choose(candidates: Sequence[Candidate], most: int, bar: float = BAR) -> Chosen:
    """At most `most` tickets of different stories, none below `bar`; praise may close the list.

    The order of the candidates changes nothing.
    """
    ordered = sorted(candidates, key=lambda candidate: (candidate.created_at, candidate.id))
    stories = _stories([candidate for candidate in ordered if tells_something(candidate)])
    ranked = sorted((_pick(story) for story in stories), key=_rank)
    passed = [picked for picked in ranked if picked.score >= bar]
    friction = [picked for picked in passed if _is_friction(picked.candidate)]
    praise = [picked for picked in passed if not _is_friction(picked.candidate)][:1]
    room = max(0, most - len(praise)) if len(friction) >= most > 1 else max(0, most)
    shown = [*friction[:room], *praise][: max(0, most)]
    told = sum(1 + len(picked.similar_ids) for picked in shown)
    return Chosen(tuple(shown), len(candidates) - told)


def tells_something(candidate: Candidate) -> bool:
    """Whether a ticket can be shown at all: no spam, no chatter, no single word."""
    if not candidate.kinds or len(words(candidate.text[:2_000])) < _FEWEST_WORDS:
        return False
    return not _SPAM.search(candidate.text[:5_000].lower())


def _stories(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates by story: each joins the one whose first teller it repeats most."""
    stories: list[list[Candidate]] = []
    tellers = {True: Told(), False: Told()}
    begun: dict[bool, list[int]] = {True: [], False: []}
    for candidate in candidates:
        mood = _is_friction(candidate)
        said = terms(candidate.quote or candidate.text)
        known = tellers[mood].alike(said, _SAME_STORY)
        if known:
            stories[begun[mood][known[0]]].append(candidate)
            continue
        tellers[mood].add(said)
        begun[mood].append(len(stories))
        stories.append([candidate])
    return stories


def _pick(story: Sequence[Candidate]) -> Picked:
    """The member of a story that tells it best, with the story's breadth."""
    customers = len({candidate.customer or candidate.id for candidate in story})
    who = "customers" if any(candidate.customer for candidate in story) else "tickets"
    scored = [(notability(candidate, customers), candidate) for candidate in story]
    parts, teller = min(scored, key=lambda item: (-_score(item[0]), item[1].id))
    others = tuple(candidate.id for candidate in story if candidate is not teller)
    return Picked(
        teller,
        _score(parts),
        parts,
        _why(teller, f"{customers} {who} say this" if customers > 1 else ""),
        others,
    )


def _rank(picked: Picked) -> tuple[float, datetime, str]:
    return -picked.score, picked.candidate.created_at, picked.candidate.id


def _score(parts: Sequence[ScorePart]) -> float:
    return round(sum(part.points for part in parts), 4)


def _is_friction(candidate: Candidate) -> bool:
    return any(kind in FRICTION_KINDS for kind in candidate.kinds)


def _cost(text: str) -> tuple[float, str]:
    """What a ticket says that it cost the customer: 0 to 1, and in words."""
    folded = fold(text[:5_000])
    found = ((value, said) for value, said, cost in _COST_PATTERNS if cost.search(folded))
    return next(found, (0.0, ""))


def _clarity(candidate: Candidate) -> float:
    """Whether one reading is enough to picture what happened.

    Length counts most: on labelled texts it goes further than any word list (r = 0.56 with what
    readers found worth their time). Logs and sagas lose again.
    """
    text = candidate.text[:5_000]
    count = len(words(text))
    length = min(1.0, count / _TELLING_WORDS, _SAGA_WORDS / max(1, count))
    details = min(1.0, len(set(_DETAIL.findall(fold(text)))) / _MANY_DETAILS)
    letters = sum(char.isalpha() or char.isspace() for char in text)
    prose = 1.0 if letters >= 0.8 * len(text) else 0.4
    return prose * (0.75 * length + 0.1 * details + 0.15 * bool(candidate.quote))


def _standing(segment: str | None) -> float:
    named = set(words(segment or ""))
    return next((value for value, names in _SEGMENTS if named & names), _UNKNOWN_SEGMENT)


def _why(candidate: Candidate, breadth: str) -> str:
    """One clause that says why a ticket is shown, made of what was counted."""
    reasons = [breadth] if breadth else []
    cost = _cost(candidate.text)[1] if _is_friction(candidate) else ""
    reasons += [cost] if cost else []
    if not _is_friction(candidate):
        reasons.append("what a customer likes")
    elif candidate.seen_before == 0:
        reasons.append("new: nobody said this in the 4 weeks before")
    else:
        times = "once" if candidate.seen_before == 1 else f"{candidate.seen_before} times"
        reasons.append(f"said {times} in the 4 weeks before")
    return ", ".join(reasons[:2])
