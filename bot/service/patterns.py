"""The operator's own patterns: tried before they are taken, and kept in a file beside the key.

They meet text by strangers, so they are RE2 (time grows with the length of the text, whatever the
pattern), and each is tried on hostile and on ordinary texts: when it is saved, and again whenever
the file is read, as anybody may have edited it. What cannot be used stops the start, since tickets
would pass without a mask that the operator counts on.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import string
import time
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.errors import NotFound, UserError
from bot.voice.redact_patterns import Pattern, Searches, find_own

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


class PatternFault(UserError):
    """Why a pattern is not taken."""


def every(file: Path) -> tuple[Pattern, ...]:
    """The patterns in a file; none where there is none. Raises `UserError` for the first fault."""
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            f"{file} cannot be read as TOML: {type(error).__name__}: {error}"
        ) from error
    patterns = written.get("patterns", {})
    if set(written) - {"patterns"} or not isinstance(patterns, dict):
        raise UserError(
            f"{file} holds something else than a table [patterns] of NAME = EXPRESSION."
        )
    try:
        return tuple(tried(str(name), str(expression)) for name, expression in patterns.items())
    except PatternFault as error:
        raise UserError(f"{file}: {error}") from error


def add(file: Path, name: str, expression: str) -> Pattern:
    """Keep a pattern, in place of one of the same name. Raises `UserError`."""
    made = tried(name, expression)
    others = [pattern for pattern in every(file) if pattern.name != name]
    if len(others) >= MOST:
        raise PatternFault(f"There are {MOST} patterns already, the most that there may be.")
    _write(file, (*others, made))
    return made


def remove(file: Path, name: str) -> None:
    """Forget a pattern. Raises `NotFound`."""
    found = every(file)
    if name not in {pattern.name for pattern in found}:
        raise NotFound(f"There is no pattern {name!r}: see `earshot patterns`.")
    _write(file, [pattern for pattern in found if pattern.name != name])


def _write(file: Path, patterns: Sequence[Pattern]) -> None:
    # A string of JSON is one of TOML as well.
    lines = [
        f"{json.dumps(each.name)} = {json.dumps(each.expression, ensure_ascii=True)}"
        for each in patterns
    ]
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.new")
        new.write_text("\n".join(["[patterns]", *lines, ""]), encoding="utf-8")
        os.replace(new, file)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from error


@lru_cache(maxsize=4 * MOST)
def tried(name: str, expression: str) -> Pattern:
    """The pattern, compiled. Raises `PatternFault` where it may not meet customers' text."""
    if not name or len(name) > 40 or not set(name) <= _NAME:
        raise PatternFault(
            "Name a pattern with small letters, digits and hyphens, such as contract."
        )
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
    if masked > MOST_MASKED * signs or 2 * touched >= len(ORDINARY):
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
