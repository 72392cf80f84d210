"""Labelled texts as sparse rows of the features that `bot/voice/kind_features.py` sees.

Used by `train_kinds.py` only. Needs numpy and scipy, which the product does not.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.reports import FRICTION_KINDS, Kind
from bot.voice.kind_features import (
    Sentence,
    pairs,
    pieces_of,
    read_sentences,
    steps_up_to,
    text_shapes,
)
from bot.voice.kind_model import QUOTE, WHOLE
from bot.voice.text import words

DRAWN_WITHOUT_REGARD: Final = 2_000
"""The items up to this number were drawn without regard to their kinds."""

SORTS: Final = ("word", "pair", "piece", "line", "shape")
LEAST_TEXTS: Final = {"word": 5, "pair": 5, "piece": 8, "line": 1, "shape": 1}
WEIGHT_OF_SORT: Final = {"word": 1.0, "pair": 1.0, "piece": 0.35, "line": 1.0, "shape": 0.25}
LEAST_WORDS_OF_SPAN: Final = 3
OF_THE_TEXT: Final = ("place", "from end", "said again")
"""Shapes that a sentence has within its text only, so that a span alone has none."""

WORDS_ONLY: Final = frozenset({"word", "pair", "piece"})
PATTERNS_ONLY: Final = frozenset({"line"})

Feature = tuple[str, str]
Item = dict[str, Any]
Rows = Any
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Corpus:
    """Texts as features: `owner[i]` is the text of sentence `i`; labels are 1, 0, -1 unknown."""

    items: list[Item]
    owner: NDArray[np.intp]
    sentences: list[Sentence]
    by_sentence: Rows
    by_text: Rows
    labels: NDArray[np.int64]
    kinds: NDArray[np.bool_]
    spans: Rows
    span_owner: NDArray[np.intp]
    span_labels: NDArray[np.int64]

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Which labels readers do not dispute."""
        rows = [[kind not in item.get("disputed", ()) for kind in Kind] for item in self.items]
        return np.array(rows)

    @property
    def first(self) -> NDArray[np.bool_]:
        """Which texts were drawn without regard to their kinds."""
        numbers = [int(item["id"].partition("-")[2]) for item in self.items]
        return np.array(numbers) <= DRAWN_WITHOUT_REGARD

    def sentences_of(self) -> list[NDArray[np.intp]]:
        """For each text the places of its sentences."""
        ends = np.flatnonzero(np.diff(self.owner)) + 1
        return np.split(np.arange(len(self.owner)), ends)


def load(path: Path, *, only_open: bool = False) -> list[Item]:
    """The labelled items of a file; those whose licence is not open may be left out."""
    with path.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines if line.strip()]
    return [i for i in items if not (only_open and i["licence"].startswith("not open"))]


def lexical(sentence: Sentence) -> Iterator[Feature]:
    """The features whose weights are shared among a sentence's words."""
    for word in sentence.said:
        yield "word", word
        for piece in pieces_of(word):
            yield "piece", piece
    for one, two in pairs(sentence.said):
        yield "pair", f"{one} {two}"
    for hit in sentence.hits:
        yield "line", hit.line.name


def shapes(found: Sequence[str]) -> Iterator[Feature]:
    """Shapes with the lower steps of their scales."""
    for shape in found:
        for step in steps_up_to(shape):
            yield "shape", step


def is_of_patterns(shape: str) -> bool:
    """Whether a shape tells of the hand-written phrases."""
    return any(f"{kind} ~" in shape for kind in Kind)


def shares(one: str, other: str) -> tuple[float, float]:
    """The shares of words that two texts have in common."""
    left, right = set(words(one)), set(words(other))
    common = len(left & right)
    return common / max(len(left), 1), common / max(len(right), 1)


def sentence_labels(item: Item, own: Sequence[Sentence]) -> list[list[int]]:
    """A row of six for each sentence: 1, 0 or -1 (unknown) a kind, and for being quotable."""
    rows = [[0] * WHOLE for _ in own]
    friction = [item["spans"][kind] for kind in FRICTION_KINDS if item["spans"].get(kind)]
    for row, sentence in zip(rows, own, strict=True):
        quotable = any(shares(sentence.text, span)[0] >= 0.5 for span in friction)
        row[QUOTE] = int(quotable) if friction else -1
    for place, kind in enumerate(Kind):
        if kind not in item["kinds"]:
            continue
        common = [shares(sentence.text, item["spans"].get(kind, "")) for sentence in own]
        carries = [max(pair) >= 0.5 and min(pair) > 0.15 for pair in common]
        if not any(carries):
            best = max(range(len(own)), key=lambda index: sum(common[index]))
            carries[best] = True
        for row, is_carried in zip(rows, carries, strict=True):
            row[place] = 1 if is_carried else -1
    return rows


class Vocabulary:
    """The features that enough texts have, each with its column; `sorts` leaves some out."""

    def __init__(self, items: Sequence[Item], sorts: Collection[str] = SORTS) -> None:
        texts: Counter[Feature] = Counter()
        for item in items:
            read = read_sentences(item["text"])
            own = {feature for sentence in read for feature in lexical(sentence)}
            for sentence in read:
                own.update(shapes(sentence.shapes))
            own.update(shapes(text_shapes(read)))
            texts.update(feature for feature in own if self._is_wanted(feature, sorts))
        kept = sorted(name for name, count in texts.items() if count >= LEAST_TEXTS[name[0]])
        self.column = {feature: index for index, feature in enumerate(kept)}
        self.weight = [WEIGHT_OF_SORT[sort] for sort, _ in kept]

    @staticmethod
    def _is_wanted(feature: Feature, sorts: Collection[str]) -> bool:
        sort, name = feature
        if sort == "shape" and "shape" not in sorts:
            return not is_of_patterns(name) or "line" in sorts
        return sort in sorts

    def row(self, features: Iterator[Feature], share: float = 1.0) -> dict[int, float]:
        """Scaled counts by column."""
        found: dict[int, float] = defaultdict(float)
        for feature in features:
            column = self.column.get(feature)
            if column is not None:
                found[column] += share * self.weight[column]
        return found

    def matrix(self, rows: Sequence[dict[int, float]]) -> Rows:
        """A sparse matrix of the rows."""
        starts = [0]
        for row in rows:
            starts.append(starts[-1] + len(row))
        columns = [column for row in rows for column in row]
        values = [value for row in rows for value in row.values()]
        return sparse.csr_matrix((values, columns, starts), (len(rows), len(self.column)))

    def corpus(self, items: Sequence[Item]) -> Corpus:
        """Read the items; those without a sentence are left out."""
        kept: list[Item] = []
        owner: list[int] = []
        found: list[Sentence] = []
        labels: list[list[int]] = []
        sentence_rows, text_rows = [], []
        for item in items:
            read = read_sentences(item["text"])
            if not read:
                continue
            length = sum(len(sentence.said) for sentence in read)
            whole: dict[int, float] = self.row(shapes(text_shapes(read)))
            for sentence in read:
                row = self.row(lexical(sentence))
                for column, value in row.items():
                    whole[column] += value / length**0.5
                    row[column] = value / len(sentence.said) ** 0.5
                row.update(self.row(shapes(sentence.shapes)))
                sentence_rows.append(row)
                owner.append(len(kept))
            text_rows.append(whole)
            found += read
            labels += sentence_labels(item, read) if "spans" in item else []
            kept.append(item)
        kinds = np.array([[kind in item["kinds"] for kind in Kind] for item in kept])
        matrices = self.matrix(sentence_rows), self.matrix(text_rows)
        return Corpus(
            kept, np.array(owner), found, *matrices, np.array(labels), kinds, *self._spans(kept)
        )

    def _spans(self, items: Sequence[Item]) -> tuple[Rows, NDArray[np.intp], NDArray[np.int64]]:
        """The labelled spans as sentences of their own: rows, owners and labels."""
        rows, owner, labels = [], [], []
        for index, item in enumerate(items):
            for kind, span in item.get("spans", {}).items():
                for sentence in read_sentences(span or ""):
                    if len(sentence.said) < LEAST_WORDS_OF_SPAN + 2:
                        continue
                    share = len(sentence.said) ** -0.5
                    row = self.row(lexical(sentence), share)
                    inside = [name for name in sentence.shapes if not name.startswith(OF_THE_TEXT)]
                    row.update(self.row(shapes(inside)))
                    rows.append(row)
                    owner.append(index)
                    labels.append(
                        [1 if own == kind else -int(own in item["kinds"]) for own in Kind]
                    )
        return self.matrix(rows), np.array(owner, dtype=np.intp), np.array(labels)
