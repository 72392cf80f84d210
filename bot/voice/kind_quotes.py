"""Which sentence of a ticket would be quoted for its friction.

A sentence is chosen among those of its own text, so what is learned is a choice (a conditional
logit: McFadden 1974, "Conditional logit analysis of qualitative choice behavior") over what the
models of kinds say of each sentence, its length, its place and its form.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import mul
from typing import Final

from bot.voice.kind_features import Sentence
from bot.voice.kind_model import FRICTION, KINDS, QUOTE, Scores
from bot.voice.wordset import word_set

_LENGTHS: Final = (1, 3, 5, 8, 13, 21, 31, 41, 61)
_PLACES: Final = (0, 1, 2, 3, 5, 8)
_LONG_TITLE: Final = 12
_MOST_AGAIN: Final = 6
_HELP: Final = word_set("please help thanks thank advise ideas suggestions")
_FRAME: Final = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|day|evening|afternoon)|thanks|thank you|regards|cheers"
    r"|best regards|kind regards|sincerely|sent from my)\b",
    re.IGNORECASE,
)
_FRAME_WORDS: Final = 12
_FRAME_COSTS: Final = 2.0

NAMES: Final = (
    "worth",
    "friction",
    "depth",
    "said again",
    "much said again",
    "question",
    "help",
    "title",
    "title length",
    "after title",
    *KINDS,
    *(f"length ~{step}" for step in range(len(_LENGTHS) + 1)),
    *(f"place ~{step}" for step in range(len(_PLACES) + 1)),
)
"""What the choice looks at, in the order in which `features` gives it."""

_QUESTION: Final = NAMES.index("question")
_HELPS: Final = NAMES.index("help")
_TITLE: Final = NAMES.index("title")
_TITLE_LENGTH: Final = NAMES.index("title length")
_AFTER_TITLE: Final = NAMES.index("after title")
_LENGTH: Final = NAMES.index("length ~0")
_PLACE: Final = NAMES.index("place ~0")
_KINDS: Final = NAMES.index(KINDS[0])
_UNSET: Final = (0.0,) * (len(NAMES) - 5)


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
    aligned = [weights.get(name, 0.0) for name in NAMES]
    bias = weights["bias"]
    return [sum(map(mul, aligned, seen), bias) for seen in features(text, read, scores, above)]


def features(
    text: str, read: Sequence[Sentence], scores: Scores, above: Sequence[float]
) -> Iterator[list[float]]:
    """What the choice looks at, for each sentence: the values of `NAMES`."""
    chances = [share(above[lane]) for lane in FRICTION]
    head, _, rest = text.partition("\n")
    is_titled = bool(rest) and head.strip() == read[0].text
    for place, (sentence, row) in enumerate(zip(read, scores.sentences, strict=True)):
        length = len(sentence.said) - 2
        none = 1.0
        for chance, value in zip(chances, row, strict=False):
            none *= 1 - chance / (1 + math.exp(-max(value, -30.0)))
        seen = [
            row[QUOTE],
            math.log(1 - none + 1e-9),
            place / len(read),
            sentence.again / max(len(sentence.telling), 1),
            min(sentence.again, _MOST_AGAIN) / _MOST_AGAIN,
            *_UNSET,
        ]
        seen[_KINDS : _KINDS + len(KINDS)] = row[: len(KINDS)]
        seen[_LENGTH + bisect_right(_LENGTHS, length)] = 1.0
        seen[_PLACE + bisect_right(_PLACES, place)] = 1.0
        seen[_QUESTION] = float(sentence.said[-1] == "?")
        seen[_HELPS] = float(not _HELP.isdisjoint(sentence.said))
        if is_titled and place == 0:
            seen[_TITLE] = 1.0
            seen[_TITLE_LENGTH] = min(length, _LONG_TITLE) / _LONG_TITLE
        elif is_titled and place == 1:
            seen[_AFTER_TITLE] = 1.0
        yield seen


def cost_of_frame(sentence: str) -> float:
    """What a greeting or a thank-you loses against a sentence that tells something."""
    is_frame = _FRAME.match(sentence) and sentence.count(" ") < _FRAME_WORDS
    return _FRAME_COSTS if is_frame else 0.0
