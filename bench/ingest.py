"""How many tickets a second go all the way in: read, clean, redact, read, store.

    python bench/ingest.py PATH

Takes any file that `earshot ingest` takes, into a database in a temporary folder, twice: the
second time nothing has changed and only the comparison is paid for.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.config import load
from bot.service.context import open_context
from bot.service.ingest import ingest
from bot.sources.files import read


def main() -> int:
    """Print rows a second for a first and a second run."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    if not path.is_file():
        print(f"{path} is not there: give a file of tickets")
        return 1
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        context = open_context(load({"DATABASE_URL": url}), create=True)
        for run in ("first run", "second run"):
            started = time.perf_counter()
            with read(path, name=path.name, now=now) as reader:
                report = ingest(context, reader, now)
            rate = report.read / (time.perf_counter() - started)
            print(f"{run:<12}{report.read:>8,} rows  {report.new:>8,} new  {rate:>8,.0f} rows/s")
        context.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
