"""Commands that look after an installation, each a thin door like those in `bot.cli`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_shared import AsJson


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (reread, doctor, accuracy):
        app.command()(command)


def reread(
    feature: Annotated[
        str | None, typer.Option(help="Only tickets that this feature (its id) concerns.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read stored tickets again, after rules, model or catalogue changed."""
    from bot.cli_reread import run

    raise typer.Exit(run(feature, as_json))


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Count everything anew and compare.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What is wrong, and what to do."""
    from bot.cli_doctor import run as examine

    raise typer.Exit(examine(as_json, deep=deep))


def accuracy(as_json: AsJson = False) -> None:
    """What people corrected of how tickets were read, counted."""
    from bot.cli_accuracy import run

    run(as_json)
