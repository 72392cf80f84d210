"""The edit modal changes what a person changed, and nothing that others did meanwhile."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.reports import Kind, Status
from bot.service import insight_acts
from bot.service.insight_acts import Edit
from insight_stage import becomes, card, fill_in, happened, later, thread
from people import ADA, BEN, MIRA, card_post, modal, rows, said, take_some_tickets

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

STATE = "SELECT title, feature_id, kind, note, owner, issue_url, status FROM insight"
ISSUE = "https://github.com/marigold/shop/issues/12"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets and a card, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    return http_stage


def open_edit(stage: Stage, user: str) -> None:
    assert stage.slack.click(user, card(stage), kit.ACTION_EDIT).ok
    modal(stage, user)


def test_what_others_did_while_the_modal_was_open_stays(some: Stage) -> None:
    open_edit(some, BEN)
    wanted = Edit("Paid twice", "login", Kind.UNEXPECTED, "Seen at the fair", MIRA, ISSUE)
    insight_acts.edit(some.context, 1, wanted, MIRA, some.now)
    assert some.slack.submit_view(BEN, {kit.BLOCK_NOTE: "Ask the bank"}).ok
    some.slack.wait_for(lambda: rows(some, STATE)[0][3] == "Ask the bank")
    assert rows(some, STATE) == [
        ("Paid twice", "login", "unexpected", "Ask the bank", MIRA, ISSUE, "owned")
    ]


def test_who_owns_it_while_another_edits_still_does(some: Stage) -> None:
    open_edit(some, BEN)
    assert some.slack.click(ADA, card(some), kit.ACTION_OWN).ok
    some.slack.wait_for(lambda: rows(some, STATE)[0][4] == ADA)
    assert some.slack.submit_view(BEN, {kit.BLOCK_TITLE: "Charged thrice"}).ok
    some.slack.wait_for(lambda: rows(some, STATE)[0][0] == "Charged thrice")
    assert rows(some, STATE)[0][4:] == (ADA, None, "owned")
    assert [what for what, *_ in happened(some)] == ["tagged", "owner", "status", "title"]


def test_two_who_change_the_same_both_do_and_the_last_word_stands(some: Stage) -> None:
    open_edit(some, BEN)
    open_edit(some, MIRA)
    for user, title in ((BEN, "Charged thrice"), (MIRA, "Paid twice")):
        fill_in(some, user, {kit.BLOCK_TITLE: title})
        some.slack.wait_for(partial(_is_called, some, title))
    assert [change for change in happened(some) if change[0] == "title"] == [
        ("title", "Charged twice", "Charged thrice"),
        ("title", "Charged thrice", "Paid twice"),
    ]


def _is_called(stage: Stage, title: str) -> bool:
    return bool(rows(stage, STATE)[0][0] == title)


def test_what_is_emptied_is_a_change(some: Stage) -> None:
    wanted = Edit("Charged twice", "checkout", Kind.BROKEN, "A note", BEN, ISSUE)
    insight_acts.edit(some.context, 1, wanted, MIRA, some.now)
    open_edit(some, MIRA)
    emptied: dict[str, object] = dict.fromkeys(
        (kit.BLOCK_NOTE, kit.BLOCK_ISSUE, kit.BLOCK_FEATURE, kit.BLOCK_OWNER)
    )
    fill_in(some, MIRA, emptied)
    becomes(some, "open")
    assert rows(some, STATE) == [("Charged twice", None, "broken", "", None, None, "open")]


def test_what_nobody_owns_any_more_is_open_and_what_shipped_stays_so(some: Stage) -> None:
    insight_acts.own(some.context, 1, BEN, some.now)
    nobody = Edit("Charged twice", "checkout", Kind.BROKEN, "")
    insight_acts.edit(some.context, 1, nobody, MIRA, some.now)
    later(some)
    assert rows(some, STATE)[0][4:] == (None, None, "open")
    assert "owned → open" in thread(some)[-1]
    assert "Owner:" not in said(card(some))
    insight_acts.own(some.context, 1, BEN, some.now)
    insight_acts.set_status(some.context, 1, Status.SHIPPED, some.now, user=BEN)
    insight_acts.edit(some.context, 1, nobody, MIRA, some.now)
    assert rows(some, STATE)[0][4:] == (None, None, "shipped")


def test_nothing_changed_tells_nothing(some: Stage) -> None:
    insight_acts.edit(
        some.context, 1, Edit("Charged  twice", None, Kind.BROKEN, "A note"), MIRA, some.now
    )
    before = happened(some)
    open_edit(some, BEN)
    assert some.slack.submit_view(BEN, {}).ok
    later(some)
    assert happened(some) == before
