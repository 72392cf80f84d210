"""How often what is called usual holds: quiet weeks are invented, and the next window is looked at.

    python bench/usual.py [--windows N]

Counts are drawn around a level that does not change, by chance alone (dispersion 1) or in waves
(more). Each figure is the share of windows within the interval, which aims at 0.90; behind it the
share that lay above, which is what an answer calls "more than usual".
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.voice.usual import usual

LEVELS: Final = (1, 2, 5, 20, 100, 1_000)
"""Tickets a week."""
DISPERSIONS: Final = (1.0, 1.5, 2.0, 4.0)
HISTORIES: Final = (8, 12)
"""Earlier weeks."""
DAYS: Final = (7, 30, 84)


@dataclass(frozen=True, slots=True)
class Held:
    """Shares of the windows of which something was said, and of all how many that was."""

    within: float
    above: float
    said: float


def measure(
    level: float, dispersion: float, weeks: int, days: int, *, windows: int, seed: int = 1
) -> Held:
    """Play `windows` quiet histories and the window after each."""
    rng = np.random.default_rng(seed)
    earlier = _counts(rng, level, dispersion, (windows, weeks))
    following = _counts(rng, level * days / 7, dispersion, (windows, 1))
    said = within = above = 0
    for row, (count,) in zip(earlier.tolist(), following.tolist(), strict=True):
        found = usual(row, days)
        if found is not None:
            said += 1
            within += found.low <= count <= found.high
            above += count > found.high
    return Held(within / max(said, 1), above / max(said, 1), said / windows)


def _counts(
    rng: np.random.Generator, mean: float, dispersion: float, shape: tuple[int, int]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Poisson counts, or negative binomial ones whose variance is `dispersion` times the mean."""
    if dispersion == 1:
        return rng.poisson(mean, shape)
    size = mean / (dispersion - 1)
    return rng.negative_binomial(size, size / (size + mean), shape)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--windows", type=int, default=2_000)
    windows: int = parser.parse_args().windows
    heading = " ".join(f"{level:>12,}" for level in LEVELS)
    sys.stdout.write(f"{'weeks':>5} {'days':>4} {'dispersion':>10} {heading} tickets a week\n")
    for weeks in HISTORIES:
        for days in DAYS:
            for dispersion in DISPERSIONS:
                held = [
                    measure(level, dispersion, weeks, days, windows=windows) for level in LEVELS
                ]
                shown = " ".join(f"{each.within:6.3f} {each.above:5.3f}" for each in held)
                sys.stdout.write(f"{weeks:>5} {days:>4} {dispersion:>10} {shown}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
