"""JSON text as records, one ticket at a time, where one broken ticket does not spoil the rest.

Lines are parsed by themselves. Arrays and wrappers are cut into their elements by counting
brackets, never parsed whole: memory is bounded, and an element that nests 200,000 deep or ends
too early is one bad row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.errors import UserError
from bot.reports import BadRow
from bot.sources.decode import Text
from bot.sources.jsonshape import STRING_REST, TOKEN, Shape, parse, shape_of

MOST_CHARS: Final = 8_000_000
_CHUNK: Final = 256 * 1024
_SINGER: Final = frozenset({"SCHEMA", "RECORD", "STATE", "ACTIVATE_VERSION"})


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One object; `line` is where it begins."""

    line: int
    value: dict[str, object]


class _Cutter:
    """Cuts running text into elements; `feed` gives `(line, text or None if too long)`."""

    def __init__(self, shape: Shape, key: str) -> None:
        self._shape, self._key = shape, key
        self._depth = 0
        self._inside: int | None = None  # the depth at which elements end, while inside a list
        self._in_string = False
        self._string_at = -1
        self._last_string = ""
        self._pieces: list[str] = []
        self._size = 0
        self._line = 1
        self._counted = 0

    def feed(self, chunk: str) -> Iterator[tuple[int, str | None]]:
        start = self._counted = 0
        for match in TOKEN.finditer(chunk, self._string_end(chunk)):
            token, at = match[0], match.start()
            if token[0] == '"':
                self._string(match)
            elif token in "[{":
                self._depth += 1
                if self._inside is None and self._opens(token):
                    self._inside = self._depth
                    start = at if self._shape is Shape.OBJECTS else at + 1
                    self._skip(chunk, start)
            elif token == ",":
                if self._depth == self._inside and self._shape is not Shape.OBJECTS:
                    yield from self._element(chunk, start, at)
                    start = at + 1
            else:
                if self._depth == self._inside:
                    end = at + 1 if self._shape is Shape.OBJECTS else at
                    yield from self._element(chunk, start, end)
                    self._inside = None
                self._depth = max(0, self._depth - 1)
        if self._inside is not None:
            self._keep(chunk[start:])
        else:
            self._skip(chunk, len(chunk))

    def _string_end(self, chunk: str) -> int:
        """Where the string ends in which the last chunk ended."""
        if not self._in_string:
            return 0
        self._string_at = -1
        rest = STRING_REST.match(chunk)
        self._in_string = rest is None
        return rest.end() if rest else len(chunk)

    def _string(self, match: re.Match[str]) -> None:
        self._in_string = not match[1]
        self._string_at = match.start()
        if self._inside is None:
            self._last_string = match[0][1:-1]

    def open_key(self, chunk: str) -> str:
        """The part of a key that straddles two chunks, to be read again with the next one."""
        if self._inside is None and self._in_string and self._string_at >= 0:
            tail = chunk[self._string_at :]
            if len(tail) < 200:
                self._in_string = False
                return tail
        return ""

    def _opens(self, token: str) -> bool:
        if self._shape is Shape.ARRAY:
            return token == "[" and self._depth == 1
        if self._shape is Shape.OBJECTS:
            return token == "{" and self._depth == 1
        return token == "[" and self._depth == 2 and self._last_string == self._key

    def _skip(self, chunk: str, until: int) -> None:
        self._line += chunk.count("\n", self._counted, until)
        self._counted = until

    def _keep(self, piece: str) -> None:
        self._size += len(piece)
        if self._size <= MOST_CHARS:
            self._pieces.append(piece)

    def _element(self, chunk: str, start: int, end: int) -> Iterator[tuple[int, str | None]]:
        self._keep(chunk[start:end])
        text = "".join(self._pieces)
        body = text.lstrip()
        line = self._line + text[: len(text) - len(body)].count("\n")
        if self._size > MOST_CHARS:
            yield line, None
        elif body:
            yield line, body
        self._line += text.count("\n")
        self._counted = end
        self._pieces, self._size = [], 0

    @property
    def unfinished(self) -> int | None:
        """The line of the element that is still open at the end of the file."""
        text = "".join(self._pieces)
        blank = text[: len(text) - len(text.lstrip())]
        return None if self._inside is None else self._line + blank.count("\n")


class JsonTable:
    """One JSON file: its objects in order."""

    def __init__(self, text: Text) -> None:
        self._text = text
        sample = text.sample.lstrip("\ufeff")
        self.shape, self.wrapper = shape_of(sample, is_all=text.sample_is_all)
        first = parse(next((line for line in sample.split("\n") if line.strip()), ""))[0]
        if first and str(first.get("type")) in _SINGER and ("stream" in first or "value" in first):
            raise UserError(
                f"{text.name} holds Singer messages, not tickets: a Singer source reads those."
            )

    def __iter__(self) -> Iterator[JsonRecord | BadRow]:
        return self._lines() if self.shape is Shape.LINES else self._elements()

    def _record(self, line: int, text: str, label: str = "") -> JsonRecord | BadRow:
        value, fault = parse(text)
        if value is None:
            return BadRow(self._text.name, line, f"{label}{fault}"[:80])
        return JsonRecord(line, value)

    def _lines(self) -> Iterator[JsonRecord | BadRow]:
        number, too_long = 0, False
        while line := self._text.line(MOST_CHARS):
            is_rest, number = too_long, number + (not too_long)
            too_long = len(line) >= MOST_CHARS and not line.endswith(("\n", "\r"))
            if is_rest:
                continue
            if too_long:
                yield BadRow(self._text.name, number, "line is too long")
            elif line.strip(" \t\r\n\ufeff"):
                yield self._record(number, line.strip(" \t\r\n\ufeff"))

    def _elements(self) -> Iterator[JsonRecord | BadRow]:
        cutter = _Cutter(self.shape, self.wrapper)
        ordinal, held = 0, ""
        while piece := self._text.chunk(_CHUNK):
            # A chunk must not end inside an escape.
            while piece.endswith("\\") and (more := self._text.chunk(1)):
                piece += more
            chunk = held + piece
            for line, text in cutter.feed(chunk):
                ordinal += 1
                label = f"item {ordinal}: "
                if text is None:
                    yield BadRow(self._text.name, line, f"{label}too long")
                else:
                    yield self._record(line, text, label)
            held = cutter.open_key(chunk)
        if (open_at := cutter.unfinished) is not None:
            yield BadRow(self._text.name, open_at, f"item {ordinal + 1}: the file ends inside it")
