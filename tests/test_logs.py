"""The log: whatever is logged, by whom and at whatever level, what is written holds nobody's words.

Case 41, over the whole suite, is `log_watch`; here is shown that it can fail.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.config import load
from bot.errors import UserError
from bot.service import workers
from commandline import Run, runner
from log_watch import PLANTED

ROOT = Path(__file__).parent.parent
WORDS = "The checkout ate my order"
EMAIL, TOKEN = "kim@customer.example", "xoxb-" + "12345-67890-abcdefGHIJKL"


def shown(
    name: str, message: object, *given: object, level: int = logging.ERROR, exc_info: Any = None
) -> str:
    """What stands in the log of a record; nothing where it is not let through."""
    door = logs.Masked(logging.DEBUG, "%(levelname)s %(name)s: %(message)s")
    record = logging.LogRecord(name, level, __file__, 1, message, given or None, exc_info)
    return door.format(record) if door.filter(record) else ""


def raised(error: Exception) -> Any:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.type, caught.value, caught.tb


def test_a_line_of_ours_is_written_as_it_is() -> None:
    assert shown("bot.outbox", "message %s is %s: %s", 12, "held", "channel_not_found") == (
        "ERROR bot.outbox: message 12 is held: channel_not_found"
    )


@pytest.mark.parametrize("planted", [EMAIL, TOKEN, "+49 170 1234567", "password=Tr0ub4dor&3"])
def test_personal_data_and_secrets_are_masked_in_message_and_arguments(planted: str) -> None:
    for line in (shown("bot", f"about {planted}"), shown("bot.x", "about %s", planted)):
        assert planted not in line
        assert line.startswith("ERROR bot")


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
@pytest.mark.parametrize("name", ["slack_sdk.web.client", "httpx", "urllib3.connectionpool", "odd"])
def test_of_other_libraries_only_warnings_are_let_through(name: str, level: int) -> None:
    assert shown(name, WORDS, level=level) == ""
    assert shown(name, "Retrying", level=logging.WARNING).startswith(f"WARNING {name}: Retrying")


@pytest.mark.parametrize(
    "message",
    [
        "Failed to decode Slack API response: {words}",
        "Unhandled request ({words})",
        "Failed to run a message listener: {words}",
        "could not parse '{words}'",
        "text={words}",
    ],
)
def test_of_a_librarys_warning_only_the_beginning_is_shown(message: str) -> None:
    line = shown("slack_bolt.App", message.format(words=WORDS))
    assert WORDS not in line
    assert "test_logs:1" in line, "where it was written"


def test_a_traceback_shows_where_and_what_sort_of_error_without_its_words() -> None:
    def inner() -> None:
        raise KeyError(WORDS)

    try:
        try:
            inner()
        except KeyError as error:
            raise ValueError(WORDS, EMAIL) from error
    except ValueError:
        line = shown("bot.clock", "it failed", exc_info=sys.exc_info())
    assert "in inner" in line
    assert "builtins.KeyError" in line
    assert "builtins.ValueError" in line
    for planted in (f"{WORDS}\n", f"'{WORDS}'", EMAIL):
        assert planted not in line


def test_errors_of_system_and_database_are_told_by_name() -> None:
    import sqlite3

    full = raised(OSError(28, "No space left on device", "/srv/earshot.db"))
    assert "No space left on device: '/srv/earshot.db'" in shown("bot", "x", exc_info=full)
    connection = sqlite3.connect(":memory:")
    try:
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute(f"SELECT * FROM nowhere WHERE a = '{WORDS}'")
    finally:
        connection.close()
    line = shown("bot", "x", exc_info=(caught.type, caught.value, None))
    assert "OperationalError (SQLITE_ERROR)" in line


def test_errors_in_a_group_are_told_too() -> None:
    group = raised(ExceptionGroup(WORDS, [ValueError(EMAIL), LookupError(WORDS)]))
    line = shown("bot", "x", exc_info=group)
    assert "builtins.ValueError" in line
    assert "builtins.LookupError" in line
    assert WORDS not in line.replace("ExceptionGroup(WORDS", "")


class Odd:
    def __str__(self) -> str:
        raise RuntimeError(WORDS)


@pytest.mark.parametrize(
    ("message", "given"), [("%d", (EMAIL,)), ("%s %s", (EMAIL,)), (Odd(), ()), ("%s", (Odd(),))]
)
def test_a_record_that_cannot_be_written_breaks_nothing_and_shows_nothing(
    message: object, given: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    line = shown("bot", message, *given)
    assert logs.WITHHELD in line
    assert EMAIL not in line
    assert WORDS not in line
    assert capsys.readouterr().err == ""


def test_where_the_rules_fail_the_line_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_text: str) -> str:
        raise ZeroDivisionError(WORDS)

    monkeypatch.setattr(logs, "_mask", lambda: fails)
    line = shown("bot", f"about {EMAIL}")
    assert line == f"ERROR bot: {logs.WITHHELD} (ZeroDivisionError, test_logs:1)"


@pytest.mark.parametrize("text", ["a.a.a.@" * 40_000, "1-" * 150_000, "password=" * 40_000])
def test_a_hostile_line_is_bounded_in_time_and_length(text: str) -> None:
    begin = time.thread_time()
    line = shown("bot", text)
    assert time.thread_time() - begin < 2.5
    assert len(line) < logs.LONGEST + 100


@given(st.text())
def test_no_line_brings_signs_that_a_terminal_obeys(text: str) -> None:
    line = logs.masked(text)
    assert all(char == "\n" or ord(char) >= 32 for char in line)
    assert not any("\x7f" <= char < "\xa0" for char in line)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def test_debug_is_for_our_lines_only(capsys: pytest.CaptureFixture[str]) -> None:
    logs.write_to_standard_error("DEBUG", "%(name)s %(message)s")
    for name in ("bot.outbox", "slack_sdk.web", "sqlalchemy.engine", "urllib3", "anything"):
        logging.getLogger(name).debug("looking")
    assert capsys.readouterr().err == "bot.outbox looking\n"


def test_a_command_writes_by_one_door_however_often_it_is_set_up(
    command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        command("features", "list")
    logging.getLogger("bot").warning("once")
    assert capsys.readouterr().err == "once\n"


def ended(program: str) -> subprocess.CompletedProcess[str]:
    before = "from bot import logs\nlogs.write_to_standard_error('WARNING')\n"
    before += "logs.take_over_hooks()\nimport threading\n"
    return subprocess.run(
        [sys.executable, "-c", before + program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "program",
    [
        "raise ValueError(chr(75) + 'im@customer.example')",
        "t = threading.Thread(target=int, args=(chr(75) + 'im@customer.example',))\n"
        "t.start()\nt.join()",
        "class A:\n  def __del__(self): int(chr(75) + 'im@customer.example')\nA()",
    ],
)
def test_what_nobody_caught_is_told_without_its_words(program: str) -> None:
    said = ended(program).stderr
    assert "ValueError" in said
    assert "Kim@" not in said
    assert "Traceback" not in said


class Broken:
    """A draft that cannot be read, and says why in a customer's words."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ValueError(WORDS)


def test_a_process_that_reads_raw_tickets_tells_no_words_of_them(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = load({"EARSHOT_SEMANTIC": "off", "EARSHOT_NAMES": "off"}, tmp_path / "no.env")
    with workers.reading(settings, workers.LARGE, 2) as reads:
        batch: Any = [Broken()]
        with pytest.raises(UserError, match="A process that reads tickets has ended"):
            reads.read((), batch).result(60)
    said = capfd.readouterr().err
    assert "builtins.ValueError" in said
    assert WORDS not in said


def test_an_interrupted_command_says_so_in_a_word() -> None:
    assert ended("raise KeyboardInterrupt").stderr == "Interrupted.\n"


# --- case 41: the watch over the whole suite can fail -------------------------------------------

CLEAN = "import logging\ndef test_it():\n    logging.getLogger('bot').debug('message 12 is held')\n"
LEAKS = {
    "a line of ours, at DEBUG": "logging.getLogger('bot.x').debug('about kim' + AT)",
    "an argument": "logging.getLogger('earshot').info('%s', 'kim' + AT)",
    "a token": "logging.getLogger('bot').info('xoxb-' + '123456-abcdef')",
    "a ticket's words": "logging.getLogger('bot').debug('it says: %s', beginning())",
    "what a process prints": 'subprocess.run([sys.executable, \'-c\', \'print("kim" + "@" + '
    '"customer.example") #bot\'], capture_output=True)',
}
HEAD = """import json, logging, subprocess, sys
AT = '@' + 'customer.example'
def beginning():
    from log_watch import SAMPLES
    line = sorted(SAMPLES.glob('*.jsonl'))[0].read_text().splitlines()[0]
    return json.loads(line)['description']
"""


@pytest.fixture
def suite(tmp_path: Path) -> Callable[..., Any]:
    """A run of tests of its own under the watch."""

    def run(text: str, *options: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "test_it.py").write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "log_watch", *options, "test_it.py"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


@pytest.mark.case(41)
@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "several"])
def test_a_run_in_which_nothing_planted_is_logged_passes(suite: Any, options: Any) -> None:
    done = suite(CLEAN, *options)
    assert done.returncode == 0, done.stdout
    assert "Nothing planted stands in 1 log records." in done.stdout


@pytest.mark.case(41)
@pytest.mark.parametrize("leak", LEAKS)
def test_a_run_in_which_something_planted_comes_out_fails(suite: Any, leak: str) -> None:
    done = suite(f"{HEAD}def test_it():\n    {LEAKS[leak]}\n")
    assert done.returncode == 1
    assert "LEAKED: planted values came out" in done.stdout


@pytest.mark.case(41)
def test_it_fails_in_a_process_of_its_own_and_after_the_last_test_as_well(suite: Any) -> None:
    late = f"{HEAD}def test_it(): pass\ndef teardown_module():\n    {LEAKS['an argument']}\n"
    for options in ((), ("-n", "2")):
        done = suite(late, *options)
        assert done.returncode == 1, options
        assert "LEAKED: planted values came out" in done.stdout


def test_the_watch_knows_what_is_planted_from_what_is_not() -> None:
    for planted in (
        EMAIL,
        TOKEN,
        "hunter2-planted",
        "Bearer abcdef123",
        "kim+1@mail.example.co.uk",
    ):
        assert PLANTED.search(f"({planted})"), planted
    for ours in (
        "message 12",
        "must begin with xoxb-",
        "postgresql://***@db.example/x",
        "@Earshot",
    ):
        assert not PLANTED.search(ours), ours
