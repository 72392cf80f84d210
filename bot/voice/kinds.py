"""What a ticket reports, sentence by sentence: broken, confusing, unexpected, a wish, praise.

English is read by learned weights over words and over hand-written phrases (`kind_model`), and
over the vector of the text's meaning where one is given. Other languages are not read, since
there are no labelled texts to learn from or to measure on: no kind is better than a guess.
A text is judged by its own words only; a ticket never changes how another is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bot.reports import FRICTION_KINDS, Kind, Passage
from bot.voice.kind_features import Sentence, read_sentences
from bot.voice.kind_model import FRICTION, KINDS, Decision, Scores, model, score
from bot.voice.kind_quotes import cost_of_frame, share, utilities
from bot.voice.kind_reasons import Reason, reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

TRAINED: Final = frozenset({"en"})
"""Languages (ISO 639-1) whose kinds were learned and measured; others are not read."""

_LEAST_CHANCE: Final = 0.3
_FEWEST_WORDS: Final = 3
_WORTH_AS_QUOTE: Final = 1.0
_PRAISE: Final = KINDS.index(Kind.PRAISE)


@dataclass(frozen=True, slots=True)
class Judged:
    """The sentences of a text, their scores, and how kinds, quote and clarity follow from them."""

    sentences: list[Sentence]
    scores: Scores
    decisions: Mapping[Kind, Decision]
    quote: Mapping[str, float]
    clarity: Mapping[str, float] = field(default_factory=dict)

    @property
    def above(self) -> list[float]:
        """For each kind how far the text is above the threshold, in log-odds."""
        return [self.scores.decide(lane, self.decisions[kind]) for lane, kind in enumerate(KINDS)]


def passages(
    text: str, language: str | None = "en", vector: Vector | None = None
) -> tuple[Passage, ...]:
    """At most one passage a kind, in the order of kinds: the sentence that carries it best.

    A passage is a verbatim sentence of `text`; its score is the probability, 0 to 1, that a
    reader would quote it for its kind. `language` None is taken for English. `vector` is the
    text's meaning: a unit vector of the packaged encoder (`bot.semantic`); ValueError for a
    vector of another length.
    """
    judged = judge(text, vector) if _is_read(language) else None
    return passages_of(text, judged) if judged else ()


def explain(
    text: str, language: str | None = "en", vector: Vector | None = None
) -> tuple[Reason, ...]:
    """For each of the `passages` of a text the words and phrases that decided."""
    judged = judge(text, vector) if _is_read(language) else None
    if judged is None:
        return ()
    read = {sentence.text: sentence for sentence in judged.sentences}
    length = sum(len(sentence.said) for sentence in judged.sentences)
    return tuple(
        reason(
            passage.kind,
            read[passage.text],
            length,
            judged.decisions[passage.kind],
            judged.scores.meaning,
        )
        for passage in passages_of(text, judged)
    )


def best_quote(found: Sequence[Passage]) -> str:
    """The friction sentence that says most, or ""."""
    friction = [passage for passage in found if passage.kind in FRICTION_KINDS]
    return max(friction, key=lambda passage: passage.score).text if friction else ""


def judge(text: str, vector: Vector | None = None) -> Judged | None:
    """Read an English text; None where it has no sentence."""
    read = read_sentences(text)
    if not read:
        return None
    scores = score(read)
    table = model()
    if vector is None:
        return Judged(read, scores, table.decisions, table.quote, table.clarity)
    from bot.voice.kind_meaning import meaning

    by_meaning = meaning()
    *told, gain = by_meaning.told(vector)
    scores = replace(scores, meaning=told, meant_gain=gain)
    return Judged(read, scores, by_meaning.decisions, table.quote, by_meaning.clarity)


def kinds_of(judged: Judged, above: Sequence[float]) -> list[int]:
    """The places of a text's kinds.

    Customers seldom write about nothing: a text of some words that no kind is sure of gets the
    most probable friction, if friction of any kind has a fair chance and a hand-written phrase
    tells of this one.
    """
    found = [lane for lane, value in enumerate(above) if value > 0]
    if found or sum(len(sentence.said) - 2 for sentence in judged.sentences) < _FEWEST_WORDS:
        return found
    odds = [above[lane] + judged.decisions[KINDS[lane]].odds for lane in FRICTION]
    none = 1.0
    for value in odds:
        none *= 1 - share(value)
    if 1 - none < _LEAST_CHANCE:
        return []
    hits = [hit for sentence in judged.sentences for hit in sentence.hits]
    told = {hit.line.kind for hit in hits if hit.line.weight > 0}
    near = [lane for lane in FRICTION if KINDS[lane] in told]
    return sorted(near, key=odds.__getitem__)[-1:]


def passages_of(text: str, judged: Judged) -> tuple[Passage, ...]:
    """The passages of a text that was judged.

    The best sentence of the text stands for the friction that it carries best.
    """
    above = judged.above
    kinds = kinds_of(judged, above)
    places = _friction(text, judged, above, [lane for lane in kinds if lane in FRICTION])
    if _PRAISE in kinds:
        places[_PRAISE] = _praise(judged)
    return tuple(
        Passage(KINDS[lane], judged.sentences[place].text, round(share(log_odds), 4))
        for lane, (place, log_odds) in sorted(places.items())
    )


def _friction(
    text: str, judged: Judged, above: Sequence[float], kinds: Sequence[int]
) -> dict[int, tuple[int, float]]:
    """For each kind the place of its sentence, and the log-odds that it would be quoted."""
    if not kinds:
        return {}
    read, rows = judged.sentences, judged.scores.sentences
    worth = [
        own - cost_of_frame(sentence.text)
        for own, sentence in zip(
            utilities(text, read, judged.scores, above, judged.quote), read, strict=True
        )
    ]
    quote = max(range(len(read)), key=worth.__getitem__)
    carried = max(kinds, key=lambda lane: above[lane] + rows[quote][lane])
    found = {}
    for lane in kinds:
        fits = [row[lane] + _WORTH_AS_QUOTE * own for row, own in zip(rows, worth, strict=True)]
        place = quote if lane == carried else max(range(len(read)), key=fits.__getitem__)
        found[lane] = place, worth[place]
    return found


def _praise(judged: Judged) -> tuple[int, float]:
    fits = [
        row[_PRAISE] - cost_of_frame(sentence.text)
        for row, sentence in zip(judged.scores.sentences, judged.sentences, strict=True)
    ]
    place = max(range(len(fits)), key=fits.__getitem__)
    return place, fits[place]


def _is_read(language: str | None) -> bool:
    return language is None or language in TRAINED
