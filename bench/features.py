"""How well features are ranked by what a catalogue says of them, and what matching names costs.

    python bench/features.py PATH    (the folder with features/, themes/ and firefox-2019.csv.gz)

The ranking knows titles and descriptions only; the official feature of a question is looked at to
count hits. Constants were chosen on the first half of the questions (even ids); the second half
had no say. Unlabelled tickets are those of another year. The texts are not part of this project.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.reports import Feature
from bot.semantic import Absent, load
from bot.voice.feature_ranking import Encode, FeatureRanking, Vector
from bot.voice.features import Catalogue
from bot.voice.ordinary import ORDINARY

UNLABELLED = 4_000
OTHER_PRODUCT = 2_000
TIMED = 3_000
NAMES = (10, 1_000)


@dataclass(frozen=True)
class Question:
    """A customer's question and the id of its official feature."""

    text: str
    topic: str
    is_first_half: bool


@dataclass(frozen=True)
class Accuracy:
    """Shares of questions whose official feature comes first, and among the first three."""

    first: float
    three: float


Halves = dict[str, Accuracy]
"""Accuracy over "all" questions, those constants were chosen on ("first") and the "second"."""


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, gzipped or not."""
    with path.open("rb") as raw:
        data = gzip.decompress(raw.read()) if path.suffix == ".gz" else raw.read()
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def load_questions(folder: Path) -> list[Question]:
    """Real questions with their official feature."""
    return [
        Question(f"{row['title']}\n{row['body']}", row["topic"], int(row["id"]) % 2 == 0)
        for row in rows(folder / "features" / "gold-firefox-2025.csv.gz")
    ]


def load_catalogue(folder: Path, questions: Sequence[Question]) -> list[Feature]:
    """The features that occur, with the vendor's titles and descriptions."""
    occurring = {question.topic for question in questions}
    described: dict[str, Feature] = {}
    for row in rows(folder / "features" / "catalogue-firefox.csv"):
        if (slug := row["slug"]) in occurring:
            before = described.get(slug, Feature(slug, row["title"])).description
            text = f"{before} {row['description']}".strip()
            described[slug] = Feature(slug, row["title"], description=text)
    return [described[slug] for slug in sorted(described)]


def load_tickets(folder: Path) -> list[str]:
    """Tickets of another year, without their labels."""
    return [f"{row['title']}\n{row['body']}" for row in rows(folder / "firefox-2019.csv.gz")]


def accuracy(questions: Sequence[Question], ranked: Sequence[Sequence[str]]) -> Halves:
    """Hits of a ranking: for each question feature ids, best first."""
    places = [
        (question.is_first_half, list(ids).index(question.topic))
        for question, ids in zip(questions, ranked, strict=True)
    ]

    def share(halves: tuple[bool, ...]) -> Accuracy:
        of = [place for is_first, place in places if is_first in halves]
        return Accuracy(
            sum(place < 1 for place in of) / len(of), sum(place < 3 for place in of) / len(of)
        )

    return {"all": share((True, False)), "first": share((True,)), "second": share((False,))}


def by_frequency(questions: Sequence[Question], catalogue: Sequence[Feature]) -> Halves:
    """The most frequent features for every question: what guessing gets that knows the answers."""
    counted = Counter(question.topic for question in questions)
    always = sorted((feature.id for feature in catalogue), key=lambda id: -counted[id])
    return accuracy(questions, [always] * len(questions))


def by_tf_idf(questions: Sequence[Question], catalogue: Sequence[Feature]) -> Halves:
    """TF-IDF over words without stop words, cosine with title and description."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    described = [f"{feature.name} {feature.description}" for feature in catalogue]
    texts = [question.text for question in questions]
    vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit(described + texts)
    likeness = (vectorizer.transform(texts) @ vectorizer.transform(described).T).toarray()
    order = (-likeness).argsort(axis=1, kind="stable")
    return accuracy(questions, [[catalogue[place].id for place in row] for row in order])


def by_ranking(
    questions: Sequence[Question],
    catalogue: Sequence[Feature],
    tickets: Sequence[str] = (),
    encode: Encode | None = None,
) -> Halves:
    """The product's ranking; `encode` adds meaning."""
    ranking = FeatureRanking(catalogue, tickets, encode)
    texts = [question.text for question in questions]
    vectors: Sequence[Vector | None] = [None] * len(texts)
    if encode:
        vectors = [vector for batch in batched_texts(texts) for vector in encode(batch)]
    ranked = [
        [likeness.feature.id for likeness in ranking.rank(text, vector)]
        for text, vector in zip(texts, vectors, strict=True)
    ]
    return accuracy(questions, ranked)


def batched_texts(texts: Sequence[str], size: int = 256) -> list[list[str]]:
    """Texts in parts that an encoder takes at once."""
    return [list(texts[start : start + size]) for start in range(0, len(texts), size)]


def other_product(folder: Path) -> tuple[list[Question], list[Feature]]:
    """Short banking questions and their 77 intents: nothing but a name is known of each."""
    found = rows(folder / "themes" / "banking77-train.csv.gz")
    random.Random(77).shuffle(found)
    questions = [
        Question(row["text"], row["intent"], number % 2 == 0)
        for number, row in enumerate(found[:OTHER_PRODUCT])
    ]
    intents = sorted({row["intent"] for row in found})
    return questions, [Feature(intent, intent.replace("_", " ").rstrip("?")) for intent in intents]


def match_cost(tickets: Sequence[str], names: Sequence[int] = NAMES) -> dict[int, float]:
    """Seconds of processor time a ticket, by how many names the catalogue has.

    Names are one to three ordinary words, so that many begin in the texts. The first half of the
    tickets fills the memory of misspelt words; the second half is timed, the sizes in turn.
    """
    draw = random.Random(4)
    words = sorted(word for word in ORDINARY if len(word) > 5)
    made = [
        Feature(f"f{number}", " ".join(draw.sample(words, draw.choice((1, 2, 2, 3)))))
        for number in range(max(names))
    ]
    half = len(tickets) // 2
    catalogues = {count: Catalogue(made[:count]) for count in names}
    for catalogue in catalogues.values():
        _match(catalogue, tickets[:half])
    spent = dict.fromkeys(names, 0.0)
    for start in range(half, len(tickets), 100):
        for count, catalogue in catalogues.items():
            spent[count] += _match(catalogue, tickets[start : start + 100])
    return {count: seconds / max(len(tickets) - half, 1) for count, seconds in spent.items()}


def _match(catalogue: Catalogue, tickets: Sequence[str]) -> float:
    began = time.process_time()
    for ticket in tickets:
        catalogue.match(ticket)
    return time.process_time() - began


def encoder() -> Encode | None:
    """The extra's encoder, where it is installed."""
    try:
        return load().encode
    except Absent:
        return None


def main(folder: Path) -> None:
    """Print all figures as tables."""
    questions = load_questions(folder)
    catalogue = load_catalogue(folder, questions)
    tickets = load_tickets(folder)
    encode = encoder()
    _table(f"{len(questions)} questions, {len(catalogue)} features")
    _row("most frequent features", by_frequency(questions, catalogue))
    _row("TF-IDF", by_tf_idf(questions, catalogue))
    _row("words", by_ranking(questions, catalogue))
    _row("words, unlabelled tickets", by_ranking(questions, catalogue, tickets[-UNLABELLED:]))
    if encode:
        _row("words, meaning", by_ranking(questions, catalogue, (), encode))
        sharpened = by_ranking(questions, catalogue, tickets[-UNLABELLED:], encode)
        _row("words, tickets, meaning", sharpened)
    asked, intents = other_product(folder)
    _table(f"{len(asked)} banking questions, {len(intents)} intents by name")
    _row("TF-IDF", by_tf_idf(asked, intents))
    _row("words", by_ranking(asked, intents))
    if encode:
        _row("words, meaning", by_ranking(asked, intents, (), encode))
    cost = match_cost(tickets[-TIMED:])
    told = ", ".join(f"{count} names {seconds * 1e6:.0f} us" for count, seconds in cost.items())
    print(f"\nmatching a ticket: {told}")


def _table(title: str) -> None:
    print(f"\n{title}\n{'first / among three':26}{'all':>14}{'first half':>14}{'second half':>14}")


def _row(name: str, halves: Halves) -> None:
    cells = "".join(f"{one.first:8.3f}{one.three:6.3f}" for one in halves.values())
    print(f"{name:26}{cells}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
