"""From a raw ticket to what Earshot keeps of it: the one path that every text takes.

Clean, redact, then read: features, kinds and quote are read from the redacted text, so that
nothing else is ever needed to read a ticket again when the catalogue or the rules change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports import Passage, Reading, Requester
from bot.voice.features import Catalogue
from bot.voice.kinds import best_quote, passages
from bot.voice.language import language as detect
from bot.voice.redact import REGIONS, WITHHELD, Redactor, redact_or_withhold
from bot.voice.redact_shadow import TOKEN
from bot.voice.text import clean

KNOWN_LANGUAGES: Final = frozenset({"en", "de", "fr", "es"})
"""Languages whose kinds can be read."""

_LONGEST_SUBJECT: Final = 300
_LONGEST_TAG: Final = 100
_MOST_TAGS: Final = 50
_NO_FEATURES: Final = Catalogue(())
_NOBODY: Final = Requester()


@dataclass(frozen=True, slots=True)
class TicketReading:
    """A ticket as it may be stored; `reading.text` is subject and body in one."""

    subject: str
    body: str
    tags: tuple[str, ...]
    reading: Reading


def read(
    subject: str,
    body: str,
    *,
    tags: Sequence[str] = (),
    requester: Requester = _NOBODY,
    catalogue: Catalogue = _NO_FEATURES,
    regions: Sequence[str] = REGIONS,
    own_domains: Sequence[str] = (),
    language: str | None = None,
) -> TicketReading:
    """Read a raw ticket. `language` is what its source says, and is looked for where it is None.

    `regions` (ISO 3166) and `own_domains` are those of the company: see `Redactor`. Reading the
    texts of a `TicketReading` again changes nothing.
    """
    redactor = Redactor(requester, regions=regions, own_domains=own_domains)
    head = " ".join(clean(subject, _LONGEST_SUBJECT).split())
    safe_subject = redact_or_withhold(redactor, head)
    safe_body = redact_or_withhold(redactor, clean(body))
    named = [tag.strip()[:_LONGEST_TAG] for tag in tags[:_MOST_TAGS] if tag.strip()]
    safe_tags = tuple(dict.fromkeys(redact_or_withhold(redactor, tag) for tag in named))
    text = "\n".join(part for part in (safe_subject, safe_body) if part)
    return TicketReading(
        safe_subject,
        safe_body,
        safe_tags,
        _understand(text, safe_tags, redactor, catalogue, language),
    )


def read_text(
    text: str,
    requester: Requester = _NOBODY,
    catalogue: Catalogue = _NO_FEATURES,
    *,
    regions: Sequence[str] = REGIONS,
    own_domains: Sequence[str] = (),
) -> Reading:
    """Read a text that has no subject; its first line is taken for one."""
    redactor = Redactor(requester, regions=regions, own_domains=own_domains)
    return _understand(redact_or_withhold(redactor, clean(text)), (), redactor, catalogue, None)


def features_of(text: str, tags: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The features of a redacted text, as `read` finds them: for reading stored texts again."""
    return catalogue.match(_spoken(text), tags)


def _spoken(text: str) -> str:
    # "[email 1]" is not a word of the customer's: it must not name the feature "Email".
    return TOKEN.sub(" ", text.replace(WITHHELD, " "))


def _understand(
    text: str,
    tags: Sequence[str],
    redactor: Redactor,
    catalogue: Catalogue,
    language: str | None,
) -> Reading:
    spoken = _spoken(text)
    known = _code(language) or detect(spoken)
    kinds_known = known is None or known in KNOWN_LANGUAGES
    found: tuple[Passage, ...] = (
        passages(text, known) if kinds_known and WITHHELD not in text else ()
    )
    return Reading(
        text=text,
        kinds=tuple(passage.kind for passage in found),
        passages=found,
        quote=best_quote(found),
        features=catalogue.match(spoken, tags),
        language=known,
        kinds_known=kinds_known,
        redactions=tuple(redactor.redactions),
    )


def _code(language: str | None) -> str | None:
    """The ISO 639-1 code within "en-US" or "EN_gb", if that is what the source gave."""
    code = (language or "").strip().replace("_", "-").partition("-")[0].lower()
    return code if len(code) == 2 and code.isalpha() and code.isascii() else None
