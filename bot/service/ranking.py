"""Features ranked for texts that name none, by the catalogue's words and those of stored tickets.

A ranking is kept per database until the catalogue changes or a thousand tickets have come, so that
the same database gives the same answers whichever process is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlmodel import Session

from bot.reports import Feature
from bot.semantic import Encoder
from bot.service.context import Context
from bot.voice.features import Catalogue
from storage import tickets as ticket_rows
from storage.database import Store

if TYPE_CHECKING:
    from bot.voice.feature_ranking import Encode, FeatureRanking, Vector

_LEARN_EVERY = 1_000
_LEARN_FROM = 2_000
# A modal has to open within three seconds: of many features less is learned.
_MOST_LEARNT = 200_000


@dataclass(frozen=True, slots=True)
class _Kept:
    features: tuple[Feature, ...]
    until: int
    encode: Encode | None
    ranking: FeatureRanking


class _Remembered:
    """Encodes what a catalogue says once: rankings are made anew more often than it changes."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._vectors: dict[str, Vector | None] = {}

    def __call__(self, texts: Sequence[str]) -> list[Vector | None]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, self.encoder.encode(new), strict=True))
        return [self._vectors[text] for text in texts]


_KEPT: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()
_SAID: WeakKeyDictionary[Store, _Remembered] = WeakKeyDictionary()


def nearest(
    session: Session,
    context: Context,
    catalogue: Catalogue,
    question: str,
) -> tuple[Feature, ...]:
    """At most three features that a question speaks of without naming them, likest first."""
    if not catalogue.features:
        return ()
    ranking, vector = _asked(session, context, catalogue, question)
    return ranking.nearest(question, vector)


def suggestion(
    session: Session,
    context: Context,
    catalogue: Catalogue,
    text: str,
) -> Feature | None:
    """The feature that a ticket (first line its subject) is probably about, for a person to check.

    None where no feature stands out.
    """
    if not catalogue.features:
        return None
    ranking, vector = _asked(session, context, catalogue, text)
    return ranking.suggestion(text, vector)


def _asked(
    session: Session, context: Context, catalogue: Catalogue, text: str
) -> tuple[FeatureRanking, Vector | None]:
    """The ranking, and what a text means where the extra is on."""
    encoder = context.encoder()
    if encoder is None:
        return _ranking(session, context, catalogue, None), None
    known = _SAID.get(context.store)
    if known is None or known.encoder is not encoder:
        known = _SAID[context.store] = _Remembered(encoder)
    return _ranking(session, context, catalogue, known), encoder.encode([text])[0]


def _ranking(
    session: Session, context: Context, catalogue: Catalogue, encode: Encode | None
) -> FeatureRanking:
    from bot.voice.feature_ranking import FeatureRanking

    until = ticket_rows.newest_row(session) // _LEARN_EVERY * _LEARN_EVERY
    kept = _KEPT.get(context.store)
    if kept and (kept.features, kept.until, kept.encode) == (catalogue.features, until, encode):
        return kept.ranking
    most = min(_LEARN_FROM, _MOST_LEARNT // len(catalogue.features))
    texts = ticket_rows.texts(session, until, most)
    ranking = FeatureRanking(catalogue.features, texts, encode)
    _KEPT[context.store] = _Kept(catalogue.features, until, encode, ranking)
    return ranking
