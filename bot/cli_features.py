"""`earshot features …`: the catalogue in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import json_reports
from bot.cli_shared import moment, print_json
from bot.errors import UserError
from bot.reports import Feature
from bot.service import catalogue
from bot.service.context import Context
from bot.voice.catalogue_file import CatalogueFault, parse, to_toml
from bot.voice.suggestions import Suggestion, with_suggestions

EXAMPLE = Feature(
    "checkout",
    "Checkout",
    ("payment page",),
    ("checkout", "payments"),
    ("C0123456789",),
    "Paying for what is in the cart, up to the order's confirmation.",
)


def read_catalogue(path: Path) -> list[Feature]:
    """The features of a TOML file. Raises `UserError` with every fault of it."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except CatalogueFault as error:
        raise UserError(f"{path.name} is not a catalogue:\n{error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {type(error).__name__}.") from error


def list_all(context: Context, console: Console, *, as_json: bool, as_toml: bool) -> None:
    if as_toml:
        sys.stdout.write(to_toml(catalogue.export(context, moment(None)) or [EXAMPLE]))
        return
    features = catalogue.every(context)
    if as_json:
        print_json({"features": [json_reports.feature(feature) for feature in features]})
        return
    if not features:
        console.print("No features yet. `earshot features import FILE` brings some in.")
        return
    table = Table("Id", "Name", "Aliases", "Tags", "Owned by", box=None, pad_edge=False)
    for feature in features:
        cells = (feature.id, feature.name, *map(", ".join, (feature.aliases, feature.tags)))
        table.add_row(*(Text(cell) for cell in (*cells, ", ".join(feature.channels))))
    console.print(table)


def bring_in(
    context: Context, console: Console, path: Path, *, overwrite: bool, as_json: bool
) -> None:
    change = catalogue.bring_in(context, read_catalogue(path), overwrite=overwrite, at=moment(None))
    if as_json:
        print_json(
            {
                "features": change.features,
                "removed": change.removed,
                "rematched": change.rematched,
                "kept": list(change.kept),
                "lost": list(change.lost),
            }
        )
        return
    console.print(
        f"{change.features} features in the catalogue, {change.removed} removed; "
        f"{change.rematched} tickets matched again."
    )
    if change.kept:
        console.print(
            f"Kept as edited in Slack, over this file: {', '.join(change.kept)}. "
            "`earshot features list --toml` writes the catalogue as it stands, "
            "`--overwrite` takes the file's word."
        )
    if change.lost:
        console.print(f"Edits made in Slack are gone of: {', '.join(change.lost)}.")


def suggest(context: Context, console: Console, *, as_json: bool, as_toml: bool) -> None:
    found = catalogue.suggestions(context)
    if as_json:
        print_json({"suggestions": [asdict(one) for one in found]})
        return
    if as_toml:
        sys.stdout.write(_fragment(with_suggestions(catalogue.every(context), found)))
        return
    if not found:
        console.print("Nothing to suggest: too few tickets, or the catalogue knows it all.")
        return
    table = Table("Tickets", "Name", "Alias of", "Why", "Such as", box=None, pad_edge=False)
    for one in found:
        cells = (str(one.tickets), one.name, one.for_feature or "", one.reason)
        table.add_row(*(Text(cell) for cell in (*cells, ", ".join(one.ticket_ids))))
    console.print(table)


def _fragment(changed: Sequence[tuple[Feature, tuple[Suggestion, ...]]]) -> str:
    """Entries to paste into a catalogue, each below the reasons for it."""
    parts = []
    for feature, gained in changed:
        why = [f"# {one.name}: {one.reason}, such as {', '.join(one.ticket_ids)}" for one in gained]
        # A line break in a ticket's id would end the comment.
        parts.append("\n".join(" ".join(line.split()) for line in why) + "\n" + to_toml([feature]))
    return "\n".join(parts)
