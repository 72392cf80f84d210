"""`earshot reread` in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import json_reports
from bot.cli_shared import context as opened
from bot.cli_shared import print_json
from bot.service import reread
from bot.service.reread import Progress as Tell

PLAIN_LINE_EVERY = 10_000


def run(feature: str | None, as_json: bool) -> int:
    """Read all tickets again, or those that `feature` concerns. Raises `UserError`."""
    context = opened()
    with _progress(Console(stderr=True, highlight=False, emoji=False, markup=False)) as tell:
        if feature is None:
            report = reread.everything(context, tell)
        else:
            report = reread.of_feature(context, feature, tell)
    if as_json:
        print_json(json_reports.reread(report))
    else:
        about = f" for {report.feature.name}" if report.feature else ""
        sys.stdout.write(
            f"{report.read:,} tickets read again{about}: "
            f"{report.changed:,} mean something else than before.\n"
        )
    return 0


@contextmanager
def _progress(err: Console) -> Iterator[Tell]:
    """A bar on a terminal, plain lines elsewhere."""
    if not err.is_terminal:
        said = 0

        def line(read: int, total: int) -> None:
            nonlocal said
            if read // PLAIN_LINE_EVERY > said:
                said = read // PLAIN_LINE_EVERY
                err.print(f"{read:,} of {total:,} tickets read again")

        yield line
        return
    columns = (
        TextColumn("reading again"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda read, total: bar.update(task, completed=read, total=total)
