"""Insights follow what goes on around them, and their history stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.reports import Feature
from bot.service import catalogue, insight_acts
from insight_stage import card, happened, later, thread
from people import (
    ADA,
    BEN,
    CHECKOUT,
    FEATURES,
    GENERAL,
    MIRA,
    SUPPORT,
    card_post,
    rows,
    said,
    take_some_tickets,
    told,
)

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

DAY = timedelta(hours=25)
CHECKOUT_FEATURE, *REST = FEATURES
ABOUT = "SELECT feature_id, card_channel FROM insight"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets and a card, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    return http_stage


def bring_in(stage: Stage, *features: Feature) -> None:
    catalogue.bring_in(stage.context, features)
    later(stage)


# --- features -------------------------------------------------------------------------------


def test_a_feature_that_is_renamed_is_renamed_on_its_cards(some: Stage) -> None:
    bring_in(some, replace(CHECKOUT_FEATURE, name="Till"), *REST)
    assert rows(some, ABOUT) == [("checkout", CHECKOUT)]
    assert "Till · 1 ticket" in said(card(some))
    assert happened(some) == [("tagged", "", "")], "nobody did anything to the insight"


def test_insights_of_a_feature_that_is_merged_go_along(some: Stage) -> None:
    paying = Feature("paying", "Paying", ("Checkout", "basket"), channels=(CHECKOUT,))
    bring_in(some, paying, *REST)
    assert rows(some, ABOUT) == [("paying", CHECKOUT)]
    assert "Paying" in said(card(some))
    assert happened(some)[-1] == ("feature", "Checkout", "Paying")
    assert "changed the feature from Checkout to Paying" in thread(some)[-1]


def test_insights_of_a_feature_that_is_gone_stand_without_one(some: Stage) -> None:
    bring_in(some, *REST)
    assert rows(some, ABOUT) == [(None, CHECKOUT)]
    assert happened(some)[-1] == ("feature", "Checkout", "")
    assert "from Checkout to none" in thread(some)[-1]


# --- people ---------------------------------------------------------------------------------


def test_an_owner_who_leaves_is_missed_the_next_day(some: Stage) -> None:
    insight_acts.own(some.context, 1, BEN, some.now)
    later(some)
    later(some, DAY)
    assert rows(some, "SELECT owner, status FROM insight") == [(BEN, "owned")]
    some.slack.space.change_person(BEN, deleted=True)
    later(some, DAY)
    assert rows(some, "SELECT owner, status FROM insight") == [(None, "open")]
    assert "has left, so nobody owns this now" in thread(some)[-1]
    later(some, DAY)
    assert len(thread(some)) == 2


def test_who_tagged_and_left_still_did(some: Stage) -> None:
    some.slack.space.change_person(MIRA, deleted=True)
    later(some, DAY)
    assert {"type": "user", "user_id": MIRA} in _users(card(some).blocks)


def _users(value: object) -> list[object]:
    if isinstance(value, list):
        return [user for each in value for user in _users(each)]
    if isinstance(value, dict):
        own = [value] if value.get("type") == "user" else []
        return own + [user for each in value.values() for user in _users(each)]
    return []


# --- channels -------------------------------------------------------------------------------


def test_a_card_whose_channel_is_archived_moves_to_another_owner(some: Stage) -> None:
    bring_in(some, replace(CHECKOUT_FEATURE, channels=(CHECKOUT, SUPPORT)), *REST)
    some.slack.space.change_channel(CHECKOUT, is_archived=True)
    insight_acts.own(some.context, 1, BEN, some.now)
    later(some)
    later(some)
    moved = card(some, channel=SUPPORT)
    assert "owned" in said(moved)
    assert rows(some, ABOUT) == [("checkout", SUPPORT)]
    insight_acts.note(some.context, 1, "Here we are", BEN, some.now)
    later(some)
    assert "Here we are" in thread(some, channel=SUPPORT)[-1]


def test_a_card_that_is_there_is_shown_the_way_to(some: Stage) -> None:
    link = _opened(some, ADA, SUPPORT)
    assert "Insight 1 has its card" in link
    assert len(some.slack.messages(CHECKOUT)) == 1


@pytest.mark.parametrize("how", ["deleted", "archived"])
def test_a_card_that_is_gone_is_posted_anew_from_the_list(some: Stage, how: str) -> None:
    old = card(some)
    assert some.slack.react(ADA, CHECKOUT, old.ts, "open_mouth").ok
    some.slack.wait_for(lambda: rows(some, "SELECT * FROM reaction"))
    later(some)
    if how == "deleted":
        some.slack.space.delete(some.slack.message(CHECKOUT, old.ts))
        where = CHECKOUT
    else:
        some.slack.space.change_channel(CHECKOUT, is_archived=True)
        bring_in(some, replace(CHECKOUT_FEATURE, channels=(GENERAL,)), *REST)
        where = GENERAL
    assert "posted anew" in _opened(some, BEN, SUPPORT)
    later(some)
    new = card(some, channel=where)
    assert new.ts != old.ts
    assert "1 surprised me" in said(new), "what was answered is kept"
    assert some.slack.click(BEN, new, kit.ACTION_OWN).ok
    some.slack.wait_for(lambda: rows(some, "SELECT owner FROM insight")[0][0] == BEN)
    later(some)
    assert "took it on" in thread(some, channel=where)[-1]


def _opened(stage: Stage, user: str, channel: str) -> str:
    """What `/insights` and its Open card say."""
    before = len(stage.slack.ephemerals(user))
    assert stage.slack.slash_command(user, channel, "/insights").ok
    listed = told(stage, user, before + 1)
    assert stage.slack.click(user, listed, kit.ACTION_CARD).ok
    return said(told(stage, user, before + 2))


def test_a_card_that_cannot_be_posted_anywhere_is_refused_kindly(some: Stage) -> None:
    old = card(some)
    some.slack.space.delete(some.slack.message(CHECKOUT, old.ts))
    some.slack.space.change_channel(CHECKOUT, is_archived=True)
    assert "archived" in _opened(some, BEN, SUPPORT)
    assert status(some) == "open"


def status(stage: Stage) -> str:
    return str(rows(stage, "SELECT status FROM insight")[0][0])


def test_a_changed_card_that_was_deleted_is_marked_and_the_next_change_harms_nothing(
    some: Stage,
) -> None:
    old = card(some)
    some.slack.space.delete(some.slack.message(CHECKOUT, old.ts))
    insight_acts.own(some.context, 1, BEN, some.now)
    later(some)
    assert rows(some, "SELECT count(*) FROM post WHERE gone_at IS NOT NULL") == [(1,)]
    insight_acts.own(some.context, 1, ADA, some.now)
    assert status(some) == "owned"
    becomes_owned = rows(some, "SELECT owner FROM insight")
    assert becomes_owned == [(ADA,)]
