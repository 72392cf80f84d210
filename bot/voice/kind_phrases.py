"""Find the phrases of the hand-written tables in a sentence, in time that grows with its words.

The phrases of `kind_rules` and `kind_cues` stand in one tree of words, so that a sentence costs
the same for a hundred lines as for a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from bot.reports import Kind
from bot.voice.kind_cues import CUES
from bot.voice.kind_rules import ENGLISH
from bot.voice.kind_rules_more import DENIALS, LIGHT, SPELT_OUT, WISHES
from bot.voice.text import words

Table = Mapping[Kind, str]

START: Final = "^"
"""The word that stands for the beginning of a sentence."""
_ANY: Final = "_"
_MOST_WORDS: Final = 300
_CONTRACTIONS: Final = frozenset(SPELT_OUT)
_REACH_OF_DENIAL: Final = 4
_ALTERNATIVES: Final = re.compile(r"\(([^()]+)\)")
_BETWEEN_PHRASES: Final = re.compile(r",(?![^()]*\))")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: ways to say the same, and by hand how much they say of a kind.

    A longer phrase hides the shorter ones of its `group` within it; `name` is the line's first
    phrase with its group, by which `kind_weights` knows the line.
    """

    kind: Kind
    group: str
    name: str
    weight: float
    is_deniable: bool


class Hit(NamedTuple):
    """A phrase of `line` at `words[start:end]`; "no error" is a denied one."""

    line: Line
    start: int
    end: int
    is_denied: bool


@dataclass(slots=True)
class Node:
    """A place in the tree of phrases: the words that may follow, and the lines that end here."""

    following: dict[str, Node] = field(default_factory=dict)
    ends: list[Line] = field(default_factory=list)


def spoken(sentence: str) -> list[str]:
    """The words of a sentence with contractions spelt out."""
    said = words(sentence)[:_MOST_WORDS]
    if _CONTRACTIONS.isdisjoint(said):
        return said
    found: list[str] = []
    for word in said:
        spelt = SPELT_OUT.get(word)
        if spelt:
            found += spelt
        else:
            found.append(word)
    return found


def lines_of(table: Table, prefix: str = "") -> Iterator[tuple[Line, list[str]]]:
    """Every line of a table with its phrases, alternatives not yet spelt."""
    for kind, rows in table.items():
        for row in rows.strip().splitlines():
            weight, _, rest = (part.strip() for part in row.partition("|"))
            phrases = [phrase.strip() for phrase in _BETWEEN_PHRASES.split(rest) if phrase.strip()]
            group = prefix + kind
            line = Line(
                kind, group, f"{group}: {phrases[0]}", float(weight.rstrip("?")), weight[-1] == "?"
            )
            yield line, phrases


def tree_of(table: Table) -> Node:
    """The phrases of one table."""
    root = Node()
    _grow(root, table)
    return root


@lru_cache(maxsize=1)
def english() -> Node:
    """The rules of all kinds and the cues of four."""
    root = tree_of(ENGLISH)
    _grow(root, CUES, "cue of ")
    return root


def _grow(root: Node, table: Table, prefix: str = "") -> None:
    for line, phrases in lines_of(table, prefix):
        for phrase in phrases:
            for way in _spelt(phrase):
                node = root
                for word in way:
                    node = node.following.setdefault(word, Node())
                if way and all(end.group != line.group for end in node.ends):
                    node.ends.append(line)


def _spelt(phrase: str) -> Iterator[list[str]]:
    """Every word sequence that a phrase with alternatives stands for."""
    parts = _ALTERNATIVES.split(phrase)
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    for choice in product(*choices):
        yield "".join(choice).split()


def find(tree: Node, said: list[str]) -> list[Hit]:
    """The phrases in a sentence; of each group the longest, each once."""
    hits: list[Hit] = []
    covered: dict[str, int] = {}
    seen: set[tuple[str, ...]] = set()
    first_words = tree.following
    for start, word in enumerate(said):
        node = first_words.get(word)
        if node is None or not (node.ends or _goes_on(node, said, start + 1)):
            continue
        for group, (end, line) in _longest(node, said, start + 1).items():
            if end <= covered.get(group, 0):
                continue
            phrase = (group, *said[start:end])
            if phrase in seen:
                continue
            covered[group] = end
            seen.add(phrase)
            is_denied = line.is_deniable and _is_denied(said, start, line.kind)
            hits.append(Hit(line, start, end, is_denied))
    return hits


def _goes_on(node: Node, said: list[str], place: int) -> bool:
    """Whether a phrase that begins with the word of `node` has the next word, too."""
    following = node.following
    return _ANY in following or (place < len(said) and said[place] in following)


def _longest(node: Node, said: list[str], end: int) -> dict[str, tuple[int, Line]]:
    """For each group the longest phrase that begins with the word of `node`."""
    found = {line.group: (end, line) for line in node.ends}
    if not _goes_on(node, said, end):
        return found
    nodes = [node]
    length = len(said)
    while nodes and end < length:
        word = said[end]
        end += 1
        reached: list[Node] = []
        for before in nodes:
            following = before.following
            if word in following:
                reached.append(following[word])
            if _ANY in following:
                reached.append(following[_ANY])
        for after in reached:
            for line in after.ends:
                found[line.group] = end, line
        nodes = reached
    return found


def _is_denied(said: list[str], start: int, kind: Kind) -> bool:
    """Whether "no", "never", or for praise "would be" stands before, over light words only."""
    for word in reversed(said[max(0, start - _REACH_OF_DENIAL) : start]):
        if word in DENIALS or (kind is Kind.PRAISE and word in WISHES):
            return True
        if word not in LIGHT:
            return False
    return False
