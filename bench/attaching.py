"""How often a ticket that attaches itself to an insight belongs there, and how many are found.

    python bench/attaching.py PATH/themes/banking77-train.csv.gz

The file has a question and its intent a line. A history is drawn: some of the intents become
insights, each made of a few of its questions; then questions of all intents come in, most of which
belong to no insight, beside others that only tell how rare words are. An attached question is right
if it has the insight's intent; found are the right ones of all that have one. The bars
(`bot.voice.attaching.ATTACHES`) are chosen on one half of the intents and checked on the other.
The texts are not part of this project.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

# Before numpy is imported: one thread, as the command line has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from themes import Questions, read

from bot.voice.attaching import BY_MEANING, BY_WORDS, attached, compare
from bot.voice.themes import Story

SEED = 11
HISTORIES = 8
INSIGHTS = 12
STREAM = 1_000
OTHERS = 1_000
TELLERS = (1, 2, 3, 5)
WORDS = (0.9, 1.0, 1.1, 1.15, 1.2, 1.3, 1.5)
MEANING = (0.84, 0.86, 0.88, 0.9, 0.92)


@dataclass(frozen=True, slots=True)
class History:
    """Insights with what tells them, and what comes in afterwards with its intent."""

    intents: Sequence[str]
    insights: Sequence[Sequence[Story]]
    stream: Sequence[tuple[Story, str]]
    others: Sequence[Story]


@dataclass(frozen=True, slots=True)
class Score:
    """What bars reach: `right` of those attached, `found` of those that belong."""

    attached: int
    good: int
    belonging: int

    @property
    def right(self) -> float:
        return self.good / self.attached if self.attached else 1.0

    @property
    def found(self) -> float:
        return self.good / self.belonging if self.belonging else 0.0


def history(questions: Questions, tellers: int, random: Random) -> History:
    """Some intents become insights; questions of all of them, in a mixed order, come in."""
    pairs = list(zip(questions.stories, questions.intents, strict=True))
    random.shuffle(pairs)
    chosen = random.sample(sorted(set(questions.intents)), INSIGHTS)
    told: dict[str, list[Story]] = {intent: [] for intent in chosen}
    rest = []
    for story, intent in pairs:
        if intent in told and len(told[intent]) < tellers:
            told[intent].append(story)
        else:
            rest.append((story, intent))
    others = [story for story, _ in rest[:OTHERS]]
    stream = rest[OTHERS : OTHERS + STREAM]
    return History(chosen, [told[intent] for intent in chosen], stream, others)


def scored(histories: Sequence[History]) -> Score:
    """What the product attaches over all histories together."""
    count = good = belonging = 0
    for one in histories:
        found = attached(one.insights, [story for story, _ in one.stream], one.others)
        for near, (_, intent) in zip(found, one.stream, strict=True):
            belonging += intent in one.intents
            if near is not None:
                count += 1
                good += one.intents[near.group] == intent
    return Score(count, good, belonging)


def by_margin(histories: Sequence[History], margins: Sequence[float]) -> list[Score]:
    """What each margin alone would attach."""
    nearest: list[tuple[float, bool]] = []
    belonging = 0
    for one in histories:
        found = compare(one.insights, [story for story, _ in one.stream], one.others).margin
        for row, (_, intent) in zip(found, one.stream, strict=True):
            best = int(row.argmax())
            nearest.append((float(row[best]), one.intents[best] == intent))
            belonging += intent in one.intents
    scores = []
    for margin in margins:
        reached = [right for value, right in nearest if value >= margin]
        scores.append(Score(len(reached), sum(reached), belonging))
    return scores


def histories(questions: Questions, tellers: int) -> list[History]:
    random = Random(SEED)
    return [history(questions, tellers, random) for _ in range(HISTORIES)]


def show(name: str, got: Score) -> None:
    print(
        f"  {name:<46} {got.attached:>5} attached, {got.right:.3f} right; "
        f"{got.found:.3f} of {got.belonging} found"
    )


def report(name: str, questions: Questions, *, meant: bool) -> None:
    """What margins do to insights of one ticket and of several, and what the product reaches."""
    bar = BY_MEANING if meant else BY_WORDS
    print(f"{name}: the product asks for a margin of {bar.margin}, {bar.alone} of one ticket alone")
    for tellers in TELLERS:
        drawn = histories(questions, tellers)
        margins = MEANING if meant else WORDS
        for margin, got in zip(margins, by_margin(drawn, margins), strict=True):
            show(f"insights of {tellers}, margin {margin}", got)
        show(f"insights of {tellers}, as in the product", scored(drawn))
    for half, part in zip(("one half", "the other half"), questions.halves(), strict=True):
        drawn = [one for tellers in TELLERS for one in histories(part, tellers)]
        show(f"as in the product, {half} of the intents", scored(drawn))
    show("all together", scored([one for n in TELLERS for one in histories(questions, n)]))


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 figures printed, 1 no such file, 2 wrong usage."""
    if len(arguments) != 1:
        usage = "usage: python bench/attaching.py PATH/themes/banking77-train.csv.gz"
        print(usage, file=sys.stderr)
        return 2
    path = Path(arguments[0])
    if not path.is_file():
        print(f"{path} is absent: nothing was measured.", file=sys.stderr)
        return 1
    questions = read(path)
    report("By words", questions, meant=False)
    meant = questions.meant()
    if meant is None:
        print("The extra is not installed: meaning was not measured.")
    else:
        report("By meaning", meant, meant=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
