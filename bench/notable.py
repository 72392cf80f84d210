"""Whether what is ranked highest is worth reading, and what choosing costs.

    python bench/notable.py PATH/TO/DATA [--vectors FILE]

PATH holds `kinds/train.jsonl` and `kinds/dev.jsonl`: texts with what a reader found each worth to
an engineer, 0 to 3. They are not part of this project. Texts of `train` that clarity was learned
from are ranked by weights that were learned without them (five-fold); those that it was not learned
from, and `dev`, by the tables in the package. `--vectors` keeps what texts mean between runs.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from kinds_corpus import DRAWN_WITHOUT_REGARD, Floats, Vocabulary
from kinds_corpus import load as load_rows
from train_kinds import Learned, vectors_of

from bot.semantic import Absent
from bot.voice.clarity import clarity
from bot.voice.kinds import judge, passages_of
from bot.voice.memory import Before
from bot.voice.notable import choose, ranked
from bot.voice.notable_parts import Candidate

DRAWS: Final = 1_000
SIZE: Final = 100
BEST: Final = 10
CANDIDATES: Final = 10_000
SECONDS: Final = 1.0
_NOW: Final = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled text, read as the product reads it."""

    source: str
    worth: float
    is_first: bool
    candidate: Candidate


Rank = Callable[[Sequence[Item]], list[Item]]
Group = Callable[[Item], str]


def read(rows: Sequence[Mapping[str, Any]], vectors: Floats | None) -> list[Item]:
    """Texts read as the product reads them, with what they mean where that is given."""
    return [
        _item(row, None if vectors is None else vectors[place].astype(np.float32))
        for place, row in enumerate(rows)
    ]


def _item(row: Mapping[str, Any], vector: Any) -> Item:
    judged = judge(row["text"], vector)
    found = passages_of(row["text"], judged) if judged else ()
    candidate = Candidate(
        id=row["id"],
        text=row["text"],
        quote=max(found, key=lambda passage: passage.score).text if found else "",
        kinds=tuple(passage.kind for passage in found),
        clarity=clarity(row["text"], judged),
        customer="",
        segment=None,
        created_at=_NOW,
    )
    return Item(
        source=row["source"],
        worth=float(np.mean(row["worth"])),
        is_first=int(row["id"].partition("-")[2]) <= DRAWN_WITHOUT_REGARD,
        candidate=candidate,
    )


def without_having_learned(items: Sequence[Item], learned: Learned, stage: int) -> list[Item]:
    """The same with the clarity, where it was learned from a text, by weights that were not."""
    texts = (item["id"] for item in learned.corpus.items)
    told = dict(zip(texts, learned.clear(stage).tolist(), strict=True))
    return [
        replace(item, candidate=replace(item.candidate, clarity=told[item.candidate.id]))
        if item.candidate.id in told and item.candidate.is_told
        else item
        for item in items
    ]


def gains(items: Sequence[Item], rank: Rank, group: Group, least: int = SIZE) -> float:
    """By how much the ten ranked highest beat ten random ones, over draws of a hundred texts.

    A draw is of one group, chosen by chance among those with `least` texts; of fewer than a
    hundred all are taken.
    """
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[group(item)].append(item)
    names = sorted(name for name, found in groups.items() if len(found) >= least)
    rng = random.Random(0)
    total = 0.0
    for _ in range(DRAWS):
        mine = groups[rng.choice(names)]
        drawn = rng.sample(mine, min(SIZE, len(mine)))
        mean = sum(item.worth for item in drawn) / len(drawn)
        total += sum(item.worth for item in rank(drawn)[:BEST]) / BEST - mean
    return total / DRAWS


def by_order(items: Sequence[Item]) -> Rank:
    """The product's ranking of any of these items."""
    order = {one.id: place for place, one in enumerate(ranked([i.candidate for i in items]))}
    return lambda drawn: sorted(drawn, key=lambda item: order[item.candidate.id])


def longest(drawn: Sequence[Item]) -> list[Item]:
    return sorted(drawn, key=lambda item: (-len(item.candidate.text), item.candidate.id))


def perfect(drawn: Sequence[Item]) -> list[Item]:
    return sorted(drawn, key=lambda item: (-item.worth, item.candidate.id))


def by_source(item: Item) -> str:
    return item.source


def by_sort(item: Item) -> str:
    """Support questions, reviews, posts: sources of several years or products put together."""
    return item.source.partition("-")[0]


def together(_: Item) -> str:
    return ""


def is_any(_: Item) -> bool:
    return True


def is_first(item: Item) -> bool:
    return item.is_first


WAYS: Final[Sequence[tuple[str, Group, int, Callable[[Item], bool]]]] = (
    ("of one source with 100 texts", by_source, SIZE, is_any),
    (
        "of one source with 20 texts, all of them where there are fewer than 100",
        by_source,
        20,
        is_any,
    ),
    ("of one sort of source", by_sort, SIZE, is_any),
    ("of all sources", together, SIZE, is_any),
    ("of all sources, without those picked for their kinds", together, SIZE, is_first),
)


def show(name: str, readings: Mapping[str, Sequence[Item]]) -> None:
    """Print what each way of drawing gives; `readings` are the same texts, read in several ways."""
    for said, group, least, fits in WAYS:
        line = f"{name}, draws {said}:"
        for reading, items in readings.items():
            rank = by_order(items)
            line += f" {reading} {gains([i for i in items if fits(i)], rank, group, least):.2f}"
        some = [item for item in next(iter(readings.values())) if fits(item)]
        for rank in (longest, perfect):
            line += f", {rank.__name__} {gains(some, rank, group, least):.2f}"
        print(line, flush=True)


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
    """Print the figures; 1 where choosing takes longer than it may, or there are no texts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--vectors", type=Path, help="a file to keep the vectors in (.npz)")
    given = parser.parse_args()
    folder = given.data / "kinds"
    if not folder.is_dir():
        print(f"There is no folder {folder}: the labelled texts are not part of this project.")
        return 1
    train, dev = (load_rows(folder / f"{name}.jsonl") for name in ("train", "dev"))
    took = seconds(read(train, None))
    print(f"choosing from {CANDIDATES:,}: {took:.2f} s of one core", flush=True)
    corpus = Vocabulary(learnt := load_rows(folder / "train.jsonl", only_open=True)).corpus(learnt)
    try:
        vectors = [vectors_of(rows, given.vectors) for rows in (corpus.items, train, dev)]
    except Absent as absent:
        print(f"without meaning: {absent}")
        vectors = []
    learned = Learned(corpus, vectors[0] if vectors else None)
    held: dict[str, list[Item]] = {}
    others: dict[str, list[Item]] = {}
    for stage, name in enumerate(("words", "meaning")[: len(learned.rules)]):
        own, other = (vectors[1], vectors[2]) if stage else (None, None)
        held[name] = without_having_learned(read(train, own), learned, stage)
        others[name] = read(dev, other)
    show("train", held)
    show("dev", others)
    return int(took > SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
