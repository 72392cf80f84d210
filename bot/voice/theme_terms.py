"""Texts as rows of weighed terms, for comparing many of them at once.

A term is a stem, a pair of neighbouring stems, or, in short texts, a piece of a stem: "refund"
and "refunding" share pieces whatever the language. All texts are weighed together with numpy,
since ten thousand dictionaries would cost more than the grouping itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_PAIR: Final = 0.6
_PIECE: Final = 0.3
_PIECE_LENGTH: Final = 4
_SHORT: Final = 25
_BESIDE_QUOTE: Final = 0.4
_BLOCK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Stems:
    """The stems of a text and those of its quote, a passage of it, in order."""

    text: Sequence[str]
    quote: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A sparse matrix, row by row: the terms of row r are `terms[starts[r]:starts[r + 1]]`."""

    starts: Ints
    terms: Ints
    weights: Floats
    columns: int

    @property
    def rows(self) -> int:
        return len(self.starts) - 1

    def row_numbers(self) -> Ints:
        return np.repeat(np.arange(self.rows), np.diff(self.starts))

    def dense(self) -> Floats:
        found = np.zeros((self.rows, self.columns), np.float32)
        found[self.row_numbers(), self.terms] = self.weights
        return found

    def turned(self) -> Table:
        """The transposed matrix."""
        order = np.argsort(self.terms, kind="stable")
        starts = _starts(np.bincount(self.terms, minlength=self.columns))
        return Table(starts, self.row_numbers()[order], self.weights[order], self.rows)

    def only(self, rows: Sequence[int]) -> Table:
        """The matrix of these rows, in this order."""
        lengths = np.diff(self.starts)[list(rows)]
        starts = _starts(lengths)
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
        places = np.repeat(self.starts[list(rows)], lengths) + within
        return Table(starts, self.terms[places], self.weights[places], self.columns)

    def times(self, other: Floats) -> Floats:
        """The product with a dense matrix, in blocks of bounded size."""
        found = np.zeros((self.rows, other.shape[1]), np.float32)
        for begin in range(0, self.rows, _BLOCK):
            starts = self.starts[begin : begin + _BLOCK + 1]
            filled = np.flatnonzero(np.diff(starts))
            if len(filled):
                part = slice(starts[0], starts[-1])
                scaled = other[self.terms[part]] * self.weights[part, None]
                found[begin + filled] = np.add.reduceat(scaled, starts[filled] - starts[0], axis=0)
        return found


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The stems of all texts, one after the other: where each stands, which, how much it counts.

    Text r is passage 2r, its quote passage 2r + 1.
    """

    passages: Ints
    numbers: Ints
    weights: Floats

    @property
    def rows(self) -> Ints:
        return self.passages // 2


def _starts(counts: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def table(texts: Sequence[Stems]) -> Table:
    """Rows of tf-idf weights, without the terms that one text has alone.

    Those still count towards a row's length, which is 1 or below: a text full of words of its
    own is like no other. Where there is a quote, its terms count most.
    Rarity is `log(1 + n / df)`, after Spärck Jones (1972), Journal of Documentation 28(1).
    """
    vocabulary: dict[str, int] = {}
    tokens = _tokens(texts, vocabulary)
    size = max(len(vocabulary), 1)
    pairs, pair_numbers = _pairs(tokens, size)
    pieces, piece_count = _pieces(tokens, list(vocabulary), len(texts))
    first_piece = size + pair_numbers
    rows = np.concatenate([tokens.rows, pairs.rows, pieces.rows])
    terms = np.concatenate([tokens.numbers, pairs.numbers + size, pieces.numbers + first_piece])
    weights = np.concatenate([tokens.weights, pairs.weights, pieces.weights])
    return _weighed(rows, terms, weights, len(texts), (size, first_piece + piece_count))


def _tokens(texts: Sequence[Stems], vocabulary: dict[str, int]) -> _Tokens:
    numbers: list[int] = []
    lengths: list[int] = []
    weights: list[float] = []
    for one in texts:
        for found in (one.text, one.quote):
            numbers += [vocabulary.setdefault(stem, len(vocabulary)) for stem in found]
            lengths.append(len(found))
        weights += [_BESIDE_QUOTE if one.quote else 1.0, 1.0]
    counts = np.array(lengths, np.int64)
    return _Tokens(
        np.repeat(np.arange(2 * len(texts)), counts),
        np.array(numbers, np.int64),
        np.repeat(np.array(weights, np.float32), counts),
    )


def _pairs(tokens: _Tokens, size: int) -> tuple[_Tokens, int]:
    """Stems that stand side by side."""
    keys = tokens.numbers[:-1] * size + tokens.numbers[1:]
    beside = tokens.passages[:-1] == tokens.passages[1:]
    known, numbers = np.unique(keys[beside], return_inverse=True)
    weights = tokens.weights[:-1][beside] * np.float32(_PAIR)
    return _Tokens(tokens.passages[:-1][beside], numbers.astype(np.int64), weights), len(known)


def _pieces(tokens: _Tokens, vocabulary: Sequence[str], texts: int) -> tuple[_Tokens, int]:
    """Runs of letters within the stems of short texts."""
    short = (np.bincount(tokens.rows, minlength=texts) <= _SHORT)[tokens.rows]
    numbers: dict[str, int] = {}
    found: list[int] = []
    counts = np.zeros(len(vocabulary), np.int64)
    needed = set(tokens.numbers[short].tolist())
    for number, stem in enumerate(vocabulary):
        if number not in needed:
            continue
        framed = f"<{stem}>"[:40]
        pieces = {framed[i : i + _PIECE_LENGTH] for i in range(len(framed) - _PIECE_LENGTH + 1)}
        found += [numbers.setdefault(piece, len(numbers)) for piece in sorted(pieces)]
        counts[number] = len(pieces)
    repeats = counts[tokens.numbers[short]]
    within = np.arange(repeats.sum()) - np.repeat(_starts(repeats)[:-1], repeats)
    places = np.repeat(_starts(counts)[tokens.numbers[short]], repeats) + within
    weights = np.repeat(tokens.weights[short], repeats) * np.float32(_PIECE)
    passages = np.repeat(tokens.passages[short], repeats)
    return _Tokens(passages, np.array(found, np.int64)[places], weights), len(numbers)


def _weighed(
    rows: Ints, terms: Ints, weights: Floats, texts: int, bounds: tuple[int, int]
) -> Table:
    """Each term once a row, at its largest weight, weighed by rarity; rows of length 1 at most."""
    words, columns = bounds
    order = np.lexsort((terms, rows))
    rows, terms, weights = rows[order], terms[order], weights[order]
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]) | (terms[1:] != terms[:-1])
    firsts = np.flatnonzero(new)
    if len(firsts):
        weights = np.maximum.reduceat(weights, firsts)
    rows, terms = rows[firsts], terms[firsts]
    count = np.bincount(terms, minlength=columns)
    values = weights * np.log1p(texts / np.maximum(count, 1))[terms].astype(np.float32)
    shared = count[terms] > 1
    telling = shared | (terms < words)
    squares = np.bincount(rows[telling], values[telling] ** 2, minlength=texts)
    values /= np.sqrt(np.maximum(squares, 1e-12))[rows].astype(np.float32)
    kept, numbers = np.unique(terms[shared], return_inverse=True)
    starts = _starts(np.bincount(rows[shared], minlength=texts))
    return Table(starts, numbers.astype(np.int64), values[shared].astype(np.float32), len(kept))
