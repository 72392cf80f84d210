"""Texts that cost a regular expression as much time as it can be made to take.

Time goes where a repeat can match in many ways or from many places and what follows never comes
(Davis et al., "The impact of regular expression denial of service in practice", 2018). So each
repeat of a pattern is pumped: what leads to it, its body many times over, and a character that
ends the hope.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final

_ENDS: Final = ("\x00", "a")
_MOST: Final = 120
"""Texts for one pattern."""
_CLASSES: Final = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_NOT_DIGIT: "a",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_NOT_WORD: "-",
}
_CANDIDATES: Final = "a1 -.@A_é漢\n:/=,'\"([<#&;x"
_REPEATS: Final = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


@dataclass(frozen=True, slots=True)
class Attack:
    """A text of any length: `pump` many times over, between `before` and `end`."""

    before: str
    pump: str
    end: str = ""

    def text(self, size: int) -> str:
        return (self.before + self.pump * (size // len(self.pump) + 1))[: size - 1] + self.end


def attacks(pattern: re.Pattern[str]) -> list[Attack]:
    """Every repeat pumped, every beginning of a match repeated."""
    nodes = list(_parser.parse(pattern.pattern, pattern.flags))
    return list(islice(dict.fromkeys(_attacks(nodes)), _MOST))


def _attacks(nodes: list[Any]) -> Iterator[Attack]:
    whole = _sample(nodes, 1)
    for piece in (whole, whole[:-1], whole[: len(whole) // 2], _sample(nodes, 0)):
        if piece:
            yield Attack("", piece)
            yield Attack("", piece + " ")
            yield Attack("", f"{piece}\n")
    for before, body in _pumps(nodes, ""):
        for pump in _bodies(body):
            yield from (Attack(before, pump, end) for end in _ENDS)
            yield Attack("", f"{before}{pump * 3}")
            yield Attack("", f"{before}{pump * 40}\x00")


def _bodies(body: list[Any]) -> Iterator[str]:
    """What a repeat repeats: as little of it, as much, and each character that may stand in it."""
    found = {_sample(body, 0), _sample(body, 1), _sample(body, 2)}
    if len(body) == 1 and body[0][0] is sre.IN:
        found |= {char for char in _CANDIDATES if _is_in(body[0][1], char)}
    yield from sorted(each for each in found if each)


def _pumps(nodes: list[Any], before: str) -> Iterator[tuple[str, list[Any]]]:
    """Every repeat with what leads to it."""
    for op, value in nodes:
        if op in _REPEATS:
            yield before, list(value[2])
            yield from _pumps(list(value[2]), before)
        elif op is sre.SUBPATTERN:
            yield from _pumps(list(value[3]), before)
        elif op is sre.ATOMIC_GROUP:
            yield from _pumps(list(value), before)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _pumps(list(branch), before)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _pumps(list(value[1]), before)
        before += _sample([(op, value)], 1)


def _sample(nodes: list[Any], more: int) -> str:
    """A text that a pattern matches, or nearly; repeats are taken `more` times above the least."""
    return "".join(_one(op, value, more) for op, value in nodes)


def _one(op: Any, value: Any, more: int) -> str:
    if op is sre.LITERAL:
        return chr(value)
    if op is sre.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if op is sre.ANY:
        return "a"
    if op is sre.IN:
        return next((char for char in _CANDIDATES if _is_in(value, char)), _first_in(value))
    if op in _REPEATS:
        least, most, body = value
        times: int = min(max(least, more), int(most), 40)
        return _sample(list(body), more) * times
    if op is sre.SUBPATTERN:
        return _sample(list(value[3]), more)
    if op is sre.ATOMIC_GROUP:
        return _sample(list(value), more)
    if op is sre.BRANCH:
        return _sample(list(value[1][more % len(value[1])]), more)
    return ""


def _is_in(items: list[Any], char: str) -> bool:
    negated = bool(items) and items[0][0] is sre.NEGATE
    return negated != any(_has(op, value, char) for op, value in items)


def _has(op: Any, value: Any, char: str) -> bool:
    if op is sre.LITERAL:
        return chr(value) == char
    if op is sre.RANGE:
        lowest, highest = value
        return int(lowest) <= ord(char) <= int(highest)
    if op is sre.CATEGORY:
        return bool(re.match(_NAMES[value], char)) if value in _NAMES else False
    return False


_NAMES: Final = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


def _first_in(items: list[Any]) -> str:
    for op, value in items:
        if op is sre.LITERAL:
            return chr(value)
        if op is sre.RANGE:
            return chr(value[0])
        if op is sre.CATEGORY:
            return _CLASSES[value]
    return "a"
