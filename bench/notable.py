"""Whether what is ranked highest is worth reading, what a digest would show, and what it costs.

    python bench/notable.py PATH/TO/DATA [--learn] [--meaning]

PATH holds `kinds/train.jsonl` and `kinds/dev.jsonl`: texts with what a reader found each worth to
an engineer, 0 to 3. They are not part of this project. `--learn` prints the weights of
`bot/voice/clarity.py`, learned from the openly licensed texts of `train.jsonl` alone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from numpy.typing import NDArray

from bot.voice import clarity
from bot.voice.kinds import best_quote, passages
from bot.voice.memory import Before
from bot.voice.notable import choose, ranked
from bot.voice.notable_parts import Candidate
from bot.voice.read_text import read_text

DRAWS: Final = 1_000
SIZE: Final = 100
BEST: Final = 10
RIDGE: Final = 100.0
WORTH_NOTHING: Final = 0.5
WORTH_ALL: Final = 3.5
"""What readers found worth these is a clarity of 0 and of 1; long texts promise more than 3."""
CANDIDATES: Final = 10_000
SECONDS: Final = 1.0
_NOW: Final = datetime(2026, 11, 1, tzinfo=UTC)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled text, read as the product reads it."""

    source: str
    is_open: bool
    worth: float
    candidate: Candidate


def load(path: Path) -> list[Item]:
    """The items of a file."""
    with path.open(encoding="utf-8") as lines:
        return [_item(json.loads(line)) for line in lines]


def _item(row: dict[str, Any]) -> Item:
    worth = row["worth"]
    found = passages(row["text"])
    candidate = Candidate(
        id=row["id"],
        text=row["text"],
        quote=best_quote(found),
        kinds=tuple(passage.kind for passage in found),
        customer="",
        segment=None,
        created_at=_NOW,
        sure=max((passage.score for passage in found), default=0.0),
    )
    return Item(
        source=row["source"],
        is_open="not open" not in row["licence"],
        worth=float(np.mean(worth)),
        candidate=candidate,
    )


def gains(
    items: Sequence[Item], rank: Callable[[Sequence[Item]], list[Item]], *, one_source: bool
) -> float:
    """By how much the ten ranked highest beat ten random ones, over draws of a hundred texts.

    Sources with fewer texts are left out where each draw is from one source.
    """
    by_source = defaultdict(list)
    for item in items:
        by_source[item.source if one_source else ""].append(item)
    sources = sorted(name for name, found in by_source.items() if len(found) >= SIZE)
    rng = random.Random(0)
    total = 0.0
    for _ in range(DRAWS):
        drawn = rng.sample(by_source[rng.choice(sources)], SIZE)
        mean = sum(item.worth for item in drawn) / SIZE
        total += sum(item.worth for item in rank(drawn)[:BEST]) / BEST - mean
    return total / DRAWS


def by_order(items: Sequence[Item]) -> Callable[[Sequence[Item]], list[Item]]:
    """The product's ranking of any of these items."""
    order = {one.id: place for place, one in enumerate(ranked([i.candidate for i in items]))}
    return lambda drawn: sorted(drawn, key=lambda item: order[item.candidate.id])


def longest(drawn: Sequence[Item]) -> list[Item]:
    return sorted(drawn, key=lambda item: (-len(item.candidate.text), item.candidate.id))


def perfect(drawn: Sequence[Item]) -> list[Item]:
    return sorted(drawn, key=lambda item: (-item.worth, item.candidate.id))


def learn(items: Sequence[Item]) -> tuple[dict[str, float], float]:
    """Ridge regression of worth, scaled to 0 to 1, on facts of the text; weights and bias."""
    open_items = [item for item in items if item.is_open]
    rows: Floats = np.array(
        [
            clarity.facts(read_text(one.text), one.kinds, one.sure)
            for one in (item.candidate for item in open_items)
        ]
    )
    wanted = (np.array([item.worth for item in open_items]) - WORTH_NOTHING) / (
        WORTH_ALL - WORTH_NOTHING
    )
    spread = rows.std(axis=0)
    known = spread > 0
    scaled = (rows[:, known] - rows[:, known].mean(axis=0)) / spread[known]
    solved = np.linalg.solve(
        scaled.T @ scaled + RIDGE * np.eye(scaled.shape[1]), scaled.T @ (wanted - wanted.mean())
    )
    weights = np.zeros(rows.shape[1])
    weights[known] = solved / spread[known]
    rounded = {name: round(float(w), 3) for name, w in zip(clarity.NAMES, weights, strict=True)}
    bias = float(wanted.mean() - rows.mean(axis=0) @ np.array(list(rounded.values())))
    return {name: weight for name, weight in rounded.items() if weight}, round(bias, 3)


def held_out(items: Sequence[Item], folds: int = 6) -> list[Item]:
    """The items with a clarity, kept as `feature_usual`, that was learned without their source."""
    sources = sorted({item.source for item in items})
    found = []
    for fold in range(folds):
        kept_out = set(sources[fold::folds])
        weights, bias = learn([item for item in items if item.source not in kept_out])
        learned = [weights.get(name, 0.0) for name in clarity.NAMES]
        for item in items:
            if item.source in kept_out:
                one = item.candidate
                told = float(
                    np.dot(learned, clarity.facts(read_text(one.text), one.kinds, one.sure))
                )
                found.append(replace(item, candidate=replace(one, feature_usual=bias + told)))
    return found


def by_held_out(drawn: Sequence[Item]) -> list[Item]:
    return sorted(drawn, key=lambda item: (-item.candidate.feature_usual, item.candidate.id))


def seconds(items: Sequence[Item]) -> float:
    """Processor seconds that choosing from 10,000 candidates takes."""
    rng = random.Random(1)
    drawn = [
        replace(
            rng.choice(items).candidate,
            id=f"t{number}",
            customer=f"c{number}",
            created_at=_NOW - timedelta(minutes=rng.randrange(14 * 24 * 60)),
        )
        for number in range(CANDIDATES)
    ]
    before = Before(tuple(item.candidate.text for item in items), 4.0)
    began = time.process_time()
    choose(drawn, 5, now=_NOW, before=before)
    return time.process_time() - began


def main() -> int:
    """Print the figures; 1 where choosing takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--learn", action="store_true")
    given = parser.parse_args()
    folder = given.data / "kinds"
    if not folder.is_dir():
        print(f"There is no folder {folder}: the labelled texts are not part of this project.")
        return 1
    train = load(folder / "train.jsonl")
    if given.learn:
        weights, bias = learn(train)
        print("\n".join(f'    "{name}": {weight},' for name, weight in weights.items()), bias)
        return 0
    for name, items in (("train", train), ("dev", load(folder / "dev.jsonl"))):
        for one_source in (True, False):
            print(name, "draws from one source" if one_source else "draws from all sources")
            for rank in (by_order(items), longest, perfect):
                said = "chosen" if rank not in (longest, perfect) else rank.__name__
                print(f"  {said}: {gains(items, rank, one_source=one_source):.3f}")
    kept = held_out(train)
    for one_source in (True, False):
        print(
            "clarity, learned without the source:", gains(kept, by_held_out, one_source=one_source)
        )
    took = seconds(train)
    print(f"choosing from {CANDIDATES:,}: {took:.2f} s of one core")
    return int(took > SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
