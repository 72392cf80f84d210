"""Slack's native table, within its limits and with nothing alive in its cells."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.kit import NAME, Block
from bot.blocks.text import shown

MOST_ROWS = 100
MOST_COLUMNS = 20
MOST_CHARACTERS = 10_000


def table(rows: Sequence[Sequence[str]], numeric: Sequence[int], cell: int = NAME) -> Block:
    """A table whose first row holds the headings; the columns in `numeric` stand to the right.

    Cells are cut to `cell` characters, and to fewer where all together would be too many.
    """
    kept = [row[:MOST_COLUMNS] for row in rows[:MOST_ROWS]]
    most = min(cell, MOST_CHARACTERS // sum(map(len, kept)))
    cells = [[{"type": "raw_text", "text": shown(text, most)} for text in row] for row in kept]
    aligned = [{"align": "right" if i in numeric else "left"} for i in range(len(kept[0]))]
    return {"type": "table", "rows": cells, "column_settings": aligned}
