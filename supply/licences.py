"""Writes LICENSES.md: what Earshot runs with, under which licence. A test holds it to the locks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from supply.locked import ROOT, Package, packages

ALLOWED: Final = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC-BY-4.0",
    "CC0-1.0",
    "ISC",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "MIT",
    "MPL-2.0",
    "PSF-2.0",
    "Zlib",
}
"""What an operator may use and hand on without a promise but to name it. The LGPL and the MPL ask
for the source of those packages alone, which are used unmodified; nothing here asks for ours."""
FILE: Final = ROOT / "LICENSES.md"
_EXTRAS: Final = {
    "": "every installation",
    "semantic": "the extra `semantic`",
    "postgres": "the extra `postgres`",
    "names": "the extra `names`",
}


def not_allowed(licence: str) -> set[str]:
    """Licences of an expression that are not on the list; of alternatives one is enough."""
    if re.search(r"\bOR\b", licence):
        choices = [not_allowed(each) for each in licence.split(" OR ")]
        return min(choices, key=len)
    return set(licence.split(" AND ")) - ALLOWED


def render(found: list[Package]) -> str:
    """The list as Markdown, by what a package comes with."""
    lines = [
        "# Licences",
        "",
        "Earshot itself is Apache-2.0 (`LICENSE`, `NOTICE`). It runs with these packages, at the",
        "versions that are locked with hashes; `make licences` writes this list, and a test fails",
        "where it is not what is locked, or a licence is not on the list of those that are allowed",
        "(`supply/licences.py`). What only tests and builds use is not installed to run.",
    ]
    for extra, title in _EXTRAS.items():
        lines += [
            "",
            f"## With {title}",
            "",
            "| Package | version | licence |",
            "| --- | --- | --- |",
        ]
        lines += [
            f"| `{one.name}` | {one.version} | {one.licence} |"
            for one in found
            if one.extra == extra
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the list; 1 where a licence is not allowed."""
    found = packages()
    wrong = [f"{one.name}: {one.licence}" for one in found if not_allowed(one.licence)]
    FILE.write_text(render(found), encoding="utf-8")
    sys.stdout.write("".join(f"not allowed: {each}\n" for each in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
