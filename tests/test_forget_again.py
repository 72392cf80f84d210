"""Forgetting and leaks where something else happens beside them, before them or a second time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot.demo.stage import Stage
from bot.reports import Happened, IngestReport, Kind, LeakRequest
from bot.service import catalogue, insights, leaks, looked
from bot.service.insights import TagRequest
from forget_stage import (
    EMAIL,
    FEATURES,
    OTHERS,
    RARE,
    SAID,
    all_rows,
    export,
    forgotten,
    plant,
    record,
    row_of,
    shown_in_slack,
    write,
    wrong_counts,
)
from people import ADA, MIRA, SUPPORT, TEAM, rows, ticket_post
from storage import insight_changes
from storage import insights as insight_rows
from storage.insight_changes import Change
from storage.models import Insight, OutboxRow, Post
from storage.outbox import PLANNED

NUMBERS = "SELECT what, before, after FROM insight_change ORDER BY id"


@pytest.fixture
def looked_at(http_stage: Stage, tmp_path: Path) -> Stage:
    """An insight that was looked at four weeks after it shipped; ticket 4 has the same number."""
    stage = http_stage
    catalogue.bring_in(stage.context, FEATURES)
    lines = [record(stage, 4, f"{SAID[0]} 4 times", EMAIL)]
    lines.append(record(stage, 52, OTHERS[0], "other@customer.example"))
    stage.take_in([write(tmp_path / "two.jsonl", lines)])
    title, row = "Charged twice", row_of(stage, "charged twice")
    request = TagRequest(TEAM, MIRA, SUPPORT, title, "checkout", Kind.BROKEN, ticket=row)
    insights.tag(stage.context, request, stage.now)
    shipped = (stage.now - timedelta(weeks=4)).date()
    with stage.context.store.write() as session:
        insight = session.get_one(Insight, 1)
        insight.status, insight.shipped_on = "shipped", shipped
        said = f"{shipped} 0.5 0.3 0.8 customers"
        for what, texts in (
            (Happened.LOOKED, ("4", "helped", said)),
            (Happened.MERGED, ("", "4", "")),
            (Happened.ADDED, ("", "4", "")),
            (Happened.DETACHED, ("4", "helped", "")),
        ):
            before, after, told = texts
            change = Change(1, stage.now, "", what, before, after, told)
            insight_changes.add(session, change)
    return stage


def weeks_of_looks(stage: Stage) -> list[int]:
    with stage.context.store.read() as session:
        value = insight_rows.get(session, 1)
        assert value is not None
        return [look.weeks for look in looked.since_shipped(session, [value])[1]]


def test_the_number_of_a_forgotten_ticket_goes_only_where_it_is_a_number_of_tickets(
    looked_at: Stage,
) -> None:
    forgotten(looked_at)
    assert rows(looked_at, NUMBERS)[1:] == [
        *((Happened.LOOKED, "4", "helped"), (Happened.MERGED, "", "4")),
        *((Happened.ADDED, "", ""), (Happened.DETACHED, "", "helped")),
    ]
    assert weeks_of_looks(looked_at) == [4]
    assert insight_changes.LOOKED == Happened.LOOKED
    assert insight_changes.NUMBERED == (Happened.ADDED, Happened.DETACHED)


def test_a_leak_of_a_figure_leaves_what_was_measured(looked_at: Stage) -> None:
    row = row_of(looked_at, "4 times")
    with looked_at.context.store.write() as session:
        session.get_one(Insight, 1).ticket_id = row
    leaks.report(looked_at.context, LeakRequest(row, "4", is_whole=False), looked_at.now, by=ADA)
    assert weeks_of_looks(looked_at) == [4]


@pytest.fixture
def planted(http_stage: Stage, tmp_path: Path) -> Stage:
    plant(http_stage, tmp_path)
    return http_stage


def test_what_is_asked_again_holds_for_what_was_written_meanwhile(
    planted: Stage, tmp_path: Path
) -> None:
    forgotten(planted)
    planted.now += timedelta(days=2)
    assert forgotten(planted).before is not None
    yesterday = record(planted, 90_024, "The checkout hangs again when I pay.", EMAIL)
    assert planted.take_in([write(tmp_path / "late.jsonl", [yesterday])]).new == 0


def test_a_ticket_that_its_source_deletes_twice_stays_away(planted: Stage, tmp_path: Path) -> None:
    ticket = record(planted, 70_001, SAID[0], EMAIL)

    def told(status: str, hours: int) -> IngestReport:
        at = (planted.now + timedelta(hours=hours)).isoformat()
        path = write(tmp_path / "again.jsonl", [ticket | {"status": status, "updated_at": at}])
        return planted.take_in([path])

    assert told("deleted", 0).removed == 1
    assert told("open", 1).new == 1
    assert told("deleted", 2).removed == 1
    assert told("deleted", 1).removed == 0, "an older word changes nothing"
    assert told("open", 1).new == 0
    assert told("open", 3).new == 1, "it was restored"


def test_a_stored_ticket_that_turns_out_to_be_of_who_was_forgotten_goes(
    planted: Stage, tmp_path: Path
) -> None:
    forgotten(planted)
    moved = record(planted, 80_001, f"{OTHERS[0]} {RARE[0]}", EMAIL)
    report = planted.take_in([write(tmp_path / "moved.jsonl", [moved])])
    assert (report.new, report.changed) == (0, 0)
    assert not all_rows(planted, [RARE[0]])
    assert not rows(planted, "SELECT id FROM ticket WHERE external_id = '80001'")
    planted.work()
    assert "charged twice" not in shown_in_slack(planted)
    assert not wrong_counts(planted)


def test_a_message_that_may_have_arrived_before_it_is_sent_again_is_looked_for(
    http_stage: Stage, tmp_path: Path
) -> None:
    catalogue.bring_in(http_stage.context, FEATURES)
    http_stage.take_in([export(http_stage, tmp_path)])
    ticket_post(http_stage, row_of(http_stage, RARE[0]))
    assert RARE[0] in shown_in_slack(http_stage)
    with http_stage.context.store.write() as session:
        [message] = session.execute(select(OutboxRow)).scalars()
        message.state, message.ts, message.look_again_at = PLANNED, None, message.created_at
        message.not_before = message.expires_at = http_stage.now + timedelta(minutes=30)
        session.execute(delete(Post))
    forgotten(http_stage)
    for _ in range(3):
        http_stage.now += timedelta(minutes=5)
        http_stage.work()
    assert RARE[0] not in shown_in_slack(http_stage)
