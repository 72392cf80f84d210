"""Tickets written for tests, raw (drafts) and as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.reports import Feature, Requester, TicketDraft
from bot.service import catalogue
from bot.service.context import Context
from conftest import NOW
from storage import tickets
from storage.values import NewTicket, QuoteValue

NOBODY = Requester()
CRASH = "The checkout page crashes when I press the pay button."
TELLING = (
    "The marmalade importer loses every second label, and the whole batch of Tuesday is gone. We "
    "had to print them by hand until midnight because the wholesaler takes no crate without one.",
    "Since the update nobody of us can sign in at the till, and the shop stands still. The code "
    "that should come by phone never arrives, in both of our towns, so buyers walk away unserved.",
    "I was charged twice for one order of candles, and the refund never came back to me. The bank "
    "says that your side has to release it, while your own page shows the second payment as open.",
)
"""Texts that a digest is glad of, each of another story."""


def draft(
    id: str,
    body: str = CRASH,
    *,
    subject: str = "Note about my shop",
    created: datetime = NOW - timedelta(days=3),
    updated: datetime | None = None,
    tags: tuple[str, ...] = (),
    requester: Requester = NOBODY,
    source: str = "desk",
) -> TicketDraft:
    """A ticket as a source gives it."""
    return TicketDraft(
        source=source,
        external_id=id,
        created_at=created,
        subject=subject,
        body=body,
        updated_at=updated,
        tags=tags,
        requester=requester,
    )


def stored(
    id: str,
    *,
    said: str = "It crashes when I pay with a card, and then everything begins anew",
    more: str = "",
    kinds: Sequence[str] = ("broken",),
    features: tuple[str, ...] = ("checkout",),
    ago: timedelta = timedelta(days=3),
    customer: str | None = None,
    known: bool = True,
    stored_at: datetime = NOW - timedelta(hours=1),
    segment: str | None = None,
    score: float = 0.5,
    subject: str = "A note",
    source: str = "desk",
) -> NewTicket:
    """A ticket as it is stored: its one sentence carries all `kinds`."""
    return NewTicket(
        source=source,
        external_id=id,
        created_at=NOW - ago,
        updated_at=None,
        stored_at=stored_at,
        subject=subject,
        body=f"{said}. {more}" if more else said,
        url=f"https://desk.example/{id}",
        tags=(),
        language="en",
        segment=segment,
        customer=customer or f"customer of {id}",
        customer_known=known,
        account=None,
        kinds=tuple(kinds),
        kinds_known=True,
        redactions=0,
        content_hash=id,
        quotes=tuple(QuoteValue(kind, said, score) for kind in kinds),
        features=features,
    )


def put(context: Context, *new: NewTicket) -> None:
    """Store tickets past the reading of their texts."""
    with context.store.write() as session:
        tickets.add(session, new)


def write_catalogue(context: Context, *features: Feature) -> None:
    """A catalogue of `features`, or of Checkout, Search and Billing."""
    chosen = features or (
        Feature("checkout", "Checkout", aliases=("pay button",)),
        Feature("search", "Search"),
        Feature("billing", "Billing", aliases=("invoice",)),
    )
    catalogue.bring_in(context, chosen)
