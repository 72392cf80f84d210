"""Did our fix help, in the real app: when it is looked at, what is told, what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from bot.reports import Feature, Kind
from bot.service import effect, insights
from bot.service.insights import TagRequest
from conftest import NOW
from effect_tickets import SHIPPED, STORY, WEEK, queue, weekly
from insight_stage import becomes, card, choose, fill_in, happened, later
from own_tickets import put, write_catalogue
from people import ADA, BEN, CHECKOUT, GUS, TEAM, buttons, modal, rows, said, told
from storage_rows import rows as stored_rows

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

STEADY = [8, 9, 7, 8, 8, 9, 7, 8, 9, 8, 7, 8, 8, 9]
GONE = [8, *[1] * 11]
BACK = [8, 1, 1, 1, *[11] * 8]
"""The story falls silent, and comes back after four weeks."""
PATIENT = 45.0
"""Seconds for a modal whose stories are compared anew, on a busy machine."""
FEATURES = (
    Feature("checkout", "Checkout", channels=(CHECKOUT,)),
    Feature("search", "Search"),
    Feature("basket", "Basket"),
    Feature("refunds", "Refunds"),
    Feature("labels", "Labels"),
)


@pytest.fixture
def shop(http_stage: Stage) -> Stage:
    """On the day of shipping, with the weeks on both sides of it to come and go."""
    http_stage.now = SHIPPED + timedelta(hours=9)
    write_catalogue(http_stage.context, *FEATURES)
    return http_stage


def ships(stage: Stage, story: Sequence[int]) -> None:
    """Tickets, an insight on one of them, and its fix, shipped today."""
    put(stage.context, *weekly("story", STEADY, story, saying=STORY), *queue())
    sql = "SELECT id FROM ticket WHERE external_id = 'story-12-0'"
    [(ticket,)] = stored_rows(stage.context.store, sql)
    request = TagRequest(TEAM, ADA, CHECKOUT, "Voucher", "checkout", Kind.BROKEN, ticket=ticket)
    insights.tag(stage.context, request, stage.now)
    later(stage)
    choose(stage, ADA, "shipped")
    fill_in(stage, ADA)
    becomes(stage, "shipped")


def weeks_pass(stage: Stage, number: int) -> None:
    for _ in range(number):
        later(stage, WEEK)
    later(stage)


def looks(stage: Stage) -> list[tuple[str, str]]:
    return [(weeks, verdict) for what, weeks, verdict in happened(stage) if what == "looked at"]


def posts(stage: Stage) -> list[Message]:
    """What the thread was told of looks."""
    replies = stage.slack.messages(CHECKOUT, thread_ts=card(stage).ts)
    return [reply for reply in replies if "Insight 1:" in reply.text and " after " in reply.text]


def block(message: Message, sort: str) -> dict[str, Any]:
    [found] = [each for each in message.blocks if each["type"] == sort]
    return dict(found)


# --- looks ----------------------------------------------------------------------------------


def test_it_is_looked_at_four_times_and_told_when_the_verdict_changes(shop: Stage) -> None:
    ships(shop, BACK)
    weeks_pass(shop, 14)
    assert looks(shop) == [
        ("2", "too early to say"),
        ("4", "helped"),
        ("8", "helped"),
        ("12", "no change seen"),
    ]
    heads = [said(post).split(" Voucher")[0] for post in posts(shop)]
    assert heads == [
        "Insight 1: helped after 4 weeks",
        "Insight 1: no change seen after 12 weeks",
    ]


def test_a_look_is_told_in_three_lines_with_a_small_chart(shop: Stage) -> None:
    ships(shop, GONE)
    weeks_pass(shop, 4)
    [post] = posts(shop)
    lines = [said([line]) for line in block(post, "rich_text")["elements"]]
    assert len(lines) == 3
    assert lines[0] == "Voucher"
    assert lines[1].startswith("Customers a week: 7.9 before 10 Aug 2026, 1.0 after")
    assert "times (95 % interval" in lines[1]
    assert lines[2].startswith("Checkout as a whole: helped")
    bars = block(post, "data_visualization")["chart"]["series"][0]["data"]
    assert [bar["value"] for bar in bars] == [*STEADY[2:], *GONE[:4]]


# --- next door ------------------------------------------------------------------------------


def test_trouble_next_door_is_told_where_it_stands_out_among_all_that_was_looked_at(
    shop: Stage,
) -> None:
    ships(shop, GONE)
    put(
        shop.context,
        *weekly("both", [2] * 14, [2] * 12, features=("checkout", "basket")),
        *weekly("too", [2] * 14, [2] * 12, features=("checkout", "refunds")),
        *weekly("three", [2] * 14, [2] * 12, features=("checkout", "labels")),
        *weekly("basket", [8] * 14, [8, *[25] * 11], features=("basket",)),
        *weekly("refunds", [8, 9, *[8, 9, 7, 8] * 3], [8, 16, 16, 15, 15], features=("refunds",)),
        *weekly("labels", [8] * 14, [8] * 12, features=("labels",)),
    )
    weeks_pass(shop, 4)
    report = effect.of_insight(shop.context, 1, SHIPPED + 4 * WEEK + timedelta(hours=9))
    near = {each.name: each for each in report.next_door}
    basket, refunds = near["Basket"], near["Refunds"]
    assert len(near) == 3
    assert basket.estimate.p < refunds.estimate.p <= refunds.estimate.level
    [post] = posts(shop)
    line = said([block(post, "rich_text")["elements"][2]])
    assert "Next door worse: Basket (" in line
    assert "Refunds" not in line, "by itself it would be told"
    assert f"{len(near)} other stories and features looked at" in line


# --- on the card, in the list, and behind the figures ---------------------------------------


def test_the_card_and_the_list_say_what_the_last_look_said(shop: Stage) -> None:
    ships(shop, GONE)
    assert "looked at after" not in said(card(shop))
    weeks_pass(shop, 2)
    assert "Too early to say, looked at after 2 weeks" in said(card(shop))
    weeks_pass(shop, 2)
    assert "Helped: 87 % fewer customers a week (62 to 97 %), looked at after 4 weeks" in said(
        card(shop)
    )
    assert shop.slack.slash_command(BEN, CHECKOUT, "/insights").ok
    assert "helped after 4 weeks, 87 % fewer" in said(told(shop, BEN))
    choose(shop, ADA, "open")
    becomes(shop, "open")
    later(shop)
    assert "looked at after" not in said(card(shop)), "it has not shipped any more"


def test_a_look_opens_the_tickets_behind_its_figures_on_both_sides(shop: Stage) -> None:
    ships(shop, GONE)
    weeks_pass(shop, 4)
    [post] = posts(shop)
    assert len(buttons(post, kit.ACTION_EFFECT)) == 1
    assert shop.slack.click(BEN, post, f"{kit.ACTION_EFFECT}:1").ok
    shown = shop.slack.wait_for(lambda: _listed(shop, BEN, "after"), PATIENT)
    assert "Insight 1: 3 tickets after 10 Aug 2026" in said(shown)
    assert "In the 3 weeks that count: 3 customers, each once a week." in said(shown)
    assert said(shown).count(STORY.capitalize()[:30]) + said(shown).count(STORY[:30]) == 3
    assert rows(shop, "SELECT count(*) FROM act WHERE kind = 'opened'") == [(1,)]


def test_the_tickets_of_the_weeks_before_have_pages(shop: Stage) -> None:
    ships(shop, GONE)
    weeks_pass(shop, 4)
    [post] = posts(shop)
    assert shop.slack.click(BEN, post, kit.ACTION_EFFECT).ok
    shown = shop.slack.wait_for(lambda: _listed(shop, BEN, "before"), PATIENT)
    assert f"Insight 1: {sum(STEADY[2:-1])} tickets before 10 Aug 2026" in said(shown)
    assert "Page 1 of 9" in said(shown)
    assert shop.slack.click(BEN, shown, kit.ACTION_EFFECT_NEXT).ok
    shop.slack.wait_for(lambda: "Page 2 of 9" in said(modal(shop, BEN)), PATIENT)


def test_tickets_behind_a_figure_are_shown_to_members_only(shop: Stage) -> None:
    ships(shop, GONE)
    weeks_pass(shop, 4)
    [post] = posts(shop)
    shop.slack.space.channel(CHECKOUT).members.append(GUS)
    assert shop.slack.click(GUS, post, kit.ACTION_EFFECT).ok
    assert "full members" in said(told(shop, GUS))
    assert shop.slack.view(GUS) is None


def test_where_nothing_can_be_counted_any_more_the_modal_says_so(shop: Stage) -> None:
    ships(shop, GONE)
    weeks_pass(shop, 4)
    [post] = posts(shop)
    with shop.context.store.write() as session:
        from storage import insight_moves, insight_tickets
        from storage import insights as insight_rows

        for row in insight_tickets.tickets_of(session, 1):
            insight_moves.detach(session, 1, row, ADA, NOW)
        insight_rows.change(session, 1, NOW, feature_id=None)
    assert shop.slack.click(BEN, post, kit.ACTION_EFFECT).ok
    shop.slack.wait_for(lambda: "neither a ticket nor a feature" in said(modal(shop, BEN)))


def _listed(stage: Stage, user: str, side: str) -> Any:
    view = stage.slack.view(user)
    return view if view is not None and f"tickets {side} " in said(view) else None
