"""Going on from an answer: narrowed, or held beside another feature's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import Choices, Kind, NarrowingReport, Understood
from bot.service import known
from bot.service.context import Context
from bot.voice.features import Catalogue
from bot.voice.query import Question, parse
from bot.voice.subjects import Subject
from bot.voice.windows import take_window
from bot.voice.wording import phrase, reading


def choices(context: Context, asked: str, at: datetime) -> NarrowingReport:
    """What the answer to a question of the moment `at` can go on to."""
    with context.store.read() as session:
        catalogue, question = _understood(session, asked, at)
        labels = known.load(session)
        others = (each for each in catalogue.features if each != question.feature)
        return NarrowingReport(
            reading=reading(question),
            window=question.window,
            kinds=question.kinds,
            segment=question.segment,
            source=question.source,
            choices=Choices(labels.segments, labels.sources, tuple(others)),
            note=question.note,
        )


def narrowed(
    context: Context,
    asked: str,
    at: datetime,
    *,
    window: str | None,
    kinds: Sequence[str],
    segment: str | None,
    source: str | None,
) -> str:
    """The question with other filters, as one would type it; `window` None is the one it has."""
    with context.store.read() as session:
        _, question = _understood(session, asked, at)
    if window is not None:
        question = replace(question, window=take_window(window, at).window)
    changed = replace(
        question, kinds=tuple(Kind(kind) for kind in kinds), segment=segment, source=source
    )
    return phrase(changed)


def beside(context: Context, asked: str, at: datetime, feature: str) -> str:
    """The question held beside a feature. Raises `NotFound` for one that is gone."""
    with context.store.read() as session:
        catalogue, question = _understood(session, asked, at)
        other = catalogue.by_id.get(feature)
    if other is None:
        raise NotFound("This feature is no longer in the catalogue.")
    subject = Subject(other, other.name, Understood.EXACT)
    return phrase(replace(question, ask="versus", versus=subject))


def _understood(session: Session, asked: str, at: datetime) -> tuple[Catalogue, Question]:
    catalogue, labels = known.with_catalogue(session)
    question = parse(asked, catalogue, at, segments=labels.segments, sources=labels.sources)
    return catalogue, question
