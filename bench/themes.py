"""How well texts are grouped, how stable the groups are, and how fast they are found.

    python bench/themes.py PATH/themes/banking77-train.csv.gz

The file has a question and its intent a line; the number of intents is not told. A text in no
theme counts as a group of its own. AMI and ARI (adjusted mutual information, adjusted Rand index)
are 0 for chance and 1 for the intents as they are. The texts are not part of this project.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

# Before numpy is imported: one thread, as the command line has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.semantic import Absent, load
from bot.voice.stems import stems
from bot.voice.theme_centres import nearest
from bot.voice.themes import Group, Story, themes

SEED = 7
SAMPLE = 3_000
BASELINE_DISTANCE = 0.8

# Written for the purpose. Those of each first group are taken for one story, or for none.
AROUND = (
    "The planner forgets my weekly shifts",
    "Shifts vanish from the planner every week",
    "Export to CSV gives an empty file",
    "The CSV export is empty",
    "How do I change the colour of the board",
    "My invoice shows the wrong address",
    "Invoices still go to our old address",
    "The app logs me out every hour",
    "I am logged out all the time",
    "Search finds nothing with an umlaut",
)
TAKEN_FOR_ONE = (
    ("The refund arrived twice", "The refund never arrived"),
    ("Turn notifications on by default", "Turn notifications off by default"),
)
NOT_FOUND = (("My card was declined at the till", "The shop would not take my plastic"),)


@dataclass(frozen=True, slots=True)
class Scores:
    """What a grouping reaches; `alone` are groups of one."""

    ami: float
    ari: float
    groups: int
    alone: int
    texts_a_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Questions:
    """Stories, each with its true intent."""

    stories: Sequence[Story]
    intents: Sequence[str]

    def some(self, places: Sequence[int]) -> Questions:
        return Questions([self.stories[p] for p in places], [self.intents[p] for p in places])

    def sample(self, size: int, seed: int = SEED) -> Questions:
        """A seeded sample, in the order of the file."""
        chosen = np.random.default_rng(seed).permutation(len(self.stories))[:size]
        return self.some(sorted(int(place) for place in chosen))

    def halves(self) -> tuple[Questions, Questions]:
        """Those of one half of the intents, and those of the other."""
        intents = sorted(set(self.intents))
        order = np.random.default_rng(SEED).permutation(len(intents))
        first = {intents[place] for place in order[: len(intents) // 2]}
        inside = [place for place, intent in enumerate(self.intents) if intent in first]
        outside = [place for place, intent in enumerate(self.intents) if intent not in first]
        return self.some(inside), self.some(outside)

    def meant(self) -> Questions | None:
        """The same with vectors, or None where the extra is not installed."""
        try:
            encoder = load()
        except Absent:
            return None
        vectors = encoder.encode([story.text for story in self.stories])
        told = [replace(s, vector=v) for s, v in zip(self.stories, vectors, strict=True)]
        return Questions(told, self.intents)


def read(path: Path) -> Questions:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    stories = [Story(str(number), row["text"]) for number, row in enumerate(rows)]
    return Questions(stories, [row["intent"] for row in rows])


def numbered(stories: Sequence[Story], groups: Sequence[Group]) -> NDArray[np.int64]:
    """A group number for each story; those in no group have one of their own."""
    own = {id: number for number, group in enumerate(groups) for id in group.ids}
    return np.array([own.get(s.id, len(groups) + place) for place, s in enumerate(stories)])


def scores(intents: Sequence[str], found: NDArray[np.int64], seconds: float = 0.0) -> Scores:
    sizes = Counter(found.tolist())
    return Scores(
        float(adjusted_mutual_info_score(intents, found)),
        float(adjusted_rand_score(intents, found)),
        len(sizes),
        sum(size == 1 for size in sizes.values()),
        len(found) / seconds if seconds else 0.0,
    )


def grouped(questions: Questions) -> Scores:
    """What `themes` reaches, by meaning where the stories have vectors."""
    began = time.perf_counter()
    groups = themes(questions.stories)
    seconds = time.perf_counter() - began
    return scores(questions.intents, numbered(questions.stories, groups), seconds)


def baseline(questions: Questions) -> Scores:
    """Stemmed words, tf-idf, average linkage at a fixed distance: what one would try first.

    It keeps a matrix of all pairs, so give a sample.
    """
    vectorizer = TfidfVectorizer(analyzer=stems, sublinear_tf=True)
    rows = vectorizer.fit_transform([story.text for story in questions.stories]).toarray()
    # A text without a telling word has no direction; one of its own keeps it alone.
    empty = np.flatnonzero(~rows.any(axis=1))
    rows = np.hstack([rows, np.zeros((len(rows), len(empty)))])
    rows[empty, rows.shape[1] - len(empty) + np.arange(len(empty))] = 1
    linkage = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=BASELINE_DISTANCE
    )
    return scores(questions.intents, linkage.fit_predict(rows))


def all_alone(questions: Questions) -> Scores:
    return scores(questions.intents, np.arange(len(questions.stories)))


def one_heap(questions: Questions) -> Scores:
    return scores(questions.intents, np.zeros(len(questions.stories), np.int64))


def stability(questions: Questions, share: float, seed: int = SEED) -> float:
    """The ARI between the groups of the old texts with and without a share of new ones."""
    stories = list(questions.stories)
    new = set(np.random.default_rng(seed).permutation(len(stories))[: round(share * len(stories))])
    old = [story for place, story in enumerate(stories) if place not in new]
    before, after = numbered(old, themes(old)), numbered(old, themes(stories))
    return float(adjusted_rand_score(before, after))


def belonging(questions: Questions) -> tuple[float, float]:
    """Of the last third, brought to the themes of the rest: the share that belongs to one, and
    of those the share whose intent is the most frequent in it."""
    order = np.random.default_rng(SEED).permutation(len(questions.stories)).tolist()
    cut = len(order) * 2 // 3
    known, later = questions.some(order[:cut]), questions.some(order[cut:])
    intent_of = {s.id: i for s, i in zip(known.stories, known.intents, strict=True)}
    story_of = {story.id: story for story in known.stories}
    groups = themes(known.stories)
    usual = [Counter(intent_of[id] for id in g.ids).most_common(1)[0][0] for g in groups]
    found = nearest([[story_of[id] for id in group.ids] for group in groups], later.stories)
    right = [
        usual[one.group] == intent for one, intent in zip(found, later.intents, strict=True) if one
    ]
    return len(right) / len(found), sum(right) / max(len(right), 1)


def together(told: Sequence[str], *, meant: bool = False) -> bool:
    """Whether all of `told` come into one theme, among the texts of `AROUND`."""
    texts = [*told, *AROUND]
    stories = [Story(str(number), text) for number, text in enumerate(texts)]
    if meant:
        vectors = load().encode(texts)
        stories = [replace(s, vector=v) for s, v in zip(stories, vectors, strict=True)]
    wanted = {str(number) for number in range(len(told))}
    return any(wanted <= set(group.ids) for group in themes(stories))


def still_wrong(*, meant: bool = False) -> list[str]:
    """What grouping gets wrong, in a sentence each, of the examples that it does get wrong."""
    joined = [told for told in TAKEN_FOR_ONE if together(told, meant=meant)]
    parted = [told for told in NOT_FOUND if not together(told, meant=meant)]
    return [
        *(f'"{one}" and "{other}" are taken for one story.' for one, other in joined),
        *(f'"{one}" and "{other}" are not found to be one story.' for one, other in parted),
    ]


def show(name: str, found: Scores) -> None:
    speed = f"{found.texts_a_second:>9,.0f} texts/s" if found.texts_a_second else ""
    shape = f"{found.groups:>6} groups, {found.alone:>5} alone"
    print(f"  {name:<34} AMI {found.ami:.3f}  ARI {found.ari:.3f} {shape}{speed}")


def report(questions: Questions, meant: Questions | None) -> None:
    ways = [("words", questions), *([("with the extra", meant)] if meant else [])]
    sample = questions.sample(SAMPLE)
    print(f"{len(questions.stories)} texts")
    for name, way in ways:
        show(name, grouped(way))
    print(f"{SAMPLE} of them")
    show("all alone", all_alone(sample))
    show("one heap", one_heap(sample))
    show("stemmed words, average linkage", baseline(sample))
    for name, way in ways:
        show(name, grouped(way.sample(SAMPLE)))
        for half, part in zip(("one half", "the other half"), way.halves(), strict=True):
            show(f"{name}, {half} of intents", grouped(part.sample(SAMPLE)))
        for share in (0.01, 0.05):
            kept = [stability(way.sample(SAMPLE), share, seed) for seed in range(3)]
            print(f"  {name:<34} with {share:.0%} new, the rest agrees by ARI {np.mean(kept):.3f}")
        covered, right = belonging(way.sample(SAMPLE))
        print(f"  {name:<34} later texts: {covered:.2f} find a theme, {right:.2f} of them theirs")
    for name, way in ways:
        print(f"Still wrong, {name}:", *still_wrong(meant=way is meant), sep="\n  ")
    if not meant:
        print("The extra is not installed: meaning was not measured.")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 figures printed, 1 no such file, 2 wrong usage."""
    if len(arguments) != 1:
        print("usage: python bench/themes.py PATH/themes/banking77-train.csv.gz", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    if not path.is_file():
        print(f"{path} is absent: nothing was measured.", file=sys.stderr)
        return 1
    questions = read(path)
    report(questions, questions.meant())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
