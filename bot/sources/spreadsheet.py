"""Cells that a spreadsheet takes for text, and what was written in them.

A spreadsheet takes a cell that begins with one of a few signs for a formula, and customers' words
stand in these cells. So such a cell gets an apostrophe in front, as OWASP advises ("CSV
injection"): it is text then, and no formula. Whoever reads it back takes the apostrophe away, and
no other one: a text that begins with apostrophes and such a sign is given one more.

Where a semicolon or a tab separates cells, as in many languages' settings, a quoted cell after the
first is not taken for one, and what follows a separator or a line's end in it begins a cell: it is
treated the same.
"""

from __future__ import annotations

import re
from typing import Final

# Signs that begin a formula, or that are passed over before one; also in full width. Spaces, marks
# of byte order and of no width in front are passed over by some.
_FORMULA: Final = re.compile(r"\A'*[ \u00a0\u3000\u200b\u2060\ufeff]*[=+\-@\t\r\n＝＋－＠]")

_WITHIN: Final = re.compile(r"""([;\t\r\n][ \u00a0"]*)('*)(?=[=+\-@＝＋－＠])""")


def inert(value: str) -> str:
    """A cell that no spreadsheet takes for a formula, nor any part of it."""
    within = _WITHIN.sub(r"\1'\2", value)
    return f"'{within}" if _FORMULA.match(value) else within


def original(cell: str) -> str:
    """What `inert` was given; a cell that needed no apostrophe is as it was."""
    within = cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
    return _WITHIN.sub(lambda found: found[1] + found[2][1:], within)
