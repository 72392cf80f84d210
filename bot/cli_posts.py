"""`earshot digest` and `earshot posts`: what would be posted, what was, and what is in doubt."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson

posts_app = typer.Typer(
    help="Messages to Slack that wait, are in doubt or failed.", invoke_without_command=True
)
LARGEST = 2**31 - 1
"""Of the database's numbers."""


def _number(written: str) -> int:
    """A message's number in the list, as it was typed."""
    if not (written.isascii() and written.isdigit() and int(written[:11]) <= LARGEST):
        raise typer.BadParameter(f"'{written}' is no message's number: `earshot posts` lists them")
    return int(written)


Id = Annotated[
    int, typer.Argument(parser=_number, metavar="ID", help="The message's number in the list.")
]


def digest(
    channel: Annotated[str, typer.Option(help="The channel's id, such as C0123456789.")],
    at: Annotated[
        str | None,
        typer.Option("--at", "--now", help="As it looks from another moment (ISO 8601)."),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Post the digest of that day, once.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What a channel's digest would say and why; with --send it is posted."""
    from bot import json_upkeep
    from bot.blocks import digest as screens
    from bot.blocks import posts as lines
    from bot.service import channels, digest_due, schedule
    from bot.service import digest as service

    if send and as_json:
        raise typer.BadParameter("--send posts, --json prints; leave out one of the two")
    moment = shared.moment(at)
    context = shared.context()
    settings = channels.of_any_team(context, channel)
    if send:
        sent = digest_due.send(context, settings, moment, shared.moment(None))
        shared.show(screens.render(sent.report, sent.day))
        shared.say(lines.sent(sent))
        return
    report = service.build(context, settings, moment)
    if as_json:
        shared.print_json(
            json_upkeep.digest(report, digest_due.decision(context, settings, moment))
        )
        return
    shared.show(screens.render(report, schedule.local(settings, moment).date()))
    decision = digest_due.decision(context, settings, moment)
    shared.show(lines.reasons(report, decision, is_set_up=bool(settings.team)))


@posts_app.callback()
def posts(
    chosen: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those that were sent, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Messages to Slack that wait, are in doubt or failed."""
    if chosen.invoked_subcommand:
        return
    from bot import json_upkeep
    from bot.blocks import posts as screens
    from bot.service import posts as service

    report = service.listed(shared.context(), everything=everything)
    if as_json:
        shared.print_json(json_upkeep.posts(report))
    else:
        shared.show(screens.render(report))


@posts_app.command()
def retry(id: Id) -> None:
    """Send a message in doubt again: you looked, and it is not in its channel."""
    from bot.service import posts as service

    service.retry(shared.context(), id, shared.moment(None))
    shared.say(f"Message {id} is sent again by `earshot run` or `earshot serve`.")


@posts_app.command()
def drop(
    id: Id,
    seen: Annotated[bool, typer.Option("--seen", help="It stands in its channel.")] = False,
) -> None:
    """Leave a message in doubt as it is: it is not sent again."""
    from bot.service import posts as service

    service.drop(shared.context(), id, shared.moment(None), seen=seen)
    shared.say(f"Message {id} is not sent again.")
