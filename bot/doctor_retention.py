"""What the doctor says of tickets that are about to leave because they are too old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.reports import Finding
from bot.service.context import Context
from storage import selection


def too_old(context: Context, now: datetime) -> Iterator[Finding]:
    """A warning where some are: whoever brings in an old export should not be surprised."""
    days = context.settings.keep_tickets
    with context.store.read() as session:
        if not days or not selection.written_before(session, now - timedelta(days=days), 1):
            return
    message = f"Some tickets are older than {days} days: `earshot run` removes them for good."
    remedy = "EARSHOT_KEEP_TICKETS says after how many days; 0 keeps them for ever."
    yield Finding("retention", "warning", message, remedy)
