"""How many tickets a second go all the way in: read, clean, redact, read, store.

    python bench/ingest.py PATH [--times 1] [--rows N] [--ask QUESTION]

Takes any file that `earshot ingest` takes, into a database in a temporary folder: in one process,
then with one more for each core, each time twice, since a second run only compares. Texts are taken
in several times, under other ids, to see whether rate and memory stay as they are. The stages are
measured on the processor, which other work disturbs less than the clock on the wall. At last a
question is asked again and again, with nothing else going on and while another process imports.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.config import load
from bot.reports import BadRow, TicketDraft, TicketGone
from bot.service import catalogue, friction
from bot.service.context import Context, open_context
from bot.service.ingest import BATCH, ingest
from bot.service.pipeline import Pipeline
from bot.service.storing import AT_ONCE
from bot.service.workers import cores
from bot.sources.files import read
from bot.voice.kinds import passages
from bot.voice.language import language
from bot.voice.reading import make_safe
from bot.voice.text import clean
from bot.voice.tokens import spoken_of
from storage import tickets

STAGED = 2_000
_T = TypeVar("_T")
_U = TypeVar("_U")


@contextmanager
def installation() -> Iterator[Context]:
    """An empty one in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        context = open_context(load({"DATABASE_URL": url, "EARSHOT_SEMANTIC": "off"}), create=True)
        yield context
        context.store.close()


def drafts(path: Path, times: int, rows: int | None) -> Iterator[TicketDraft | TicketGone | BadRow]:
    """The rows of a file, so many times, each time under other ids."""
    for turn in range(times):
        with read(path, name=path.name, now=datetime.now(UTC)) as reader:
            for row in islice(reader, rows):
                if turn and isinstance(row, TicketDraft):
                    yield replace(row, external_id=f"{row.external_id}-{turn}")
                else:
                    yield row


def stages(path: Path) -> None:
    """Print what each stage costs on the processor, for each of the first tickets."""

    def each(name: str, stage: Callable[[_T], _U], given: Iterable[_T]) -> list[_U]:
        begin = time.process_time()
        found = [stage(one) for one in given]
        spent = time.process_time() - begin
        print(f"  {name:<28}{1e6 * spent / max(len(found), 1):>8,.0f} µs")
        return found

    with installation() as context:
        begin = time.process_time()
        first = [d for d in drafts(path, 1, STAGED) if isinstance(d, TicketDraft)]
        spent = time.process_time() - begin
        tags = {tag for draft in first for tag in draft.tags}
        counted = {tag: sum(tag in draft.tags for draft in first) for tag in tags}
        catalogue.extend_from_tags(context, counted, len(first))
        with context.store.read() as session:
            known = catalogue.load(session)
        print(f"stages of {len(first):,} tickets, {len(known.features)} features")
        print(f"  {'file to draft':<28}{1e6 * spent / len(first):>8,.0f} µs")
        each("clean", lambda d: (clean(d.subject), clean(d.body)), first)
        safe = each(
            "clean, redact, language", lambda d: make_safe(d.subject, d.body, tags=d.tags), first
        )
        each("language", lambda s: language(s.spoken), safe)
        each("features", lambda s: known.match(spoken_of(s.text), s.tags), safe)
        each("kinds and quotes", lambda s: passages(s.text), safe)
        pipeline = Pipeline(context.settings)
        each("all that is read", lambda d: pipeline.read(known.features, [d]), first)
        begin = time.process_time()
        ingest(context, first, datetime.now(UTC), processes=1)
        spent = time.process_time() - begin
        print(f"  {'all, with storing':<28}{1e6 * spent / len(first):>8,.0f} µs")


def _peak(pids: Iterable[str]) -> float:
    """The most memory that each of these processes had so far, in MB, summed (Linux)."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        total += next(int(x.split()[1]) for x in lines.splitlines() if x.startswith("VmHWM"))
    return total / 1024


class Watch:
    """What an import costs while it goes on."""

    def __init__(self) -> None:
        self.begin = time.perf_counter()
        self.spent = self._spent()
        self.memory = 0.0
        self.marks: list[tuple[int, float]] = []

    def _spent(self) -> float:
        waited = getrusage(RUSAGE_CHILDREN)
        return time.process_time() + waited.ru_utime + waited.ru_stime

    def tell(self, rows: int) -> None:
        self.marks.append((rows, time.perf_counter() - self.begin))
        ours = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
        self.memory = max(self.memory, _peak(["self", *ours]))

    def line(self, rows: int) -> str:
        seconds, spent = time.perf_counter() - self.begin, self._spent() - self.spent
        return (
            f"{rows / seconds:>9,.0f} rows/s  {rows / spent:>7,.0f} a processor second"
            f"  {self.memory:>5,.0f} MB at most"
        )


def runs(path: Path, times: int, rows: int | None) -> None:
    """Print rows a second for a first and a second run, with one process and with all cores."""
    for processes in (1, cores()):
        with installation() as context:
            for run in ("first", "second"):
                watch = Watch()
                given = drafts(path, times, rows)
                report = ingest(context, given, datetime.now(UTC), watch.tell, processes=processes)
                named = f"{processes} processes" if processes > 1 else "1 process"
                print(
                    f"{named}, {run:<7}{report.read:>9,} rows {report.new:>9,} new"
                    f"{watch.line(report.read)}",
                    flush=True,
                )


def asked(path: Path, question: str) -> None:
    """Print how long answers take, and how long while an import runs in another process."""
    now = datetime.now(UTC)
    with installation() as context:
        ingest(context, drafts(path, 1, None), now)

        def answer() -> float:
            begin = time.perf_counter()
            friction.ask(context, question, now)
            return 1e3 * (time.perf_counter() - begin)

        again = [sys.executable, "-m", "bot", "ingest", str(path), "--source", "again"]
        environment = os.environ | {
            "DATABASE_URL": context.settings.database_url,
            "EARSHOT_SEMANTIC": "off",
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        }
        idle = [answer() for _ in range(200)]
        begin = tickets_of(context)
        with subprocess.Popen(again, env=environment, stdout=subprocess.DEVNULL) as process:
            busy = []
            while process.poll() is None:
                took = answer()
                if tickets_of(context) > begin:
                    busy.append(took)
        for named, times in (("nothing else", idle), ("an import", busy)):
            p95 = sorted(times)[int(len(times) * 0.95)]
            print(
                f"{question!r}, {named:<13}{len(times):>6,} answers"
                f"  p50 {median(times):>6.1f} ms  p95 {p95:>6.1f} ms"
            )


def tickets_of(context: Context) -> int:
    """How many tickets are stored."""
    with context.store.read() as session:
        return tickets.total(session)


def main() -> int:
    """Print the stages, then the runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--ask", metavar="QUESTION")
    given = parser.parse_args()
    if not given.path.is_file():
        print(f"{given.path} is not there: give a file of tickets")
        return 1
    stages(given.path)
    print(f"read in batches of {BATCH}, at most {AT_ONCE:,} stored at once")
    print(f"{cores()} cores, load {os.getloadavg()[0]:.1f}")
    runs(given.path, given.times, given.rows)
    if given.ask:
        asked(given.path, given.ask)
    return 0


if __name__ == "__main__":
    sys.exit(main())
