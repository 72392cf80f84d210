"""Stored tickets read again: what they mean follows the rules, the counts follow what they mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.errors import UserError
from bot.reports import Feature, FrictionReport
from bot.service import friction, meaning, reread
from bot.service.context import Context
from bot.service.ingest import ingest
from conftest import NOW
from own_tickets import CRASH, draft, put, stored, write_catalogue
from storage import features as feature_rows
from storage import meta, recount
from storage import reread as rows
from storage import tickets as ticket_rows
from storage.values import FeatureValue, TicketValue

CALM = "Our office is on the third floor."


def every(context: Context) -> list[TicketValue]:
    with context.store.read() as session:
        return ticket_rows.after(session, 0, 1_000)


def fact(context: Context, key: str) -> str | None:
    with context.store.read() as session:
        return meta.get(session, key)


def wrong(context: Context) -> list[str]:
    with context.store.read() as session:
        return list(recount.differences(session))


def keep(context: Context, key: str, value: str | None) -> None:
    with context.store.write() as session:
        meta.put(session, key, value)


def stale(context: Context, count: int) -> None:
    """Tickets whose stored reading is not what the rules find."""
    write_catalogue(context)
    put(
        context,
        *(
            stored(f"t{n}", said=CRASH if n % 2 else CALM, kinds=("praise",), features=("billing",))
            for n in range(count)
        ),
    )


def asked(context: Context, question: str) -> FrictionReport:
    report = friction.ask(context, question, NOW)
    assert isinstance(report, FrictionReport)
    return report


def test_a_reading_gives_what_ingest_gives(context: Context) -> None:
    write_catalogue(context)
    drafts = [draft("1"), draft("2", CALM), draft("3", "I love the search, thank you!")]
    ingest(context, drafts, NOW)
    before = every(context)
    assert before[0].kinds == ("broken",)
    report = reread.everything(context)
    assert (report.read, report.changed) == (3, 0)
    assert every(context) == before


def test_stale_tickets_are_read_anew_and_counted_right(context: Context) -> None:
    stale(context, 6)
    assert asked(context, "checkout").mentioned == 0
    report = reread.everything(context)
    assert (report.read, report.changed) == (6, 6)
    assert [(t.kinds, t.features) for t in every(context)[:2]] == [
        ((), ()),
        (("broken",), ("checkout",)),
    ]
    answer = asked(context, "checkout")
    assert (answer.tickets, answer.customers, len(answer.quotes)) == (3, 3, 1)
    assert wrong(context) == []
    assert fact(context, meta.READING) == meaning.read_by(None)
    assert fact(context, meta.REREAD) is None


def killed_after(times: int, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal times
        if times == 0:
            raise KeyboardInterrupt
        times -= 1
        return real(*args, **kwargs)

    return call


def test_a_reading_that_was_killed_goes_on_where_it_stood(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale(context, 11)
    monkeypatch.setattr(reread, "BATCH", 2)
    with monkeypatch.context() as once:
        once.setattr(rows, "write", killed_after(3, rows.write))
        with pytest.raises(KeyboardInterrupt):
            reread.everything(context)
    assert [t.kinds == ("praise",) for t in every(context)] == [True] * 5 + [False] * 6
    assert wrong(context) == [], "half of them are read, and all are counted right"
    seen: list[tuple[int, int]] = []
    report = reread.everything(context, lambda read, total: seen.append((read, total)))
    assert (report.read, report.changed) == (5, 5)
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert not any(t.kinds == ("praise",) for t in every(context))


def test_a_ticket_that_is_written_over_meanwhile_keeps_what_it_says_now(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(context)
    ingest(context, [draft("1", CALM), draft("2")], NOW)
    real: Any = vars(reread)["understand"]

    def read_while_another_writes(*args: Any) -> Any:
        monkeypatch.setattr(reread, "understand", real)
        ingest(context, [draft("1", "The search is broken since Monday.")], NOW)
        return real(*args)

    monkeypatch.setattr(reread, "understand", read_while_another_writes)
    reread.everything(context)
    assert every(context)[0].features == ("search",)
    assert wrong(context) == []


# --- on the clock -------------------------------------------------------------------------------


def run_out(unit: reread.Reread) -> int:
    units = 0
    while unit.run_one():
        units += 1
    return units


def test_the_clock_reads_again_what_older_rules_read(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale(context, 5)
    monkeypatch.setattr(reread, "BATCH_ON_THE_CLOCK", 2)
    keep(context, meta.READING, "0")
    assert run_out(reread.Reread(context)) == 3
    assert asked(context, "checkout").tickets == 2
    assert fact(context, meta.READING) == meaning.read_by(None)
    assert run_out(reread.Reread(context)) == 0


def test_two_processes_share_a_reading(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    stale(context, 9)
    monkeypatch.setattr(reread, "BATCH_ON_THE_CLOCK", 2)
    keep(context, meta.READING, "0")
    one, other = reread.Reread(context), reread.Reread(context)
    units = sum(each.run_one() for _ in range(6) for each in (one, other))
    assert units == 5
    assert wrong(context) == []


@pytest.mark.parametrize(
    ("before", "by", "is_due"),
    [
        (None, "1", False),
        ("0", "1", True),
        ("1", "1", False),
        ("2", "1", False),
        ("1", "1 model", True),
        ("1 model", "1", False),
        ("1 model", "2", False),
        ("1 model", "1 other", True),
    ],
)
def test_only_a_better_reading_is_due(before: str | None, by: str, is_due: bool) -> None:
    assert reread._is_due(before, by) is is_due


def test_a_new_installation_has_nothing_to_read_again(context: Context) -> None:
    ingest(context, [draft("1")], NOW)
    assert fact(context, meta.READING) == meaning.read_by(None)
    assert run_out(reread.Reread(context)) == 0


# --- one feature --------------------------------------------------------------------------------


def edited(context: Context, *features: Feature) -> None:
    """A catalogue that was changed in the database, with no ticket matched against it yet."""
    with context.store.write() as session:
        feature_rows.put(
            session,
            [
                FeatureValue(f.id, f.name, f.aliases, f.tags, f.channels, feature_rows.FROM_FILE)
                for f in features
            ],
        )


def test_a_feature_is_matched_where_it_was_and_where_it_is_named_now(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(context)
    drafts = [
        draft("had", "The pay button crashes."),
        draft("named", "The basket crashes."),
        draft("tagged", "It crashes.", tags=("cart",)),
        draft("neither", "The invoice is wrong."),
    ]
    ingest(context, drafts, NOW)
    edited(context, Feature("checkout", "Checkout", aliases=("basket",), tags=("cart",)))
    read: list[str] = []
    real = rows.of

    def noted(session: Any, ids: Any) -> Any:
        found = real(session, ids)
        read.extend(ticket.body for ticket in found)
        return found

    monkeypatch.setattr(rows, "of", noted)
    report = reread.of_feature(context, "checkout")
    assert (report.read, report.changed, report.feature and report.feature.id) == (3, 3, "checkout")
    assert drafts[3].body not in read
    assert [t.features for t in every(context)] == [
        (),
        ("checkout",),
        ("checkout",),
        ("billing",),
    ]
    assert wrong(context) == []


def test_a_feature_that_is_not_there_is_said(context: Context) -> None:
    with pytest.raises(UserError, match="features list"):
        reread.of_feature(context, "zanzibar")


def test_wrong_counts_are_mended_after_a_reading(context: Context) -> None:
    write_catalogue(context)
    ingest(context, [draft("1")], NOW)
    with context.store.write() as session:
        session.execute(text("UPDATE feature_day SET friction = 9"))
    assert wrong(context)
    reread.everything(context)
    assert wrong(context) == []
