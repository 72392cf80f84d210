"""Replace personal data and secrets by numbered tokens before anything is stored or shown.

The rules live in the `redact_*` modules, one a kind of data. Here their finds are united and
replaced, the same value by the same token through one ticket, and the whole fails closed:
what cannot be redacted is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from phonenumbers import NumberParseException

from bot.reports import Redaction, Requester
from bot.voice.redact_addresses import ADDRESS_CUES, find_addresses
from bot.voice.redact_cues import Cues, Seen
from bot.voice.redact_name_cues import NAME_CUES
from bot.voice.redact_names import find_named
from bot.voice.redact_numbers import (
    NUMBER_CUES,
    email_value,
    find_cards,
    find_emails,
    find_ibans,
    find_ids,
    find_ips,
)
from bot.voice.redact_phones import find_phones
from bot.voice.redact_requester import OwnName
from bot.voice.redact_secrets import SECRET_CUES, find_links, find_secrets
from bot.voice.redact_shadow import TOKEN, Span, fold_name, shadow
from bot.voice.tokens import WITHHELD

__all__ = ["WITHHELD", "Redactor", "Span", "find_spans", "redact", "redact_or_withhold"]

NOBODY: Final = Requester()
REGIONS: Final = ("US", "GB", "DE", "FR")
MAX_LENGTH: Final = 60_000
"""Beyond it a text did not come through `clean`, and its cost is not known."""

_ROUNDS: Final = 3
_RANK: Final = {
    name: rank
    for rank, name in enumerate(
        ("secret", "link", "email", "card", "iban", "id", "phone", "ip", "address", "name")
    )
}
_LONGEST_TAG: Final = 100
_CUES: Final = Cues((*SECRET_CUES, *NUMBER_CUES, *ADDRESS_CUES, *NAME_CUES))
_NO_CUES: Final = Cues(())
_NO_SIGN: Final = re.compile(r"[\W_]+")


class TooLongError(ValueError):
    """The text is longer than anything that `clean` lets through."""


@dataclass(slots=True)
class _Draft:
    """A text in which the stretches `marks` have been replaced."""

    text: str
    marks: list[tuple[int, int, Redaction]] = field(default_factory=list)

    def replace(self, spans: Iterable[tuple[Span, Redaction]]) -> _Draft:
        pieces: list[str] = []
        marks: list[tuple[int, int, Redaction]] = []
        old = [(start, end, "", mark) for start, end, mark in self.marks]
        new = [(span.start, span.end, span.keep, mark) for span, mark in spans]
        position, length = 0, 0
        for start, end, keep, mark in sorted(old + new, key=lambda edit: edit[0]):
            before = self.text[position:start] + keep
            pieces += [before, mark.token]
            length += len(before)
            marks.append((length, length + len(mark.token), mark))
            length += len(mark.token)
            position = end
        return _Draft("".join([*pieces, self.text[position:]]), marks)


def _united(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch no other: where some overlap, one that covers them all."""
    union: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not union or span.start >= union[-1].end:
            union.append(span)
            continue
        last = union[-1]
        first = min(last, span, key=lambda s: _RANK[s.type])
        covers = first.start == last.start and first.end >= span.end
        end = max(last.end, span.end)
        union[-1] = Span(last.start, end, first.type, first.keep if covers else "")
    return union


def _outside(spans: Iterable[Span], tokens: Sequence[tuple[int, int]]) -> list[Span]:
    """What of the spans lies outside the tokens that stand in the text already."""
    kept: list[Span] = []
    for span in spans:
        start = span.start
        for begin, end in tokens:
            if end <= start or begin >= span.end:
                continue
            kept.append(span._replace(start=start, end=begin))
            start = end
        kept.append(span._replace(start=start))
    return [span for span in kept if span.start < span.end]


def _of_anybody(
    text: str, regions: tuple[str, ...], domains: frozenset[str], email: str, phone: str | None
) -> tuple[Span, ...]:
    """Personal data in a shadow text, but for names that only the help desk knows."""
    seen = Seen(text, _CUES)
    return (
        *find_secrets(seen),
        *find_links(text),
        *find_emails(seen, domains, email),
        *find_cards(seen),
        *find_ibans(seen),
        *find_ids(seen),
        *find_phones(seen, regions, phone),
        *find_ips(seen),
        *find_addresses(seen),
        *find_named(seen),
    )


@lru_cache(maxsize=10_000)
def _is_impersonal(tag: str, regions: tuple[str, ...], domains: frozenset[str]) -> bool:
    return not _of_anybody(tag, regions, domains, "", None)


class Redactor:
    """Redacts the texts of one ticket: call `redact` for subject, body and tags in turn.

    `redactions` has one entry for each occurrence, in the order of the texts.
    """

    def __init__(
        self,
        requester: Requester = NOBODY,
        *,
        regions: Sequence[str] = REGIONS,
        own_domains: Sequence[str] = (),
    ) -> None:
        self.redactions: list[Redaction] = []
        self._regions = tuple(regions)
        self._domains = frozenset(d.casefold().lstrip("@.") for d in own_domains if d.strip("@."))
        self._email = (requester.email or "").strip().casefold()
        self._phone = requester.phone
        self._name = OwnName(requester.name, requester.email)
        self._tokens: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def find_spans(self, text: str) -> list[Span]:
        """Personal data in `text`, as stretches that do not overlap, in order."""
        if len(text) > MAX_LENGTH:
            raise TooLongError(f"{len(text)} characters")
        read = shadow(text)
        given = (self._regions, self._domains, self._email, self._phone)
        found = [*_of_anybody(read.text, *given), *self._name.find(read.text)]
        spans: list[Span] = []
        for span in found:
            if span.end > span.start:
                start, end = read.original(span.start, span.end)
                spans.append(span._replace(start=start, end=end))
        tokens = [token.span() for token in TOKEN.finditer(text)]
        return _united(_outside(spans, tokens) if tokens else spans)

    def redact(self, text: str) -> str:
        """The text with a token for each piece of personal data."""
        draft = _Draft(text)
        for _ in range(_ROUNDS):
            # A token changes what stands beside it, and with it what the rules see.
            spans = [span for span in self.find_spans(draft.text) if _matters(draft.text, span)]
            if not spans:
                break
            draft = draft.replace(
                [(span, self._token(span, draft.text[span.start : span.end])) for span in spans]
            )
        self.redactions += [mark for _, _, mark in draft.marks]
        return draft.text

    def redact_tag(self, tag: str) -> str:
        """The same for a tag, which stands on many tickets: it is looked at once for all of them.

        What the requester alone makes personal is looked for each time.
        """
        plain = shadow(tag).text
        known = len(plain) <= _LONGEST_TAG and _is_impersonal(plain, self._regions, self._domains)
        return tag if known and not any(self._of_requester(plain)) else self.redact(tag)

    def _of_requester(self, text: str) -> Iterator[Span]:
        if self._email or self._phone:
            seen = Seen(text, _NO_CUES)
            yield from find_emails(seen, self._domains, self._email)
            yield from find_phones(seen, self._regions, self._phone)
        yield from self._name.find(text)

    def _token(self, span: Span, value: str) -> Redaction:
        key = (span.type, _same(span.type, value))
        if key not in self._tokens:
            self._counts[span.type] = self._counts.get(span.type, 0) + 1
            self._tokens[key] = f"[{span.type} {self._counts[span.type]}]"
        return Redaction(span.type, self._tokens[key])


def _matters(text: str, span: Span) -> bool:
    return any(char.isalnum() for char in text[span.start : span.end])


def _same(kind: str, value: str) -> str:
    """What two spellings of one value have in common."""
    plain = shadow(value).text
    if kind == "email":
        return email_value(plain)
    if kind in ("name", "address"):
        return " ".join(_NO_SIGN.sub(" ", fold_name(plain)).split())
    if kind in ("card", "iban", "phone", "id"):
        return _NO_SIGN.sub("", plain).casefold()
    return plain


def redact(text: str, requester: Requester = NOBODY) -> tuple[str, tuple[Redaction, ...]]:
    """Redact one text on its own."""
    redactor = Redactor(requester)
    return redactor.redact(text), tuple(redactor.redactions)


def find_spans(text: str, requester: Requester = NOBODY) -> list[Span]:
    """Where in the raw text personal data stands: for measuring."""
    return Redactor(requester).find_spans(text)


def redact_or_withhold(redactor: Redactor, text: str, *, is_tag: bool = False) -> str:
    """The redacted text, or a notice in its place when a rule fails: never the raw text."""
    try:
        return redactor.redact_tag(text) if is_tag else redactor.redact(text)
    except (NumberParseException, ValueError, LookupError, TypeError, ArithmeticError):
        return WITHHELD
    except (RecursionError, MemoryError, AttributeError):
        return WITHHELD
