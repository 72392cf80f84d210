"""Endings, prefixes and compounds by which a name's word turns up in languages beside English.

Light rules, after the light stemmers of Savoy (2006, "Light stemming approaches for the French,
Portuguese, German and Hungarian languages") and his like for other scripts: they cut what declines
a noun and leave alone what makes another word of it. All words here are folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.voice.wordset import word_set

_SHORTEST_STEM: Final = 3

# Folding takes the breve off the short i and the dots off the yo.
_RUSSIAN: Final = word_set(
    "иями ями ами иях иям ием иеи ого его ому ему ыми ими ях ах ов ев еи ои ыи ии ом ем ам ям ых "
    "их ую юю ая яя ое ее ые ие ия ию ью а я о е и ы у ю ь"
)
_GREEK: Final = word_set("ουσ ματα ματων ματοσ εισ εων ησ εσ ων οσ οι ου ασ ια ιων α η ο ι ε υ")
_ARABIC: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ف")
_HEBREW: Final = tuple("והבלמשכ")
_HEBREW_ENDINGS: Final = ("ימ", "ות", "ה")
_FINALS: Final = str.maketrans("םןךףץ", "מנכפצ")
_KOREAN: Final = word_set(
    "은 는 이 가 을 를 에 의 와 과 도 로 만 들 나 랑 요",
    "에서 에게 에는 에도 으로 까지 부터 처럼 보다 마다 하고 이나 이랑 라도",
    "에서는 에서도 으로는 들이 들을 들은 들의 이란 란 입니다 이에요 예요",
)
_LONGEST_TAIL: Final = 5

_SCRIPT: Final = re.compile(
    "(?P<cyrillic>[\u0400-\u052f])|(?P<greek>[\u0370-\u03ff])|(?P<arabic>[\u0600-\u06ff])"
    "|(?P<hebrew>[\u0590-\u05ff])|(?P<hangul>[\uac00-\ud7a3])|(?P<latin>[a-z])"
)

_SHORTEST_PART: Final = 6
_SHORTEST_REST: Final = 3
# What makes another word of a name in English: "important" is no compound of "import".
_NO_TAIL: Final = word_set(
    "able ance ances ancy ant ants ate ation ations ment ments ness ings less ful fully ably "
    "ability ised ized ist ists ism ers ing ion ions ive ally ship ships hood wise like ity ary "
    "ery ees ess"
)
_NO_HEAD: Final = word_set("dis mis non")


def script(word: str) -> str:
    """The script of a word's first letter, or "" for one with no rules here."""
    found = _SCRIPT.match(word)
    return (found.lastgroup or "") if found else ""


def stem_of(word: str) -> str:
    """What the forms of a Cyrillic, Greek or Hebrew noun share; other words as they are."""
    match script(word):
        case "cyrillic":
            return _without(word, _RUSSIAN)
        case "greek":
            return _without(word, _GREEK)
        case "hebrew":
            plain = word.translate(_FINALS)
            ending = next((end for end in _HEBREW_ENDINGS if plain.endswith(end)), "")
            return plain[: -len(ending)] if ending and len(plain) - len(ending) >= 3 else plain
    return word


def _without(word: str, endings: frozenset[str]) -> str:
    for size in range(min(4, len(word) - _SHORTEST_STEM), 0, -1):
        if word[-size:] in endings:
            return word[:-size]
    return word


def readings(word: str) -> Iterator[str]:
    """What a word of a text may be a form of, likeliest first: article or particle taken off."""
    match script(word):
        case "cyrillic" | "greek":
            yield stem_of(word)
        case "arabic":
            yield from _behind(word, _ARABIC)
        case "hebrew":
            yield stem_of(word)
            for rest in _behind(word, _HEBREW):
                yield stem_of(rest)
                yield from (stem_of(more) for more in _behind(rest, _HEBREW))
        case "hangul":
            yield from _before_particles(word)
        case "latin":
            yield from _parts(word)


def _behind(word: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    for prefix in prefixes:
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST_STEM - 1:
            yield word.removeprefix(prefix)


def _before_particles(word: str) -> Iterator[str]:
    """Beginnings of a Korean word: what follows is a particle, a verb ending or a compound."""
    for size in range(len(word) - 1, 0, -1):
        tail = word[size:]
        if tail in _KOREAN or (size >= 2 and len(tail) <= _LONGEST_TAIL):
            yield word[:size]


def _parts(word: str) -> Iterator[str]:
    """Long beginnings and ends of a compound such as "Rechnungsdownload"."""
    if not word.isalpha():
        return
    for size in range(len(word) - _SHORTEST_REST, _SHORTEST_PART - 1, -1):
        if word[size:] not in _NO_TAIL:
            yield word[:size]
        if word[: len(word) - size] not in _NO_HEAD:
            yield word[-size:]
