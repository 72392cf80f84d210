"""Words that leaked: found again however they are written, and masked.

A person says which words of a ticket are personal. They are compared without case, accents, signs
and hiding tricks, word by word, so that they can be remembered as hashes: `masked` asks of each run
of words whether it is one of them, and need not know them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.voice.ordinary import is_ordinary
from bot.voice.redact_name_words import COMMON
from bot.voice.redact_shadow import TOKEN, folded, plain_shadow
from bot.voice.text import UNSPACED

MOST_LINES: Final = 10
MOST_WORDS: Final = 40
"""In a line of what a person says has leaked."""
MOST_LETTERS: Final = 500
_LEAST_LEFT: Final = 3
"""Letters of the words that a cut must have left before they count as having leaked."""
_MANY_DIGITS: Final = 5
_MANY_SIGNS: Final = 4
_FIRST_SIGN: Final = 0x2E80
_ELLIPSIS: Final = "…"
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_NUMBER: Final = re.compile(r"\[private ([1-9][0-9]{0,5})\]")

Words = tuple[str, ...]
"""Words as they are compared."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A word of a text: how it is compared, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Runs of `length` words, those of which `knows` says that they leaked."""

    length: int
    knows: Callable[[str], bool]
    words: Words = ()
    """The words themselves, where they are known: then a text that was cut in them is seen."""


def wanted(words: Words) -> Wanted:
    """To find words that are known."""
    joined = " ".join(words)
    return Wanted(len(words), joined.__eq__, words)


def said(text: str) -> list[Words]:
    """What a person says has leaked: a run of words a line; empty where there is no word in it."""
    lines = [line[:MOST_LETTERS] for line in text.strip().splitlines()[:MOST_LINES]]
    found = (tuple(each.word for each in _words(line))[:MOST_WORDS] for line in lines)
    return list(dict.fromkeys(words for words in found if words))


def in_text(text: str, words: Words) -> list[Words]:
    """The runs of words in a text that hold `words`; what begins inside a word takes all of it.

    Empty where they do not stand there.
    """
    there = _words(text)
    if next(_runs(there, wanted(words)), None):
        return [words]
    # Part of a word, as the number is of "CT-4711b": a hash can only be asked of whole ones.
    run, ends = "", []
    for each in there:
        run += each.word
        ends.append(len(run))
    sought, begin = "".join(words), 0
    found: dict[Words, None] = {}
    while len(sought) >= _LEAST_LEFT and (at := run.find(sought, begin)) >= 0:
        hit = [n for n, end in enumerate(ends) if at < end and at + len(sought) > _start(ends, n)]
        found[tuple(there[n].word for n in hit)] = None
        begin = at + 1
    return list(found)


def _start(ends: Sequence[int], number: int) -> int:
    return ends[number - 1] if number else 0


def places(text: str, leaks: Sequence[Wanted]) -> list[tuple[int, int]]:
    """Where in a text something leaked, in order."""
    there = _words(text)
    return sorted({span for each in leaks for span in (*_runs(there, each), *_cut(text, each))})


def find(texts: Iterable[str], leak: Wanted) -> Iterator[Words]:
    """The words behind a hash, where they stand in one of the texts."""
    for text in texts:
        there = _words(text)
        for first in range(len(there) - leak.length + 1):
            run = tuple(each.word for each in there[first : first + leak.length])
            if leak.knows(" ".join(run)):
                yield run


def masked(text: str, leaks: Sequence[Wanted], token: str) -> tuple[str, int]:
    """The text with `token` in the place of what leaked, and in how many places."""
    kept: list[str] = []
    reached = count = 0
    for start, end in places(text, leaks):
        if start >= reached:
            kept += [text[reached:start], token]
            count += 1
        reached = max(reached, end)
    return "".join((*kept, text[reached:])), count


def token_for(*texts: str) -> str:
    """The next token of a ticket's for what only its company knows to be personal."""
    numbers = [int(number) for text in texts for number in _NUMBER.findall(text)]
    return f"[private {max(numbers, default=0) + 1}]"


def is_identifying(words: Words) -> bool:
    """Whether words tell a person or an account from others, so that other tickets may mean them.

    An ordinary word of everyday English tells nothing, nor does a short number.
    """
    digits = sum(char.isdigit() for word in words for char in word)
    if digits >= _MANY_DIGITS or sum(_is_sign(word) for word in words) >= _MANY_SIGNS:
        return True
    return any(_is_telling(word) for word in words if not word.isdigit())


def _is_telling(word: str) -> bool:
    if any(char.isdigit() for char in word):
        return len(word) >= _MANY_DIGITS
    if _is_sign(word) or word in COMMON:
        return False
    return len(word) > _LEAST_LEFT and not is_ordinary(word)


def _is_sign(word: str) -> bool:
    """Whether a word is a character of a script without spaces."""
    return ord(word[0]) >= _FIRST_SIGN


def _words(text: str) -> list[_Said]:
    """The words of a text but those of tokens, as `folded` and `plain_shadow` compare them."""
    read = plain_shadow(text)
    low, back = folded(read.text)
    tokens = [found.span() for found in TOKEN.finditer(text)] if "[" in text else []
    found = []
    for word in _WORD.finditer(low):
        start, end = read.original(back[word.start()], back[word.end() - 1] + 1)
        if not any(first <= start < last for first, last in tokens):
            found.append(_Said(word[0], start, end))
    return found


def _runs(there: Sequence[_Said], leak: Wanted) -> Iterator[tuple[int, int]]:
    for first in range(len(there) - leak.length + 1):
        run = there[first : first + leak.length]
        if leak.knows(" ".join(each.word for each in run)):
            yield run[0].start, run[-1].end


def _cut(text: str, leak: Wanted) -> Iterator[tuple[int, int]]:
    """The beginning of the words at the end of a text that was cut there."""
    if not leak.words or not text.endswith(_ELLIPSIS):
        return
    there = _words(text)
    for length in range(min(len(leak.words), len(there)), 0, -1):
        run = there[-length:]
        *whole, last = (each.word for each in run)
        begun = leak.words[length - 1]
        left = sum(map(len, whole)) + len(last)
        if whole == [*leak.words[: length - 1]] and begun.startswith(last) and left >= _LEAST_LEFT:
            yield run[0].start, run[-1].end
            return
