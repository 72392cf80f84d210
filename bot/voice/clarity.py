"""Whether one reading of a ticket is enough to picture what happened, and worth the time.

A weighted sum of what was read of the text anyway: how much of it a person wrote, the chances of
its kinds, what its words say (a lane of the table of kinds) and, where its vector is known, what
it means. The weights stand in the tables of `kind_model` and `kind_meaning` and were learned by
ridge regression (`bench/train_kinds.py`) from what readers of openly licensed texts found worth an
engineer's time, on a scale of 0 to 3; see NOTICE.
"""

from __future__ import annotations

from typing import Final

from bot.voice.kind_model import KINDS
from bot.voice.kind_quotes import share
from bot.voice.kinds import Judged, judge
from bot.voice.read_text import read_text
from bot.voice.telling import NOTHING_TOLD, is_told

_LEAST: Final = 0.01
_STEPS: Final = (25, 50, 100, 150, 250, 400)

NAMES: Final = (*(f"first {count} words" for count in _STEPS), *KINDS, "words", "meaning")
"""The facts that count, in the order of `facts`; "bias" is added."""


def facts(judged: Judged) -> list[float]:
    """The facts named by `NAMES`: those of length and kinds 0 to 1, the last two of any size."""
    count = sum(len(sentence.said) - 2 for sentence in judged.sentences)
    return [
        *(min(count, step) / step for step in _STEPS),
        *map(share, judged.above),
        judged.scores.gain,
        judged.scores.meant_gain,
    ]


def clarity(text: str, judged: Judged | None) -> float:
    """How clear and telling a redacted text is, 0 to 1; `NOTHING_TOLD` where it tells nothing."""
    if judged is None or not is_told(read_text(text)):
        return NOTHING_TOLD
    weights = judged.clarity
    told = sum(weights[name] * fact for name, fact in zip(NAMES, facts(judged), strict=True))
    return round(min(1.0, max(_LEAST, weights["bias"] + told)), 4)


def by_words(text: str) -> float:
    """The clarity of a stored English text that was read before clarity was kept with it."""
    return clarity(text, judge(text))
