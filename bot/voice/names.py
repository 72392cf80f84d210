"""How a feature's name may be written in running text, and when its words mean something else.

"Sign-in" is also "sign in" and "sign me in"; "invoice export" is also "export of the invoices".
But "in order to" names no orders, and "check out our blog" no checkout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from bot.voice.text import name_tokens
from bot.voice.wordset import word_set

Words = tuple[str, ...]

_PARTICLES: Final = word_set("in out up on off down over back away")
# Verbs whose spaced form means what the joined one names: "log in", "login".
_SPACED: Final = {
    verb + particle: (verb, particle)
    for verb, particles in {
        "log": "in on out off",
        "sign": "in on up out off",
        "opt": "in out",
        "check": "in out",
        "back": "up",
    }.items()
    for particle in particles.split()
}
_PERSONS: Final = ("me", "us", "you", "him", "her", "them", "it", "people", "everyone")
SMALL: Final = word_set(
    "a an the of for to from in on with by my your our his her its their this that these those all "
    "any some new me us as",
    "der die das des dem den ein eine meine meiner unsere von vom zum zur fur",
    "le la les de du des un une mes mon ma el los las del una mis",
)
"""Words that may stand between the words of a name."""
IN_EVERY_TEXT: Final = SMALL | word_set(
    "am and are as at be but by can could did do does go has have he how i if is it no not or she "
    "so than then there they too was we were what when where which who why will with would you"
)
"""Words that name nothing in a running text, whatever a catalogue says."""
_BETWEEN_EQUALS: Final = word_set("and or und oder et ou y o")
_MOST_LOOSE: Final = 4
_SHORTEST_JOINED: Final = 5

_HUMP: Final = re.compile(r"[A-Z][a-z]{2,}|[a-z]{3,}")
_NUMBERED: Final = re.compile(r"([A-Za-z]{3,})([0-9]+)")
_HUMPS: Final = re.compile(r"(?:[A-Z][a-z]{2,}|\A[a-z]{3,}(?=[A-Z]))(?:[A-Z][a-z]{2,})+")

_OBJECTS: Final = word_set(
    "a an the this that these those my your our his her its their some what how it all everything"
)
_CANNOT: Final = word_set(
    "cant cannot couldnt unable trying tried try wont failed fails unsuccessfully able"
)
_NOT_AFTER_BACK_UP: Final = word_set("and again running to on in online")

_IDIOMS: Final = (
    "in order to|in order for|in order that|of course|in case|just in case|in any case|"
    "in that case|in this case|for example|in fact|by the way|on the way|at home|feel at home|"
    "at last|in time|on time|in general|in addition|in advance|in detail|in details|in person|"
    "in particular|at this point|at that point|at some point|the point is|to the point|"
    "as a result|for the record|in the event|in any event|in the end|by default|on my end|"
    "on your end|on our end|best regards|kind regards|with regards|in regards to|in regard to|"
    "in support of|thanks for your support|thank you for your support|customer support|"
    "your support team|contact support|contacted support|support team|dear support|hi support|"
    "hello support|report a bug|report a problem|report an issue|report that|reporting a bug|"
    "reporting a problem|reporting an issue|reporting this|please note|note that|take note|"
    "on a different note|side note|good time|each time|a number of|the number of|any number of|"
    "on the other hand|at hand|on hand|first hand|as usual|kind of|sort of|a matter of|"
    "no matter|as a matter of fact|in my view|point of view|with a view to|in my experience|"
    "in terms of|long term|short term|in the meantime|on the market|the market for|a pair of|"
    "a couple of|a list of|plan to|plan on|planning to|planned to|planning on|plans to|"
    "going to plan|on track|keep track of|lose track|back and forth|look forward|"
    "looking forward|from now on|move forward|going forward|link below|the link above|"
    "order of magnitude|out of order|thanks for sharing|thank you for sharing|"
    "to share with you|address this|address the|address these|addressing this|address it|"
    "at large|by and large|on top of|to top it|from scratch|free of charge|in charge|"
    "in charge of|on purpose|all of a sudden|in touch|get in touch|let me know|keep in mind|"
    "in mind|of mind|never mind|for good|for instance|on average|in short|want to report|"
    "would like to report|wanted to report|like to report|in search of|search engine optimisation|"
    "search engine optimization"
)


def _by_word() -> dict[str, tuple[tuple[int, Words], ...]]:
    found: dict[str, tuple[tuple[int, Words], ...]] = {}
    for idiom in _IDIOMS.split("|"):
        words = tuple(idiom.split())
        for place, word in enumerate(words):
            if word not in SMALL:
                found[word] = (*found.get(word, ()), (place, words))
    return found


_IDIOMS_WITH: Final = _by_word()


def words_of(name: str) -> list[str]:
    """The words of a name, or of a question that may be one: hyphens stay, punctuation does not."""
    return [token for token in name_tokens(name) if token[0].isalnum()]


def spellings(name: str) -> set[Words]:
    """The word sequences that stand for a name: as given, in one word, and with a person within."""
    tokens = words_of(name)
    parts = tuple(part for token in tokens for part in token.split("-"))
    joined = "".join(parts)
    found: set[Words] = set()
    spaced = _SPACED.get(joined)
    if spaced:
        found |= {(joined,), spaced}
        if spaced[0] not in ("check", "back"):
            found |= {(spaced[0], person, spaced[1]) for person in _PERSONS}
        return found
    if len(parts) == 1:
        return {parts, *_humps(name.strip())}
    if not parts:
        return found
    is_hyphenated_verb = len(tokens) == 1 and parts[-1] in _PARTICLES
    if not is_hyphenated_verb:
        found.add(parts)
    found |= set(_partly_joined(parts))
    if len(parts) == 3 and parts[1] in _BETWEEN_EQUALS:
        found.add(parts[::-1])
    if len(joined) >= _SHORTEST_JOINED or (len(tokens) == 1 and len(joined) > 2):
        found.add((joined,))
    return found


def _partly_joined(parts: Words) -> Iterator[Words]:
    """The name with two of its words in one: "dropdown menu" for "Drop-down menu"."""
    if 3 <= len(parts) <= _MOST_LOOSE:
        for place, (one, two) in enumerate(pairwise(parts)):
            if len(one + two) >= _SHORTEST_JOINED:
                yield (*parts[:place], one + two, *parts[place + 2 :])


def _humps(name: str) -> Iterator[Words]:
    """The parts of "PayPal" and of "Office365"."""
    if _HUMPS.fullmatch(name):
        yield tuple(hump.lower() for hump in _HUMP.findall(name))
    elif numbered := _NUMBERED.fullmatch(name):
        yield numbered[1].lower(), numbered[2]


def loosened(words: Words) -> set[Words]:
    """A name's telling words in the orders in which small words may stand between them."""
    if not _PARTICLES.isdisjoint(words):
        return set()
    telling = tuple(word for word in words if word not in SMALL)
    # Signs of a script without spaces are no words that others could come between.
    if not 2 <= len(telling) <= _MOST_LOOSE or any(len(word) < 2 for word in telling):
        return set()
    return {telling, telling[::-1]} if len(telling) == 2 else {telling}


def is_meant(tokens: Sequence[str], start: int, end: int) -> bool:
    """Whether the words that spell a name are meant as one, and are no idiom."""
    if end - start == 1:
        return not _is_idiom(tokens, start)
    if end - start == 2 and tokens[start + 1] in ("in", "out", "up"):
        verb, after = tokens[start], tokens[end] if end < len(tokens) else ""
        before = tokens[max(start - 3, 0) : start]
        if verb.startswith("check"):
            return after not in _OBJECTS and not _CANNOT.isdisjoint(before)
        if verb.startswith("back"):
            asked = before[-1:] == ["to"] and after not in _NOT_AFTER_BACK_UP
            return asked or after in _OBJECTS
    return True


def _is_idiom(tokens: Sequence[str], place: int) -> bool:
    for offset, idiom in _IDIOMS_WITH.get(tokens[place], ()):
        start = place - offset
        if start >= 0 and tuple(tokens[start : start + len(idiom)]) == idiom:
            return True
    return False
