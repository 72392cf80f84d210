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

__all__ = ["clean", "fold", "name_tokens", "sentences", "words"]

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


# Scripts that put no spaces between words: each of their characters is a word, with the marks
# that stand on it, so that names are found as sequences. Python's \w leaves out the vowel signs
# of Indic and South-East Asian scripts, which would cut their words to pieces.
_KANA: Final = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HAN: Final = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI: Final = "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"
_LAO: Final = "\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
_BURMESE: Final = "\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070"
_BURMESE_MORE: Final = "\u1075-\u1081\u108e"
_KHMER: Final = "\u1780-\u17b3\u17d7\u17dc"
UNSPACED: Final = f"{_KANA}{_HAN}{_THAI}{_LAO}{_BURMESE}{_BURMESE_MORE}{_KHMER}"
"""Characters, as ranges of a regular expression, each of which is a word."""
_UPON: Final = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1060"
    "\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd"
)
# A Khmer or Burmese sign that puts the next letter below the one before.
_STACKED: Final = f"[\u1039\u17d2][{_BURMESE}{_KHMER}]"
_CHARACTER: Final = f"[{UNSPACED}](?:{_STACKED}|[{_UPON}])*"
_MARKS: Final = "\u0900-\u0963\u0966-\u0dff\u0f71-\u0f84"
MARKS: Final = f"{_MARKS}{_UPON}"
"""Signs, as ranges of a regular expression, that belong to words and are no \\w."""
_LETTER: Final = rf"(?:[^\W_{UNSPACED}]|[{_MARKS}])"
_WORD: Final = re.compile(rf"{_LETTER}+(?:'(?:t|s|d|m|ll|re|ve)\b)?|{_CHARACTER}")
_LATIN_WORD: Final = re.compile(r"[^\W_]+(?:'(?:t|s|d|m|ll|re|ve)\b)?", re.ASCII)
_STOP: Final = r"[.,;:!?](?=\s|\Z)"
_NAMED: Final = re.compile(rf"{_LETTER}+(?:-{_LETTER}+)*|{_CHARACTER}|{_STOP}")
_LATIN_NAMED: Final = re.compile(rf"[^\W_]+(?:-[^\W_]+)*|{_STOP}", re.ASCII)
_NO_OWNER: Final = word_set(
    "it that what he she there here where who how when why let this everything nothing"
)


def words(text: str) -> list[str]:
    """Folded words in order; `can't` is one word, and a possessive `'s` is left out.

    In scripts without spaces each character, with its marks, is a word.
    """
    folded = fold(text)
    found: list[str] = (_LATIN_WORD if folded.isascii() else _WORD).findall(folded)
    if "'s" not in folded:
        return found
    return [_without_owner(token) if token.endswith("'s") else token for token in found]


def _without_owner(token: str) -> str:
    owner = token[:-2]
    return token if owner in _NO_OWNER else owner


def name_tokens(text: str) -> list[str]:
    """Folded words as names are told apart: those joined by hyphens stay one, `'s` is a plural.

    A comma or full stop at a word's end is a token too, since no name goes across one.
    """
    folded = fold(text.replace("&", " and "))
    if "'" in folded:
        folded = folded.replace("'s", "s").replace("n't", "nt")
    return (_LATIN_NAMED if folded.isascii() else _NAMED).findall(folded)
