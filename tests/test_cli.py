"""The command line: taking tickets in, wrong usage, and nothing there yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.config import load
from commandline import NOW, ROOT, Run, piped, runner, ticket_lines, written
from databases import Databases
from storage.database import shown
from storage.migrations import exists


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


# --- ingest ---------------------------------------------------------------------------------


def test_ingest_says_what_it_did_and_the_second_time_nothing(
    run: Run, database: str, tmp_path: Path
) -> None:
    file = written(tmp_path / "t.jsonl", ticket_lines())
    first = run("ingest", file)
    assert (first.code, first.err) == (0, "")
    assert first.out == "8 rows read: 8 new tickets, 0 changed, 0 the same, 0 bad.\n"
    assert run("ingest", file).out == "8 tickets read: nothing has changed.\n"


INGEST_KEYS = {"read", "new", "changed", "same", "bad_count", "bad"}


def test_ingest_as_json_has_the_keys_of_the_contract(
    run: Run, database: str, tmp_path: Path
) -> None:
    lines = [*ticket_lines(3), "not json", json.dumps({"id": "x", "created_at": "never"})]
    ended = run("ingest", "--json", written(tmp_path / "t.jsonl", lines))
    assert ended.code == 3, "done with bad rows"
    assert {*ended.json} >= INGEST_KEYS
    assert (ended.json["read"], ended.json["new"], ended.json["bad_count"]) == (5, 3, 2)
    assert [bad["line"] for bad in ended.json["bad"]] == [4, 5]
    assert all(bad["reason"] for bad in ended.json["bad"])
    assert "t.jsonl:4: " in ended.err, "said to people too, beside the JSON"


def test_bad_rows_are_named_on_standard_error(run: Run, database: str, tmp_path: Path) -> None:
    lines = [*ticket_lines(2), *(json.dumps({"id": f"b{n}"}) for n in range(25))]
    ended = run("ingest", written(tmp_path / "t.jsonl", lines))
    assert ended.code == 3
    assert "25 bad" in ended.out
    assert "… and 5 more bad rows" in ended.err


@pytest.mark.parametrize("lines", [["{", "{"], []])
def test_a_file_without_a_good_row_ends_with_1(
    run: Run, database: str, tmp_path: Path, lines: list[str]
) -> None:
    assert run("ingest", written(tmp_path / "t.jsonl", lines)).code == 1


def test_a_missing_file_ends_with_1_and_nothing_is_taken_in(
    run: Run, database: str, tmp_path: Path
) -> None:
    good = written(tmp_path / "t.jsonl", ticket_lines())
    ended = run("ingest", good, "nowhere.csv")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "No such file: nowhere.csv. Nothing was taken in.\n"
    assert not exists(database)


def test_a_good_file_beside_a_hopeless_one_is_taken_in(
    run: Run, database: str, tmp_path: Path
) -> None:
    good = written(tmp_path / "good.jsonl", ticket_lines())
    (tmp_path / "bad.bin").write_bytes(bytes(range(256)) * 20)
    ended = run("ingest", good, str(tmp_path / "bad.bin"), "--json")
    assert (ended.code, ended.json["new"]) == (3, 8)


def test_ingest_reads_a_pipe(databases: Databases, tmp_path: Path) -> None:
    given = "\n".join(ticket_lines()).encode()
    database = databases.blank(tmp_path)
    ended = piped(tmp_path, database, "ingest", "-", "--json", "--now", NOW, given=given)
    assert (ended.code, ended.json["new"]) == (0, 8), ended.err
    again = piped(tmp_path, database, "friction", "checkout", "--json", "--now", NOW)
    assert again.json["tickets"] == 8


def test_a_dry_run_shows_how_a_file_is_read_and_stores_nothing(
    run: Run, database: str, tmp_path: Path
) -> None:
    ended = run("ingest", "--dry-run", written(tmp_path / "t.jsonl", ticket_lines()))
    assert ended.code == 0
    assert "description" in ended.out
    assert not exists(database)


def test_a_lost_key_stops_ingest_with_what_to_do(run: Run, filled: str, tmp_path: Path) -> None:
    load().key_file.unlink()
    ended = run("ingest", written(tmp_path / "more.jsonl", ticket_lines()))
    assert ended.code == 1
    assert "Put the right key file back" in ended.err


# --- nothing there, wrong usage -------------------------------------------------------------

READING = [
    ("friction", "checkout"),
    ("friction", "--json"),
    ("digest", "--channel", "C1"),
    ("insights",),
    ("features", "list"),
    ("features", "suggest"),
]


@pytest.mark.parametrize("command", READING)
def test_without_a_database_a_command_says_how_to_make_one(
    run: Run, database: str, command: tuple[str, ...]
) -> None:
    ended = run(*command)
    assert (ended.code, ended.out) == (1, "")
    place = shown(database)
    assert ended.err.startswith(f"There is no database at {place} yet. `earshot ingest FILE`")
    assert not exists(database)
    assert not load().key_file.parent.exists()


@pytest.mark.only("sqlite")
def test_a_database_that_is_none_is_a_stated_fault(run: Run, database: str, tmp_path: Path) -> None:
    path = tmp_path / "data" / "earshot.db"
    path.parent.mkdir()
    path.write_text("this is not a database, whatever its name says" * 100)
    ended = run("friction")
    assert ended.code == 1
    assert "cannot be opened" in ended.err


@pytest.mark.only("postgresql")
def test_a_server_that_does_not_let_us_in_is_a_stated_fault(
    run: Run, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(database)
    for wrong in (
        url.set(database="no_such_database"),
        url.set(username="nobody_here", password="planted"),
        url.set(query={"host": "/no/such/folder"}),
    ):
        monkeypatch.setenv("DATABASE_URL", wrong.render_as_string(hide_password=False))
        for command in (("friction",), ("ingest", "-"), ("doctor",)):
            ended = run(*command)
            assert ended.code == 1
            assert "cannot be opened" in ended.out + ended.err
            assert "planted" not in ended.out + ended.err


@pytest.mark.parametrize(
    "command",
    [
        ("friction", "--no-such"),
        ("no-such-command",),
        ("digest",),
        ("ingest",),
        ("ingest", "x", "--map", "body"),
        ("features", "import"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, database: str, command: tuple[str, ...]) -> None:
    ended = run(*command)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err


def test_wrong_settings_are_told_all_at_once(
    run: Run, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARSHOT_PORT", "x")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "oops")
    for command in (("friction",), ("serve",), ("run",), ("doctor",)):
        ended = run(*command)
        assert ended.code == 1
        assert "EARSHOT_PORT: " in ended.err
        assert "SLACK_BOT_TOKEN: " in ended.err
        assert "oops" not in ended.err


@pytest.mark.parametrize("command", ["run", "serve"])
def test_listening_without_a_token_says_where_it_is(run: Run, database: str, command: str) -> None:
    ended = run(command)
    assert ended.code == 1
    assert "SLACK_BOT_TOKEN is not set" in ended.err


# --- as processes ---------------------------------------------------------------------------


def test_help_waits_for_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    probe = (
        "import sys, bot.cli as cli\n"
        "sys.argv = ['earshot', '--help']\n"
        "try:\n    cli.main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = ('slack_bolt', 'slack_sdk', 'sqlmodel', 'sqlalchemy', 'alembic', 'starlette')\n"
        "print('LOADED', [name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("LOADED []\n")
    assert "friction" in done.stdout


def test_a_reader_that_goes_away_is_no_failure(filled: str, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    environment["DATABASE_URL"] = filled
    environment |= {"EARSHOT_SEMANTIC": "off", "EARSHOT_NAMES": "off"}
    command = f"{sys.executable} -m bot friction --json; echo ended $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({command}) | true"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stderr == "ended 0\n"
