"""`earshot alarms` and `earshot note`: what rose when, and what happened to the product."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson, Now


def alarms(
    replay: Annotated[
        bool,
        typer.Option("--replay", help="What would have been raised when, over stored history."),
    ] = False,
    since: Annotated[
        str | None, typer.Option("--from", help="Replay from this moment on (ISO 8601).")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Replay up to this moment (ISO 8601).")
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """More customers than usual with a feature or a theme: alarms that last, and recent ones."""
    from bot import json_upkeep
    from bot.blocks import alarm as screens
    from bot.service import alarms as service

    at = shared.moment(now)
    if (since or until) and not replay:
        raise typer.BadParameter("--from and --to are for --replay")
    if replay:
        begin = shared.moment(since) if since else None
        end = shared.moment(until) if until else None
        if begin and end and begin >= end:
            raise typer.BadParameter("--from has to lie before --to")
        found = service.replay(shared.context(), begin, end, at)
    else:
        found = service.listed(shared.context(), at)
    if as_json:
        shared.print_json(json_upkeep.alarms(found))
    else:
        shared.show(screens.listed(found))


def note(
    text: Annotated[str, typer.Argument(help='What happened, such as "deployed 4.2".')],
    at: Annotated[
        str | None, typer.Option("--at", help="When (ISO 8601); now, unless said.")
    ] = None,
    feature: Annotated[
        str | None, typer.Option("--feature", metavar="F", help="The feature that it is about.")
    ] = None,
) -> None:
    """Note a deploy or an incident: it is shown beside alarms of its time."""
    from bot.blocks.alarm import render_note
    from bot.service import notes as service

    when = shared.moment(at)
    shared.say(render_note(service.add(shared.context(), text, when, feature, shared.moment(None))))
