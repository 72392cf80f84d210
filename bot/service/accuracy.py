"""What people corrected, counted: an installation's own figures of how tickets are read."""

from __future__ import annotations

from collections import Counter

from bot.reports import AccuracyReport, Corrected, Kind, ReadAs, Verdict
from bot.service import catalogue as catalogues
from bot.service import posting
from bot.service.context import Context
from storage import accuracy, corrections


def report(context: Context) -> AccuracyReport:
    """Of the tickets that people looked at, how many were said to be read wrongly, and as what.

    A ticket is looked at where somebody tagged it, reacted to its post, or corrected it: of
    tickets that were only opened nothing is kept.
    """
    with context.store.read() as session:
        said = list(corrections.every(session))
        total, features, kinds = accuracy.looked_at(session, posting.TICKET)
        names = catalogues.load(session).by_id
    counted = Counter((Corrected(each.what), each.value, Verdict(each.verdict)) for each in said)
    denied = {
        value: count
        for (what, value, verdict), count in counted.items()
        if what is Corrected.FEATURE and verdict is Verdict.NOT
    }
    about = [
        ReadAs(id, names[id].name if id in names else id, features.get(id, 0) + wrong, wrong, 0)
        for id in sorted(features.keys() | denied.keys())
        for wrong in [denied.get(id, 0)]
    ]
    carried = []
    for kind in Kind:
        wrong = counted[Corrected.KIND, kind, Verdict.NOT]
        missed = counted[Corrected.KIND, kind, Verdict.IS]
        # What was read as the kind, before people put it right.
        carried.append(ReadAs(kind, kind, kinds.get(kind, 0) - missed + wrong, wrong, missed))
    return AccuracyReport(
        since=said[0].said_at if said else None,
        corrections=len(said),
        corrected=len({each.ticket_id for each in said}),
        looked_at=total,
        features=tuple(sorted(about, key=lambda one: (-one.wrong, -one.looked_at, one.name))),
        kinds=tuple(carried),
    )
