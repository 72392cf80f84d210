"""What is too old leaves on the clock, a piece at a time, in the way in which all tickets leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.doctor_retention import too_old
from bot.reports import Act
from bot.service import erase, expiry
from bot.service.context import Context
from bot.service.expiry import Expiry
from conftest import NOW
from forget_stage import RARE, all_rows, plant, raw_hits, shown_in_slack, wrong_counts
from own_tickets import put, stored, write_catalogue
from people import CHECKOUT, GENERAL, rows
from storage import acts as act_rows
from storage import audit, meta, recount
from storage_rows import rows as stored_rows

DAY = timedelta(days=1)


@pytest.fixture
def planted(http_stage: Stage, tmp_path: Path) -> Stage:
    plant(http_stage, tmp_path)
    return http_stage


def kept_days(context: Context, **days: Any) -> Context:
    return replace(context, settings=replace(context.settings, **days))


def begin(context: Context, at: datetime) -> None:
    """The day before was an ordinary one."""
    with context.store.write() as session:
        meta.put(session, meta.EXPIRED_ON, (at - DAY).date().isoformat())


def let_pass(stage: Stage, days: int) -> None:
    """Let days go by, the last one with the clock running."""
    stage.now += days * DAY
    begin(stage.context, stage.now)
    stage.work()


def expire(context: Context, passed: timedelta) -> int:
    """All that is due after so long; how many pieces it was done in."""
    begin(context, NOW + passed)
    clock = Expiry(context)
    return sum(1 for _ in iter(lambda: clock.run_one(NOW + passed), False))


def test_a_ticket_leaves_after_its_days_with_all_that_was_made_of_it(
    planted: Stage, tmp_path: Path
) -> None:
    let_pass(planted, 399)
    assert all_rows(planted, [RARE[0]])
    let_pass(planted, 2)
    assert not rows(planted, "SELECT id FROM ticket")
    assert not all_rows(planted, list(RARE))
    assert not raw_hits(planted, list(RARE), tmp_path)
    assert not wrong_counts(planted)
    deeds = rows(planted, "SELECT \"by\", about FROM audit_entry WHERE deed = 'expired'")
    assert any(by == "clock" and "tickets: 5" in about for by, about in deeds)


def test_posts_of_old_tickets_are_slacks_to_keep_but_cards_are_kept_up_to_date(
    planted: Stage,
) -> None:
    let_pass(planted, 401)
    after = shown_in_slack(planted)
    assert RARE[2] in after, "the digest of that day is Slack's"
    [card] = [m for m in planted.slack.posts(CHECKOUT) if m.text.startswith("Insight 1")]
    assert RARE[0] not in str(card.blocks)
    assert erase.Why.AGE.value in str(card.blocks)


def test_an_old_ticket_is_not_remembered_as_forgotten(planted: Stage, tmp_path: Path) -> None:
    let_pass(planted, 401)
    assert not rows(planted, "SELECT mark FROM forgotten")


def test_zero_keeps_for_ever(context: Context) -> None:
    write_catalogue(context)
    put(context, stored("1"), stored("2", ago=4_000 * DAY))
    for_ever = kept_days(context, keep_tickets=0, keep_acts=0, keep_audit=0)
    assert expire(for_ever, 10_000 * DAY) == 0
    assert len(stored_rows(context.store, "SELECT id FROM ticket")) == 2


def test_many_old_tickets_leave_in_small_pieces_and_the_counts_stay_right(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "BATCH", 10)
    write_catalogue(context)
    old = [stored(f"old-{n}", ago=timedelta(days=401 + n)) for n in range(35)]
    put(context, *old, *[stored(f"new-{n}", ago=n * DAY) for n in range(5)])
    begin(context, NOW)
    clock, left = Expiry(context), []
    while clock.run_one(NOW):
        left.append(len(stored_rows(context.store, "SELECT id FROM ticket")))
        with context.store.read() as session:
            assert not list(recount.differences(session))
    assert left[:4] == [30, 20, 10, 5]
    assert clock.run_one(NOW) is False
    assert Expiry(context).run_one(NOW) is False, "once a day, whoever asks"
    put(context, stored("later", ago=402 * DAY))
    assert Expiry(context).run_one(NOW) is False
    assert Expiry(context).run_one(NOW + DAY)


def test_killed_between_pieces_another_process_goes_on(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    write_catalogue(context)
    put(context, *[stored(str(n), ago=500 * DAY) for n in range(6)])
    begin(context, NOW)
    assert Expiry(context).run_one(NOW)
    first, second = Expiry(context), Expiry(context)
    turns: Iterator[Expiry] = iter([first, second] * 10)
    assert [next(turns).run_one(NOW) for _ in range(2)] == [True, True]
    while Expiry(context).run_one(NOW):
        pass
    assert not stored_rows(context.store, "SELECT id FROM ticket")
    [(about,)] = stored_rows(context.store, "SELECT about FROM audit_entry WHERE deed = 'expired'")
    assert "tickets: 6" in about


def test_acts_are_forgotten_but_when_a_channel_was_last_used_is_known(context: Context) -> None:
    given = [(CHECKOUT, 200, "U1"), (CHECKOUT, 100, "U2"), (CHECKOUT, 10, "U3")]
    given += [(GENERAL, 200, "U4"), (GENERAL, 100, "U4")]
    with context.store.write() as session:
        for channel, days, user in given:
            at = NOW - days * DAY
            act_rows.record(session, "T1", channel, user=user, kind=Act.ASKED.value, at=at)
    expire(context, timedelta(0))
    kept = stored_rows(context.store, 'SELECT channel, "user" FROM act ORDER BY channel')
    assert kept == [(CHECKOUT, "U3"), (GENERAL, "")]
    with context.store.read() as session:
        assert act_rows.last_in(session, "T1", GENERAL) == NOW - 100 * DAY


def test_entries_of_the_audit_leave_after_two_years(context: Context) -> None:
    with context.store.write() as session:
        for days in (731, 729):
            audit.append(session, NOW - days * DAY, team="", by="x", deed="tagged", about="")
    expire(context, timedelta(0))
    left = stored_rows(context.store, "SELECT deed, about FROM audit_entry ORDER BY id")
    assert left == [("tagged", ""), ("expired", "audit entries: 1")]


def test_messages_digests_and_events_leave_with_their_time(planted: Stage) -> None:
    tables = ("outbox", "post", "digest", "digest_item", "alarm")
    assert all(rows(planted, f"SELECT 1 FROM {table}") for table in tables)
    context = planted.context
    before = rows(planted, "SELECT count(*) FROM outbox WHERE shows = 'insight'")
    clock = Expiry(context)
    with context.store.write() as session:
        session.connection().exec_driver_sql("UPDATE alarm SET closed = opened")
    begin(context, planted.now + 500 * DAY)
    while clock.run_one(planted.now + 500 * DAY):
        pass
    assert not any(rows(planted, f"SELECT 1 FROM {table}") for table in tables[2:])
    assert {row[0] for row in rows(planted, "SELECT shows FROM post")} == {"insight"}
    left = rows(planted, "SELECT count(*) FROM outbox WHERE shows = 'insight'")
    assert left == before, "a card is kept up to date for as long as it stands"


def test_the_doctor_says_which_tickets_are_about_to_leave(context: Context) -> None:
    write_catalogue(context)
    put(context, stored("1", ago=399 * DAY))
    assert not list(too_old(context, NOW))
    put(context, stored("2", ago=401 * DAY))
    [finding] = too_old(context, NOW)
    assert "older than 400 days" in finding.message
    assert not list(too_old(kept_days(context, keep_tickets=0), NOW))


@pytest.mark.case(35)
def test_a_clock_that_leaps_removes_nothing_at_once(context: Context) -> None:
    write_catalogue(context)
    put(context, stored("old", ago=500 * DAY), stored("new"))

    def left(at: datetime) -> int:
        while Expiry(context).run_one(at):
            pass
        return len(stored_rows(context.store, "SELECT id FROM ticket"))

    assert left(NOW) == 2, "on the first day there is time to see what the doctor says"
    assert left(NOW + DAY) == 1
    assert left(NOW + 20_000 * DAY) == 1, "nobody believes that so many years have passed"
    assert left(NOW + 2 * DAY) == 1
    assert left(NOW + 3 * DAY) == 1
    assert left(NOW + 3 * DAY - timedelta(hours=1)) == 1
    assert left(NOW + 27 * DAY) == 1
