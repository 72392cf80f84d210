"""`earshot backup` and `earshot restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import cli_shared as shared


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also where one is.")] = False,
) -> None:
    """Save the database to one file, while Earshot runs. The key is not in it."""
    from bot.service import backup as service

    context = shared.context()
    made = service.back_up(context, file, shared.moment(None), overwrite=overwrite)
    shared.say(
        f"{made.file} holds {made.tickets:,} tickets ({made.size / 1e6:,.1f} MB), for you only.\n"
        f"Keep a copy of the key {context.settings.key_file} too, at another place: without it "
        "a backup can be read, but not be restored."
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup of this installation.")],
) -> None:
    """Put a backup in the place of the database, which is kept beside it. Stop Earshot first."""
    from bot.config import load
    from bot.service import backup as service

    done = service.restore(load(), file, shared.moment(None))
    shared.say(f"Restored: {done.tickets:,} tickets.")
    if done.aside is not None:
        shared.say(
            f"The database that was there is {done.aside}. It holds customers' words: remove it "
            "when you do not need it any more."
        )
    if done.in_doubt:
        shared.say(
            f"{done.in_doubt} messages waited when the backup was made. They are looked up in "
            "Slack before they are sent, and `earshot posts` shows what cannot be."
        )
    if done.undone:
        shared.say(
            "Erased or reported since the backup was made, and back with it; do it again with "
            f"`earshot forget` and `earshot leak`:\n{chr(10).join(done.undone)}"
        )
