"""Reads JSON lines `{"id","text"}` from a pipe, whatever the lines hold.

What cannot be read is named by its line and a reason, without a word of what it held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Protocol

from bot import strict_json
from bot.reports import Requester

LONGEST_LINE = 16_000_000
_CHUNK = 1 << 16


class Unreadable(Exception):
    """Why a line cannot be read, with nothing of what it holds."""


class Source(Protocol):
    """What is used of a stream of bytes."""

    def read1(self, size: int = -1, /) -> bytes: ...


def batches(source: Source, most: int) -> Iterator[list[bytes]]:
    """Lines that have come by now, at most `most` at once: none waits for the next to come.

    An overlong line is cut to what is needed to refuse it.
    """
    pending = bytearray()
    while chunk := source.read1(_CHUNK):
        *ended, begun = chunk.split(b"\n")
        ready: list[bytes] = []
        for piece in ended:
            _extend(pending, piece)
            ready.append(bytes(pending))
            pending.clear()
        _extend(pending, begun)
        for start in range(0, len(ready), most):
            yield ready[start : start + most]
    if pending:
        yield [bytes(pending)]


def _extend(line: bytearray, piece: bytes) -> None:
    line += piece[: LONGEST_LINE + 1 - len(line)]


def lines(source: Source) -> Iterator[bytes]:
    """All lines, without their ends."""
    return chain.from_iterable(batches(source, _CHUNK))


def record(raw: bytes) -> dict[str, Any]:
    """A line's object, with a string under "text" and an "id". Raises `Unreadable`."""
    found = _object(raw)
    if not isinstance(found.get("text"), str):
        raise Unreadable('"text" is missing or is not a string')
    if "id" not in found:
        raise Unreadable('"id" is missing')
    if isinstance(found["id"], dict | list):
        raise Unreadable('"id" is neither a string nor a number')
    return found


def requester(found: Mapping[str, Any]) -> Requester:
    """Who wrote it, as the optional "requester" says; what is no text there is left out."""
    given = found.get("requester")
    if not isinstance(given, dict):
        return Requester()
    fields = {key: given.get(key) for key in ("name", "email", "phone")}
    return Requester(**{k: v for k, v in fields.items() if isinstance(v, str) and v.strip()})


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > LONGEST_LINE:
        raise Unreadable("the line is too long")
    try:
        # A byte-order mark is what Windows puts before the first line.
        found = strict_json.load(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable("the line is not UTF-8") from error
    except strict_json.TooDeep as error:
        raise Unreadable("the line is nested too deeply") from error
    except strict_json.Ambiguous as error:
        raise Unreadable("the line has a name twice in one object") from error
    except strict_json.NotStrict as error:
        raise Unreadable("the line is not JSON") from error
    if not isinstance(found, dict):
        raise Unreadable("the line is not a JSON object")
    return found
