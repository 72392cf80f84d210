"""Rows that the tests of storage write, and the store they write them to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import features
from storage.database import Store
from storage.migrations import upgrade
from storage.values import FeatureValue, NewTicket, QuoteValue

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
TEAM, CHANNEL = "T1", "C1"


@contextmanager
def migrated(folder: Path) -> Iterator[Store]:
    """A store with the newest schema in a folder of its own."""
    store = Store(f"sqlite:///{folder / 'data' / 'earshot.db'}")
    upgrade(store)
    yield store
    store.close()


def ticket(
    external_id: str,
    *,
    body: str = "The invoice shows twice.",
    at: datetime = NOW - timedelta(days=1),
    customer: str = "c1",
    known: bool = True,
    kinds: Sequence[str] = ("broken",),
    about: Sequence[str] = (),
) -> NewTicket:
    return NewTicket(
        source="desk",
        external_id=external_id,
        created_at=at,
        updated_at=None,
        stored_at=NOW,
        subject="Subject",
        body=body,
        url=None,
        tags=(),
        language="en",
        segment=None,
        customer=customer,
        customer_known=known,
        account=None,
        kinds=tuple(kinds),
        kinds_known=True,
        redactions=0,
        content_hash=body,
        quotes=tuple(QuoteValue(kind, body, 0.5) for kind in kinds),
        features=tuple(about),
    )


def feature(name: str, *channels: str) -> FeatureValue:
    return FeatureValue(name, name.title(), (), (), channels, features.FROM_FILE)
