"""Why a text was found to have a kind: the words and phrases that weighed most.

The models are sums, so the reasons are their greatest terms. A phrase is told in the words that
were looked up: "can not" for "can't", and "…" where words between are denied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports import Kind
from bot.voice.kind_features import DENIED, Sentence, pairs
from bot.voice.kind_model import KINDS, WHOLE, Decision, model, unpack, word_row

_MOST_PHRASES: Final = 5
_SIGNS: Final = frozenset({"^", ".", "!", "?", "0"})
_GAP: Final = "…"
_LEAST: Final = 0.005

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """The phrases that decided for a kind, with their weights, the heaviest first.

    Weights are what the phrases in `sentence` add to the text's log-odds of the kind; `meaning`
    is what the vector of the text's meaning adds to them, 0 where none is given.
    """

    kind: Kind
    sentence: str
    phrases: tuple[tuple[str, float], ...]
    meaning: float = 0.0


def reason(
    kind: Kind, sentence: Sentence, length: int, decision: Decision, meaning: Sequence[float] = ()
) -> Reason:
    """Why `sentence`, of an English text with `length` words and signs, carries a kind.

    `meaning` are the log-odds of each kind by the text's vector, if there is one.
    """
    lane = KINDS.index(kind)
    by_sentence = decision.best / len(sentence.said) ** 0.5
    by_text = decision.text / max(length, 1) ** 0.5
    weights: dict[Words, float] = defaultdict(float)
    for words, row in _terms(sentence):
        lanes = unpack(row)
        weights[words] += by_sentence * lanes[lane] + by_text * lanes[WHOLE + lane]
    for words, share in _shares_of_shape(sentence, kind, lane):
        weights[words] += decision.best * share
    added = decision.meaning * meaning[lane] if meaning else 0.0
    return Reason(kind, sentence.text, _heaviest(weights.items()), round(added, 2))


def _terms(sentence: Sentence) -> Iterator[tuple[Words, int]]:
    """The words of every term of the sum over words, with the term's row of the table."""
    table = model()
    for word in sentence.said:
        yield (word,), word_row(word)
    for pair in pairs(sentence.said):
        yield pair, table.pair.get(pair, 0)
    for hit in sentence.hits:
        yield tuple(sentence.said[hit.start : hit.end]), table.line.get(hit.line.name, 0)


def _shares_of_shape(sentence: Sentence, kind: Kind, lane: int) -> Iterator[tuple[Words, float]]:
    """What the sum of a kind's phrases adds to a sentence, shared among them by weight."""
    for shape in sentence.shapes:
        group = shape.rpartition(" ~")[0]
        hits = [hit for hit in sentence.hits if hit.line.group == group and hit.line.kind is kind]
        total = sum(hit.line.weight for hit in hits)
        if total > 0:
            worth = unpack(model().shape.get(shape, 0))[lane]
            for hit in hits:
                words = tuple(sentence.said[hit.start : hit.end])
                yield words, worth * hit.line.weight / total


def _heaviest(weights: Iterable[tuple[Words, float]]) -> tuple[tuple[str, float], ...]:
    """The heaviest phrases above zero; a part of one that is named already is left out."""
    named: list[tuple[str, float]] = []
    for words, weight in sorted(weights, key=lambda term: -term[1]):
        phrase = _phrase(words)
        is_new = all(f" {phrase} " not in f" {other} " for other, _ in named)
        if weight >= _LEAST and phrase and is_new:
            named.append((phrase, round(weight, 2)))
    return tuple(named[:_MOST_PHRASES])


def _phrase(words: Words) -> str:
    """The words to show, or "" where none is left: denied words are a gap, signs nothing."""
    shown = [_GAP if word == DENIED else word for word in words if word not in _SIGNS]
    kept = [w for at, w in enumerate(shown) if w != _GAP or shown[at - 1 : at] != [_GAP]]
    return " ".join(kept).strip(f"{_GAP} ")
