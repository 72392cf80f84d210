"""What is built of tickets outside of a transaction, and planned inside of one.

A message that is built before a ticket is removed or masked, and planned after that, would bring
its words into Slack, and nothing would edit it: what was built before is built anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from sqlmodel import Session

from bot.service.context import Context
from storage import engines, meta

TRIES: Final = 2
"""So often it is built without making others wait."""
Built = TypeVar("Built")
Planned = TypeVar("Planned")


def plan(
    context: Context, build: Callable[[], Built], keep: Callable[[Session, Built], Planned]
) -> Planned:
    """Keep what is built, in a transaction before whose beginning no ticket's words went.

    `build` is called again where some did; at last within the transaction, which keeps others from
    removing any.
    """
    for _ in range(TRIES):
        with context.store.read() as session:
            before = meta.get(session, meta.REMOVALS)
        built = build()
        with context.store.write(engines.TICKETS) as session:
            if meta.get(session, meta.REMOVALS) == before:
                return keep(session, built)
    with context.store.write(engines.TICKETS) as session:
        return keep(session, build())
