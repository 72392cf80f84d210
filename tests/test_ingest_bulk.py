"""Large imports: read in several processes, killed, raced and asked while they run."""

from __future__ import annotations

import os
import pickle
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from bot.errors import UserError
from bot.reports import Feature, FrictionReport, IngestReport, Requester, TicketDraft
from bot.service import catalogue, friction, ingest, storing, workers
from bot.service.context import Context, open_context
from bot.service.pipeline import Pipeline
from conftest import NOW
from databases import Databases
from killing import House, differences, kill_at_random, write_tickets
from own_tickets import draft, write_catalogue
from storage_rows import rows as rows_of

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few dozen tickets are enough for several processes and batches."""
    monkeypatch.setattr(workers, "LARGE", 10)
    monkeypatch.setattr(ingest, "LOOK_AHEAD", 20)
    monkeypatch.setattr(ingest, "BATCH", 7)
    monkeypatch.setattr(storing, "AT_ONCE", 7)


def take_in(context: Context, rows: Any, processes: int = 2) -> IngestReport:
    return ingest.ingest(context, rows, NOW, processes=processes)


def many(count: int = 60) -> list[TicketDraft]:
    people = [Requester(name="Ann Lee", email=f"ann{n % 9}@shop.example") for n in range(count)]
    return [
        draft(
            str(n),
            f"The checkout crashes on order {n}. Ann Lee, call +49 30 90182{n:02}",
            tags=("checkout",) if n % 3 else ("billing",),
            requester=people[n],
        )
        for n in range(count)
    ]


def rows(context: Context, sql: str) -> list[Any]:
    return rows_of(context.store, sql)


def another(context: Context, url: str, folder: Path) -> Context:
    """An empty installation with the same key."""
    settings = load(
        {
            "DATABASE_URL": url,
            "EARSHOT_KEY_FILE": str(context.settings.key_file),
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
        },
        env_file=folder / "no.env",
    )
    return open_context(settings, create=True)


def children() -> set[int]:
    """The processes that this thread started and that still run."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(pid) for pid in listed.split()}


# --- several processes ----------------------------------------------------------------------


def test_several_processes_store_what_one_stores_in_the_same_order(
    context: Context, databases: Databases, tmp_path: Path
) -> None:
    alone = another(context, databases.migrated(tmp_path), tmp_path)
    told = [*many(), many()[3], replace(many()[4], body="Quite another story.")]
    reports = [take_in(context, told), take_in(alone, told, processes=1)]
    assert reports[0] == reports[1]
    assert reports[0].new == 60
    for table in ("ticket", "ticket_quote", "ticket_feature", "feature"):
        asked = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert rows(context, asked) == rows(alone, asked) != []
    alone.store.close()


def test_the_processes_end_with_the_import(context: Context) -> None:
    before = children()
    during: set[int] = set()

    def watched() -> Iterator[TicketDraft]:
        for number, one in enumerate(many()):
            if number == 50:
                during.update(children() - before)
            yield one

    take_in(context, watched())
    assert len(during) == 2
    assert children() == before


def test_a_small_import_starts_no_process(context: Context) -> None:
    before = children()
    during: set[int] = set()

    def watched() -> Iterator[TicketDraft]:
        yield from many(9)
        during.update(children() - before)

    assert take_in(context, watched()).new == 9
    assert during == set()


def test_a_process_that_reads_does_not_import_the_database() -> None:
    asked = "import bot.service.worker, sys; print({'sqlalchemy', 'sqlmodel'} & {*sys.modules})"
    found = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert found.stdout == "set()\n"


def test_what_the_processes_are_given_holds_no_key_and_no_secret(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    real = Connection.send

    def send(pipe: Connection, given: Any) -> None:
        sent.append(pickle.dumps(given))
        real(pipe, given)

    monkeypatch.setattr(Connection, "send", send)
    settings = replace(
        context.settings, bot_token="xoxb-77", app_token="xapp-77", signing_secret="5ecre7"
    )
    take_in(Context(context.store, settings), many())
    key = settings.key_file.read_text(encoding="ascii").strip()
    for secret in (
        "xoxb-77",
        "xapp-77",
        "5ecre7",
        key,
        settings.database_url,
        str(settings.key_file),
    ):
        assert not any(secret.encode() in given for given in sent), secret
    assert not any(bytes.fromhex(key) in given for given in sent)
    assert any(b"checkout crashes" in given for given in sent), "drafts are what they are given"


def test_a_process_that_is_killed_stops_the_import_and_the_next_one_takes_up_the_rest(
    context: Context,
) -> None:
    before = children()

    def killing() -> Iterator[TicketDraft]:
        for number, one in enumerate(many()):
            if number == 40:
                for pid in children() - before:
                    os.kill(pid, signal.SIGKILL)
            yield one

    with pytest.raises(UserError, match="start the import again, with --processes 1"):
        take_in(context, killing())
    assert children() == before
    [(stored,)] = rows(context, "SELECT count(*) FROM ticket")
    assert stored < 60
    assert (report := take_in(context, many())).new == 60 - stored
    assert report.same == stored


class Unreadable(str):
    """A text that becomes an error in another process."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("no number",)


def test_an_error_in_a_process_stops_the_import_and_is_shown(
    context: Context, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = [*many(), replace(many()[0], external_id="60", subject=Unreadable("A note"))]
    with pytest.raises(UserError, match=r"has ended \(code 1\)"):
        take_in(context, broken)
    said = capfd.readouterr().err
    assert "builtins.ValueError" in said
    assert "invalid literal" not in said, "its words may be a customer's"
    [(stored,)] = rows(context, "SELECT count(*) FROM ticket")
    assert 0 < stored <= 60


def test_an_older_version_in_a_later_batch_changes_nothing(context: Context) -> None:
    newer = draft("1", "As of today.", updated=NOW)
    older = draft("1", "As of yesterday.", updated=NOW - timedelta(days=1))
    report = take_in(context, [newer, *many()[10:40], older])
    assert rows(context, "SELECT body FROM ticket WHERE external_id = '1'") == [("As of today.",)]
    assert (report.new, report.changed, report.same) == (31, 0, 1)


def test_a_catalogue_that_is_brought_in_meanwhile_holds_for_what_was_read_with_the_old_one(
    context: Context,
) -> None:
    write_catalogue(context)

    def interrupted() -> Iterator[TicketDraft]:
        for number, one in enumerate(many()):
            if number == 45:
                paying = Feature("paying", "Paying", aliases=("checkout",))
                catalogue.bring_in(context, [paying])
            yield one

    assert take_in(context, interrupted()).new == 60
    assert rows(context, "SELECT DISTINCT feature_id FROM ticket_feature") == [("paying",)]
    assert rows(context, "SELECT count(DISTINCT ticket_id) FROM ticket_feature") == [(60,)]


def test_another_ingest_of_the_same_rows_at_the_same_time_does_no_harm(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = many(6)
    original = Pipeline.read

    def read_while_another_writes(pipeline: Pipeline, *given: Any) -> Any:
        monkeypatch.setattr(Pipeline, "read", original)
        newer = replace(drafts[0], body="Newer words.", updated_at=NOW)
        take_in(context, [newer, *drafts[1:4]])
        return original(pipeline, *given)

    monkeypatch.setattr(Pipeline, "read", read_while_another_writes)
    older = replace(drafts[0], updated_at=NOW - timedelta(days=1))
    report = take_in(context, [older, *drafts[1:]])
    assert (report.read, report.new, report.changed, report.same) == (6, 2, 0, 4)
    assert rows(context, "SELECT count(*) FROM ticket") == [(6,)]
    assert rows(context, "SELECT body FROM ticket WHERE id = 1") == [("Newer words.",)]


def test_a_batch_of_long_tickets_has_fewer(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "LONGEST_BATCH", 250)
    monkeypatch.setattr(storing, "MOST_CHARACTERS", 250)
    told: list[int] = []
    long = [draft(str(n), "The checkout crashes. " * 5) for n in range(6)]
    ingest.ingest(context, long, NOW, told.append)
    assert told == [3, 6, 6]


# --- killed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("processes", "count"), [(1, 800), (2, 1_200)])
def test_an_import_that_is_killed_again_and_again_ends_as_one_that_nobody_killed(
    databases: Databases, tmp_path: Path, processes: int, count: int
) -> None:
    chance = random.Random(count)
    tickets, key = tmp_path / "tickets.jsonl", tmp_path / "earshot.key"
    write_tickets(tickets, count)
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    whole, killed = (
        House(tmp_path / name, key, processes, databases.blank(tmp_path))
        for name in ("whole", "killed")
    )
    whole.finish(tickets)
    assert whole.stored() == count
    for _ in range(2):
        kill_at_random(killed, tickets, chance, 4.0)
    killed.finish(tickets)
    assert differences(whole, killed) == []


def test_when_an_import_is_killed_the_processes_that_read_for_it_end(
    databases: Databases, tmp_path: Path
) -> None:
    tickets = tmp_path / "tickets.jsonl"
    write_tickets(tickets, 6_000)
    house = House(tmp_path, tmp_path / "earshot.key", 2, databases.blank(tmp_path))
    with house.start(tickets) as process:
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        house.wait_for_more(process)
        readers = [os.pidfd_open(int(pid)) for pid in listed.read_text(encoding="ascii").split()]
        process.kill()
    assert len(readers) == 2
    for reader in readers:
        assert select.select([reader], [], [], PATIENCE)[0], "it has ended"
        os.close(reader)


# --- asked meanwhile ------------------------------------------------------------------------


def test_two_processes_import_overlapping_files_while_a_third_asks(
    databases: Databases, tmp_path: Path
) -> None:
    files = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    write_tickets(files[0], 1_500, first=0)
    write_tickets(files[1], 1_500, first=900)
    house = House(tmp_path, tmp_path / "earshot.key", 1, databases.blank(tmp_path))
    context = open_context(load(house.environment, tmp_path / "no.env"), create=True)
    write_catalogue(context)
    imports = [house.start(file) for file in files]
    asked = 0
    while any(process.poll() is None for process in imports):
        before = house.stored()
        report = friction.ask(context, "checkout since 2025-01-01", NOW)
        assert isinstance(report, FrictionReport)
        asked += 1
        assert report.mentioned <= house.stored()
        assert report.customers <= report.tickets <= report.mentioned
        assert before == 0 or report.mentioned > 0
    said = [process.communicate()[0] for process in imports]
    assert [process.returncode for process in imports] == [0, 0], said
    assert asked > 1
    assert house.stored() == 2_400
    report = friction.ask(context, "checkout since 2025-01-01", NOW)
    assert isinstance(report, FrictionReport)
    recount = "SELECT count(*) FROM ticket_feature WHERE feature_id = 'checkout'"
    assert rows(context, recount) == [(report.mentioned,)]
    house.tables()
    assert house.miscounted() == []
    context.store.close()
