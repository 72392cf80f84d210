"""The schema on both engines: from blank, twice, by several at once, equal to the models."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from databases import Databases
from storage import channels, features, figures, meta, migrations, recount, search, tickets
from storage.database import Store
from storage.migrations import HEAD, current, upgrade
from storage.scope import Scope
from storage_rows import opened, rows, ticket

PROCESSES, THREADS = 2, 6


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> str:
    """A database with nothing in it."""
    return databases.blank(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with opened(url) as store:
        yield store


def migrate(url: str) -> str | None:
    """What a process does at its start."""
    store = Store(url)
    upgrade(store)
    revision = current(store)
    store.close()
    return revision


def test_a_blank_database_gets_the_newest_schema(store: Store) -> None:
    assert current(store) is None
    upgrade(store)
    assert current(store) == HEAD
    assert set(SQLModel.metadata.tables) <= set(inspect(store.engine).get_table_names())


def test_a_second_upgrade_changes_nothing(store: Store) -> None:
    upgrade(store)
    with store.write() as session:
        tickets.add(session, [ticket("1")])
    upgrade(store)
    assert current(store) == HEAD
    with store.read() as session:
        assert tickets.total(session) == 1


def test_two_processes_that_start_at_once_both_find_the_newest_schema(url: str) -> None:
    fork_free = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=fork_free) as pool:
        assert list(pool.map(migrate, [url] * PROCESSES)) == [HEAD] * PROCESSES


@pytest.mark.parametrize("attempt", range(5))
def test_stores_that_open_a_blank_database_in_the_same_instant_do_not_fail(
    url: str, attempt: int
) -> None:
    ready, found = Barrier(THREADS), []

    def start() -> None:
        ready.wait(10)
        found.append(migrate(url))

    threads = [Thread(target=start) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [HEAD] * THREADS


def test_the_migrated_schema_is_that_of_the_models(store: Store) -> None:
    upgrade(store)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: "ticket_fts" not in str(name),
            },
        )
        differences = compare_metadata(context, SQLModel.metadata)
    assert differences == []


def test_the_newest_revision_that_the_code_names_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


# As the first revision wrote them: the models have moved on since.
FIRST_ROWS = (
    "INSERT INTO feature (id, name, aliases, tags, origin)"
    " VALUES ('checkout', 'Checkout', '[]', '[]', 'file')",
    "INSERT INTO ticket (id, source, external_id, created_at, stored_at, subject, body, tags,"
    " segment, customer, customer_known, kinds, kinds_known, redactions, content_hash) VALUES"
    " (1, 'desk', '1', '2026-11-02 16:00:00.000001', '2026-11-03 16:00:00', 'Subject',"
    " 'The invoice shows twice.', '[]', 'pro', 'c1', true, 1, true, 0, 'h'),"
    " (2, 'desk', '2', '2026-11-02 00:00:00', '2026-11-03 16:00:00', 'Subject',"
    " 'Rien ne va.', '[]', NULL, 'c2', false, 0, false, 0, 'h'),"
    " (7, 'desk', '7', '1969-12-31 23:00:00', '2026-11-03 16:00:00', 'Subject',"
    " 'Lovely.', '[]', NULL, 'c1', true, 16, true, 0, 'h')",
    "INSERT INTO ticket_feature (ticket_id, feature_id, position, created_at, kinds, customer,"
    " customer_known) VALUES"
    " (1, 'checkout', 0, '2026-11-02 16:00:00.000001', 1, 'c1', true),"
    " (2, 'checkout', 0, '2026-11-02 00:00:00', 0, 'c2', false)",
)


def fill_first(store: Store, count: int = 0) -> None:
    """Rows as the first revision had them, and `count` copies of one of them."""
    with store.write() as session:
        for statement in FIRST_ROWS:
            session.execute(text(statement))
        columns = "source, created_at, stored_at, subject, body, tags, segment, customer,"
        columns += " customer_known, kinds, kinds_known, redactions, content_hash"
        copies = [{"id": 100 + n, "external_id": f"copy {n}"} for n in range(count)]
        if copies:
            copy = f"INSERT INTO ticket (id, external_id, {columns})"
            copy += f" SELECT :id, :external_id, {columns} FROM ticket WHERE id = 1"
            session.execute(text(copy), copies)
        texts = session.execute(text("SELECT id, subject, body FROM ticket")).all()
        search.index(session, [(row, subject, body) for row, subject, body in texts])
        if store.path is None:
            given = "setval(pg_get_serial_sequence('ticket', 'id'), max(id))"
            session.execute(text(f"SELECT {given} FROM ticket"))


def assert_whole(store: Store, count: int) -> None:
    """All is there, is counted as a recount counts it, and is found."""
    with store.read() as session:
        assert tickets.total(session) == count
        assert list(recount.differences(session)) == []
        assert tickets.get(session, [1])[0].features == ("checkout",)
        assert [value.description for value in features.every(session)] == [""]
        window = Scope(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
        found = figures.of(session, replace(window, feature="checkout"), window.since).now
        assert (found.mentioned, found.tickets, found.customers) == (2, 1, 1)
        assert found.kinds_unknown == 1
        assert figures.of(session, replace(window, words="invoices"), window.since).now.tickets == (
            count - 2
        )
        assert meta.get(session, meta.READING) == "0", "they are to be read again"


@pytest.mark.parametrize("midway", [("0001",), ("0001", "0002"), ("0001", "0002", "0003")])
def test_a_database_of_the_first_revision_with_rows_opens_from_wherever_it_stands(
    url: str, midway: tuple[str, ...]
) -> None:
    with opened(url) as store:
        upgrade(store, "0001")
        fill_first(store)
        for revision in midway:
            upgrade(store, revision)
            assert current(store) == revision
    with opened(url) as again:
        upgrade(again)
        assert_whole(again, 3)
        if again.path is not None:
            assert rows(again, "PRAGMA integrity_check") == [("ok",)]
            assert rows(again, "PRAGMA foreign_key_check") == []
        with again.write() as session:
            tickets.add(session, [ticket("new", about=["checkout"])])
            tickets.remove(session, [1])
        with again.read() as session:
            assert list(recount.differences(session)) == []


def test_more_rows_than_one_batch_come_through(store: Store) -> None:
    upgrade(store, "0001")
    fill_first(store, 12_000)
    upgrade(store)
    assert_whole(store, 12_003)


def test_a_channel_that_was_set_up_before_keeps_its_days_and_is_watched_from_the_upgrade_on(
    store: Store,
) -> None:
    upgrade(store, "0007")
    before = datetime.now(UTC)
    with store.write() as session:
        session.execute(
            text(
                "INSERT INTO channel_setting (team, channel, features, at, days, timezone, most,"
                " enabled, set_up_by, changed_at) VALUES ('T1', 'C1', '[]', '09:30', '[2, 4]',"
                " 'UTC', 5, true, 'U1', '2026-01-05 16:00:00')"
            )
        )
    upgrade(store)
    with store.read() as session:
        value = channels.get(session, "T1", "C1")
    assert value is not None
    assert (value.cadence, value.days, value.muted_at) == ("days", (2, 4), None)
    assert value.watched_since is not None
    assert before <= value.watched_since <= datetime.now(UTC)


def break_half_way(store: Store) -> None:
    with store.connect_for_migration() as connection:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError("half-way")


def test_an_upgrade_that_breaks_half_way_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(RuntimeError, match="half-way"):
        break_half_way(store)
    assert inspect(store.engine).get_table_names() == []
    upgrade(store)
    assert current(store) == HEAD
