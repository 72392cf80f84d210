"""`earshot analyze`: JSON lines in, readings out, a line for a line, touching no database.

A contract for pipes: it streams, and survives any line. What cannot be read comes out as
`{"line", "error"}` without a word of what it held.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from bot import json_reports
from bot.batches import in_batches
from bot.config import Settings
from bot.reports import Requester
from bot.semantic import Encoder
from bot.voice.features import Catalogue
from bot.voice.reading import SafeTicket, make_text_safe, understand, why

if TYPE_CHECKING:
    from bot.voice.vectors import Vector

TOGETHER: Final = 64

LONGEST_LINE = 16_000_000


def analyze(
    source: BinaryIO,
    settings: Settings,
    catalogue: Catalogue,
    encoder: Encoder | None = None,
    *,
    explain: bool = False,
) -> Iterator[dict[str, Any]]:
    """One object for each line of `source`, in order; lines count from 1.

    With an `encoder` texts are read by meaning too, as many at once as have come by then.
    """
    number = 0
    lines = (_read(raw, settings) for raw in _lines(source))
    for read in in_batches(lines, TOGETHER):
        tickets = [line.ticket for line in read if isinstance(line, _Line)]
        vectors = iter(_vectors(encoder, tickets))
        for line in read:
            number += 1
            if isinstance(line, _Unreadable):
                yield {"line": number, "error": str(line)}
                continue
            vector = next(vectors)
            found = json_reports.reading(understand(line.ticket, catalogue, vector))
            why = {"why": _why(line.ticket, vector)} if explain else {}
            yield {"id": line.id, **found, **why}


def _vectors(encoder: Encoder | None, tickets: Sequence[SafeTicket]) -> Sequence[Vector | None]:
    """What kinds can be read from: their weights were learned with one model."""
    if encoder is None or not encoder.is_own:
        return [None] * len(tickets)
    return encoder.encode([ticket.english for ticket in tickets])


def _why(ticket: SafeTicket, vector: Vector | None) -> list[dict[str, Any]]:
    return [
        {
            "kind": str(reason.kind),
            "sentence": reason.sentence,
            "phrases": [{"phrase": said, "weight": weight} for said, weight in reason.phrases],
            "meaning": reason.meaning,
        }
        for reason in why(ticket, vector)
    ]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that could be read; its id is given back as it came."""

    id: object
    ticket: SafeTicket


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


def _read(raw: bytes, settings: Settings) -> _Line | _Unreadable:
    try:
        record = _record(raw)
        text = record.get("text")
        if not isinstance(text, str):
            raise _Unreadable('"text" is missing or is not a string')
        if "id" not in record:
            raise _Unreadable('"id" is missing')
        if isinstance(record["id"], dict | list):
            raise _Unreadable('"id" is neither a string nor a number')
    except _Unreadable as error:
        return error
    ticket = make_text_safe(
        text,
        _requester(record.get("requester")),
        regions=settings.phone_regions,
        own_domains=settings.own_domains,
    )
    return _Line(record["id"], ticket)


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
