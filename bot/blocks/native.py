"""Blocks that Slack draws itself, charts and tables, each with the text that can take its place.

Not every workspace and plan takes them, and only Slack knows: a message that holds one is made in
both ways at once, and the edge that sends it chooses (`bot.native_blocks`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NATIVE_TYPES = frozenset({"data_visualization", "table"})


@dataclass(frozen=True, slots=True)
class Native:
    """Part of a message: `drawn` with Slack's own blocks, `plain` without them."""

    drawn: tuple[dict[str, object], ...]
    plain: tuple[dict[str, object], ...]


Part = dict[str, object] | Native | None


def drawn(parts: Iterable[Part]) -> list[dict[str, object]]:
    """The message's blocks where Slack draws."""
    return [
        block
        for part in parts
        if part is not None
        for block in (part.drawn if isinstance(part, Native) else (part,))
    ]


def plain(parts: Iterable[Part]) -> list[dict[str, object]]:
    """The message's blocks in text, sharing nothing with those of `drawn`."""
    shared = [
        block
        for part in parts
        if part is not None
        for block in (part.plain if isinstance(part, Native) else (part,))
    ]
    return copy.deepcopy(shared)


def native_types(blocks: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Which of the types that may be refused stand among these blocks."""
    return NATIVE_TYPES.intersection(str(block.get("type")) for block in blocks)
