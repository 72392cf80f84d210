"""What tickets mean beyond their words: made as they come in, caught up with later.

Where the extra is not installed, or switched off, every function here gives nothing, and the
callers go by words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from sqlmodel import Session

from bot.reports import Window
from bot.semantic import Encoder
from bot.service.context import Context
from bot.voice.tokens import spoken_of
from bot.voice.vectors import pack, unpack
from storage import meta
from storage import tickets as ticket_rows
from storage import vectors as rows
from storage.values import TextValue

if TYPE_CHECKING:
    from bot.voice.vectors import Vector

CAUGHT_UP_AT_ONCE = 64
LOOKS_AGAIN_SECONDS = 3_600.0
LOOKED_AT = 10_000
NEAREST = 50
ALIKE = 0.4
"""A ticket tells what a question asks from this similarity on; below it questions about what
nobody wrote of begin to find something (`bench/meaning.py`)."""

_log = logging.getLogger(__name__)


def use_model(session: Session, encoder: Encoder | None) -> None:
    """Keep vectors of the encoder's model from now on; those of another are made anew."""
    if meta.get(session, meta.READING) is None and not ticket_rows.newest_row(session):
        meta.put(session, meta.READING, read_by(encoder))
    if encoder is not None and rows.use(session, encoder.model):
        _log.info("another model: what tickets mean is read again, the newest first")


def read_by(encoder: Encoder | None) -> str:
    """What tickets are read by just now: the number of the rules, and the model if it has a say."""
    # The rules of redaction come along with it, and most answers do without.
    from bot.voice.reading import READING

    model = encoder.model if encoder is not None and encoder.is_own else ""
    return f"{READING} {model}".rstrip()


def kept(session: Session, context: Context, tickets: Sequence[int]) -> dict[int, Vector]:
    """The stored vectors of tickets, by row, where they are of the encoder's model."""
    encoder = context.encoder()
    if encoder is None or rows.model(session) != encoder.model:
        return {}
    found = rows.of(session, tickets)
    return dict(zip(found, unpack(list(found.values())), strict=True))


def nearest(session: Session, context: Context, words: str, window: Window) -> list[int]:
    """Rows of the tickets that tell most nearly what `words` say, the nearest first.

    Looked for among the newest tickets with a kind; those too unlike are left out.
    """
    encoder = context.encoder()
    if encoder is None or rows.model(session) != encoder.model:
        return []
    [asked] = encoder.encode([words])
    found = rows.newest(session, window.since, window.until, LOOKED_AT)
    if asked is None or not found:
        return []
    likeness = unpack([vector for _, vector in found]) @ asked
    order = sorted(range(len(found)), key=lambda place: (-likeness[place], found[place][0]))
    return [found[place][0] for place in order[:NEAREST] if likeness[place] >= ALIKE]


class CatchUp:
    """Makes the vectors that tickets lack, since they were stored without the extra.

    Each process looks until it finds none, and from then on once an hour: what is stored later
    brings its vector with it, unless another process has the extra off. `seconds` is a clock that
    never goes back.
    """

    def __init__(self, context: Context, seconds: Callable[[], float] = monotonic) -> None:
        self._context = context
        self._seconds = seconds
        self._looks_at = seconds()

    def run_one(self) -> bool:
        """Read some of the newest tickets without a vector; False when there are none left."""
        if self._seconds() < self._looks_at:
            return False
        encoder = self._context.encoder()
        if encoder is None:
            return False
        with self._context.store.write() as session:
            use_model(session, encoder)
        with self._context.store.read() as session:
            texts = rows.missing(session, CAUGHT_UP_AT_ONCE)
        if not texts:
            self._looks_at = self._seconds() + LOOKS_AGAIN_SECONDS
            return False
        made = _encoded(encoder, texts)
        with self._context.store.write() as session:
            rows.put(session, made)
        return True


def _encoded(encoder: Encoder, texts: Sequence[TextValue]) -> dict[int, bytes]:
    spoken = [spoken_of(f"{t.subject}\n{t.body}") if t.kinds_known else "" for t in texts]
    found = zip(texts, encoder.encode(spoken), strict=True)
    return {text.id: pack(vector) for text, vector in found}
