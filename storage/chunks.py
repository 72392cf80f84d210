"""Long lists in parts: a statement can name only so many values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_CHUNK = 400
_T = TypeVar("_T")


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Parts of `values` that are short enough to be named in one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
