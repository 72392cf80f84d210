"""What the extra finds that words do not: questions asked by name, and questions about nothing.

    python bench/meaning.py PATH/themes/banking77-train.csv.gz PATH/firefox-2019.csv.gz

The first file gives short questions with their intent: each intent's name is asked, and the mean
average precision of the ranking is compared with that of stemmed words. The second gives real
tickets, of which the questions in `ABSENT` ask nothing: what they find is found in error, and sets
the similarity from which on a ticket is shown (`bot.service.meaning.ALIKE`). Texts are not kept.
"""

from __future__ import annotations

import csv
import gzip
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.semantic import Encoder, load
from bot.service.meaning import ALIKE
from bot.voice.stems import stems

SEED: Final = 1
QUESTIONS: Final = 3_000
TICKETS: Final = 1_500
FEW: Final = 3

ABSENT: Final = (
    "spaceship launch window",
    "sourdough starter smells of vinegar",
    "my train to the mountains was cancelled",
    "knitting pattern for a scarf",
    "how long do tomatoes need to ripen",
    "the pharmacy has no flu vaccine",
    "violin lessons for adults",
    "payroll tax of my employees",
    "forklift battery does not charge",
    "rent increase for the flat",
    "invoice for a dental crown",
    "the chess opponent left",
    "parcel locker did not open",
    "wrong shoe size delivered",
    "dishwasher leaves spots",
    "refund for concert tickets",
)
"""Questions written for the purpose; no ticket about a browser answers them."""
PRESENT: Final = (
    "saved passwords vanished",
    "video plays without sound",
    "toolbar looks ugly",
    "change the language of the menus",
    "add-ons were disabled",
    "pages take forever to load",
    "my bookmarks are gone",
    "cannot sign in to sync",
    "printing cuts the page off",
    "downloads stop half-way",
    "old look after the update",
    "too many pop-ups",
    "the window opens off the screen",
    "search goes to another engine",
    "typing is slow",
    "certificate warning on every site",
)
"""Questions written for the purpose, about what browsers' users do write of."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Mean average precision by intent name, and shares of questions that find something."""

    by_words: float
    by_meaning: float
    right_among_few: float
    present_found: float
    absent_found: float
    texts_a_second: float


def measure(questions: Path, tickets: Path, encoder: Encoder) -> Figures:
    """Figures over a seeded sample of both files."""
    rows = _sample(questions, QUESTIONS)
    texts = [row["text"] for row in rows]
    began = time.perf_counter()
    vectors = _encode(encoder, texts)
    speed = len(texts) / (time.perf_counter() - began)
    intents = sorted({row["intent"] for row in rows})
    names = [intent.replace("_", " ") for intent in intents]
    truth = np.array([[row["intent"] == intent for row in rows] for intent in intents])
    meant = _encode(encoder, names) @ vectors.T
    real = _encode(encoder, [f"{row['title']}\n{row['body']}" for row in _sample(tickets, TICKETS)])
    present, absent = (_finds(encoder, real, asked) for asked in (PRESENT, ABSENT))
    return Figures(
        by_words=_mean_average_precision(_by_words(names, texts), truth),
        by_meaning=_mean_average_precision(meant, truth),
        right_among_few=_right_among_few(meant, truth),
        present_found=present,
        absent_found=absent,
        texts_a_second=speed,
    )


def _sample(path: Path, most: int) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    random.Random(SEED).shuffle(rows)
    return rows[:most]


def _encode(encoder: Encoder, texts: list[str]) -> Any:
    found = encoder.encode(texts)
    size = next(one.size for one in found if one is not None)
    return np.array([np.zeros(size, np.float32) if one is None else one for one in found])


def _by_words(names: list[str], texts: list[str]) -> Any:
    """Cosine of tf-idf weights over stems."""
    said = [Counter(stems(text)) for text in texts]
    holders = Counter(stem for one in said for stem in one)
    rare = {stem: log(len(texts) / count) for stem, count in holders.items()}
    column = {stem: place for place, stem in enumerate(sorted(rare))}

    def matrix(counted: list[Counter[str]]) -> Any:
        rows = np.zeros((len(counted), len(column)), np.float32)
        for place, one in enumerate(counted):
            for stem, count in one.items():
                if stem in column:
                    rows[place, column[stem]] = count * rare[stem]
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    return matrix([Counter(stems(name)) for name in names]) @ matrix(said).T


def _mean_average_precision(scores: Any, truth: Any) -> float:
    """Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, 8.4."""
    found = []
    for score, right in zip(scores, truth, strict=True):
        ordered = right[np.argsort(-score, kind="stable")]
        precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
        found.append(float((precision * ordered).sum() / ordered.sum()))
    return sum(found) / len(found)


def _right_among_few(scores: Any, truth: Any) -> float:
    """Of the three best that a question finds and would be shown: the share that is right."""
    shown = [
        right[place]
        for score, right in zip(scores, truth, strict=True)
        for place in np.argsort(-score, kind="stable")[:FEW]
        if score[place] >= ALIKE
    ]
    return float(np.mean(shown))


def _finds(encoder: Encoder, tickets: Any, asked: tuple[str, ...]) -> float:
    best = (_encode(encoder, list(asked)) @ tickets.T).max(axis=1)
    return float((best >= ALIKE).mean())


def main(arguments: list[str]) -> int:
    """The exit code: 0 figures printed, 1 no such file, 2 wrong usage."""
    if len(arguments) != 2:
        print("usage: python bench/meaning.py BANKING77.csv.gz TICKETS.csv.gz", file=sys.stderr)
        return 2
    paths = [Path(argument) for argument in arguments]
    absent = [str(path) for path in paths if not path.is_file()]
    if absent:
        print(f"{', '.join(absent)} absent: nothing was measured.", file=sys.stderr)
        return 1
    questions, tickets = paths
    found = measure(questions, tickets, load())
    print(f"asked by intent name, MAP: words {found.by_words:.2f}, meaning {found.by_meaning:.2f}")
    print(f"right among the three shown: {found.right_among_few:.2f}")
    print(f"questions about what is there that find something: {found.present_found:.2f}")
    print(f"questions about what is not there that find something: {found.absent_found:.2f}")
    print(f"{found.texts_a_second:,.0f} short texts a second")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
