"""Words that no language has, and English function words between them."""

from __future__ import annotations

import random
from typing import Final

WORDS: Final = 40_000
_COMMON: Final = """
the i to and a it is my in of not this that on when you have for with but me we can are be was
after do no if at as so from your or an there how they what all now only then our has out just why
by also any up still get would could some than them their been more other
"""
_BEGINNINGS: Final = "b br ch d dr f fl g gl h j k kl l m n p pl r s sk st t tr v w z"
_MIDDLES: Final = "a e i o u ai ea oo"
_ENDINGS: Final = ("", "", "l", "m", "n", "r", "s", "t", "nd", "rk")
_OF_NAMES: Final = (
    "zeph qor vex jun hax wib yod fip gyx kub lon mav nyr opt pel rud sil tov uxa zin"
)


def _word(rng: random.Random, syllables: int) -> str:
    begin, middle = _BEGINNINGS.split(), _MIDDLES.split()
    parts = [rng.choice(begin) + rng.choice(middle) for _ in range(syllables)]
    return "".join(parts) + rng.choice(_ENDINGS)


def vocabulary() -> list[str]:
    """`WORDS` different words, the most frequent first."""
    rng = random.Random(5)
    found = dict.fromkeys(_COMMON.split())
    while len(found) < WORDS:
        found[_word(rng, rng.choice((2, 2, 3, 3, 4)))] = None
    return list(found)


def names(count: int, seed: int = 6) -> list[str]:
    """Different names of features, every third of two words, none like a vocabulary's word."""
    rng = random.Random(seed)
    parts = _OF_NAMES.split()
    found: dict[str, None] = {}
    while len(found) < count:
        size = 3 if count <= len(parts) ** 2 else 4
        name = "".join(rng.sample(parts, size))
        if len(found) % 3 == 2:
            name = f"{name} {''.join(rng.sample(parts, 2))}"
        found[name] = None
    return list(found)
