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
What a reader gains from a text is learned beside the kinds (`clarity_learning.py`).

Figures are of five-fold cross-validation. Only words, pairs and pieces of words that at least
five texts have are kept; no text is stored. `--ablate` shows what the phrases written by hand
and the learned words are worth without each other.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from clarity_learning import (
    clarity_out_of_fold,
    facts_of,
    fit_clarity,
    gain_model,
    gains_out_of_fold,
    worths,
)
from kinds import Figures, compare, show
from kinds_corpus import (
    PATTERNS_ONLY,
    SORTS,
    WORDS_ONLY,
    Corpus,
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
from kinds_tables import meaning_table, table

from bot.reports import Kind
from bot.voice import kind_meaning, kind_model
from bot.voice.kinds import Judged, passages_of

VOICE: Final = Path(__file__).resolve().parents[1] / "bot" / "voice"


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
        self.gain = gain_model(corpus, everything)
        self.gain_out = gains_out_of_fold(corpus)
        used = [None, vectors][: len(self.out)]
        self.facts = [facts_of(self._judged_out(stage)) for stage in range(len(self.out))]
        self.clarity = [
            fit_clarity(rows, own, worths(corpus.items))
            for rows, own in zip(self.facts, used, strict=True)
        ]

    def _judged_out(self, stage: int) -> list[Judged]:
        fold = folds(len(self.corpus.items)).tolist()
        quotes = [self.quotes[number] for number in fold]
        return judged(self.corpus, self.out[stage], self.rules[stage], quotes, self.gain_out)

    def cross_validated(self, stage: int) -> Figures:
        """How each text is read by what was learned from others; stage 1 is with vectors."""
        return answers(self.corpus, self._judged_out(stage))

    def clear(self, stage: int) -> Floats:
        """How clear each text is by what was learned from others; stage 1 is with vectors."""
        vectors = self.vectors if stage else None
        return clarity_out_of_fold(self.facts[stage], vectors, worths(self.corpus.items))

    def on(self, corpus: Corpus, vectors: Floats | None, stage: int) -> Figures:
        """How other texts are read."""
        own = marks(corpus, self.models, self.by_vector, vectors if stage else None)
        quotes = [self.quotes[FOLDS]] * len(corpus.items)
        gain = self.gain(corpus.by_text)
        return answers(corpus, judged(corpus, own, self.rules[stage], quotes, gain))


def judged(
    corpus: Corpus, own: Marks, rule: Decisions, quotes: Sequence[dict[str, float]], gain: Floats
) -> list[Judged]:
    """The texts of a corpus as the product judges them, with the scores given."""
    found = []
    for text, places in enumerate(corpus.sentences_of()):
        told = () if own.meaning is None else own.meaning[text].tolist()
        scores = kind_model.Scores(
            own.sentence[places].tolist(), own.text[text].tolist(), told, float(gain[text])
        )
        read = [corpus.sentences[place] for place in places]
        found.append(Judged(read, scores, rule, quotes[text]))
    return found


def answers(corpus: Corpus, found: Sequence[Judged]) -> Figures:
    """The figures where texts are read as the product does."""
    texts = [item["text"] for item in corpus.items]
    return compare(corpus.items, list(map(passages_of, texts, found)))


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
        clear = np.corrcoef(learned.clear(stage), worths(corpus.items))[0, 1]
        print(f"{name}: correlation of clarity with worth, cross-validated: {clear:.3f}")
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
