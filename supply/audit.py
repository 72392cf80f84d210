"""Asks the advisory service whether anything that is locked has a known vulnerability.

pip-audit says "No known vulnerabilities found" also where it could ask about no package at all.
Here nothing counts as audited that was not answered for: what was skipped is told, and the result
is "not audited". A vulnerability fails; so does a service that does not answer, with --strict.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from supply.locked import LOCKS, ROOT

SERVICES: Final = ("pypi", "osv")
MOST_SECONDS: Final = 240


@dataclass
class Audited:
    """What was answered of one lock file."""

    file: str
    asked: int = 0
    skipped: list[str] = field(default_factory=list)
    vulnerable: list[str] = field(default_factory=list)
    fault: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether every package was answered for."""
        return bool(self.asked) and not self.skipped and not self.fault


def read(file: str, printed: str, said: str) -> Audited:
    """What pip-audit printed as JSON; what it `said` beside that, where it printed none."""
    try:
        listed = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = said.strip().splitlines() or ["it said nothing"]
        return Audited(file, fault=lines[-1].partition("(")[0].strip()[:120])
    found = Audited(file, asked=len(listed))
    for one in listed:
        if "skip_reason" in one:
            found.skipped.append(str(one["name"]))
        found.vulnerable += [
            f"{one['name']} {one['version']}: {fault['id']}"
            + (f", fixed in {', '.join(fault['fix_versions'])}" if fault["fix_versions"] else "")
            for fault in one.get("vulns", ())
        ]
    return found


def ask(file: str) -> Audited:
    """Ask one service, and the other where that does not answer for all."""
    found = Audited(file, fault="nobody was asked")
    for service in SERVICES:
        found = read(file, *_asked(file, service))
        if found.is_answered or found.vulnerable:
            break
    return found


def _asked(file: str, service: str) -> tuple[str, str]:
    options = ["--disable-pip", "--no-deps", "--progress-spinner=off", "--format=json"]
    command = [sys.executable, "-m", "pip_audit", *options, "-s", service, "-r", str(ROOT / file)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer in {MOST_SECONDS} seconds"
    return done.stdout, done.stderr


def told(found: Audited) -> str:
    """What became of one file, in a line or a few."""
    if found.vulnerable:
        return "".join(f"{found.file}: VULNERABLE {each}\n" for each in found.vulnerable)
    if found.is_answered:
        return f"{found.file}: {found.asked} packages, no known vulnerability\n"
    why = found.fault or f"{len(found.skipped)} of {found.asked} packages were not answered for"
    return f"{found.file}: NOT AUDITED, the advisory service could not be asked ({why})\n"


def main() -> int:
    """1 for a vulnerability, and with --strict for a file that was not answered for."""
    results = [ask(file) for file in LOCKS.values()]
    sys.stdout.write("".join(told(each) for each in results))
    unanswered = not all(each.is_answered for each in results)
    is_bad = any(each.vulnerable for each in results) or ("--strict" in sys.argv and unanswered)
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
