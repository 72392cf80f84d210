"""The one way in which tickets leave: asked for by a customer, deleted at their source, or too old.

A batch is one transaction: whoever is killed in it has removed nothing of it, and whoever goes on
finds what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlmodel import Session

from bot.reports import EditedPosts, ShownTicket
from bot.service import alarms, cards, post_edits, posting, tag_features
from bot.service.context import Context
from storage import engines, erasing, forgotten
from storage import tickets as ticket_rows

BATCH: Final = 50
"""Tickets that one transaction removes: writers wait for it."""
LOCKS: Final = (engines.TICKETS, alarms.LOCK)


REDACTED: Final = post_edits.REDACTED_AT_SOURCE


class Why(Enum):
    """Why a ticket leaves; the sentence stands where it stood."""

    REQUEST = post_edits.FORGOTTEN
    SOURCE = post_edits.GONE_AT_SOURCE
    AGE = "Removed: older than tickets are kept"


@dataclass(frozen=True, slots=True)
class Erased:
    """What one batch removed: rows by sort, and what became of messages."""

    counts: Counter[str]
    posts: EditedPosts


def batch(
    context: Context,
    session: Session,
    tickets: Sequence[ShownTicket],
    why: Why,
    now: datetime,
    *,
    erasure: int = 0,
    found: post_edits.Found | None = None,
) -> Erased:
    """Remove tickets and everything that was made of them, in the caller's transaction.

    It holds `LOCKS`. `erasure` is what the edits of posts are found by; `found`, if it is known,
    which messages show them. Tickets that are too old
    leave without a mark, and their posts to Slack's own retention, but for cards.
    """
    rows = [ticket.key for ticket in tickets]
    words = post_edits.own_words(session, tickets)
    holds = words.hold
    counts: Counter[str] = Counter()
    posts = post_edits.take_out(
        session,
        tickets,
        now,
        note=why.value,
        subject=erasure,
        cards_only=why is Why.AGE,
        found=found,
    )
    counts["copies of messages"] = posts.kept
    counts["lists of digests"] = erasing.from_digests(session, rows, holds)
    ids = {ticket.ticket_id for ticket in tickets}
    insights = erasing.from_insights(session, holds, ids, why.value)
    own = erasing.insights_of(session, rows)
    insights += erasing.from_titles(session, own, words.hold_short, why.value)
    counts["texts of insights"] = len({*insights})
    insights = sorted({*insights, *own})
    counts += erasing.unlink_posts(session, posting.TICKET, rows, posting.REMOVAL)
    tags = {tag for each in ticket_rows.get(session, rows) for tag in each.tags}
    counts += erasing.remove(session, rows)
    counts["features made of tags"] = len(tag_features.tidy(session, context, tags, now))
    counts["texts of alarms"] = erasing.from_alarms(session, rows, holds)
    for insight in insights:
        cards.refresh(session, context, insight, now)
    if why is Why.REQUEST:
        keys = context.keys(session)
        marks = [keys.mark(forgotten.TICKET, one.source, one.ticket_id) for one in tickets]
        forgotten.remember(session, forgotten.TICKET, marks, now)
    return Erased(+counts, posts)
