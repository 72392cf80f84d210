"""The command line: exit codes, JSON with stable keys, and sentences where something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
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


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
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
        return Ended(code, captured.out, captured.err)

    return command


def piped(folder: Path, database: Path, *arguments: str, given: bytes = b"") -> Ended:
    """`earshot …` as a process of its own, with real streams."""
    environment = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite:///{database}",
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
    words = ("is broken", "crashed", "does not work", "shows an error")
    return [
        json.dumps(
            {
                "id": f"{feature}-{number}",
                "created_at": (MOMENT - timedelta(hours=3 * number + 2)).isoformat(),
                "subject": "Help",
                "description": f"The {feature} {words[number % 4]} for me, order {number}.",
                "tags": [feature],
                "requester": {"email": f"kim{number}@customer.example"},
                "url": f"https://help.example/tickets/{number}",
            }
        )
        for number in range(count)
    ]


def written(path: Path, lines: Sequence[str]) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands look for a database; there is none yet."""
    path = tmp_path / "data" / "earshot.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
def filled(database: Path, tmp_path: Path) -> Iterator[Path]:
    """A database with tickets on two features, and an insight."""
    context = open_context(load(), create=True)
    catalogue.bring_in(context, [Feature("checkout", "Checkout"), Feature("search", "Search")])
    path = tmp_path / "tickets.jsonl"
    written(path, [*ticket_lines(), *ticket_lines(6, feature="search")])
    with read(path, name=path.name, now=MOMENT) as reader:
        assert ingest(context, reader, MOMENT).new == 14
    request = TagRequest("T1", "U1", "C1", "Orders break", "checkout", Kind.BROKEN, ticket=1)
    insights.tag(context, request, MOMENT)
    context.store.close()
    yield database


# --- ingest ---------------------------------------------------------------------------------


def test_ingest_says_what_it_did_and_the_second_time_nothing(
    run: Run, database: Path, tmp_path: Path
) -> None:
    file = written(tmp_path / "t.jsonl", ticket_lines())
    first = run("ingest", file)
    assert (first.code, first.err) == (0, "")
    assert first.out == "8 rows read: 8 new tickets, 0 changed, 0 the same, 0 bad.\n"
    assert database.exists()
    assert run("ingest", file).out == "8 tickets read: nothing has changed.\n"


INGEST_KEYS = {"read", "new", "changed", "same", "bad_count", "bad"}


def test_ingest_as_json_has_the_keys_of_the_contract(
    run: Run, database: Path, tmp_path: Path
) -> None:
    lines = [*ticket_lines(3), "not json", json.dumps({"id": "x", "created_at": "never"})]
    ended = run("ingest", "--json", written(tmp_path / "t.jsonl", lines))
    assert ended.code == 3, "done with bad rows"
    assert {*ended.json} >= INGEST_KEYS
    assert (ended.json["read"], ended.json["new"], ended.json["bad_count"]) == (5, 3, 2)
    assert [bad["line"] for bad in ended.json["bad"]] == [4, 5]
    assert all(bad["reason"] for bad in ended.json["bad"])
    assert "t.jsonl:4: " in ended.err, "said to people too, beside the JSON"


def test_bad_rows_are_named_on_standard_error(run: Run, database: Path, tmp_path: Path) -> None:
    lines = ticket_lines(2) + ["{"] * 25
    ended = run("ingest", written(tmp_path / "t.jsonl", lines))
    assert ended.code == 3
    assert "25 bad" in ended.out
    assert "… and 5 more bad rows" in ended.err


@pytest.mark.parametrize("lines", [["{", "{"], []])
def test_a_file_without_a_good_row_ends_with_1(
    run: Run, database: Path, tmp_path: Path, lines: list[str]
) -> None:
    assert run("ingest", written(tmp_path / "t.jsonl", lines)).code == 1


def test_a_missing_file_ends_with_1_and_nothing_is_taken_in(
    run: Run, database: Path, tmp_path: Path
) -> None:
    good = written(tmp_path / "t.jsonl", ticket_lines())
    ended = run("ingest", good, "nowhere.csv")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "No such file: nowhere.csv. Nothing was taken in.\n"
    assert not database.exists()


def test_a_good_file_beside_a_hopeless_one_is_taken_in(
    run: Run, database: Path, tmp_path: Path
) -> None:
    good = written(tmp_path / "good.jsonl", ticket_lines())
    (tmp_path / "bad.bin").write_bytes(bytes(range(256)) * 20)
    ended = run("ingest", good, str(tmp_path / "bad.bin"), "--json")
    assert (ended.code, ended.json["new"]) == (3, 8)


def test_ingest_reads_a_pipe(tmp_path: Path) -> None:
    given = "\n".join(ticket_lines()).encode()
    database = tmp_path / "piped.db"
    ended = piped(tmp_path, database, "ingest", "-", "--json", "--now", NOW, given=given)
    assert (ended.code, ended.json["new"]) == (0, 8), ended.err
    again = piped(tmp_path, database, "friction", "checkout", "--json", "--now", NOW)
    assert again.json["tickets"] == 8


def test_a_dry_run_shows_how_a_file_is_read_and_stores_nothing(
    run: Run, database: Path, tmp_path: Path
) -> None:
    ended = run("ingest", "--dry-run", written(tmp_path / "t.jsonl", ticket_lines()))
    assert ended.code == 0
    assert "description" in ended.out
    assert not database.exists()


def test_a_lost_key_stops_ingest_with_what_to_do(run: Run, filled: Path, tmp_path: Path) -> None:
    (filled.parent / "earshot.key").unlink()
    ended = run("ingest", written(tmp_path / "more.jsonl", ticket_lines()))
    assert (ended.code, ended.out) == (1, "")
    assert "Put the right key file back" in ended.err


# --- friction -------------------------------------------------------------------------------

FRICTION_KEYS = {
    *("reading", "feature", "search", "since", "until", "enough", "tickets", "customers"),
    *("previous", "kinds", "weeks", "themes", "quotes", "praise", "insights", "suggestions"),
}


def test_friction_as_json_has_the_keys_of_the_contract(run: Run, filled: Path) -> None:
    ended = run("friction", "checkout 30d", "--json", "--now", NOW)
    found = ended.json
    assert (ended.code, ended.err) == (0, "")
    assert {*found} >= FRICTION_KEYS
    assert (found["feature"], found["tickets"], found["customers"]) == ("checkout", 8, 8)
    assert (found["since"], found["until"]) == ("2026-10-04T16:00:00Z", NOW)
    assert {*found["kinds"]} == {"broken", "confusing", "unexpected", "request", "praise"}
    assert {*found["previous"]} == {"tickets", "customers"}
    assert {*found["weeks"][0]} == {"start", "tickets", "customers"}
    assert datetime.strptime(found["weeks"][0]["start"], "%Y-%m-%d")
    assert {*found["quotes"][0]} == {"ticket_id", "kind", "text", "url"}
    assert found["insights"][0]["title"] == "Orders break"
    assert found["enough"] is True


def test_friction_alone_ranks_the_features(run: Run, filled: Path) -> None:
    found = run("friction", "--json", "--now", NOW).json
    assert [each["feature"] for each in found["features"]] == ["checkout", "search"]
    assert {*found["features"][0]} == {"feature", "tickets", "customers", "previous"}
    shown = run("friction", "--now", NOW)
    assert "Checkout hurts most" in shown.out


def test_several_words_need_no_quotes(run: Run, filled: Path) -> None:
    found = run("friction", "how", "is", "checkout", "12w", "--json", "--now", NOW).json
    assert found["feature"] == "checkout"


@pytest.mark.parametrize("question", ["qwertzuiop", "***", "help", "🙂", "\udcff", "x" * 3000])
def test_what_is_not_known_is_a_hint_and_no_fault(run: Run, filled: Path, question: str) -> None:
    ended = run("friction", question, "--now", NOW)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip()
    assert run("friction", question, "--json", "--now", NOW).code == 0


def test_a_bare_date_is_midnight_utc(run: Run, filled: Path) -> None:
    for typed, until in (
        ("2026-11-03", "2026-11-03T00:00:00Z"),
        ("2026-11-03T16:00", NOW),
        ("2026-11-03T18:00+02:00", NOW),
    ):
        assert run("friction", "checkout", "--json", "--now", typed).json["until"] == until
    midnight = run("friction", "checkout 1d", "--json", "--now", "2026-11-03").json
    whole = run("friction", "checkout 1d", "--json", "--now", NOW).json
    assert midnight["tickets"] < whole["tickets"], "the window ends before what came later"


WRONG_MOMENTS = ["yesterday", "03.11.2026", "", "2026-13-01", "0001-01-01", "9999-12-31"]


@pytest.mark.parametrize("moment", WRONG_MOMENTS)
@pytest.mark.parametrize("command", [("friction",), ("digest", "--channel", "C1")])
def test_a_wrong_moment_is_wrong_usage(
    run: Run, filled: Path, command: tuple[str, ...], moment: str
) -> None:
    ended = run(*command, "--now", moment)
    assert (ended.code, ended.out) == (2, "")
    assert "moment" in ended.err or "too far" in ended.err


@pytest.mark.parametrize("question", ["checkout 9999m", "checkout since 0001-01-01", "99999999d"])
def test_a_window_beyond_all_time_is_still_answered(run: Run, filled: Path, question: str) -> None:
    assert run("friction", question, "--now", "1980-01-01").code == 0
    assert run("friction", question, "--json", "--now", NOW).code == 0


# --- digest, insights, features -------------------------------------------------------------


def test_digest_as_json_has_the_keys_of_the_contract(run: Run, filled: Path) -> None:
    ended = run("digest", "--channel", "C1", "--json", "--now", NOW)
    found = ended.json
    assert ended.code == 0
    assert {*found} >= {"channel", "due", "silent", "reason", "items", "left_out"}
    assert (found["channel"], found["silent"]) == ("C1", False)
    item = found["items"][0]
    assert {*item} >= {"ticket_id", "score", "parts", "quote", "why", "similar"}
    assert run("digest", "--channel", "C1", "--now", NOW).out.strip()


def test_a_silent_digest_is_no_fault(run: Run, filled: Path) -> None:
    ended = run("digest", "--channel", "C1", "--json", "--now", "2025-01-01")
    assert (ended.code, ended.json["silent"], ended.json["items"]) == (0, True, [])
    assert ended.json["reason"]


def test_insights_as_json_has_the_keys_of_the_contract(run: Run, filled: Path) -> None:
    [found] = run("insights", "--json").json["insights"]
    assert {*found} >= {
        *("id", "title", "feature", "kind", "status", "tickets", "customers", "answers")
    }
    assert (found["id"], found["feature"], found["status"]) == (1, "checkout", "open")
    assert run("insights", "nothing", "such", "--json").json["insights"] == []
    assert "Orders break" in run("insights", "orders").out


def test_features_are_listed_imported_and_suggested(run: Run, filled: Path, tmp_path: Path) -> None:
    listed = run("features", "list", "--json").json["features"]
    assert [each["id"] for each in listed] == ["checkout", "search"]
    assert {*listed[0]} == {"id", "name", "aliases", "tags", "channels"}
    toml = run("features", "list", "--toml").out
    file = written(tmp_path / "features.toml", [toml.replace("Search", "Finding")])
    changed = run("features", "import", file, "--json")
    assert changed.json == {"features": 2, "removed": 0, "rematched": 14}
    assert "Finding" in run("features", "list").out
    assert run("features", "suggest", "--json").json["suggestions"] is not None


def test_a_catalogue_with_faults_changes_nothing(run: Run, filled: Path, tmp_path: Path) -> None:
    ended = run("features", "import", written(tmp_path / "f.toml", ["[[feature]]", "id = 1"]))
    assert (ended.code, ended.out) == (1, "")
    assert "f.toml is not a catalogue" in ended.err
    assert len(run("features", "list", "--json").json["features"]) == 2


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
    run: Run, database: Path, command: tuple[str, ...]
) -> None:
    ended = run(*command)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"There is no database at {database} yet. `earshot ingest FILE`")
    assert not database.parent.exists()


def test_a_database_that_is_none_is_a_stated_fault(run: Run, database: Path) -> None:
    database.parent.mkdir()
    database.write_text("this is not a database, whatever its name says" * 100)
    ended = run("friction")
    assert ended.code == 1
    assert "cannot be opened" in ended.err


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
def test_wrong_usage_ends_with_2(run: Run, database: Path, command: tuple[str, ...]) -> None:
    ended = run(*command)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err


def test_wrong_settings_are_told_all_at_once(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch
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
def test_listening_without_a_token_says_where_it_is(run: Run, database: Path, command: str) -> None:
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


def test_a_reader_that_goes_away_is_no_failure(filled: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    environment["DATABASE_URL"] = f"sqlite:///{filled}"
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
