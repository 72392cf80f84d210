"""What the vector of a text's meaning adds to its kinds, and to how much a reader gains from it.

Apart from `kind_model`, because it needs a numeric library: it is imported only where a vector is
given. The vectors must be those of the encoder that the table names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.reports import Kind
from bot.voice.kind_model import KINDS, Decision

WEIGHTS: Final = "kind_meaning.txt"
SCALE: Final = 16
"""Weights of a vector's components are stored as whole numbers of 1/16."""

GAIN: Final = "gain"
"""The row of a vector's weights that tells of the gain."""

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Meaning:
    """For each kind, and at last for the gain, the weights of a unit vector's components and what
    is added; how kinds are decided, and the weights of a text's clarity."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    decisions: dict[Kind, Decision]
    clarity: dict[str, float]

    def told(self, vector: Vector) -> list[float]:
        """What the vector says: log-odds, one a kind, and the gain.

        Raises ValueError for a vector of other length.
        """
        if vector.shape != self.weights.shape[1:]:
            raise ValueError(
                f"A vector of {self.weights.shape[1]} components is needed, not {vector.shape}."
            )
        found: list[float] = (self.weights @ vector + self.bias).tolist()
        return found


@lru_cache(maxsize=1)
def meaning() -> Meaning:
    """The table in the package, read when the first vector is given."""
    return parse((files("bot.voice") / WEIGHTS).read_text(encoding="utf-8"))


def parse(table: str) -> Meaning:
    """A table in the form that `bench/train_kinds.py` writes: bias first, then components."""
    rows: dict[str, dict[str, list[float]]] = {}
    sort = ""
    for row in table.split("\n"):
        name, _, numbers = row.partition("\t")
        if not row or row[0] == "#":
            continue
        if not numbers:
            sort = name
        else:
            rows.setdefault(sort, {})[name] = [float(number) for number in numbers.split()]
    learned = np.array([rows["vector"][name] for name in (*KINDS, GAIN)]) / SCALE
    decisions = {kind: Decision(*rows["decision"][kind]) for kind in KINDS}
    clarity = {name: weight for name, (weight,) in rows["clarity"].items()}
    return Meaning(learned[:, 1:].copy(), learned[:, 0].copy(), decisions, clarity)
