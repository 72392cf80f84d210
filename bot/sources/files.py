"""Tickets from a file that somebody exported: any common format, found by looking.

`read` looks at the beginning, decides everything that holds for the whole file (a `Plan`, which
can be shown before anything is stored) and gives a reader that yields drafts and bad rows in the
order of the file. A fault of the whole file is a `UserError`; a fault of a row is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from bot.errors import UserError
from bot.reports import BadRow, TicketDraft, TicketGone
from bot.sources.cells import Cells
from bot.sources.columns import Column, Matcher, columns_sentence, csv_columns, json_columns
from bot.sources.csvrows import CsvRecord, CsvTable
from bot.sources.dates import order_of
from bot.sources.decode import Text
from bot.sources.drafts import Drafter
from bot.sources.jsonrows import JsonRecord, JsonTable
from bot.sources.names import Field, fold
from bot.sources.plan import Plan, ignored, notes, source_of
from bot.sources.presets import Preset, preset_of
from bot.sources.values import listed, tag_separator

__all__ = ["FileReader", "Plan", "read"]

_HEAD_ROWS: Final = 200
_HEAD_CHARS: Final = 4_000_000
_MOST_BAD_HEAD: Final = 10_000
_SHORT: Final = {
    **{"id": Field.EXTERNAL_ID, "created": Field.CREATED_AT, "date": Field.CREATED_AT},
    **{"updated": Field.UPDATED_AT, "title": Field.SUBJECT, "text": Field.BODY},
    **{"link": Field.URL, "labels": Field.TAGS, "category": Field.TOPIC, "plan": Field.SEGMENT},
    **{"requester": Field.REQUESTER_NAME, "email": Field.REQUESTER_EMAIL},
    **{"company": Field.ACCOUNT, "locale": Field.LANGUAGE},
}

Record = CsvRecord | JsonRecord


class FileReader:
    """Yields drafts, deletions and bad rows once, lazily; closes the file at its end."""

    def __init__(
        self, text: Text, plan: Plan, drafter: Drafter, records: Iterator[Record | BadRow]
    ) -> None:
        self.plan = plan
        self._text, self._drafter, self._records = text, drafter, records

    @property
    def bytes_read(self) -> int:
        """Bytes taken from the disk or pipe so far, compressed ones as they lie there."""
        return self._text.bytes_read

    @property
    def total_bytes(self) -> int | None:
        """The size on disk; None for a pipe."""
        return self._text.total_bytes

    def describe(self) -> Plan:
        return self.plan

    def __iter__(self) -> Iterator[TicketDraft | TicketGone | BadRow]:
        line = 0
        for record in self._records:
            line = record.line
            if isinstance(record, BadRow):
                yield record
            else:
                yield self._drafter.draft(line, record.value)
        if self._text.damage:
            yield BadRow(self.plan.name, line + 1, self._text.damage)
        self.close()

    def close(self) -> None:
        self._text.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read(
    path: Path | BinaryIO,
    *,
    name: str,
    now: datetime,
    source: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> FileReader:
    """Look at a file and decide how to read it. `name` is what people call it in messages.

    `mapping` is field → column as in `--map`; an empty column leaves the field out. Raises
    `UserError` where the whole file cannot be used.
    """
    wanted = _wanted(mapping or {})
    text = Text(path, name)
    try:
        text.check()
        return _reader(text, now, source, wanted)
    except BaseException:
        text.close()
        raise


def _wanted(mapping: Mapping[str, str]) -> dict[Field, str]:
    fields = {fold(field): field for field in Field if field is not Field.REPLIES}
    wanted: dict[Field, str] = {}
    for key, column in mapping.items():
        field = fields.get(fold(key)) or _SHORT.get(fold(key))
        if field is None:
            names = ", ".join(fields.values())
            raise UserError(f"There is no field “{key[:40]}” to map. The fields are: {names}.")
        wanted[field] = column.strip()
    return wanted


def _table(text: Text) -> CsvTable | JsonTable:
    start = text.sample.lstrip("\ufeff \t\r\n")[:1]
    return JsonTable(text) if start in ("{", "[") else CsvTable(text)


def _head(records: Iterator[Record | BadRow]) -> list[Record | BadRow]:
    """The first rows, bounded by number and size, to decide by."""
    head: list[Record | BadRow] = []
    good = size = 0
    for record in records:
        head.append(record)
        if not isinstance(record, BadRow):
            good += 1
            size += len(str(record.value))
        if good >= _HEAD_ROWS or size > _HEAD_CHARS or len(head) > _MOST_BAD_HEAD:
            break
    return head


def _prepared(
    records: Iterator[Record | BadRow], prepare: Callable[[dict[str, object]], None]
) -> Iterator[Record | BadRow]:
    for record in records:
        if isinstance(record, JsonRecord):
            prepare(record.value)
        yield record


def _layout(table: CsvTable | JsonTable, rows: Sequence[Any]) -> tuple[Preset, list[Column]]:
    """The preset and the columns; of JSON first all names, as a preset is told by groups too."""
    if isinstance(table, CsvTable):
        columns = csv_columns(table.header)
        return preset_of([column.folded for column in columns]), columns
    names = [column.folded for column in json_columns(rows, leaves=False)]
    preset = preset_of(names)
    if preset.prepare:
        for row in rows:
            preset.prepare(row)
    return preset, json_columns(rows, leaves=True)


def _refuse_without(
    found: Mapping[Field, tuple[Column, ...]], columns: Sequence[Column], preset: Preset, name: str
) -> None:
    """No message text or no date: an empty index would be worse than a plain word."""
    if Field.BODY not in found:
        reason = f"{preset.refusal} " if preset.refusal else ""
        raise UserError(
            f"{name} has no column with the customers' words. {reason}{columns_sentence(columns)} "
            "If one of them holds the words, say so with --map body=COLUMN."
        )
    if Field.CREATED_AT not in found:
        raise UserError(
            f"{name} has no column with the date on which a ticket was written. "
            f"{columns_sentence(columns)} "
            "If one of them holds it, say so with --map created_at=COLUMN."
        )


def _reader(
    text: Text, now: datetime, source: str | None, wanted: Mapping[Field, str]
) -> FileReader:
    table = _table(text)
    records: Iterator[Record | BadRow] = iter(table)
    head = _head(records)
    rows: list[Any] = [record.value for record in head if not isinstance(record, BadRow)]
    preset, columns = _layout(table, rows)
    found: dict[Field, tuple[Column, ...]] = {}
    if not preset.is_tickets and Field.BODY not in wanted:
        raise UserError(f"{text.name} cannot be read. {preset.refusal}")
    if columns:
        found = Matcher(columns, rows, preset).match(wanted, text.name)
        _refuse_without(found, columns, preset, text.name)
    cells = Cells(found, preset)
    order, is_sure = order_of((cells.one(Field.CREATED_AT, row) for row in rows), now)
    source, because = source_of(source, (cells.link(row) for row in rows), preset)
    plan = Plan(
        name=text.name,
        format="CSV" if isinstance(table, CsvTable) else f"JSON ({table.shape.value})",
        compressed=text.compressed,
        encoding=text.encoding,
        delimiter=table.delimiter if isinstance(table, CsvTable) else None,
        preset=preset.name,
        mapping={field.value: tuple(c.name for c in columns) for field, columns in found.items()},
        ignored=ignored(columns, found),
        source=source,
        source_because=because,
        notes=notes(found, order, is_sure=is_sure),
    )
    separator = tag_separator(cell for row in rows for cell in listed(cells.raw(Field.TAGS, row)))
    drafter = Drafter(
        text.name, cells, source=source, order=order, tag_separator=separator, now=now
    )
    if preset.prepare:
        records = _prepared(records, preset.prepare)
    return FileReader(text, plan, drafter, chain(head, records))
