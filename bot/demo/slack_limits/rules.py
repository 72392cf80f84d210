"""Small rules that are put together into the shape of every block.

A limit that is data can be read beside Slack's own tables; one that is hidden in a chain of
ifs cannot. So each block and element is a `shape` of named rules, and only what spans
several blocks is written as code.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing Slack would refuse, where it stands (a JSON pointer) and why."""

    pointer: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[object, str], Iterator[Fault]]


def items(value: object) -> list[Any]:
    """The items of a list; none when it is not one, whose fault is told elsewhere."""
    return list(value) if isinstance(value, list | tuple) else []


def anything(_value: object, _pointer: str) -> Iterator[Fault]:
    """Accept whatever stands here."""
    yield from ()


def boolean(value: object, pointer: str) -> Iterator[Fault]:
    """Accept true and false, not their strings."""
    if not isinstance(value, bool):
        yield Fault(pointer, "wrong_type", "must be a boolean")


def string(most: int, least: int = 1, pattern: str | None = None) -> Rule:
    """A string of `least` to `most` characters."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(pointer, "wrong_type", "must be a string")
        elif len(value) < least:
            yield Fault(pointer, "too_short", f"must be at least {least} characters")
        elif len(value) > most:
            yield Fault(pointer, "too_long", f"must be at most {most} characters, has {len(value)}")
        elif pattern is not None and re.fullmatch(pattern, value) is None:
            yield Fault(pointer, "invalid", f"must match {pattern}")

    return rule


def number(least: float = float("-inf"), most: float = float("inf")) -> Rule:
    """A finite number within bounds; booleans are not numbers here."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Fault(pointer, "wrong_type", "must be a number")
        elif not least <= value <= most:
            yield Fault(pointer, "out_of_range", f"must be between {least} and {most}")

    return rule


def choice(*allowed: object) -> Rule:
    """One of a few values."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        if value not in allowed:
            yield Fault(pointer, "invalid", f"must be one of {', '.join(map(str, allowed))}")

    return rule


def array(item: Rule, least: int, most: int, code: str = "too_many") -> Rule:
    """A list of `least` to `most` items that each follow `item`."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, list | tuple):
            yield Fault(pointer, "wrong_type", "must be an array")
            return
        if len(value) < least:
            yield Fault(pointer, "too_few", f"no fewer than {least} items allowed")
        if len(value) > most:
            yield Fault(pointer, code, f"no more than {most} items allowed, has {len(value)}")
        for index, each in enumerate(value):
            yield from item(each, f"{pointer}/{index}")

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these keys and no others (Slack refuses unknown properties)."""
    rules = {**required, **(optional or {}), "type": anything}

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield Fault(pointer, "wrong_type", "must be an object")
            return
        for key in required:
            if key not in value:
                yield Fault(pointer, "missing", f"missing required field: {key}")
        for key, each in value.items():
            if key in rules:
                yield from rules[key](each, f"{pointer}/{key}")
            else:
                yield Fault(pointer, "unknown_property", f"no additional properties: {key}")

    return rule


def tagged(kinds: Mapping[str, Rule], code: str = "unknown_type") -> Rule:
    """An object whose `type` chooses the rule it must follow."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        kind = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(kind, str):
            yield Fault(pointer, "missing", "must be an object with a type")
        elif kind not in kinds:
            yield Fault(pointer, code, f"unsupported type: {kind}")
        else:
            yield from kinds[kind](value, pointer)

    return rule


def exactly_one(*keys: str) -> Rule:
    """An object that has one of these keys, and only one."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        present = [key for key in keys if isinstance(value, Mapping) and key in value]
        if len(present) != 1:
            yield Fault(pointer, "conflict", f"needs exactly one of {', '.join(keys)}")

    return rule


def at_least_one(*keys: str) -> Rule:
    """An object that has at least one of these keys."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        if isinstance(value, Mapping) and not any(key in value for key in keys):
            yield Fault(pointer, "missing", f"needs one of {', '.join(keys)}")

    return rule


def both(*rules: Rule) -> Rule:
    """All of these rules at once."""

    def rule(value: object, pointer: str) -> Iterator[Fault]:
        for each in rules:
            yield from each(value, pointer)

    return rule
