"""How many tickets a second are read on one core: clean, features, kinds and quote.

    python bench/reading.py FILE [--against CHECKOUT] [--most 4000]

Without redaction and vectors. FILE is a `.csv` or `.csv.gz` with a column `body` (and `title` or
`subject`), or a `.jsonl` with `text`. Time is the processor's, of the fastest of some rounds in
processes of their own; with another checkout of this project the two take turns, and the ratio is
printed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parents[1]
ROUNDS: Final = 3
NAMES: Final = (
    "Bookmarks, Sync, Passwords, Tabs, History, Downloads, Add-ons, Themes, Printing, Video, "
    "Audio, Search, Toolbar, Home page, Private windows, Cookies, Certificates, Profiles, Fonts"
)


def texts_of(path: Path, most: int) -> list[str]:
    """At most so many texts of a file, subject and body in one."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    if path.name.endswith(".jsonl"):
        return [str(json.loads(line)["text"]) for line in text.splitlines() if line][:most]
    csv.field_size_limit(2**31 - 1)
    rows = csv.DictReader(io.StringIO(text))
    found = [f"{row.get('title') or row.get('subject') or ''}\n{row['body']}" for row in rows]
    return found[:most]


def speed(root: Path, texts: Sequence[str]) -> float:
    """Tickets a second by the checkout at `root`, which must be the first that is imported."""
    sys.path.insert(0, str(root))
    from bot.reports import Feature
    from bot.voice.features import Catalogue
    from bot.voice.kinds import best_quote, passages
    from bot.voice.text import clean

    catalogue = Catalogue([Feature(name.lower(), name) for name in NAMES.split(", ")])

    def read(raw: str) -> str:
        text = clean(raw)
        catalogue.match(text)
        return best_quote(passages(text))

    for text in texts[:200]:
        read(text)
    began = time.process_time()
    for text in texts:
        read(text)
    return len(texts) / max(time.process_time() - began, 1e-9)


def apart(root: Path, options: argparse.Namespace) -> float:
    """The speed of a checkout, measured in a process of its own."""
    command = [sys.executable, __file__, str(options.path), "--most", str(options.most)]
    done = subprocess.run(
        [*command, "--root", str(root)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 figures printed, 1 no such file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--most", type=int, default=4_000)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not options.path.is_file():
        print(f"{options.path} is absent: nothing was measured.", file=sys.stderr)
        return 1
    if options.root:
        print(speed(options.root, texts_of(options.path, options.most)))
        return 0
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(apart(HERE, options))
        if options.against:
            theirs.append(apart(options.against, options))
    print(f"{max(ours):,.0f} tickets/s on one core")
    if theirs:
        print(f"{max(theirs):,.0f} tickets/s by {options.against}: {max(ours) / max(theirs):.2f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
