"""Channels that are shared with another company, or about to be: no customer's word gets there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from slack_sdk import WebClient

from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from bot.directory import Directory
from bot.reports import ChannelSettings
from bot.reports import Message as Rendered
from bot.service import catalogue, channels, digest_due, policy, posting
from people import (
    ADA,
    BEN,
    CHECKOUT,
    FEATURES,
    GENERAL,
    MIRA,
    SUPPORT,
    TEAM,
    card_post,
    events_done,
    finish_listeners,
    rows,
    said,
    take_some_tickets,
)
from storage.values import PostValue

pytestmark = [pytest.mark.case(37), pytest.mark.only("sqlite")]
HERE = ChannelSettings(TEAM, CHECKOUT, timezone="UTC", alarms=True)
SHARING: dict[str, dict[str, Any]] = {
    "shared": {"is_ext_shared": True},
    "invited to": {"is_pending_ext_shared": True},
    "invited to, as companies": {"pending_connected_team_ids": ["T0ACME"]},
}
SWITCHES = f"SELECT enabled, alarms FROM channel_setting WHERE channel = '{CHECKOUT}'"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A channel whose digest is planned and not yet sent, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    context, now = http_stage.context, http_stage.now
    channels.save(context, HERE, MIRA, now)
    assert digest_due.send(context, HERE, now, now).is_new
    return http_stage


def notices(stage: Stage, user: str = MIRA) -> list[Message]:
    channel = stage.slack.space.direct_channel(user).id
    return stage.slack.posts(channel)


@pytest.mark.parametrize("how", SHARING)
def test_a_digest_is_not_posted_where_the_channel_came_to_be_shared(some: Stage, how: str) -> None:
    some.slack.space.change_channel(CHECKOUT, **SHARING[how])
    some.work()
    assert not some.slack.posts(CHECKOUT)
    [told] = notices(some)
    assert "Digest and alarms are switched off" in said(told)
    assert {"type": "channel", "channel_id": CHECKOUT} in _parts(told)
    assert [tuple(map(bool, row)) for row in rows(some, SWITCHES)] == [(False, False)]
    deeds = """SELECT deed, about, "by" FROM audit_entry WHERE "by" = 'clock'"""
    assert rows(some, deeds) == [
        ("channel configured", f"channel {CHECKOUT} switched off", "clock")
    ]


def _parts(shown: Message) -> list[Any]:
    return [
        part for block in shown.blocks for line in block["elements"] for part in line["elements"]
    ]


def test_a_thread_ends_where_its_channel_came_to_be_shared(some: Stage) -> None:
    clock = some.earshot.clock
    while not some.slack.posts(CHECKOUT):
        assert clock.run_one(some.now)
    some.slack.space.change_channel(CHECKOUT, is_ext_shared=True)
    some.work()
    assert len(some.slack.posts(CHECKOUT)) == 1, "the root was there before"
    assert len(notices(some)) == 1


@pytest.mark.case(34)
def test_sharing_stops_the_digest_at_once_and_is_told_once_however_often_slack_says_so(
    some: Stage,
) -> None:
    some.work()
    posted = len(some.slack.posts(CHECKOUT))
    delivery = some.slack.share_channel(BEN, CHECKOUT)
    assert delivery.ok
    events_done(some, 1)
    for number in (1, 2, 3):
        assert some.slack.redeliver(delivery, retry_num=number).ok
    finish_listeners(some)
    some.work()
    assert len(notices(some)) == 1
    assert "can be read by the other company" in said(notices(some)[0])
    assert [tuple(map(bool, row)) for row in rows(some, SWITCHES)] == [(False, False)]
    assert len(some.slack.posts(CHECKOUT)) == posted


@pytest.mark.parametrize("kind", ["accepted", "approved"])
def test_an_accepted_invitation_stops_it_too(some: Stage, kind: str) -> None:
    event = {"type": f"shared_channel_invite_{kind}", "channel": {"id": CHECKOUT}, "invite": {}}
    assert some.slack.event(event).ok
    events_done(some, 1)
    some.slack.space.change_channel(CHECKOUT, is_pending_ext_shared=True)
    some.work()
    assert len(notices(some)) == 1
    assert not some.slack.posts(CHECKOUT)


def test_sharing_a_channel_that_has_nothing_is_nobodys_news(some: Stage) -> None:
    assert some.slack.share_channel(BEN, SUPPORT).ok
    events_done(some, 1)
    some.work()
    assert rows(some, "SELECT outcome FROM inbox") == [("nothing to stop",)]
    assert not notices(some)


def test_who_switches_it_on_again_has_it_again(some: Stage) -> None:
    space = some.slack.space
    space.change_channel(CHECKOUT, is_ext_shared=True)
    some.work()
    space.change_channel(CHECKOUT, is_ext_shared=False)
    channels.save(some.context, HERE, ADA, some.now)
    assert [bool(row[0]) for row in rows(some, SWITCHES)] == [True]


ABOUT_CUSTOMERS = sorted(set(posting.KEEP_TRYING) - {*posting.WORDLESS, posting.REMOVAL})


@pytest.mark.parametrize("shows", ABOUT_CUSTOMERS)
@pytest.mark.parametrize("action", ["post", "edit"])
def test_no_sort_of_message_is_posted_or_edited_there(
    http_stage: Stage, shows: str, action: str
) -> None:
    """Digest, thread, alarm, card, news, shared answer, weekly line, question."""
    message = Rendered("A customer says that it is broken")
    with http_stage.context.store.write() as session:
        posting.plan_post(
            session,
            message,
            team=TEAM,
            channel=CHECKOUT,
            key="first",
            shows=shows,
            subject=0,
            now=http_stage.now,
        )
    if action == "edit":
        http_stage.work()
        [post] = http_stage.slack.posts(CHECKOUT)
        with http_stage.context.store.write() as session:
            shown = PostValue(TEAM, CHECKOUT, post.ts, shows, 0)
            posting.plan_edit(session, Rendered("And more broken"), shown, http_stage.now)
    http_stage.slack.space.change_channel(CHECKOUT, is_ext_shared=True)
    http_stage.work()
    texts = [post.text for post in http_stage.slack.posts(CHECKOUT)]
    assert texts == ([message.text] if action == "edit" else [])
    assert rows(http_stage, "SELECT state, error FROM outbox ORDER BY id")[-1] == (
        "failed",
        policy.SHARED,
    )


def test_an_edit_that_takes_words_away_is_made_there_as_well(http_stage: Stage) -> None:
    with http_stage.context.store.write() as session:
        posting.plan_post(
            session,
            Rendered("A customer says that it is broken"),
            team=TEAM,
            channel=CHECKOUT,
            key="first",
            shows=posting.TICKET,
            subject=0,
            now=http_stage.now,
        )
    http_stage.work()
    [post] = http_stage.slack.posts(CHECKOUT)
    http_stage.slack.space.change_channel(CHECKOUT, is_ext_shared=True)
    with http_stage.context.store.write() as session:
        shown = PostValue(TEAM, CHECKOUT, post.ts, posting.REMOVAL, 0)
        posting.plan_edit(session, Rendered("Removed"), shown, http_stage.now)
    http_stage.work()
    assert [each.text for each in http_stage.slack.posts(CHECKOUT)] == ["Removed"]


def test_a_card_moves_to_another_channel_that_owns_its_feature(
    http_stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(http_stage, tmp_path)
    owners = (CHECKOUT, GENERAL)
    catalogue.bring_in(http_stage.context, (replace(FEATURES[0], channels=owners), *FEATURES[1:]))
    card_post(http_stage)
    http_stage.slack.space.change_channel(CHECKOUT, is_ext_shared=True)
    http_stage.slack.react(ADA, CHECKOUT, http_stage.slack.posts(CHECKOUT)[0].ts, "raising_hand")
    events_done(http_stage, 1)
    http_stage.work()
    assert any("Charged twice" in said(post) for post in http_stage.slack.posts(GENERAL))


# --- what counts as shared ------------------------------------------------------------------

OURS: dict[str, Any] = {
    "id": "C1",
    "is_member": True,
    "is_shared": False,
    "is_ext_shared": False,
    "is_org_shared": False,
    "is_pending_ext_shared": False,
    "pending_shared": [],
    "pending_connected_team_ids": [],
    "shared_team_ids": [TEAM],
    "context_team_id": TEAM,
}
NOT_OURS: dict[str, dict[str, Any]] = {
    "shared": {"is_ext_shared": True},
    "shared in the organisation": {"is_org_shared": True},
    "shared somehow": {"is_shared": True},
    "pending": {"is_pending_ext_shared": True},
    "pending, by what is asked": {"pending_shared": ["T0ACME"]},
    "pending, by who is asked": {"pending_connected_team_ids": ["E0ACME"]},
    "connected": {"connected_team_ids": [TEAM, "T0ACME"]},
    "shared with teams": {"shared_team_ids": [TEAM, "T0ACME"]},
    "seen from elsewhere": {"context_team_id": "T0ACME"},
}


class Told:
    """Answers conversations.info with what it was given."""

    def __init__(self, channel: dict[str, Any]) -> None:
        self.channel = channel

    def conversations_info(self, channel: str) -> dict[str, Any]:
        assert channel == self.channel["id"]
        return {"channel": self.channel}


@pytest.mark.parametrize("case", NOT_OURS)
def test_each_way_in_which_slack_says_so_counts(case: str) -> None:
    def look(found: dict[str, Any]) -> str | None:
        directory = Directory(cast(WebClient, Told(found)), TEAM)
        return policy.refusal(directory.channel(TEAM, "C1"))

    assert look(OURS) is None
    assert look(json.loads(json.dumps(OURS | NOT_OURS[case]))) == policy.SHARED
