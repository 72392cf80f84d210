"""What commands of the command line share: settings, database, moment and ways to print."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BufferedIOBase
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from bot.app import Earshot
    from bot.config import Settings
    from bot.reports import Message
    from bot.service.context import Context

EARLIEST, LATEST = 1980, 2200
LOG_LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
at_end: Final = ExitStack()
"""What is open until the command ends."""


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")]
Now = Annotated[
    str | None,
    typer.Option("--now", help="Look from another moment (ISO 8601; a day is 00:00 UTC)."),
]


def context(*, create: bool = False) -> Context:
    """The installation that the settings name. It is closed when the command ends."""
    from bot.config import load

    return opened(load(), create=create)


def opened(settings: Settings, *, create: bool = False) -> Context:
    from bot.service.context import open_context

    found = open_context(settings, create=create)
    at_end.callback(found.store.close)
    return found


def build() -> Earshot:
    """What `run` and `serve` listen with. Raises `UserError` where it may not start."""
    from bot import logs
    from bot.app import build_app
    from bot.config import load

    settings = load()
    logs.write_to_standard_error(settings.log_level, LOG_LINE)
    context = opened(settings, create=True)
    with context.store.write() as session:
        context.keys(session)
    return build_app(context)


def end(*, finished: bool) -> None:
    """End now where something still waits for Slack: Python itself would wait for its threads."""
    if not finished:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is not a moment; write 2026-11-03 or an ISO time"
        ) from error
    if not EARLIEST <= found.year < LATEST:
        raise typer.BadParameter(f"{text!r} is too far away; give a year from {EARLIEST} on")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def standard_input() -> BufferedIOBase:
    """Its bytes; a terminal's or a pipe's stream has them under its text."""
    return cast(BufferedIOBase, sys.stdin.buffer)


def console() -> Console:
    from rich.console import Console

    return Console(highlight=False, emoji=False, markup=False)


def show(message: Message) -> None:
    from bot.terminal import show

    show(message, console())


def print_json(value: dict[str, Any]) -> None:
    """Half a character, as a terminal may hand it over, is escaped."""
    written = json.dumps(value, ensure_ascii=False, indent=2)
    if any("\ud800" <= character <= "\udfff" for character in written):
        written = json.dumps(value, indent=2)
    sys.stdout.write(written + "\n")


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def storage_faults() -> tuple[type[Exception], ...]:
    """What a full disk, a locked database or an unreadable file raise; looked up when needed."""
    from sqlalchemy.exc import DatabaseError

    return DatabaseError, OSError


def storage_sentence(error: Exception) -> str:
    """A sentence without a value of any row."""
    reason = getattr(error, "orig", None) or error
    return (
        f"The database or a file cannot be used just now: {reason}. What was stored before stays; "
        "mend the cause and run the same command again."
    )
