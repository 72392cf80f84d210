"""Takes a field's value out of a record of any form, by a mapping that was decided before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sources.columns import Column
from bot.sources.names import Field
from bot.sources.presets import Preset
from bot.sources.values import first_text, link_of


def _joined(getters: Sequence[Callable[[Any], object]]) -> Callable[[Any], object]:
    if len(getters) == 1:
        return getters[0]
    return lambda record: " ".join(filter(None, (first_text(get(record)) for get in getters)))


def _nothing(_record: object) -> object:
    return None


class Cells:
    """The mapping of one file, ready to be applied to its records."""

    def __init__(self, mapping: Mapping[Field, tuple[Column, ...]], preset: Preset) -> None:
        self.mapping = mapping
        self._convert = preset.convert
        self._get: dict[Field, Callable[[Any], object]] = dict.fromkeys(Field, _nothing)
        for field, columns in mapping.items():
            self._get[field] = _joined([column.getter() for column in columns])

    def raw(self, field: Field, record: Any) -> object:
        """The value as the file has it; a list where the header repeats."""
        return self._get[field](record)

    def one(self, field: Field, record: Any) -> object:
        """The value, of repeated columns the first filled one, converted as the preset says."""
        value = self._get[field](record)
        if field in self._convert and value is not None:
            return self._convert[field](first_text(value))
        return first_text(value) if isinstance(value, list) else value

    def line(self, field: Field, record: Any, most: int) -> str:
        """The value as text on one line."""
        value = self.one(field, record)
        return "" if value is None else first_text(value)[:most]

    def link(self, record: Any) -> str | None:
        return link_of(self.one(Field.URL, record))

    def called(self, field: Field) -> str:
        """How the file calls the field, for reasons that people read."""
        return " + ".join(column.name for column in self.mapping.get(field, ()))[:40] or field
