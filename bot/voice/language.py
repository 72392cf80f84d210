"""Tell in which language a customer writes.

Kinds are trained for some languages only, so the product must know when it does not know.
CLD2 does the work (14 MB, 20,000 texts a second, always the same answer). What surrounds it
keeps product words, addresses, logs and redaction tokens from being taken for a language.
"""

from __future__ import annotations

import re
from typing import Final

import pycld2  # type: ignore[import-untyped]

from bot.voice.wordset import word_set

# Customers of one product seldom write Tsonga, but "Hi" is Tsonga to the detector.
_SPOKEN: Final = word_set(
    "af ar bg bn bs ca cs da de el en es et eu fa fi fr gl he hi hr hu id it ja ka kk ko lt lv",
    "mk ms nl no pl pt ro ru sk sl sq sr sv ta th tl tr uk ur uz vi zh",
)
_OTHER_NAMES: Final = {"iw": "he", "zh-Hant": "zh", "nb": "no", "nn": "no"}

_TOKEN: Final = re.compile(r"\[[a-z]{2,10} \d{1,5}\]")
_NOISE: Final = re.compile(
    r"\b(?:https?|ftp|wss?|file)://\S{1,2000}|\bwww\.\S{1,500}"
    r"|\S{0,80}[@_/\\{}=<>$#]\S{0,200}"
    r"|\b\w{1,60}\.(?:\w{1,60}\.){0,8}\w{1,60}\b"
    r"|\b\w{0,40}\d\w{0,40}\b|\b[A-Z]{2,15}\b|\b[a-z]{1,40}[A-Z]\w{1,60}",
)
_CODE_LINE: Final = re.compile(
    r"\s*(?:at\s\S{1,200}\s?\(|\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|File \"|Traceback|Caused by|"
    r"\w{1,60}(?:Error|Exception)\b|[{}<$])"
)
_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_UNPRINTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_CYRILLIC: Final = re.compile("[а-яё]", re.I)
_NOT_RUSSIAN: Final = re.compile("[іїєґћђљњџјўѓќѕқңғұөәҳ]", re.I)
_LOOK_AT: Final = 4_000
_FEW_LETTERS: Final = 8
_FEW_WORDS: Final = 5


def _prose(text: str) -> str:
    head = text[:_LOOK_AT]
    # Some customers shout, and shouted words look like names and abbreviations.
    head = head.lower() if head.isupper() else head
    lines = [line for line in head.split("\n") if not _CODE_LINE.match(line)]
    printed = _TOKEN.sub(" ", _UNPRINTED.sub(" ", "\n".join(lines)))
    return _SPACE.sub(" ", " ".join(map(_without_noise, printed.split())))


def _without_noise(chunk: str) -> str:
    """What stands between two spaces, less what is no word; most are plain words."""
    is_word = chunk.isalpha() and (chunk.islower() or chunk.istitle())
    return chunk if is_word else _NOISE.sub(" ", chunk)


def _letters(found: list[str]) -> int:
    """Letters, with those of scripts that write a syllable or word by one sign counted more."""
    return sum(len(word) * (1 if ord(word[0]) < 0x0E00 else 4) for word in found)


def _by_letters(prose: str, count: int) -> str | None:
    """Russian is the one language of customers that the detector often gives up on."""
    cyrillic = len(_CYRILLIC.findall(prose))
    plain = not _NOT_RUSSIAN.search(prose)
    return "ru" if count >= 3 and plain and cyrillic * 2 > len(prose) else None


def language(text: str) -> str | None:
    """ISO 639-1 code, or None where the text is too short or the detector is not sure."""
    prose = _prose(text)
    found = _WORD.findall(prose)
    if _letters(found) < _FEW_LETTERS:
        return None
    try:
        reliable, _, guesses = pycld2.detect(prose, bestEffort=True)
    except (pycld2.error, ValueError):
        return None
    code = guesses[0][1]
    code = _by_letters(prose, len(found)) if code == "un" else _OTHER_NAMES.get(code, code)
    if code not in _SPOKEN:
        return None
    sure = reliable and (len(found) >= 2 or not prose.isascii())
    enough = len(found) >= (3 if code == "en" else _FEW_WORDS)
    return code if sure or enough else None
