"""A question in words again: as it was read, to be shown, and as it can be typed, for buttons."""

from __future__ import annotations

from bot.reports import Feature, Kind
from bot.voice.query import Question
from bot.voice.windows import typed_window


def reading(question: Question, *, about: str = "") -> str:
    """How a question was understood: "Checkout · last 30 days · enterprise · broken only".

    `about` stands in the place of what it is about.
    """
    if not about and question.ask == "help":
        return "Help"
    if not about and question.ask == "ticket":
        return f"Ticket {question.ticket}"
    parts = [about or _about(question), question.window.label]
    if question.segment:
        parts.append(question.segment)
    if question.kinds:
        kinds = [_KIND_WORDS.get(kind, kind.value) for kind in question.kinds]
        parts.append(f"{', '.join(kinds)} only")
    if question.source:
        parts.append(f"from {question.source}")
    return " · ".join(parts)


_KIND_WORDS = {Kind.REQUEST: "requests"}


def _about(question: Question) -> str:
    if question.ask == "rank":
        return "All features"
    if question.ask == "unknown" and not question.words:
        return "Nothing to look for"
    first = question.feature.name if question.feature else f"Search: {question.words}"
    if question.versus:
        return f"{first} vs {question.versus.words}"
    return f"Read {first}" if question.ask == "read" else first


def phrase(question: Question) -> str:
    """What one would type to ask just this again, at the same moment, whatever names there are."""
    if question.ask == "help":
        return "help"
    if question.ask == "ticket":
        return f"ticket {question.ticket}"
    # First the window: after words that end in "in" it would take that for its own.
    parts = [typed_window(question.window), _typed_subject(question)]
    if question.kinds:
        parts.append(f"kind:{','.join(question.kinds)}")
    if question.segment:
        parts.append(f'segment:"{question.segment}"')
    if question.source:
        parts.append(f'source:"{question.source}"')
    return " ".join(part for part in parts if part)


def _typed_subject(question: Question) -> str:
    if question.ask == "rank":
        return "all features"
    if question.feature:
        first = _typed(question.feature)
    elif question.ask == "search":
        first = f"search: {question.words}"
    else:
        first = question.words or question.asked
    if question.versus:
        second = question.versus
        return f"{first} vs {_typed(second.feature) if second.feature else second.words}"
    return f"read {first}" if question.ask == "read" else first


def _typed(feature: Feature) -> str:
    """By its id, since several features may answer to one name."""
    return f'feature:"{feature.id}"'
