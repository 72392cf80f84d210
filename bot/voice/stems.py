"""Words reduced to what they are about, for comparing what customers tell.

"The payments were declined" and "my payment is declining" say the same: words that say nothing
are left out, and endings are cut. The stems are never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from bot.voice.text import words
from bot.voice.wordforms import singular
from bot.voice.wordset import word_set

_PAIR: Final = 0.6

_EMPTY: Final = word_set(
    "a about after all also am an and any are as at be because been before being but by can "
    "can't cannot cant could couldn't did didn't didnt do does doesn't doesnt don't dont for "
    "from get getting go going got had has have haven't having he hello help her here hi how i "
    "i'd i'll i'm i've id if im in into is isn't it it's its ive just keep know like make me "
    "more my need no not now of on only or other our out over please said say see she should so "
    "some still tell than thank thanks that that's the their them then there there's these they "
    "thing things this those through to too try trying up us use using very want was wasn't way "
    "we were what what's when where which while who why will with won't would yes you your",
    "aber als auch auf aus bei bin bitte das dass dem den der des die ein eine einen er es fur "
    "habe hat ich im ist kann mein meine mich mir mit nach nicht noch nur oder sie sind und von "
    "war was wenn wie wir wird zu zum",
    "au aux avec ce cette dans de des du elle en est et il ils j'ai je la le les ma mais me mes "
    "mon ne nous ont ou par pas plus pour que qui sa se ses son sont sur un une vous",
    "al como con del donde el ella ellos en es esta este ha hay la las lo los me mi mis muy no "
    "nos para pero por porque que se si sin sobre su sus un una uno y ya",
)
_ENDINGS: Final = ("ing", "ed", "ion", "ly", "er", "ment")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A folded word without its ending; not always a word, but the same for its forms."""
    cut = singular(word.replace("'", ""))
    for ending in _ENDINGS:
        if cut.endswith(ending) and len(cut) - len(ending) >= 3:
            cut = cut.removesuffix(ending)
            if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "ls":
                cut = cut[:-1]
            break
    if len(cut) > 3 and cut.endswith("e"):
        return cut[:-1]
    return cut[:-1] + "i" if len(cut) > 3 and cut.endswith("y") else cut


def stems(text: str, most: int = 120) -> list[str]:
    """The stems of the first `most` telling words of a text, in order."""
    return stems_of(words(text[: most * 20]), most)


def stems_of(said: Sequence[str], most: int = 120) -> list[str]:
    """The stems of the first `most` telling ones of folded words, in order."""
    return list(map(stem, [word for word in said if word not in _EMPTY][:most]))


def terms(text: str) -> dict[str, float]:
    """Stems, and pairs of neighbouring stems at a lower weight, each once."""
    return terms_of(stems(text))


def terms_of(found: Sequence[str]) -> dict[str, float]:
    """The terms that stems in order make."""
    weighed = dict.fromkeys(found, 1.0)
    for one, two in pairwise(found):
        weighed.setdefault(f"{one} {two}", _PAIR)
    return weighed


def similarity(one: str, other: str) -> float:
    """How much two texts tell the same, 0 to 1: Dice's coefficient over weighted terms.

    Dice, L. R. (1945), Ecology 26(3): twice what is shared over the sum of both.
    """
    left, right = terms(one), terms(other)
    if not left and not right:
        return float(words(one) == words(other))
    total = sum(left.values()) + sum(right.values())
    shared = sum(min(weight, right[term]) for term, weight in left.items() if term in right)
    return 2 * shared / total
