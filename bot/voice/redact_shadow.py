"""A second text of the same meaning in which personal data cannot hide.

Zero-width characters, full-width digits or exotic spaces between the digits of a card fool
any pattern. Rules therefore read a shadow of the text in which such tricks are undone, and an
index map leads each find back to the text as it stands. Tricks that take more than one character
(entities, letters spelt apart, Cyrillic among Latin) are undone in `redact_disguise`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple


class Span(NamedTuple):
    """A stretch of a text that holds personal data.

    `keep` is put before the token: the scheme and host of a link stay readable.
    """

    start: int
    end: int
    type: str
    keep: str = ""


TOKEN: Final = re.compile(
    r"\[(?:email|name|phone|card|iban|ip|secret|link|id|address|private) [1-9][0-9]{0,5}\]"
)
"""What redaction leaves behind, and never looks into again."""

_FOLDED: Final = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("‘’‚‛′＇", "'"),
    **dict.fromkeys("“”„‟″＂", '"'),
    **dict.fromkeys("＠﹫", "@"),
    **dict.fromkeys("．․﹒", "."),
    **dict.fromkeys("：﹕", ":"),
}
_KEPT_CONTROLS: Final = "\n\t"


def _shadow_of(char: str) -> str:
    if char in _FOLDED:
        return _FOLDED[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Zs":
        return " "
    if char in "\u034f\u115f\u1160\u3164\uffa0" or "\ufe00" <= char <= "\ufe0f":
        return ""
    if category in ("Cf", "Cc", "Cs") and char not in _KEPT_CONTROLS:
        return ""
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() else char


@dataclass(frozen=True, slots=True)
class Shadow:
    """`text` is read by the rules; its character `i` stands for `back[i]` to `ends[i]`."""

    text: str
    back: Sequence[int]
    ends: Sequence[int]
    length: int

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text behind `text[start:end]`."""
        if start >= end:
            return self.back[start] if start < len(self.back) else self.length, self.length
        return self.back[start], self.ends[end - 1]


def plain_shadow(text: str) -> Shadow:
    """Undo the tricks that single characters play."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return Shadow(text, range(len(text)), range(1, len(text) + 1), len(text))
    chars: list[str] = []
    back: list[int] = []
    for index, char in enumerate(text):
        plain = char if " " <= char <= "~" else _shadow_of(char)
        if plain:
            chars.append(plain)
            back.append(index)
    return Shadow("".join(chars), back, [index + 1 for index in back], len(text))


def folded(text: str) -> tuple[str, Sequence[int]]:
    """Lower case without accents, and for each of its characters the index in `text`."""
    if text.isascii():
        return text.lower(), range(len(text))
    chars: list[str] = []
    back: list[int] = []
    for index, char in enumerate(text):
        for plain in fold_char(char):
            chars.append(plain)
            back.append(index)
    return "".join(chars), back


_NO_MARK: Final = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"}


def fold_char(char: str) -> str:
    """One character without case and accents: nothing for an accent that stands alone."""
    if char.isascii():
        return char.lower()
    plain = unicodedata.normalize("NFKD", char.casefold())
    bare = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return "".join(_NO_MARK.get(c, c) for c in bare.casefold())


def fold_name(text: str) -> str:
    """A name as it is searched for."""
    return "".join(fold_char(char) for char in plain_shadow(text).text)
