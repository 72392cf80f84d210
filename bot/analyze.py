"""`earshot analyze`: JSON lines in, readings out, a line for a line, touching no database.

A contract for pipes: it streams, and survives any line. What cannot be read comes out as
`{"line", "error"}` without a word of what it held.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from bot import json_reports
from bot.config import Settings
from bot.reports import Requester
from bot.voice.features import Catalogue
from bot.voice.reading import read_text

LONGEST_LINE = 16_000_000


def analyze(source: BinaryIO, settings: Settings, catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """One object for each line of `source`, in order; lines count from 1."""
    for number, raw in enumerate(_lines(source), 1):
        try:
            yield _read(raw, settings, catalogue)
        except _Unreadable as error:
            yield {"line": number, "error": str(error)}


class _Unreadable(Exception):
    """Why a line cannot be read, with nothing of what it holds."""


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines, of which an overlong one is cut to what is needed to refuse it."""
    while raw := source.readline(LONGEST_LINE + 1):
        ended = raw.endswith(b"\n")
        while not ended:
            rest = source.readline(LONGEST_LINE)
            ended = not rest or rest.endswith(b"\n")
        yield raw


def _read(raw: bytes, settings: Settings, catalogue: Catalogue) -> dict[str, Any]:
    record = _record(raw)
    text = record.get("text")
    if not isinstance(text, str):
        raise _Unreadable('"text" is missing or is not a string')
    if "id" not in record:
        raise _Unreadable('"id" is missing')
    if isinstance(record["id"], dict | list):
        raise _Unreadable('"id" is neither a string nor a number')
    reading = read_text(
        text,
        _requester(record.get("requester")),
        catalogue,
        regions=settings.phone_regions,
        own_domains=settings.own_domains,
    )
    return {"id": record["id"], **json_reports.reading(reading)}


def _record(raw: bytes) -> dict[str, Any]:
    if len(raw) > LONGEST_LINE:
        raise _Unreadable("the line is too long")
    try:
        record = json.loads(
            # A byte-order mark is what Windows puts before the first line.
            raw.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise _Unreadable("the line is not UTF-8") from error
    except RecursionError as error:
        raise _Unreadable("the line is nested too deeply") from error
    except ValueError as error:
        raise _Unreadable("the line is not JSON") from error
    if not isinstance(record, dict):
        raise _Unreadable("the line is not a JSON object")
    return record


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError("a number beyond all that JSON can be written with again")
    return found


def _requester(found: object) -> Requester:
    if not isinstance(found, dict):
        return Requester()
    fields = {key: found.get(key) for key in ("name", "email", "phone")}
    return Requester(**{k: v for k, v in fields.items() if isinstance(v, str) and v.strip()})


def encode(line: dict[str, Any]) -> bytes:
    """A line of output; an id with half a character in it is escaped."""
    try:
        return json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(line).encode("ascii") + b"\n"
