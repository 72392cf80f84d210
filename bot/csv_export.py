"""Insights as CSV that is safe to open in a spreadsheet.

No cell is a formula (`bot.sources.spreadsheet`), and every cell is quoted, so that no separator in
it begins another one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Final, TextIO

from bot.reports import ExportedInsight
from bot.sources.spreadsheet import inert

COLUMNS: Final = (
    "id",
    "title",
    "feature",
    "kind",
    "status",
    "owner",
    "tagged_by",
    "created_at",
    "tickets",
    "customers",
    "ticket_ids",
    "answers",
    "issue_url",
    "shipped_on",
    "shipped_what",
    "verdict",
    "looked_after_weeks",
    "declined_why",
    "note",
)


def write(insights: Iterable[ExportedInsight], out: TextIO) -> None:
    """A heading, then a row for each insight; lines end as RFC 4180 says."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in insights:
        writer.writerow([inert(cell.replace("\0", "")) for cell in _cells(one)])


def _cells(one: ExportedInsight) -> tuple[str, ...]:
    line = one.line
    return (
        str(line.id),
        line.title,
        line.feature.name if line.feature else "",
        line.kind,
        line.status,
        line.owner or "",
        one.tagged_by,
        line.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        str(line.tickets),
        str(line.customers),
        " ".join(one.ticket_ids),
        ", ".join(f"{count} {label}" for label, count in line.answers.items()),
        line.issue_url or "",
        line.shipped_on.isoformat() if line.shipped_on else "",
        one.shipped_what,
        line.looked.verdict if line.looked else "",
        str(line.looked.weeks) if line.looked else "",
        one.declined_why,
        one.note,
    )
