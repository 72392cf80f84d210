"""The files of weights that `train_kinds.py` writes: `bot/voice/kind_weights.txt` and its kin."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, Protocol

import numpy as np
from clarity_learning import Clarity
from kinds_corpus import SORTS, Corpus, Feature, Vocabulary
from kinds_learning import FOLDS, Decisions, Linear

from bot.reports import Kind
from bot.voice import kind_meaning, kind_model
from bot.voice.kind_features import steps_up_to

DATE: Final = "2026-11-26"
LEAST_WEIGHT: Final = {"word": 6, "pair": 6, "piece": 4, "line": 0, "shape": 0}
SOURCES: Final = f"""\
# Written by bench/train_kinds.py on {DATE} from the {{count:,}} openly licensed items of
# kinds/train.jsonl: texts of Mozilla Support contributors (CC BY-SA), of Banking77 (PolyAI,
# CC BY 4.0) and of the app reviews of Dabrowski and others (MIT); see NOTICE."""
HEADER: Final = f"""\
# Weights of the kinds of friction, read by bot/voice/kind_model.py.
{SOURCES}
# A row is a feature and its weights in 1/{kind_model.SCALE}: of a sentence {", ".join(Kind)}
# and its worth as a quote; of the whole text {", ".join(Kind)}
# and how much a reader gains from it.
# decision: the weights of text and best sentence, what is added, and the log-odds at the threshold.
# quote: weights of the choice of a quote. clarity: weights of what makes a text clear."""
MEANING_HEADER: Final = f"""\
# What a text's vector adds to its kinds, read by bot/voice/kind_meaning.py.
{SOURCES}
# Vectors are those of the encoder in bot/semantic (all-MiniLM-L6-v2, int8).
# vector: for each kind, and for the gain, what is added, and the weights of the components, in
# 1/{kind_meaning.SCALE}. clarity: weights of what makes a text clear.
# decision: the weights of text, best sentence and vector, what is added, and the log-odds at the
# threshold."""


class Learnt(Protocol):
    """What is to be written down; of rules and clarity the second is with vectors."""

    corpus: Corpus
    models: list[Linear]
    by_vector: list[Linear]
    rules: list[Decisions]
    quotes: list[dict[str, float]]
    gain: Linear
    clarity: list[Clarity]


def table(vocabulary: Vocabulary, learned: Learnt) -> str:
    """The file of weights, with a header that says where they come from."""
    rows: dict[str, list[str]] = defaultdict(list)
    scale = kind_model.SCALE
    every = [*learned.models, learned.gain]
    weights = np.column_stack([model.weights for model in every])
    whole: dict[Feature, list[float]] = {
        feature: [float(value) * vocabulary.weight[column] for value in weights[column]]
        for feature, column in vocabulary.column.items()
    }
    for (sort, name), scaled in whole.items():
        total = scaled
        if sort == "shape":
            steps = [whole[sort, step] for step in steps_up_to(name) if (sort, step) in whole]
            total = [sum(step) for step in zip(*steps, strict=True)]
        *row, gain = [round(value * scale) for value in total]
        told = any(abs(value) >= LEAST_WEIGHT[sort] for value in row)
        if told or abs(gain) >= LEAST_WEIGHT[sort]:
            row = row if told else [0] * len(row)
            rows[sort].append(name + "\t" + " ".join(map(str, [*row, gain])))
    biases = " ".join(str(round(model.bias * scale)) for model in every)
    rows["shape"].append(f"bias\t{biases}")
    lines = [HEADER.format(count=len(learned.corpus.items)), "decision"]
    for kind, rule in learned.rules[0].items():
        lines.append(f"{kind}\t{rule.text:.4f} {rule.best:.4f} {rule.bias:.4f} {rule.odds:.4f}")
    lines.append("quote")
    lines += [f"{name}\t{value:.4f}" for name, value in sorted(learned.quotes[FOLDS].items())]
    lines += clarity_lines(learned.clarity[0])
    for sort in SORTS:
        lines += [sort, *sorted(rows[sort])]
    return "\n".join(lines) + "\n"


def clarity_lines(learned: Clarity) -> list[str]:
    """The section of a table that tells what makes a text clear."""
    return [
        "clarity",
        *(f"{name}\t{round(value, 4) + 0.0:.4f}" for name, value in learned.named.items()),
    ]


def meaning_table(learned: Learnt) -> str:
    """The file of what vectors add."""
    lines = [MEANING_HEADER.format(count=len(learned.corpus.items)), "decision"]
    for kind, rule in learned.rules[1].items():
        values = (rule.text, rule.best, rule.meaning, rule.bias, rule.odds)
        lines.append(f"{kind}\t" + " ".join(f"{value:.4f}" for value in values))
    lines.append("vector")
    for kind, model in zip(Kind, learned.by_vector, strict=True):
        row = [model.bias, *model.weights.tolist()]
        numbers = " ".join(str(round(value * kind_meaning.SCALE)) for value in row)
        lines.append(f"{kind}\t{numbers}")
    numbers = " ".join(str(round(value * kind_meaning.SCALE)) for value in learned.clarity[1].row)
    lines += [f"{kind_meaning.GAIN}\t{numbers}", *clarity_lines(learned.clarity[1])]
    return "\n".join(lines) + "\n"
