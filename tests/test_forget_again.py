"""Forgetting and leaks where something else happens beside them, before them or a second time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.stage import Stage
from bot.reports import Happened, Kind, LeakRequest
from bot.service import catalogue, insights, leaks, looked
from bot.service.insights import TagRequest
from forget_stage import EMAIL, FEATURES, OTHERS, SAID, forgotten, record, row_of, write
from people import ADA, MIRA, SUPPORT, TEAM, rows
from storage import insight_changes
from storage import insights as insight_rows
from storage.insight_changes import Change
from storage.models import Insight

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
