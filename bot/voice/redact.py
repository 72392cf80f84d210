"""Replace personal data and secrets by numbered tokens before anything is stored or shown.

The rules live in the `redact_*` modules, one a kind of data. Here their finds are united and
replaced, the same value by the same token through one ticket, and the whole fails closed:
what cannot be redacted is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.reports import Redaction, Requester
from bot.voice.redact_addresses import ADDRESS_CUES, find_addresses
from bot.voice.redact_cues import Cues, Seen
from bot.voice.redact_disguise import shadow
from bot.voice.redact_links import find_links
from bot.voice.redact_name_cues import NAME_CUES
from bot.voice.redact_names import find_named, find_spoken
from bot.voice.redact_network import find_ips
from bot.voice.redact_numbers import (
    NUMBER_CUES,
    email_value,
    find_accounts,
    find_cards,
    find_emails,
    find_ibans,
    find_ids,
)
from bot.voice.redact_patterns import Pattern, find_own
from bot.voice.redact_phones import find_phones
from bot.voice.redact_requester import OwnName
from bot.voice.redact_secrets import SECRET_CUES, find_secrets
from bot.voice.redact_shadow import TOKEN, Span, fold_name
from bot.voice.redact_spans import Draft, outside, united
from bot.voice.tokens import WITHHELD

__all__ = [
    "EVERYWHERE",
    "WITHHELD",
    "Redactor",
    "Rules",
    "Span",
    "find_spans",
    "redact",
    "redact_or_withhold",
]

NOBODY: Final = Requester()
REGIONS: Final = ("US", "GB", "DE", "FR")
MAX_LENGTH: Final = 60_000
"""Beyond it a text did not come through `clean`, and its cost is not known."""

MOST_SECONDS: Final = 1.0
"""Of processor time that the rules may take over one text; then it is withheld."""

_ROUNDS: Final = 3
_LOOK_EVERY: Final = 500
_LONGEST_TAG: Final = 100
_CUES: Final = Cues((*SECRET_CUES, *NUMBER_CUES, *ADDRESS_CUES, *NAME_CUES))
_NO_CUES: Final = Cues(())
_NO_SIGN: Final = re.compile(r"[\W_]+")


class TooLongError(ValueError):
    """The text is longer than anything that `clean` lets through."""


def _no_time() -> float:
    return 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What an installation masks besides the rules that hold everywhere.

    `regions` (ISO 3166) are the countries whose telephone numbers are known, addresses in
    `own_domains` stay, `patterns` are the operator's own, and `names` finds names and addresses
    in running prose: the optional layer. By `stopwatch` (seconds of processor time, of this thread
    alone: a busy machine withholds nothing) the rules are held to `MOST_SECONDS`.
    """

    regions: tuple[str, ...] = REGIONS
    own_domains: frozenset[str] = frozenset()
    patterns: tuple[Pattern, ...] = ()
    names: Callable[[str], Iterable[tuple[int, int, str]]] | None = None
    stopwatch: Callable[[], float] = _no_time


EVERYWHERE: Final = Rules()
"""No patterns, no domains, no model."""


class TooSlowError(ValueError):
    """The rules took longer over a text than any that people write."""


def _of_anybody(text: str, rules: Rules, email: str, phone: str | None) -> list[Span]:
    """Personal data in a shadow text, but for names that only the help desk knows.

    Raises `TooSlowError`.
    """
    until = rules.stopwatch() + MOST_SECONDS
    seen = Seen(text, _CUES)
    found: list[Span] = []
    for spans in (
        find_secrets(seen),
        find_links(text),
        find_emails(seen, rules.own_domains, email),
        find_cards(seen),
        find_ibans(seen),
        find_accounts(seen),
        find_ids(seen),
        find_phones(seen, rules.regions, phone),
        find_ips(seen),
        find_addresses(seen),
        find_named(seen),
        find_own(text, rules.patterns),
    ):
        for span in spans:
            found.append(span)
            if len(found) % _LOOK_EVERY == 0 and rules.stopwatch() > until:
                raise TooSlowError(f"{len(text)} characters")
        if rules.stopwatch() > until:
            raise TooSlowError(f"{len(text)} characters")
    return found


@lru_cache(maxsize=10_000)
def _is_impersonal(tag: str, rules: Rules) -> bool:
    return not _of_anybody(tag, rules, "", None)


class Redactor:
    """Redacts the texts of one ticket: call `redact` for subject, body and tags in turn.

    `redactions` has one entry for each occurrence, in the order of the texts.
    """

    def __init__(self, requester: Requester = NOBODY, *, rules: Rules = EVERYWHERE) -> None:
        self.redactions: list[Redaction] = []
        self._rules = rules
        self._email = (requester.email or "").strip().casefold()
        self._phone = requester.phone
        self._name = OwnName(requester.name, requester.email)
        self._tokens: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def find_spans(self, text: str, *, prose: bool = True) -> list[Span]:
        """Personal data in `text`, as stretches that do not overlap, in order.

        `prose` is read by the optional layer as well, where there is one.
        """
        if len(text) > MAX_LENGTH:
            raise TooLongError(f"{len(text)} characters")
        read = shadow(text)
        found = _of_anybody(read.text, self._rules, self._email, self._phone)
        found += self._name.find(read.text)
        if prose and self._rules.names:
            found += find_spoken(read.text, self._rules.names(read.text))
        spans: list[Span] = []
        for span in found:
            if span.end > span.start:
                start, end = read.original(span.start, span.end)
                spans.append(span._replace(start=start, end=end))
        tokens = [token.span() for token in TOKEN.finditer(text)]
        return united(outside(spans, tokens) if tokens else spans)

    def redact(self, text: str, *, prose: bool = True) -> str:
        """The text with a token for each piece of personal data."""
        draft = Draft(text)
        for number in range(_ROUNDS):
            # A token changes what stands beside it, and with it what the rules see.
            found = self.find_spans(draft.text, prose=prose and number == 0)
            spans = [span for span in found if _matters(draft.text, span)]
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
        known = len(plain) <= _LONGEST_TAG and _is_impersonal(plain, self._rules)
        is_known = known and not any(self._of_requester(plain))
        return tag if is_known else self.redact(tag, prose=False)

    def _of_requester(self, text: str) -> Iterator[Span]:
        if self._email or self._phone:
            seen = Seen(text, _NO_CUES)
            yield from find_emails(seen, self._rules.own_domains, self._email)
            yield from find_phones(seen, self._rules.regions, self._phone)
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


def redact_or_withhold(
    redactor: Redactor, text: str, *, is_tag: bool = False, prose: bool = True
) -> str:
    """The redacted text, or a notice in its place when a rule fails: never the raw text.

    Whatever is raised: a rule, a library or a model that breaks must neither show a text nor keep
    the other tickets from being read.
    """
    try:
        return redactor.redact_tag(text) if is_tag else redactor.redact(text, prose=prose)
    except Exception:  # noqa: BLE001
        return WITHHELD
