"""Kill an import at random instants, let it go on, and compare it with one that nobody killed.

    python bench/crash.py [--kills 200] [--tickets 4000] [--processes 2] [--seed 1] [--postgresql]

Each kill is a SIGKILL of a real `earshot ingest`. Killed imports are started again on the same
database; what comes out at the end must be the same in every table, row by row, and the full-text
index and all counts must agree with the texts. Says how far the imports had come when they were
killed. PostgreSQL is that of the tests: `TEST_DATABASE_URL`, or an embedded server.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from databases import Databases, PostgresDatabases, PostgresServer, SqliteDatabases
from killing import House, differences, kill_at_random, write_tickets


@dataclass(frozen=True, slots=True)
class Plan:
    """What is imported and killed, and where."""

    kills: int
    tickets: int
    processes: int
    seed: int
    databases: Databases


def rounds(folder: Path, plan: Plan) -> Iterator[list[int]]:
    """Imports that are killed until they are done; how far each kill let them come.

    Raises `RuntimeError` where one ends otherwise than an import that nobody killed.
    """
    chance, kills = random.Random(plan.seed), plan.kills
    tickets, key = folder / "tickets.jsonl", folder / "earshot.key"
    write_tickets(tickets, plan.tickets, plan.seed)
    (folder / "whole").mkdir()
    whole = House(folder / "whole", key, plan.processes, plan.databases.blank(folder / "whole"))
    begin = datetime.now(UTC)
    whole.finish(tickets)
    seconds = (datetime.now(UTC) - begin).total_seconds()
    while kills > 0:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            house = House(Path(place), key, plan.processes, plan.databases.blank(Path(place)))
            come: list[int] = []
            stored: int | None = 0
            while kills > len(come) and stored is not None:
                stored = kill_at_random(house, tickets, chance, seconds)
                come += [] if stored is None else [stored]
            if stored is not None:
                house.finish(tickets)
            wrong = differences(whole, house)
            if wrong:
                raise RuntimeError(f"after kills at {come}: {', '.join(wrong)}")
        kills -= len(come)
        yield come


@contextmanager
def databases(on_server: bool) -> Iterator[Databases]:
    """Where imports go: into files, or to a server that is stopped at the end."""
    if not on_server:
        yield SqliteDatabases(Path())
        return
    server = PostgresServer()
    yield PostgresDatabases(server)
    server.close()


def main() -> int:
    """Print how many kills left nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--tickets", type=int, default=4_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    done: list[int] = []
    with tempfile.TemporaryDirectory() as folder, databases(given.postgresql) as made:
        plan = Plan(given.kills, given.tickets, given.processes, given.seed, made)
        for come in rounds(Path(folder), plan):
            done += come
            print(f"{len(done)} kills, the last at {come} stored tickets", flush=True)
    between = sum(0 < stored < given.tickets for stored in done)
    print(f"{len(done)} kills, {between} of them between the first and the last stored ticket:")
    print("every table and the full-text index are as after an import that nobody killed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
