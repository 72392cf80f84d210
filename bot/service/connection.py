"""Whether Slack still knows us: the app may be uninstalled, or its token revoked.

Nothing is sent then, and nothing is removed: what is stored is the company's own, and a digest that
could not be posted leaves its tickets to the next one. A process that starts with a token that
Slack takes ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from bot.service.context import Context
from storage import meta

UNINSTALLED = "app_uninstalled"
REVOKED = "tokens_revoked"


@dataclass(frozen=True, slots=True)
class Lost:
    """Since when, and by which event of Slack's."""

    at: datetime
    event: str


def lose(context: Context, team: str, event: str, at: datetime) -> bool:
    """Send nothing from now on; False where a token was good since the event was made."""
    with context.store.write() as session:
        found = meta.get(session, _found(team))
        # Slack tells the time of events in whole seconds.
        if found is not None and datetime.fromisoformat(found).replace(microsecond=0) > at:
            return False
        meta.put(session, _lost(team), f"{at.astimezone(UTC).isoformat()} {event}")
        return True


def find(context: Context, team: str, now: datetime) -> None:
    """Slack has just taken our token."""
    with context.store.write() as session:
        meta.put(session, _lost(team), None)
        meta.put(session, _found(team), now.astimezone(UTC).isoformat())


def lost(session: Session, team: str) -> Lost | None:
    """Whether Slack said that it does not know us any more."""
    written = meta.get(session, _lost(team))
    if written is None:
        return None
    at, _, event = written.partition(" ")
    return Lost(datetime.fromisoformat(at), event)


def all_lost(session: Session) -> list[Lost]:
    """The same of all workspaces."""
    found = [lost(session, team) for team in meta.ending(session, _lost(""))]
    return [one for one in found if one is not None]


def _lost(team: str) -> str:
    return f"slack_lost:{team}"


def _found(team: str) -> str:
    return f"slack_found:{team}"
