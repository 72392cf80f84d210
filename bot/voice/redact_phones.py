"""Find telephone numbers, and leave order numbers, dates, versions and amounts alone.

`phonenumbers` knows which numbers exist; its own matcher, run over whole tickets, is slow and
misses what is written in forms that its metadata does not expect. So one cheap pattern finds
candidates, guards drop what is plainly something else, and the library decides on the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import phonenumbers

from bot.voice.redact_cues import Seen
from bot.voice.redact_shadow import Span

_CANDIDATE: Final = re.compile(
    r"(?<![A-Za-z0-9_\u00aa-\u024f@/#$€£%&+-])(?<!\d[.,:])(?<![\d#$€£][ ])(?:\+[ ]?)?\(?\d{1,15}"
    r"(?:[ \t./·()-]{1,4}\d{1,12}){0,9}(?:[ ]?(?:x|ext\.?|#|Durchwahl|poste)[ ]?\d{1,6}\b)?"
    r"(?![A-Za-z0-9_\u00aa-\u024f@%])",
    re.I,
)
_SHAPES: Final = re.compile(
    r"(?:\+?1[ .-]?)?\(\d{3}\)[ .-]?\d{3}[ .-]\d{4}"
    r"|(?:\+?1[ .-])?\d{3}([.-])\d{3}\1\d{4}"
    r"|(?:\+?\d{1,3}[ .-]?)?\(0?\d{1,5}\)[ .-]?\d{2,4}(?:[ .-]?\d{2,4}){1,3}"
    r"|0\d{1,4}(?:[ .-]\d{2,4}){2,5}|0\d{2,4}[ /-]\d{5,8}|0\d{2,4}[ ]\d{3,4}[ ]?\d{3,4}"
    r"|001[ .-]\d{3}[ .-]\d{3}[ .-]\d{4}",
)
_TAIL: Final = re.compile(r"[ ]?(?:x|ext\.?|#|Durchwahl|poste)[ ]?\d{1,6}\Z", re.I)
_DATE: Final = re.compile(
    r"\d{4}([ ]?[-./][ ]?)\d{1,2}\1\d{1,2}\b|\d{1,2}([-./])\d{1,2}\2(?:(?:19|20)\d\d\b|(?:\d{4}"
    r"|\d{2})(?!\d)(?![-./ ]\d\d))"
    r"|(?:19|20)\d\d[ ]?[-/][ ]?(?:19|20)?\d\d\Z"
)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3}){1,4}")
_BEFORE: Final = re.compile(
    r"(?:(?:\b(?:tele(?:phone|fon[eo]?|foon)|tel|phone|mob(?:ile|iel|il)?|cell(?:ulare"
    r"|phone)?|call(?: me| us)?|"
    r"ring|te?xt(?: me)?|sms|whats ?app|fax|reach(?:ed)?|dial|ph|m|t|p|c|contact(?: number| no)?|"
    r"handy(?:nummer)?|rufnummer|nummer|t[ée]l[ée]phone|t[ée]l[ée]fono|rufen sie mich unter|"
    r"erreichbar|unter|anruf(?:en)?|ligue|appel(?:er|ez)?(?:[ -]moi)?|m[óo]vil|celular|portable|"
    r"chiama(?:re|temi)?|llam(?:ar|e|en)|bel(?:len)?|ring mig|hotline|landline|line|signal|viber|"
    r"desk|office|home|work|direct|voice|pager|switchboard|reception"
    r"|(?:messages?|calls?|texts?|calling"
    r"|answer(?:s|ing|ed)?)[ ](?:to|from|at|on)|number(?: is)?|numero|número|numéro|telefonu"
    r"|telefonen|телефон[уае]?|тел|звоните)\b|(?:電話|电话|手机|手機|携帯|전화)\w{0,4})"
    r"[\"']?[ \t]{0,2}[.:=#]{0,2}(?:[ \t]{0,2}(?:me|us|him|her|is|at|on|under|au|al|a|est|ist|är"
    r"|via|to|no"
    r"|mobile|number|phone|\(|nr)[.:]?){0,3}[ \t\"'(]{0,3})\Z",
    re.I,
)
_NOT_BEFORE: Final = re.compile(
    r"\b(?:order|invoice|ticket|case|ref(?:erence)?|tracking|parcel|shipment|account|acct|customer|"
    r"booking|reservation|serial|part|version|ver|v|build|release|update|firmware|card|iban|commit|"
    r"issue|bug|error|code|id|ids|sku|isbn|ean|imei|po|rma|no|nr|bestellung|rechnung|commande|"
    r"pedido|ordine|usd|eur|gbp|rows?|line|port|size|total|amount|epoch|timestamp|numbers)"
    r"[ \t]{0,2}(?:numbers?|no|nr|id|code|like|is|was)?[.:=# \t]{0,4}\Z",
    re.I,
)
_AFTER: Final = re.compile(
    r"[ \t]?[-,(/]?[ \t]?(?:office|mobile|cell(?:phone)?|fax|home|work|desk|direct|landline|pager"
    r"|phone|tel|whats ?app|handy|b[üu]ro|m[óo]vil|portable)\b",
    re.I,
)
_NETWORK: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_VERSION: Final = re.compile(r"\d{1,4}\.(?:\d{1,6}\.){0,2}\d(?:\.\d{1,6}){1,3}")
"""As programs count: one digit between dots, which no telephone number has."""
_BESIDE_ADDRESS: Final = re.compile(
    r"(?:@[\w.-]{3,40}|\[email \d{1,4}\])[\"']?[ \t,;|/]{1,3}[\"']?\Z"
)
_DIGIT: Final = re.compile(r"\d")


@lru_cache(maxsize=4096)
def _exists(number: str, regions: tuple[str, ...]) -> bool:
    """Whether a number is valid in a region, or possible where its country is written."""
    try:
        if number.startswith("+"):
            return phonenumbers.is_possible_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False
    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _digits(text: str) -> str:
    return "".join(_DIGIT.findall(text))


def _is_phone(text: str, start: int, end: int, regions: tuple[str, ...], own: str) -> bool:
    raw = text[start:end]
    number = _TAIL.sub("", raw)
    digits = _digits(number)
    if own and (digits == own or (len(digits) >= 7 and own[-8:] == digits[-8:])):
        return True
    if not 6 <= len(digits) <= 15:
        return False
    if len(digits) == 6:
        return len(digits) != len(number) and bool(_AFTER.match(text, end))
    before = text[max(0, start - 40) : start]
    if number.startswith("+"):
        return _exists(number, regions) or 8 <= len(digits) <= 15
    if _NETWORK.fullmatch(number) and max(map(int, number.split("."))) < 256:
        return False
    if _BESIDE_ADDRESS.search(before) and _exists(number, regions):
        return True
    if _NOT_BEFORE.search(before):
        return False
    if _BEFORE.search(before) or _AFTER.match(text, end):
        return not _DATE.match(number)
    if _DATE.match(number) or _GROUPED.fullmatch(number) or _VERSION.fullmatch(number):
        return False
    if _SHAPES.fullmatch(number):
        return True
    line_start = text.rfind("\n", max(0, start - 30), start) + 1 or (0 if start <= 30 else start)
    alone = not text[line_start:start].strip(" \t-*>|:") and text[end : end + 1] in ("", "\n")
    separated = len(digits) != len(number)
    if separated and alone and len(digits) >= 8:
        return True
    if not separated and not (number.startswith("0") or alone):
        # Bare digits are order numbers and times more often than telephone numbers.
        return False
    return len(digits) >= 8 and number.count(".") <= 4 and _exists(number, regions)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A candidate, or its halves where two numbers stand in one row of digits."""
    if len(_digits(text[start:end])) <= 15:
        yield start, end
        return
    for part in re.finditer(r"\S{7,40}", text[start:end]):
        yield start + part.start(), start + part.end()


def find_phones(seen: Seen, regions: Sequence[str], own: str | None) -> Iterator[Span]:
    """Telephone numbers in a shadow text; `own` is the requester's, found in any spelling."""
    if not seen.has_number:
        return
    text = seen.text
    own_digits = _digits(own or "")[:20]
    own_digits = own_digits if len(own_digits) >= 7 else ""
    known = tuple(regions)
    for found in _CANDIDATE.finditer(text):
        if found.end() - found.start() < 7:
            continue
        for start, end in _pieces(text, found.start(), found.end()):
            tight = len(text[start:end].rstrip(" .-/(\t"))
            if _is_phone(text, start, start + tight, known, own_digits):
                yield Span(start, start + tight, "phone")
