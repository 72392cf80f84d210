"""Learn the weights of `bot/voice/kind_weights.txt` from openly licensed, labelled texts.

    python bench/train_kinds.py PATH/kinds/train.jsonl [--dev PATH/kinds/dev.jsonl] [--write]

Needs scikit-learn and numpy, which the product does not. For each kind two logistic regressions
are learned: one reads sentences (those that share words with the labelled span and the span
itself are positive, those of texts without the kind negative, and the other sentences of a text
with the kind are left out, since nobody said that they lack it), one the whole text. Each is
the mean of two: one of plain features, and one whose features are scaled by their log-count ratio
(Wang and Manning 2012, "Baselines and Bigrams"), so that telling ones are bound less by the
penalty. A text has a kind where the log-odds of the
text and half those of its best sentence, each by its spread, add up to more than a threshold; it
is set on the first part of the data, which was drawn without regard to kinds. A seventh model,
learned from differences within a text, tells the quotable sentences. Figures printed are of
five-fold cross-validation. Only words, pairs and pieces of words that at least five texts have
are kept; no text is stored.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.reports import FRICTION_KINDS, Kind
from bot.voice.kind_features import (
    Sentence,
    pairs,
    pieces_of,
    read_sentences,
    steps_up_to,
    text_shapes,
)
from bot.voice.kind_model import QUOTE, SCALE, WEIGHTS, WHOLE
from bot.voice.text import words

DATE: Final = "2026-11-23"
SEED: Final = 1
FOLDS: Final = 5
DRAWN_WITHOUT_REGARD: Final = 2_000
"""The items up to this number were drawn without regard to their kinds."""

LEAST_TEXTS: Final = {"word": 5, "pair": 5, "piece": 8, "line": 1, "shape": 1}
WEIGHT_OF_SORT: Final = {"word": 1.0, "pair": 1.0, "piece": 0.35, "line": 1.0, "shape": 0.25}
SENTENCE_C: Final = 0.4
TEXT_C: Final = 0.5
STRENGTH_WHERE_SCALED: Final = 0.6
QUOTE_C: Final = 1.0
MOST_OTHERS: Final = 14
SHARE_OF_BEST: Final = 0.5
SMOOTHING: Final = 0.3
LEAST_WORDS_OF_SPAN: Final = 3
OF_THE_TEXT: Final = ("place", "from end", "said again")
"""Shapes that a sentence has within its text only, so that a span alone has none."""

OUT: Final = Path(__file__).resolve().parents[1] / "bot" / "voice" / WEIGHTS

Feature = tuple[str, str]
Item = dict[str, Any]


@dataclass(slots=True)
class Corpus:
    """Texts as features: `owner[i]` is the text of sentence `i`; labels are 1, 0, -1 unknown."""

    items: list[Item]
    owner: Any
    sentences: list[Sentence]
    by_sentence: Any
    by_text: Any
    labels: Any
    kinds: Any
    spans: Any
    span_owner: Any
    span_labels: Any


@dataclass(frozen=True, slots=True)
class Linear:
    """A learned model: weights of features and what is added."""

    weights: Any
    bias: float

    def __call__(self, rows: Any) -> Any:
        """The log-odds of rows."""
        return rows @ self.weights + self.bias


def lexical(sentence: Sentence) -> Iterator[Feature]:
    """The features whose weights are shared among a sentence's words."""
    for word in sentence.said:
        yield "word", word
        for piece in pieces_of(word):
            yield "piece", piece
    for one, two in pairs(sentence.said):
        yield "pair", f"{one} {two}"
    for hit in sentence.hits:
        yield "line", hit.line.name


def shapes(found: Sequence[str]) -> Iterator[Feature]:
    """Shapes with the lower steps of their scales."""
    for shape in found:
        for step in steps_up_to(shape):
            yield "shape", step


def shares(one: str, other: str) -> tuple[float, float]:
    """The shares of words that two texts have in common."""
    left, right = set(words(one)), set(words(other))
    common = len(left & right)
    return common / max(len(left), 1), common / max(len(right), 1)


def sentence_labels(item: Item, own: Sequence[Sentence]) -> list[list[int]]:
    """A row of six for each sentence: 1, 0 or -1 (unknown) a kind, and for being quotable."""
    rows = [[0] * WHOLE for _ in own]
    friction = [item["spans"][kind] for kind in FRICTION_KINDS if item["spans"].get(kind)]
    for row, sentence in zip(rows, own, strict=True):
        quotable = any(shares(sentence.text, span)[0] >= 0.5 for span in friction)
        row[QUOTE] = int(quotable) if friction else -1
    for place, kind in enumerate(Kind):
        if kind not in item["kinds"]:
            continue
        common = [shares(sentence.text, item["spans"].get(kind, "")) for sentence in own]
        carries = [max(pair) >= 0.5 and min(pair) > 0.15 for pair in common]
        if not any(carries):
            best = max(range(len(own)), key=lambda index: sum(common[index]))
            carries[best] = True
        for row, is_carried in zip(rows, carries, strict=True):
            row[place] = 1 if is_carried else -1
    return rows


class Trainer:
    """The models' vocabulary and settings; numpy, scipy and scikit-learn are handed in."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.np: Any = importlib.import_module("numpy")
        self.sparse: Any = importlib.import_module("scipy.sparse")
        self.linear: Any = importlib.import_module("sklearn.linear_model")
        texts: Counter[Feature] = Counter()
        for item in items:
            read = read_sentences(item["text"])
            own = {feature for sentence in read for feature in lexical(sentence)}
            for sentence in read:
                own.update(shapes(sentence.shapes))
            own.update(shapes(text_shapes(read)))
            texts.update(own)
        kept = sorted(name for name, count in texts.items() if count >= LEAST_TEXTS[name[0]])
        self.column = {feature: index for index, feature in enumerate(kept)}
        self.weight = [WEIGHT_OF_SORT[sort] for sort, _ in kept]

    def row(self, features: Iterator[Feature], share: float = 1.0) -> dict[int, float]:
        """Scaled counts by column."""
        found: dict[int, float] = defaultdict(float)
        for feature in features:
            column = self.column.get(feature)
            if column is not None:
                found[column] += share * self.weight[column]
        return found

    def matrix(self, rows: Sequence[dict[int, float]]) -> Any:
        """A sparse matrix of the rows."""
        starts = [0]
        for row in rows:
            starts.append(starts[-1] + len(row))
        columns = [column for row in rows for column in row]
        values = [value for row in rows for value in row.values()]
        return self.sparse.csr_matrix((values, columns, starts), (len(rows), len(self.column)))

    def corpus(self, items: Sequence[Item]) -> Corpus:
        """Read the items; those without a sentence are left out."""
        np = self.np
        kept: list[Item] = []
        owner: list[int] = []
        found: list[Sentence] = []
        labels: list[list[int]] = []
        sentence_rows, text_rows = [], []
        for item in items:
            read = read_sentences(item["text"])
            if not read:
                continue
            length = sum(len(sentence.said) for sentence in read)
            whole: dict[int, float] = self.row(shapes(text_shapes(read)))
            for sentence in read:
                row = self.row(lexical(sentence))
                for column, value in row.items():
                    whole[column] += value / length**0.5
                    row[column] = value / len(sentence.said) ** 0.5
                row.update(self.row(shapes(sentence.shapes)))
                sentence_rows.append(row)
                owner.append(len(kept))
            text_rows.append(whole)
            found += read
            labels += sentence_labels(item, read) if "spans" in item else []
            kept.append(item)
        kinds = np.array([[kind in item["kinds"] for kind in Kind] for item in kept])
        matrices = self.matrix(sentence_rows), self.matrix(text_rows)
        return Corpus(
            kept, np.array(owner), found, *matrices, np.array(labels), kinds, *self.spans(kept)
        )

    def spans(self, items: Sequence[Item]) -> tuple[Any, Any, Any]:
        """The labelled spans as sentences of their own: rows, owners and labels."""
        rows, owner, labels = [], [], []
        for index, item in enumerate(items):
            for kind, span in item.get("spans", {}).items():
                for sentence in read_sentences(span or ""):
                    if len(sentence.said) < LEAST_WORDS_OF_SPAN + 2:
                        continue
                    share = len(sentence.said) ** -0.5
                    row = self.row(lexical(sentence), share)
                    inside = [name for name in sentence.shapes if not name.startswith(OF_THE_TEXT)]
                    row.update(self.row(shapes(inside)))
                    rows.append(row)
                    owner.append(index)
                    labels.append(
                        [1 if own == kind else -int(own in item["kinds"]) for own in Kind]
                    )
        return self.matrix(rows), self.np.array(owner), self.np.array(labels)

    def fit(self, rows: Any, truth: Any, strength: float) -> Linear:
        """A logistic regression."""
        learner = self.linear.LogisticRegression(
            C=strength, solver="liblinear", random_state=SEED, max_iter=300
        ).fit(rows, truth)
        return Linear(learner.coef_[0], float(learner.intercept_[0]))

    def fit_mean(self, rows: Any, truth: Any, strength: float) -> Linear:
        """The mean of one regression as it is and one over scaled features, which vary less."""
        plain = self.fit(rows, truth, strength)
        scaled = self.fit_scaled(rows, truth, strength * STRENGTH_WHERE_SCALED)
        return Linear((plain.weights + scaled.weights) / 2, (plain.bias + scaled.bias) / 2)

    def fit_scaled(self, rows: Any, truth: Any, strength: float) -> Linear:
        """A regression over features scaled half by how unevenly the two sides have them."""
        np = self.np
        sides = [np.asarray(rows[side].sum(0)).ravel() + SMOOTHING for side in (truth, ~truth)]
        ratio = np.abs(np.log((sides[0] / sides[0].sum()) / (sides[1] / sides[1].sum())))
        scale = 0.5 + 0.5 * ratio / ratio.mean()
        learned = self.fit(rows @ self.sparse.diags(scale), truth, strength)
        return Linear(learned.weights * scale, learned.bias)

    def fit_ranking(self, corpus: Corpus, known: Any) -> Linear:
        """Tell a text's quotable sentences from its others: a regression on their differences."""
        np = self.np
        better, worse, weight = [], [], []
        for text in np.unique(corpus.owner[known]):
            own = np.flatnonzero(known & (corpus.owner == text))
            quotable = own[corpus.labels[own, QUOTE] == 1]
            others = own[corpus.labels[own, QUOTE] == 0][:MOST_OTHERS]
            for one in quotable:
                for other in others:
                    better.append(one)
                    worse.append(other)
                    weight.append(min(2, len(others)) ** 0.5 / (len(quotable) * len(others)))
        sign = np.where(np.arange(len(better)) % 2, 1.0, -1.0)
        rows = corpus.by_sentence[np.array(better)] - corpus.by_sentence[np.array(worse)]
        learner = self.linear.LogisticRegression(
            C=QUOTE_C, solver="liblinear", random_state=SEED, fit_intercept=False
        ).fit(self.sparse.diags(sign) @ rows, sign > 0, sample_weight=weight)
        return Linear(learner.coef_[0], 0.0)

    def models(self, corpus: Corpus, texts: Any) -> list[Linear]:
        """The models of every lane, learned from some of the texts."""
        np = self.np
        here = np.isin(corpus.owner, texts)
        spans_here = np.isin(corpus.span_owner, texts)
        found = []
        for place in range(len(Kind)):
            known = here & (corpus.labels[:, place] >= 0)
            span_known = spans_here & (corpus.span_labels[:, place] >= 0)
            rows = self.sparse.vstack([corpus.by_sentence[known], corpus.spans[span_known]])
            truth = np.r_[corpus.labels[known, place], corpus.span_labels[span_known, place]] == 1
            found.append(self.fit_mean(rows.tocsr(), truth, SENTENCE_C))
        found.append(self.fit_ranking(corpus, here & (corpus.labels[:, QUOTE] >= 0)))
        for place in range(len(Kind)):
            found.append(self.fit_mean(corpus.by_text[texts], corpus.kinds[texts, place], TEXT_C))
        return found

    def scores(self, corpus: Corpus, models: Sequence[Linear]) -> tuple[Any, Any]:
        """The log-odds of sentences and of texts."""
        by_sentence = [model(corpus.by_sentence) for model in models[:WHOLE]]
        by_text = [model(corpus.by_text) for model in models[WHOLE:]]
        return self.np.column_stack(by_sentence), self.np.column_stack(by_text)

    def out_of_fold(self, corpus: Corpus) -> tuple[Any, Any]:
        """The scores of every text by models that did not learn from it."""
        np = self.np
        fold = np.random.default_rng(SEED).permutation(len(corpus.items)) % FOLDS
        sentence = np.zeros((len(corpus.owner), WHOLE))
        text = np.zeros((len(corpus.items), len(Kind)))
        for number in range(FOLDS):
            models = self.models(corpus, np.flatnonzero(fold != number))
            by_sentence, by_text = self.scores(corpus, models)
            mine = fold == number
            text[mine] = by_text[mine]
            sentence[mine[corpus.owner]] = by_sentence[mine[corpus.owner]]
        return sentence, text

    def decide(self, corpus: Corpus, sentence: Any, text: Any) -> dict[Kind, tuple[float, ...]]:
        """For each kind the weights of text and best sentence, and the bias: the threshold.

        The threshold is the one with the greatest expected F1 where the sum, made a probability,
        is taken for the truth; this varies less with the sample than the best F1 itself.
        """
        np = self.np
        number = [int(item["id"].partition("-")[2]) for item in corpus.items]
        first = np.array(number) <= DRAWN_WITHOUT_REGARD
        found: dict[Kind, tuple[float, ...]] = {}
        for place, kind in enumerate(Kind):
            best = best_of(np, sentence[:, place], corpus.owner, len(corpus.items))
            text_weight, best_weight = 1 / text[:, place].std(), SHARE_OF_BEST / best.std()
            total = text_weight * text[:, place] + best_weight * best
            learner = self.fit(total[first, None], corpus.kinds[first, place], 10.0)
            odds = np.sort(learner(total[first, None]))[::-1]
            chance = 1 / (1 + np.exp(-odds))
            chosen = np.arange(1, len(odds) + 1)
            at = int(np.argmax(2 * np.cumsum(chance) / (chosen + chance.sum())))
            slope = float(learner.weights[0])
            bias = learner.bias - float(odds[at])
            found[kind] = slope * text_weight, slope * best_weight, bias
        return found


def best_of(np: Any, values: Any, owner: Any, count: int) -> Any:
    """The greatest value of each text's sentences."""
    best = np.full(count, -np.inf)
    np.maximum.at(best, owner, values)
    return best


def decided(
    np: Any, corpus: Corpus, scores: tuple[Any, Any], rule: dict[Kind, tuple[float, ...]]
) -> Any:
    """Which kinds each text is found to have."""
    sentence, text = scores
    columns = []
    for place, kind in enumerate(Kind):
        text_weight, best_weight, bias = rule[kind]
        best = best_of(np, sentence[:, place], corpus.owner, len(corpus.items))
        columns.append(text_weight * text[:, place] + best_weight * best + bias > 0)
    return np.column_stack(columns)


def f1s(truth: Any, found: Any, judged: Any) -> list[float]:
    """F1 a kind over what is judged."""
    right = (truth & found & judged).sum(0)
    return [
        float(value)
        for value in 2 * right / ((truth & judged).sum(0) + (found & judged).sum(0)).clip(1)
    ]


def show(np: Any, title: str, corpus: Corpus, found: Any, mask: Any = None) -> float:
    """Print a row of figures; the macro-F1."""
    judged = np.array(
        [[kind not in item.get("disputed", ()) for kind in Kind] for item in corpus.items]
    )
    if mask is not None:
        judged &= mask[:, None]
    scores = f1s(corpus.kinds, found, judged)
    macro = sum(scores) / len(scores)
    count = len(corpus.items) if mask is None else int(mask.sum())
    print(f"{title:<32}{count:>6}{macro:>8.3f} " + "".join(f"{score:>8.3f}" for score in scores))
    return macro


def show_sources(np: Any, corpus: Corpus, found: Any) -> None:
    """The figures of each source."""
    sources = [str(item["source"]) for item in corpus.items]
    for source in sorted(set(sources)):
        show(np, f"  {source}", corpus, found, np.array([own == source for own in sources]))


def table(trainer: Trainer, models: Sequence[Linear], rule: dict[Kind, tuple[float, ...]]) -> str:
    """The file of weights, with a header that says where they come from."""
    rows: dict[str, list[str]] = defaultdict(list)
    biases = [model.bias for model in models]
    weights = trainer.np.column_stack([model.weights for model in models])
    whole: dict[Feature, list[float]] = {}
    for feature, column in trainer.column.items():
        scaled = [float(value) * trainer.weight[column] for value in weights[column]]
        whole[feature] = scaled
    for (sort, name), scaled in whole.items():
        total = scaled
        if sort == "shape":
            steps = [whole[sort, step] for step in steps_up_to(name) if (sort, step) in whole]
            total = [sum(step) for step in zip(*steps, strict=True)]
        row = [round(value * SCALE) for value in total]
        if any(abs(value) >= LEAST_WEIGHT[sort] for value in row):
            rows[sort].append(name + "\t" + " ".join(map(str, row)))
    rows["shape"].append("bias\t" + " ".join(str(round(bias * SCALE)) for bias in biases))
    lines = [HEADER, "decision"]
    lines += [f"{kind}\t" + " ".join(f"{value:.4f}" for value in rule[kind]) for kind in Kind]
    for sort in ("word", "pair", "piece", "line", "shape"):
        lines += [sort, *sorted(rows[sort])]
    return "\n".join(lines) + "\n"


LEAST_WEIGHT: Final = {"word": 6, "pair": 6, "piece": 4, "line": 0, "shape": 0}
HEADER: Final = f"""\
# Weights of the kinds of friction, read by bot/voice/kind_model.py.
# Written by bench/train_kinds.py on {DATE} from the 2,720 openly licensed items of
# kinds/train.jsonl: texts of Mozilla Support contributors (CC BY-SA), of Banking77 (PolyAI,
# CC BY 4.0) and of the app reviews of Dabrowski and others (MIT); see NOTICE.
# A row is a feature and its weights in 1/{SCALE}: of a sentence {", ".join(Kind)}
# and its worth as a quote; of the whole text {", ".join(Kind)}.
# decision: the weights of text and best sentence, and what is added, for each kind."""


def load(path: Path) -> list[Item]:
    """The labelled items of a file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def train(path: Path, dev: Path | None, *, write: bool) -> None:
    """Cross-validate, print the figures, learn from all, and write the table where asked to."""
    items = [item for item in load(path) if not item["licence"].startswith("not open")]
    trainer = Trainer(items)
    np = trainer.np
    corpus = trainer.corpus(items)
    scores = trainer.out_of_fold(corpus)
    rule = trainer.decide(corpus, *scores)
    found = decided(np, corpus, scores, rule)
    print(f"{'':<32}{'texts':>6}{'macro':>8} " + "".join(f"{kind[:7]:>8}" for kind in Kind))
    first = np.array([int(item["id"].partition("-")[2]) <= DRAWN_WITHOUT_REGARD for item in items])
    macro = show(np, "train, cross-validated", corpus, found)
    show(np, "  its first part", corpus, found, first)
    show_sources(np, corpus, found)
    models = trainer.models(corpus, np.arange(len(corpus.items)))
    show(
        np, "train, learned from", corpus, decided(np, corpus, trainer.scores(corpus, models), rule)
    )
    if dev:
        other = trainer.corpus(load(dev))
        scores = trainer.scores(other, models)
        found = decided(np, other, scores, rule)
        gap = show(np, "dev", other, found) - macro
        show_sources(np, other, found)
        print(f"gap between dev and cross-validated train: {gap:+.3f}")
    if write:
        OUT.write_text(table(trainer, models, rule), encoding="utf-8")
        print(f"{OUT.name}: {OUT.stat().st_size:,} bytes")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 done, 1 no data or no scikit-learn."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("--dev", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    for path in (options.train, options.dev):
        if path and not path.is_file():
            print(f"{path} is absent: nothing was learned.", file=sys.stderr)
            return 1
    try:
        importlib.import_module("sklearn")
    except ModuleNotFoundError:
        print("Needs scikit-learn and numpy: pip install scikit-learn numpy.", file=sys.stderr)
        return 1
    train(options.train, options.dev, write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
