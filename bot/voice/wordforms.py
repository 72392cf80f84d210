"""The forms in which a name's word turns up in a text: inflected, or misspelt.

Forms are spelt out once when a catalogue is made, so that reading a ticket is a dictionary
look-up per word and costs the same for ten names as for a thousand. A word that is in no
dictionary is compared with the few names that share a part with it (without one letter, as
SymSpell does, Garbe 2012; or a beginning, middle or end), and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rapidfuzz.distance import OSA

from bot.voice.inflection import readings, stem_of
from bot.voice.ordinary import is_english
from bot.voice.wordset import word_set

_VOWELS: Final = frozenset("aeiou")
_HISSING: Final = ("s", "x", "z", "ch", "sh")
# Names that end in "-ing" also answer to their verb ("billing", "bill"), but not to a word that
# every ticket is full of ("loading", "load") or that is another ("evening", "even").
_PLAIN_VERBS: Final = word_set(
    "book build call even find help land load look make mean meet morn need open pair park read "
    "start take train turn want work"
)
# Plurals whose singular is another word: "News" is not named by "new".
_OTHER_SINGULAR: Final = word_set(
    "news goods likes means needs uses thanks sometimes always lens series species canvas wants "
    "ideas gets does times ways things its"
)
_IRREGULAR: Final = {
    "people": "person",
    "children": "child",
    "indices": "index",
    "matrices": "matrix",
    "analyses": "analysis",
    "criteria": "criterion",
}
_GERMAN: Final = ("ung", "heit", "keit", "schaft", "ion")
# The same in British and in American spelling, wherever it stands in a word.
_SPELLINGS: Final = (
    ("colour", "color"),
    ("favour", "favor"),
    ("honour", "honor"),
    ("labour", "labor"),
    ("behaviour", "behavior"),
    ("neighbour", "neighbor"),
    ("flavour", "flavor"),
    ("catalogue", "catalog"),
    ("dialogue", "dialog"),
    ("centre", "center"),
    ("licence", "license"),
    ("defence", "defense"),
    ("programme", "program"),
    ("grey", "gray"),
    ("cancell", "cancel"),
    ("travell", "travel"),
    ("labell", "label"),
    ("modell", "model"),
    ("fulfil", "fulfill"),
    ("enrol", "enroll"),
    ("analyse", "analyze"),
)
_ISE: Final = re.compile(r"(?<=\w{3})i([sz])(?=(?:e|ed|es|er|ers|ing|ation|ations)\Z)")
# Words of other languages that are near a name and mean another thing: folder, topic, amount.
_FALSE_FRIENDS: Final = word_set("ordner tema temas thema importe importes importo")
_SHORTEST_REPAIRED: Final = 5
_SHORTEST_REPAIRED_ABROAD: Final = 7
_SHORTEST_WITH_TWO_FAULTS: Final = 10
_LONGEST_REPAIRED: Final = 24
_LONGEST_WORD: Final = 40
_MOST_REMEMBERED: Final = 100_000
_REPEATED: Final = re.compile(r"(.)\1+")
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
    """The word as it is spelt here and there, with plural, "-ing", "-ed", and an "-ing"'s verb."""
    return {form for spelling in _spellings(word) for form in _forms(spelling)}


def _spellings(word: str) -> set[str]:
    found = {word, _ISE.sub(lambda ise: "iz" if ise[1] == "s" else "is", word)}
    for british, american in _SPELLINGS:
        if british in word:
            found.add(word.replace(british, american))
        elif american in word:
            found.add(word.replace(american, british))
    return found


def _forms(word: str) -> set[str]:
    base = _base(word)
    found = {word, base}
    if not base.isascii() or not base.isalpha():
        return found
    if len(base) < 3 or word in _OTHER_SINGULAR:
        return found | ({base + "s"} if base == word and word not in _OTHER_SINGULAR else set())
    found |= {_plural(base), *(stem + "ing" for stem in _stems(base))}
    if word.endswith(("ies", "ches", "shes", "xes", "zes", "oes")):
        # "Cookies" is of "cookie", "caches" of "cache"; "categories" and "batches" are not.
        found |= {word[:-1], word[:-2] if word.endswith("oes") else base}
    if base.endswith(_GERMAN):
        found.add(base + "en")
    if base.endswith("ing"):
        verbs = _verbs(base)
        found |= verbs | {verb + "s" for verb in verbs}
    else:
        found |= {stem + "ed" for stem in _stems(base)}
    return found


def _base(word: str) -> str:
    if word in _OTHER_SINGULAR:
        return word
    return _IRREGULAR.get(word) or singular(word)


def _plural(base: str) -> str:
    for plural, one in _IRREGULAR.items():
        if one == base:
            return plural
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


class WordForms:
    """Maps words of a text to the words of a set of names.

    >>> known = WordForms(["checkout", "invoice"])
    >>> known["chekout"], known["invoices"], known["check"]
    ('checkout', 'invoice', '')
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        self._spelt: dict[str, None] = {}
        self._alike: dict[str, list[str]] | None = None
        for word in vocabulary:
            self._add(word)
        self._read = dict(self._known)
        self._most = len(self._known) + _MOST_REMEMBERED

    def _add(self, word: str) -> None:
        if self._known.get(word) == word:
            return
        base = _base(word)
        canonical = self._known.get(word) or self._known.get(base) or base
        for form in forms(word):
            self._known.setdefault(form, canonical)
        stem = stem_of(word)
        if len(stem) >= 3:
            self._stems.setdefault(stem, canonical)
        self._spelt |= dict.fromkeys((base, word))

    def __getitem__(self, word: str) -> str:
        """The name's word that `word` stands for, or "" (`UNKNOWN`)."""
        known = self._read.get(word)
        return self._guessed(word) if known is None else known

    def read(self, words: Iterable[str]) -> list[str]:
        """As `[]`, for each word."""
        read = self._read
        found = []
        for word in words:
            known = read.get(word)
            found.append(self._guessed(word) if known is None else known)
        return found

    def _guessed(self, word: str) -> str:
        if len(word) > _LONGEST_WORD:
            return UNKNOWN
        if len(self._read) >= self._most:
            self._read = dict(self._known)
        found = self._read[word] = self._guess(word)
        return found

    def exactly(self, word: str) -> str:
        """As `[]`, but only in a form that was spelt out."""
        return self._known.get(word, UNKNOWN)

    def _guess(self, word: str) -> str:
        if len(word) < 2 or is_english(word) or word in _FALSE_FRIENDS:
            return UNKNOWN
        for reading in readings(word):
            found = self._known.get(reading) or self._stems.get(reading)
            if found:
                return found
        return self._repair(word)

    def _repair(self, word: str) -> str:
        """The one known word that `word` misspells: first letters agree, few letters differ."""
        shortest = _SHORTEST_REPAIRED if word.isascii() else _SHORTEST_REPAIRED_ABROAD
        if not word.isalpha() or not 4 <= len(word) <= _LONGEST_REPAIRED:
            return UNKNOWN
        if self._alike is None:
            self._alike = self._index()
        alike = self._alike
        # Of four letters only two that changed places are told from another word.
        is_short = len(word) < shortest
        best = 2 if len(word) >= _SHORTEST_WITH_TWO_FAULTS else 1
        found: set[str] = set()
        for name in {name for key in _keys(word) for name in alike.get(key, ())}:
            if (is_short or len(name) < shortest) and sorted(name) != sorted(word):
                continue
            distance = 1 if _same_letters(word, name) else OSA.distance(word, name)
            if distance < best:
                best, found = distance, set()
            if distance == best:
                found.add(self._known[name])
        return found.pop() if len(found) == 1 else UNKNOWN

    def _index(self) -> dict[str, list[str]]:
        alike: dict[str, list[str]] = {}
        for name in self._spelt:
            if name.isalpha() and 4 <= len(name) <= _LONGEST_REPAIRED:
                for key in set(_keys(name)):
                    alike.setdefault(key, []).append(name)
        return alike


def _same_letters(word: str, name: str) -> bool:
    """Whether two words differ only in how often a letter is repeated."""
    return _REPEATED.sub(r"\1", word) == _REPEATED.sub(r"\1", name)


def _keys(word: str) -> Iterator[str]:
    """What a word shares with those that it may misspell.

    One fault: what is left without one letter. Two faults, in long words: one of the beginning,
    the end and what is between is whole.
    """
    yield word
    yield _REPEATED.sub(r"\1", word)
    if len(word) <= _SHORTEST_WITH_TWO_FAULTS + 1:
        for place in range(1, len(word)):
            yield word[:place] + word[place + 1 :]
    if len(word) >= _SHORTEST_WITH_TWO_FAULTS - 2:
        yield f"{word[:4]}>"
        yield f"{word[0]}<{word[-3:]}"
        for place in range(2, len(word) - 4):
            yield f"{word[0]}={word[place : place + 3]}"
