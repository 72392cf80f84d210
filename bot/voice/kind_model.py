"""Linear models of the five kinds, as one table of weights that is looked up and added.

Twelve models share each row of the table: five tell how well a sentence carries a kind, one
whether customers' words would be quoted by it, five read the text as a whole, and the last how
much a reader gains from it (see `clarity`). A row is packed into one integer, thirty-two bits a
model, so that one addition serves them all; this is what makes reading fast without a numeric
library. `bench/train_kinds.py` writes the table.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Final

from bot.reports import FRICTION_KINDS, Kind
from bot.voice.kind_features import Sentence, pairs, pieces_of, text_shapes

WEIGHTS: Final = "kind_weights.txt"
SCALE: Final = 256
"""Weights are stored as whole numbers of 1/256."""

KINDS: Final = tuple(Kind)
QUOTE: Final = len(KINDS)
WHOLE: Final = QUOTE + 1
GAIN: Final = WHOLE + len(KINDS)
LANES: Final = GAIN + 1
"""Lanes of a row: a sentence's kinds, its worth as a quote, the whole text's kinds, its gain."""

FRICTION: Final = tuple(place for place, kind in enumerate(KINDS) if kind in FRICTION_KINDS)

_LAYOUT: Final = struct.Struct(f"<{LANES}I")
_ZERO: Final = 1 << 31
_ALL_ZERO: Final = int.from_bytes(_LAYOUT.pack(*[_ZERO] * LANES), "little")
_MANY_WORDS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Decision:
    """A text has a kind where `text * whole + best * sentence + bias` is above zero.

    With a vector of the text's meaning, `meaning` times its log-odds are added. `odds` are the
    log-odds that a text at the threshold has the kind.
    """

    text: float
    best: float
    meaning: float
    bias: float
    odds: float


@dataclass(slots=True)
class Model:
    """The table by sort of feature; see `kind_features` for what the sorts are."""

    word: dict[str, int] = field(default_factory=dict)
    pair: dict[tuple[str, str], int] = field(default_factory=dict)
    piece: dict[str, int] = field(default_factory=dict)
    line: dict[str, int] = field(default_factory=dict)
    shape: dict[str, int] = field(default_factory=dict)
    quote: dict[str, float] = field(default_factory=dict)
    clarity: dict[str, float] = field(default_factory=dict)
    decisions: dict[Kind, Decision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scores:
    """Log-odds: for each sentence one a kind and its worth as a quote; for the text one a kind.

    `meaning` is what the text's vector says, one a kind, or empty where there is none. `gain` is
    what its words say of how much a reader gains from it, `meant_gain` what its vector says.
    """

    sentences: list[list[float]]
    text: list[float]
    meaning: Sequence[float] = ()
    gain: float = 0.0
    meant_gain: float = 0.0

    def decide(self, place: int, decision: Decision) -> float:
        """How far above the threshold the text is for the kind at `place`."""
        best = max(sentence[place] for sentence in self.sentences)
        above = decision.text * self.text[place] + decision.best * best + decision.bias
        return above + decision.meaning * self.meaning[place] if self.meaning else above


@lru_cache(maxsize=1)
def model() -> Model:
    """The table in the package, read when the first text is."""
    return parse((files("bot.voice") / WEIGHTS).read_text(encoding="utf-8"))


def parse(table: str) -> Model:
    """A table in the form that `bench/train_kinds.py` writes."""
    found = Model()
    sort = ""
    for row in table.split("\n"):
        if not row or row[0] == "#":
            continue
        name, _, numbers = row.partition("\t")
        if not numbers:
            sort = name
        elif sort == "decision":
            text, best, bias, odds = map(float, numbers.split())
            found.decisions[Kind(name)] = Decision(text, best, 0.0, bias, odds)
        elif sort in ("quote", "clarity"):
            getattr(found, sort)[name] = float(numbers)
        elif sort == "pair":
            one, _, two = name.partition(" ")
            found.pair[one, two] = pack(list(map(int, numbers.split())))
        else:
            getattr(found, sort)[name] = pack(list(map(int, numbers.split())))
    return found


def pack(row: Sequence[int]) -> int:
    """One integer whose sums are the sums of every lane."""
    return int.from_bytes(_LAYOUT.pack(*[_ZERO + value for value in row]), "little") - _ALL_ZERO


def unpack(total: int) -> list[float]:
    """The lanes of a sum of packed rows."""
    lanes = _LAYOUT.unpack((total + _ALL_ZERO).to_bytes(_LAYOUT.size, "little"))
    return [(lane - _ZERO) / SCALE for lane in lanes]


@lru_cache(maxsize=_MANY_WORDS)
def word_row(word: str) -> int:
    """What a word says, by itself and by the pieces it is made of."""
    table = model()
    return table.word.get(word, 0) + sum(table.piece.get(piece, 0) for piece in pieces_of(word))


def lexical_row(sentence: Sentence) -> int:
    """The sum over words, neighbouring words and phrases of the hand-written tables."""
    table = model()
    total = sum(map(word_row, sentence.said))
    pair_row = table.pair.get
    total += sum([pair_row(pair, 0) for pair in pairs(sentence.said)])
    return total + sum(table.line.get(hit.line.name, 0) for hit in sentence.hits)


def shape_row(shapes: Sequence[str]) -> int:
    """The sum over shapes of a sentence or a text."""
    table = model().shape
    return sum(table.get(shape, 0) for shape in shapes)


def score(read: Sequence[Sentence]) -> Scores:
    """Read the sentences of one text; what is learned of words is shared among all its words."""
    bias = unpack(model().shape.get("bias", 0))
    whole = 0
    length = 0
    found: list[list[float]] = []
    for sentence in read:
        row = lexical_row(sentence)
        whole += row
        length += len(sentence.said)
        shapes = unpack(shape_row(sentence.shapes))[:WHOLE]
        share = 1 / len(sentence.said) ** 0.5
        lexical = unpack(row)
        found.append([share * lexical[lane] + shapes[lane] + bias[lane] for lane in range(WHOLE)])
    share = 1 / max(length, 1) ** 0.5
    shapes = unpack(shape_row(text_shapes(read)))
    lexical = unpack(whole)
    text = [share * lexical[lane] + shapes[lane] + bias[lane] for lane in range(WHOLE, LANES)]
    return Scores(found, text[: len(KINDS)], gain=text[-1])
