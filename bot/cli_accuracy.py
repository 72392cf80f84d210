"""`earshot accuracy` in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import json_reports
from bot.blocks import words
from bot.cli_shared import console, context, print_json, say
from bot.reports import AccuracyReport, ReadAs
from bot.service import accuracy

NOTHING = (
    "Nobody has corrected a ticket yet, so nothing is known of how often tickets are read wrongly "
    "here. Whoever sees one in Slack can correct it; ACCURACY.md has figures of labelled texts."
)
NO_SAMPLE = (
    "Looked at are tickets that were tagged, reacted to or corrected. That is what people came "
    "across and no sample: it does not say how often tickets are read wrongly, nor what was missed."
)


def run(as_json: bool) -> None:
    """Print what people corrected."""
    report = accuracy.report(context())
    if as_json:
        print_json(json_reports.accuracy(report, NO_SAMPLE if report.since else NOTHING))
    elif report.since is None:
        say(NOTHING)
    else:
        _show(report, console())


def _show(report: AccuracyReport, out: Console) -> None:
    since = f", since {words.day(report.since, year=True)}" if report.since else ""
    made = words.number(report.corrections, "correction")
    corrected = words.number(report.corrected, "ticket")
    out.print(
        f"{made} of {corrected}{since}; {words.number(report.looked_at, 'ticket')} looked at."
    )
    _table(out, "Feature", "Not about it", [one for one in report.features if one.looked_at])
    _table(out, "Kind", "Not so", [one for one in report.kinds if one.looked_at or one.missed])
    out.print(f"\n{NO_SAMPLE}")


def _table(out: Console, what: str, wrong: str, rows: Sequence[ReadAs]) -> None:
    missed = any(one.missed for one in rows)
    headers = [what, "Looked at", wrong, *(["Said to be so"] if missed else [])]
    table = Table(*headers, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in rows:
        figures = [one.looked_at, one.wrong, *([one.missed] if missed else [])]
        table.add_row(Text(one.name), *(f"{figure:,}" for figure in figures))
    out.print()
    out.print(table)
