"""Where cards stand: closed channels, other workspaces, cards that are on their way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.reports import Kind
from bot.service import catalogue, insights
from bot.service.context import Context
from bot.service.insight_follow import Following
from bot.service.insights import MessageRef, TagRequest
from conftest import NOW
from insight_stage import card, later
from people import (
    BEN,
    CHECKOUT,
    FEATURES,
    GENERAL,
    MIRA,
    SUPPORT,
    TEAM,
    card_post,
    rows,
    said,
    take_some_tickets,
    told,
)

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

CARDS = "SELECT channel, state FROM outbox WHERE shows = 'insight' AND action = 'post'"
CHECKOUT_FEATURE, *REST = FEATURES


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets and a card, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    return http_stage


def second(stage: Stage) -> None:
    request = TagRequest(TEAM, MIRA, SUPPORT, "Second", "checkout", Kind.BROKEN, ticket=2)
    insights.tag(stage.context, request, stage.now)


def leads_to(stage: Stage, insight: int) -> str:
    """What `/insights` says to who opens the card of an insight."""
    assert stage.slack.slash_command(BEN, GENERAL, "/insights", "").ok
    listed = told(stage, BEN)
    assert stage.slack.click(BEN, listed, kit.ACTION_CARD, value=str(insight)).ok
    return said(told(stage, BEN, 2))


def test_a_card_goes_to_each_closed_channel_once_and_then_rests(some: Stage) -> None:
    both = replace(CHECKOUT_FEATURE, channels=(CHECKOUT, GENERAL))
    catalogue.bring_in(some.context, (both, *REST))
    some.work()
    for channel in (CHECKOUT, GENERAL):
        some.slack.space.change_channel(channel, is_archived=True)
    second(some)
    for _ in range(20):
        later(some)
    failed = [row for row in rows(some, CARDS) if row[1] == "failed"]
    assert sorted(failed) == [(CHECKOUT, "failed"), (GENERAL, "failed")]


def test_a_card_goes_on_to_the_owner_that_is_left(some: Stage) -> None:
    everywhere = replace(CHECKOUT_FEATURE, channels=(CHECKOUT, GENERAL, SUPPORT))
    catalogue.bring_in(some.context, (everywhere, *REST))
    some.work()
    for channel in (CHECKOUT, GENERAL):
        some.slack.space.change_channel(channel, is_archived=True)
    second(some)
    for _ in range(5):
        later(some)
    assert "Second" in said(card(some, 2, SUPPORT))


def test_a_card_of_another_workspace_stays_where_it_is(some: Stage) -> None:
    with some.context.store.write() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE insight SET team = 'T0OTHER', card_channel = 'C0OTHER', feature_id = NULL")
        run("UPDATE post SET team = 'T0OTHER', channel = 'C0OTHER' WHERE shows = 'insight'")
        run("UPDATE outbox SET team = 'T0OTHER', channel = 'C0OTHER' WHERE shows = 'insight'")
    assert "another workspace" in leads_to(some, 1)
    assert rows(some, "SELECT card_channel FROM insight") == [("C0OTHER",)]
    assert rows(some, "SELECT gone_at FROM post WHERE shows = 'insight'") == [(None,)]
    assert rows(some, CARDS) == [("C0OTHER", "sent")]


def test_a_card_that_is_on_its_way_is_not_called_gone(some: Stage) -> None:
    second(some)
    assert "on its way" in leads_to(some, 2)
    assert rows(some, "SELECT card_channel FROM insight WHERE id = 2") == [(CHECKOUT,)]


def test_a_feature_that_is_renamed_is_renamed_in_every_workspace(context: Context) -> None:
    catalogue.bring_in(context, (CHECKOUT_FEATURE,))
    for team in ("T0ONE", "T0TWO"):
        message = MessageRef("C0X", "1.0", None)
        request = TagRequest(team, MIRA, "C0X", "Slow", "checkout", Kind.BROKEN, message=message)
        insights.tag(context, request, NOW)
    both = [Following(context, team, lambda _team, _user: False) for team in ("T0ONE", "T0TWO")]

    def follow(days: int) -> list[bool]:
        return [each.run_one(NOW + timedelta(days=days)) for each in both]

    while any(follow(0)):
        pass
    catalogue.bring_in(context, (replace(CHECKOUT_FEATURE, name="Till"),))
    assert follow(0) == [True, True]
    assert follow(0) == [False, False]
