"""Undo the disguises that take more than one character, for the shadow that rules read.

An entity that was escaped twice, a line that mail has wrapped, digits spelt apart, a Cyrillic
letter in a Latin word: a reader sees the value, a pattern does not. Each costs one cheap look
where a text has none of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from bot.voice.redact_shadow import Shadow, plain_shadow

_ENTITY: Final = re.compile(r"&(?:amp;){0,3}(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
# Quoted-printable, as mail is sent (RFC 2045): a soft line break, or a byte in two hex digits.
_SOFT_BREAK: Final = re.compile(r"=[ \t]{0,3}\n")
_HEX_BYTE: Final = re.compile(r"=(?:([2-7][0-9A-F])|[ \t]{0,3}\n)")
# A line's end within a value, where somebody's editor wrapped it: in an address, between the groups
# of a card (never between single numbers, which may be a column), in a token with a maker's prefix.
_WRAPPED: Final = re.compile(
    r"(?<=[\w.+-]@)\n(?=[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[a-z]{2,24}\b)"
    r"|(?<=[\w.+-]@[a-z0-9])\n(?=[\w-]{0,63}\.[a-z]{2,24}\b)"
    r"|(?<=\d{4}[ -]\d{4})[ -]?\n(?=\d{4})|(?<=\d{4}[ -]\d{4}[ -])\n(?=\d{4})"
    r"|(?<=\b\d{4})[ -]?\n(?=\d{4}[ -]\d{4}[ -]\d{4}\b)|(?<=\d{8})\n(?=\d{4,8}\b)",
    re.I,
)
_MAKER: Final = (
    r"gh[opsur]_|github_pat_|glpat-|xox[a-z]-|xapp-|[sprk]k[-_]|AKIA|ASIA|AIza|npm_|eyJ|ya29\.|SG\."
)
_WRAPPED_TOKEN: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_MAKER})[\w./+=-]{{4,4000}}\n(?=[\w.+/=-]{{0,60}}\d)"
)
_BOXED_DOT: Final = re.compile(r"[ \t]?[(\[{][ \t]?(?:\.|dot)[ \t]?[)\]}][ \t]?", re.I)
_BOXED: Final = re.compile(r"[(\[{][ \t]?(?:\.|dot)", re.I)
_SINGLES: Final = re.compile(r" \S \S \S \S ")
_SPELT: Final = re.compile(r"(?<![^\W_])\S(?: \S){5,400}(?![^\W_])")
_WORD: Final = re.compile(r"\w*[^\W\x00-\x7f]\w*")
_LATIN: Final = re.compile("[A-Za-z]")
# Letters that are drawn as Latin ones (Unicode TR 39, confusables): Cyrillic, then Greek.
_TWINS: Final = str.maketrans(
    "авсԁеһіјкӏмпорԛѕтսѵѡхуАВСЕНІЈКМОРЅТХУЗαβεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "abcdehijklmnopqstuvwxyABCEHIJKMOPSTXY3abeiknoptuxABEZHIKMNOPTYX",
)
_DIGIT: Final = re.compile(r"\d")

Edit = tuple[int, int, str]


def shadow(text: str) -> Shadow:
    """The text without hiding tricks, and the way back from it."""
    read = plain_shadow(text)
    if not read.text.isascii():
        read = Shadow(_WORD.sub(_latin, read.text), read.back, read.ends, read.length)
    edits = sorted(_edits(read.text))
    return _edited(read, edits) if edits else read


def _latin(word: re.Match[str]) -> str:
    """A word with its false Latin letters made true: only where it has true ones, or digits."""
    plain = word[0].translate(_TWINS)
    if plain.isascii() and _DIGIT.search(plain):
        return plain
    return plain if _LATIN.search(word[0]) else word[0]


def _edits(text: str) -> Iterator[Edit]:
    """What stands for something else in a text: from, to, and the character it stands for."""
    if "&" in text:
        for entity in _ENTITY.finditer(text):
            char = html.unescape(f"&{entity[1]};")
            if len(char) == 1 and char != "&":
                yield entity.start(), entity.end(), plain_shadow(char).text
    if "=" in text and _SOFT_BREAK.search(text):
        for byte in _HEX_BYTE.finditer(text):
            yield byte.start(), byte.end(), chr(int(byte[1], 16)) if byte[1] else ""
    if "\n" in text:
        yield from _wraps(text)
    if _BOXED.search(text):
        for dot in _BOXED_DOT.finditer(text):
            yield dot.start(), dot.end(), "."
    if _SINGLES.search(text):
        for run in _SPELT.finditer(text):
            for gap in range(run.start() + 1, run.end(), 2):
                yield gap, gap + 1, ""


def _wraps(text: str) -> Iterator[Edit]:
    """Line ends within a value; between the groups of a number a space stays."""
    for wrap in _WRAPPED.finditer(text):
        yield wrap.start(), wrap.end(), " " if text[wrap.start() - 1].isdigit() else ""
    for token in _WRAPPED_TOKEN.finditer(text):
        yield token.end() - 1, token.end(), ""


def _edited(read: Shadow, edits: list[Edit]) -> Shadow:
    pieces: list[str] = []
    back: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, plain in [*edits, (len(read.text), len(read.text), "")]:
        if start < position:
            continue
        pieces += [read.text[position:start], plain]
        back += [*read.back[position:start], *([read.back[start]] if plain else ())]
        ends += [*read.ends[position:start], *([read.ends[end - 1]] if plain else ())]
        position = end
    return Shadow("".join(pieces), back, ends, read.length)
