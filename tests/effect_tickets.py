"""Weeks of invented tickets around a day of shipping, for the tests of effects.

The story is told in a few words of its own among others; every ticket is another customer's unless
said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from alarm_tickets import sentence
from conftest import NOW
from own_tickets import stored
from storage.values import NewTicket

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
SHIPPED = datetime(2026, 8, 10, tzinfo=UTC)
"""A Monday, twelve weeks and a day before NOW."""
STORY = "the voucher is rejected at the till and the discount vanishes"


def weekly(
    name: str,
    before: Sequence[int],
    after: Sequence[int],
    *,
    saying: str = "",
    features: tuple[str, ...] = ("checkout",),
    customers: int | None = None,
    shipped: datetime = SHIPPED,
) -> list[NewTicket]:
    """So many tickets in each week, the last of `before` ending at shipping.

    Where `customers` is given, so many write all tickets of a week.
    """
    found = []
    first = shipped - len(before) * WEEK
    for week, count in enumerate((*before, *after)):
        for number in range(count):
            rng = Random(f"{name} {week} {number}")
            at = first + week * WEEK + timedelta(minutes=rng.randrange(7 * 24 * 60))
            who = number if customers is None else number % customers
            words = sentence(rng, length=4 if saying else 9)
            found.append(
                stored(
                    f"{name}-{week}-{number}",
                    said=f"{saying} {words}".strip(),
                    features=features,
                    ago=NOW - at,
                    customer=f"{name} {week} {who}",
                    stored_at=at,
                )
            )
    return found


def queue(before: int = 14, after: int = 12, a_week: int = 60) -> list[NewTicket]:
    """The rest of the queue, a little other each week."""
    counts = [a_week + (-1) ** week * (week % 4) for week in range(before + after)]
    return weekly("rest", counts[:before], counts[before:], features=("search",))
