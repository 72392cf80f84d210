"""Try a costly pattern only where a word stands that it begins with.

A pattern of fifty alternatives in any case costs more at each character of a ticket than all the
rest of redaction, though hardly any place begins with one of its words. The words of a text are
therefore looked up once in a dictionary of the first words of all such patterns. The first words
are read off the patterns themselves, so that the two cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_RUN: Final = re.compile(r"\w+")
_DIGIT: Final = re.compile(r"\d")
_NUMBER: Final = re.compile(r"\d(?:\D{0,4}\d){5}")
# Letters that patterns in any case take for another one, and that lower-casing leaves alone.
_TWINS: Final = str.maketrans("ıİſᲀᲁᲂᲃᲄᲅᲆ", "iisвдосттъ")


def folded_word(word: str) -> str:
    """The form in which words are compared, as coarse as patterns that ignore case."""
    return word.lower() if word.isascii() else word.translate(_TWINS).lower()


def expansions(pattern: str) -> list[str]:
    """Every string that a simple pattern matches: letters, sets, groups, what may be left out.

    Look-aheads are left out, so that the strings are the most that can match. Raises `ValueError`
    on anything else, since a pattern that is not understood must not pass for one without words.
    """
    strings, end = _alternatives(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"unmatched ) at {end} in {pattern!r}")
    return strings


def _alternatives(pattern: str, at: int) -> tuple[list[str], int]:
    found: list[str] = []
    current = [""]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found += current
            current, at = [""], at + 1
            continue
        atoms, at = _atom(pattern, at)
        if pattern[at : at + 1] == "?":
            atoms, at = ["", *atoms], at + 1
        current = [head + tail for head in current for tail in atoms]
    return found + current, at


def _atom(pattern: str, at: int) -> tuple[list[str], int]:
    char = pattern[at]
    if char == "(":
        opening = next((o for o in ("(?:", "(?=") if pattern.startswith(o, at)), None)
        if opening is None:
            raise ValueError(f"group at {at} in {pattern!r}")
        inner, end = _alternatives(pattern, at + len(opening))
        return ([""] if opening == "(?=" else inner), end + 1
    if char == "[":
        end = pattern.index("]", at)
        inside = pattern[at + 1 : end]
        if inside[:1] == "^" or "\\" in inside or "-" in inside[1:-1]:
            raise ValueError(f"set at {at} in {pattern!r}")
        return list(inside), end + 1
    if char == "\\" and not pattern[at + 1].isalnum():
        return [pattern[at + 1]], at + 2
    if char in "\\*+{}^$.":
        raise ValueError(f"{char} at {at} in {pattern!r}")
    return [char], at + 1


class Cue:
    r"""A pattern that begins at a word: `\b(?:alternatives)` and then `rest`.

    `rest` must not begin with a word's character, so that each alternative ends with its word.
    """

    def __init__(self, alternatives: str, rest: str, flags: int = 0) -> None:
        self.pattern = re.compile(rf"\b(?:{alternatives}){rest}", flags)
        self.words: set[str] = set()
        for expansion in expansions(alternatives):
            first = _RUN.match(expansion)
            if not first:
                raise ValueError(f"{expansion!r} begins with no word")
            self.words.add(folded_word(first[0]))

    def found_at(self, text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
        """What `finditer` finds, given ascending places that include all where it may begin."""
        free = 0
        for start in starts:
            found = self.pattern.match(text, start) if start >= free else None
            if found:
                free = found.end()
                yield found


class Cues:
    """The cues of one kind of data, by the words that they begin with."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self.cues = tuple(cues)
        self.by_word: dict[str, tuple[Cue, ...]] = {}
        for cue in cues:
            for word in cue.words:
                self.by_word[word] = (*self.by_word.get(word, ()), cue)


class Seen:
    """A shadow text, with the places where its cues may begin and whether numbers are in it.

    `has_number` is False where no six digits stand together with at most four characters between
    two of them: no card, telephone number or national id has fewer.
    """

    def __init__(self, text: str, cues: Cues) -> None:
        self.text = text
        self.low = folded_word(text)
        self.has_digit = bool(_DIGIT.search(text))
        self.has_number = self.has_digit and bool(_NUMBER.search(text))
        self._starts: dict[Cue, list[int]] = {cue: [] for cue in cues.cues}
        by_word = cues.by_word
        plain = text.isascii()
        for run in _RUN.finditer(self.low if plain else text):
            for cue in by_word.get(run[0] if plain else folded_word(run[0]), ()):
                self._starts[cue].append(run.start())

    def find(self, cue: Cue) -> Iterator[re.Match[str]]:
        """What the cue's pattern finds. Raises `KeyError` for a cue that was not looked for."""
        return cue.found_at(self.text, self._starts[cue])
