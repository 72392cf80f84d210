"""`earshot ingest`: files in, a count out, every bad row said."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot import json_reports
from bot.cli_shared import opened, print_json
from bot.config import load
from bot.errors import UserError
from bot.reports import IngestReport
from bot.service.context import Context
from bot.service.ingest import BAD_ROWS_KEPT, ingest
from bot.sources.files import FileReader, read

BAD_ROWS_SHOWN = 20
PLAIN_LINE_EVERY = 10_000


def run(
    paths: Sequence[str],
    *,
    source: str | None,
    mapping: Mapping[str, str],
    processes: int | None,
    dry_run: bool,
    as_json: bool,
    now: datetime,
) -> int:
    """Take in all files; returns the exit code. Raises `UserError` when nothing can be done."""
    missing = [path for path in paths if path != "-" and not Path(path).is_file()]
    if missing:
        raise UserError(f"No such file: {', '.join(missing)}. Nothing was taken in.")
    err = Console(stderr=True, highlight=False, emoji=False, markup=False)
    context = None if dry_run else opened(load(), create=True)
    reports: list[IngestReport] = []
    refused: list[str] = []
    for path in paths:
        try:
            with _open(path, source, mapping, now) as reader:
                if context is None:
                    sys.stdout.write("\n".join(reader.describe().describe()) + "\n")
                    continue
                reports.append(_take_in(context, reader, err, now, processes))
        except UserError as error:
            refused.append(str(error))
            err.print(str(error))
    if dry_run:
        return 1 if refused else 0
    return _finish(_sum(reports), refused, as_json, err)


@contextmanager
def _open(
    path: str, source: str | None, mapping: Mapping[str, str], now: datetime
) -> Iterator[FileReader]:
    where = sys.stdin.buffer if path == "-" else Path(path)
    name = "standard input" if path == "-" else Path(path).name
    with read(where, name=name, now=now, source=source, mapping=mapping) as reader:
        yield reader


def _take_in(
    context: Context, reader: FileReader, err: Console, now: datetime, processes: int | None
) -> IngestReport:
    for note in reader.plan.notes:
        err.print(f"{reader.plan.name}: {note}")
    with _progress(reader, err) as tell:
        return ingest(context, reader, now, tell, processes=processes)


@contextmanager
def _progress(reader: FileReader, err: Console) -> Iterator[Callable[[int], None]]:
    """A bar over the file's bytes on a terminal, plain lines elsewhere."""
    begin = time.monotonic()

    def rate(rows: int) -> str:
        return f"{rows:,} rows, {rows / max(time.monotonic() - begin, 0.001):,.0f} a second"

    if not err.is_terminal:
        yield _plain_lines(lambda rows: err.print(f"{reader.plan.name}: {rate(rows)}"))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        MofNCompleteColumn()
        if reader.total_bytes is None
        else TextColumn("{task.percentage:.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(reader.plan.name, total=reader.total_bytes, rate="")
        yield lambda rows: bar.update(task, completed=reader.bytes_read, rate=rate(rows))


def _plain_lines(say: Callable[[int], None]) -> Callable[[int], None]:
    """Say how far it is once for so many rows, however many a batch has."""
    due = PLAIN_LINE_EVERY

    def tell(rows: int) -> None:
        nonlocal due
        if rows >= due:
            due = (rows // PLAIN_LINE_EVERY + 1) * PLAIN_LINE_EVERY
            say(rows)

    return tell


def _sum(reports: Sequence[IngestReport]) -> IngestReport:
    return IngestReport(
        read=sum(report.read for report in reports),
        new=sum(report.new for report in reports),
        changed=sum(report.changed for report in reports),
        same=sum(report.same for report in reports),
        bad_count=sum(report.bad_count for report in reports),
        bad=tuple(bad for report in reports for bad in report.bad)[:BAD_ROWS_KEPT],
        notes=tuple(note for report in reports for note in report.notes),
        removed=sum(report.removed for report in reports),
    )


def _finish(report: IngestReport, refused: Sequence[str], as_json: bool, err: Console) -> int:
    for bad in report.bad[:BAD_ROWS_SHOWN]:
        err.print(f"{bad.path}:{bad.line}: {bad.reason}")
    if report.bad_count > BAD_ROWS_SHOWN:
        err.print(f"… and {report.bad_count - BAD_ROWS_SHOWN} more bad rows")
    if as_json:
        print_json(json_reports.ingest(report) | {"refused": list(refused)})
    else:
        sys.stdout.write(_sentence(report) + "\n")
        for note in report.notes:
            sys.stdout.write(f"Note: {note}.\n")
    good = report.read - report.bad_count
    if not good:
        return 1
    return 3 if report.bad_count or refused else 0


def _sentence(report: IngestReport) -> str:
    if report.read and report.read == report.same:
        return f"{report.read} tickets read: nothing has changed."
    removed = f"{report.removed} deleted at the source, " if report.removed else ""
    return (
        f"{report.read} rows read: {report.new} new tickets, {report.changed} changed, "
        f"{report.same} the same, {removed}{report.bad_count} bad."
    )
