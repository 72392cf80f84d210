"""Keys, files, tickets, search and counts: what the database keeps of customers."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from databases import Databases
from storage import features, figures, insight_lists, insights, search, tickets
from storage.database import Store
from storage.insight_lists import Wanted
from storage.insights import NewInsight
from storage.keys import KeyMissing, Keys, load_keys
from storage.migrations import upgrade
from storage.models import FRICTION_BITS, KIND_BITS, Ticket
from storage.scope import Scope
from storage.values import NewTicket
from storage_rows import CHANNEL, NOW, TEAM, feature, opened, rows, ticket

quick = hypothesis_settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module")
def store(module_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database for all tests here; `session` leaves nothing behind in it."""
    with opened(module_databases.migrated(tmp_path_factory.mktemp("store"))) as store:
        yield store


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.read() as session:
        yield session


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def found(session: Session, words: str) -> set[str]:
    statement = select(col(Ticket.external_id)).where(search.matching(words))
    return set(session.execute(statement).scalars())


# --- keys ---------------------------------------------------------------------------------------


def test_the_key_file_is_for_its_owner_only(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "earshot.key"
    load_keys(path, session)
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


def test_the_same_key_gives_the_same_customer_after_a_restart(
    session: Session, tmp_path: Path
) -> None:
    first, again = (load_keys(tmp_path / "earshot.key", session) for _ in range(2))
    customers = {
        keys.customer("d", "1", email="a@b.example", requester_id=None).key
        for keys in (first, again)
    }
    assert len(customers) == 1


def test_another_key_than_the_databases_is_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "earshot.key"
    load_keys(path, session)
    path.write_text(os.urandom(32).hex())
    with pytest.raises(KeyMissing, match="not the one"):
        load_keys(path, session)


def test_a_missing_key_is_refused_and_not_made_anew(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "earshot.key"
    load_keys(path, session)
    path.unlink()
    with pytest.raises(KeyMissing, match="missing"):
        load_keys(path, session)
    assert not path.exists()


@pytest.mark.parametrize("content", ["", "abcd", "not hex at all", "\u00e9" * 64])
def test_a_broken_key_file_is_refused(session: Session, tmp_path: Path, content: str) -> None:
    path = tmp_path / "earshot.key"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KeyMissing):
        load_keys(path, session)


def test_a_customer_is_the_folded_address_whatever_the_source() -> None:
    keys = Keys(b"k" * 32)
    one = keys.customer("desk", "1", email=" Ann@Example.COM ", requester_id="7")
    other = keys.customer("reviews", "2", email="ann@example.com", requester_id=None)
    assert one == other
    assert one.known
    assert "ann" not in one.key


def test_a_requester_counts_within_its_source_only() -> None:
    keys = Keys(b"k" * 32)
    here, again, there = (
        keys.customer(source, external_id, email=" ", requester_id="7")
        for source, external_id in (("desk", "1"), ("desk", "2"), ("shop", "1"))
    )
    assert here == again != there


def test_a_ticket_without_a_requester_is_a_customer_of_its_own() -> None:
    keys = Keys(b"k" * 32)
    one, other = (keys.customer("desk", id, email=None, requester_id="") for id in "12")
    assert one.key != other.key
    assert not one.known


# --- files --------------------------------------------------------------------------------------


def test_the_database_and_its_companions_are_for_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store(f"sqlite:///{tmp_path / 'data' / 'earshot.db'}")
        upgrade(store)
        with store.write() as session:
            features.put(session, [feature("checkout")])
        files = sorted((tmp_path / "data").iterdir())
        assert [file.name for file in files] == ["earshot.db", "earshot.db-shm", "earshot.db-wal"]
        assert {mode(file) for file in files} == {0o600}
        assert mode(tmp_path / "data") == 0o700
        store.close()
    finally:
        os.umask(before)


def test_whoever_opens_a_new_database_waits_for_another_who_does(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with opened(f"sqlite:///{path}") as store, ThreadPoolExecutor(1) as pool:
        found = pool.submit(rows, store, "PRAGMA journal_mode")
        with pytest.raises(TimeoutError):
            found.result(0.2)
        other.execute("COMMIT")
        assert found.result(20) == [("wal",)]
    other.close()


# --- tickets and search -------------------------------------------------------------------------


def test_a_changed_ticket_is_found_by_its_new_words_only(session: Session) -> None:
    tickets.add(session, [ticket("1", body="The zebra is stuck"), ticket("2", body="All calm")])
    row = tickets.stored(session, "desk", ["1"])["1"].id
    tickets.replace(session, [(row, ticket("1", body="The giraffe is loose", kinds=["request"]))])
    assert found(session, "giraffe") == {"1"}
    assert found(session, "zebra") == set()
    value = tickets.get(session, [row])[0]
    assert (value.kinds, [quote.kind for quote in value.quotes]) == (("request",), ["request"])
    assert tickets.total(session) == 2


def test_a_changed_ticket_keeps_the_time_it_was_first_stored(session: Session) -> None:
    tickets.add(session, [ticket("1")])
    row = tickets.stored(session, "desk", ["1"])["1"].id
    later = replace(ticket("1", body="New"), stored_at=NOW + timedelta(days=9))
    tickets.replace(session, [(row, later)])
    assert session.execute(select(col(Ticket.stored_at))).scalar_one() == NOW


def test_tickets_of_one_id_in_two_sources_are_two(session: Session) -> None:
    tickets.add(session, [ticket("1"), replace(ticket("1"), source="shop")])
    assert tickets.total(session) == 2


def test_more_tickets_than_one_statement_takes_come_in_and_out_in_order(session: Session) -> None:
    tickets.add(session, [ticket(str(number), about=[]) for number in range(950)])
    ids = [
        value.id for value in tickets.stored(session, "desk", [str(n) for n in range(950)]).values()
    ]
    assert [value.id for value in tickets.get(session, ids[::-1])] == ids[::-1]


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("invoices", {"1", "2"}),
        ("twice invoice", {"1", "2"}),
        ('"invoice shows twice"', {"1"}),
        ('"shows twice', {"1"}),
        ("invoice NOT twice", set()),
        ("invoice OR nothing", set()),
        ("body:invoice", set()),
        ("inv*", set()),
        ("NEAR(invoice twice)", set()),
        ("-invoice", {"1", "2"}),
        ("^invoice ( +", {"1", "2"}),
        ("'; DROP TABLE ticket; --", set()),
        ("", set()),
        ("!?", set()),
    ],
)
def test_what_a_person_types_is_words_and_phrases_never_syntax(
    session: Session, words: str, hits: set[str]
) -> None:
    tickets.add(session, [ticket("1"), ticket("2", body="Twice it shows me an invoice.")])
    assert found(session, words) == hits


@quick
@given(words=st.text() | st.text('"*^:(){}+-. aNEARORT\0_', max_size=40))
def test_no_text_at_all_breaks_a_search(store: Store, words: str) -> None:
    with store.read() as session:
        found(session, words)
        insight_lists.find(session, Wanted(words), 1)


def test_a_very_long_text_breaks_no_search(session: Session) -> None:
    new = NewInsight(
        TEAM,
        "Paying twice",
        None,
        "broken",
        "",
        CHANNEL,
        "U1",
        message_channel="C",
        message_ts="1.0",
    )
    insights.add(session, new, NOW)
    for words in ("twice " * 5_000, "%" * 60_000, "twice paying " * 30):
        found(session, words)
        insight_lists.find(session, Wanted(words), 1)
    assert insight_lists.find(session, Wanted("paying " * 2_000), 1)[1] == 1


# --- counts -------------------------------------------------------------------------------------

_random_tickets = st.lists(
    st.builds(
        ticket,
        st.just(""),
        at=st.integers(-3, 3).map(lambda days: NOW + timedelta(days=days)),
        customer=st.sampled_from(["a", "b", "c"]),
        known=st.booleans(),
        kinds=st.sets(st.sampled_from(sorted(KIND_BITS))).map(sorted),
        about=st.sets(st.sampled_from(["checkout", "login"])).map(sorted),
        body=st.sampled_from(["an invoice", "a login"]),
    ),
    max_size=12,
)


@quick
@given(drawn=_random_tickets, by_words=st.booleans())
def test_counts_are_those_of_a_naive_recount(
    store: Store, drawn: list[NewTicket], by_words: bool
) -> None:
    since, until = NOW - timedelta(days=2), NOW + timedelta(days=2)
    with store.read() as session:
        features.put(session, [feature("checkout"), feature("login")])
        tickets.add(
            session, [replace(t, external_id=str(number)) for number, t in enumerate(drawn)]
        )
        scope = Scope(since, until, None if by_words else "checkout", "invoice")
        answered = figures.of(session, scope, since - timedelta(days=1))
        ranked = figures.per_feature(session, since, since, until)
    counts = answered.now
    inside = [t for t in drawn if since <= t.created_at < until]
    asked = [t for t in inside if ("invoice" in t.body if by_words else "checkout" in t.features)]
    felt = [t for t in asked if set(t.kinds) - {"praise"}]
    assert (counts.mentioned, counts.tickets) == (len(asked), len(felt))
    assert counts.customers == len({t.customer for t in felt})
    assert counts.known == sum(t.customer_known for t in felt)
    assert counts.kinds == {kind: sum(kind in t.kinds for t in asked) for kind in KIND_BITS}
    assert answered.weeks == ((counts.tickets, counts.customers),)
    logins = [
        t for t in inside if "login" in t.features and tickets.kind_mask(t.kinds) & FRICTION_BITS
    ]
    expected = (len(logins), len({t.customer for t in logins}))
    assert ranked.get("login", ((0, 0), (0, 0))) == (expected, (0, 0))


def test_questions_change_nothing(store: Store) -> None:
    with store.read() as session:
        features.put(session, [feature("checkout")])
    with store.read() as session:
        assert session.execute(text("SELECT count(*) FROM feature")).scalar_one() == 0
        assert session.execute(select(func.count()).select_from(Ticket)).scalar_one() == 0
