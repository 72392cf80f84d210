"""Texts to unit vectors, whose dot product tells how alike their meanings are.

A text's vector depends on that text alone: texts run together only where they have the same number
of word pieces, so that nothing is padded and the order in which they come changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

MOST_PIECES: Final = 128
"""Word pieces of a text that are read; the model was trained on texts of this length."""

_LOOK_AT: Final = 4_000
_LARGEST_SHARE_UNKNOWN: Final = 0.15
# More of them at once take memory (340 MB at sixteen, 90 MB at four) and no less time.
_TOGETHER: Final = 4


class Tokenizer(Protocol):
    """What is used of a `tokenizers` tokenizer."""

    def encode_batch(self, texts: list[str]) -> Sequence[Pieces]: ...


class Pieces(Protocol):
    """A text as word pieces, the signs for its beginning and end included."""

    ids: list[int]


class Session(Protocol):
    """What is used of an onnxruntime session."""

    def run(self, outputs: None, inputs: dict[str, NDArray[np.int64]]) -> list[Vector]: ...


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model that is ready; `model` names it, since vectors of different models do not compare.

    `is_own` tells whether it is the model that the weights in this project were learned with.
    """

    model: str
    is_own: bool
    unknown: int | None
    tokenizer: Tokenizer = field(repr=False)
    session: Session = field(repr=False)
    inputs: frozenset[str] = field(repr=False)
    pool: ThreadPoolExecutor = field(repr=False)

    def encode(self, texts: Sequence[str]) -> list[Vector | None]:
        """A unit vector for each text, in order; None where it has no words that the model knows.

        Of a long text the first 128 word pieces are read.
        """
        found: list[Vector | None] = [None] * len(texts)
        pieces = self.tokenizer.encode_batch([_readable(text) for text in texts])
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(pieces):
            if self._is_known(one.ids):
                by_length[len(one.ids)].append(place)
        groups = [group for _, same in sorted(by_length.items()) for group in _batches(same)]
        rows = self.pool.map(lambda group: self._run([pieces[p].ids for p in group]), groups)
        for group, vectors in zip(groups, rows, strict=True):
            for place, vector in zip(group, vectors, strict=True):
                found[place] = vector
        return found

    def _is_known(self, ids: Sequence[int]) -> bool:
        """Whether a text has words, and nearly all of them in scripts that the model was taught."""
        inner = len(ids) - 2
        unknown = sum(piece == self.unknown for piece in ids) if self.unknown is not None else 0
        return inner > 0 and unknown <= _LARGEST_SHARE_UNKNOWN * inner

    def _run(self, ids: list[list[int]]) -> Vector:
        """The mean over a text's pieces, as the model's makers take it, brought to length one."""
        import numpy as np

        rows = np.array(ids, dtype=np.int64)
        given = {
            "input_ids": rows,
            "attention_mask": np.ones_like(rows),
            "token_type_ids": np.zeros_like(rows),
        }
        output = self.session.run(None, {name: given[name] for name in self.inputs})[0]
        mean: Vector = output.mean(axis=1, dtype=np.float32)
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return mean


def _readable(text: str) -> str:
    """The head of a text, without halves of characters, which no tokenizer takes."""
    return text[:_LOOK_AT].encode("utf-8", "ignore").decode("utf-8")


def _batches(places: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(places)
    while batch := list(islice(rest, _TOGETHER)):
        yield batch
