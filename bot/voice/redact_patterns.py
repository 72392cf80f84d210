"""The operator's own patterns: contract numbers, machine names, what only a company knows.

They meet text by strangers, so they are RE2 (time grows with the length of the text, whatever the
pattern), and each is tried on hostile and on ordinary texts before it is taken.
"""

from __future__ import annotations

import importlib
import random
import string
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from bot.voice.redact_shadow import Span

LONGEST: Final = 500
MOST: Final = 50
MOST_SECONDS: Final = 0.25
"""Of processor time over a hostile text of 20,000 characters, at most."""
MOST_MASKED: Final = 0.1
"""The share of the letters and digits of ordinary tickets that a pattern may mask, at most."""

_SIZE: Final = 20_000
_NAME: Final = frozenset(string.ascii_lowercase + string.digits + "-_")
ORDINARY: Final = (
    "The export of 2,000 rows stops at 99 % since the update on 3 May, and nothing is logged.",
    "Pay button greyed out! I tried Chrome 120.0 and Firefox, on two machines, twice.",
    "How do I move a project to another folder? I can't find it in the settings.",
    "Please add a dark theme. My eyes hurt after work, and the app is so bright at night.",
    "Order 4461380 was charged twice, on the 1st and on the 2nd. Please look into it.",
    "Seit gestern lädt die Seite sehr langsam, und beim Speichern kommt ein Fehler.",
    "Impossible de joindre un fichier de plus de 10 Mo : le message disparaît.",
    "Love the new search. It finds everything, even in old notes. Thank you all!",
)


class PatternFault(ValueError):
    """Why a pattern is not taken, as a whole sentence."""


class Searches(Protocol):
    """What is used of a compiled RE2 expression."""

    def finditer(self, text: str) -> Iterator[Any]: ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """An operator's pattern that was tried and may be used."""

    name: str
    expression: str
    compiled: Searches


def find_own(text: str, patterns: Sequence[Pattern]) -> Iterator[Span]:
    """What the operator's patterns find in a shadow text."""
    for pattern in patterns:
        for found in pattern.compiled.finditer(text):
            if found.end() > found.start():
                yield Span(found.start(), found.end(), "private")


def tried(name: str, expression: str) -> Pattern:
    """The pattern, compiled. Raises `PatternFault` where it may not meet customers' text."""
    if not name or len(name) > 40 or not set(name) <= _NAME:
        raise PatternFault("Name a pattern with small letters, digits and hyphens, such as contract.")
    if not expression or len(expression) > LONGEST:
        raise PatternFault(f"A pattern has 1 to {LONGEST} characters; this one {len(expression)}.")
    made = Pattern(name, expression, _compiled(expression))
    if any(found.end() == found.start() for found in made.compiled.finditer("a 1")):
        raise PatternFault(
            f"The pattern {name} also matches nothing at all, and with it every place in a text. "
            "Let it require at least one character: + in place of *."
        )
    _try_on_ordinary(made)
    _try_on_hostile(made)
    return made


def _compiled(expression: str) -> Searches:
    re2: Any = importlib.import_module("re2")
    options = re2.Options()
    options.log_errors = False
    try:
        made: Searches = re2.compile(expression, options=options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise PatternFault(
            f"This is no pattern that can be used: {reason}. Patterns are RE2: as in most "
            "languages, but without look-around and back-references."
        ) from error
    return made


def _try_on_ordinary(pattern: Pattern) -> None:
    signs = masked = touched = 0
    for text in ORDINARY:
        signs += sum(char.isalnum() for char in text)
        spans = list(find_own(text, (pattern,)))
        touched += bool(spans)
        masked += sum(char.isalnum() for span in spans for char in text[span.start : span.end])
    if masked > MOST_MASKED * signs or 2 * touched > len(ORDINARY):
        raise PatternFault(
            f"The pattern {pattern.name} would mask words in {touched} of {len(ORDINARY)} ordinary "
            "tickets, and nobody could read them. Make it narrower: with a prefix, or with the "
            "number of digits that yours have."
        )


def _try_on_hostile(pattern: Pattern) -> None:
    chance = random.Random(9)
    letters = sorted(set(pattern.expression) | set("a1 "))
    texts = [char * _SIZE for char in letters]
    texts += ["".join(chance.choices(letters, k=_SIZE)) for _ in range(2)]
    texts += [(pattern.expression * (_SIZE // len(pattern.expression) + 1))[:_SIZE]]
    for text in texts:
        begin = time.thread_time()
        for _ in pattern.compiled.finditer(text):
            if time.thread_time() - begin > MOST_SECONDS:
                break
        if time.thread_time() - begin > MOST_SECONDS:
            raise PatternFault(
                f"The pattern {pattern.name} takes too long over a text that was written to slow "
                "it down. Give its repeats an upper bound, such as {1,20} in place of + or *."
            )
