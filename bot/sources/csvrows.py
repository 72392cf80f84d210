"""CSV text as records, where one wrong quote must not swallow the rest of the file.

The standard reader is fed line by line, in strict mode. A record that comes out of step and
spans several lines gives one bad row, and the lines after its first are read again by
themselves, so the rows that a lone quote would have eaten are found.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.reports import BadRow
from bot.sources.decode import Text
from bot.sources.names import known_names
from bot.sources.spreadsheet import original

MOST_CHARS: Final = 8_000_000
_MOST_LINES: Final = 100_000
_MOST_LINES_AGAIN: Final = 30
_DELIMITERS: Final = (",", ";", "\t", "|")
_SEP_LINE: Final = re.compile(r'"?sep=([,;|\t])"?\r?\n?', re.IGNORECASE)
_LOOK_AT_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """The cells of one row; `line` is where it begins."""

    line: int
    value: list[str]


class _TooLong(csv.Error):
    """A record that outgrew its bounds, most likely through a quote that never closes."""


class _Lines:
    """Feeds the reader, remembers the lines of the current record and takes lines back."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self._size = 0
        self.line = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        most = _MOST_LINES_AGAIN if self._again else _MOST_LINES
        if len(self.taken) >= most or self._size > MOST_CHARS:
            raise _TooLong
        line = self._again.popleft() if self._again else self._text.line(MOST_CHARS)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self._size += len(line)
        self.line += 1
        return line

    def begin(self) -> None:
        self.taken, self._size = [], 0

    def read_again(self) -> None:
        """Take back all but the first line of the record that came out of step."""
        lines = self.taken[1:]
        self._again.extendleft(reversed(lines))
        self.line -= len(lines)


def sniff_delimiter(sample: str) -> str:
    """The delimiter that gives the most names we know, then the most even table."""

    def score(delimiter: str) -> tuple[int, float]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        rows: list[list[str]] = []
        try:
            for row in reader:
                rows += [row] if row else []
                if len(rows) > _LOOK_AT_ROWS:
                    break
        except csv.Error:
            pass
        if not rows:
            return 0, 0.0
        width = len(rows[0])
        even = sum(len(row) == width for row in rows) / len(rows)
        return known_names(rows[0]), even * (width - 1)

    return max(_DELIMITERS, key=score)


class CsvTable:
    """One CSV file: its header, then its records in order."""

    def __init__(self, text: Text) -> None:
        self._name = text.name
        csv.field_size_limit(2 * MOST_CHARS)
        self._lines = _Lines(text)
        separator = _SEP_LINE.match(text.sample)
        if separator:
            next(self._lines)
        self.delimiter = separator[1] if separator else sniff_delimiter(text.sample)
        self._reader = self._new_reader()
        self._early: list[BadRow] = []
        self.header: list[str] = []
        for row in self._rows():
            if isinstance(row, CsvRecord):
                self.header = [cell.strip().lstrip("\ufeff") for cell in row.value]
                break
            self._early.append(row)

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines, delimiter=self.delimiter, strict=True)

    def _loose(self) -> list[str] | None:
        """One line with quotes that follow no rule; None where a quote is still open at its end."""
        probe = [self._lines.taken[0], "next"]
        try:
            rows = list(csv.reader(probe, delimiter=self.delimiter))
        except csv.Error:
            return None
        return rows[0] if len(rows) == len(probe) else None

    def _rows(self) -> Iterator[CsvRecord | BadRow]:
        lines = self._lines
        while True:
            lines.begin()
            line = lines.line + 1
            try:
                cells: list[str] | None = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                # After an error or the end, the old reader would start inside the old record.
                self._reader = self._new_reader()
                cells = self._loose() if len(lines.taken) == 1 else None
            if cells is None:
                lines.read_again()
                yield BadRow(self._name, line, "a quote is opened and never closed")
            elif any(cells):
                yield CsvRecord(line, [original(cell) for cell in cells])

    def __iter__(self) -> Iterator[CsvRecord | BadRow]:
        yield from self._early
        yield from self._rows()
