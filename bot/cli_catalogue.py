"""`earshot features`: its commands, each a thin door like those in `bot.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import cli_shared as shared
from bot.cli_shared import AsJson

features_app = typer.Typer(help="The catalogue of features.", no_args_is_help=True)


@features_app.command("list")
def list_features(
    as_json: AsJson = False,
    toml: Annotated[bool, typer.Option("--toml", help="As a file to begin with.")] = False,
) -> None:
    """The features as they stand."""
    from bot import cli_features

    cli_features.list_all(shared.context(), shared.console(), as_json=as_json, as_toml=toml)


@features_app.command("import")
def import_features(
    path: Annotated[Path, typer.Argument(help="The catalogue (TOML).")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also what was edited in Slack.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a file the catalogue, and match all stored tickets against it again."""
    from bot import cli_features

    cli_features.bring_in(
        shared.context(create=True), shared.console(), path, overwrite=overwrite, as_json=as_json
    )


@features_app.command("suggest")
def suggest_features(
    as_json: AsJson = False,
    toml: Annotated[bool, typer.Option("--toml", help="As entries to paste into a file.")] = False,
) -> None:
    """Features and aliases that customers speak of and the catalogue does not know."""
    from bot import cli_features

    cli_features.suggest(shared.context(), shared.console(), as_json=as_json, as_toml=toml)
