"""Average linkage of thousands of rows, exact and without a matrix of all pairs.

The mean of the dot products between the rows of two groups is the dot product of their means.
So a group is one row, and since average linkage is reducible, all groups that are each
other's nearest may be joined at once without changing the outcome (Murtagh 1983, The Computer
Journal 26(4)). The groups dwindle from round to round, and with them the cost.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from bot.voice.theme_terms import Floats, Ints

_BLOCK: Final = 1_000


def link(rows: Floats, least: float) -> list[list[int]]:
    """Groups of row numbers, joined until no two groups are alike by `least` on average.

    Deterministic for the same rows in the same order; of equals, the first is the nearest.
    """
    groups = [[number] for number in range(len(rows))]
    sums = rows.astype(np.float32)
    sizes = np.ones(len(rows), np.float32)
    while len(groups) > 1:
        nearest, alike = _nearest(sums / sizes[:, None])
        best = int(alike.argmax())
        if alike[best] < least:
            break
        numbers = np.arange(len(groups))
        ones = np.flatnonzero(
            (nearest[nearest] == numbers) & (numbers < nearest) & (alike >= least)
        )
        # Among several that are equally alike, each may take another for its nearest.
        ones = ones if len(ones) else np.array([best])
        others = nearest[ones]
        sums[ones] += sums[others]
        sizes[ones] += sizes[others]
        for one, other in zip(ones, others, strict=True):
            groups[one] += groups[other]
        kept = np.ones(len(groups), bool)
        kept[others] = False
        sums, sizes = sums[kept], sizes[kept]
        groups = [group for group, keep in zip(groups, kept, strict=True) if keep]
    return [sorted(group) for group in groups]


def _nearest(means: Floats) -> tuple[Ints, Floats]:
    """For each row the number of the other that is most alike, and how much."""
    nearest = np.empty(len(means), np.int64)
    alike = np.empty(len(means), np.float32)
    for begin in range(0, len(means), _BLOCK):
        part = means[begin : begin + _BLOCK] @ means.T
        own = np.arange(len(part))
        part[own, own + begin] = -np.inf
        nearest[begin : begin + len(part)] = part.argmax(axis=1)
        alike[begin : begin + len(part)] = part[own, nearest[begin : begin + len(part)]]
    return nearest, alike
