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
    nearest = np.zeros(len(rows), np.int64)
    alike = np.full(len(rows), -np.inf, np.float32)
    stale = np.ones(len(rows), bool)
    while len(groups) > 1:
        _renew(sums / sizes[:, None], np.flatnonzero(stale), nearest, alike)
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
        # A join brings no group nearer to a third than its parts were, so others stay as they are.
        joined = np.zeros(len(groups), bool)
        joined[ones] = joined[others] = True
        stale = joined | joined[nearest]
        kept = np.ones(len(groups), bool)
        kept[others] = False
        place = np.cumsum(kept) - 1
        sums, sizes, alike, stale = sums[kept], sizes[kept], alike[kept], stale[kept]
        nearest = place[nearest[kept]]
        groups = [group for group, keep in zip(groups, kept, strict=True) if keep]
    return [sorted(group) for group in groups]


def _renew(means: Floats, stale: Ints, nearest: Ints, alike: Floats) -> None:
    """For each stale row, the number of the other that is most alike, and how much."""
    for begin in range(0, len(stale), _BLOCK):
        chosen = stale[begin : begin + _BLOCK]
        part = means[chosen] @ means.T
        own = np.arange(len(chosen))
        part[own, chosen] = -np.inf
        nearest[chosen] = part.argmax(axis=1)
        alike[chosen] = part[own, nearest[chosen]]
