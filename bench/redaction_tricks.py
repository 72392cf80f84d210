"""Ways in which personal data hides from patterns and not from readers, and whether it does."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any, Final

from bot.reports import Requester
from bot.voice.redact import Redactor, Rules
from bot.voice.text import clean

HIDEABLE: Final = frozenset(("EMAIL", "PHONE", "CREDIT_CARD", "IBAN", "IP", "GOV_ID"))
_TWINS: Final = str.maketrans("aceopxAEKMHOPCTXB", "асеорхАЕКМНОРСТХВ")
_BOLD: Final = str.maketrans({str(digit): chr(0x1D7CE + digit) for digit in range(10)})
_WIDE: Final = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x30, 0x3A)})


def _middle(value: str, sign: str) -> str:
    half = len(value) // 2
    return value[:half] + sign + value[half:]


def _spelt_at(value: str) -> str:
    name, at, host = value.partition("@")
    return f"{name} (at) {host.replace('.', ' [dot] ')}" if at else value


TRICKS: Final[dict[str, Callable[[str], str]]] = {
    "zero-width space inside": lambda value: _middle(value, "\u200b"),
    "joiner between all": "\u200d".join,
    "full-width digits": lambda value: value.translate(_WIDE),
    "bold digits": lambda value: value.translate(_BOLD),
    "no-break spaces, hyphens": lambda v: v.replace(" ", "\u00a0").replace("-", "\u2011"),
    "soft hyphen": lambda value: _middle(value, "\u00ad"),
    "`%40`": lambda value: value.replace("@", "%40"),
    "`&#64;`": lambda v: "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in v),
    "entity escaped twice": lambda value: value.replace("@", "&amp;#64;").replace(".", "&amp;#46;"),
    "quoted-printable, wrapped": lambda value: _middle(value, "=\n").replace("@", "=40"),
    "Cyrillic twins": lambda value: value.translate(_TWINS),
    "spelt apart": lambda value: " ".join(value.replace(" ", "")),
    "`(at)`, `[dot]`": _spelt_at,
    "`[.]`": lambda value: value.replace(".", "[.]"),
}
"""Each trick gives another spelling of a value, or the value itself where it does not apply."""


def requester_of(row: dict[str, Any]) -> Requester:
    """Who wrote a labelled text, where it says so."""
    given = row.get("requester") or {}
    return Requester(name=given.get("name"), email=given.get("email"), phone=given.get("phone"))


def recall(rows: Iterable[dict[str, Any]], name: str, rules: Rules) -> tuple[int, int, int]:
    """How many values are masked plainly, how many disguised by this trick, and of how many."""
    plain = hidden = items = 0
    for row in rows:
        for label in row["spans"]:
            spelt = TRICKS[name](label["value"])
            if label["type"] not in HIDEABLE or spelt == label["value"]:
                continue
            head, tail = row["text"][: label["start"]], row["text"][label["end"] :]
            items += 1
            plain += _is_masked(head, label["value"], tail, requester_of(row), rules)
            hidden += _is_masked(head, spelt, tail, requester_of(row), rules)
    return plain, hidden, items


def _is_masked(head: str, value: str, tail: str, requester: Requester, rules: Rules) -> bool:
    """Whether every letter and digit of the value is masked, after intake as for any ticket."""
    text, piece = clean(head + value + tail), clean(value)
    start = text.find(piece, max(0, len(clean(head)) - 10))
    start = start if start >= 0 else text.find(piece)
    if start < 0:
        raise LookupError("cleaning changed a value beyond recognition")
    spans = Redactor(requester, rules=rules).find_spans(text)
    return all(
        not text[at].isalnum() or any(span.start <= at < span.end for span in spans)
        for at in range(start, start + len(piece))
    )


def sample(rows: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """At most so many of them, the same ones each time."""
    return rows if len(rows) <= most else random.Random(9).sample(rows, most)
