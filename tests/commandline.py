"""What the tests of the command line share: ways to run it, and a few tickets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.config import load
from bot.reports import Feature, Kind
from bot.service import catalogue, insights
from bot.service.context import open_context
from bot.service.ingest import ingest
from bot.service.insights import TagRequest
from bot.sources.files import read
from log_watch import printed

ROOT = Path(__file__).parent.parent
NOW = "2026-11-03T16:00:00Z"
MOMENT = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`earshot …` in this process."""

    def command(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["earshot", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        code: object = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        captured = capsys.readouterr()
        assert isinstance(code, int)
        assert "Traceback" not in captured.out + captured.err
        printed(f"what `{' '.join(arguments)[:80]}` printed", captured.out + captured.err)
        return Ended(code, captured.out, captured.err)

    return command


def piped(folder: Path, database_url: str, *arguments: str, given: bytes = b"") -> Ended:
    """`earshot …` as a process of its own, with real streams."""
    environment = {
        "EARSHOT_SEMANTIC": "off",
        "EARSHOT_NAMES": "off",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def ticket_lines(count: int = 8, *, feature: str = "checkout") -> list[str]:
    words = ("is broken", "crashed", "does not work", "is slow")
    return [
        json.dumps(
            {
                "id": f"{feature}-{number}",
                "created_at": (MOMENT - timedelta(hours=3 * number + 2)).isoformat(),
                "subject": "Help",
                "description": f"The {feature} {words[number % 4]} for me, order {number}.",
                "tags": [feature],
                "plan": ("business", "free")[number % 2],
                "requester": {"email": f"kim{number}@customer.example"},
                "url": f"https://help.example/tickets/{number}",
            }
        )
        for number in range(count)
    ]


def written(path: Path, lines: Sequence[str]) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def fill(folder: Path) -> None:
    """Make the database with tickets on two features, and an insight."""
    context = open_context(load(), create=True)
    catalogue.bring_in(context, [Feature("checkout", "Checkout"), Feature("search", "Search")])
    path = folder / "tickets.jsonl"
    written(path, [*ticket_lines(), *ticket_lines(6, feature="search")])
    with read(path, name=path.name, now=MOMENT) as reader:
        assert ingest(context, reader, MOMENT).new == 14
    request = TagRequest("T1", "U1", "C1", "Orders break", "checkout", Kind.BROKEN, ticket=1)
    insights.tag(context, request, MOMENT)
    context.store.close()
