"""What the outbox holds, and what a person decides about messages in doubt."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.errors import UserError
from bot.reports import Deed, PostLine, PostsReport
from bot.service import audit, posting
from bot.service.context import Context
from storage import digests as digest_rows
from storage import outbox as rows
from storage import outbox_lines

MOST = 50
WAITING = (rows.PLANNED, rows.SENDING, rows.UNKNOWN, rows.HELD)
IN_DOUBT = (rows.UNKNOWN, rows.HELD)
DROPPED = "dropped by a person"
AGAIN = "to be sent again: a person says so"


def listed(context: Context, *, everything: bool = False) -> PostsReport:
    """Messages that wait, are in doubt or failed; with `everything` those that were sent, too."""
    states = (*WAITING, rows.FAILED, *((rows.SENT,) if everything else ()))
    with context.store.read() as session:
        counts = outbox_lines.states(session)
        # What a person has to decide must not be hidden behind what failed since.
        urgent = outbox_lines.lines(session, IN_DOUBT, MOST)
        others = [one for one in states if one not in IN_DOUBT]
        rest = outbox_lines.lines(session, others, max(MOST - len(urgent), 0))
    lines = tuple(_line(one) for one in (*urgent, *rest))
    total = sum(count for state, count in counts.items() if state in states)
    return PostsReport(counts, lines, total - len(lines))


def _line(one: outbox_lines.Line) -> PostLine:
    return PostLine(
        id=one.id,
        state=one.state,
        channel=one.channel,
        what=one.shows,
        action=one.action,
        since=one.since,
        attempts=one.attempts,
        error=one.error,
        is_open=one.state in IN_DOUBT,
    )


def retry(context: Context, id: int, now: datetime) -> None:
    """Send a message in doubt again. Raises `UserError` if it is not in doubt."""
    with context.store.write() as session:
        line = _in_doubt(session, id)
        until = now + posting.KEEP_TRYING[line.shows]
        rows.decide(session, id, now, until, AGAIN)
        audit.record(session, now, Deed.POST_DECIDED, f"message {id}: sent again")


def drop(context: Context, id: int, now: datetime, *, seen: bool) -> None:
    """Leave a message in doubt as it is. Raises `UserError` if it is not in doubt.

    Where it was not `seen` in its channel, the tickets of a digest wait for the next one.
    """
    with context.store.write() as session:
        line = _in_doubt(session, id)
        rows.decide(session, id, now, None, rows.SEEN if seen else DROPPED)
        if not seen and (line.action, line.shows) == ("post", posting.DIGEST):
            digest_rows.fail(session, line.subject_id, DROPPED)
        how = "seen in its channel" if seen else "dropped"
        audit.record(session, now, Deed.POST_DECIDED, f"message {id}: {how}")


def _in_doubt(session: Session, id: int) -> outbox_lines.Line:
    line = outbox_lines.line(session, id)
    if line is None:
        raise UserError(f"There is no message {id}. `earshot posts` lists them.")
    if line.state not in IN_DOUBT:
        raise UserError(
            f"Message {id} is {line.state}. Only one that is unknown or held can be decided about."
        )
    return line
