"""What both engines do alike: rows in bulk, writers at once, errors that keep quiet, search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from databases import Databases, PostgresDatabases, PostgresServer, SqliteDatabases
from storage import (
    channels,
    engines,
    features,
    inbox,
    insights,
    keys,
    meta,
    outbox,
    posts,
    search,
    sending,
    tickets,
    vectors,
)
from storage.database import Store
from storage.insights import NewInsight
from storage.models import Ticket, TicketQuote
from storage.outbox import NewMessage
from storage.values import Incoming, PostValue, QuoteValue, SettingValue
from storage_rows import CHANNEL, NOW, TEAM, change, feature, is_index_whole, opened, rows, ticket

LEASE = timedelta(minutes=1)
AT_ONCE = 6
_T = TypeVar("_T")


@pytest.fixture
def store(databases: Databases, tmp_path: Path) -> Iterator[Store]:
    with opened(databases.migrated(tmp_path)) as store:
        yield store


def at_once(act: Callable[[int], _T], count: int = AT_ONCE) -> list[_T]:
    """What `act` gives to each of several who begin in the same instant."""
    ready = Barrier(count)

    def run(number: int) -> _T:
        ready.wait(20)
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count), timeout=60))


# --- rows in bulk -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, engines.COPY_FROM - 1, engines.COPY_FROM, 700])
def test_any_number_of_tickets_comes_back_as_it_went_in(store: Store, count: int) -> None:
    hostile = "\\N \\. tab\there 'quoted' \"twice\", comma\nnew line \\\\ ünïcode привет 🙂 {}"
    new = [
        replace(
            ticket(f"{n}\\N", body=f"{hostile} {n}", about=["checkout"], customer=f"c{n}"),
            url=None if n % 2 else "https://help.example/?a=1\t2",
            tags=("a\\b", 'say "hello"', "支付"),
            updated_at=NOW if n % 3 else None,
            vector=bytes(range(256)) if n % 2 else b"",
        )
        for n in range(count)
    ]
    with store.write() as session:
        features.put(session, [feature("checkout")])
        tickets.add(session, new)
    with store.read() as session:
        known = tickets.stored(session, "desk", [t.external_id for t in new])
        found = tickets.get(session, [known[t.external_id].id for t in new])
        kept = vectors.of(session, [value.id for value in found])
    for value, told in zip(found, new, strict=True):
        for name in ("external_id", "body", "url", "tags", "customer", "features", "created_at"):
            assert getattr(value, name) == getattr(told, name)
        assert value.quotes == (QuoteValue("broken", told.body, 0.5),)
        assert kept.get(value.id, b"") == told.vector
        assert known[told.external_id].updated_at == told.updated_at
    assert is_index_whole(store)


@pytest.mark.parametrize("count", [1, engines.COPY_FROM])
def test_a_refused_row_is_an_error_that_says_nothing_of_it(store: Store, count: int) -> None:
    words = "a sentence that a customer wrote"
    quotes = [
        {"ticket_id": 0, "kind": words + str(n), "text": words, "score": 1.0} for n in range(count)
    ]
    with pytest.raises(IntegrityError) as caught, store.write() as session:
        engines.insert_many(session, TicketQuote, quotes)
    error: BaseException | None = caught.value
    assert error is not None
    while error is not None:
        assert words not in f"{error} {error!r}"
        error = error.__cause__
    with pytest.raises(IntegrityError) as caught, store.write() as session:
        engines.insert_many(session, Ticket, [_row(words)] * (count + 1))
    assert words not in f"{caught.value} {caught.value.orig}"


def _row(words: str) -> dict[str, object]:
    return {
        **dict.fromkeys(
            ("source", "external_id", "subject", "body", "customer", "content_hash"), words
        ),
        **dict.fromkeys(("created_at", "stored_at"), NOW),
        **dict.fromkeys(("kinds", "redactions"), 0),
        **dict.fromkeys(("customer_known", "kinds_known"), True),
        "tags": [],
    }


# --- writers at once ----------------------------------------------------------------------------


def message(key: str, channel: str) -> NewMessage:
    return NewMessage(TEAM, channel, key, {"text": key}, "answer", 0, NOW + timedelta(hours=1))


def test_messages_are_each_claimed_once_and_never_two_of_a_channel(store: Store) -> None:
    with store.write() as session:
        for number in range(12):
            outbox.plan(session, message(f"m{number}", f"C{number % 4}"), NOW)

    def claim(_: int) -> list[tuple[int, str]]:
        taken: list[tuple[int, str]] = []
        while True:
            with store.write() as session:
                claimed = sending.claim(session, TEAM, NOW, LEASE)
            if claimed is None:
                return taken
            taken.append((claimed.id, claimed.channel))

    taken = [each for of_one in at_once(claim) for each in of_one]
    assert len({row for row, _ in taken}) == len(taken)
    assert sorted(channel for _, channel in taken) == ["C0", "C1", "C2", "C3"]


def test_messages_in_doubt_are_looked_up_by_one_each(store: Store) -> None:
    with store.write() as session:
        for number in range(AT_ONCE):
            outbox.plan(session, message(f"m{number}", "C1"), NOW)
    change(store, "UPDATE outbox SET state = 'unknown'")

    def claim(_: int) -> int | None:
        with store.write() as session:
            claimed = sending.claim_unknown(session, TEAM, NOW, LEASE)
            return claimed.id if claimed else None

    taken = [row for row in at_once(claim) if row is not None]
    assert len(set(taken)) == len(taken) >= 1


def test_a_sweep_by_several_counts_each_message_once(store: Store) -> None:
    with store.write() as session:
        for number in range(30):
            outbox.plan(session, message(f"m{number}", "C1"), NOW)

    def sweep(_: int) -> int:
        with store.write() as session:
            return sending.sweep(session, NOW + timedelta(days=1))

    assert sum(at_once(sweep)) == 30


def test_a_planned_message_is_one_whoever_plans_it(store: Store) -> None:
    def plan(_: int) -> int:
        with store.write() as session:
            return outbox.plan(session, message("same", "C1"), NOW)

    assert len(set(at_once(plan))) == 1


def test_an_event_is_kept_once_and_finished_by_one_each(store: Store) -> None:
    def keep(number: int) -> list[bool]:
        kept = []
        for event in range(AT_ONCE):
            incoming = Incoming(TEAM, f"E{event}", "reaction_added", {}, NOW, 0)
            with store.write() as session:
                kept.append(inbox.record(session, incoming, NOW))
        return kept

    assert sum(kept for of_one in at_once(keep) for kept in of_one) == AT_ONCE

    def claim(_: int) -> list[str]:
        taken: list[str] = []
        while True:
            with store.write() as session:
                incoming = inbox.claim(session, TEAM, NOW, LEASE)
            if incoming is None:
                return taken
            taken.append(incoming.event_id)

    taken = [event for of_one in at_once(claim) for event in of_one]
    assert len(set(taken)) == len(taken)
    # One that others hold just now is passed over: the clock comes again.
    assert sorted(taken + claim(0)) == [f"E{event}" for event in range(AT_ONCE)]


def test_of_reactions_at_once_the_newest_stands(store: Store) -> None:
    post = PostValue(TEAM, "C1", "1.0", "ticket", 1)

    def react(number: int) -> bool:
        with store.write() as session:
            return posts.react(
                session,
                post,
                user="U1",
                emoji="tada",
                present=number == AT_ONCE - 1,
                event_ts=f"{number + 1}.000000",
            )

    assert any(at_once(react))
    [(present, event_ts)] = rows(store, "SELECT present, event_ts FROM reaction")
    assert (bool(present), event_ts) == (True, f"{AT_ONCE}.000000")


def test_whoever_plans_a_card_last_has_seen_all(store: Store) -> None:
    new = NewInsight(TEAM, "A", None, "broken", "", "C1", "U1", message_channel="C", message_ts="1")
    post = PostValue(TEAM, "C1", "1.0", "insight", 1)
    with store.write() as session:
        made, _ = insights.add(session, new, NOW)
        posts.remember(session, post, NOW)
    seen: list[int] = []

    def answer(number: int) -> None:
        with store.write() as session:
            assert posts.react(
                session, post, user=f"U{number}", emoji="a", present=True, event_ts="1.0"
            )
            assert insights.hold(session, made.id) == made
            seen.append(len(posts.reactions(session, [("insight", 1)])["insight", 1]))

    at_once(answer)
    assert sorted(seen) == list(range(1, AT_ONCE + 1))


def test_rows_of_tickets_rise_in_the_order_of_their_commits(store: Store) -> None:
    """A digest goes on from the newest row that it saw: none may appear below it later."""
    seen: list[tuple[int, int]] = []

    def add(number: int) -> None:
        for batch in range(3):
            with store.write() as session:
                tickets.add(session, [ticket(f"{number}-{batch}-{n}") for n in range(3)])
            with store.read() as session:
                seen.append((tickets.newest_row(session), tickets.total(session)))

    at_once(add)
    assert all(newest == total for newest, total in seen)


def test_two_who_save_a_channel_at_once_leave_one_whole_setting(store: Store) -> None:
    with store.write() as session:
        features.put(session, [feature(name) for name in "abcdef"])

    def save(number: int) -> None:
        own = "abcdef"[number]
        value = SettingValue(TEAM, "C1", (own,), "09:30", (1,), "UTC", 5, True, own, NOW)
        with store.write() as session:
            channels.put(session, value)
            features.tick_owned(session, TEAM, "C1", [own])

    at_once(save)
    with store.read() as session:
        value = channels.get(session, TEAM, "C1")
        assert value is not None
        assert value.features == (value.set_up_by,) == tuple(features.owned_by(session, TEAM, "C1"))


def test_facts_of_an_installation_are_put_by_several_at_once(store: Store) -> None:
    def put(number: int) -> None:
        with store.write() as session:
            meta.put(session, "fact", str(number))

    at_once(put)
    with store.write() as session:
        assert meta.get(session, "fact") in {str(number) for number in range(AT_ONCE)}
        meta.put(session, "fact", None)
        assert meta.get(session, "fact") is None


def test_several_that_begin_at_once_make_one_key(store: Store, tmp_path: Path) -> None:
    def load(_: int) -> str:
        with store.write() as session:
            return keys.load_keys(tmp_path / "earshot.key", session).fingerprint

    assert len(set(at_once(load))) == 1


def test_a_machine_without_the_key_is_told_so(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        keys.load_keys(tmp_path / "one" / "earshot.key", session)
    with store.write() as session, pytest.raises(keys.KeyMissing):
        keys.load_keys(tmp_path / "other" / "earshot.key", session)
    assert not (tmp_path / "other").exists()


def test_an_answer_sees_one_moment(store: Store) -> None:
    with store.read() as session:
        before = tickets.total(session)
        with store.write() as writing:
            tickets.add(writing, [ticket("1")])
        assert tickets.total(session) == before


@pytest.mark.only("postgresql")
def test_who_writes_something_else_waits_for_nobody(store: Store) -> None:
    with store.write(engines.TICKETS) as session:
        tickets.add(session, [ticket("1")])
        with store.write(engines.CATALOGUE) as other:
            features.put(other, [feature("checkout")])
            outbox.plan(other, message("m", CHANNEL), NOW)


# --- search -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(
    sqlite_file: Path, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Store]]:
    """A store of each engine."""
    folder = tmp_path_factory.mktemp("both")
    on_server = PostgresDatabases(postgres)
    with (
        opened(SqliteDatabases(sqlite_file).migrated(folder)) as one,
        opened(on_server.migrated(folder)) as other,
    ):
        yield one, other
    on_server.drop()


SAID = (
    "invoice invoices invoiced shows twice the not does don't work working 2fa 3e5 v2.10 500.10"
    " 12:30 café Café cafe\u0301 naïve Straße STRASSE ΜΈΝΩ μένω привет Привет foo_bar checkout-page"
    " a.b@c.example https://x.example/pay?id=7 支付 支付一直失败 カート ｶｰﾄ ชำระเงิน ไม่ 결제 결제가"
    " भुगतान שלום مرحبا 🙂 ① ² İstanbul istanbul ﬁle file C++ x'y \\N \" ( ) * : ^ - AND OR NOT NEAR"
)
texts = st.lists(st.sampled_from(SAID.split()), max_size=7).map(" ".join)


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(bodies=st.lists(texts, min_size=1, max_size=4), asked=texts)
def test_both_engines_find_the_same(
    both: tuple[Store, Store], bodies: list[str], asked: str
) -> None:
    found = []
    for store in both:
        with store.read() as session:
            tickets.add(session, [ticket(str(n), body=body) for n, body in enumerate(bodies)])
            statement = select(col(Ticket.external_id)).where(search.matching(asked))
            found.append(sorted(session.execute(statement).scalars()))
    assert found[0] == found[1]
