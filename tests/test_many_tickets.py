"""Five hundred tickets at once: screens keep Slack's limits, and each ticket can be reached."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import Message, View
from bot.demo.slack_limits import check_message, check_view
from bot.demo.stage import Stage
from bot.reports import ChannelSettings
from bot.service import channels
from conftest import NOW
from own_tickets import TELLING, put, stored, write_catalogue
from people import ADA, CHECKOUT, TEAM, asked, buttons, modal, rows, said

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

MANY = 500
MOST_BLOCKS, MOST_CHARACTERS = 50, 12_000
MOST_IN_MODAL = 16_000
"""Slack's unwritten total is one of messages."""
THINGS = ("label", "invoice", "voucher", "basket", "photo", "address", "colour", "stock level")
PLACES = ("till", "phone", "warehouse", "office", "branch", "market stall", "workshop")
LONG = (
    "We have tried it in every browser that the help pages name, and the same thing happens again "
    "and again, while our own buyers stand in line and the accountant waits for the figures. "
)


@pytest.fixture
def crowd(http_stage: Stage) -> Stage:
    """All of one day, on one feature, in long texts."""
    write_catalogue(http_stage.context)
    told = [
        stored(
            f"n{number:03}",
            said=f"The {THINGS[number % 8]} vanishes at {PLACES[number % 7]} {number} since today",
            more=LONG * 20,
            subject="A very long subject that goes on and on " * 5,
            ago=timedelta(hours=8, minutes=number),
            stored_at=NOW - timedelta(hours=7),
            segment="enterprise",
        )
        for number in range(MANY)
    ]
    for number, text in enumerate(TELLING):
        said, _, more = text.partition(". ")
        told[100 * number] = stored(
            f"s{number}",
            said=said,
            more=more * 20,
            ago=timedelta(hours=9, minutes=number),
            stored_at=NOW - timedelta(hours=7),
            segment="enterprise",
        )
    put(http_stage.context, *told)
    settings = ChannelSettings(TEAM, CHECKOUT)
    channels.save(http_stage.context, settings, ADA, NOW - timedelta(days=1))
    http_stage.now = NOW.replace(hour=9, minute=30)
    http_stage.work()
    return http_stage


def assert_fits(shown: Message | View) -> None:
    assert len(shown.blocks) <= MOST_BLOCKS
    most = MOST_CHARACTERS if isinstance(shown, Message) else MOST_IN_MODAL
    assert len(json.dumps(shown.blocks, ensure_ascii=False)) <= most
    if isinstance(shown, Message):
        assert check_message({"text": shown.text, "blocks": shown.blocks}) == []
    else:
        assert check_view(shown.definition) == []


def listed(view: View) -> list[int]:
    elements = [each for block in view.blocks for each in block.get("elements", ())]
    return [int(each["value"]) for each in elements if each.get("action_id") == kit.ACTION_SHOW]


def turned(stage: Stage, older: str) -> list[int]:
    """What all pages list, from the one that is open to the last."""
    found: list[int] = []
    while True:
        view = modal(stage, ADA)
        assert_fits(view)
        found += listed(view)
        if "Older" not in said(view):
            return found
        newer = partial(_is_another, stage, view.hash)
        assert stage.slack.click(ADA, view, older).ok
        stage.slack.wait_for(newer)


def _is_another(stage: Stage, before: str) -> bool:
    return modal(stage, ADA).hash != before


def newest_first(stage: Stage, found: Sequence[int]) -> bool:
    order = rows(stage, "SELECT id FROM ticket ORDER BY created_at DESC, id DESC")
    among = set(found)
    return list(found) == [row for (row,) in order if row in among]


@pytest.mark.case(25)
@pytest.mark.only("sqlite")
def test_a_digest_of_five_hundred_is_several_small_messages_and_leads_to_each_of_them(
    crowd: Stage,
) -> None:
    root, *replies = crowd.slack.posts(CHECKOUT)
    assert {reply.thread_ts for reply in replies} == {root.ts}
    for post in (root, *replies):
        assert_fits(post)
    shown = [int(buttons(reply, kit.ACTION_SHOW)[0]) for reply in replies]
    items = rows(crowd, "SELECT ticket_id FROM digest_item ORDER BY position")
    assert shown == [row for (row,) in items], "in the thread they stand in the digest's order"
    alike: list[int] = []
    likes = [e for b in root.blocks for e in b.get("elements", ()) if is_like(e)]
    for like in likes:
        crowd.slack.space.views.clear(ADA)
        assert crowd.slack.click(ADA, root, kit.ACTION_DIGEST_LIKE, value=like["value"]).ok
        alike += turned(crowd, kit.ACTION_DIGEST_OLDER)
    crowd.slack.space.views.clear(ADA)
    assert crowd.slack.click(ADA, root, kit.ACTION_DIGEST_WHY).ok
    why = modal(crowd, ADA)
    before = why.hash
    assert crowd.slack.click(ADA, why, kit.ACTION_DIGEST_UNSHOWN).ok
    crowd.slack.wait_for(
        lambda: (
            "read and left out" in said(modal(crowd, ADA)) and (modal(crowd, ADA).hash != before)
        )
    )
    left = turned(crowd, kit.ACTION_DIGEST_OLDER)
    assert newest_first(crowd, left)
    assert sorted([*shown, *alike, *left]) == list(range(1, MANY + 1)), "none is dropped"
    assert f"{len(left):,} tickets read and left out" in said(modal(crowd, ADA))


def is_like(element: dict[str, object]) -> bool:
    return str(element.get("action_id", "")).partition(":")[0] == kit.ACTION_DIGEST_LIKE


@pytest.mark.case(25)
@pytest.mark.only("sqlite")
def test_five_hundred_behind_an_answer_are_listed_newest_first_to_the_last(crowd: Stage) -> None:
    answer = asked(crowd, ADA, CHECKOUT, "checkout")
    assert_fits(answer)
    assert f"{MANY} tickets" in said(answer)
    assert crowd.slack.click(ADA, answer, kit.ACTION_TICKETS).ok
    found = turned(crowd, kit.ACTION_NEXT)
    assert len(found) == len(set(found)) == MANY
    assert newest_first(crowd, found)
