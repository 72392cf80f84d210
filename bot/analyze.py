"""`earshot analyze`: JSON lines in, readings out, a line for a line, touching no database.

A contract for pipes: it streams, and survives any line. What cannot be read comes out as
`{"line", "error"}` without a word of what it held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot import json_reports
from bot.config import Settings
from bot.json_lines import Source, Unreadable, batches, record, requester
from bot.semantic import Encoder
from bot.service.masking import rules_of
from bot.voice.features import Catalogue
from bot.voice.reading import SafeTicket, make_text_safe, understand, why
from bot.voice.redact import Rules

if TYPE_CHECKING:
    from bot.voice.vectors import Vector

TOGETHER: Final = 64


def analyze(
    source: Source,
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
    rules = rules_of(settings)
    for raws in batches(source, TOGETHER):
        read = [_read(raw, rules) for raw in raws]
        tickets = [line.ticket for line in read if isinstance(line, _Line)]
        vectors = iter(_vectors(encoder, tickets))
        for line in read:
            number += 1
            if isinstance(line, Unreadable):
                yield {"line": number, "error": str(line)}
                continue
            vector = next(vectors)
            found = json_reports.reading(understand(line.ticket, catalogue, vector))
            reasons = {"why": _why(line.ticket, vector)} if explain else {}
            yield {"id": line.id, **found, **reasons}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that could be read; its id is given back as it came."""

    id: object
    ticket: SafeTicket


def _read(raw: bytes, rules: Rules) -> _Line | Unreadable:
    try:
        found = record(raw)
    except Unreadable as error:
        return error
    ticket = make_text_safe(found["text"], requester(found), rules=rules)
    return _Line(found["id"], ticket)


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


def encode(line: dict[str, Any]) -> bytes:
    """A line of output; an id with half a character in it is escaped."""
    try:
        return json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(line).encode("ascii") + b"\n"
