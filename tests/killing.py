"""Imports in processes of their own, to be killed, and what is in the database afterwards."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table as SqlTable
from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from storage import recount, search
from storage.database import Store
from storage_rows import is_index_whole, opened, rows

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
STORIES = (
    "The checkout crashes when I pay with a saved card, and my basket is empty afterwards.",
    "I cannot find where to download the invoice; billing shows last year only.",
    "Please add a dark mode to the search page, my eyes hurt in the evening.",
    "I love the new export, it saves me an hour each week. Thanks to all of you!",
    "After the update the report shows other totals than before. I did not expect that.",
    "Write to me at {who}@example.org, the password reset mail never arrives.",
)
TAGS = ("checkout", "billing", "search", "export")
Table = list[tuple[object, ...]]


def write_tickets(path: Path, count: int, seed: int = 1, first: int = 0) -> None:
    """A file of tickets, one in twenty of them twice in another version."""
    chance = random.Random(seed)
    lines = []
    for number in range(first, first + count):
        who = f"customer{chance.randrange(count)}"
        ticket = {
            "id": str(number),
            "created_at": (NOW - timedelta(minutes=7 * number + 1)).isoformat(),
            "updated_at": (NOW - timedelta(minutes=number)).isoformat(),
            "subject": f"About order {number}",
            "description": " ".join(chance.sample(STORIES, 3)).format(who=who),
            "tags": chance.sample(TAGS, chance.randrange(3)),
            "requester": {"email": f"{who}@example.org"},
        }
        lines.append(ticket)
        if chance.random() < 0.05:
            lines.append(ticket | {"description": "Solved.", "updated_at": NOW.isoformat()})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


class House:
    """A database with its key in a folder, and imports into it; a file unless a URL is given."""

    def __init__(self, folder: Path, key: Path, processes: int, url: str | None = None) -> None:
        self.path = folder / "earshot.db"
        self.url = url or f"sqlite:///{self.path}"
        self.processes = processes
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.url,
            "EARSHOT_KEY_FILE": str(key),
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
        }

    def start(self, tickets: Path) -> subprocess.Popen[str]:
        """An import that has begun."""
        given = ["ingest", str(tickets), "--source", "desk", "--now", NOW.isoformat()]
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *given, "--processes", str(self.processes)],
            cwd=self.path.parent,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, tickets: Path) -> str:
        """An import from beginning to end; what it says. Raises `RuntimeError` if it fails."""
        with self.start(tickets) as process:
            said = process.communicate()[0]
        if process.returncode:
            raise RuntimeError(said)
        return said

    def stored(self) -> int:
        """How many tickets are stored; 0 where there is no table yet."""
        place = make_url(self.url).database
        if self.url.startswith("sqlite") and not Path(place or "").exists():
            return 0
        with opened(self.url) as store:
            if not inspect(store.engine).has_table("ticket"):
                return 0
            return int(rows(store, "SELECT count(*) FROM ticket")[0][0])

    def wait_for_more(self, process: subprocess.Popen[str], before: int = 0) -> None:
        """Wait until more than so many tickets are stored, or the process has ended."""
        while process.poll() is None and self.stored() <= before:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.01)

    def tables(self) -> dict[str, Table]:
        """All rows of all tables, those of the index by what it finds.

        Of `meta` only the keys: its values tell one database from another. Tickets are numbered as
        they came: a server leaves the numbers out that a killed import had been given.
        """
        with opened(self.url) as store:
            numbers = rows(store, "SELECT id FROM ticket ORDER BY id")
            place = {row: number for number, (row,) in enumerate(numbers, 1)}
            found = {
                name: _numbered(store, table, place)
                for name, table in SQLModel.metadata.tables.items()
            }
            found["meta"] = sorted((key,) for key, *_ in found["meta"])
            with store.read() as session:
                for word in ("checkout", "invoice", "solved", "reset", "export"):
                    hits = session.execute(search.hits(word, (1, max(place, default=1))))
                    found[f"index: {word}"] = sorted((place[row],) for (row,) in hits)
            assert is_index_whole(store)
        return found

    def miscounted(self) -> list[str]:
        """A sentence for every count that is not as the stored tickets say."""
        with opened(self.url) as store, store.read() as session:
            return list(recount.differences(session))


def _numbered(store: Store, table: SqlTable, place: Mapping[int, int]) -> Table:
    """A table's rows, in which tickets are numbered by `place`."""
    columns = table.c.keys()
    of_ticket = {"id"} if table.name == "ticket" else {"ticket_id", "lowest_row", "highest_row"}
    with store.read() as session:
        return sorted(
            (
                tuple(
                    place.get(value, value) if name in of_ticket else value
                    for name, value in zip(columns, row, strict=True)
                )
                for row in session.execute(select(table))
            ),
            key=repr,
        )


def kill_at_random(
    house: House, tickets: Path, chance: random.Random, seconds: float
) -> int | None:
    """Start an import and kill it at any instant of the so many seconds that it takes.

    Three times out of four it is killed soon after it stored something. Returns how many tickets
    were stored then, or None where it was done before. Raises `RuntimeError` if it failed.
    """
    process = house.start(tickets)
    wait = chance.uniform(0, seconds)
    if chance.random() < 0.75:
        before = house.stored()
        house.wait_for_more(process, before)
        wait = chance.uniform(0, seconds / 10)
    try:
        said = process.communicate(timeout=wait)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return house.stored()
    if process.returncode:
        raise RuntimeError(said)
    return None


def differences(whole: House, killed: House) -> list[str]:
    """In what a killed import differs from one that nobody killed, and what is miscounted."""
    ours, theirs = whole.tables(), killed.tables()
    names = sorted(ours.keys() | theirs)
    told = [f"{name} differs" for name in names if ours.get(name) != theirs.get(name)]
    return told + killed.miscounted()
