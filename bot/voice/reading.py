"""From a raw ticket to what Earshot keeps of it: the one path that every text takes.

Clean and redact (`make_safe`), then read (`understand`): features, kinds and quote are read from
the redacted text, so that nothing else is ever needed to read a ticket again when the catalogue or
the rules change. Between the two a batch of texts can be turned into vectors of what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.reports import Beside, Reading, Redaction, Requester
from bot.voice.clarity import clarity
from bot.voice.features import Catalogue
from bot.voice.kind_reasons import Reason
from bot.voice.kinds import TRAINED, best_quote, explain, judge, passages_of
from bot.voice.language import language as detect
from bot.voice.redact import EVERYWHERE, NO_OTHERS, Redactor, Rules, redact_or_withhold
from bot.voice.redact_shadow import TOKEN
from bot.voice.text import clean
from bot.voice.tokens import WITHHELD, is_withheld, spoken_of

if TYPE_CHECKING:
    from bot.voice.vectors import Vector

READING: Final = 3
"""Raised with every change of what `understand` finds, so that stored tickets are read again."""

_LONGEST_SUBJECT: Final = 300
_LONGEST_TAG: Final = 100
_MOST_TAGS: Final = 50
_LOOK_AT: Final = 4_000
_LONGEST_BODY: Final = 20_000
_BEYOND: Final = 4_000
"""Characters behind the cut that redaction reads, for a value that the cut would go through."""
_CUT_TOKEN: Final = re.compile(r"\[[a-z]{2,8}(?: [0-9]{0,5})?\Z")
_NO_FEATURES: Final = Catalogue(())
_NOBODY: Final = Requester()


@dataclass(frozen=True, slots=True)
class SafeTicket:
    """A ticket that was cleaned and redacted, and not yet read.

    `text` is subject and body in one; `spoken` is what of it the customer said, for readers that
    would take a redaction's token for a word.
    """

    subject: str
    body: str
    tags: tuple[str, ...]
    text: str
    spoken: str
    language: str | None
    redactions: tuple[Redaction, ...]

    @property
    def speaks_english(self) -> bool:
        """Whether it may be read by what was learned of English texts.

        A text too short to tell counts as English where its letters may be.
        """
        return self.language in TRAINED or (self.language is None and _is_latin(self.spoken))

    @property
    def english(self) -> str:
        """What readers of English are given: the customer's words, or "" in other languages."""
        return self.spoken if self.speaks_english else ""

    @property
    def is_readable(self) -> bool:
        """Whether its kinds can be read: what could not be redacted was withheld."""
        return self.speaks_english and not is_withheld(self.text)


def make_safe(
    subject: str,
    body: str,
    *,
    tags: Sequence[str] = (),
    requester: Requester = _NOBODY,
    beside: Beside = NO_OTHERS,
    rules: Rules = EVERYWHERE,
    language: str | None = None,
) -> SafeTicket:
    """Clean and redact a raw ticket.

    `language` is what its source says, and is looked for where it is None. `rules` are those of
    the company. Doing it again changes nothing, but that a model of names may find another one.
    """
    redactor = Redactor(requester, rules=rules, beside=beside)
    head = " ".join(clean(subject, _LONGEST_SUBJECT).split())
    safe_subject = redact_or_withhold(redactor, head)
    safe_body = _redacted(redactor, body)
    named = [tag.strip()[:_LONGEST_TAG] for tag in tags[:_MOST_TAGS] if tag.strip()]
    safe = (redact_or_withhold(redactor, tag, is_tag=True) for tag in named)
    safe_tags = tuple(dict.fromkeys(safe))
    text = "\n".join(part for part in (safe_subject, safe_body) if part)
    spoken = spoken_of(text)
    return SafeTicket(
        subject=safe_subject,
        body=safe_body,
        tags=safe_tags,
        text=text,
        spoken=spoken,
        language=_code(language) or detect(spoken),
        redactions=tuple(redactor.redactions),
    )


def _redacted(redactor: Redactor, raw: str) -> str:
    """A body, cleaned, redacted, and only then cut: what a cut goes through no rule would know."""
    whole = clean(raw, _LONGEST_BODY + _BEYOND)
    kept = clean(raw, _LONGEST_BODY) if len(whole) > _LONGEST_BODY else whole
    before = len(redactor.redactions)
    safe = redact_or_withhold(redactor, whole)
    if kept == whole or safe == WITHHELD:
        return safe
    text, marker, more = kept.rpartition("\n[cut, ")
    safe = _CUT_TOKEN.sub("", safe[: max(0, len(safe) - len(whole) + len(text))]).rstrip()
    del redactor.redactions[before + len(TOKEN.findall(safe)) :]
    return f"{safe}{marker}{more}"


def make_text_safe(
    text: str,
    requester: Requester = _NOBODY,
    *,
    rules: Rules = EVERYWHERE,
) -> SafeTicket:
    """Clean and redact a text that has no subject; its first line is taken for one."""
    redactor = Redactor(requester, rules=rules)
    safe = _redacted(redactor, text)
    spoken = spoken_of(safe)
    return SafeTicket("", safe, (), safe, spoken, detect(spoken), tuple(redactor.redactions))


def already_safe(
    subject: str, body: str, tags: Sequence[str] = (), language: str | None = None
) -> SafeTicket:
    """A stored ticket, which was cleaned and redacted when it came in."""
    text = "\n".join(part for part in (subject, body) if part)
    spoken = spoken_of(text)
    return SafeTicket(subject, body, tuple(tags), text, spoken, language or detect(spoken), ())


def understand(
    ticket: SafeTicket, catalogue: Catalogue = _NO_FEATURES, vector: Vector | None = None
) -> Reading:
    """Read a safe ticket. `vector` is what it means, by the model that kinds were learned with."""
    judged = judge(ticket.text, vector) if ticket.is_readable else None
    found = passages_of(ticket.text, judged) if judged else ()
    return Reading(
        text=ticket.text,
        kinds=tuple(passage.kind for passage in found),
        passages=found,
        quote=best_quote(found),
        features=catalogue.match(ticket.spoken, ticket.tags),
        language=ticket.language,
        kinds_known=ticket.speaks_english,
        redactions=ticket.redactions,
        clarity=clarity(ticket.text, judged),
    )


def why(ticket: SafeTicket, vector: Vector | None = None) -> tuple[Reason, ...]:
    """The words and phrases that decided for each kind that `understand` finds."""
    return explain(ticket.text, vector=vector) if ticket.is_readable else ()


def features_of(text: str, tags: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The features of a redacted text, as `understand` finds them: for stored texts."""
    return catalogue.match(spoken_of(text), tags)


def _is_latin(text: str) -> bool:
    """Whether the letters of a text are mostly those that English is written with."""
    letters = [char for char in text[:_LOOK_AT] if char.isalpha()]
    return sum(char < "\u0250" for char in letters) * 2 >= len(letters)


def _code(language: str | None) -> str | None:
    """The ISO 639-1 code within "en-US" or "EN_gb", if that is what the source gave."""
    code = (language or "").strip().replace("_", "-").partition("-")[0].lower()
    return code if len(code) == 2 and code.isalpha() and code.isascii() else None
