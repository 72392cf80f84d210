"""Measure redaction on labelled texts: what leaks, what is masked in vain, how fast.

    python bench/redaction.py PATH/pii/dev.jsonl [--leaks PART]

An item counts as masked when every letter and digit of it is covered. Spans on labelled
companies, places and dates (`N:`) are neither right nor wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.reports import Requester
from bot.voice.redact import Span, find_spans, redact

TYPES = {
    "EMAIL": "email",
    "PHONE": "phone",
    "CREDIT_CARD": "card",
    "IBAN": "iban",
    "IP": "ip",
    "SECRET": "secret",
    "URL_TOKEN": "link",
    "GOV_ID": "id",
    "PERSON": "name",
    "ADDRESS": "address",
}


def covered(text: str, start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether every letter and digit of the item is masked."""
    return all(
        not text[i].isalnum() or any(s.start <= i < s.end for s in spans) for i in range(start, end)
    )


class Part:
    """Figures of one part of the data."""

    def __init__(self) -> None:
        self.items: Counter[str] = Counter()
        self.masked: Counter[str] = Counter()
        self.spans: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.texts = self.personal = self.clean = self.characters = self.neutral = 0
        self.leaks: list[tuple[str, str, str]] = []
        self.wrong: list[tuple[str, str, str]] = []

    def add(self, row: dict[str, Any], spans: Sequence[Span]) -> None:
        text = row["text"]
        labels = row["spans"]
        real = [label for label in labels if not label["type"].startswith("N:")]
        leaked = False
        for label in real:
            kind = TYPES[label["type"]]
            self.items[kind] += 1
            if covered(text, label["start"], label["end"], spans):
                self.masked[kind] += 1
            else:
                leaked = True
                self.leaks.append((row["group"], kind, label["value"]))
        for span in spans:
            touched = [x for x in labels if x["start"] < span.end and span.start < x["end"]]
            if touched and all(x["type"].startswith("N:") for x in touched):
                continue
            self.spans[span.type] += 1
            self.right[span.type] += bool(touched)
            if not touched:
                self.neutral += span.end - span.start
                self.wrong.append((row["group"], span.type, text[span.start : span.end]))
        self.texts += 1
        self.characters += len(text)
        self.personal += bool(real)
        self.clean += bool(real) and not leaked


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "    -"


def show(name: str, part: Part) -> None:
    print(
        f"\n{name}: {part.texts} texts, leak nothing {share(part.clean, part.personal)} "
        f"of {part.personal} with personal data, masked in vain "
        f"{share(part.neutral, part.characters)} of characters, "
        f"{1000 * len(part.wrong) / part.texts:.0f} spans per 1,000 texts"
    )
    for kind in sorted(set(part.items) | set(part.spans)):
        recall, precision = (
            share(part.masked[kind], part.items[kind]),
            share(part.right[kind], part.spans[kind]),
        )
        print(f"  {kind:8} recall {recall} of {part.items[kind]:4}  precision {precision}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--leaks", metavar="PART", help="print what leaked, for developing rules")
    options = parser.parse_args()
    if not options.path.is_file():
        print(f"No such file: {options.path}. The labelled texts are not part of the project.")
        return 1
    rows = [json.loads(line) for line in options.path.read_text("utf-8").splitlines() if line]
    parts: dict[str, Part] = defaultdict(Part)
    seconds: Counter[str] = Counter()
    for row in rows:
        given = row.get("requester") or {}
        requester = Requester(
            name=given.get("name"), email=given.get("email"), phone=given.get("phone")
        )
        parts[row["source"]].add(row, find_spans(row["text"], requester))
        begin = time.perf_counter()
        redact(row["text"], requester)
        seconds[row["source"]] += time.perf_counter() - begin  # type: ignore[assignment]
    for name, part in sorted(parts.items()):
        show(name, part)
        print(f"  {part.texts / seconds[name]:.0f} texts/s")
        if options.leaks == name:
            for kind, found in (("LEAK", part.leaks), ("VAIN", part.wrong)):
                for group, type_, value in found:
                    print(f"  {kind} {group} {type_}: {value!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
