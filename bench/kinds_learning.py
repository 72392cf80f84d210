"""How the weights of kinds are learned: regressions over words, choices of quotes, vectors.

Used by `train_kinds.py` only; needs scikit-learn. Scores "out of fold" are by models that did not
learn from the text, so that figures and later stages rest on texts as the product meets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from kinds_corpus import Corpus, Floats, Rows, shares
from numpy.typing import NDArray
from scipy import optimize, sparse
from sklearn.linear_model import LogisticRegression

from bot.reports import FRICTION_KINDS, Kind
from bot.voice.kind_model import QUOTE, WHOLE, Decision, Scores
from bot.voice.kind_quotes import NAMES, features

SEED: Final = 1
FOLDS: Final = 5
SENTENCE_C: Final = 0.4
TEXT_C: Final = 0.5
STRENGTH_WHERE_SCALED: Final = 0.6
QUOTE_C: Final = 1.0
VECTOR_C: Final = 2.0
CHOICE_PENALTY: Final = 3.0
MOST_OTHERS: Final = 14
SHARE_OF_BEST: Final = 0.5
SMOOTHING: Final = 0.3

Decisions = dict[Kind, Decision]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Linear:
    """A learned model: weights of features and what is added."""

    weights: Floats
    bias: float

    def __call__(self, rows: Rows) -> Floats:
        """The log-odds of rows."""
        found: Floats = rows @ self.weights + self.bias
        return found


@dataclass(frozen=True, slots=True)
class Marks:
    """The log-odds of sentences and of texts, and by the texts' vectors if those are known."""

    sentence: Floats
    text: Floats
    meaning: Floats | None = None


def fit(rows: Rows, truth: Mask, strength: float) -> Linear:
    """A logistic regression."""
    learner = LogisticRegression(
        C=strength, solver="liblinear", random_state=SEED, max_iter=300
    ).fit(rows, truth)
    return Linear(learner.coef_[0], float(learner.intercept_[0]))


def fit_mean(rows: Rows, truth: Mask, strength: float) -> Linear:
    """The mean of one regression as it is and one over scaled features, which vary less."""
    plain = fit(rows, truth, strength)
    scaled = fit_scaled(rows, truth, strength * STRENGTH_WHERE_SCALED)
    return Linear((plain.weights + scaled.weights) / 2, (plain.bias + scaled.bias) / 2)


def fit_scaled(rows: Rows, truth: Mask, strength: float) -> Linear:
    """A regression over features scaled half by how unevenly the two sides have them."""
    sides = [np.asarray(rows[side].sum(0)).ravel() + SMOOTHING for side in (truth, ~truth)]
    ratio = np.abs(np.log((sides[0] / sides[0].sum()) / (sides[1] / sides[1].sum())))
    scale = 0.5 + 0.5 * ratio / ratio.mean()
    learned = fit(rows @ sparse.diags(scale), truth, strength)
    return Linear(learned.weights * scale, learned.bias)


def fit_ranking(corpus: Corpus, known: Mask) -> Linear:
    """Tell a text's quotable sentences from its others: a regression on their differences."""
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
    learner = LogisticRegression(
        C=QUOTE_C, solver="liblinear", random_state=SEED, fit_intercept=False
    ).fit(sparse.diags(sign) @ rows, sign > 0, sample_weight=weight)
    return Linear(learner.coef_[0], 0.0)


def models(corpus: Corpus, texts: NDArray[np.intp]) -> list[Linear]:
    """The models of every lane of the table, learned from some of the texts."""
    here = np.isin(corpus.owner, texts)
    spans_here = np.isin(corpus.span_owner, texts)
    found = []
    for place in range(len(Kind)):
        known = here & (corpus.labels[:, place] >= 0)
        span_known = spans_here & (corpus.span_labels[:, place] >= 0)
        rows = sparse.vstack([corpus.by_sentence[known], corpus.spans[span_known]])
        truth = np.r_[corpus.labels[known, place], corpus.span_labels[span_known, place]] == 1
        found.append(fit_mean(rows.tocsr(), truth, SENTENCE_C))
    found.append(fit_ranking(corpus, here & (corpus.labels[:, QUOTE] >= 0)))
    for place in range(len(Kind)):
        found.append(fit_mean(corpus.by_text[texts], corpus.kinds[texts, place], TEXT_C))
    return found


def vector_models(corpus: Corpus, vectors: Floats, texts: NDArray[np.intp]) -> list[Linear]:
    """A regression over the vectors of texts' meanings for each kind."""
    return [fit(vectors[texts], corpus.kinds[texts, place], VECTOR_C) for place in range(len(Kind))]


def marks(
    corpus: Corpus, learned: Sequence[Linear], by_vector: Sequence[Linear], vectors: Floats | None
) -> Marks:
    """What the models say of a corpus."""
    by_sentence = [model(corpus.by_sentence) for model in learned[:WHOLE]]
    by_text = [model(corpus.by_text) for model in learned[WHOLE:]]
    told = None if vectors is None else np.column_stack([model(vectors) for model in by_vector])
    return Marks(np.column_stack(by_sentence), np.column_stack(by_text), told)


def folds(count: int) -> NDArray[np.intp]:
    """To which fold each of so many texts belongs."""
    return np.random.default_rng(SEED).permutation(count) % FOLDS


def out_of_fold(corpus: Corpus, vectors: Floats | None = None) -> Marks:
    """The scores of every text by models that did not learn from it."""
    count = len(corpus.items)
    fold = folds(count)
    sentence = np.zeros((len(corpus.owner), WHOLE))
    text, meaning = np.zeros((count, len(Kind))), np.zeros((count, len(Kind)))
    for number in range(FOLDS):
        others = np.flatnonzero(fold != number)
        by_vector = [] if vectors is None else vector_models(corpus, vectors, others)
        found = marks(corpus, models(corpus, others), by_vector, vectors)
        mine = fold == number
        text[mine] = found.text[mine]
        sentence[mine[corpus.owner]] = found.sentence[mine[corpus.owner]]
        if found.meaning is not None:
            meaning[mine] = found.meaning[mine]
    return Marks(sentence, text, None if vectors is None else meaning)


def best_of(corpus: Corpus, values: Floats) -> Floats:
    """The greatest value of each text's sentences."""
    best = np.full(len(corpus.items), -np.inf)
    np.maximum.at(best, corpus.owner, values)
    return best


def decide(corpus: Corpus, own: Marks) -> Decisions:
    """For each kind the weights of text, best sentence and vector, and the threshold.

    The threshold is the one with the greatest expected F1 where the sum, made a probability,
    is taken for the truth; this varies less with the sample than the best F1 itself. It is set on
    the texts that were drawn without regard to kinds.
    """
    found: Decisions = {}
    first = corpus.first
    for place, kind in enumerate(Kind):
        best = best_of(corpus, own.sentence[:, place])
        text_weight, best_weight = 1 / own.text[:, place].std(), SHARE_OF_BEST / best.std()
        seen = [text_weight * own.text[:, place] + best_weight * best]
        if own.meaning is not None:
            seen.append(own.meaning[:, place])
        rows = np.column_stack(seen)
        is_used = first if own.meaning is None else np.full(len(first), True)
        learner = fit(rows[is_used], corpus.kinds[is_used, place], 10.0)
        odds = threshold(learner(rows[first]))
        slope = float(learner.weights[0])
        found[kind] = Decision(
            slope * text_weight,
            slope * best_weight,
            float(learner.weights[1]) if own.meaning is not None else 0.0,
            learner.bias - odds,
            odds,
        )
    return found


def threshold(log_odds: Floats) -> float:
    """The log-odds from which on to say yes for the greatest expected F1."""
    odds = np.sort(log_odds)[::-1]
    chance = 1 / (1 + np.exp(-odds))
    chosen = np.arange(1, len(odds) + 1)
    return float(odds[int(np.argmax(2 * np.cumsum(chance) / (chosen + chance.sum())))])


def above(corpus: Corpus, own: Marks, rule: Decisions) -> Floats:
    """How far each text is above the threshold of each kind."""
    columns = []
    for place, kind in enumerate(Kind):
        decision = rule[kind]
        best = best_of(corpus, own.sentence[:, place])
        total = decision.text * own.text[:, place] + decision.best * best + decision.bias
        if own.meaning is not None:
            total = total + decision.meaning * own.meaning[:, place]
        columns.append(total)
    return np.column_stack(columns)


@dataclass(frozen=True, slots=True)
class Choices:
    """The friction texts of a corpus as choices: a row a sentence, and which are quotable."""

    texts: list[int]
    rows: list[Floats]
    quotable: list[Mask]


def choices(corpus: Corpus, own: Marks, rule: Decisions) -> Choices:
    """What the choice of a quote sees of each text with a labelled friction."""
    high = above(corpus, own, rule)
    texts, rows, quotable = [], [], []
    for text, places in enumerate(corpus.sentences_of()):
        spans = _friction_spans(corpus.items[text])
        if not spans:
            continue
        read = [corpus.sentences[place] for place in places]
        scores = Scores(own.sentence[places].tolist(), own.text[text].tolist())
        body = corpus.items[text]["text"]
        rows.append(np.array(list(features(body, read, scores, high[text].tolist()))))
        texts.append(text)
        quotable.append(
            np.array([max(shares(one.text, span)[0] for span in spans) >= 0.5 for one in read])
        )
    return Choices(texts, rows, quotable)


def _friction_spans(item: dict[str, object]) -> list[str]:
    spans = item.get("spans")
    return [spans[k] for k in FRICTION_KINDS if spans.get(k)] if isinstance(spans, dict) else []


def fit_choice(seen: Choices, use: Sequence[int]) -> Floats:
    """Weights of a conditional logit: some quotable sentence of each text is chosen."""
    use = [place for place in use if 0 < seen.quotable[place].sum() < len(seen.quotable[place])]
    rows = np.vstack([seen.rows[place] for place in use])
    good = np.concatenate([seen.quotable[place] for place in use])
    sizes = np.array([len(seen.rows[place]) for place in use])
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    text = np.repeat(np.arange(len(use)), sizes)
    spread = rows.std(0) + 1e-9
    scaled = rows / spread

    def loss(weights: Floats) -> tuple[float, Floats]:
        utility = scaled @ weights
        power = np.exp(utility - np.maximum.reduceat(utility, starts)[text])
        every = np.add.reduceat(power, starts)
        chosen = np.where(good, power, 0.0)
        some = np.add.reduceat(chosen, starts)
        slope = scaled.T @ (power / every[text] - chosen / some[text])
        penalty = CHOICE_PENALTY * float(weights @ weights)
        return penalty - float(np.log(some / every).sum()), slope + 2 * CHOICE_PENALTY * weights

    found = optimize.minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B")
    weights: Floats = found.x / spread
    return weights


def quote_weights(corpus: Corpus, seen: Choices) -> list[dict[str, float]]:
    """The weights of the choice: for each fold those not learned from it, and then all texts'.

    They are scaled so that a sentence's utility is the log-odds that it is quotable.
    """
    fold = folds(len(corpus.items))[seen.texts]
    learned = [fit_choice(seen, np.flatnonzero(fold != number).tolist()) for number in range(FOLDS)]
    utility = [rows @ learned[number] for rows, number in zip(seen.rows, fold, strict=True)]
    scale = fit(np.concatenate(utility)[:, None], np.concatenate(seen.quotable), 10.0)
    learned.append(fit_choice(seen, range(len(seen.rows))))
    slope = float(scale.weights[0])
    return [
        {name: slope * float(w) for name, w in zip(NAMES, weights, strict=True)}
        | {"bias": scale.bias}
        for weights in learned
    ]
