"""Earshot beside raw queries: every screen, command and import, in one run.

    python bench/speed/run.py --size 100000

Fills a temporary folder with invented tickets (`corpus.py`) for Earshot and for the reference
designs, at a tenth of the size and at the size, asks both in turn, and writes `RESULTS.md`.
PostgreSQL and tantivy take part where they can be had; what is missing is said.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import commands
import fuzzy
import imports
import screens
from corpus import END, Corpus
from fill import Filling, Loads, fill
from goals import Imports, Measured, lines
from measure import ROUNDS, Call, Times, machine
from peers import Tantivy, is_installed
from postgres_server import postgres
from project import WITHOUT_MEANING, Installation
from reference_rows import Window
from reference_sqlite import SqliteReference
from results import document

WINDOW = Window(screens.SINCE, END)
IMPORTED = 10_000
ONE_THREAD = "OPENBLAS_NUM_THREADS"
PEERS = ("psycopg", "tantivy")
RESULTS = Path(__file__).parents[1] / "RESULTS.md"


@dataclass(frozen=True, slots=True)
class Stand:
    """What was measured in one database, and what is needed to go on with it."""

    folder: Path
    installation: Installation
    figures: dict[str, Times]
    filling: Filling


def main() -> int:
    """Measure, print the goals, write the file; 0 even where a goal is not met."""
    options = _options()
    if ONE_THREAD not in os.environ:
        # As `earshot` does for itself; it is read when numpy is loaded, which has happened here.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {ONE_THREAD: "1"})
    os.environ.update(WITHOUT_MEANING)
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        run = _measure(options, Path(folder), opened)
    about = [
        f"{options.date}, {options.size:,} tickets, {options.rounds} rounds a figure",
        machine(),
        f"other work on the machine: load average {before:.1f} before, "
        f"{os.getloadavg()[0]:.1f} after",
        *[f"{name}: not installed" for name in PEERS if not is_installed(name)],
    ]
    for line in lines(run):
        print(f"{line.verdict:<14} {line.what}: {line.measured} (must: {line.must})")
    options.out.write_text(document(run, about), encoding="utf-8")
    return 0


def _measure(options: argparse.Namespace, folder: Path, opened: ExitStack) -> Measured:
    small = _on_sqlite(folder / "small", options.size // 10, options.rounds)
    full = _on_sqlite(folder / "full", options.size, options.rounds)
    for stand in (small, full):
        opened.callback(stand.installation.close)
    question = f"{full.installation.corpus.features[0][1]} {screens.DAYS}d"
    _say("commands")
    figures = full.figures | commands.as_processes(full.installation.url, question)
    figures |= commands.through_bolt(full.folder, question, options.rounds)
    _say("imports")
    seen = _imports(folder, small, full, options.texts, question)
    address = None if options.sqlite_only else opened.enter_context(postgres(folder))
    return Measured(
        size=options.size,
        small=small.figures,
        full=figures,
        filling=full.filling,
        imports=seen,
        fuzzy=fuzzy.measure(3),
        postgres=_on_postgres(address, folder, options) if address else {},
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="tickets; at least 20,000")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--date", default=f"{datetime.now(UTC):%Y-%m-%d}")
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--texts", type=Path, help="a gzipped CSV export of real tickets")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


def _on_sqlite(folder: Path, size: int, rounds: int) -> Stand:
    _say(f"SQLite, {size:,} tickets")
    folder.mkdir()
    corpus = Corpus(size)
    installation = Installation(f"sqlite:///{folder / 'earshot.db'}", corpus, folder)
    names = [id for id, _, _ in corpus.features]
    reference = SqliteReference(folder / "reference.db", names, WINDOW)
    tantivy = Tantivy(folder / "tantivy", WINDOW) if is_installed("tantivy") else None
    others: list[Loads] = [tantivy] if tantivy else []
    filling = fill(corpus, installation, reference, others, _say)
    installation.tag()
    peers: Mapping[str, Call] = {}
    if tantivy:
        tantivy.finish()
        peers = {"tantivy 10 %": lambda: tantivy.search(screens.OFTEN)}
    _agree(installation, reference)
    figures = screens.measure(installation, reference, peers, rounds)
    reference.close()
    return Stand(folder, installation, figures, filling)


def _agree(installation: Installation, reference: screens.Reference) -> None:
    wrong = screens.disagreements(installation, reference)
    if wrong:
        raise SystemExit("project and reference count differently: " + "; ".join(wrong))


def _imports(folder: Path, small: Stand, full: Stand, texts: Path | None, question: str) -> Imports:
    files = [folder / f"export-{number}.jsonl" for number in range(3)]
    for number, path in enumerate(files):
        imports.write_export(path, IMPORTED, seed=100 + number)
    real = None
    if texts and texts.is_file():
        imports.beginning(texts, IMPORTED, folder / "real.csv")
        url = f"sqlite:///{folder / 'real.db'}"
        Installation(url, full.installation.corpus, folder).close()
        real = imports.take_in(url, folder / "real.csv")
    idle, busy = imports.ask_meanwhile(full.installation, files[2], question)
    return Imports(
        small=imports.take_in(small.installation.url, files[0]),
        full=imports.take_in(full.installation.url, files[1]),
        real=real,
        idle=idle,
        busy=busy,
    )


def _on_postgres(address: str, folder: Path, options: argparse.Namespace) -> dict[str, Times]:
    from reference_postgres import PostgresReference

    _say(f"PostgreSQL, {options.size:,} tickets")
    corpus = Corpus(options.size)
    reference = PostgresReference(address, [id for id, _, _ in corpus.features], WINDOW)
    installation = Installation(address, corpus, folder)
    fill(corpus, installation, reference, [], _say)
    reference.finish()
    installation.tag()
    installation.settle()
    _agree(installation, reference)
    figures = screens.measure(installation, reference, {}, options.rounds)
    installation.close()
    reference.close()
    return figures


def _say(sentence: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
