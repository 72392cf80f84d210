"""Files going all the way in as processes: rate, memory, and answers meanwhile."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from commands import ROOT
from corpus import END, Corpus, line
from measure import ROUNDS, Times
from project import WITHOUT_MEANING, Installation

_LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Import:
    """What one import did; memory is the peak of all its processes, shared pages counted once."""

    rows: int
    seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def write_export(path: Path, tickets: int, seed: int) -> None:
    """An export of tickets that are in no other corpus, as JSON lines."""
    corpus = Corpus(tickets, seed)
    with path.open("w", encoding="utf-8") as out:
        for block in corpus.blocks():
            out.writelines(
                line(ticket).replace('"id": "', f'"id": "{seed}-') for ticket in block.new
            )


def beginning(path: Path, rows: int, to: Path) -> None:
    """The first rows of a compressed CSV file, as a file of its own."""
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="") as source,
        to.open("w", encoding="utf-8", newline="") as out,
    ):
        csv.writer(out).writerows(itertools.islice(csv.reader(source), rows + 1))


def start(url: str, path: Path) -> subprocess.Popen[bytes]:
    """`earshot ingest PATH` with no more set than it needs."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    environment |= WITHOUT_MEANING
    command = [sys.executable, "-m", "bot", "ingest", str(path), "--json", "--now", END.isoformat()]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def take_in(url: str, path: Path) -> Import:
    """Import a file and wait for it."""
    started = time.perf_counter()
    running = start(url, path)
    peak = 0.0
    while running.poll() is None:
        peak = max(peak, _memory_mb(running.pid))
        time.sleep(_LOOK_EVERY)
    seconds = time.perf_counter() - started
    output, _ = running.communicate()
    report = json.loads(output)
    assert report["bad_count"] == 0, report
    return Import(report["read"], seconds, peak)


def ask_meanwhile(installation: Installation, path: Path, question: str) -> tuple[Times, Times]:
    """Times of an answer while nothing else is done, and while a file is imported."""
    idle, busy = Times(), Times()
    for _ in range(ROUNDS):
        idle.add(lambda: installation.ask(question))
    running = start(installation.url, path)
    while running.poll() is None:
        busy.add(lambda: installation.ask(question))
        time.sleep(_LOOK_EVERY)
    running.communicate()
    return idle, busy


def _memory_mb(pid: int) -> float:
    return sum(_proportional(each) for each in _family(pid)) / 1024


def _family(pid: int) -> Iterable[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return
    for child in children.split():
        yield from _family(int(child))


def _proportional(pid: int) -> int:
    """Proportional set size in kilobytes; 0 for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(found.split()[1]) for found in lines if found.startswith("Pss:")), 0)
