"""What a ticket reports, sentence by sentence: broken, confusing, unexpected, a wish, praise.

English is read by learned weights over words and over hand-written phrases (`kind_model`);
German, French and Spanish by the phrases alone, since no labelled texts of theirs are at hand.
A text is judged by its own words only; a ticket never changes how another is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from bot.reports import FRICTION_KINDS, Kind, Passage
from bot.voice import kind_phrases
from bot.voice.kind_features import Sentence, prose, read_sentences
from bot.voice.kind_model import FRICTION, KINDS, Scores, model, score
from bot.voice.kind_reasons import Reason, phrases_of, reason

_NOT_ENGLISH: Final = frozenset({"de", "fr", "es"})
_ENOUGH: Final = 1.0
_QUESTION: Final = 0.3
_WORTH_AS_QUOTE: Final = 3.0
_NEAR: Final = 1.5
_FEWEST_WORDS: Final = 5
_FRAME: Final = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|day|evening|afternoon)|thanks|thank you|regards|cheers"
    r"|best regards|kind regards|sincerely|sent from my|hallo|bonjour|hola|danke|merci|gracias)\b",
    re.IGNORECASE,
)
_FRAME_WORDS: Final = 12
_FRAME_COSTS: Final = 2.0


def passages(text: str, language: str | None = "en") -> tuple[Passage, ...]:
    """At most one passage a kind, in the order of kinds: the sentence that carries it best.

    A passage is a verbatim sentence of `text`; the higher its score, 0 to 1, the better it
    carries the kind and the better it can be quoted.
    """
    return _by_phrases(text) if language in _NOT_ENGLISH else _by_model(text)


def explain(text: str, language: str | None = "en") -> tuple[Reason, ...]:
    """For each of the `passages` of a text the words and phrases that decided."""
    found = passages(text, language)
    if language in _NOT_ENGLISH:
        return tuple(phrases_of(passage.kind, passage.text) for passage in found)
    read = {sentence.text: sentence for sentence in read_sentences(text)}
    length = sum(len(sentence.said) for sentence in read.values())
    return tuple(reason(passage.kind, read[passage.text], length) for passage in found)


def best_quote(found: Sequence[Passage]) -> str:
    """The friction sentence that says most, or ""."""
    friction = [passage for passage in found if passage.kind in FRICTION_KINDS]
    return max(friction, key=lambda passage: passage.score).text if friction else ""


def _by_model(text: str) -> tuple[Passage, ...]:
    read = read_sentences(text)
    if not read:
        return ()
    scores = score(read)
    worth = [
        scores.quotability(place) - _cost_of_frame(sentence.text)
        for place, sentence in enumerate(read)
    ]
    found: list[Passage] = []
    for lane in kinds_of(read, scores):
        fits = [
            row[lane] + _WORTH_AS_QUOTE * own
            for row, own in zip(scores.sentences, worth, strict=True)
        ]
        best = max(range(len(fits)), key=fits.__getitem__)
        found.append(Passage(KINDS[lane], read[best].text, round(_share(worth[best]), 4)))
    return tuple(found)


def kinds_of(read: Sequence[Sentence], scores: Scores) -> list[int]:
    """The places of a text's kinds.

    Customers seldom write about nothing: a text of some words that no kind is sure of gets the
    friction nearest to its threshold, if that is near and a hand-written phrase tells of it.
    """
    above = [scores.decide(lane, model().decisions[kind]) for lane, kind in enumerate(KINDS)]
    found = [lane for lane, value in enumerate(above) if value > 0]
    if found:
        return found
    if sum(len(sentence.said) - 2 for sentence in read) < _FEWEST_WORDS:
        return []
    told = {hit.line.kind for sentence in read for hit in sentence.hits if hit.line.weight > 0}
    near = [lane for lane in FRICTION if KINDS[lane] in told and above[lane] > -_NEAR]
    return sorted(near, key=above.__getitem__)[-1:]


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(log_odds, 30.0))))


def _cost_of_frame(sentence: str) -> float:
    is_frame = _FRAME.match(sentence) and sentence.count(" ") < _FRAME_WORDS
    return _FRAME_COSTS if is_frame else 0.0


def _by_phrases(text: str) -> tuple[Passage, ...]:
    tree = kind_phrases.other_languages()
    best: dict[Kind, tuple[float, Passage]] = {}
    for sentence in prose(text):
        said = kind_phrases.spoken(sentence)
        fitness = _fitness(sentence, len(said))
        for kind, weight in _weigh(tree, sentence, said).items():
            rank = min(weight, 2.5) + fitness
            if weight >= _ENOUGH and (kind not in best or rank > best[kind][0]):
                best[kind] = rank, Passage(kind, sentence, round(weight / (1 + weight), 3))
    return tuple(best[kind][1] for kind in Kind if kind in best)


def _weigh(tree: kind_phrases.Node, sentence: str, said: list[str]) -> dict[Kind, float]:
    """The sum of weights for each kind that a sentence has phrases of."""
    sums: dict[Kind, float] = {}
    for hit in kind_phrases.find(tree, said):
        if not hit.is_denied:
            sums[hit.line.kind] = sums.get(hit.line.kind, 0.0) + hit.line.weight
    if Kind.CONFUSING in sums and sentence.rstrip("\"' )").endswith("?"):
        sums[Kind.CONFUSING] += _QUESTION
    return sums


def _fitness(sentence: str, length: int) -> float:
    """How well a sentence of `length` words reads on its own: neither a shout nor a saga."""
    fitness = 0.5 if 8 <= length <= 40 else 0.2 if 5 <= length <= 60 else -0.3
    return fitness - 0.5 if _FRAME.match(sentence) and length < _FRAME_WORDS else fitness
