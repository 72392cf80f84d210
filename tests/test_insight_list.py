"""`/insights`: pages, what is mine, and who may tag."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import DEFAULT_SCOPES, Message
from bot.demo.stage import Stage
from bot.reports import Kind, Status
from bot.service import insight_acts, insight_list, insights
from bot.service.insights import MessageRef, TagRequest
from conftest import NOW
from databases import Databases
from people import (
    ADA,
    BEN,
    CHECKOUT,
    GUS,
    MIRA,
    SUPPORT,
    TEAM,
    asked,
    card_post,
    events_done,
    finish_listeners,
    rows,
    said,
    take_some_tickets,
    ticket_post,
    told,
)

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

GROUP = "S0RESEARCH"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def tag(stage: Stage, number: int, user: str = MIRA, feature: str | None = None) -> int:
    request = TagRequest(
        *(TEAM, user, SUPPORT, f"Story {number}", feature, Kind.BROKEN),
        message=MessageRef(SUPPORT, f"{number}.0", None),
    )
    return insights.tag(stage.context, request, stage.now).insight


def listed(stage: Stage, user: str, words: str = "") -> Message:
    before = len(stage.slack.ephemerals(user))
    assert stage.slack.slash_command(user, SUPPORT, "/insights", words).ok
    return told(stage, user, before + 1)


def test_a_long_list_is_turned_page_by_page(some: Stage) -> None:
    for number in range(1, 24):
        tag(some, number)
    shown = listed(some, ADA, "story")
    assert "23 insights match" in said(shown)
    assert "Page 1 of 3" in said(shown)
    assert "Story 23" in said(shown)
    assert some.slack.click(ADA, shown, kit.ACTION_INSIGHTS).ok
    some.slack.wait_for(lambda: "Page 2 of 3" in said(some.slack.ephemerals(ADA)[-1]))
    second = some.slack.ephemerals(ADA)[-1]
    assert "Story 13" in said(second)
    assert some.slack.click(ADA, second, f"{kit.ACTION_INSIGHTS}:1").ok
    some.slack.wait_for(lambda: "Page 3 of 3" in said(some.slack.ephemerals(ADA)[-1]))
    assert "Story 1 " in said(some.slack.ephemerals(ADA)[-1])


def test_mine_are_those_that_i_tagged_or_own(some: Stage) -> None:
    tag(some, 1, ADA)
    tag(some, 2, MIRA)
    owned = tag(some, 3, MIRA)
    insight_acts.own(some.context, owned, ADA, some.now)
    shown = said(listed(some, ADA, "mine"))
    assert "2 insights of yours" in shown
    assert "Story 2" not in shown
    assert "Story 3" in said(listed(some, ADA, "mine story 3"))
    assert "No insights of yours" in said(listed(some, BEN, "Mine"))


def test_a_status_and_a_feature_by_any_of_its_names_are_looked_for(some: Stage) -> None:
    about = tag(some, 1, feature="login")
    insight_acts.set_status(some.context, tag(some, 2), Status.SHIPPED, some.now)
    found = insight_list.search(some.context, "sign in")
    assert [line.id for line in found.insights] == [about]
    assert [line.title for line in insight_list.search(some.context, "Shipped").insights] == [
        "Story 2"
    ]


def test_beyond_the_last_page_is_the_last(some: Stage) -> None:
    for number in range(1, 13):
        tag(some, number)
    found = insight_list.search(some.context, "", page=9)
    assert (found.page, len(found.insights), found.total) == (1, 2, 12)


# --- who may tag ----------------------------------------------------------------------------


@pytest.fixture
def few(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Only Mira, who is in the user group, may tag."""
    monkeypatch.setenv("EARSHOT_TAGGERS", GROUP)
    with Stage(tmp_path, NOW, "http", databases.migrated(tmp_path)) as opened:
        opened.slack.space.usergroups[GROUP] = [MIRA, GUS]
        take_some_tickets(opened, tmp_path)
        yield opened


def test_who_is_not_in_the_group_is_refused_politely_in_every_way(few: Stage) -> None:
    answer = asked(few, ADA, SUPPORT, "checkout")
    post = ticket_post(few)
    message, _ = few.slack.say(BEN, SUPPORT, "listen to this")
    before = len(few.slack.ephemerals(ADA))
    assert few.slack.click(ADA, answer, kit.ACTION_TAG, value="1").ok
    assert "tagged by a few people here" in said(told(few, ADA, before + 1))
    assert few.slack.shortcut(ADA, SUPPORT, message.ts, kit.SHORTCUT_TAG).ok
    assert "tagged by a few people here" in said(told(few, ADA, before + 2))
    assert few.slack.react(ADA, SUPPORT, post.ts, "bulb").ok
    assert "tagged by a few people here" in said(told(few, ADA, before + 3))
    assert not rows(few, "SELECT id FROM insight")


def test_who_is_in_the_group_tags_and_a_guest_in_it_does_not(few: Stage) -> None:
    post = ticket_post(few)
    assert few.slack.react(GUS, SUPPORT, post.ts, "bulb").ok
    assert few.slack.react(MIRA, SUPPORT, post.ts, "bulb").ok
    events_done(few, 2)
    finish_listeners(few)
    assert rows(few, "SELECT tagged_by FROM insight") == [(MIRA,)]
    assert not few.slack.ephemerals(GUS)


def test_where_slack_does_not_tell_who_is_in_the_group_nobody_tags(few: Stage) -> None:
    few.slack.grant(DEFAULT_SCOPES - {"usergroups:read"})
    answer = asked(few, MIRA, SUPPORT, "checkout")
    before = len(few.slack.ephemerals(MIRA))
    assert few.slack.click(MIRA, answer, kit.ACTION_TAG, value="1").ok
    assert "Slack does not tell just now" in said(told(few, MIRA, before + 1))


def test_those_who_may_not_tag_may_still_own_and_answer(few: Stage) -> None:
    shown = card_post(few)
    assert few.slack.click(ADA, shown, kit.ACTION_OWN).ok
    few.slack.wait_for(lambda: rows(few, "SELECT owner FROM insight")[0][0] == ADA)
    assert few.slack.messages(CHECKOUT)
