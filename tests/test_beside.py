"""What stands beside a feature's figures: notes, shipped fixes, alarms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks import answers as screens
from bot.reports import Feature, FrictionReport, Kind, Status
from bot.service import catalogue, friction, insight_acts, insights
from bot.service.context import Context
from bot.service.insights import TagRequest
from storage import alarms, notes
from storage import tickets as ticket_rows
from storage.alarms import AlarmValue
from storage_rows import CHANNEL, NOW, TEAM, ticket

DAY = timedelta(days=1)
RAISED = AlarmValue(
    id=None,
    opened=NOW - 3 * DAY,
    began=NOW - 3 * DAY - timedelta(hours=2),
    seen=NOW - 2 * DAY,
    closed=None,
    features=("checkout", "login"),
    terms=("basket",),
    theme="the basket is empty",
    observed=31,
    expected=3.6,
    hours=24,
    is_theme=False,
    chance=1e-6,
    rows=(1,),
)


@pytest.fixture
def filled(context: Context) -> Context:
    catalogue.bring_in(context, [Feature(id, id.title()) for id in ("checkout", "login", "cart")])
    with context.store.write() as session:
        for number in range(6):
            one = ticket(str(number), at=NOW - 3 * DAY, about=["checkout", "cart"])
            ticket_rows.add(session, [one])
    return context


def asked(context: Context, question: str) -> FrictionReport:
    report = friction.ask(context, question, NOW)
    assert isinstance(report, FrictionReport)
    return report


def said(report: FrictionReport) -> str:
    return str(screens.render(report).blocks)


def test_notes_of_the_feature_and_of_the_whole_stand_on_its_trend(filled: Context) -> None:
    with filled.store.write() as session:
        notes.add(session, NOW - 5 * DAY, "deployed 4.2", None, NOW)
        notes.add(session, NOW - 4 * DAY, "new basket", "checkout", NOW)
        notes.add(session, NOW - 4 * DAY, "new sign-in", "login", NOW)
        notes.add(session, NOW - 90 * DAY, "long ago", None, NOW)
    report = asked(filled, "checkout")
    assert [mark.label for mark in report.marks] == ["deployed 4.2", "new basket"]
    assert [mark.day for mark in report.marks] == [(NOW - 5 * DAY).date(), (NOW - 4 * DAY).date()]
    assert "deployed 4.2" in said(report)
    assert asked(filled, "refund").marks == ()


def test_a_fix_that_shipped_is_marked_on_its_day(filled: Context) -> None:
    request = TagRequest(
        team=TEAM,
        user="U1",
        channel=CHANNEL,
        title="The basket empties",
        feature="checkout",
        kind=Kind.BROKEN,
        ticket=1,
    )
    made = insights.tag(filled, request, NOW - 9 * DAY)
    assert asked(filled, "checkout").marks == ()
    insight_acts.set_status(filled, made.insight, Status.SHIPPED, NOW - 2 * DAY)
    assert [mark.label for mark in asked(filled, "checkout").marks] == [
        "shipped: The basket empties"
    ]
    assert asked(filled, "cart").marks == ()


def test_an_alarm_stands_on_every_feature_that_it_hit(filled: Context) -> None:
    with filled.store.write() as session:
        alarms.put(session, RAISED)
    for name in ("checkout", "login"):
        report = asked(filled, name)
        assert report.alarm is not None
        assert (report.alarm.observed, report.alarm.closed) == (31, None)
        assert "Alarm" in said(report)
    assert asked(filled, "cart").alarm is None
    assert asked(filled, "refund").alarm is None


def test_an_alarm_is_shown_for_the_window_in_which_it_lasted(filled: Context) -> None:
    over = replace(RAISED, opened=NOW - 80 * DAY, closed=NOW - 70 * DAY)
    with filled.store.write() as session:
        alarms.put(session, over)
    assert asked(filled, "checkout").alarm is None
    assert asked(filled, "checkout 12w").alarm is not None
