"""Find people's names: the requester's everywhere, others where a phrase announces them.

Without a model, names in running prose cannot be told from other capitals. What can be done
for certain is to mask the name that the help desk gives, in any case, with or without accents,
and names after a greeting, above a signature, beside an address, after "my colleague".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bot.voice.redact_cues import Seen
from bot.voice.redact_name_cues import (
    ADDRESS,
    CLOSED,
    CLOSING,
    DASHED,
    FIELD,
    GREETING,
    HERE,
    INTRODUCED,
    QUOTED,
    RELATED,
    STRONG,
    THANKED,
    TITLED,
    WROTE,
    WROTE_BEFORE,
    WROTE_WORDS,
)
from bot.voice.redact_name_words import COMMON, NO_NAME, PARTICLES
from bot.voice.redact_shadow import Span

_WORD: Final = re.compile(r"[^\W\d_](?:[^\W_]|['’.-](?=[^\W\d_])){0,29}\.?")
_CAMEL: Final = re.compile(r"[a-zß-ÿ](?<!Mc)(?<!Mac)(?<!De)(?<!Le)(?<!La)(?<!Di)(?<!Van)[A-Z]")
_WORD_START: Final = re.compile(r"(?:^|[ \t,])(?=[^\W\d_])")
_GAP: Final = re.compile(r"[ \t]{1,2}")


def _bare(word: str) -> str:
    return word.rstrip(".").lower().removesuffix("'s").removesuffix("’s")


def _is_word_name(word: str, *, strict: bool) -> bool:
    bare = word.rstrip(".")
    if _bare(word) in NO_NAME or len(bare) > 25:
        return False
    if _CAMEL.search(bare) or (strict and bare.isupper() and len(bare) > 1):
        return False
    if bare[0].isupper():
        return len(bare) == 1 or not bare.isupper() or not strict
    return not bare[0].islower()


def take_name(
    text: str, start: int, *, least: int = 1, strict: bool = False
) -> tuple[int, int] | None:
    """The name that begins at `start`: up to four capitalised words, particles between them."""
    end, position, count, plain = start, start, 0, False
    while count < 4:
        word = _WORD.match(text, position)
        if not word:
            break
        token = word[0]
        if count and token in PARTICLES:
            pass
        elif _is_word_name(token, strict=strict):
            count += 1
            plain = plain or _bare(token) not in COMMON
            stop = token.endswith(".") and len(token) > 2
            end = word.end() - (1 if stop else 0)
            if stop:
                break
        else:
            break
        gap = _GAP.match(text, word.end())
        if not gap:
            break
        position = gap.end()
    for ending in ("'s", "’s"):
        if text.endswith(ending, start, end):
            end -= len(ending)
    enough = count >= least and (plain or not strict)
    return (start, end) if enough and end - start >= 2 else None


def _cue(
    text: str, cues: Iterable[re.Match[str]], *, least: int = 1, strict: bool = False
) -> Iterator[Span]:
    for cue in cues:
        name = take_name(text, cue.end(), least=least, strict=strict)
        if name:
            yield Span(*name, "name")


def _closed_by_name(text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    """A signature is a name only when nothing but the name (and a role) stands on its line."""
    for cue in pattern.finditer(text):
        name = take_name(text, cue.end())
        if name and text[name[1] : name[1] + 3].lstrip(" \t.!")[:1] in (
            "",
            "\n",
            ",",
            "|",
            "(",
            "-",
            "/",
        ):
            yield Span(*name, "name")


def _greeted(seen: Seen) -> Iterator[Span]:
    text = seen.text
    for cue in (*GREETING.finditer(text), *seen.find(THANKED)):
        name = take_name(text, cue.end())
        if name and text[name[1] : name[1] + 2].lstrip(" \t")[:1] in (
            "",
            "\n",
            ",",
            "!",
            ".",
            ":",
            "-",
            ";",
            "—",
        ):
            yield Span(*name, "name")


def _beside_address(text: str) -> Iterator[Span]:
    """Capitalised words right before an e-mail address: headers, contact lines, CSV rows."""
    if "@" not in text:
        return
    for word in re.finditer(
        r"(?<![\w'’-])[^\W\d_][\w'’.-]{0,24}(?:[ \t][^\W\d_][\w'’.-]{0,24}){0,3}", text
    ):
        if not ADDRESS.match(text, word.end()):
            continue
        start = word.start()
        for offset in [0, *(gap.end() for gap in re.finditer(r"[ \t]", word[0]))]:
            name = take_name(text, start + offset)
            if name and name[1] == word.end():
                yield Span(*name, "name")
                break


def _quoted(text: str) -> Iterator[Span]:
    """Who is quoted in a reply: "On 3 May, Ann Lee <ann@…> wrote:"."""
    for wrote in WROTE.finditer(text):
        start = max(text.rfind("\n", 0, wrote.start()) + 1, wrote.start() - 200)
        before = text[start : wrote.start()].rstrip(" \t")
        if before.endswith(">"):
            before = before[: max(before.rfind("<"), 0)].rstrip(" \t")
        for gap in reversed(list(_WORD_START.finditer(before))):
            name = take_name(text, start + gap.end())
            if name and name[1] >= start + len(before):
                yield Span(*name, "name")
            elif name is None:
                break


def find_named(seen: Seen) -> Iterator[Span]:
    """Names that a phrase or a place in the text announces."""
    text = seen.text
    yield from _greeted(seen)
    for cue in seen.find(INTRODUCED):
        sure = bool(STRONG.search(cue[0].lower()))
        name = take_name(text, cue.end(), least=1 if sure else 2, strict=not sure)
        if not name and not sure:
            name = take_name(text, cue.end(), strict=True)
            after = text[name[1] : name[1] + 8] if name else ""
            name = (
                name if re.match(r"(?:[ ](?:from|here|at|von|de|aus|di)\b|[,;])", after) else None
            )
        if name:
            yield Span(*name, "name")
    yield from _cue(text, seen.find(TITLED))
    yield from _cue(text, seen.find(RELATED), least=2, strict=True)
    if ":" in text or "=" in text:
        yield from _cue(text, FIELD.finditer(text), strict=True)
    if "\n" in text:
        yield from _closed_by_name(text, CLOSING)
    yield from _closed_by_name(text, DASHED)
    yield from _closed_by_name(text, CLOSED)
    for cue in WROTE_BEFORE.finditer(text) if any(map(seen.low.count, WROTE_WORDS)) else ():
        name = take_name(text, cue.end())
        if name and QUOTED.match(text, name[1]):
            yield Span(*name, "name")
    for here in HERE.finditer(text) if " here" in text else ():
        name = take_name(text, here.start(1), strict=True)
        if name and name[1] == here.end(1):
            yield Span(*name, "name")
    yield from _beside_address(text)
    if ":" in text:
        yield from _quoted(text)


def find_spoken(text: str, found: Iterable[tuple[int, int, str]]) -> Iterator[Span]:
    """What a model of names found in running prose, but for ordinary words."""
    for start, end, kind in found:
        if kind != "name" or _bare(text[start:end]) not in NO_NAME:
            yield Span(start, end, kind)
