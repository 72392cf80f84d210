"""Whether one reading of a ticket is enough to picture what happened, and worth the time.

A weighted sum of facts that anyone can count in the text. The weights were learned by ridge
regression (`bench/notable.py --learn`) from what readers of openly licensed texts found worth an
engineer's time, on a scale of 0 to 3; see NOTICE.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.reports import Kind
from bot.voice.read_text import ReadText
from bot.voice.wordset import word_set

_SORTS: Final = {
    "self": word_set("i i'm i've i'd my me mine we our us im ive"),
    "polite": word_set("thanks thank please help hello hi regards appreciated advance"),
    "condition": word_set("when whenever if until while unless every each after since before"),
    "frequency": word_set(
        "always every randomly sometimes often constantly only never same exactly specific "
        "specifically consistently occasionally intermittently"
    ),
    "error": word_set("error errors message messages code says saying said warning"),
    "expectation": word_set(
        "expect expected expecting should instead used supposed previously longer anymore rather"
    ),
    "reason": word_set("because so therefore due since cause causes caused means meaning"),
    "liking": word_set("great love loved good best awesome nice amazing excellent perfect"),
    "part": word_set(
        "click clicked clicking open opens opened select selected page button menu settings "
        "setting tab window folder list bar screen field toolbar icon panel"
    ),
}
_SORT_OF: Final = {
    word: tuple(sort for sort, listed in _SORTS.items() if word in listed)
    for word in frozenset().union(*_SORTS.values())
}
_KINDS: Final = tuple(Kind)
_ENOUGH: Final = 4
_STEPS: Final = (25, 50, 100, 150, 250, 400)
_LEAST_WORDS: Final = 8
_MOST_OFTEN: Final = 0.3

NAMES: Final = (
    *(f"first {count} words" for count in _STEPS),
    "other words",
    "long words",
    "numbers",
    "prose",
    "quote",
    "kinds",
    *Kind,
    *(f"{sort} {how}" for sort in _SORTS for how in ("said", "share")),
)
"""The facts that count, in the order of `facts`."""

WEIGHTS: Final = {
    "first 25 words": 0.024,
    "first 50 words": 0.083,
    "first 100 words": 0.1,
    "first 150 words": 0.065,
    "first 250 words": 0.089,
    "first 400 words": 0.143,
    "other words": 0.111,
    "long words": 0.1,
    "numbers": 0.049,
    "prose": 0.279,
    "quote": 0.126,
    "kinds": 0.063,
    "broken": 0.04,
    "confusing": -0.016,
    "unexpected": 0.02,
    "request": 0.072,
    "praise": -0.083,
    "self said": 0.038,
    "self share": -0.163,
    "polite said": -0.091,
    "polite share": 0.014,
    "condition said": 0.047,
    "condition share": 0.158,
    "frequency said": -0.005,
    "frequency share": 0.181,
    "error said": -0.028,
    "error share": 0.18,
    "expectation said": 0.055,
    "expectation share": -0.073,
    "reason share": -0.099,
    "liking said": 0.004,
    "liking share": -0.186,
    "part said": 0.032,
    "part share": 0.026,
}
BIAS: Final = -0.267


def facts(text: ReadText, kinds: Sequence[Kind], quote: float) -> list[float]:
    """The facts named by `NAMES`, each about 0 to 1; `quote` is how sure its quote is, 0 to 1."""
    said = text.words
    count = len(said)
    times = dict.fromkeys(_SORTS, 0)
    for sorts in map(_SORT_OF.get, said):
        for sort in sorts or ():
            times[sort] += 1
    digits = sum(map(str.isdigit, said))
    per = max(count, _LEAST_WORDS)
    letters = sum(map(len, said))
    found = [min(count, step) / step for step in _STEPS]
    found += [
        min(len(set(said)), 150) / 150,
        min(letters / max(count, 1), 8.0) / 8,
        min(digits, _ENOUGH) / _ENOUGH,
        letters / max(len(text.folded), 1),
        quote,
        len(kinds) / 5,
    ]
    found += [float(kind in kinds) for kind in _KINDS]
    for number in times.values():
        found += [min(number, _ENOUGH) / _ENOUGH, min(number / per, _MOST_OFTEN) / _MOST_OFTEN]
    return found


def clarity(text: ReadText, kinds: Sequence[Kind], quote: float) -> float:
    """How clear and telling a ticket is, 0 to 1 (see `facts`)."""
    told = sum(
        weight * fact for weight, fact in zip(_LEARNED, facts(text, kinds, quote), strict=True)
    )
    return min(1.0, max(0.0, BIAS + told))


_LEARNED: Final = tuple(WEIGHTS.get(name, 0.0) for name in NAMES)
