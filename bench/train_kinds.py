"""Learn the weights of `bot/voice/kind_*.txt` from openly licensed, labelled texts.

    python bench/train_kinds.py PATH/kinds/train.jsonl [--dev PATH/kinds/dev.jsonl] [--write]

Needs scikit-learn, and with `--semantic` the extra of that name. For each kind two logistic
regressions are learned: one reads sentences (those that share words with the labelled span and
the span itself are positive, those of texts without the kind negative, and the other sentences of
a text with the kind are left out, since nobody said that they lack it), one the whole text. Each
is the mean of two: one of plain features, and one whose features are scaled by their log-count
ratio (Wang and Manning 2012, "Baselines and Bigrams"), so that telling ones are bound less by the
penalty. A text has a kind where the log-odds of the text and half those of its best sentence,
each by its spread, add up to more than a threshold; it is set on the first part of the data,
which was drawn without regard to kinds. With `--semantic` a regression over the vectors of texts'
meanings is added, with a threshold of its own. Two more models tell the quotable sentences: one,
learned from differences within a text, reads their words; the other chooses by what all say.

Figures are of five-fold cross-validation. Only words, pairs and pieces of words that at least
five texts have are kept; no text is stored. `--ablate` shows what the phrases written by hand
and the learned words are worth without each other.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bot.reports import Kind
from bot.voice import kind_meaning, kind_model
from bot.voice.kind_features import steps_up_to
from bot.voice.kinds import Judged, passages_of
from kinds import Figures, compare, show
from kinds_corpus import (
    PATTERNS_ONLY,
    SORTS,
    WORDS_ONLY,
    Corpus,
    Feature,
    Floats,
    Item,
    Vocabulary,
    load,
)
from kinds_learning import (
    FOLDS,
    Decisions,
    Marks,
    choices,
    decide,
    folds,
    marks,
    models,
    out_of_fold,
    quote_weights,
    vector_models,
)

DATE: Final = "2026-11-26"
VOICE: Final = Path(__file__).resolve().parents[1] / "bot" / "voice"
LEAST_WEIGHT: Final = {"word": 6, "pair": 6, "piece": 4, "line": 0, "shape": 0}
SOURCES: Final = f"""\
# Written by bench/train_kinds.py on {DATE} from the {{count:,}} openly licensed items of
# kinds/train.jsonl: texts of Mozilla Support contributors (CC BY-SA), of Banking77 (PolyAI,
# CC BY 4.0) and of the app reviews of Dabrowski and others (MIT); see NOTICE."""
HEADER: Final = f"""\
# Weights of the kinds of friction, read by bot/voice/kind_model.py.
{SOURCES}
# A row is a feature and its weights in 1/{kind_model.SCALE}: of a sentence {", ".join(Kind)}
# and its worth as a quote; of the whole text {", ".join(Kind)}.
# decision: the weights of text and best sentence, what is added, and the log-odds at the threshold.
# quote: weights of the choice of a quote."""
MEANING_HEADER: Final = f"""\
# What a text's vector adds to its kinds, read by bot/voice/kind_meaning.py.
{SOURCES}
# Vectors are those of the encoder in bot/semantic (all-MiniLM-L6-v2, int8).
# vector: for each kind what is added, and the weights of the components, in 1/{kind_meaning.SCALE}.
# decision: the weights of text, best sentence and vector, what is added, and the log-odds at the
# threshold."""


class Learned:
    """All that is learned from labelled texts, and how well it does on them out of fold."""

    def __init__(self, corpus: Corpus, vectors: Floats | None) -> None:
        self.corpus = corpus
        self.vectors = vectors
        everything = np.arange(len(corpus.items))
        self.models = models(corpus, everything)
        self.by_vector = [] if vectors is None else vector_models(corpus, vectors, everything)
        both = out_of_fold(corpus, vectors)
        plain = Marks(both.sentence, both.text)
        self.out = [plain] if vectors is None else [plain, both]
        self.rules = [decide(corpus, own) for own in self.out]
        self.quotes = quote_weights(corpus, choices(corpus, plain, self.rules[0]))

    def cross_validated(self, stage: int) -> Figures:
        """How each text is read by what was learned from others; stage 1 is with vectors."""
        fold = folds(len(self.corpus.items)).tolist()
        quotes = [self.quotes[number] for number in fold]
        return answers(self.corpus, self.out[stage], self.rules[stage], quotes)

    def on(self, corpus: Corpus, vectors: Floats | None, stage: int) -> Figures:
        """How other texts are read."""
        own = marks(corpus, self.models, self.by_vector, vectors if stage else None)
        quotes = [self.quotes[FOLDS]] * len(corpus.items)
        return answers(corpus, own, self.rules[stage], quotes)


def answers(
    corpus: Corpus, own: Marks, rule: Decisions, quotes: Sequence[dict[str, float]]
) -> Figures:
    """The figures where texts are read as the product does, with the scores given."""
    found = []
    for text, places in enumerate(corpus.sentences_of()):
        told = () if own.meaning is None else own.meaning[text].tolist()
        scores = kind_model.Scores(own.sentence[places].tolist(), own.text[text].tolist(), told)
        read = [corpus.sentences[place] for place in places]
        judged = Judged(read, scores, rule, quotes[text])
        found.append(passages_of(corpus.items[text]["text"], judged))
    return compare(corpus.items, found)


def table(vocabulary: Vocabulary, learned: Learned) -> str:
    """The file of weights, with a header that says where they come from."""
    rows: dict[str, list[str]] = defaultdict(list)
    scale = kind_model.SCALE
    weights = np.column_stack([model.weights for model in learned.models])
    whole: dict[Feature, list[float]] = {
        feature: [float(value) * vocabulary.weight[column] for value in weights[column]]
        for feature, column in vocabulary.column.items()
    }
    for (sort, name), scaled in whole.items():
        total = scaled
        if sort == "shape":
            steps = [whole[sort, step] for step in steps_up_to(name) if (sort, step) in whole]
            total = [sum(step) for step in zip(*steps, strict=True)]
        row = [round(value * scale) for value in total]
        if any(abs(value) >= LEAST_WEIGHT[sort] for value in row):
            rows[sort].append(name + "\t" + " ".join(map(str, row)))
    biases = " ".join(str(round(model.bias * scale)) for model in learned.models)
    rows["shape"].append(f"bias\t{biases}")
    lines = [HEADER.format(count=len(learned.corpus.items)), "decision"]
    for kind, rule in learned.rules[0].items():
        lines.append(f"{kind}\t{rule.text:.4f} {rule.best:.4f} {rule.bias:.4f} {rule.odds:.4f}")
    lines.append("quote")
    lines += [f"{name}\t{value:.4f}" for name, value in sorted(learned.quotes[FOLDS].items())]
    for sort in SORTS:
        lines += [sort, *sorted(rows[sort])]
    return "\n".join(lines) + "\n"


def meaning_table(learned: Learned) -> str:
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
    return "\n".join(lines) + "\n"


def vectors_of(items: Sequence[Item], kept: Path | None) -> Floats:
    """The vectors of texts' meanings, kept in a file between runs if one is named."""
    from bot.semantic import load as load_encoder

    known: dict[str, Floats] = {}
    if kept and kept.is_file():
        with np.load(kept) as stored:
            known = dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))
    texts = [item["text"] for item in items]
    missing = [text for text in texts if text not in known]
    if missing:
        encoder = load_encoder()
        made = encoder.encode(missing)
        size = next(one.size for one in made if one is not None)
        for text, one in zip(missing, made, strict=True):
            known[text] = np.zeros(size) if one is None else one.astype(np.float64)
        if kept:
            np.savez(kept, texts=np.array(list(known)), vectors=np.array(list(known.values())))
    return np.array([known[text] for text in texts], dtype=np.float64)


def ablate(items: Sequence[Item]) -> None:
    """What phrases written by hand and learned words are worth alone: cross-validated F1."""
    print(f"{'cross-validated F1':<24}{'macro':>7}" + "".join(f"{kind:>12}" for kind in Kind))
    for name, sorts in (
        ("phrases by hand, weighed", PATTERNS_ONLY),
        ("learned words", WORDS_ONLY),
        ("both", SORTS),
    ):
        figures = Learned(Vocabulary(items, sorts).corpus(items), None).cross_validated(0)
        by_kind = "".join(f"{own.f1:>12.3f}" for own in figures.kinds.values())
        print(f"{name:<24}{figures.macro_f1:>7.3f}{by_kind}")


def train(options: argparse.Namespace) -> None:
    """Cross-validate, print the figures, learn from all, and write the tables where asked to."""
    items = load(options.train, only_open=True)
    if options.ablate:
        ablate(items)
        return
    vocabulary = Vocabulary(items)
    corpus = vocabulary.corpus(items)
    vectors = vectors_of(corpus.items, options.vectors) if options.semantic else None
    learned = Learned(corpus, vectors)
    dev = vocabulary.corpus(load(options.dev)) if options.dev else None
    dev_vectors = vectors_of(dev.items, options.vectors) if dev and options.semantic else None
    for stage in range(len(learned.rules)):
        name = ("words alone", "with meaning")[stage]
        own = learned.cross_validated(stage)
        show(f"{name}: train, cross-validated", own)
        if dev:
            other = learned.on(dev, dev_vectors, stage)
            show(f"{name}: dev", other)
            print(f"gap of macro-F1 to cross-validated train: {other.macro_f1 - own.macro_f1:+.3f}")
            print(f"gap of quotes: {other.quote - own.quote:+.3f}")
    if options.write:
        write(VOICE / kind_model.WEIGHTS, table(vocabulary, learned))
        if vectors is not None:
            write(VOICE / kind_meaning.WEIGHTS, meaning_table(learned))


def write(path: Path, text: str) -> None:
    """Store a table, and say how large it is."""
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 done, 1 no data."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("--dev", type=Path)
    parser.add_argument("--semantic", action="store_true", help="learn from vectors, too")
    parser.add_argument("--vectors", type=Path, help="a file to keep the vectors in (.npz)")
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    for path in (options.train, options.dev):
        if path and not path.is_file():
            print(f"{path} is absent: nothing was learned.", file=sys.stderr)
            return 1
    train(options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
