"""`earshot forget`: a customer, an account or a ticket, and everything that was made of it."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson

if TYPE_CHECKING:
    from bot.reports import Forget, ForgetReport
    from bot.service.context import Context

WAIT: Final = timedelta(seconds=20)
_LOOK: Final = 0.5
LEFT: Final = 3
"""Exit code: done, but something is left."""


def forget(
    customer: Annotated[
        str | None, typer.Option(metavar="E-MAIL|ID", help="Who wrote; - reads it from a pipe.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="NAME|ID", help="All who wrote for a company.")
    ] = None,
    ticket: Annotated[
        str | None, typer.Option(metavar="SOURCE:ID", help="One ticket; its address does as well.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option(help="Show what would go, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a customer, an account or a ticket for good, also from posts in Slack, with proof."""
    from bot import json_forget
    from bot.blocks import forgetting as screens
    from bot.service import forget as service

    what, typed = _asked(customer, account, ticket)
    if as_json and not (yes or dry_run):
        raise typer.BadParameter("--json asks nothing: add --yes, or --dry-run to look first")
    context, now = shared.context(), shared.moment(None)
    if dry_run or not yes:
        planned = service.look(context, what, typed, now)
        if dry_run and as_json:
            shared.print_json(json_forget.forgotten(planned))
        else:
            shared.show(screens.preview(planned))
        if dry_run:
            return
        if not typer.confirm("Remove all of it for good?"):
            shared.say("Nothing was removed.")
            raise typer.Exit(1)
    report = service.forget(context, what, typed, now)
    report = _edited(context, what, typed, report)
    if as_json:
        shared.print_json(json_forget.forgotten(report))
    else:
        shared.show(screens.render(report))
    raise typer.Exit(0 if report.is_done else LEFT)


def _asked(customer: str | None, account: str | None, ticket: str | None) -> tuple[Forget, str]:
    from bot.reports import Forget

    given = [
        (what, value)
        for what, value in (
            (Forget.CUSTOMER, customer),
            (Forget.ACCOUNT, account),
            (Forget.TICKET, ticket),
        )
        if value is not None
    ]
    if len(given) != 1:
        raise typer.BadParameter("say one of --customer, --account and --ticket")
    [(what, value)] = given
    # What stands on a command line is kept by shells, and seen by others on the machine.
    return what, sys.stdin.readline() if value == "-" else value


def _edited(context: Context, what: Forget, typed: str, report: ForgetReport) -> ForgetReport:
    """Wait a little for a running Earshot to edit the posts; without a token there is none."""
    from bot.service import forget as service

    until = time.monotonic() + WAIT.total_seconds()
    while context.settings.bot_token and report.posts.waiting and time.monotonic() < until:
        time.sleep(_LOOK)
        report = replace(report, posts=service.posts(context, what, typed))
    return report
