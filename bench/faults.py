"""Digests through a storm: kill workers, break Slack and the disk, and count what is to be seen.

    python bench/faults.py [--kills 500] [--faults 1000] [--seed 1] [--only NUMBER]

Each line of `STORMS` is a run of its own: one or two processes with the real clock and outbox, a
fake Slack over HTTP that knows a `client_msg_id` again or does not, with and without the scope to
read history. Kills are SIGKILLs at random instants. Ends with what became of every digest and
every reply; exit code 1 if one was lost, doubled, or in doubt without anybody being told.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from storm import Fate, Plan, Storm, Verdict

STORMS = (
    Plan(1, 0, 0, "posted"),
    Plan(2, 0, 0, "posted"),
    Plan(1, 0, 0, "known"),
    Plan(2, 0, 0, "known"),
    Plan(2, 0, 0, "refused"),
    Plan(2, 0, 0, "posted", history=False),
)
COLUMNS = ("planned", "once", "refused", "too late", "held: there", "not there", "lost", "doubled")


def _cells(fate: Fate) -> list[int]:
    return [
        fate.planned,
        fate.once,
        fate.refused,
        fate.late,
        fate.held_visible,
        fate.held_missing,
        len(fate.lost),
        len(fate.doubled),
    ]


def row(name: str, cells: list[int]) -> str:
    """One line of the table, in Markdown."""
    return f"| {name} | {' | '.join(f'{cell:,}' for cell in cells)} |"


def report(verdicts: dict[str, Verdict]) -> list[str]:
    """The table, and which kills and faults there were."""
    lines = [f"| | {' | '.join(COLUMNS)} |", "| --- " * (len(COLUMNS) + 1) + "|"]
    for sort in ("digests", "replies"):
        total = [0] * len(COLUMNS)
        for name, verdict in verdicts.items():
            cells = _cells(getattr(verdict, sort))
            lines.append(row(f"{sort}: {name}", cells))
            total = [a + b for a, b in zip(total, cells, strict=True)]
        lines.append(row(f"**all {sort}**", total))
    faults = sum((each.faults for each in verdicts.values()), Counter[str]())
    kills = sum(each.kills for each in verdicts.values())
    on_the_way = sum(each.kills_on_the_way for each in verdicts.values())
    lines += ["", f"{kills:,} kills, {on_the_way:,} of them while a message was on its way;"]
    lines.append(f"{faults.total():,} faults:")
    lines += [f"- {count:,} × {name}" for name, count in faults.most_common()]
    return lines


def _share(total: int, part: int) -> int:
    return -(-total // part)


def main() -> int:
    """Run the storms and print what they left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--faults", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, choices=range(1, len(STORMS) + 1))
    given = parser.parse_args()
    # A request whose caller was killed is no news here.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    verdicts: dict[str, Verdict] = {}
    for number, kind in enumerate(STORMS, 1):
        if given.only not in (None, number):
            continue
        kills, faults = _share(given.kills, len(STORMS)), _share(given.faults, len(STORMS))
        plan = Plan(
            kind.workers, kills, faults, kind.repeats, kind.history, given.seed * 100 + number
        )
        begin = monotonic()
        with tempfile.TemporaryDirectory() as folder, Storm(Path(folder), plan) as storm:
            verdicts[plan.name] = storm.rage()
        print(f"{plan.name}: {monotonic() - begin:.0f} s", flush=True)
    print("\n".join(report(verdicts)))
    wrong = [f"{name}: {each}" for name, found in verdicts.items() for each in found.wrong()]
    print("\n".join(wrong) or "Nothing was lost, doubled, or left untold.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
