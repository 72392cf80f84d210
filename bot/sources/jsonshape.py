"""How the tickets lie in a JSON file, decided by looking at its beginning."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from bot import strict_json

# A string (its end is missing where the text was cut inside it) or a sign of structure.
TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+("?)|[\[\]{},]', re.DOTALL)
STRING_REST: Final = re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL)

_LOOK_AT_LINES: Final = 20
_WRAPPERS: Final = (
    "tickets conversations issues reviews questions posts feedback results records items rows "
    "values data"
)
# An object with one of these beside a list is a ticket with replies, not a page of tickets.
_TICKET_WORDS: Final = (
    "id key number external_id subject title body text message description created_at createdAt"
)
_TICKET_KEYS: Final = frozenset(_TICKET_WORDS.split())
_LONG_NUMBER: Final = 18


class Shape(StrEnum):
    """How the tickets lie in a JSON file."""

    LINES = "lines"
    ARRAY = "array"
    WRAPPER = "wrapper"
    OBJECTS = "objects"


def _number(digits: str) -> int | str:
    # An id beyond 64 bits is a text to every database.
    return int(digits) if len(digits) <= _LONG_NUMBER else digits


def parse(text: str) -> tuple[dict[str, object] | None, str]:
    """The object, or the reason why there is none. Reasons hold nothing of the text."""
    try:
        value = strict_json.load(text, whole=_number, controls=True)
    except strict_json.NotStrict as fault:
        return None, str(fault)[:80]
    if not isinstance(value, dict):
        return None, "not a JSON object"
    return value, ""


def _top_keys(sample: str) -> list[str]:
    """Names of the members of the first object, as far as the sample goes."""
    depth, keys = 0, []
    for match in TOKEN.finditer(sample):
        token = match[0]
        if token[0] == '"':
            after = sample[match.end() : match.end() + 9].lstrip()
            if depth == 1 and after.startswith(":"):
                keys.append(token[1:-1])
        elif token in "[{":
            depth += 1
        elif token in "]}":
            depth -= 1
            if depth <= 0:
                break
    return keys


def _wrapper_key(sample: str) -> str:
    keys = _top_keys(sample)
    lists = [
        key for key in _WRAPPERS.split() if re.search(rf'"{key}"\s*:\s*\[', sample) and key in keys
    ]
    return lists[0] if lists and not _TICKET_KEYS.intersection(keys) else ""


def shape_of(sample: str, *, is_all: bool) -> tuple[Shape, str]:
    """How the tickets lie, and for a wrapper the name of its list."""
    lines = sample.splitlines() if is_all else sample.splitlines()[:-1]
    lines = [line.strip() for line in lines if line.strip()][:_LOOK_AT_LINES]
    parsed = [parse(line)[0] for line in lines]
    structural = sum(line in "[],{}" or line[-1] in ",[" for line in lines)
    objects = [value for value in parsed if value is not None]
    if not sample.lstrip().startswith("["):
        key = _wrapper_key(sample.lstrip())
        if key:
            return Shape.WRAPPER, key
    if len(objects) > structural:
        return Shape.LINES, ""
    return (Shape.ARRAY if sample.lstrip().startswith("[") else Shape.OBJECTS), ""
