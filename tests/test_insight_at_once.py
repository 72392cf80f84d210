"""Several people, and the worker, at one insight or one ticket at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.errors import UserError
from bot.reports import Feature, Kind, Status
from bot.service import attaching, cards, catalogue, insight_acts, insight_adding, insights
from bot.service.context import Context
from bot.service.insight_follow import Following
from bot.service.insights import Tagged, TagRequest
from conftest import NOW
from own_tickets import put, stored, write_catalogue
from storage import insight_moves, insight_tickets
from storage import insights as insight_rows
from storage.insight_tickets import Attached
from storage_rows import change, rows

LATER = NOW + timedelta(minutes=5)
SAID = "The voucher is rejected at the till and the discount vanishes"
PAIRS = """SELECT insight_id, ticket_id, how FROM insight_ticket
WHERE detached_at IS NULL ORDER BY ticket_id, insight_id"""
WAIT, MEET = 0.5, 3.0
"""Seconds for another to do all that it can do meanwhile, and to come to the same point."""


@pytest.fixture
def shop(context: Context) -> Context:
    """Insights 1 and 2 on tickets 1 and 2; tickets 3 and 4 beside."""
    write_catalogue(context, Feature("checkout", "Checkout"), Feature("search", "Search"))
    said = (SAID, "Something else about colours of the shop theme", "Where is the office?", "Hello")
    put(context, *(stored(str(number), said=words) for number, words in enumerate(said, 1)))
    tag(context, 1)
    tag(context, 2)
    return context


def tag(context: Context, ticket: int, into: int | None = None, user: str = "U1") -> Tagged:
    title = f"Story {ticket}"
    request = TagRequest("T1", user, "C1", title, "checkout", Kind.BROKEN, ticket=ticket, into=into)
    return insights.tag(context, request, NOW)


def met(barrier: Barrier) -> None:
    """Wait for the other, who may be waiting for us."""
    try:
        barrier.wait()
    except BrokenBarrierError:
        return


class Meanwhile:
    """What another does while a step is under way, once; it goes on by itself when it must wait."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._thread = Thread(target=work)
        self._begun = False

    def __call__(self) -> None:
        if not self._begun:
            self._begun = True
            self._thread.start()
            self._thread.join(WAIT)

    def end(self) -> None:
        assert self._begun
        self._thread.join()


def test_a_ticket_that_two_people_put_to_two_insights_is_in_one(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier, give = Barrier(2, timeout=MEET), insight_moves.give

    def together(session: Any, value: Attached) -> None:
        give(session, value)
        met(barrier)

    monkeypatch.setattr(insight_moves, "give", together)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda into: tag(shop, 3, into), (1, 2)))
    [(insight, _, how)] = [row for row in rows(shop.store, PAIRS) if row[1] == 3]
    assert how == "added"
    other = 3 - insight
    assert (insights.card(shop, insight).tickets, insights.card(shop, other).tickets) == (2, 1)


def test_the_database_takes_a_ticket_for_one_insight_only(shop: Context) -> None:
    second = """INSERT INTO insight_ticket (insight_id, ticket_id, how, "by", at, is_news)
    SELECT 2, ticket_id, how, "by", at, is_news FROM insight_ticket WHERE insight_id = 1"""
    with pytest.raises(IntegrityError):
        change(shop.store, second)
    away = "UPDATE insight_ticket SET detached_at = at WHERE insight_id = 1"
    change(shop.store, away)
    change(shop.store, second)


def test_what_a_person_gives_away_is_not_attached_elsewhere(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    while attaching.attach_some(shop, NOW):
        pass
    put(shop, stored("5", said=SAID))
    has, other = insight_tickets.of_ticket, Meanwhile(lambda: tag(shop, 5, 2, "U2"))

    def looks(session: Any, ticket: int) -> Attached | None:
        found = has(session, ticket)
        other()
        return found

    monkeypatch.setattr(insight_tickets, "of_ticket", looks)
    attaching.attach_some(shop, NOW)
    other.end()
    assert [row for row in rows(shop.store, PAIRS) if row[1] == 5] == [(2, 5, "added")]


def test_who_owns_what_another_declines_undoes_nothing(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decline() -> None:
        insight_acts.set_status(shop, 1, Status.DECLINED, LATER, user="U2", said="not ours")

    changes, other = insight_rows.change, Meanwhile(decline)

    def slowly(*args: Any, **values: Any) -> Any:
        other()
        return changes(*args, **values)

    monkeypatch.setattr(insight_rows, "change", slowly)
    insight_acts.own(shop, 1, "U1", NOW)
    other.end()
    assert rows(shop.store, "SELECT status, owner FROM insight WHERE id = 1") == [
        ("declined", "U1")
    ]
    told = "SELECT before, after FROM insight_change WHERE what = 'status' ORDER BY id"
    assert rows(shop.store, told) == [("open", "owned"), ("owned", "declined")]


def test_tickets_moved_crosswise_both_arrive(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag(shop, 3, 1)
    tag(shop, 4, 2)
    barrier, left = Barrier(2, timeout=MEET), insight_adding.left

    def together(*args: Any) -> None:
        left(*args)
        met(barrier)

    monkeypatch.setattr(insight_adding, "left", together)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda move: tag(shop, *move), ((3, 2), (4, 1))))
    assert [row[:2] for row in rows(shop.store, PAIRS)] == [(1, 1), (2, 2), (2, 3), (1, 4)]


def test_what_an_insight_was_made_of_is_not_added_to_another(shop: Context) -> None:
    """Two people open the modal on one ticket: one makes an insight, the other adds it to one."""
    made = tag(shop, 3).insight
    with pytest.raises(UserError, match="was made of this ticket and keeps it"):
        tag(shop, 3, 1, "U2")
    with shop.store.read() as session:
        found = insight_rows.for_ticket(session, 3)
        has = insight_tickets.of_ticket(session, 3)
    assert found is not None
    assert has is not None
    assert (found.id, has.insight) == (made, made)
    assert insights.card(shop, made).tickets == 1


def test_the_catalogue_that_changes_while_threads_are_told_is_told_next(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("checkout", "search", "billing")
    write_catalogue(context, *(Feature(name, name.title()) for name in names))
    put(context, stored("1"), stored("2"))
    tag(context, 1)
    insights.tag(
        context, TagRequest("T1", "U1", "C1", "Second", "search", Kind.BROKEN, ticket=2), NOW
    )
    following = Following(context, "T1", lambda *_: False)
    catalogue.bring_in(context, [Feature(name, name.title()) for name in names[1:]])
    other = Meanwhile(lambda: catalogue.bring_in(context, [Feature("billing", "Billing")]))
    tell = cards.tell

    def slowly(*args: Any) -> None:
        other()
        tell(*args)

    monkeypatch.setattr(cards, "tell", slowly)
    assert following.run_one(NOW)
    other.end()
    while following.run_one(LATER):
        pass
    told = "SELECT insight_id, before FROM insight_change WHERE what = 'feature' ORDER BY id"
    assert rows(context.store, told) == [(1, "Checkout"), (2, "Search")]
