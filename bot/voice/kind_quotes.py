"""Which sentence of a ticket would be quoted for its friction.

A sentence is chosen among those of its own text, so what is learned is a choice (a conditional
logit: McFadden 1974, "Conditional logit analysis of qualitative choice behavior") over what the
models of kinds say of each sentence, its length, its place and its form.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from bot.voice.kind_features import Sentence
from bot.voice.kind_model import FRICTION, KINDS, QUOTE, Scores
from bot.voice.wordset import word_set

_LENGTHS: Final = (1, 3, 5, 8, 13, 21, 31, 41, 61)
_PLACES: Final = (0, 1, 2, 3, 5, 8)
_LONG_TITLE: Final = 12
_TELLING_LETTERS: Final = 4
_MOST_AGAIN: Final = 6
_HELP: Final = word_set("please help thanks thank advise ideas suggestions")
_FRAME: Final = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|day|evening|afternoon)|thanks|thank you|regards|cheers"
    r"|best regards|kind regards|sincerely|sent from my)\b",
    re.IGNORECASE,
)
_FRAME_WORDS: Final = 12
_FRAME_COSTS: Final = 2.0

Feature = tuple[str, float]


def share(log_odds: float) -> float:
    """The probability that log-odds stand for."""
    return 1 / (1 + math.exp(-max(-30.0, min(log_odds, 30.0))))


def utilities(
    text: str,
    read: Sequence[Sentence],
    scores: Scores,
    above: Sequence[float],
    weights: Mapping[str, float],
) -> list[float]:
    """For each sentence the log-odds that a reader would quote it for the friction.

    `above` tells for each kind how far the text is above the threshold.
    """
    return [
        sum([weights.get(name, 0.0) * value for name, value in seen], weights["bias"])
        for seen in features(text, read, scores, above)
    ]


def features(
    text: str, read: Sequence[Sentence], scores: Scores, above: Sequence[float]
) -> Iterator[list[Feature]]:
    """What the choice looks at, for each sentence."""
    chances = [share(value) for value in above]
    own = [{word for word in sentence.said if len(word) >= _TELLING_LETTERS} for sentence in read]
    said = Counter(chain.from_iterable(own))
    head, _, rest = text.partition("\n")
    is_titled = bool(rest) and head.strip() == read[0].text
    for place, (sentence, row, telling) in enumerate(zip(read, scores.sentences, own, strict=True)):
        length = len(sentence.said) - 2
        again = sum(said[word] > 1 for word in telling)
        none = 1.0
        for lane in FRICTION:
            none *= 1 - chances[lane] * share(row[lane])
        seen = [
            ("worth", row[QUOTE]),
            ("friction", math.log(1 - none + 1e-9)),
            (f"length ~{bisect_right(_LENGTHS, length)}", 1.0),
            (f"place ~{bisect_right(_PLACES, place)}", 1.0),
            ("depth", place / len(read)),
            ("said again", again / max(len(telling), 1)),
            ("much said again", min(again, _MOST_AGAIN) / _MOST_AGAIN),
            *zip(KINDS, row, strict=False),
        ]
        if sentence.said[-1] == "?":
            seen.append(("question", 1.0))
        if not _HELP.isdisjoint(sentence.said):
            seen.append(("help", 1.0))
        if is_titled and place == 0:
            seen.append(("title", 1.0))
            seen.append(("title length", min(length, _LONG_TITLE) / _LONG_TITLE))
        if is_titled and place == 1:
            seen.append(("after title", 1.0))
        yield seen


def cost_of_frame(sentence: str) -> float:
    """What a greeting or a thank-you loses against a sentence that tells something."""
    is_frame = _FRAME.match(sentence) and sentence.count(" ") < _FRAME_WORDS
    return _FRAME_COSTS if is_frame else 0.0
