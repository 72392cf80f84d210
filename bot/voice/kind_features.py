"""What the model of kinds sees of a sentence and of a text.

Everything is discrete: words, neighbouring words, pieces of words, lines of the hand-written
tables, and shapes ("the request phrases weigh 1.5", "9 words long"). So the model is one table,
and reading a text is looking its features up and adding. Training and reading share this code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import Final

from bot.voice import kind_phrases
from bot.voice.kind_phrases import START, Hit
from bot.voice.splitting import clauses, each_sentence

_MOST_SIGNS: Final = 21_000
_MOST_SENTENCES: Final = 120
_MOST_LETTERS: Final = 20
DENIED: Final = "_"
"""What stands for the words of a phrase that the sentence denies."""
_LONG: Final = 60
_LEAST_DISTINCT: Final = 0.2
_PIECES: Final = (3, 4, 5)
_CLOSERS: Final = "\"' )"
_LENGTHS: Final = (2, 4, 6, 8, 12, 18, 26, 40, 60)
_TOTALS: Final = (0.1, 0.6, 1.1, 1.6, 2.1, 3.1, 4.1, 6.1, 8.1)
_COUNTS: Final = (2, 3, 4, 6, 9, 14, 22)
_SAID_AGAIN: Final = (1, 2, 3, 4, 6, 8)
_TELLING_LETTERS: Final = 4
_PLACES: Final = (1, 2, 3, 5, 8)

_NO_PROSE: Final = re.compile(
    r"\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:|\[?\d\d:\d\d:\d\d|at \S{1,200}[(:]|File \"|Traceback \("
    r"|Caused by:|[\w.]{1,80}(?:Error|Exception)\b|[{}<$>#|]|https?://\S{1,500}\s*\Z)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A verbatim sentence; `said` has its words between a sign for its beginning and its end.

    `telling` are its longer words, and `again` of those that another sentence of the text has.
    """

    text: str
    said: list[str]
    hits: list[Hit]
    sums: dict[str, float]
    shapes: list[str]
    telling: set[str]
    again: int


def prose(text: str) -> list[str]:
    """The sentences of a text that a person wrote, at most so many as are worth reading.

    Very long ones are cut into clauses.
    """
    found = islice(each_sentence(text[:_MOST_SIGNS]), _MOST_SENTENCES)
    kept = [sentence for sentence in found if not _NO_PROSE.match(sentence)]
    return [clause for sentence in kept for clause in clauses(sentence)][:_MOST_SENTENCES]


def read_sentences(text: str) -> list[Sentence]:
    """The sentences of an English text with their features."""
    tree = kind_phrases.english()
    pieces: list[str] = []
    said: list[list[str]] = []
    told: list[tuple[list[Hit], list[Hit]]] = []
    for piece in prose(text):
        spoken = kind_phrases.spoken(piece)
        if len(spoken) > _LONG and len(set(spoken)) < _LEAST_DISTINCT * len(spoken):
            # A word said a hundred times outweighs all that a person tells.
            continue
        pieces.append(piece)
        own = ["0" if word.isdigit() else word[:_MOST_LETTERS] for word in spoken]
        own = [START, *own, _end_sign(piece)]
        hits, denied = _told(kind_phrases.find(tree, own))
        for hit in denied:
            own[hit.start : hit.end] = [DENIED] * (hit.end - hit.start)
        said.append(own)
        told.append((hits, denied))
    telling = [{word for word in own if len(word) >= _TELLING_LETTERS} for own in said]
    count = Counter(chain.from_iterable(telling))
    recurring = {word for word, times in count.items() if times > 1}
    found: list[Sentence] = []
    for place, (piece, own, (hits, denied)) in enumerate(zip(pieces, said, told, strict=True)):
        sums: dict[str, float] = {}
        for hit in hits:
            sums[hit.line.group] = sums.get(hit.line.group, 0.0) + hit.line.weight
        again = len(telling[place] & recurring)
        shapes = [f"{group} ~{_level(weight, _TOTALS)}" for group, weight in sums.items()]
        shapes += [f"denied {kind} ~0" for kind in {hit.line.kind for hit in denied}]
        shapes += (
            f"length ~{_level(len(own) - 2, _LENGTHS)}",
            f"place ~{_level(place, _PLACES)}",
            f"from end ~{_level(len(pieces) - place - 1, _PLACES)}",
            f"said again ~{_level(again, _SAID_AGAIN)}",
        )
        found.append(Sentence(piece, own, hits, sums, shapes, telling[place], again))
    return found


def _told(hits: list[Hit]) -> tuple[list[Hit], list[Hit]]:
    """The phrases that a sentence affirms, and those that it denies: "no error" tells of none."""
    denied = [hit for hit in hits if hit.is_denied]
    return [hit for hit in hits if not hit.is_denied] if denied else hits, denied


def text_shapes(read: Sequence[Sentence]) -> list[str]:
    """The shapes of a whole text: how strong and how frequent each kind's phrases are in it."""
    total: dict[str, float] = {}
    most: dict[str, float] = {}
    for sentence in read:
        for group, weight in sentence.sums.items():
            total[group] = total.get(group, 0.0) + weight
            most[group] = max(most.get(group, 0.0), weight)
    shapes = [f"all {group} ~{_level(weight, _TOTALS)}" for group, weight in total.items()]
    shapes += [f"most {group} ~{_level(weight, _TOTALS)}" for group, weight in most.items()]
    shapes.append(f"sentences ~{_level(len(read), _COUNTS)}")
    return shapes


def pairs(said: list[str]) -> Iterator[tuple[str, str]]:
    """Neighbouring words, the signs for beginning and end included."""
    return pairwise(said)


def pieces_of(word: str) -> Iterator[str]:
    """Runs of three to five letters of a word, `<` and `>` standing for its ends."""
    marked = f"<{word}>"
    for size in _PIECES:
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


def steps_up_to(shape: str) -> Iterator[str]:
    """A shape and the lower ones of its scale: what is learned of a step holds above it too."""
    name, _, level = shape.rpartition("~")
    for step in range(int(level) + 1):
        yield f"{name}~{step}"


def _level(value: float, scale: Sequence[float]) -> int:
    return bisect_right(scale, value)


def _end_sign(sentence: str) -> str:
    last = sentence.rstrip(_CLOSERS)[-1:]
    return last if last in ("?", "!") else "."
