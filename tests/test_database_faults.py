"""A database that is locked, or has no room: nothing is lost, nothing doubled, and it is told."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import OperationalError

from bot.demo.stage import Stage
from bot.doctor import examine
from bot.outbox import LEASE
from bot.reports import ChannelSettings, Deed
from bot.service import audit, channels
from bot.service.digest_due import plan_due
from bot.service.ingest import ingest
from commandline import runner, ticket_lines, written
from conftest import NOW
from disk import Lock, NoSpace, is_whole, locked, no_more_pages, no_space
from outbox_stage import CHECKOUT, MINUTE, SECOND, TEAM, pass_time, plan, row, run, texts, tries
from own_tickets import TELLING, draft
from people import ADA, asked, card_post, rows, said, take_some_tickets
from storage import database
from storage import notes as note_rows
from storage.database import FAULT_SHOWS_S, Store

pytestmark = pytest.mark.only("sqlite")
Fault = Lock | NoSpace


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the database gives up after a moment instead of half a minute."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)


@pytest.fixture
def stage(impatient: None, http_stage: Stage) -> Iterator[Stage]:
    yield http_stage
    http_stage.slack.release_held()


def break_off(stage: Stage) -> None:
    """Work until the fault of the database ends it."""
    with pytest.raises(OperationalError, match=r"locked|full|disk I/O"):
        run(stage)


def faults(stage: Stage) -> dict[str, Callable[[], AbstractContextManager[Fault]]]:
    return {"locked": lambda: locked(stage.context.store), "no space": no_space}


both = pytest.mark.parametrize(
    "fault",
    [
        pytest.param("locked", marks=pytest.mark.case(32)),
        pytest.param("no space", marks=pytest.mark.case(33)),
    ],
)


# --- sending ------------------------------------------------------------------------------------


@both
def test_without_a_claim_nothing_is_posted_and_afterwards_it_is_once(
    stage: Stage, fault: str
) -> None:
    id = plan(stage, "Good morning")
    with faults(stage)[fault]():
        for _ in range(3):
            break_off(stage)
            stage.now += 5 * SECOND
    assert (row(stage, id).state, tries(stage)) == ("planned", 0)
    assert is_whole(stage.context.store)
    pass_time(stage, MINUTE)
    assert (texts(stage), row(stage, id).state, tries(stage)) == (["Good morning"], "sent", 1)


@both
@pytest.mark.parametrize("accepted", [True, False], ids=["posted", "refused for the moment"])
def test_what_was_posted_and_cannot_be_written_down_is_found_and_not_posted_again(
    stage: Stage, fault: str, accepted: bool
) -> None:
    root = plan(stage, "Root")
    plan(stage, "Reply", thread_of=root)
    client, send = stage.earshot.client, stage.earshot.client.chat_postMessage
    with faults(stage)[fault]() as held:
        held.release()
        if not accepted:
            stage.slack.fail_next("chat.postMessage", "internal_error")

        def and_then_it_breaks(**arguments: Any) -> Any:
            client.chat_postMessage = send  # type: ignore[method-assign]
            try:
                return send(**arguments)
            finally:
                held.take()

        client.chat_postMessage = and_then_it_breaks  # type: ignore[method-assign]
        break_off(stage)
    assert row(stage, root).state == "sending"
    assert len(texts(stage)) == int(accepted)
    assert is_whole(stage.context.store)
    pass_time(stage, LEASE + MINUTE, 5 * SECOND)
    assert texts(stage) == ["Root", "Reply"]
    assert rows(stage, "SELECT state FROM outbox") == [("sent",), ("sent",)]
    assert tries(stage) == 3 - int(accepted)


@both
def test_a_digest_that_cannot_be_planned_is_whole_when_it_is(stage: Stage, fault: str) -> None:
    settings = ChannelSettings(TEAM, CHECKOUT)
    channels.save(stage.context, settings, ADA, NOW - timedelta(days=1))
    fresh = [draft(str(n), text, created=NOW - 9 * 60 * MINUTE) for n, text in enumerate(TELLING)]
    ingest(stage.context, fresh, NOW - 8 * 60 * MINUTE)
    stage.now = NOW.replace(hour=9, minute=30)
    with faults(stage)[fault]():
        break_off(stage)
    for table in ("digest", "digest_item", "outbox"):
        assert rows(stage, f"SELECT count(*) FROM {table}") == [(0,)]
    pass_time(stage, MINUTE)
    assert rows(stage, "SELECT state FROM digest") == [("posted",)]
    roots = stage.slack.messages(CHECKOUT)
    assert len(roots) == 1
    thread = stage.slack.messages(CHECKOUT, thread_ts=roots[0].ts)
    assert len(thread) == rows(stage, "SELECT count(*) FROM digest_item")[0][0] >= 1
    assert is_whole(stage.context.store)


# --- what comes in ------------------------------------------------------------------------------


@both
def test_what_slack_tells_meanwhile_is_not_acknowledged_and_counts_once_when_it_comes_again(
    stage: Stage, tmp_path: Path, fault: str
) -> None:
    take_some_tickets(stage, tmp_path)
    card = card_post(stage)
    with faults(stage)[fault]():
        lost = stage.slack.react(ADA, card.channel, card.ts, "eyes")
    assert not lost.ok, "Slack is not told that it was taken"
    stored = "SELECT emoji, present FROM reaction"
    assert rows(stage, stored) == []
    for _ in range(2):
        assert stage.slack.redeliver(lost, 1).ok
    stage.slack.wait_for(lambda: rows(stage, stored))
    stage.work()
    assert rows(stage, stored) == [("eyes", 1)]


@pytest.mark.case(32)
def test_questions_are_answered_while_another_writes_for_ever(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    with locked(stage.context.store):
        assert "Checkout" in said(asked(stage, ADA, CHECKOUT, "checkout"))


@pytest.mark.case(32)
def test_an_import_waits_for_a_lock_and_then_stores_all(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real patience: half a minute, of which a part is waited here."""
    store, waiting = http_stage.context.store, threading.Event()
    write = Store.write

    def telling(self: Store, *locks: str) -> Any:
        waiting.set()
        return write(self, *locks)

    drafts = [draft(str(number)) for number in range(20)]
    found: list[int] = []
    with locked(store) as lock:
        monkeypatch.setattr(Store, "write", telling)
        import_ = threading.Thread(
            target=lambda: found.append(ingest(http_stage.context, drafts, NOW).new)
        )
        import_.start()
        assert waiting.wait(10)
        import_.join(0.3)
        assert import_.is_alive(), "it waits"
        lock.release()
        import_.join(30)
    assert found == [20]
    assert rows(http_stage, "SELECT count(*) FROM ticket") == [(20,)]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("locked", marks=pytest.mark.case(32)),
        pytest.param("no space", marks=pytest.mark.case(33)),
        pytest.param("no pages", marks=pytest.mark.case(33)),
    ],
)
def test_an_import_that_cannot_store_says_so_and_the_next_takes_up_the_rest(
    impatient: None,
    filled: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: str,
) -> None:
    path = written(tmp_path / "more.jsonl", ticket_lines(600, feature="export"))
    store = Store(filled)
    command = runner(monkeypatch, capsys)
    if fault == "no pages":
        with monkeypatch.context() as small:
            small.setattr(database, "_sqlite", small_engine(database._sqlite, store))
            ended = command("ingest", path)
    else:
        with {"locked": lambda: locked(store), "no space": no_space}[fault]():
            ended = command("ingest", path)
    assert ended.code == 1
    assert re.search("cannot be (used just now|opened): (database|disk)", ended.err)
    assert "the same command again" in ended.err or "the free space" in ended.err
    assert is_whole(store)
    store.close()
    assert command("ingest", path).code == 0
    again = command("ingest", path)
    assert "nothing has changed" in again.out


def small_engine(make: Callable[[URL], Engine], store: Store) -> Callable[[URL], Engine]:
    """Makes engines for a file that can grow by two pages and no more."""
    with store.read() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()

    def small(url: URL) -> Engine:
        made = make(url)
        limit = f"PRAGMA max_page_count = {pages + 2}"
        event.listen(made, "connect", lambda raw, _: raw.execute(limit))
        return made

    return small


# --- the audit ----------------------------------------------------------------------------------


@pytest.mark.case(33)
def test_without_room_for_its_entry_there_is_no_deed_and_no_entry_without_a_deed(
    stage: Stage,
) -> None:
    store, done = stage.context.store, 0

    def do(number: int) -> None:
        with store.write() as session:
            note_rows.add(session, NOW, f"deed {number} " + "x" * 150, None, NOW)
            audit.record(session, NOW, Deed.SHARED, f"note {number}", by=ADA, team=TEAM)

    with no_more_pages(store):
        while _was_done(do, done):
            done += 1
    assert done > 0
    assert _kept(stage) == [(f"deed {n}", f"note {n}") for n in range(done)]
    assert is_whole(store)
    do(done)
    assert len(_kept(stage)) == done + 1


def _was_done(do: Callable[[int], None], number: int) -> bool:
    try:
        do(number)
    except OperationalError as error:
        assert "full" in str(error)  # noqa: PT017
        return False
    return True


def _kept(stage: Stage) -> list[tuple[str, str]]:
    notes = rows(stage, "SELECT text FROM note ORDER BY id")
    entries = rows(stage, "SELECT about FROM audit_entry ORDER BY id")
    assert len(notes) == len(entries)
    return [
        (note.rpartition(" ")[0], entry) for (note,), (entry,) in zip(notes, entries, strict=True)
    ]


@pytest.mark.case(33)
def test_a_digest_for_which_there_is_no_page_leaves_no_half(stage: Stage) -> None:
    settings = ChannelSettings(TEAM, CHECKOUT)
    channels.save(stage.context, settings, ADA, NOW - timedelta(days=1))
    long = [f"{text} {'And so on and on. ' * 200}" for text in TELLING]
    fresh = [draft(str(n), text, created=NOW - 9 * 60 * MINUTE) for n, text in enumerate(long)]
    ingest(stage.context, fresh, NOW - 8 * 60 * MINUTE)
    due = NOW.replace(hour=9, minute=30)
    with no_more_pages(stage.context.store), pytest.raises(OperationalError, match="full"):
        plan_due(stage.context, TEAM, due)
    assert rows(stage, "SELECT count(*) FROM digest") == [(0,)]
    assert rows(stage, "SELECT count(*) FROM outbox") == [(0,)]
    assert is_whole(stage.context.store)
    assert plan_due(stage.context, TEAM, due)
    assert rows(stage, "SELECT count(*) FROM outbox")[0][0] >= 2


# --- told ---------------------------------------------------------------------------------------


def health(stage: Stage) -> tuple[int, dict[str, Any]]:
    address = urlsplit(str(stage.slack.request_url))
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@both
def test_a_fault_that_stays_fails_the_health_check_until_a_minute_after_it(
    stage: Stage, fault: str
) -> None:
    seconds = [1_000.0]
    stage.context.store.seconds = lambda: seconds[0]
    assert health(stage) == (200, {"ok": True})
    plan(stage, "Good morning")
    with faults(stage)[fault]():
        for _ in range(4):
            break_off(stage)
            seconds[0] += 30
            assert health(stage) == (503, {"ok": False})
    seconds[0] += FAULT_SHOWS_S - 31
    assert health(stage) == (503, {"ok": False})
    seconds[0] += 1
    run(stage)
    assert health(stage) == (200, {"ok": True})


@pytest.mark.case(32)
def test_doctor_says_that_the_database_is_held(stage: Stage) -> None:
    with locked(stage.context.store):
        [finding] = examine(stage.context, stage.earshot.client, None)
    assert (finding.id, finding.level) == ("database.write", "error")
    assert "database is locked" in finding.message
    assert "End what hangs" in finding.remedy
    ids = [finding.id for finding in examine(stage.context, stage.earshot.client, None)]
    assert "database.write" not in ids


@pytest.mark.case(33)
def test_doctor_says_how_little_room_is_left(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Left:
        free = 12_000_000

    monkeypatch.setattr("bot.doctor_storage.shutil.disk_usage", lambda _: Left)
    found = {finding.id: finding for finding in examine(stage.context, None, None)}
    assert found["database.space"].message.startswith("Only 12 MB are left")
