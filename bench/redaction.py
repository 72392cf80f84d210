"""Measure redaction on labelled texts: what leaks, what is masked in vain, how fast.

    python bench/redaction.py PATH/pii/dev.jsonl [--leaks PART] [--write README.md]

An item counts as masked when every letter and digit of it is covered. Spans on labelled
companies, places and dates (`N:`) are neither right nor wrong. With the extra `names` installed all
is measured with it as well. `--write` puts the table into the README, between its two marks.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import redaction_tricks as tricks
from hostile_texts import HOSTILE
from redaction_parts import Part, share, show

from bot.reports import Requester
from bot.semantic import Absent
from bot.semantic.names import load_names
from bot.voice.redact import Redactor, Rules, redact_or_withhold

BEGIN: Final = "<!-- measured by bench/redaction.py: begin -->"
END: Final = "<!-- end -->"
STRUCTURED: Final = ("email", "card", "iban", "ip", "link", "id", "secret")
PUBLIC: Final = ("presidio_v2", "presidio_large", "nano")
MOST_WITH_NAMES: Final = 600
"""Texts of a part that are read with the model, which takes a hundred times as long."""

Row = dict[str, Any]


def measured(rows: list[Row], rules: Rules) -> tuple[dict[str, Part], dict[str, float]]:
    """What is found in each part, and how many texts of it go through in a second."""
    parts: dict[str, Part] = defaultdict(Part)
    seconds: dict[str, float] = defaultdict(float)
    for row in rows:
        requester = tricks.requester_of(row)
        parts[row["source"]].add(row, Redactor(requester, rules=rules).find_spans(row["text"]))
        begin = time.process_time()
        redact_or_withhold(Redactor(requester, rules=rules), row["text"])
        seconds[row["source"]] += time.process_time() - begin
    return parts, {name: part.texts / seconds[name] for name, part in parts.items()}


def slowest(rules: Rules) -> tuple[str, float]:
    """The hostile text that takes longest, and its seconds of processor time."""
    worst = ("", 0.0)
    asker = Requester(name="Anna Bell", email="anna@x.example", phone="+1 415 555 2671")
    for name, text in HOSTILE.items():
        begin = time.process_time()
        redact_or_withhold(Redactor(asker, rules=rules), text)
        worst = max(worst, (name, time.process_time() - begin), key=lambda each: each[1])
    return worst


def figures(rows: list[Row], rules: Rules) -> dict[str, str]:
    """Every row of the README's table, by its name."""
    parts, speed = measured(rows, rules)
    tickets, public = parts["tickets"], Part.together([parts[name] for name in PUBLIC])
    found = {
        "tickets of which nothing leaks": f"{100 * tickets.clean / tickets.personal:.1f} %",
        "structured types on tickets, recall": tickets.recall(*STRUCTURED),
        "structured types on tickets, precision": tickets.precision(*STRUCTURED),
        "structured types on public sets, recall": public.recall(*STRUCTURED),
        "phones on tickets, recall": tickets.recall("phone"),
        "phones on public sets, recall": public.recall("phone"),
        "the requester's own name on tickets": share(tickets.own_masked, tickets.own),
        "names of others on tickets": share(tickets.other_masked, tickets.others),
        "names of others in running prose (public sets)": public.recall("name"),
        "street addresses in running prose (public sets)": public.recall("address"),
        "spans masked in vain in 1,000 banking questions": f"{parts['bank77'].vain():.1f}",
    }
    name, seconds = slowest(rules)
    found["tickets a second of one core"] = f"{speed['tickets']:,.0f}"
    found["slowest of 35 hostile texts of 20,000 characters"] = f"{seconds:.2f} s ({name})"
    return found


def hidden(rows: list[Row], rules: Rules) -> dict[str, str]:
    """For each trick the share of the values that it hides, of those that are found plainly."""
    found = {}
    for name in tricks.TRICKS:
        plain, masked, items = tricks.recall(rows, name, rules)
        found[name] = f"{masked / plain if plain else 1:.3f} of {items}"
    return found


def table(rules: dict[str, str], names: dict[str, str] | None, hiding: dict[str, str]) -> str:
    """Both tables as Markdown."""
    missing = dict.fromkeys(rules, "not measured here")
    lines = ["| measured | rules | with the extra `names` |", "| --- | --- | --- |"]
    lines += [f"| {key} | {value} | {(names or missing)[key]} |" for key, value in rules.items()]
    lines += ["", "| hiding trick | masked, of what is masked plainly |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in hiding.items()]
    return "\n".join(lines)


def with_names(rows: list[Row]) -> dict[str, str] | None:
    """The figures with the model, on samples of the larger parts; None where it is absent."""
    try:
        reader = load_names()
    except Absent as error:
        print(f"The extra `names` is not measured: {error}.")
        return None
    by_part: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_part[row["source"]].append(row)
    chosen = [row for part in by_part.values() for row in tricks.sample(part, MOST_WITH_NAMES)]
    return figures(chosen, Rules(names=reader))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--leaks", metavar="PART", help="print what leaked, for developing rules")
    parser.add_argument("--write", type=Path, metavar="README.md")
    options = parser.parse_args()
    if not options.path.is_file():
        print(f"No such file: {options.path}. The labelled texts are not part of the project.")
        return 1
    rows = [json.loads(line) for line in options.path.read_text("utf-8").splitlines() if line]
    rules = Rules()
    parts, speed = measured(rows, rules)
    for name, part in sorted(parts.items()):
        show(name, part)
        print(f"  {speed[name]:.0f} texts a second of processor time")
        if options.leaks == name:
            part.tell()
    tickets = [row for row in rows if row["source"] == "tickets"]
    text = table(figures(rows, rules), with_names(rows), hidden(tickets, rules))
    print(f"\n{text}")
    if options.write:
        readme = options.write.read_text("utf-8")
        head, _, rest = readme.partition(BEGIN)
        tail = rest.partition(END)[2]
        options.write.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
