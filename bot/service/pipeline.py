"""What is read of a raw ticket before it is stored: a pure function of its text and a catalogue.

Draft → clean → redact → meaning → features, kinds, quote. It knows nothing of the database, nor of
the key that customers are counted by, so that it can run in any process (`bot.service.workers`);
such a process is spared the import of the database's library, which takes half its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.config import Settings
from bot.reports import Feature, TicketDraft
from bot.semantic import Encoder, encoder_of
from bot.service.masking import rules_of
from bot.voice.features import Catalogue
from bot.voice.reading import SafeTicket, make_safe, understand
from bot.voice.redact import Redactor, redact_or_withhold
from bot.voice.vectors import pack, unpack
from storage.values import QuoteValue

if TYPE_CHECKING:
    from concurrent.futures import Future

    from bot.voice.vectors import Vector

Features = tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class ReadTicket:
    """What may be stored of a draft's content; who wrote it is left to the caller's keys."""

    subject: str
    body: str
    url: str | None
    tags: tuple[str, ...]
    language: str | None
    segment: str | None
    kinds: tuple[str, ...]
    kinds_known: bool
    redactions: int
    quotes: tuple[QuoteValue, ...]
    features: tuple[str, ...]
    clarity: float
    vector: bytes | None


class Reads(Protocol):
    """Where drafts are read. `ahead` batches may be handed in before the first is asked for."""

    ahead: int

    def read(self, features: Features, drafts: Sequence[TicketDraft]) -> Future[list[ReadTicket]]:
        """What is read of drafts, in their order; an error is raised when it is asked for."""
        ...


class Pipeline:
    """Reads drafts in this process."""

    def __init__(self, settings: Settings) -> None:
        self._rules = rules_of(settings)
        self._encoder = encoder_of(settings)
        self._catalogue = Catalogue(())

    def read(self, features: Features, drafts: Sequence[TicketDraft]) -> list[ReadTicket]:
        """What is read of drafts, in their order, with the features of this catalogue."""
        if self._catalogue.features != features:
            self._catalogue = Catalogue(features)
        safe = [self._safe(draft) for draft in drafts]
        vectors = vectors_of(self._encoder, safe)
        return list(map(self._read, drafts, safe, vectors))

    def _safe(self, draft: TicketDraft) -> SafeTicket:
        return make_safe(
            draft.subject,
            draft.body,
            tags=draft.tags,
            requester=draft.requester,
            beside=draft.beside,
            rules=self._rules,
            language=draft.language,
        )

    def _read(self, draft: TicketDraft, safe: SafeTicket, vector: Vector | None) -> ReadTicket:
        reading = understand(safe, self._catalogue, for_kinds(self._encoder, vector))
        redactor = Redactor(draft.requester, rules=self._rules, beside=draft.beside)
        return ReadTicket(
            subject=safe.subject,
            body=safe.body,
            url=_unless_personal(redactor, draft.url),
            tags=safe.tags,
            language=reading.language,
            segment=_unless_personal(redactor, draft.segment, is_tag=True),
            kinds=tuple(reading.kinds),
            kinds_known=reading.kinds_known,
            redactions=len(reading.redactions),
            quotes=tuple(QuoteValue(p.kind, p.text, p.score) for p in reading.passages),
            features=reading.features,
            clarity=reading.clarity,
            vector=None if self._encoder is None else pack(vector),
        )


def vectors_of(encoder: Encoder | None, tickets: Sequence[SafeTicket]) -> list[Vector | None]:
    """What each ticket means; None for all where there is no encoder.

    The encoder was taught English: of other languages it knows pieces of words only. Vectors are
    rounded as they are kept, so that reading a stored ticket again finds just the same.
    """
    if encoder is None:
        return [None] * len(tickets)
    made = encoder.encode([ticket.english for ticket in tickets])
    kept = iter(unpack([pack(vector) for vector in made if vector is not None]))
    return [None if vector is None else next(kept) for vector in made]


def for_kinds(encoder: Encoder | None, vector: Vector | None) -> Vector | None:
    """A vector if kinds can be read from it: their weights were learned with one model."""
    return vector if encoder is not None and encoder.is_own else None


def _unless_personal(redactor: Redactor, value: str | None, *, is_tag: bool = False) -> str | None:
    """A value that is no text to mask in: kept as it is, or not at all."""
    if value and redact_or_withhold(redactor, value, is_tag=is_tag, prose=False) == value:
        return value
    return None
