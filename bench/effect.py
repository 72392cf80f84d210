"""How often "did our fix help?" is answered right: invented histories, then two real ones.

    python bench/effect.py [PATH/TO/DATA] [--histories 2000] [--seed 1] [--out bench/EFFECT.md]

Invented: a story of 2 to 60 customers a week in a queue of 100 to 1,000, in four worlds
(`effect_worlds`), in which nothing changes, or the story doubles or is halved. Real
(`effect_real`): half a year of support questions each about two products, not part of this
project; without PATH they are left out, and the document says so.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from effect_real import FIREFOX, THUNDERBIRD, TREE, quiet, redesign
from effect_worlds import WORLDS, World, histories

from bot.reports import EffectVerdict
from bot.voice import effect as voice
from bot.voice.effect_looks import LOOKS
from bot.voice.effect_verdicts import standing

ROOT: Final = Path(__file__).resolve().parents[1]
WEEKLY: Final = (2, 3, 5, 10, 20, 40, 60)
CHANGED: Final = (3, 10, 20)
SAID: Final = (EffectVerdict.HELPED, EffectVerdict.WORSE)


@dataclass(frozen=True, slots=True)
class Played:
    """Shares of histories, and by look: how often the interval held, and what was said."""

    covered: tuple[float, ...]
    said: tuple[Counter[EffectVerdict], ...]
    changed: float
    first: Counter[tuple[EffectVerdict, int]]

    @property
    def coverage(self) -> float:
        return sum(self.covered) / len(self.covered)

    def within(self, weeks: int, verdict: EffectVerdict) -> float:
        """The share of histories of which this was said at one of the looks until then."""
        told = sum(n for (each, at), n in self.first.items() if each is verdict and at <= weeks)
        return told / self.said[0].total()

    def too_early(self, weeks: int) -> float:
        counts = self.said[LOOKS.index(weeks)]
        return counts[EffectVerdict.TOO_EARLY] / counts.total()


def play(world: World, weekly: float, change: float, number: int, seed: int) -> Played:
    """Make all looks at so many histories of a story whose rate changes `change` times."""
    rng = np.random.default_rng([seed, WORLDS.index(world), int(weekly), int(change * 10)])
    held, seen, changed = [0] * len(LOOKS), [0] * len(LOOKS), 0
    first: Counter[tuple[EffectVerdict, int]] = Counter()
    said: tuple[Counter[EffectVerdict], ...] = tuple(Counter() for _ in LOOKS)
    for history in histories(world, weekly, change, number, rng):
        verdicts, looks = [], []
        for at, weeks in enumerate(LOOKS):
            found = voice.measure(history.before, history.after[:weeks], weeks)
            looks.append(found)
            verdicts.append(standing(looks).verdict)
            said[at][verdicts[-1]] += 1
            if found.low is not None and found.high is not None:
                seen[at] += 1
                held[at] += found.low <= change <= found.high
        changed += any(verdict in SAID for verdict in verdicts)
        first.update((one, LOOKS[verdicts.index(one)]) for one in {*verdicts})
    covered = tuple(one / max(other, 1) for one, other in zip(held, seen, strict=True))
    return Played(covered, said, changed / number, first)


def invented(number: int, seed: int) -> list[str]:
    """The section on invented histories, as lines of Markdown."""
    lines = [
        f"## Invented histories\n\n{number:,} a row, seed {seed}. Interval: how often the 95 %"
        " interval of a single look holds, over all looks (after 2 / 4 / 8 / 12 weeks). False:"
        ' "helped" or "worse" at any of the four looks though nothing changed.\n',
        "| world | customers a week | interval | by look | false | too early at 2 and 4 weeks |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for world in WORLDS:
        for weekly in WEEKLY:
            found = play(world, weekly, 1.0, number, seed)
            looks = " / ".join(f"{each:.3f}" for each in found.covered)
            early = f"{found.too_early(2):.1%}, {found.too_early(4):.1%}"
            lines.append(
                f"| {world.name} | {weekly} | {found.coverage:.3f} | {looks} |"
                f" {found.changed:.1%} | {early} |"
            )
            print(lines[-1], flush=True)
    lines += [
        "\nThe story doubles on the day of shipping, which people want to hear of soon:\n",
        '| world | customers a week | interval | "worse" within 4 weeks | within 8 weeks |',
        "| --- | --- | --- | --- | --- |",
    ]
    for world in WORLDS:
        for weekly in CHANGED:
            found = play(world, weekly, 2.0, number, seed)
            lines.append(
                f"| {world.name} | {weekly} | {found.coverage:.3f} |"
                f" {found.within(4, EffectVerdict.WORSE):.1%} |"
                f" {found.within(8, EffectVerdict.WORSE):.1%} |"
            )
            print(lines[-1], flush=True)
    lines += [
        "\nThe story is halved on the day of shipping:\n",
        '| world | customers a week | interval | "helped" within 8 weeks | too early at 2 and 4 |',
        "| --- | --- | --- | --- | --- |",
    ]
    for world in WORLDS:
        for weekly in CHANGED:
            found = play(world, weekly, 0.5, number, seed)
            early = f"{found.too_early(2):.1%}, {found.too_early(4):.1%}"
            lines.append(
                f"| {world.name} | {weekly} | {found.coverage:.3f} |"
                f" {found.within(8, EffectVerdict.HELPED):.1%} | {early} |"
            )
            print(lines[-1], flush=True)
    return lines


def main(arguments: Sequence[str]) -> int:
    """Write the document; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--histories", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "EFFECT.md")
    options = parser.parse_args(arguments)
    lines = ["# Did our fix help?\n", _HEAD, *invented(options.histories, options.seed), ""]
    lines.append("## Real histories\n")
    absent = [name for name in (FIREFOX, THUNDERBIRD, TREE) if not _is_there(options.data, name)]
    if absent:
        said = f"SKIPPED: {', '.join(absent)} absent, so no real history was looked at."
        print(said, file=sys.stderr)
        lines.append(said)
    else:
        for section in (quiet, redesign):
            found = section(options.data)
            print(*found, sep="\n", flush=True)
            lines += found
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _is_there(data: Path | None, name: str) -> bool:
    return data is not None and (data / name).is_file()


_HEAD: Final = """\
How often the answer is right. Written by `python bench/effect.py PATH/TO/DATA`; anyone can run it
again. How it is counted, and by which sources, stands in `bot/voice/effect*.py` and
`bot/voice/rate_ratio.py`.
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
