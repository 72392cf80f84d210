"""Who did what, for the operator's terminal."""

from __future__ import annotations

from bot.blocks.kit import QUOTE, Block, context, header, line, message, ours, rich, theirs
from bot.reports import AuditLine, AuditReport, Message

SIZE = 12_000


def render(report: AuditReport) -> Message:
    """A page of the audit, the newest first, and how to see the next."""
    asked = _asked(report)
    if not report.lines:
        text = f"Nothing is in the audit{asked}."
        return message(text, [rich(line(ours(text)))], SIZE)
    entries = "1 entry" if report.total == 1 else f"{report.total:,} entries"
    title = f"Audit: {entries}{asked}"
    blocks: list[Block | None] = [header(title)]
    blocks += [rich(line(theirs(_line(each), QUOTE))) for each in report.lines]
    pages = (report.total - 1) // report.per_page + 1
    if pages > 1:
        here = f"Page {report.page + 1} of {pages}"
        older = f": `--page {report.page + 2}` goes on." if report.page + 1 < pages else "."
        blocks.append(context(here + older))
    return message("Audit", blocks, SIZE)


def _asked(report: AuditReport) -> str:
    since = f" since {report.since:%Y-%m-%d %H:%M} UTC" if report.since else ""
    by = f" by {report.by}" if report.by else ""
    return f"{since}{by}{f' of {report.deed}' if report.deed else ''}"


def _line(one: AuditLine) -> str:
    where = f" in {one.team}" if one.team else ""
    return f"{one.at:%Y-%m-%d %H:%M:%S} UTC · {one.by}{where} · {one.deed} · {one.about}"
