"""Secrets and files: nobody else on the machine reads or changes what is kept; tokens are nowhere.

What is wrong stops the start with a plain sentence, because what was open may have been read.
"""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.config import SETTINGS, load
from bot.demo.stage import Stage
from bot.errors import ConfigError
from commandline import ROOT, Run, runner, ticket_lines, written
from people import ADA, SUPPORT, asked, card_post, take_some_tickets, told
from storage import rights

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-" + "1111-planted-bot",
    "SLACK_APP_TOKEN": "xapp-" + "1-planted-app",
    "SLACK_SIGNING_SECRET": "planted-signing-8f742231",
    "EARSHOT_NOTES_TOKEN": "planted-notes-token-1",
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def data(filled: str, tmp_path: Path) -> Path:
    """The folder of a database and its key."""
    return tmp_path / "data"


def as_in_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings for `run`, with a Slack that nobody answers for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("SLACK_API_URL", f"http://127.0.0.1:{free.getsockname()[1]}/api/")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


# --- case 43 --------------------------------------------------------------------------------

OPEN = {
    "earshot.db": (0o644, "can read the database", "chmod 600"),
    "earshot.db-wal": (0o640, "can read the database", "chmod 600"),
    "earshot.key": (0o604, "can read the key", "chmod 600"),
    ".": (0o777, "can change what lies in", "chmod 700"),
}


@pytest.mark.case(43)
@pytest.mark.only("sqlite")
@pytest.mark.parametrize("command", [["run"], ["serve"], ["friction"], ["ingest", "more.jsonl"]])
@pytest.mark.parametrize("name", OPEN)
def test_what_others_could_read_or_change_stops_the_start(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: list[str]
) -> None:
    as_in_slack(monkeypatch)
    mode, sentence, remedy = OPEN[name]
    file = data / name
    if name.endswith("-wal"):
        file.touch()
    file.chmod(mode)
    written(data.parent / "more.jsonl", ticket_lines(2))
    done = run(*command)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Other users of this machine ")
    assert sentence in done.err
    assert f"{remedy} {file.resolve() if name == '.' else file}" in done.err
    assert stat.S_IMODE(file.stat().st_mode) == mode, "it is said, not hidden"


@pytest.mark.case(43)
@pytest.mark.only("sqlite")
def test_all_that_is_open_is_said_at_once_and_by_doctor_too(run: Run, data: Path) -> None:
    (data / "earshot.db").chmod(0o644)
    (data / "earshot.key").chmod(0o644)
    done = run("doctor", "--json")
    assert done.code == 1
    [finding] = done.json["findings"]
    assert finding["level"] == "error"
    assert len(finding["message"].splitlines()) == 2


@pytest.mark.case(43)
@pytest.mark.parametrize("key", ["missing", "wrong", "too short", "unreadable"])
@pytest.mark.parametrize("command", [["run"], ["serve"], ["ingest", "more.jsonl"]])
def test_a_missing_or_wrong_key_stops_the_start(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, key: str, command: list[str]
) -> None:
    as_in_slack(monkeypatch)
    written(data.parent / "more.jsonl", ticket_lines(2, feature="login"))
    file = load().key_file
    file.unlink()
    content = {"wrong": "ab" * 32, "too short": "abcd", "unreadable": "hello"}.get(key)
    if content is not None:
        file.write_text(content)
        file.chmod(0o600)
    done = run(*command)
    assert done.code == 1
    assert "Customers cannot be counted: the key file" in done.err
    assert "Put the right key file back" in " ".join(done.err.split())
    assert "xoxb" not in done.err
    assert file.exists() == (content is not None), "no new key is made"


def test_a_folder_with_the_sticky_bit_is_as_good_as_ones_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    assert list(rights.of_database(tmp_path / "earshot.db")) == []
    tmp_path.chmod(0o777)
    assert len(list(rights.of_database(tmp_path / "earshot.db"))) == 1


@pytest.mark.only("sqlite")
def test_all_that_is_written_is_for_its_owner_whatever_the_umask(
    database: str, tmp_path: Path
) -> None:
    given = written(tmp_path / "tickets.jsonl", ticket_lines())
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "DATABASE_URL": database,
        "EARSHOT_SEMANTIC": "off",
        "EARSHOT_NAMES": "off",
    }
    for command in (
        ["ingest", given],
        ["patterns", "add", "contract", r"CT-\d{6}"],
        ["backup", str(tmp_path / "data" / "saved")],
    ):
        before = os.umask(0o022)
        try:
            subprocess.run(
                [sys.executable, "-m", "bot", *command],
                cwd=tmp_path,
                env=environment,
                check=True,
                capture_output=True,
            )
        finally:
            os.umask(before)
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert {"earshot.db", "earshot.key", "patterns.toml", "saved"} <= set(found)
    assert set(found.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


# --- tokens are nowhere ---------------------------------------------------------------------


def planted_in(folder: Path, values: list[str]) -> list[str]:
    """Files below a folder with one of the values in their raw bytes."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(value.encode() in path.read_bytes() for value in values)
    ]


@pytest.mark.only("sqlite")
def test_no_token_is_ever_stored(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    card_post(stage)
    answer = asked(stage, ADA, SUPPORT, "checkout")
    stage.slack.click(ADA, answer, kit.ACTION_SHARE)
    told(stage, ADA, 2)
    stage.work()
    settings = stage.settings()
    values = [settings.bot_token, settings.app_token, settings.signing_secret]
    assert all(len(value) > 8 for value in values)
    assert planted_in(tmp_path, values) == []
    key = settings.key_file.read_text().strip()
    assert planted_in(tmp_path, [key]) == [settings.key_file.name], (
        "nor is the key, but in its file"
    )


COMMANDS = (
    ["doctor", "--json"],
    ["doctor"],
    ["run"],
    ["serve"],
    ["friction", "checkout", "--json"],
    ["posts", "--json"],
    ["audit", "--json"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_token_is_printed(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], level: str
) -> None:
    as_in_slack(monkeypatch)
    monkeypatch.setenv("EARSHOT_LOG_LEVEL", level)
    done = run(*command)
    for value in SECRETS.values():
        assert value not in done.out + done.err


def test_a_wrong_setting_is_named_without_its_value() -> None:
    wrong = {setting.name: "hunter" + "2-planted" for setting in SETTINGS if setting.secret}
    with pytest.raises(ConfigError) as caught:
        load(wrong, Path("no.env"))
    assert len(caught.value.faults) >= 3
    assert "planted" not in str(caught.value)


def test_settings_show_no_secret_when_they_are_printed(data: Path) -> None:
    values = {**SECRETS, "DATABASE_URL": "sqlite:///x"}
    shown = repr(load(values, Path("no.env"))) + str(load(values, Path("no.env")))
    assert not [value for value in SECRETS.values() if value in shown]


@pytest.mark.only("sqlite")
def test_no_token_stands_in_the_command_line_of_a_process(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_in_slack(monkeypatch)
    many = written(tmp_path / "many.jsonl", ticket_lines(6_000))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    seen: set[str] = set()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ingest", many, "--processes", "2"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            seen |= set(command_lines(process.pid))
    assert any("bot.service.worker" in line for line in seen), "it has helpers"
    assert not [value for value in SECRETS.values() for line in seen if value in line]


def command_lines(parent: int) -> Iterator[str]:
    """Of a process and those that it has started."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            father = (path / "stat").read_text().rpartition(")")[2].split()[1]
            line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except (OSError, IndexError):
            continue
        if path.name == str(parent) or father == str(parent):
            yield line


def test_every_setting_that_holds_a_secret_is_marked_as_one() -> None:
    marked = {setting.name for setting in SETTINGS if setting.secret}
    assert {s.name for s in SETTINGS if "TOKEN" in s.name or "SECRET" in s.name} - {
        "EARSHOT_TOKENIZER"
    } <= marked
