"""`earshot leak`: what of a ticket nobody should see, never as an argument.

Arguments are seen by every user of a machine and stay in the shell's history, so words are read
from standard input, or typed without being shown.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson

MOST = 10_000


def leak(
    ticket: Annotated[str, typer.Argument(help="The ticket's id or address at its help desk.")],
    source: Annotated[str | None, typer.Option(help="Where it is from, if ids repeat.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Withhold its whole text.")] = False,
    others: Annotated[
        bool, typer.Option("--others", help="Mask the same words in other tickets, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mask what leaked of a ticket; the words are typed or piped in, one run of words a line."""
    from dataclasses import asdict

    from bot.blocks import leaks as screens
    from bot.reports import LeakRequest
    from bot.service import audit, leaks

    context, moment = shared.context(), shared.moment(None)
    row = leaks.row_of(context, ticket, source)
    request = LeakRequest(row, "" if whole else _words(), is_whole=whole)
    report = leaks.report(context, request, moment, by=audit.OPERATOR)
    masked = [report]
    if others and report.offered:
        masked.append(leaks.mask_offered(context, row, moment, by=audit.OPERATOR))
    leaks.tidy(context)
    if as_json:
        shared.print_json({"masked": [asdict(each) for each in masked]})
        return
    for each in masked:
        shared.say(screens.told(each))
    if report.offered and not others:
        shared.say(f"{report.offered} other tickets hold the same: --others masks it there, too.")


def _words() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("What should nobody see (not shown)", hide_input=True))
    return shared.standard_input().read(MOST).decode("utf-8", "replace")
