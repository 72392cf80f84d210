"""The schema on both engines: from blank, twice, by several at once, equal to the models."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel, col, select

from databases import Databases
from storage import features, migrations, search, tickets
from storage.database import Store
from storage.migrations import HEAD, current, upgrade
from storage.models import UNKNOWN_BIT, Ticket
from storage_rows import change, opened, rows, ticket

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
    " customer, customer_known, kinds, kinds_known, redactions, content_hash)"
    " VALUES (1, 'desk', '1', '2026-11-02 16:00:00', '2026-11-03 16:00:00', 'Subject',"
    " 'The invoice shows twice.', '[]', 'c1', true, 1, true, 0, 'h'),"
    " (2, 'desk', '2', '2026-11-02 17:00:00', '2026-11-03 16:00:00', 'Subject',"
    " 'Rechnung doppelt', '[]', 'c2', true, 0, false, 0, 'h')",
    "INSERT INTO ticket_feature (ticket_id, feature_id, position, created_at, kinds, customer,"
    " customer_known) VALUES (1, 'checkout', 0, '2026-11-02 16:00:00', 1, 'c1', true)",
)


def test_a_database_of_the_first_revision_with_rows_opens(url: str) -> None:
    with opened(url) as store:
        upgrade(store, "0001")
        for statement in FIRST_ROWS:
            change(store, statement)
        with store.write() as session:
            search.index(session, [(1, "Subject", "The invoice shows twice.")])
    with opened(url) as store:
        upgrade(store)
        with store.read() as session:
            assert tickets.get(session, [1])[0].features == ("checkout",)
            assert [value.description for value in features.every(session)] == [""]
            found = session.exec(select(Ticket.id).where(search.matching("invoices")))
            assert found.all() == [1]
            kinds = session.exec(select(Ticket.kinds).order_by(col(Ticket.id))).all()
            assert kinds == [1, UNKNOWN_BIT], "whose kinds cannot be read is marked"
        if store.path is not None:
            assert rows(store, "PRAGMA integrity_check") == [("ok",)]
            assert rows(store, "PRAGMA foreign_key_check") == []


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
