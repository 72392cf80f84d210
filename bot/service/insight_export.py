"""All insights with all that is known of them, for those who take them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.reports import Deed, ExportedInsight
from bot.service import audit, insight_views
from bot.service import catalogue as catalogues
from bot.service.context import Context
from storage import effect_counts, insight_lists, insight_tickets
from storage.insight_lists import Wanted

AT_ONCE: Final = 200


def every(context: Context, until: datetime, now: datetime) -> Iterator[ExportedInsight]:
    """Insights that were made before `until`, the newest first; not those merged into another.

    That they were taken out is audited, at `now`.
    """
    with context.store.write() as session:
        audit.record(session, now, Deed.EXPORTED, "insights")
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        done, wanted = 0, Wanted(until=until)
        while True:
            values, total = insight_lists.find(session, wanted, AT_ONCE, done)
            lines = insight_views.lines(session, context, catalogue, values)
            for value, line in zip(values, lines, strict=True):
                rows = insight_tickets.tickets_of(session, value.id)
                names = effect_counts.names(session, rows)
                yield ExportedInsight(
                    line=line,
                    tagged_by=value.tagged_by,
                    note=value.note,
                    shipped_what=value.shipped_what,
                    declined_why=value.declined_why,
                    ticket_ids=tuple(names[row] for row in rows if row in names),
                )
            done += len(values)
            if not values or done >= total:
                return
