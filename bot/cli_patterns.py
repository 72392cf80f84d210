"""`earshot patterns`: what the operator masks besides the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson

patterns_app = typer.Typer(
    help="Your own patterns, masked in every ticket as [private 1].", invoke_without_command=True
)
Name = Annotated[str, typer.Argument(help="What it is, such as contract.")]


@patterns_app.callback()
def patterns(asked: typer.Context, as_json: AsJson = False) -> None:
    """Your own patterns, masked in every ticket as [private 1]."""
    if asked.invoked_subcommand is not None:
        return
    from bot.service import patterns as service

    file = _file()
    found = service.every(file)
    if as_json:
        written = [{"name": each.name, "expression": each.expression} for each in found]
        shared.print_json({"file": str(file), "patterns": written})
        return
    for each in found:
        shared.say(f"{each.name}  {each.expression}")
    if not found:
        shared.say("There are no patterns. `earshot patterns add contract 'CT-[0-9]{6}'` adds one.")


@patterns_app.command("add")
def add(
    name: Name,
    expression: Annotated[str, typer.Argument(help=r"RE2, such as 'CT-\d{6}'.")],
) -> None:
    """Try a pattern on hostile and on ordinary texts, and keep it."""
    from bot.service import patterns as service

    made = service.add(_file(), name, expression)
    shared.say(f"{made.name} is masked as [private 1] in tickets that come in from now on.")


@patterns_app.command("remove")
def remove(name: Name) -> None:
    """Forget a pattern. What was masked stays masked."""
    from bot.service import patterns as service

    service.remove(_file(), name)
    shared.say(f"{name} is masked no longer in tickets that come in from now on.")


def _file() -> Path:
    from bot.config import load
    from bot.errors import UserError

    found = load().patterns_file
    if found is None:
        raise UserError("No file is named that patterns may be kept in.")
    return found
