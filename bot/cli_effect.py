"""`earshot effect` and `earshot insights export`: whether fixes helped, and all insights as CSV."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson, Now


def effect(
    insight: Annotated[int | None, typer.Argument(help="The number of an insight.")] = None,
    feature: Annotated[
        str | None, typer.Option("--feature", metavar="F", help="A feature, in its place.")
    ] = None,
    shipped: Annotated[
        str | None,
        typer.Option("--shipped", metavar="DAY", help="When it shipped; else its own day."),
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Did our fix help? Customers before and after it shipped, beside the rest of the queue."""
    from bot import json_upkeep
    from bot.blocks import effect as screens
    from bot.service import effect as service

    if (insight is None) == (feature is None):
        raise typer.BadParameter("give the number of an insight, or --feature")
    if feature is not None and shipped is None:
        raise typer.BadParameter("--feature needs --shipped")
    at = shared.moment(now)
    day = shared.moment(shipped).date() if shipped else None
    if feature is not None and day is not None:
        report = service.of_feature(shared.context(), feature, day, at)
    else:
        report = service.of_insight(shared.context(), insight or 0, at, day)
    if as_json:
        shared.print_json(json_upkeep.effect(report))
    else:
        shared.show(screens.render(report))


def export(now: str | None) -> None:
    """Write all insights to standard output."""
    from bot import csv_export
    from bot.service import insight_export

    at = shared.moment(now)
    found = insight_export.every(shared.context(), at, shared.moment(None))
    # A spreadsheet's lines end in CR LF on any system.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    csv_export.write(found, sys.stdout)
