"""Make customers' raw text safe to store and cut it into sentences and words.

Everything else in `voice` reads text that went through `clean`, so hidden characters, markup
and endless bodies are dealt with once, here. Nothing raises, and every function is linear.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.voice.markup import strip_tags, unescape_once
from bot.voice.splitting import sentences
from bot.voice.wordset import word_set

__all__ = ["clean", "fold", "sentences", "words"]

MAX_MARKS: Final = 3
_ROUNDS: Final = 4

_ANSI: Final = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_NEWLINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f]")
_BLANK_LINES: Final = re.compile(r"\n{4,}")
_MARKED: Final = re.compile(r"[^\x00-\u02ff]{4,}")
_CUT: Final = re.compile(r"\n?\[cut, [0-9]{1,15} more\]\Z")


def _limit_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in run[0]:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def _visible(text: str) -> str:
    """Drop what no reader sees and give the rest one form of newline and space."""
    text = _NEWLINES.sub("\n", _ANSI.sub("", text))
    return _SPACES.sub(" ", _UNSEEN.sub("", text))


def _tidy(text: str) -> str:
    text = _visible(text)
    if "<" in text or "&" in text:
        text = _visible(unescape_once(strip_tags(text)))
    text = _MARKED.sub(_limit_marks, text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n\n", text).strip()


def _cut(text: str, limit: int, beyond: int) -> str:
    marker = _CUT.search(text[-30:])
    body = len(text) - (len(marker[0]) if marker else 0)
    if beyond == 0 and (len(text) <= limit or (marker and body <= limit)):
        return text
    kept = text[:limit].rstrip()
    return f"{kept}\n[cut, {len(text) - len(kept) + beyond} more]"


def clean(raw: str, limit: int = 20_000) -> str:
    """Give plain, visible text of at most `limit` characters, and a marker where it was cut.

    Cleaning twice changes nothing. Entities are decoded one level deep (see `unescape_once`).
    """
    head = raw[: limit * 4 + 1_000]
    text = _cut(_tidy(head), limit, len(raw) - len(head))
    for _ in range(_ROUNDS):
        again = _cut(_tidy(text), limit, 0)
        if again == text:
            break
        text = again
    return text


_ACCENTS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_LETTERS: Final = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "\u2010": "-",
        "\u2011": "-",
    }
)


def fold(text: str) -> str:
    """Give the form in which texts are compared: no case, no accents, no full-width letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", plain)).translate(_LETTERS)


# Python's \w leaves out the vowel signs of Indic and South-East Asian scripts, which would
# cut their words to pieces; Han has no spaces, so each sign is a word, and kana go by run.
_MARKS: Final = "\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd\u0f71-\u0f84\u102b-\u103e"
_WORD: Final = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
    "|[\u3041-\u309f]+|[\u30a1-\u30ff]+"
    rf"|(?:[^\W_\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[{_MARKS}\u17b6-\u17d3])+"
    r"(?:'(?:t|s|d|m|ll|re|ve)\b)?"
)
_NO_OWNER: Final = word_set(
    "it that what he she there here where who how when why let this everything nothing"
)


def words(text: str) -> list[str]:
    """Folded words in order; `can't` is one word, and a possessive `'s` is left out."""
    found: list[str] = []
    for token in _WORD.findall(fold(text)):
        owner = token[:-2] if token.endswith("'s") else token
        found.append(token if owner in _NO_OWNER else owner)
    return found
