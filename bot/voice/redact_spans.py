"""Unite what the rules found, and put tokens in its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.reports import Redaction
from bot.voice.redact_shadow import Span

RANK: Final = {
    name: rank
    for rank, name in enumerate(
        (
            *("secret", "link", "private", "email", "card", "iban", "id", "phone", "ip"),
            *("address", "name"),
        )
    )
}
"""Which type a stretch gets that several rules found, the first of them."""


@dataclass(slots=True)
class Draft:
    """A text in which the stretches `marks` have been replaced."""

    text: str
    marks: list[tuple[int, int, Redaction]] = field(default_factory=list)

    def replace(self, spans: Iterable[tuple[Span, Redaction]]) -> Draft:
        """The text with a token in place of each span."""
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
        return Draft("".join([*pieces, self.text[position:]]), marks)


def united(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch no other: where some overlap, one that covers them all.

    Of a link with a secret behind its host the host stays.
    """
    union: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not union or span.start >= union[-1].end:
            union.append(span)
            continue
        last = union[-1]
        if last.keep and last.start + len(last.keep) <= span.start and span.end <= last.end:
            # A link that goes all the same, but for its host.
            continue
        first = min(last, span, key=lambda s: RANK[s.type])
        covers = first.start == last.start and first.end >= span.end
        end = max(last.end, span.end)
        union[-1] = Span(last.start, end, first.type, first.keep if covers else "")
    return union


def outside(spans: Iterable[Span], tokens: Sequence[tuple[int, int]]) -> list[Span]:
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
