"""Frequent phrases that can name a thing, told from all else that people often write.

Three tests, all by counting: the words come together far more often than by chance (the log
likelihood ratio of Dunning 1993, "Accurate methods for the statistics of surprise and coincidence",
above 10.83, which chance exceeds once in a thousand); the phrase often follows an article, a
possessive or a preposition, as nouns do, and ends there more often than it goes on; and its last
word is seldom used as a verb.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import Final

from bot.voice.ordinary import is_ordinary
from bot.voice.text import name_tokens
from bot.voice.wordforms import singular
from bot.voice.wordset import word_set

_BY_CHANCE: Final = 10.83
_AS_NOUN: Final = 0.3
_AS_VERB: Final = 0.25
_COMPLETE: Final = 0.5
_LONGEST: Final = 3
_MOST_WORDS: Final = 400
_INDEED_LONGER: Final = 0.7

_BEFORE_NOUNS: Final = word_set(
    "a an the my your our their his her its this that these those any some every each no which in "
    "on from with of at for via into by using through under without"
)
_BEFORE_VERBS: Final = word_set(
    "to i you we they can cannot cant could will would wont should not dont doesnt didnt please "
    "must ive youve have has had is are was were been be it he she who then always never just "
    "keep keeps"
)
_EMPTY: Final = word_set(
    "a about above after again all also always am an and another any anyone anything are as at "
    "away back be because been before being below best better both bottom but by came can cannot "
    "cant come comes coming complete completely could couldnt couple correct current currently "
    "day days did didnt different do does doesnt doing done dont down due each either else end "
    "even ever every everything exact exactly few first following for from full get gets getting "
    "give given go goes going gone good got great had happen happened happens has have havent "
    "having he hello help her here hes hi him his hour hours how however i id if im in instead "
    "into is isnt it its ive just keep keeps kind know last later latest least left let like "
    "little long longer look looks lot lots made make makes making many may maybe me mean "
    "means might minute minutes month months more most much must my myself near need needs never "
    "new next nice no none normal normally not note nothing now of off often ok "
    "okay old older on once one ones only open or original other others our out over own "
    "part people place please possible previous problem problems probably put question questions "
    "quite rather real really reason recent recently regards right said same saw say says "
    "second see seem seems seen several she should show shows similar simple simply since "
    "single small so some someone something sometimes soon sort specific still such suddenly "
    "support sure take takes tell than thank thanks that thats the their them then there "
    "theres these they theyre thing things think third this those three through time times to "
    "today together too top tried try trying two unable under until up upon us use used "
    "uses using usually various very want wants was wasnt way ways we week weeks well went "
    "were what whats when where which while who whole why will with within without wont work "
    "worked working works would wouldnt wrong year years yes yesterday yet you your youre",
    "add added allow allowed annoying answer appear appears appreciate appreciated ask asked "
    "asking become believe bring broken called cause change changed changes check checked "
    "clear cleared clearing click clicked clicking clicks close closed common confirm "
    "create created delete deleted disable disabled enable enabled experience experiencing "
    "explain fact fine finally find fix fixed follow found hope install installed installing "
    "issue issues leave load loaded loading loads lose losing lost manually move moved necessary "
    "noticed old opened opening opens option options press pressed prevent provide random read "
    "received remove removed removing replace reset resolve restart restarted return run running "
    "save saved select selected send set setup solution solve start started starting stop stopped "
    "stops suggest suggestion switch talking turn turned type typed uninstall uninstalled update "
    "updated updates wait wanted write written",
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday morning evening afternoon night week",
)


Key = tuple[str, ...]


@dataclass(slots=True)
class Phrase:
    """A phrase as it is written most often, and the tickets (by number, rising) that have it."""

    name: str
    tickets: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Seen:
    tickets: list[int] = field(default_factory=list)
    spelt: Counter[str] = field(default_factory=Counter)
    times: int = 0
    as_noun: int = 0
    complete: int = 0


def frequent_phrases(texts: Iterable[str], fewest: int) -> list[Phrase]:
    """Phrases of one to three words that name something in at least `fewest` of the texts.

    A phrase of one word is no ordinary word of English. The most frequent come first.
    """
    counted = _Counted()
    for number, text in enumerate(texts):
        counted.add(number, name_tokens(text)[:_MOST_WORDS])
    verbs = counted.verbs()
    kept = {
        key: found
        for key, found in counted.seen.items()
        if len(found.tickets) >= fewest and _names(key, found, verbs, counted)
    }
    return _merged([(key, found) for key, found in kept.items() if not _is_part(key, found, kept)])


class _Counted:
    """What is counted of all texts: words, how often they follow what verbs do, and phrases."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self.seen: dict[Key, _Seen] = {}
        self._as_verb: Counter[str] = Counter()

    def add(self, number: int, tokens: list[str]) -> None:
        self.words.update(tokens)
        self._as_verb.update(b for a, b in pairwise(tokens) if a in _BEFORE_VERBS)
        for start, phrase, is_complete in _phrases(tokens):
            found = self.seen.setdefault((*phrase[:-1], singular(phrase[-1])), _Seen())
            found.times += 1
            found.complete += is_complete
            found.as_noun += start > 0 and tokens[start - 1] in _BEFORE_NOUNS
            found.spelt[" ".join(phrase)] += 1
            if not found.tickets or found.tickets[-1] != number:
                found.tickets.append(number)

    def verbs(self) -> set[str]:
        """Words that stand where verbs do in a quarter of cases."""
        return {word for word, n in self._as_verb.items() if n > _AS_VERB * self.words[word]}


def _merged(found: Sequence[tuple[Key, _Seen]]) -> list[Phrase]:
    """One phrase of those that differ in spaces and hyphens only: "home page", "homepage"."""
    same: dict[str, list[_Seen]] = {}
    for key, seen in found:
        same.setdefault("".join(key).replace("-", ""), []).append(seen)
    phrases = []
    for group in same.values():
        spelt = sum((seen.spelt for seen in group), Counter[str]())
        name = min(spelt, key=lambda name: (-spelt[name], name))
        phrases.append(Phrase(name, sorted({n for seen in group for n in seen.tickets})))
    return sorted(phrases, key=lambda phrase: (-len(phrase.tickets), phrase.name))


def _phrases(tokens: list[str]) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """(position, phrase, whether no telling word follows)."""
    telling = [len(t) > 2 and t.replace("-", "").isalpha() and t not in _EMPTY for t in tokens]
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + _LONGEST, len(tokens)) + 1):
            if not telling[end - 1]:
                break
            yield start, tuple(tokens[start:end]), end == len(tokens) or not telling[end]


def _names(key: Key, found: _Seen, verbs: set[str], counted: _Counted) -> bool:
    if found.as_noun < _AS_NOUN * found.times or found.complete < _COMPLETE * found.times:
        return False
    if len(key) == 1:
        return not is_ordinary(key[0]) and key[0] not in verbs
    ends = {spelt.rsplit(" ", 1)[-1] for spelt in found.spelt}
    if key[0] in verbs or not ends.isdisjoint(verbs) or len(set(key)) < len(key):
        return False
    rest = counted.seen.get(key[1:])
    behind = rest.times if rest else counted.words[key[-1]]
    ratio = _ratio(found.times, counted.words[key[0]], behind, counted.words.total())
    return ratio >= _BY_CHANCE


def _ratio(both: int, one: int, other: int, total: int) -> float:
    """Dunning's G² of two words standing together; 0 where they avoid each other."""
    both, one, other = min(both, one, other), max(one, both), max(other, both)
    if both * total <= one * other:
        return 0.0
    table = ((both, one - both), (other - both, max(total - one - other + both, 0)))
    ratio = 0.0
    for row in (0, 1):
        for column in (0, 1):
            count = table[row][column]
            expected = sum(table[row]) * (table[0][column] + table[1][column]) / total
            if count and expected:
                ratio += 2 * count * log(count / expected)
    return ratio


def _is_part(key: Key, found: _Seen, kept: dict[Key, _Seen]) -> bool:
    """Whether a phrase is nearly always a part of the same longer one."""
    return any(
        len(longer) > len(key)
        and any(longer[at : at + len(key)] == key for at in range(len(longer) - len(key) + 1))
        and len(other.tickets) >= _INDEED_LONGER * len(found.tickets)
        for longer, other in kept.items()
    )
