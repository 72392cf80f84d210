"""Which column of a file is which field of a ticket, decided once a file.

First what the person says, then what the tool's preset says, then names that are known, and last
names that are nearly known; those count only where the values look right too, because a wrong
column is worse than none. Columns that nobody asked for are never read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz

from bot.errors import UserError
from bot.sources.dates import Order, read_date
from bot.sources.names import ALIASES, Field, bare, fold, presentable
from bot.sources.presets import Preset

_MOST_COLUMNS: Final = 2_000
_DEEPEST: Final = 4
_NEAR: Final = 86.0
_HINTS: Final[Mapping[Field, str]] = {
    Field.CREATED_AT: "created submitted date timestamp",
    Field.BODY: "description message body text comment feedback review content question",
    Field.SUBJECT: "subject title summary",
}
_OTHER_WORDS: Final = (
    "id count number type status agent internal assignee reply replies response developer updated "
    "closed resolved solved due private url link by author name length is has language modified "
    "score rating format category answer answers"
)
_OTHERS: Final = frozenset(_OTHER_WORDS.split())
# What may be a number of things as well as their text.
_COUNTED: Final = frozenset({"comment", "comments", "feedback", "review", "question", "details"})
_ORDER: Final = (Field.EXTERNAL_ID, Field.CREATED_AT, Field.UPDATED_AT, Field.BODY, *Field)


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the name that people see, and where its value lies in a record.

    `at` is keys from the outside in for JSON, or cell numbers for CSV: several where a header
    repeats.
    """

    name: str
    at: tuple[str, ...] | tuple[int, ...]

    @property
    def folded(self) -> str:
        return fold(self.name)

    def getter(self) -> Callable[[Any], object]:
        """Reads the column from a record; None where the record ends before it."""
        at: tuple[Any, ...] = self.at
        if isinstance(at[0], str):
            return lambda record: _inside(record, at)
        if len(at) > 1:
            return lambda cells: [cells[index] for index in at if index < len(cells)]
        index = at[0]
        return lambda cells: cells[index] if index < len(cells) else None


def _inside(record: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return None if isinstance(record, dict) else record


def csv_columns(header: Sequence[str]) -> list[Column]:
    places: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        if name:
            places.setdefault(name, []).append(index)
    return [Column(name, tuple(at)) for name, at in places.items()]


def _paths(
    record: Mapping[str, object], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], bool]]:
    for key, value in record.items():
        path = (*above, key)
        yield path, not isinstance(value, dict)
        if isinstance(value, dict) and len(path) < _DEEPEST:
            yield from _paths(value, path)


def json_columns(records: Iterable[Mapping[str, object]], *, leaves: bool) -> list[Column]:
    """Columns of objects, nested ones as `requester.name`; with `leaves` only those with values."""
    found: dict[tuple[str, ...], bool] = {}
    for record in records:
        for path, is_leaf in _paths(record):
            if path in found or len(found) < _MOST_COLUMNS:
                # An empty group is often null: what is a group once is a group.
                found[path] = found.get(path, True) and is_leaf
    return [
        Column(".".join(path), path) for path, is_leaf in found.items() if is_leaf or not leaves
    ]


class Matcher:
    """Finds the columns of the fields; `rows` are the first records of the file."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Any], preset: Preset) -> None:
        self._columns = columns
        self._rows = rows
        self._preset = preset
        self._by_name: dict[str, Column] = {}
        for column in columns:
            self._by_name.setdefault(column.folded, column)
        for column in columns:
            self._by_name.setdefault(bare(column.folded), column)
        self.found: dict[Field, tuple[Column, ...]] = {}

    def _values(self, column: Column) -> list[object]:
        get = column.getter()
        return [value for row in self._rows if (value := get(row)) not in (None, "", [])]

    def _looks(self, field: Field, column: Column) -> float:
        """The share of filled values that look like the field's; 1 where nothing speaks."""
        values = self._values(column)
        if not values:
            return 1.0
        if field is Field.CREATED_AT:
            dates = [read_date(value) or read_date(value, Order.DAY_FIRST) for value in values]
            return sum(date is not None for date in dates) / len(values)
        if field in (Field.BODY, Field.SUBJECT):
            texts = [value for value in values if isinstance(value, str)]
            return sum(not _is_number(text) for text in texts) / len(values)
        return 1.0

    def _is_taken(self, column: Column) -> bool:
        return any(column in columns for columns in self.found.values())

    def _named(self, field: Field) -> Column | None:
        names = self._preset.fields.get(field)
        if names is not None:
            columns = (self._by_name.get(name) for name in names)
            return next((column for column in columns if column), None)
        known = [self._by_name[name] for name in ALIASES.get(field, ()) if name in self._by_name]
        free = [column for column in known if not self._is_taken(column)]
        good = (column for column in free if self._looks(field, column) >= 0.5)
        fallback = [column for column in free if bare(column.folded) not in _COUNTED][:1]
        return next(good, next(iter(fallback), None))

    def _near(self, field: Field) -> Column | None:
        best: tuple[float, float, Column] | None = None
        for column in self._columns:
            name = bare(column.folded)
            if self._is_taken(column) or not self._values(column):
                continue
            hints = _HINTS[field].split()
            closeness = max(fuzz.ratio(name, alias) for alias in (*ALIASES[field], *hints))
            if max(fuzz.token_set_ratio(name, hint) for hint in hints) == 100:
                closeness = 100.0
            if closeness < _NEAR or _OTHERS.intersection(name.split()):
                continue
            if self._looks(field, column) < 0.8 or (
                field is Field.BODY and not self._wordy(column)
            ):
                continue
            rank = (closeness, float(self._length(column)), column)
            best = rank if best is None or rank[:2] > best[:2] else best
        return best[2] if best else None

    def _length(self, column: Column) -> int:
        return sum(len(value) for value in self._values(column) if isinstance(value, str))

    def _wordy(self, column: Column) -> bool:
        values = self._values(column)
        many = sum(isinstance(value, str) and len(value.split()) >= 3 for value in values)
        return many * 2 >= len(values)

    def match(self, wanted: Mapping[Field, str], name: str) -> dict[Field, tuple[Column, ...]]:
        for field, said in wanted.items():
            self.found[field] = (self._said(said, name),) if said else ()
        for field in _ORDER:
            if field not in self.found and (column := self._named(field)):
                self.found[field] = (column,)
        for field in _HINTS:
            is_open = field not in self.found and field not in self._preset.fields
            if is_open and (column := self._near(field)):
                self.found[field] = (column,)
        self._join_names()
        return {field: columns for field, columns in self.found.items() if columns}

    def _join_names(self) -> None:
        parts = [
            column
            for half in ("first name", "last name")
            for column in self._columns
            if column.folded.endswith(half) and not self._is_taken(column)
        ]
        if Field.REQUESTER_NAME not in self.found and parts:
            self.found[Field.REQUESTER_NAME] = tuple(parts[:2])

    def _said(self, said: str, name: str) -> Column:
        exact = next((column for column in self._columns if column.name == said), None)
        column = exact or self._by_name.get(fold(said))
        if column is None:
            raise UserError(
                f"{name} has no column “{said[:40]}”. {columns_sentence(self._columns)}"
            )
        return column


def columns_sentence(columns: Sequence[Column]) -> str:
    """The columns found, as far as they are names and not a customer's words."""
    shown = presentable(column.name for column in columns)
    if not shown:
        return "Nothing in it looks like the names of columns (in CSV, the first line gives them)."
    more = f" and {len(shown) - 30} more" if len(shown) > 30 else ""
    return f"Its columns are: {', '.join(shown[:30])}{more}."


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).replace("-", "", 1).isdecimal()
