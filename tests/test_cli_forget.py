"""`earshot forget` on the command line: asks, removes, proves, and says so by its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.config import load
from bot.service.context import open_context
from commandline import NOW, Run, piped, runner, ticket_lines, written
from storage_rows import rows

FIRST = "kim3@customer.example"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def tickets() -> int:
    context = open_context(load())
    try:
        return len(rows(context.store, "SELECT id FROM ticket"))
    finally:
        context.store.close()


def test_a_look_says_what_would_go_and_changes_nothing(filled: str, command: Run) -> None:
    done = command("forget", "--customer", FIRST, "--dry-run")
    assert done.code == 0
    assert "2 tickets of this customer would go" in done.out
    assert tickets() == 14


def test_it_asks_first_and_a_no_removes_nothing(filled: str) -> None:
    asked = CliRunner().invoke(app, ["forget", "--customer", FIRST], input="n\n")
    assert asked.exit_code == 1
    assert "Nothing was removed." in asked.output
    assert tickets() == 14
    asked = CliRunner().invoke(app, ["forget", "--customer", FIRST], input="y\n")
    assert asked.exit_code == 0, asked.output
    assert tickets() == 12


@pytest.mark.case(42)
def test_it_ends_with_what_went_and_the_proof(filled: str, command: Run) -> None:
    done = command("forget", "--customer", FIRST, "--yes")
    assert done.code == 0, done.err
    assert "Forgotten: 2 tickets of this customer" in done.out
    assert "Posts in Slack" in done.out
    assert "searched for what was typed, 1 key, 2 ticket numbers, 2 links" in done.out
    assert "Nothing of it was found." in done.out
    assert FIRST not in done.out
    again = command("forget", "--customer", FIRST, "--yes")
    assert again.code == 0
    assert "It was forgotten on" in again.out
    assert "nothing has come since" in again.out


def test_json_has_the_promised_keys(filled: str, command: Run) -> None:
    look = command("forget", "--account", "nobody", "--dry-run", "--json").json
    assert look["proof"] is None
    assert look["removed"] == {}
    done = command("forget", "--ticket", "help.example:checkout-2", "--yes", "--json").json
    assert set(done) == {"what", "removed", "before", "posts", "proof", "unproved", "done"}
    assert set(done["posts"]) == {"edited", "gone", "waiting", "refused"}
    proof = {"holds", "searched", "left_out", "rows", "files", "bytes", "log_is_cut"}
    assert set(done["proof"]) == proof
    assert done["removed"]["tickets"] == 1
    assert done["done"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--customer", "a@b.example", "--account", "x"),
        ("--customer", "a@b.example", "--json"),
    ],
)
def test_wrong_usage_is_said(filled: str, command: Run, arguments: tuple[str, ...]) -> None:
    done = command("forget", *arguments)
    assert done.code == 2
    assert tickets() == 14


def test_a_ticket_that_is_not_there_is_said_to_be(filled: str, command: Run) -> None:
    done = command("forget", "--ticket", "98765", "--yes")
    assert done.code == 1
    assert "No such ticket is stored." in done.err


@pytest.mark.only("sqlite")
def test_an_address_can_come_from_a_pipe(filled: str, tmp_path: Path) -> None:
    """What stands on a command line is to be seen by others."""
    done = piped(tmp_path, filled, "forget", "--customer", "-", "--yes", given=FIRST.encode())
    assert done.code == 0, done.err
    assert "Forgotten: 2 tickets of this customer" in done.out


def test_an_import_says_what_stays_away(filled: str, command: Run, tmp_path: Path) -> None:
    command("forget", "--customer", FIRST, "--yes")
    path = written(tmp_path / "tickets.jsonl", ticket_lines())
    done = command("ingest", path, "--now", NOW)
    assert "Note: 1 row was forgotten by request or deleted at the source: left out." in done.out
    assert tickets() == 12
