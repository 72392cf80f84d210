"""An insight's life on its card: owned, shipped, verified, declined, edited, noted, merged."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import ClientRefusal
from bot.demo.stage import Stage
from bot.reports import Kind, Status
from bot.service import insight_acts
from bot.service.insight_acts import Edit
from insight_stage import (
    PACE,
    becomes,
    card,
    choose,
    fill_in,
    happened,
    later,
    ship,
    status_of,
    thread,
)
from people import (
    ADA,
    BEN,
    CHECKOUT,
    GUS,
    MIRA,
    SUPPORT,
    card_post,
    events_done,
    modal,
    rows,
    said,
    take_some_tickets,
    told,
)
from storage import insights as insight_rows

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

ISSUE = "https://github.com/marigold/shop/issues/12"
OWNER = "SELECT owner, status, shipped_on, shipped_what, declined_why FROM insight WHERE id = 1"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets and a card, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    return http_stage


def test_who_presses_own_it_owns_it_and_the_thread_says_so(some: Stage) -> None:
    assert some.slack.click(BEN, card(some), kit.ACTION_OWN).ok
    becomes(some, "owned")
    assert rows(some, OWNER)[0][0] == BEN
    assert "Owner:" in said(card(some))
    [line] = thread(some)
    assert "took it on" in line
    assert "owned" in line
    assert "3 Nov, 16:00 UTC" in line


def test_owning_it_twice_says_nothing_new_and_another_takes_over(some: Stage) -> None:
    for user in (BEN, BEN, ADA):
        assert some.slack.click(user, card(some), kit.ACTION_OWN).ok
        some.slack.wait_for(partial(_is_owned, some, user))
        later(some)
    assert len(thread(some)) == 2
    assert happened(some)[-1] == ("owner", BEN, ADA)


def _is_owned(stage: Stage, user: str) -> bool:
    return bool(rows(stage, OWNER)[0][0] == user)


def test_shipping_asks_the_day_and_what_changed(some: Stage) -> None:
    choose(some, BEN, "shipped")
    view = modal(some, BEN)
    assert "2026-11-03" in str(view.definition), "today is suggested"
    assert status_of(some) == "open", "nothing changes before the answer"
    typed: dict[str, object] = {kit.BLOCK_DATE: "2026-11-01", kit.BLOCK_NOTE: "One charge a click"}
    assert some.slack.submit_view(BEN, typed).ok
    becomes(some, "shipped")
    assert "Shipped on 1 Nov 2026" in said(card(some))
    assert "One charge a click" in said(card(some))
    [line] = thread(some)
    for shown in ("open →", "shipped", "2026-11-01", "One charge a click"):
        assert shown in line
    with some.context.store.read() as session:
        [value] = insight_rows.shipped(session)
    assert str(value.shipped_on) == "2026-11-01"


def test_a_day_to_come_is_refused_at_the_day(some: Stage) -> None:
    choose(some, BEN, "shipped")
    modal(some, BEN)
    some.slack.submit_view(BEN, {kit.BLOCK_DATE: "2026-11-04"})
    assert "still to come" in modal(some, BEN).errors[kit.BLOCK_DATE]
    assert status_of(some) == "open"


def test_shipping_again_corrects_the_day_and_keeps_both_in_the_history(some: Stage) -> None:
    ship(some, BEN, "First try")
    becomes(some, "shipped")
    choose(some, MIRA, "shipped")
    assert "First try" in str(modal(some, MIRA).definition)
    assert some.slack.submit_view(MIRA, {kit.BLOCK_DATE: "2026-10-30"}).ok
    some.slack.wait_for(lambda: str(rows(some, OWNER)[0][2]) == "2026-10-30")
    later(some)
    assert len(thread(some)) == 2
    assert "Shipped on 30 Oct 2026" in said(card(some))


def test_the_day_is_corrected_where_nobody_said_what_changed(some: Stage) -> None:
    ship(some, BEN)
    becomes(some, "shipped")
    choose(some, MIRA, "shipped")
    fill_in(some, MIRA, {kit.BLOCK_DATE: "2026-10-30"})
    some.slack.wait_for(lambda: str(rows(some, OWNER)[0][2]) == "2026-10-30")


def test_what_is_open_again_has_no_ship_date(some: Stage) -> None:
    ship(some, BEN)
    becomes(some, "shipped")
    choose(some, BEN, "open")
    becomes(some, "open")
    assert rows(some, OWNER)[0][2:4] == (None, "")
    with some.context.store.read() as session:
        assert insight_rows.shipped(session) == []


def test_declining_needs_a_reason_and_shows_it(some: Stage) -> None:
    choose(some, MIRA, "declined")
    modal(some, MIRA)
    with pytest.raises(ClientRefusal):
        some.slack.submit_view(MIRA, {})
    assert some.slack.submit_view(MIRA, {kit.BLOCK_NOTE: "The bank's doing"}).ok
    becomes(some, "declined")
    assert "Declined:" in said(card(some))
    assert "The bank's doing" in thread(some)[0]


def test_verified_is_one_click_and_keeps_the_ship_date(some: Stage) -> None:
    ship(some, BEN)
    becomes(some, "shipped")
    choose(some, MIRA, "verified")
    becomes(some, "verified")
    assert "Shipped on 3 Nov 2026" in said(card(some))
    assert "shipped → verified" in thread(some)[-1]


def test_an_edit_says_all_that_is_other_in_one_reply(some: Stage) -> None:
    assert some.slack.click(BEN, card(some), kit.ACTION_EDIT).ok
    typed: dict[str, object] = {
        kit.BLOCK_TITLE: "Charged thrice",
        kit.BLOCK_KIND: "unexpected",
        kit.BLOCK_OWNER: MIRA,
        kit.BLOCK_ISSUE: ISSUE,
    }
    fill_in(some, BEN, typed)
    becomes(some, "owned")
    [line] = thread(some)
    for shown in ("changed this", "Charged twice", "Charged thrice", "shop#12", "open → owned"):
        assert shown in line
    assert {"type": "link", "url": ISSUE, "text": "shop#12"} in _links(card(some).blocks)
    assert len(happened(some)) == 6, "each is kept for itself, after the tag"


def _links(value: object) -> list[object]:
    if isinstance(value, list):
        return [link for each in value for link in _links(each)]
    if isinstance(value, dict):
        own = [value] if value.get("type") == "link" else []
        return own + [link for each in value.values() for link in _links(each)]
    return []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "shop/issues/12",
        "ftp://x.example/1",
        "http://jira.example/browse/A-1",
        "https://a:b@c/1",
    ],
)
def test_only_a_whole_web_address_is_an_issue(some: Stage, address: str) -> None:
    assert some.slack.click(BEN, card(some), kit.ACTION_EDIT).ok
    modal(some, BEN)
    some.slack.submit_view(BEN, {kit.BLOCK_ISSUE: address})
    assert "https://" in modal(some, BEN).errors[kit.BLOCK_ISSUE]
    assert not rows(some, "SELECT id FROM insight WHERE issue_url IS NOT NULL")


def test_a_note_goes_to_the_thread_without_personal_data(some: Stage) -> None:
    assert some.slack.click(MIRA, card(some), kit.ACTION_NOTE).ok
    fill_in(some, MIRA, {kit.BLOCK_NOTE: "Call kim@customer.example\n*now*"})
    some.slack.wait_for(lambda: len(happened(some)) == 2)
    later(some)
    [line] = thread(some)
    assert "noted · 3 Nov" in line
    assert "Call [email 1] *now*" in line


def test_a_guest_changes_nothing(some: Stage) -> None:
    shown = card(some)
    with some.slack.space.changing():
        some.slack.space.channel(CHECKOUT).members.append(GUS)
    assert some.slack.click(GUS, shown, kit.ACTION_OWN).ok
    assert "full members" in said(told(some, GUS))
    assert status_of(some) == "open"


def test_the_card_is_edited_once_in_thirty_seconds_however_much_happens(some: Stage) -> None:
    shown = card(some)
    for number, user in enumerate((ADA, BEN, MIRA) * 4):
        emoji = ("open_mouth", "tada", "eyes", "no_good")[number // 3]
        some.slack.react(user, CHECKOUT, shown.ts, emoji)
        events_done(some, number + 1)
        later(some, timedelta(seconds=1))
    first = edits(some)
    assert 1 <= first <= 3
    later(some)
    assert edits(some) == first + 1
    assert "3 surprised me" in said(card(some))
    later(some)
    assert edits(some) == first + 1, "nothing new, no edit"
    moments = sorted(call.at for call in some.slack.calls_of("chat.update"))
    assert all(two - one >= timedelta(seconds=30) for one, two in pairwise(moments))


def edits(stage: Stage) -> int:
    return len(stage.slack.calls_of("chat.update"))


# --- merging --------------------------------------------------------------------------------


def test_merging_brings_tickets_and_answers_along_and_points_there(some: Stage) -> None:
    other = card_post(some, row=2, title="Cannot pay on a phone")
    some.slack.react(ADA, CHECKOUT, other.ts, "open_mouth")
    some.slack.wait_for(lambda: rows(some, "SELECT count(*) FROM reaction")[0][0] == 1)
    assert some.slack.click(BEN, other, kit.ACTION_MERGE).ok
    view = modal(some, BEN)
    assert "1: Charged twice · 1 ticket" in str(view.definition)
    assert some.slack.submit_view(BEN, {kit.BLOCK_INSIGHT: "1"}).ok
    some.slack.wait_for(lambda: rows(some, "SELECT merged_into FROM insight WHERE id = 2")[0][0])
    later(some)
    assert "2 tickets from 2 customers" in said(card(some))
    assert "1 surprised me" in said(card(some))
    assert "part of insight 1" in said(some.slack.message(CHECKOUT, other.ts))
    assert "merged insight 2 into this, with 1 ticket" in thread(some)[-1]
    assert some.slack.click(MIRA, some.slack.message(CHECKOUT, other.ts), kit.ACTION_CARD).ok
    assert "Insight 1 has its card" in said(told(some, MIRA))


def test_a_tagged_ticket_of_a_merged_insight_is_part_of_the_other(some: Stage) -> None:
    card_post(some, row=2, title="Cannot pay on a phone")
    insight_acts.merge(some.context, 2, 1, BEN, some.now)
    with some.context.store.read() as session:
        found = insight_rows.for_ticket(session, 2)
    assert found is not None
    assert found.id == 1


def test_insights_are_merged_once_and_never_into_themselves(some: Stage) -> None:
    card_post(some, row=2, title="Cannot pay on a phone")
    insight_acts.merge(some.context, 2, 1, BEN, some.now)
    for source, target in ((2, 1), (1, 1), (1, 2)):
        with pytest.raises(Exception, match="one insight already"):
            insight_acts.merge(some.context, source, target, BEN, some.now)


def test_with_nothing_to_merge_into_the_modal_says_so(some: Stage) -> None:
    assert some.slack.click(BEN, card(some), kit.ACTION_MERGE).ok
    assert "no other insight" in said(modal(some, BEN))


# --- what is kept ---------------------------------------------------------------------------


def test_the_history_tells_who_and_when_and_nothing_is_told_twice(some: Stage) -> None:
    insight_acts.set_status(some.context, 1, Status.OWNED, some.now, user=BEN)
    insight_acts.set_status(some.context, 1, Status.OWNED, some.now + PACE, user=BEN)
    wanted = Edit("Charged twice", "checkout", Kind.BROKEN, "", owner=BEN)
    insight_acts.edit(some.context, 1, wanted, MIRA, some.now)
    later(some)
    kept = 'SELECT what, "by", before, after FROM insight_change ORDER BY id'
    assert rows(some, kept) == [
        ("tagged", MIRA, "", ""),
        ("status", BEN, "open", "owned"),
        ("owner", BEN, "", BEN),
    ]
    assert len(thread(some)) == 1


def test_a_card_on_another_channels_thread_is_not_needed_to_keep_what_happened(
    some: Stage,
) -> None:
    shown = card(some)
    some.slack.space.delete(some.slack.message(shown.channel, shown.ts))
    insight_acts.set_status(some.context, 1, Status.OWNED, some.now, user=BEN)
    later(some)
    insight_acts.set_status(some.context, 1, Status.VERIFIED, some.now, user=BEN)
    later(some)
    assert [what for what, _, _ in happened(some)] == ["tagged", "status", "owner", "status"]
    assert not some.slack.messages(SUPPORT)
