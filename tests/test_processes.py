"""Real `earshot run` processes: two at once, killed half-way, asked to end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from bot.config import load
from bot.demo.fake_slack import Failure, FakeSlack, hold, timeout_after_accept
from bot.service.context import Context, open_context
from bot.service.ingest import ingest
from bot.sources.files import read
from databases import Databases
from outbox_stage import CHECKOUT, TEAM, WITHOUT_HISTORY
from people import ADA
from storage import channels
from storage.models import OutboxRow
from storage.values import SettingValue

ROOT = Path(__file__).parent.parent
PATIENCE = 25.0
STORIES = (
    "I was charged twice for one order and the refund never came. It happens every time I pay"
    " with a card and then press back.",
    "The export crashes after exactly 500 rows since Tuesday, and the whole month is lost. I have"
    " tried it in two browsers.",
    "I cannot log in since the update: the code never arrives, so nobody in our shop can work.",
)

Start = Callable[[], "subprocess.Popen[str]"]


class House:
    """A database with a digest that has just come due, and the Slack that it is for."""

    def __init__(self, folder: Path, slack: FakeSlack, database_url: str) -> None:
        self.slack = slack
        self.environment = {
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default",
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_APP_TOKEN": slack.app_token,
            "DATABASE_URL": database_url,
            "EARSHOT_KEY_FILE": str(folder / "earshot.key"),
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "EARSHOT_PORT": str(free_port()),
        }
        self.folder = folder
        self.context: Context = open_context(load(self.environment), create=True)
        self.processes: list[subprocess.Popen[str]] = []
        self._take_in()

    def _take_in(self) -> None:
        now = datetime.now(UTC)
        path = self.folder / "fresh.jsonl"
        path.write_text(
            "".join(
                json.dumps({
                    "id": str(number),
                    "created_at": (now - timedelta(hours=number + 1)).isoformat(),
                    "subject": story.split(".")[0][:60],
                    "description": story,
                    "requester": {"email": f"c{number}@example.org"},
                }) + "\n"
                for number, story in enumerate(STORIES)
            ),
            encoding="utf-8",
        )  # fmt: skip
        with read(path, name=path.name, now=now) as reader:
            ingest(self.context, reader, now)
        due = now - timedelta(minutes=1)
        setting = SettingValue(
            team=TEAM,
            channel=CHECKOUT,
            features=(),
            at=f"{due:%H:%M}",
            days=(1, 2, 3, 4, 5, 6, 7),
            timezone="UTC",
            most=5,
            enabled=True,
            set_up_by="U0MIRA",
            changed_at=now - timedelta(days=2),
        )
        with self.context.store.write() as session:
            channels.put(session, setting)

    def start(self, command: str = "run") -> subprocess.Popen[str]:
        """A process that has begun; it listens, and works on the clock, a moment later."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def listening(self, process: subprocess.Popen[str]) -> None:
        """Wait until a process says that it listens; its later output is read and kept away."""
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "listening" in line:
                threading.Thread(target=process.stdout.read, daemon=True).start()
                return
        raise AssertionError("".join(said))

    def rows(self) -> list[tuple[str, str | None]]:
        """State and timestamp of every message planned for the channel.

        Its owner is told of the days before this one, on which nobody ran.
        """
        statement = select(col(OutboxRow.state), col(OutboxRow.ts))
        with self.context.store.read() as session:
            found = session.execute(
                statement.where(col(OutboxRow.channel) == CHECKOUT).order_by(col(OutboxRow.id))
            )
            return [(state, ts) for state, ts in found]

    def all_sent(self) -> bool:
        found = self.rows()
        return bool(found) and all(state == "sent" for state, _ in found)

    def let_leases_run_out(self) -> None:
        """Do as if a minute and a half had gone by since the process died."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self.context.store.write() as session:
            session.execute(
                update(OutboxRow).where(col(OutboxRow.state) == "sending").values(lease_until=past)
            )

    def digest(self) -> tuple[int, int]:
        """How many digests the channel shows, and how many replies under the first."""
        roots = self.slack.messages(CHECKOUT)
        return len(roots), len(self.slack.messages(CHECKOUT, thread_ts=roots[0].ts)) if roots else 0

    def end(
        self, process: subprocess.Popen[str], *more: signal.Signals, pause: float = 0.2
    ) -> tuple[int, float]:
        """Ask a process to end, and ask again; its exit code, and how long it took."""
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        for again in more:
            with suppress(subprocess.TimeoutExpired):
                process.wait(pause)
            process.send_signal(again)
        return process.wait(PATIENCE), time.monotonic() - begin

    def close(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait(PATIENCE)
            if process.stdout is not None:
                process.stdout.close()
        self.context.store.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[House]:
    with FakeSlack() as slack:
        opened = House(tmp_path, slack, databases.migrated(tmp_path))
        try:
            yield opened
        finally:
            opened.close()


@pytest.mark.case(27)
def test_two_processes_post_one_digest_with_its_thread_and_end_when_asked(house: House) -> None:
    processes = [house.start(), house.start()]
    for process in processes:
        house.listening(process)
    house.slack.wait_for(house.all_sent, PATIENCE)
    roots, replies = house.digest()
    assert roots == 1
    assert replies == len(house.rows()) - 1 >= 1
    for process in processes:
        code, seconds = house.end(process)
        assert code == 0
        assert seconds < 10
    assert house.digest() == (roots, replies)


@pytest.mark.case(26)
@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "not accepted"])
def test_a_process_killed_while_it_posts_leaves_one_digest_and_a_whole_thread(
    house: House, accepted: bool
) -> None:
    kill_while_posting(house, accepted)
    house.start()
    house.slack.wait_for(house.all_sent, PATIENCE)
    roots, replies = house.digest()
    assert roots == 1
    assert replies == len(house.rows()) - 1 >= 1


def kill_while_posting(house: House, accepted: bool) -> None:
    """SIGKILL a process while its first message is on its way to Slack."""
    house.slack.fail_next("chat.postMessage", Failure("silence", acts=accepted, wait=60))
    process = house.start()
    house.slack.wait_for(lambda: house.slack.calls_of("chat.postMessage"), PATIENCE)
    assert house.rows()[0][0] == "sending"
    assert len(house.slack.posts(CHECKOUT)) == int(accepted)
    process.kill()
    process.wait(PATIENCE)
    house.slack.release_held()
    house.let_leases_run_out()


def test_without_history_there_is_one_digest_at_most_and_doctor_shows_it(house: House) -> None:
    house.slack.grant(WITHOUT_HISTORY)
    kill_while_posting(house, accepted=True)
    house.start()
    house.slack.wait_for(lambda: house.rows()[0][0] == "held", PATIENCE)
    assert len(house.slack.posts(CHECKOUT)) == 1
    doctor = subprocess.run(
        [sys.executable, "-m", "bot", "doctor", "--json"],
        cwd=house.folder,
        env=house.environment,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    findings = {finding["id"]: finding for finding in json.loads(doctor.stdout)["findings"]}
    assert "outbox.held" in findings
    assert findings["outbox.held"]["remedy"]
    assert len(house.slack.posts(CHECKOUT)) == 1


ASKED_TO_END = {
    "once": (),
    "twice": (signal.SIGTERM,),
    "again and again": (signal.SIGTERM, signal.SIGINT, signal.SIGTERM),
}


@pytest.mark.case(36)
@pytest.mark.parametrize("more", ASKED_TO_END.values(), ids=ASKED_TO_END)
@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_process_asked_to_end_while_slack_is_silent_ends_in_time_and_posts_nothing_twice(
    house: House, command: str, more: tuple[signal.Signals, ...]
) -> None:
    house.slack.fail_next("chat.postMessage", timeout_after_accept(60))
    process = house.start(command)
    house.listening(process)
    house.slack.wait_for(lambda: house.slack.posts(CHECKOUT), PATIENCE)
    code, seconds = house.end(process, *more)
    assert code == 0
    assert seconds <= 10
    house.slack.release_held()
    assert house.digest() == (1, 0)
    root, *replies = house.rows()
    assert root[0] in ("sending", "unknown")
    assert {state for state, _ in replies} == {"planned"}, "nothing new was claimed"
    house.let_leases_run_out()
    house.start()
    house.slack.wait_for(house.all_sent, PATIENCE)
    assert house.digest() == (1, len(replies))


@pytest.mark.case(36)
@pytest.mark.only("sqlite")
@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_post_that_slack_answers_in_time_is_finished_and_nothing_new_is_begun(
    house: House, command: str
) -> None:
    answered = threading.Event()
    house.slack.fail_next("chat.postMessage", hold(answered))
    process = house.start(command)
    house.listening(process)
    house.slack.wait_for(lambda: house.rows() and house.rows()[0][0] == "sending", PATIENCE)
    threading.Timer(1.0, answered.set).start()
    code, seconds = house.end(process, signal.SIGTERM)
    assert code == 0
    assert seconds <= 10
    states = [state for state, _ in house.rows()]
    assert states[0] == "sent"
    assert set(states[1:]) == {"planned"}
    assert house.digest() == (1, 0)


@pytest.mark.case(36)
@pytest.mark.only("sqlite")
@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_process_ends_in_time_though_people_wait_for_answers_that_slack_does_not_take(
    house: House, command: str
) -> None:
    silence = Failure("silence", wait=60)
    house.slack.fail_next("response_url", silence, times=20)
    house.slack.fail_next("chat.postMessage", silence, times=20)
    process = house.start(command)
    house.listening(process)
    if command == "serve":
        port = house.environment["EARSHOT_PORT"]
        house.slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    for _ in range(3):
        assert house.slack.slash_command(ADA, CHECKOUT, "/friction", "help").ok
    house.slack.wait_for(lambda: len(house.slack.calls_of("response_url")) >= 3, PATIENCE)
    code, seconds = house.end(process, signal.SIGTERM)
    assert code == 0
    assert seconds <= 10
    house.slack.release_held()
