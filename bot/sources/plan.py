"""How a file will be read, as a value that can be shown before anything is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bot.errors import UserError
from bot.sources.columns import Column
from bot.sources.dates import Order
from bot.sources.names import Field, presentable
from bot.sources.presets import GENERIC, Preset

_LONGEST_SOURCE: Final = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file will be read. Holds names of columns and nothing of what customers wrote."""

    name: str
    format: str
    compressed: bool
    encoding: str
    delimiter: str | None
    preset: str
    mapping: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]
    source: str
    source_because: str
    notes: tuple[str, ...] = ()

    def describe(self) -> tuple[str, ...]:
        """The plan in lines, for `--dry-run`."""
        delimiter = {"\t": "tab", None: ""}.get(self.delimiter, self.delimiter)
        parts = [
            self.format + (f" ({delimiter})" if delimiter else ""),
            "gzip" if self.compressed else "",
            self.encoding,
            self.preset,
        ]
        fields = [f"{field}: {' + '.join(names)}" for field, names in self.mapping.items()]
        ignored = ", ".join(self.ignored[:30]) or "nothing"
        return (
            f"{self.name}: {', '.join(filter(None, parts))}",
            f"source: {self.source} ({self.source_because})",
            *fields,
            f"ignored: {ignored}",
            *self.notes,
        )


def source_of(said: str | None, links: Iterable[str | None], preset: Preset) -> tuple[str, str]:
    """The name under which the tickets are stored, and why that one.

    Ticket ids are unique within a source. So two exports of one help desk must get the same
    name, and their links say which help desk it is.
    """
    if said is not None:
        name = " ".join(said.split())
        if not name or len(name) > _LONGEST_SOURCE:
            raise UserError(f"A source needs a name of 1 to {_LONGEST_SOURCE} characters.")
        return name, "as you said"
    places = [_place(link) for link in links if link]
    if places:
        place, count = Counter(places).most_common(1)[0]
        if count * 2 > len(places):
            return place, "where its links lead"
    if preset is not GENERIC:
        return preset.name, "the tool that wrote the file"
    return "file", "nothing in the file tells where it is from"


def _place(link: str) -> str:
    parts = urlsplit(link)
    host = (parts.hostname or "")[:_LONGEST_SOURCE]
    owner_and_name = parts.path.split("/")[1:3]
    # GitHub counts issues by repository: two of them share a host and all their numbers.
    if host == "github.com" and len(owner_and_name) == 2:
        return "/".join([host, *owner_and_name])[:_LONGEST_SOURCE]
    return host


def ignored(
    columns: Sequence[Column], found: Mapping[Field, tuple[Column, ...]]
) -> tuple[str, ...]:
    used = {column for several in found.values() for column in several}
    return tuple(presentable(column.name for column in columns if column not in used))


def notes(
    found: Mapping[Field, tuple[Column, ...]], order: Order, *, is_sure: bool
) -> tuple[str, ...]:
    """What a person should know before trusting the result."""
    told: list[str] = []
    if found and Field.EXTERNAL_ID not in found:
        told.append("No column holds an id: ids are made from date, subject and body.")
    if not is_sure:
        told.append(f"Dates such as 03/04/2025 are read {order.value}; no row says otherwise.")
    return tuple(told)
