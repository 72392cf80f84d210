"""What is said of an insight that became part of another goes there, whoever comes late."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.reports import Kind, Status
from bot.service import attaching, insight_acts, insight_list, insights
from bot.service.insight_acts import Edit
from bot.service.insights import Tagged, TagRequest
from insight_stage import (
    becomes,
    card,
    choose,
    fill_in,
    happened,
    later,
    status_of,
    take_in,
    thread,
)
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CUSTOMERS_WORDS,
    MIRA,
    SUPPORT,
    TEAM,
    card_post,
    events_done,
    modal,
    rows,
    said,
    take_some_tickets,
    ticket_post,
    told,
)
from storage.insight_tickets import Attached

ISSUE = "https://github.com/marigold/shop/issues/12"
STATES = "SELECT id, status, owner, shipped_on FROM insight ORDER BY id"
PAIRS = """SELECT insight_id, ticket_id FROM insight_ticket
WHERE detached_at IS NULL ORDER BY ticket_id"""


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """Cards of two insights, on the first two tickets."""
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    card_post(http_stage, 2, "Second")
    return http_stage


def merge(stage: Stage, source: int = 1, target: int = 2) -> None:
    insight_acts.merge(stage.context, source, target, MIRA, stage.now)


def tag(stage: Stage, ticket: int, into: int | None = None) -> Tagged:
    request = TagRequest(
        *(TEAM, MIRA, SUPPORT, "A story", "checkout", Kind.BROKEN), ticket=ticket, into=into
    )
    return insights.tag(stage.context, request, stage.now)


# --- late acts ------------------------------------------------------------------------------


def test_what_ships_while_it_is_merged_has_shipped_as_part_of_the_other(some: Stage) -> None:
    choose(some, BEN, "shipped")
    modal(some, BEN)
    merge(some)
    assert some.slack.submit_view(BEN, {kit.BLOCK_NOTE: "One charge a click"}).ok
    becomes(some, "shipped", 2)
    assert status_of(some, 1) == "declined"
    assert "One charge a click" in thread(some, 2)[-1]


def test_who_owns_notes_or_edits_on_a_card_that_is_not_merged_yet_does_so_to_the_other(
    some: Stage,
) -> None:
    old = card(some)
    merge(some)
    assert some.slack.click(BEN, old, kit.ACTION_OWN).ok
    some.slack.wait_for(lambda: status_of(some, 2) == "owned")
    assert some.slack.click(BEN, old, kit.ACTION_NOTE).ok
    assert "Insight 2" in said(modal(some, BEN))
    fill_in(some, BEN, {kit.BLOCK_NOTE: "Look at the log"})
    some.slack.wait_for(lambda: happened(some, 2)[-1][0] == "note")
    wanted = Edit("", None, Kind.BROKEN, "", issue=ISSUE, changed=frozenset({"issue"}))
    insight_acts.edit(some.context, 1, wanted, BEN, some.now)
    later(some)
    assert [what for what, *_ in happened(some, 1)] == ["tagged", "merged"]
    [_, owner, issue] = rows(some, "SELECT title, owner, issue_url FROM insight WHERE id = 2")[0]
    assert (owner, issue) == (BEN, ISSUE)


def test_a_ticket_detached_in_a_list_that_is_not_merged_yet_leaves_the_other(
    some: Stage, tmp_path: Path
) -> None:
    take_in(some, tmp_path, f"{CUSTOMERS_WORDS}!")
    later(some)
    assert some.slack.click(BEN, card(some), kit.ACTION_TOLD).ok
    view = modal(some, BEN)
    merge(some)
    assert (2, 9) in rows(some, PAIRS)
    assert some.slack.click(BEN, view, kit.ACTION_DETACH, value="1:9").ok
    some.slack.wait_for(lambda: (2, 9) not in rows(some, PAIRS))
    later(some)
    assert "detached ticket 500" in thread(some, 2)[-1]


def test_a_reaction_to_the_old_card_counts_on_the_new_one_and_shows(some: Stage) -> None:
    old = card(some)
    merge(some)
    later(some)
    later(some)
    assert some.slack.react(BEN, CHECKOUT, old.ts, "open_mouth").ok
    events_done(some, 1)
    later(some)
    assert "1 surprised me" in said(card(some, 2))


def test_what_is_found_for_an_insight_while_it_is_merged_goes_to_the_other(
    some: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = attaching._found

    def slowly(*args: Any) -> list[Attached]:
        found = find(*args)
        monkeypatch.setattr(attaching, "_found", find)
        merge(some)
        return found

    later(some)
    monkeypatch.setattr(attaching, "_found", slowly)
    take_in(some, tmp_path, f"{CUSTOMERS_WORDS}!")
    later(some)
    assert rows(some, PAIRS) == [(2, 1), (2, 2), (2, 9)]
    later(some)
    assert "3 tickets from 3 customers" in said(card(some, 2))


# --- what goes along ------------------------------------------------------------------------


def test_owner_issue_and_ship_date_go_along_where_the_other_has_none(some: Stage) -> None:
    wanted = Edit("Charged twice", "checkout", Kind.BROKEN, "", owner=BEN, issue=ISSUE)
    insight_acts.edit(some.context, 1, wanted, BEN, some.now)
    insight_acts.set_status(
        some.context, 1, Status.SHIPPED, some.now, user=BEN, said="One charge a click"
    )
    merge(some)
    later(some)
    assert [(id, status, owner, str(day)) for id, status, owner, day in rows(some, STATES)] == [
        (1, "declined", BEN, "2026-11-03"),
        (2, "shipped", BEN, "2026-11-03"),
    ]
    for shown in ("One charge a click", "shop#12", "Shipped on 3 Nov 2026"):
        assert shown in said(card(some, 2)), shown
    [line] = thread(some, 2)
    assert "merged insight 1 into this" in line
    assert "open → shipped" in line


def test_what_the_other_has_stays(some: Stage) -> None:
    insight_acts.own(some.context, 1, BEN, some.now)
    insight_acts.own(some.context, 2, ADA, some.now)
    merge(some)
    assert rows(some, STATES)[1][1:3] == ("owned", ADA)


def test_an_owner_alone_makes_the_other_owned(some: Stage) -> None:
    insight_acts.own(some.context, 1, BEN, some.now)
    merge(some)
    assert rows(some, STATES)[1][1:3] == ("owned", BEN)


@pytest.mark.parametrize("status", [Status.DECLINED, Status.VERIFIED])
def test_nothing_is_merged_into_what_was_closed_while_the_modal_was_open(
    some: Stage, status: Status
) -> None:
    assert some.slack.click(BEN, card(some), kit.ACTION_MERGE).ok
    modal(some, BEN)
    insight_acts.set_status(some.context, 2, status, some.now, user=MIRA, said="not ours")
    before = rows(some, STATES)
    some.slack.submit_view(BEN, {kit.BLOCK_INSIGHT: "2"})
    some.slack.wait_for(lambda: f"is {status} by now" in _errors(some))
    assert rows(some, STATES) == before
    assert rows(some, PAIRS) == [(1, 1), (2, 2)]


def _errors(stage: Stage) -> str:
    return " ".join(modal(stage, BEN).errors.values())


# --- tickets that go on ---------------------------------------------------------------------


def test_a_ticket_detached_from_the_other_can_be_tagged_again(some: Stage) -> None:
    merge(some)
    insight_list.detach(some.context, 2, 1, BEN, some.now)
    again = tag(some, 1)
    assert again.made
    assert rows(some, PAIRS) == [(again.insight, 1), (2, 2)]


def test_a_ticket_belongs_to_where_it_went_and_its_reactions_show_there(some: Stage) -> None:
    card_post(some, 3, "Third")
    post = ticket_post(some, 1)
    merge(some)
    insight_list.detach(some.context, 2, 1, BEN, some.now)
    tag(some, 1, into=3)
    later(some)
    later(some)
    assert some.slack.react(BEN, SUPPORT, post.ts, "open_mouth").ok
    events_done(some, 1)
    later(some)
    assert "1 surprised me" in said(card(some, 3))
    assert "surprised me" not in said(card(some, 2))


def test_a_ticket_that_the_other_had_detached_is_nobodys_after_merging(some: Stage) -> None:
    merge(some)
    insight_list.detach(some.context, 2, 1, BEN, some.now)
    third = tag(some, 1).insight
    merge(some, third, 2)
    assert rows(some, PAIRS) == [(2, 2)], "what was detached stays away"
    assert tag(some, 1).made


def test_the_way_to_a_merged_insight_is_told(some: Stage) -> None:
    old = card(some)
    merge(some)
    later(some)
    assert some.slack.click(ADA, some.slack.message(CHECKOUT, old.ts), kit.ACTION_CARD).ok
    assert "Insight 2 has its card" in said(told(some, ADA))
