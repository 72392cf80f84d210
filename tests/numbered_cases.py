"""The numbered bad inputs and faults, and which tests hold each: read from the tests' source."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ALL = range(1, 46)
TOLD: Mapping[int, str] = {
    1: "A ticket that mentions a channel, a person or a group mentions nobody",
    2: "A link in Slack's or in Markdown's way of writing is words",
    3: "Slack's way of writing a date, with a link in it, is words",
    4: "Back-ticks, a broadcast and a line that looks like the bot's own stay the customer's words",
    5: "Entities, also escaped twice, never become markup",
    6: "Characters that turn, hide or pile up text are removed, and lengths hold",
    7: "A host with foreign letters shows as xn--, and a link with a token shows its host only",
    8: "Cards and addresses in disguise are masked",
    9: "Nothing shows of a value that a cut or a line's end goes through",
    10: "A private key is masked to its end, also without one and on one line",
    11: "Tokens, keys and passwords of many makers are masked whole",
    12: "Ids, commits, versions, times, order numbers and money are kept",
    13: "Requesters' names are masked in any spelling, ordinary words that are names are kept",
    14: "Odd names of requesters break nothing and mask nothing else",
    15: "Twenty thousand hostile characters cost a second at most",
    16: "A body of five megabytes is cut, says so, and costs less than 50 MB",
    17: "A text whose redaction fails or takes too long is withheld, and the rest goes on",
    18: "Half characters and NULs are cleaned, stored and posted",
    19: "Bytes of another encoding cost their characters and no crash",
    20: "Ids beyond 64 bits, with leading noughts, paths or pipes are text, and their links safe",
    21: "NaN, names said twice, endless nesting and endless numbers cost their own row only",
    22: "An id that comes again is one ticket with the last words, shown once",
    23: "Dates that cannot be are counted, and never reorder or block a digest",
    24: "Tickets without words give a placeholder and blocks that Slack takes",
    25: "Five hundred tickets: small messages, in order, none dropped silently",
    26: "Killed at any step of sending: nothing lost, nothing doubled",
    27: "Two processes, a hundred digests, one clock ahead: each posted once",
    28: "Connections that break after Slack stored the post leave exactly one message",
    29: "Limits are waited for in the queue, capped, and hold up nobody else",
    30: "Answers that say nothing certain are looked up, never posted again blindly",
    31: "Refusals that a person can mend: no storm, one notice, the digest is kept",
    32: "A locked database is waited for, nothing is lost, and a lock for ever is told",
    33: "A full disk: no post without a claim, the file stays whole, and all goes on after it",
    34: "Events four times, late and out of order end in the same state",
    35: "Clocks that are set and days of clock change bring one digest a local day",
    36: "Asked to end during a post, once or twice: exit 0 within ten seconds, no new claims",
    37: "A channel that is shared meanwhile gets no post, and its owner is told",
    38: "Guests, strangers, bots and who lost a right are refused, audited and told nothing else",
    39: "Forged, stale, replayed and malformed requests have no effect and leave no trace",
    40: "A thousand commands in ten seconds are limited, and posts come on time",
    41: "The whole suite's log at DEBUG holds nothing of what was planted",
    42: "After erasing, no copy is left on disk, and Slack's message is changed",
    43: "Rights that are too wide and a missing or wrong key refuse the start in plain words",
    44: "An export is text to a spreadsheet, and reads back the same",
    45: "Nothing that a ticket names is ever asked for",
}
NO_TEST: Mapping[int, str] = {}
"""Those that cannot be a test, each with the reason in one line."""


def marks_in(node: ast.AST) -> set[int]:
    """The numbers of all `case(…)` marks in a piece of source."""
    return {
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.case")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, int)
    }


def held_by(source: str) -> Iterator[tuple[int, str]]:
    """Case and name of each test of a module that holds one.

    A mark stands at the test, in a parameter of it, in a decorator that was given a name, or at
    the top as `pytestmark`.
    """
    tree = ast.parse(source)
    named: dict[str, set[int]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                named[ast.unparse(target)] = marks_in(node.value)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            numbers = set(named.get("pytestmark", ()))
            for decorator in node.decorator_list:
                numbers |= marks_in(decorator)
                for each in ast.walk(decorator):
                    if isinstance(each, ast.Name):
                        numbers |= named.get(each.id, set())
            for number in numbers:
                yield number, node.name


def holders(folder: Path) -> dict[int, list[tuple[str, str]]]:
    """For each number the tests that hold it, as file and name, in order."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(folder.glob("test_*.py")):
        for number, name in held_by(path.read_text(encoding="utf-8")):
            found[number].append((path.name, name))
    return {number: sorted(found[number]) for number in sorted(found)}


def document(found: Mapping[int, list[tuple[str, str]]]) -> str:
    """`docs/CASES.md`."""
    lines = [
        "# Bad inputs and faults",
        "",
        "Forty-five ways in which a hostile or broken world may meet Earshot, and the tests that",
        "hold what it does then. The list is made of the tests' own source: `pytest",
        "tests/test_numbered_cases.py --update-golden` writes it, and a test keeps it true.",
        "`pytest --case 12` runs those of one case.",
        "",
    ]
    for number in ALL:
        lines += [f"## {number}. {TOLD[number]}", ""]
        if number in NO_TEST:
            lines += [f"No test: {NO_TEST[number]}", ""]
        files: dict[str, list[str]] = defaultdict(list)
        for file, name in found.get(number, []):
            files[file].append(name.removeprefix("test_").replace("_", " "))
        for file, names in files.items():
            lines.append(f"- [{file}](../tests/{file})")
            lines += [f"  - {name}" for name in names]
        lines += [""] if files else []
    return "\n".join(lines).rstrip() + "\n"
