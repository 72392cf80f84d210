"""What a ticket becomes in each of its tables: tuples, since an import makes millions of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from storage.columns import customer_number, instant
from storage.values import NewTicket, QuoteValue

_AS_IT_IS: Final = (
    "source",
    "external_id",
    "created_at",
    "updated_at",
    "stored_at",
    "subject",
    "body",
    "url",
    "tags",
    "language",
    "segment",
    "customer",
    "customer_known",
    "account",
    "kinds_known",
    "clarity",
    "redactions",
    "content_hash",
)
FACT: Final = ("ticket_id", "created_at", "kinds", "customer", "customer_known", "segment")
FEATURE: Final = (*FACT, "feature_id", "position")
QUOTE: Final = ("ticket_id", "kind", "text", "score")
Values = tuple[Any, ...]
_as_it_is = attrgetter(*_AS_IT_IS)


def wide(
    rows: Sequence[int], masks: Sequence[int], tickets: Sequence[NewTicket]
) -> dict[str, Sequence[Any]]:
    """The columns of tickets with their texts."""
    others = zip(*map(_as_it_is, tickets), strict=True)
    return {"id": rows, "kinds": masks, **dict(zip(_AS_IT_IS, others, strict=True))}


def facts(rows: Sequence[int], masks: Sequence[int], tickets: Sequence[NewTicket]) -> list[Values]:
    """What counting needs of tickets; columns as in `FACT`."""
    return [
        (
            row,
            instant(ticket.created_at),
            mask,
            customer_number(ticket.customer),
            ticket.customer_known,
            ticket.segment,
        )
        for row, mask, ticket in zip(rows, masks, tickets, strict=True)
    ]


def features(facts: Sequence[Values], features: Iterable[Sequence[str]]) -> list[Values]:
    """The features of tickets, with what counting needs of them; columns as in `FEATURE`."""
    return [
        (*fact, feature, position)
        for fact, of_ticket in zip(facts, features, strict=True)
        for position, feature in enumerate(of_ticket)
    ]


def quotes(said: Iterable[tuple[int, Sequence[QuoteValue]]]) -> list[Values]:
    """The quotes of tickets by row; columns as in `QUOTE`."""
    return [(row, quote.kind, quote.text, quote.score) for row, quotes in said for quote in quotes]
