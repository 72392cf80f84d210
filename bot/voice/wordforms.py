"""The forms in which a name's word turns up in a text: inflected, or misspelt.

Forms are spelt out once when a catalogue is made, so that reading a ticket is a dictionary
look-up per word and costs the same for ten names as for a thousand. A word that is in no
dictionary is repaired once and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.voice.ordinary import ORDINARY
from bot.voice.wordset import word_set

_VOWELS: Final = frozenset("aeiou")
_HISSING: Final = ("s", "x", "z", "ch", "sh")
# Names that end in "-ing" also answer to their verb ("billing", "bill"), but not to a verb that
# every ticket is full of ("loading", "load").
_PLAIN_VERBS: Final = word_set(
    "build call find help load look make meet need open read start take train turn want work"
)
_SHORTEST_REPAIRED: Final = 5
_SHORTEST_WITH_TWO_FAULTS: Final = 10
_LONGEST_WORD: Final = 40
_MOST_REMEMBERED: Final = 100_000
UNKNOWN: Final = ""


def singular(word: str) -> str:
    """The singular of an English noun, by its spelling; other words come back as they are."""
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def forms(word: str) -> set[str]:
    """The word with its plural, its "-ing" and "-ed" forms, and the verb within an "-ing"."""
    base = singular(word)
    found = {word, base}
    if len(base) < 3 or not base.isalpha():
        return found | {base + "s"}
    found |= {_plural(base), *(stem + "ing" for stem in _stems(base))}
    if base.endswith("ing"):
        found |= _verbs(base)
    else:
        found |= {stem + "ed" for stem in _stems(base)}
    return found


def is_ordinary(word: str) -> bool:
    """Whether a word, or the word that it is a form of, means itself in everyday English."""
    return word in ORDINARY or any(base in ORDINARY for base in _bases(word))


def _plural(base: str) -> str:
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(_HISSING) else "s")


def _stems(base: str) -> set[str]:
    """What "-ing" and "-ed" are put to: "shar" of "share", "plann" of "plan"."""
    if base.endswith("e") and not base.endswith("ee"):
        return {base[:-1]}
    is_doubled = base[-1] not in _VOWELS | {"w", "x", "y"} and base[-2] in _VOWELS
    return {base, base + base[-1]} if is_doubled else {base}


def _verbs(base: str) -> set[str]:
    stem = base[:-3]
    verbs = {stem, stem + "e"}
    if len(stem) > 3 and stem[-1] == stem[-2]:
        verbs.add(stem[:-1])
    return {verb for verb in verbs if len(verb) >= 4 and verb not in _PLAIN_VERBS}


def _bases(word: str) -> Iterable[str]:
    for ending in ("s", "es", "ed", "d", "ing", "ly", "er", "r", "ers", "ings"):
        if not word.endswith(ending):
            continue
        base = word[: -len(ending)]
        yield base
        yield base + "e"
        if base.endswith("i"):
            yield base[:-1] + "y"
        if len(base) > 3 and base[-1] == base[-2]:
            yield base[:-1]


class WordForms:
    """Maps words of a text to the words of a set of names.

    >>> known = WordForms(["checkout", "invoice"])
    >>> known["chekout"], known["invoices"], known["check"]
    ('checkout', 'invoice', '')
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known: dict[str, str] = {}
        self._by_letter: dict[str, list[str]] = {}
        self._remembered: dict[str, str] = {}
        for word in vocabulary:
            self._add(word)

    def _add(self, word: str) -> None:
        if word in self._known and self._known[word] == word:
            return
        base = singular(word)
        canonical = self._known.get(word) or self._known.get(base) or base
        for form in forms(word):
            self._known.setdefault(form, canonical)
        if len(base) >= _SHORTEST_REPAIRED:
            self._by_letter.setdefault(base[0], []).extend({base, word})

    def __getitem__(self, word: str) -> str:
        """The name's word that `word` stands for, or "" (`UNKNOWN`)."""
        known = self._known.get(word)
        if known is not None:
            return known
        remembered = self._remembered.get(word)
        if remembered is not None:
            return remembered
        if len(word) > _LONGEST_WORD:
            return UNKNOWN
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        return self._remembered.setdefault(word, self._repair(word))

    def exactly(self, word: str) -> str:
        """As `[]`, but without repair."""
        return self._known.get(word, UNKNOWN)

    def _repair(self, word: str) -> str:
        """The one known word that `word` misspells: first letters agree, few letters differ."""
        if len(word) < _SHORTEST_REPAIRED or not word.isalpha() or is_ordinary(word):
            return UNKNOWN
        faults = 2 if len(word) >= _SHORTEST_WITH_TWO_FAULTS else 1
        near = process.extract(
            word,
            self._by_letter.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=faults,
            limit=4,
        )
        nearest = {self._known[name] for name, distance, _ in near if distance == near[0][1]}
        return nearest.pop() if len(nearest) == 1 else UNKNOWN
