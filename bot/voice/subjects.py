"""What a question is about: one feature, one against another, several, or words to search for.

Words that only carry a question ("what hurts customers in …") are told from those that are
asked for, so that a feature is found in a whole sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from bot.reports import Feature, Understood
from bot.voice.features import Catalogue, Found
from bot.voice.names import is_meant
from bot.voice.text import fold
from bot.voice.wordset import word_set

EDGES: Final = word_set(
    ", a about all am and any anybody anyone anything are around at by can complain complained "
    "complaining complaint complaints could customer customer's customers did do does doing "
    "earshot else else's feedback for friction from get give going happening has have having hey "
    "how how's hows hurting hurts i in is issue issues it its know like look looking looks may me "
    "most much my of on only our out pain pains people please pls problem problems say saying "
    "says see show some tell than that the their them there there's these they think this those "
    "tickets to told top trouble user users was we were what what's whats when when's where which "
    "who why with would wrong you your"
)
"""Words that ask and are not asked for, at the edges of what is searched."""
ASIDES: Final = EDGES | word_set(
    "& + / = again also always anybody anyone anyone's are area aren't atm bad badly because been "
    "better between but clients compare compared comparing comparison current currently data "
    "difference differences doesn't don't during else especially ever every everybody everyone "
    "everything exactly far feature features feel feels figures find flow folks frustrated "
    "frustrates frustrating frustration good got guys happen happened happens hate hated hates he "
    "hear hello help helps hi hurt i'd i'm i've if im into isn't it's just lately let let's like "
    "list lot lots mainly many matter might module more need needs new news now nowadays numbers "
    "ok okay onto or overall overview page pages part please plz pretty process question quick "
    "quickly rather recent recently regarding related right same screen section seem seems she "
    "should so specifically state stats status still struggle struggles struggling stuck stuff "
    "suck sucks summary sup thank thanks then theres they're thing things thx ticket tickets time "
    "times trend trends unhappy up update updates us use used uses using various versus vs want "
    "wants way well what're where's who's whole why's wondering worse worst worth · •"
)
"""The same beside a feature that is named outright."""
_GENERIC: Final = word_set("other others new more all any general same home")
# Names of features, perhaps, but not before such a noun: "any other problems".
_NOUNS: Final = word_set(
    "issue issues problem problems complaint complaints thing things customer customers user users "
    "people ticket tickets stuff feedback trouble pain pains"
)
_PARTICLES: Final = word_set("in out on up off")
_LISTING: Final = word_set("and , & + plus / ; und")
_COMPARING: Final = word_set("compare comparing comparison difference differences")
_MOST_SEPARATORS: Final = 6
_MOST_GUESSED_SEPARATORS: Final = 2
_LONGEST_GUESS: Final = 6
_AROUND: Final = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """A feature, or words that are searched for; two are equal if they find the same."""

    feature: Feature | None
    words: str
    understood: Understood = field(compare=False)


@dataclass(frozen=True, slots=True)
class Named:
    """Features in the order they were named; `is_versus`: the first is held against the second."""

    found: tuple[Found, ...]
    is_versus: bool = False


Tokens = tuple[str, ...]
Find = Callable[[Tokens], Found | None]


class Finder:
    """Features in the words of one question; what was looked up is remembered."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._exact: dict[Tokens, Found | None] = {}
        self._near: dict[Tokens, Found] = {}

    def exactly(self, tokens: Tokens) -> Found | None:
        """The feature that is named outright once the words around it are left out.

        A name that several features have gives `Found` without a feature.
        """
        if tokens not in self._exact:
            self._exact[tokens] = self._within(tokens)
        return self._exact[tokens]

    def _within(self, tokens: Tokens) -> Found | None:
        folded = [fold(token) for token in tokens]
        begin, end = _core(folded, ASIDES)
        for first in range(max(0, begin - _AROUND), begin + 1):
            for last in range(min(len(tokens), end + _AROUND), max(first, end - 1), -1):
                found = self._catalogue.named(" ".join(tokens[first:last]))
                if found and (last - first == len(tokens) or is_meant(folded, first, last)):
                    return found
        return None

    def whole(self, tokens: Tokens) -> Found | None:
        """The feature that is called by all the words."""
        found = self._catalogue.named(" ".join(tokens)) if tokens else None
        return found if found and found.feature else None

    def nearly(self, tokens: Tokens) -> Found | None:
        """The same, with slips of the finger."""
        found = self.exactly(tokens)
        if found is not None:
            return found if found.feature else None
        core = without_edges(tokens, ASIDES)
        if not core or len(core) > _LONGEST_GUESS:
            return None
        near = self.near(core)
        return near if near.feature else None

    def near(self, tokens: Tokens) -> Found:
        """What a catalogue says to just these words."""
        if tokens not in self._near:
            self._near[tokens] = self._catalogue.find(" ".join(tokens))
        return self._near[tokens]


def named(tokens: Tokens, find: Find, most: int) -> Named | None:
    """The features that the words name, where they name nothing else; at most `most` separators."""
    features = _split(tokens, find, most)
    if features is None and any("/" in token for token in tokens):
        features = _split(tuple(" ".join(tokens).replace("/", " / ").split()), find, most)
    if features is None:
        return None
    found = {each.feature.id: each for each in features.found if each.feature}
    compares = features.is_versus or any(fold(token) in _COMPARING for token in tokens)
    return Named(tuple(found.values()), compares and len(found) > 1)


def exactly_named(tokens: Tokens, finder: Finder) -> Named | None:
    def find(part: Tokens) -> Found | None:
        found = finder.exactly(part)
        return found if found and found.feature else None

    return named(tokens, find, _MOST_SEPARATORS)


def nearly_named(tokens: Tokens, finder: Finder) -> Named | None:
    return named(tokens, finder.nearly, _MOST_GUESSED_SEPARATORS)


def _split(tokens: Tokens, find: Find, most: int) -> Named | None:
    whole = find(tokens)
    if whole is not None:
        return Named((whole,))
    if most == 0:
        return None
    for start, end, _ in _against(tokens):
        left, right = (_split(part, find, most - 1) for part in (tokens[:start], tokens[end:]))
        if left and right:
            return Named(left.found + right.found, is_versus=True)
        break
    places = [place for place, token in enumerate(tokens) if fold(token) in _LISTING][:most]
    for place in places:
        one = find(tokens[:place])
        rest = _split(tokens[place + 1 :], find, most - 1) if one else None
        if one and rest:
            return Named((one, *rest.found), rest.is_versus)
    return None


def sides(tokens: Tokens) -> tuple[Tokens, Tokens] | None:
    """The words on both sides of "vs" or its like; () where nothing is asked for on a side."""
    for start, end, is_plain in _against(tokens):
        if is_plain:
            parts = tokens[:start], tokens[end:]
            left, right = (part if without_edges(part, ASIDES) else () for part in parts)
            return left, right
    return None


def _against(tokens: Tokens) -> list[tuple[int, int, bool]]:
    """Where two things are held against each other: (start, end, whether nothing else is meant).

    "Or" and "than" compare only where a feature stands on both sides.
    """
    folded = [fold(token) for token in tokens]
    plain: list[tuple[int, int, bool]] = []
    vague: list[tuple[int, int, bool]] = []
    for place, word in enumerate(folded):
        after = folded[place + 1] if place + 1 < len(folded) else ""
        if word in ("vs", "versus"):
            plain.append((place, place + 1, True))
        elif word == "compared" and after in ("to", "with", "against", "and"):
            plain.append((place, place + 2, True))
        elif word in ("or", "v", "against", "than", "over"):
            vague.append((place, place + 1, False))
        elif (word, after) in (("rather", "than"), ("instead", "of")):
            vague.append((place, place + 2, False))
    for place, word in enumerate(folded):
        if word in ("to", "with") and _COMPARING & set(folded[:place]):
            vague.append((place, place + 1, False))
    return (plain or vague)[:1]


def without_edges(tokens: Sequence[str], fillers: frozenset[str]) -> Tokens:
    """The words between the first and the last that are asked for."""
    begin, end = _core([fold(token) for token in tokens], fillers)
    return tuple(tokens[begin:end])


def sought(tokens: Sequence[str]) -> Tokens:
    """The words to search for: as `without_edges`, but "in" stays in "cannot log in"."""
    begin, end = _core([fold(token) for token in tokens], EDGES)
    if begin < end < len(tokens) and fold(tokens[end]) in _PARTICLES:
        end += 1
    return tuple(tokens[begin:end])


def _core(folded: Sequence[str], fillers: frozenset[str]) -> tuple[int, int]:
    begin, end = 0, len(folded)
    while begin < end and folded[begin] in fillers:
        begin += 1
    while end > begin and folded[end - 1] in fillers:
        end -= 1
    return begin, end


def without_generic(tokens: Tokens) -> Tokens:
    """The words without "other" and its like where a noun such as "problems" follows."""
    folded = [fold(token) for token in tokens]
    followed = zip(folded, [*folded[1:], ""], strict=False)
    return tuple(
        compress(tokens, (word not in _GENERIC or after not in _NOUNS for word, after in followed))
    )
