"""`earshot demo` as a program: up, an address on a line of its own, and nothing left behind."""

from __future__ import annotations

import gc
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from bot.demo import feed as feeds
from bot.demo import run
from bot.demo.fake_slack import ClientRefusal, FakeSlack
from bot.demo.fake_slack.state import picked
from bot.demo.fake_slack.wire import Server
from bot.demo.server import Guard
from bot.errors import UserError
from demo_client import ADA, GENERAL

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/")


def left_over() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{run.PREFIX}*"))


def test_closing_leaves_no_folder_and_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(threading.enumerate())
    with run.served(feeds.own(tiny(tmp_path), feeds.SAMPLE_READ_AT), 0) as (world, _):
        assert len(left_over()) == 1
        assert world.feed.read
    del world
    gc.collect()
    late = [each for each in threading.enumerate() if each not in before]
    for each in late:
        each.join(5)
    assert not [each.name for each in late if each.is_alive()]
    assert left_over() == set()


def test_a_failing_start_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = pytest.raises(UserError, match=f"Port {port} cannot be used")
        with refused, run.served(feeds.sample(earlier=False), port):
            raise AssertionError("never here")
    assert left_over() == set()


def test_the_next_free_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(run, "PORT", taken.getsockname()[1])
        found = run._listen(Guard(), None)
        assert run.PORT < found.port < run.PORT + run.PORTS_TRIED
        found.stop()


def tiny(folder: Path) -> Path:
    path = folder / "tiny.csv"
    text = "id,created_at,text\n1,2026-03-04 10:00,The invoice page shows an error\n"
    path.write_text(text, encoding="utf-8")
    return path


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        cwd=Path(__file__).parent.parent,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_ends_with_a_signal_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    own = ["--data", str(tiny(tmp_path))] if number is signal.SIGTERM else []
    with start(tmp_path, "--port", "0", *own) as program:
        assert program.stdout is not None
        said = []
        for line in program.stdout:
            said.append(line.rstrip("\n"))
            if ADDRESS.fullmatch(said[-1]):
                break
        assert "Nothing leaves this machine" in said[0]
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"{said[-1]}api/tour", timeout=10) as answer:
            assert answer.status == 200
        assert list(tmp_path.glob(f"{run.PREFIX}*"))
        program.send_signal(number)
        rest, err = program.communicate(timeout=20)
    assert program.returncode == 0, err
    assert err == ""
    assert "nothing of it is left" in rest
    assert list(tmp_path.glob(f"{run.PREFIX}*")) == []


def test_a_bad_file_ends_the_program_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("id,created_at,text\n", encoding="utf-8")
    with start(tmp_path, "--data", str(path)) as program:
        out, err = program.communicate(timeout=20)
    assert (program.returncode, out) == (1, "")
    assert err.startswith("empty.csv ")
    assert err.count("\n") == 1


# --- what the fake Slack gained for the demo


def test_deliveries_are_kept_with_their_faults() -> None:
    with FakeSlack(ack_timeout=0.1) as slack:
        assert slack.slash_command(ADA, GENERAL, "/nobody").status == 0
        calls, sent = slack.calls, slack.deliveries
        assert [each.delivery.kind for each in sent] == ["slash_commands"]
        assert sent[0].delivery.payload["command"] == "/nobody"
        judged = slack.courier.judged(sent[0].delivery, ("too_long",))
        assert slack.deliveries[0].delivery is judged
        assert judged.faults == ("too_long",)
        numbers = [each.change for each in calls] + [each.number for each in sent]
        assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("plain_text_input", ["a"]),
        ("plain_text_input", 3),
        ("multi_users_select", "U0ADA"),
        ("datetimepicker", "soon"),
        ("checkboxes", "a"),
    ],
)
def test_an_input_takes_only_its_sort_of_value(kind: str, value: object) -> None:
    with pytest.raises(ClientRefusal):
        picked({"type": kind, "action_id": "a"}, value)


def test_a_server_that_cannot_bind_leaves_no_socket() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Server(None, taken.getsockname()[1])
        gc.collect()
