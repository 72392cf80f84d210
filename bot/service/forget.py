"""Forgetting a customer, an account or a ticket: everything that was made of it, with proof.

Killed anywhere, it is begun again with the same words and ends in the same state: what is to go is
found in the rows that are left, and each batch is one transaction. What was asked for is kept as a
keyed hash only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.reports import Deed, Forget, ForgetReport, PostsEdited, Proof, ShownTicket
from bot.service import audit, erase, forget_asked, post_edits, posting
from bot.service.context import Context
from bot.service.forget_asked import Asked
from bot.service.forget_proof import MOST_TICKETS, prove
from storage import forgotten, outbox, removals
from storage.alive import ORPHANED
from storage.forgotten import ErasureValue

Step = Callable[[str], None]
"""Is told each step when it is done."""
EDITS: Final = "messages to be edited"
_MARK_SHOWN: Final = 8
_GONE: Final = frozenset({"message_not_found", "thread_not_found", ORPHANED})
"""Why there is nothing to edit: it was deleted, or never sent."""


def look(context: Context, what: Forget, typed: str, now: datetime) -> ForgetReport:
    """What would go: all is done and taken back, so it is what `forget` does."""
    counts: Counter[str] = Counter()
    with context.store.write(*erase.LOCKS) as session:
        asked = forget_asked.understood(session, context.keys(session), what, typed)
        before = forgotten.last_request(session, asked.mark)
        rows = forget_asked.rows(session, asked)
        for start in range(0, len(rows), erase.BATCH):
            shown = post_edits.shown(session, rows[start : start + erase.BATCH])
            done = erase.batch(context, session, shown, erase.Why.REQUEST, now)
            counts += done.counts
            counts[EDITS] += done.posts.edits
        session.rollback()
    at = before.finished_at if before and not rows else None
    return ForgetReport(what, +counts, PostsEdited(), None, at)


def forget(
    context: Context, what: Forget, typed: str, now: datetime, step: Step = lambda _: None
) -> ForgetReport:
    """Remove what there is, have posts edited that show it, and look whether anything is left.

    Posts are edited by whoever runs the outbox; `progress` tells how far that came. Raises
    `UserError` where it cannot be told what is meant, and `KeyLost`.
    """
    asked, erasure, is_again = _begin(context, what, typed, now)
    step("begun")
    tickets, removed = _remove(context, asked, erasure, now, step)
    with context.store.write() as session:
        if forgotten.finish(session, erasure.id, now):
            counted = forgotten.get(session, erasure.id).counts.get("tickets", 0)
            about = f"{what} {asked.mark[:_MARK_SHOWN]}, tickets: {counted}"
            audit.record(session, now, Deed.ERASED, about)
        elif is_again:
            until = now + posting.KEEP_TRYING[posting.REMOVAL]
            removals.again(session, (posting.REMOVAL, erasure.id), _GONE, now=now, until=until)
    step("finished")
    anew = erasure.proof == forgotten.IN_FILES
    proof = prove(context, asked.typed, asked.keys, tickets, anew=anew)
    with context.store.write() as session:
        kept = forgotten.get(session, erasure.id)
        said = _said(kept, proof, removed)
        if said is not None and said != kept.proof:
            forgotten.keep_proof(session, erasure.id, said)
        is_unproved = forgotten.is_unproved(session, asked.mark)
        posts = _posts(session, erasure.id)
    step("proved")
    before = kept.finished_at if is_again else None
    return ForgetReport(what, kept.counts, posts, proof, before, is_unproved=is_unproved)


def _said(kept: ErasureValue, proof: Proof, removed: int) -> str | None:
    """What is proved of a request, by a search now or before.

    Only who removed its tickets knows what to search for. Leftovers in files are gone without
    that, where these were written anew from rows that have none.
    """
    if removed == kept.counts.get("tickets", 0):
        if proof.holds:
            return forgotten.HOLDS
        return forgotten.IN_ROWS if proof.rows else forgotten.IN_FILES
    is_mended = kept.proof == forgotten.IN_FILES and proof.holds
    return forgotten.HOLDS if is_mended else kept.proof


def posts(context: Context, what: Forget, typed: str) -> PostsEdited:
    """How far the edits of posts came that the last such request asked for."""
    with context.store.read() as session:
        mark = context.keys(session).mark("asked", what, typed.strip().casefold())
        last = forgotten.last_request(session, mark)
        return _posts(session, last.id) if last else PostsEdited()


def _begin(
    context: Context, what: Forget, typed: str, now: datetime
) -> tuple[Asked, ErasureValue, bool]:
    """Take the request up where it was left, or begin it; whether it was done before."""
    with context.store.write(*erase.LOCKS) as session:
        asked = forget_asked.understood(session, context.keys(session), what, typed)
        # Asked again, it holds for what was written meanwhile and has not come in yet, too.
        forgotten.remember(session, what, asked.marks, now)
        last = forgotten.last_request(session, asked.mark)
        if last and last.finished_at and not forget_asked.rows(session, asked):
            return asked, last, True
        return asked, forgotten.begin(session, asked.mark, now), False


def _remove(
    context: Context, asked: Asked, erasure: ErasureValue, now: datetime, step: Step
) -> tuple[list[ShownTicket], int]:
    """Remove tickets batch by batch; returns some, to be looked for afterwards, and how many."""
    some: list[ShownTicket] = []
    removed = 0
    while True:
        with context.store.read() as session:
            rows = forget_asked.rows(session, asked)
        if not rows:
            return some, removed
        for start in range(0, len(rows), erase.BATCH):
            with context.store.write(*erase.LOCKS) as session:
                shown = post_edits.shown(session, rows[start : start + erase.BATCH])
                done = erase.batch(
                    context, session, shown, erase.Why.REQUEST, now, erasure=erasure.id
                )
                forgotten.count(session, erasure.id, done.counts)
            some += shown[: MOST_TICKETS - len(some)]
            removed += done.counts["tickets"]
            step("batch")


def _posts(session: Session, erasure: int) -> PostsEdited:
    """What became of the edits of a request."""
    edits = removals.of(session, posting.REMOVAL, erasure)
    failed = [one for one in edits if one.state == outbox.FAILED]
    gone = [one for one in failed if one.error in _GONE]
    return PostsEdited(
        edited=sum(one.state == outbox.SENT for one in edits),
        gone=len(gone),
        waiting=sum(one.state not in (outbox.SENT, outbox.FAILED) for one in edits),
        refused=tuple((one.channel, one.error) for one in failed if one not in gone),
    )
