"""What people said of tickets that were read wrongly, applied wherever a ticket is written.

A ticket can be said not to be about a feature, not to carry a kind, or to carry one that was not
seen. Whatever reads it again later (other rules, another catalogue, a changed text) has the last
word on everything but that, until the correction is taken back or the ticket is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from sqlalchemy import delete, select
from sqlmodel import Session, col

from storage import engines
from storage.chunks import chunks
from storage.models import KIND_BITS, Correction, Ticket, TicketFeature
from storage.values import CorrectionValue, Meant, NewTicket, QuoteValue

FEATURE: Final = "feature"
KIND: Final = "kind"
NOT: Final = "not"
IS: Final = "is"

LONGEST_BEGINNING: Final = 300
"""Characters of a ticket that stand for its quote where none of its sentences was seen to."""

_Read = TypeVar("_Read", NewTicket, Meant)
Said = Sequence[CorrectionValue]


def put(session: Session, value: CorrectionValue) -> None:
    """Keep a correction; the last word on a ticket's feature or kind counts."""
    engines.upsert(
        session,
        Correction,
        {
            "ticket_id": value.ticket_id,
            "what": value.what,
            "value": value.value,
            "verdict": value.verdict,
            "team": value.team,
            "user": value.user,
            "said_at": value.said_at,
        },
    )


def remove(session: Session, ticket: int, what: str, value: str) -> None:
    """Take a correction back; the caller has the ticket read again."""
    session.execute(
        delete(Correction).where(
            col(Correction.ticket_id) == ticket,
            col(Correction.what) == what,
            col(Correction.value) == value,
        )
    )


def of(session: Session, rows: Sequence[int]) -> dict[int, list[CorrectionValue]]:
    """The corrections of these tickets, by row; tickets without any are left out."""
    found: dict[int, list[CorrectionValue]] = {}
    for chunk in chunks(rows):
        statement = (
            select(Correction)
            .where(col(Correction.ticket_id).in_(chunk))
            .order_by(col(Correction.said_at), col(Correction.what), col(Correction.value))
        )
        for row in session.execute(statement).scalars():
            found.setdefault(row.ticket_id, []).append(_value(row))
    return found


def _value(row: Correction) -> CorrectionValue:
    return CorrectionValue(
        row.ticket_id, row.what, row.value, row.verdict, row.team, row.user, row.said_at
    )


def apply(read: _Read, said: Said, subject: str, body: str) -> _Read:
    """What was read of a ticket, as people corrected it."""
    if not said:
        return read
    denied = _values(said, KIND, NOT)
    named = _values(said, KIND, IS)
    kinds = tuple(k for k in KIND_BITS if k in named or (k in read.kinds and k not in denied))
    quotes = [quote for quote in read.quotes if quote.kind in kinds]
    lacking = [kind for kind in kinds if kind in named and kind not in read.kinds]
    if lacking:
        source = _spoken_for(read.quotes, denied, subject, body)
        quotes += [QuoteValue(kind, source.text, source.score) for kind in lacking]
    return replace(
        read,
        kinds=kinds,
        kinds_known=read.kinds_known or bool(named),
        quotes=tuple(quotes),
        features=without(read.features, said),
    )


def _spoken_for(
    quotes: Sequence[QuoteValue], denied: set[str], subject: str, body: str
) -> QuoteValue:
    """What to quote for a kind that no sentence was seen to carry.

    A sentence that was taken for another kind, else the best one, else how the ticket begins.
    """
    ranked = sorted(quotes, key=lambda q: (q.kind not in denied, -q.score, q.kind))
    if ranked:
        return ranked[0]
    lines = (" ".join(line.split()) for line in (*body.splitlines(), subject))
    beginning = next((line for line in lines if line), "")
    if len(beginning) > LONGEST_BEGINNING:
        beginning = beginning[:LONGEST_BEGINNING].rpartition(" ")[0] or beginning
    return QuoteValue("", beginning[:LONGEST_BEGINNING], 0.0)


def without(features: Sequence[str], said: Said) -> tuple[str, ...]:
    """Features, without those that a ticket was said not to be about."""
    denied = _values(said, FEATURE, NOT)
    return tuple(feature for feature in features if feature not in denied)


def _values(said: Said, what: str, verdict: str) -> set[str]:
    return {each.value for each in said if (each.what, each.verdict) == (what, verdict)}


def applied(
    session: Session, tickets: Sequence[tuple[int, NewTicket]]
) -> list[tuple[int, NewTicket]]:
    """Tickets on their way into these rows, as people corrected what stood there."""
    said = of(session, [row for row, _ in tickets])
    return [
        (row, apply(ticket, said.get(row, ()), ticket.subject, ticket.body))
        for row, ticket in tickets
    ]


def rematched(session: Session, features: Mapping[int, Sequence[str]]) -> dict[int, Sequence[str]]:
    """Features for these rows as corrected, without the tickets that have just these already."""
    said = of(session, list(features))
    corrected = {row: without(features[row], said[row]) for row in said}
    had = _features(session, list(corrected))
    same = {row for row, about in corrected.items() if about == tuple(had.get(row, ()))}
    return {row: corrected.get(row, about) for row, about in features.items() if row not in same}


def _features(session: Session, rows: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for chunk in chunks(rows):
        statement = (
            select(col(TicketFeature.ticket_id), col(TicketFeature.feature_id))
            .where(col(TicketFeature.ticket_id).in_(chunk))
            .order_by(col(TicketFeature.position))
        )
        for row, feature in session.execute(statement):
            found.setdefault(row, []).append(feature)
    return found


def every(session: Session) -> Iterator[CorrectionValue]:
    """All corrections, the first ones first."""
    statement = select(Correction).order_by(col(Correction.said_at), col(Correction.ticket_id))
    return map(_value, session.execute(statement).scalars())


def ignored(session: Session) -> Iterator[str]:
    """A sentence for each correction that its ticket does not follow."""
    said: dict[int, list[CorrectionValue]] = {}
    for each in every(session):
        said.setdefault(each.ticket_id, []).append(each)
    kinds = _kinds(session, sorted(said))
    about = _features(session, sorted(said))
    for row in sorted(said):
        for each in said[row]:
            if each.what == KIND:
                carried = bool(kinds.get(row, 0) & KIND_BITS.get(each.value, 0))
                wrong = carried != (each.verdict == IS)
            else:
                wrong = each.value in about.get(row, ())
            if wrong:
                yield f"ticket {row} was said {_verdict(each)}, and is counted otherwise"


def _verdict(said: CorrectionValue) -> str:
    preposition = "about " if said.what == FEATURE else ""
    return f"{'not ' if said.verdict == NOT else ''}to be {preposition}{said.value}"


def _kinds(session: Session, rows: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(list(rows)):
        statement = select(col(Ticket.id), col(Ticket.kinds)).where(col(Ticket.id).in_(chunk))
        found.update((row or 0, mask) for row, mask in session.execute(statement))
    return found
