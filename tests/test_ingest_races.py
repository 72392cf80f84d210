"""What others do while tickets are stored or matched again: nothing is missed or overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.reports import Feature
from bot.service import catalogue, reread, storing
from bot.service import ingest as service
from bot.service.context import Context
from bot.service.ingest import ingest
from conftest import NOW
from own_tickets import draft, write_catalogue
from storage import engines, tickets
from storage import rollups as rollup_rows
from storage.values import NewTicket
from storage_rows import everything_in, is_index_whole
from storage_rows import rows as rows_of

LONG_ENOUGH = 0.5
"""Seconds in which whoever does not wait is done."""
PATIENCE = 60
TOOLBAR = Feature("toolbar", "Toolbar")


def rows(context: Context, sql: str) -> list[Any]:
    return rows_of(context.store, sql)


def features(context: Context) -> list[tuple[str, str]]:
    """Tickets with their features."""
    sql = (
        "SELECT external_id, feature_id FROM ticket_feature JOIN ticket ON ticket.id = ticket_id"
        " ORDER BY external_id, position"
    )
    return [(row[0], row[1]) for row in rows(context, sql)]


# --- while tickets are stored ---------------------------------------------------------------


@contextmanager
def while_stored(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Iterator[None]:
    """Do something on another connection when tickets are about to be stored, before the commit."""
    real, is_over = tickets.add, Event()

    def finish() -> None:
        act()
        is_over.set()

    other = Thread(target=finish)

    def add(session: Session, new: Sequence[NewTicket]) -> None:
        monkeypatch.setattr(tickets, "add", real)
        other.start()
        is_over.wait(LONG_ENOUGH)
        real(session, new)

    monkeypatch.setattr(tickets, "add", add)
    yield
    other.join(PATIENCE)
    assert is_over.is_set()


def test_a_catalogue_that_is_brought_in_while_tickets_are_stored_misses_none(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(context)
    with while_stored(monkeypatch, lambda: write_catalogue(context, TOOLBAR)):
        ingest(context, [draft("1", "The toolbar is gone, so is the checkout.")], NOW)
    assert features(context) == [("1", "toolbar")]


def test_a_catalogue_that_another_import_extends_while_tickets_are_stored_misses_none(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = [("toolbar",), (), (), ()] * 3
    other = [draft(f"o{number}", "No word.", tags=of) for number, of in enumerate(tags)]
    with while_stored(monkeypatch, lambda: ingest(context, other, NOW)):
        ingest(context, [draft("1", "The toolbar is gone.")], NOW)
    assert features(context)[0] == ("1", "toolbar")
    assert len(features(context)) == 4


# --- while tickets are matched again --------------------------------------------------------


@contextmanager
def while_matched(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Iterator[None]:
    """Do something once, between the reading of tickets and the writing of their features."""
    real = catalogue.features_of

    def features_of(*given: Any) -> tuple[str, ...]:
        monkeypatch.setattr(catalogue, "features_of", real)
        found = real(*given)
        act()
        return found

    monkeypatch.setattr(catalogue, "features_of", features_of)
    yield


def test_a_ticket_that_changes_while_it_is_matched_keeps_the_features_of_its_new_words(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(context)
    old = draft("1", "The toolbar is gone.")
    ingest(context, [old], NOW)
    with catalogue_half_matched(context, monkeypatch):
        write_catalogue(context, TOOLBAR, Feature("search", "Search"))
    newer = replace(old, body="The search finds nothing.", updated_at=NOW)
    with while_matched(monkeypatch, lambda: take_in_alone(context, newer, monkeypatch)):
        catalogue.rematch(context)
    assert features(context) == [("1", "search")]
    assert not catalogue.is_half_matched(context)


@contextmanager
def catalogue_half_matched(context: Context, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue that is brought in within, after which no ticket is matched again yet."""
    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "rematch", lambda _: 0)
        yield
    assert catalogue.is_half_matched(context)


def take_in_alone(context: Context, new: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import a ticket, and match no other again."""
    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "rematch", lambda _: 0)
        ingest(context, [new], NOW)


@pytest.mark.parametrize(
    "again",
    [catalogue.rematch, lambda context: reread.of_feature(context, "search")],
    ids=["all", "of a feature"],
)
def test_another_catalogue_that_comes_while_tickets_are_matched_is_the_one_that_holds(
    context: Context, monkeypatch: pytest.MonkeyPatch, again: Callable[[Context], object]
) -> None:
    write_catalogue(context)
    ingest(context, [draft(str(n), "The toolbar and the search are gone.") for n in range(3)], NOW)
    with catalogue_half_matched(context, monkeypatch):
        write_catalogue(context, Feature("search", "Search"), Feature("old", "Gone"))
    with while_matched(
        monkeypatch, lambda: write_catalogue(context, TOOLBAR, Feature("search", "Search"))
    ):
        again(context)
    expected = [(str(n), feature) for n in range(3) for feature in ("search", "toolbar")]
    assert sorted(features(context)) == expected
    assert not catalogue.is_half_matched(context)


# --- many at once ---------------------------------------------------------------------------


def test_many_changed_tickets_are_stored_some_at_a_time(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "CHANGED_AT_ONCE", 3)
    first = [draft(str(n)) for n in range(8)]
    ingest(context, first, NOW)
    at_once: list[int] = []
    real = tickets.replace

    def replace_rows(session: Session, changed: Sequence[Any]) -> None:
        at_once.append(len(changed))
        real(session, changed)

    monkeypatch.setattr(tickets, "replace", replace_rows)
    other = [replace(each, body="Quite another story.") for each in first]
    report = ingest(context, [*other, draft("new")], NOW)
    assert (report.new, report.changed, report.same) == (1, 8, 0)
    assert at_once == [3, 3, 2]
    assert rows(context, "SELECT count(DISTINCT body) FROM ticket WHERE id < 9") == [(1,)]


def test_a_large_transaction_leaves_neither_its_memory_nor_what_is_deleted_later(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "MANY", 50)
    written: list[str] = []
    real = rollup_rows.Change.write

    def write(counted: rollup_rows.Change, session: Session) -> None:
        if not engines.is_postgresql(session):
            written.extend(str(pragma(session, name)) for name in ("cache_size", "secure_delete"))
        real(counted, session)

    monkeypatch.setattr(rollup_rows.Change, "write", write)
    words = "zanzibar gooseberries quarrel"
    ingest(context, [draft(str(n), f"{words} {n}. " * 40) for n in range(60)], NOW)
    assert is_index_whole(context.store)
    assert words.encode() in everything_in(context.store)
    if context.store.path is not None:
        assert written == [f"-{engines.ROOMY_KB}", "1"]
        with context.store.read() as session:
            assert pragma(session, "cache_size") == -2_000
    with context.store.write() as session:
        tickets.remove(session, list(range(1, 61)))
    assert is_index_whole(context.store)
    if context.store.path is not None:
        with context.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert words.encode() not in everything_in(context.store)


def test_after_a_large_import_a_server_knows_how_large_its_tables_are(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    if context.store.path is not None:
        pytest.skip("SQLite plans by its indexes alone")
    # What the server counts of its own accord stands elsewhere.
    sql = "SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'ticket_fact'"
    monkeypatch.setattr(service, "LARGE_IMPORT", 20)
    before = rows(context, sql)
    ingest(context, [draft(str(n)) for n in range(19)], NOW)
    assert rows(context, sql) == before
    ingest(context, [draft(str(n), "Another story.") for n in range(20)], NOW)
    assert rows(context, sql) > before


def pragma(session: Session, name: str) -> Any:
    return session.execute(text(f"PRAGMA {name}")).scalar_one()
