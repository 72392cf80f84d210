"""A ticket's id or address in a question: "#123", "ZD-123", "ticket 123", a link.

Whether there is such a ticket is not known here; whoever asks the database goes on with the
question's other reading where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from bot.voice.text import fold
from bot.voice.wordset import word_set

_LEAD: Final = word_set("ticket tickets case issue conversation")
_NUMBER: Final = word_set("no nr number id #")
_ADDRESS: Final = re.compile(r"https?://[^\s<>|\"]{3,900}", re.IGNORECASE)
_MARKED: Final = re.compile(r"#(?=[^0-9]{0,99}[0-9])\w[\w.:/-]{0,99}")
_PLAIN_ID: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9]{0,9}-[0-9]{1,20}|[A-Za-z]{1,12}_?[0-9]{4,20}|[0-9]{4,20}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w.-]{1,60}/[\w.-]{1,60}#[0-9]{1,20}",
    re.IGNORECASE,
)
_AFTER_LEAD: Final = re.compile(r"#?[\w.:/#-]{0,99}[0-9][\w.:/#-]{0,99}")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_DRESS: Final = ".,;:!?()[]*_`'\""
_MOST_CANDIDATES: Final = 8


def ticket_of(text: str, fillers: frozenset[str]) -> str | None:
    """The id or address that is all of a question, but for words such as "show me"."""
    words = [word.strip(_DRESS) for word in text.split()[:12]]
    words = [word for word in words if word]
    while words and fold(words[-1]) in fillers:
        words.pop()
    lead = 0
    while lead < len(words) and fold(words[lead]) in fillers | _LEAD | _NUMBER | {"open"}:
        lead += 1
    if len(words) != lead + 1:
        return None
    word, before = words[-1], [fold(each) for each in words[:lead]]
    if _ADDRESS.fullmatch(word):
        return word
    if _MARKED.fullmatch(word):
        return word[1:]
    is_led = not _LEAD.isdisjoint(before[-3:]) or before[-1:] == ["#"]
    named = is_led and before[-1] in _LEAD | _NUMBER
    if named and _AFTER_LEAD.fullmatch(word):
        return word.lstrip("#")
    if _PLAIN_ID.fullmatch(word) and not _YEAR.fullmatch(word):
        return word
    return None


def candidates(ticket: str) -> Sequence[str]:
    """The ids that a ticket may be stored under, the likeliest first.

    Of an address, the parts with a digit in them; of an id, its usual spellings.
    """
    if not _ADDRESS.match(ticket):
        return tuple(dict.fromkeys((ticket, ticket.upper(), ticket.lower())))
    try:
        parts = urlsplit(ticket)
    except ValueError:
        return ()
    path = [unquote(part) for part in parts.path.split("/") if part]
    found = [value for value in re.split(r"[=&/]", f"{parts.query}&{parts.fragment}") if value]
    ids = [part for part in (*reversed(path), *found) if any(char.isdigit() for char in part)]
    if len(path) >= 4 and path[-1].isdigit():
        ids.append(f"{path[-4]}/{path[-3]}#{path[-1]}")
    return tuple(dict.fromkeys(ids))[:_MOST_CANDIDATES]


def is_address(ticket: str) -> bool:
    """Whether this is a link, which must be the ticket's own."""
    return _ADDRESS.match(ticket) is not None


def host_of(address: str) -> str:
    """The host of a link in lower case, without "www."; "" where it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def same_address(one: str, other: str) -> bool:
    """Whether two links lead to the same page: the scheme, a last slash and case do not matter."""

    def plain(address: str) -> str:
        return address.partition("://")[2].partition("#")[0].rstrip("/").lower()

    return plain(one) == plain(other)
