"""What a ticket reports, sentence by sentence: broken, confusing, unexpected, a wish, praise.

Phrases with weights are looked up in a tree of words, so that a text costs the same for a
hundred rules as for a thousand. A sentence is judged by its own words and, for two things only,
by the rest of its own text; a ticket never changes how another is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Final

from bot.reports import FRICTION_KINDS, Kind, Passage
from bot.voice.kind_rules import ENGLISH
from bot.voice.kind_rules_more import DENIALS, GERMAN_FRENCH_SPANISH, LIGHT, SPELT_OUT, WISHES
from bot.voice.text import sentences, words

_NOT_ENGLISH: Final = frozenset({"de", "fr", "es"})
_MOST_SENTENCES: Final = 120
_MOST_WORDS: Final = 300
_ENOUGH: Final = 1.0
_QUESTION: Final = 0.3
_REACH_OF_DENIAL: Final = 4

_ALTERNATIVES: Final = re.compile(r"\(([^()]+)\)")
_NO_PROSE: Final = re.compile(
    r"\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:|\[?\d\d:\d\d:\d\d|at \S{1,200}[(:]|File \"|Traceback \("
    r"|Caused by:|[\w.]{1,80}(?:Error|Exception)\b|[{}<$>#|]|https?://\S{1,500}\s*\Z)"
)
_FRAME: Final = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|day|evening|afternoon)|thanks|thank you|regards|cheers"
    r"|best regards|kind regards|sincerely|sent from my|hallo|bonjour|hola|danke|merci|gracias)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Node:
    """A place in the tree of phrases: the words that may follow, and what ends here."""

    following: dict[str, _Node] = field(default_factory=dict)
    ends: list[tuple[Kind, float, bool]] = field(default_factory=list)


def _tree(*tables: Mapping[Kind, str]) -> _Node:
    root = _Node()
    for kind, table in chain.from_iterable(table.items() for table in tables):
        for line in table.strip().splitlines():
            weight, _, phrases = line.partition("|")
            is_deniable = weight.strip().endswith("?")
            entry = (kind, float(weight.strip().rstrip("?")), is_deniable)
            for phrase in re.split(r",(?![^()]*\))", phrases):
                for spelt in _spelt(phrase.strip()):
                    _plant(root, spelt, entry)
    return root


def _spelt(phrase: str) -> Iterator[list[str]]:
    """Every word sequence that a phrase with alternatives stands for."""
    parts = _ALTERNATIVES.split(phrase)
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    for choice in product(*choices):
        yield "".join(choice).split()


def _plant(root: _Node, phrase: list[str], entry: tuple[Kind, float, bool]) -> None:
    node = root
    for word in phrase:
        node = node.following.setdefault(word, _Node())
    if phrase and all(kind is not entry[0] for kind, _, _ in node.ends):
        node.ends.append(entry)


_ENGLISH: Final = _tree(ENGLISH)
# Customers mix English words into their language, but "toll" praises in German only.
_ALL: Final = _tree(ENGLISH, GERMAN_FRENCH_SPANISH)


def passages(text: str, language: str | None = "en") -> tuple[Passage, ...]:
    """At most one passage a kind, in the order of kinds: the sentence that carries it best.

    A passage is a verbatim piece of `text`; its score, 0 to 1, is `w / (1 + w)` for the sum `w`
    of the weights of the phrases in it.
    """
    tree = _ALL if language in _NOT_ENGLISH else _ENGLISH
    best: dict[Kind, tuple[float, Passage]] = {}
    for sentence in sentences(text)[:_MOST_SENTENCES]:
        if _NO_PROSE.match(sentence):
            continue
        spoken = _spoken(sentence)
        fitness = _fitness(sentence, len(spoken))
        for kind, weight in _weigh(tree, sentence, spoken).items():
            rank = min(weight, 2.5) + fitness
            if weight >= _ENOUGH and (kind not in best or rank > best[kind][0]):
                best[kind] = rank, Passage(kind, sentence, round(weight / (1 + weight), 3))
    return tuple(best[kind][1] for kind in Kind if kind in best)


def best_quote(found: Sequence[Passage]) -> str:
    """The friction sentence that says most, or ""."""
    friction = [passage for passage in found if passage.kind in FRICTION_KINDS]
    return max(friction, key=lambda passage: passage.score).text if friction else ""


def _spoken(sentence: str) -> list[str]:
    """The words of a sentence with contractions spelt out."""
    spoken: list[str] = []
    for word in words(sentence)[:_MOST_WORDS]:
        spelt = SPELT_OUT.get(word)
        if spelt:
            spoken += spelt
        else:
            spoken.append(word)
    return spoken


def _weigh(tree: _Node, sentence: str, spoken: list[str]) -> dict[Kind, float]:
    """The sum of weights for each kind that a sentence has phrases of; each phrase counts once."""
    sums: dict[Kind, float] = {}
    seen: set[tuple[Kind, tuple[str, ...]]] = set()
    covered: dict[Kind, int] = {}
    for place, word in enumerate(spoken):
        if word not in tree.following:
            continue
        for kind, (end, weight, is_deniable) in _longest(tree, spoken, place).items():
            phrase = (kind, tuple(spoken[place:end]))
            if end <= covered.get(kind, 0) or phrase in seen:
                continue
            covered[kind] = end
            seen.add(phrase)
            if not (is_deniable and _is_denied(spoken, place, kind)):
                sums[kind] = sums.get(kind, 0.0) + weight
    if Kind.CONFUSING in sums and sentence.rstrip("\"' )").endswith("?"):
        sums[Kind.CONFUSING] += _QUESTION
    return sums


def _longest(tree: _Node, spoken: list[str], place: int) -> dict[Kind, tuple[int, float, bool]]:
    """For each kind the longest phrase that begins at `place`."""
    found: dict[Kind, tuple[int, float, bool]] = {}
    nodes = [tree]
    for end in range(place, len(spoken)):
        word = spoken[end]
        nodes = [
            node.following[step] for node in nodes for step in (word, "_") if step in node.following
        ]
        if not nodes:
            break
        for node in nodes:
            for kind, weight, is_deniable in node.ends:
                found[kind] = end + 1, weight, is_deniable
    return found


def _is_denied(spoken: list[str], place: int, kind: Kind) -> bool:
    """Whether "no", "never", or for praise "would be" stands before, over light words only."""
    for word in reversed(spoken[max(0, place - _REACH_OF_DENIAL) : place]):
        if word in DENIALS or (kind is Kind.PRAISE and word in WISHES):
            return True
        if word not in LIGHT:
            return False
    return False


def _fitness(sentence: str, length: int) -> float:
    """How well a sentence of `length` words reads on its own: neither a shout nor a saga."""
    fitness = 0.5 if 8 <= length <= 40 else 0.2 if 5 <= length <= 60 else -0.3
    return fitness - 0.5 if _FRAME.match(sentence) and length < 12 else fitness
