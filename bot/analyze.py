"""`earshot analyze`: JSON lines in, readings out, a line for a line, touching no database.

A contract for pipes: it streams, and survives any line. What cannot be read comes out as
`{"line", "error"}` without a word of what it held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from bot import json_reports
from bot.config import Settings
from bot.json_lines import Unreadable, lines, record, requester
from bot.voice.features import Catalogue
from bot.voice.reading import read_text


def analyze(source: BinaryIO, settings: Settings, catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """One object for each line of `source`, in order; lines count from 1."""
    for number, raw in enumerate(lines(source), 1):
        try:
            yield _read(raw, settings, catalogue)
        except Unreadable as error:
            yield {"line": number, "error": str(error)}


def _read(raw: bytes, settings: Settings, catalogue: Catalogue) -> dict[str, Any]:
    found = record(raw)
    reading = read_text(
        found["text"],
        requester(found),
        catalogue,
        regions=settings.phone_regions,
        own_domains=settings.own_domains,
    )
    return {"id": found["id"], **json_reports.reading(reading)}


def encode(line: dict[str, Any]) -> bytes:
    """A line of output; an id with half a character in it is escaped."""
    try:
        return json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(line).encode("ascii") + b"\n"
