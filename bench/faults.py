"""Digests through a storm: kill workers, break Slack and the disk, and count what is to be seen.

    python bench/faults.py [--kills 500] [--freezes 150] [--faults 1000] [--seed 1] [--only NUMBER]

Each line of `STORMS` is a run of its own: one or two processes with the real clock and outbox, a
fake Slack over HTTP that knows a `client_msg_id` again or does not, with and without the scope to
read history, on SQLite or PostgreSQL. Kills (SIGKILL) and freezes (SIGSTOP, longer than a lease,
then SIGCONT) come at random instants. Ends with what became of every digest and every reply; exit
code 1 if one was lost, doubled, or in doubt without anybody being told. What each run found is kept
in `build/faults.json`; once there is one of every line, `bench/FAULTS.md` is written from it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from databases import PostgresDatabases, PostgresServer
from storm import Plan, Storm
from storm_faults import KINDS
from storm_verdict import Fate, Verdict

STORMS = (
    Plan(1, 0, 0, "posted"),
    Plan(2, 0, 0, "posted"),
    Plan(1, 0, 0, "known"),
    Plan(2, 0, 0, "known"),
    Plan(2, 0, 0, "refused"),
    Plan(1, 0, 0, "posted", history=False),
    Plan(2, 0, 0, "posted", history=False),
    Plan(2, 0, 0, "known", history=False),
    Plan(1, 0, 0, "posted", engine="PostgreSQL"),
    Plan(2, 0, 0, "posted", engine="PostgreSQL"),
)
HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "build" / "faults.json"
DOCUMENT = HERE / "FAULTS.md"
Found = dict[str, Any]
COLUMNS = (
    ("planned", "planned"),
    ("once", "sent, once visible"),
    ("taken_back", "a second copy taken back"),
    ("refused", "refused for good"),
    ("late", "too late"),
    ("held_visible", "unknown: there"),
    ("held_missing", "unknown: not there"),
    ("lost", "lost"),
    ("doubled", "doubled"),
)
BEFORE = """# Digests in storms

Written by `make faults` (`bench/faults.py`), which anyone can run: real processes with the real
clock and outbox post the digests of three channels, day after day, at a stand-in for Slack over
HTTP. Meanwhile processes are killed (SIGKILL) and frozen (SIGSTOP, mostly for longer than their
lease, then SIGCONT; some are killed just after) at random instants, and calls, the database and
the disk fail. After each storm the messages that Slack shows are compared with what Earshot
believes.
"""
AFTER = """
- **Lost**: planned, neither visible nor told to anybody. **Doubled**: visible twice at the end.
  Where Slack knows a `client_msg_id` again, and where history cannot be read, it is doubled if
  Slack ever took a second copy, be it for a moment.
- **A second copy taken back**: sent again after its history was read twice in vain, and the first
  request came through after all (Slack took it after the time-out, or its sender was frozen just
  before the call). Whoever finds it deletes the later copy: its own sender, or a second look.
- **Unknown** messages are those whose answer was lost where Slack's history may not be read (the
  optional scopes are missing): they are held and never sent again by themselves. Every one was
  listed by `earshot posts`, and who set the channel up was told in a direct message. *There*
  and *not there* say what a look into the channel finds.
- **Refused for good**: the channel was archived; **too late**: not sent in time, which is four
  hours for a digest and eight for a reply. Of such a digest, who set the channel up was told; a
  reply is listed by `earshot posts`. A reply is refused with its thread, and waits with a held one:
  a storm that waits for a look into the channel jumps ahead to where it is too late.
"""


def _found(plan: Plan, verdict: Verdict, seconds: float) -> Found:
    struck = verdict.struck
    names = ("days", "kills", "kills_on_the_way", "freezes", "freezes_on_the_way", "killed_after")
    return {
        "name": plan.name,
        "seconds": round(seconds),
        "digest": _counts(verdict.digests),
        "reply": _counts(verdict.replies),
        "faults": dict(struck.faults),
        "wrong": verdict.wrong(),
        **{name: getattr(struck, name) for name in names},
    }


def _counts(fate: Fate) -> dict[str, int]:
    values = ((name, getattr(fate, name)) for name, _ in COLUMNS)
    return {name: each if isinstance(each, int) else len(each) for name, each in values}


def _row(name: str, cells: Mapping[str, int]) -> str:
    numbers = " | ".join(f"{cells[column]:,}" for column, _ in COLUMNS)
    return f"| {name} | {numbers} |"


def report(found: Mapping[str, Found]) -> list[str]:
    """The tables in Markdown: what became of the messages, and what there was of each fault."""
    lines = []
    for sort in ("digest", "reply"):
        plural = "digests" if sort == "digest" else "replies"
        titles = " | ".join(title for _, title in COLUMNS)
        lines += ["", f"| {plural} | {titles} |", "| --- " * (len(COLUMNS) + 1) + "|"]
        lines += [_row(name, each[sort]) for name, each in found.items()]
        total = sum((Counter(each[sort]) for each in found.values()), Counter[str]())
        lines.append(_row("**all**", total))
    lines += ["", *_blows(found)]
    return lines


def _blows(found: Mapping[str, Found]) -> list[str]:
    every = list(found.values())
    faults = sum((Counter(each["faults"]) for each in every), Counter[str]())

    def of(name: str) -> str:
        return f"{sum(each[name] for each in every):,}"

    return [
        f"{of('kills')} kills, {of('kills_on_the_way')} of them while a message was on its way;",
        f"{of('freezes')} freezes, {of('freezes_on_the_way')} of them while a message was on its "
        f"way, {of('killed_after')} ended by a kill just after; over {of('days')} days.",
        "",
        f"{faults.total():,} faults:",
        "",
        "| fault | times |",
        "| --- | --- |",
        *[f"| {name} | {faults[name]:,} |" for name in KINDS],
    ]


def _missing(found: Mapping[str, Found]) -> list[str]:
    """Kinds of faults that no storm met."""
    met = {kind for each in found.values() for kind, times in each["faults"].items() if times}
    return [f"no storm met: {kind}" for kind in KINDS if kind not in met]


@contextmanager
def _database(plan: Plan, folder: Path) -> Iterator[str | None]:
    if plan.engine == "SQLite":
        yield None
        return
    server = PostgresServer()
    made = PostgresDatabases(server)
    try:
        yield made.migrated(folder)
    finally:
        made.drop()
        server.close()


def _run(plan: Plan) -> Found:
    begin = monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _database(plan, folder) as url, Storm(folder, plan, url) as storm:
            verdict = storm.rage()
    return _found(plan, verdict, monotonic() - begin)


def _kept() -> dict[str, Found]:
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}


def _keep(found: Found) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({**_kept(), found["name"]: found}, indent=1), encoding="utf-8")


def _share(total: int) -> int:
    """Of so many each storm's part, in full numbers."""
    return -(-total // len(STORMS))


def main() -> int:
    """Run the storms and print what they left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--freezes", type=int, default=150)
    parser.add_argument("--faults", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, choices=range(1, len(STORMS) + 1))
    given = parser.parse_args()
    found: dict[str, Found] = {}
    for number, kind in enumerate(STORMS, 1):
        if given.only in (None, number):
            parts = (_share(given.kills), _share(given.freezes), _share(given.faults))
            kills, freezes, faults = parts
            seed = given.seed * 100 + number
            plan = replace(kind, kills=kills, freezes=freezes, faults=faults, seed=seed)
            found[plan.name] = _run(plan)
            _keep(found[plan.name])
            print(f"{plan.name}: {found[plan.name]['seconds']} s", flush=True)
    print("\n".join(report(found)))
    wrong = [f"{name}: {each}" for name, one in found.items() for each in one["wrong"]]
    kept = _kept()
    every = {plan.name: kept[plan.name] for plan in STORMS if plan.name in kept}
    if len(every) == len(STORMS):
        wrong += _missing(every)
        DOCUMENT.write_text("\n".join([BEFORE.rstrip(), *report(every), AFTER]), encoding="utf-8")
    print("\n".join(wrong) or "Nothing was lost, doubled, or left untold.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
