"""Reading and redaction never keep Slack waiting, whatever comes in beside a command.

Slack waits three seconds for an acknowledgement. Patterns run without letting other threads in, so
one slow pattern would hold up every command; here texts that were made to cost time come in by
every door at once while people type.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.reports import TicketDraft
from bot.service.ingest import ingest
from conftest import NOW
from people import ADA, BEN, SUPPORT, TEAM, asked, buttons, take_some_tickets
from test_requests import FORM, post
from test_web_notes import NotedStage, send

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
from hostile_texts import HOSTILE

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

SLACK_WAITS = 3.0
FIVE_MEGABYTES = 5_000_000
COMMANDS = 12


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("busy")
    with NotedStage(folder, NOW, "http") as opened:
        take_some_tickets(opened, folder)
        yield opened


@contextmanager
def meanwhile(*works: Callable[[], object]) -> Iterator[None]:
    """Each over and over, in a thread of its own, until the block is done."""
    done = threading.Event()
    finished = dict.fromkeys(works, 0)

    def loop(work: Callable[[], object]) -> None:
        while not done.is_set():
            work()
            finished[work] += 1

    threads = [threading.Thread(target=loop, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join(60)
    assert min(finished.values()) >= 1


def slowest_command(stage: Stage) -> float:
    """Seconds until the last to be acknowledged of some commands was."""
    slowest = 0.0
    for number in range(COMMANDS):
        begin = time.monotonic()
        assert stage.slack.slash_command(ADA, SUPPORT, "/friction", f"checkout {number + 7}d").ok
        slowest = max(slowest, time.monotonic() - begin)
    return slowest


def big(text: str) -> str:
    return text * (FIVE_MEGABYTES // len(text) + 1)


def draft(number: int, text: str) -> TicketDraft:
    return TicketDraft("hostile", str(number), NOW, "Checkout", f"The checkout fails. {text}")


@pytest.mark.case(15)
@pytest.mark.case(16)
@pytest.mark.timeout(180)
def test_commands_are_acknowledged_while_texts_made_to_cost_time_come_in(stage: Stage) -> None:
    note = json.dumps({"text": big("a.a.")}).encode()
    names, turn = list(HOSTILE), iter(range(10**9))

    def read_and_redact() -> None:
        number = next(turn)
        text = HOSTILE[names[number % len(names)]]
        ingest(stage.context, [draft(number, text), draft(-1, big(text))], NOW, processes=1)

    def ask_with_a_paste() -> None:
        text = HOSTILE[names[next(turn) % len(names)]]
        typed = {"command": "/friction", "text": text * 3, "team_id": TEAM, "user_id": BEN}
        post(stage, urlencode(typed | {"channel_id": SUPPORT}).encode()[:900_000], FORM)

    def send_a_note() -> None:
        status, _ = send(stage, note)
        assert status == 400

    with meanwhile(read_and_redact, ask_with_a_paste, send_a_note):
        assert slowest_command(stage) < SLACK_WAITS


@pytest.mark.case(15)
def test_a_modal_with_texts_made_to_cost_time_is_answered_in_time(stage: Stage) -> None:
    answer = asked(stage, ADA, SUPPORT, "checkout")
    value = buttons(answer, kit.ACTION_TAG)[0]
    for name in ("ibans", "spelt digits", "twins", "names"):
        assert stage.slack.click(ADA, answer, kit.ACTION_TAG, value=value).ok
        stage.slack.wait_for(lambda: stage.slack.view(ADA))
        begin = time.monotonic()
        stage.slack.submit_view(
            ADA, {kit.BLOCK_TITLE: "Hostile", kit.BLOCK_NOTE: HOSTILE[name][:1_000]}
        )
        assert time.monotonic() - begin < SLACK_WAITS
        if stage.slack.view(ADA):
            stage.slack.close_view(ADA, clear=True)
