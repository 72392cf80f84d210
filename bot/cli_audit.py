"""`earshot audit`: who did what to which thing."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson


def audit(
    since: Annotated[
        str | None, typer.Option("--since", metavar="ISO", help="From this moment on.")
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="A Slack id; `operator` is who used the command line.")
    ] = "",
    deed: Annotated[str, typer.Option("--deed", help='What was done, such as "exported".')] = "",
    page: Annotated[int, typer.Option("--page", min=1, help="Of 40 entries, from 1.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Who tagged, configured, shared, exported, erased or was refused, and when."""
    from bot import json_upkeep
    from bot.blocks import audit as screens
    from bot.reports import Deed
    from bot.service import audit as service

    if deed and deed not in set(Deed):
        raise typer.BadParameter(f"{deed!r} is no deed; there are {', '.join(Deed)}")
    after = shared.moment(since) if since else None
    report = service.listed(shared.context(), since=after, by=by, deed=deed, page=page - 1)
    if as_json:
        shared.print_json(json_upkeep.audit(report))
    else:
        shared.show(screens.render(report))
