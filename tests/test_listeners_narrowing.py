"""Going on from an answer by clicks: narrowed, held beside another, all themes, shared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import Message, View
from bot.demo.stage import Stage
from bot.reports import Feature
from bot.service import catalogue
from bot.service.context import Context
from conftest import NOW
from databases import Databases
from own_tickets import put, stored, write_catalogue
from people import (
    ADA,
    SUPPORT,
    asked,
    buttons,
    modal,
    rows,
    said,
    told,
)

STORIES = {
    "pay": ("The pay button does nothing when I press it", "broken"),
    "card": ("My card is refused although the bank says it is fine", "broken"),
    "address": ("I cannot find where to change the delivery address", "confusing"),
    "dark": ("Please add a dark theme, my eyes hurt at night", "request"),
    "fast": ("Paying is wonderfully quick, I love it", "praise"),
}
BOTH = "I look for it in the search rather than at the checkout, that is quicker"
SEGMENTS = ("business", "starter", None)
EVERY = "*"
FELT = "SELECT count(*), count(DISTINCT t.customer) FROM ticket t JOIN ticket_feature f"
FELT += " ON f.ticket_id = t.id WHERE f.feature_id = 'checkout' AND t.kinds & {bits} <> 0"


def fill(context: Context) -> None:
    """Forty tickets on Checkout of two segments and two sources, and three on Search as well."""
    write_catalogue(context)
    names = list(STORIES)
    for number in range(40):
        words, kind = STORIES[names[number % 5]]
        put(
            context,
            stored(
                f"n{number}",
                said=f"{words}, ticket {number}",
                kinds=(kind,),
                ago=timedelta(days=number % 20, hours=1),
                customer=f"c{number % 13}",
                segment=SEGMENTS[number % 3],
                source="reviews" if number % 4 == 0 else "desk",
            ),
        )
    for number, kinds in enumerate([("praise",), ("broken",), ()]):
        both = stored(f"b{number}", said=BOTH, kinds=kinds, features=("checkout", "search"))
        put(context, both)


@pytest.fixture(scope="module")
def shop(module_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One stage for all tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("narrowing")
    with Stage(folder, NOW, "http", module_databases.migrated(folder)) as opened:
        fill(opened.context)
        yield opened


@pytest.fixture
def own(http_stage: Stage) -> Stage:
    """The same, for a test that changes it."""
    fill(http_stage.context)
    return http_stage


def pressed(stage: Stage, answer: Message, action: str, user: str = ADA) -> View:
    """The modal that a button of an answer opens."""
    stage.slack.space.views.clear(user)
    assert stage.slack.click(user, answer, action).ok
    return modal(stage, user)


def submitted(stage: Stage, answer: Message, values: dict[str, Any], user: str = ADA) -> str:
    """What the answer says after the open modal was submitted."""
    before = said(answer)
    assert stage.slack.submit_view(user, values).ok
    stage.slack.wait_for(lambda: said(answer) != before)
    assert stage.slack.view(user) is None
    return said(answer)


def narrowed(stage: Stage, question: str, **values: Any) -> tuple[Message, str]:
    answer = asked(stage, ADA, SUPPORT, question)
    pressed(stage, answer, kit.ACTION_NARROW)
    return answer, submitted(stage, answer, values)


def counted(stage: Stage, more: str = "", bits: int = 15) -> str:
    """Tickets and customers of Checkout by plain SQL, as they are said."""
    [(tickets, customers)] = rows(stage, FELT.format(bits=bits) + more)
    return f"{tickets} tickets from {customers} customers"


def initially(view: View, block_id: str) -> list[str]:
    """What stands chosen in an input of a modal that was just opened."""
    [element] = [block["element"] for block in view.blocks if block.get("block_id") == block_id]
    one = [element["initial_option"]] if "initial_option" in element else []
    return [option["value"] for option in element.get("initial_options", one)]


def asks(message: Message, action: str) -> dict[str, Any]:
    found = json.loads(buttons(message, action)[0])
    assert isinstance(found, dict)
    return found


# --- narrowed -------------------------------------------------------------------------------

NARROWINGS: dict[str, tuple[dict[str, Any], str, str, int]] = {
    "a kind": ({"kinds": ["broken"]}, "broken only", "", 1),
    "two kinds": ({"kinds": ["confusing", "request"]}, "confusing, requests only", "", 2 | 8),
    "praise": ({"kinds": ["praise"]}, "praise only", "", 16),
    "a segment": ({"segment": "business"}, "business", " AND t.segment = 'business'", 15),
    "a source": ({"source": "reviews"}, "from reviews", " AND t.source = 'reviews'", 15),
    "all at once": (
        {"kinds": ["broken", "request"], "segment": "starter", "source": "desk"},
        "last 30 days · starter · broken, requests only · from desk",
        " AND t.segment = 'starter' AND t.source = 'desk'",
        1 | 8,
    ),
}


@pytest.mark.parametrize("case", NARROWINGS)
def test_the_narrowed_answer_takes_the_place_of_the_first_and_counts_as_sql_does(
    shop: Stage, case: str
) -> None:
    values, reading, where, bits = NARROWINGS[case]
    before = len(shop.slack.ephemerals(ADA))
    answer, shown = narrowed(shop, "checkout", **values)
    assert len(shop.slack.ephemerals(ADA)) == before + 1
    assert reading in shown
    assert counted(shop, where, bits) in shown
    assert "As of" not in shown
    view = pressed(shop, answer, kit.ACTION_TICKETS)
    [(total, _)] = rows(shop, FELT.format(bits=bits) + where)
    assert f"{total} tickets" in said(view)


def test_what_was_narrowed_stands_in_the_modal_and_can_be_widened_again(shop: Stage) -> None:
    answer, _ = narrowed(shop, "checkout", kinds=["broken"], segment="business")
    view = pressed(shop, answer, kit.ACTION_NARROW)
    assert initially(view, kit.BLOCK_KINDS) == ["broken"]
    assert initially(view, kit.BLOCK_SEGMENT) == ["business"]
    shown = submitted(shop, answer, {"kinds": [], "segment": EVERY})
    assert counted(shop) in shown
    assert "only" not in shown


def test_a_search_is_narrowed_too(shop: Stage) -> None:
    _, shown = narrowed(shop, '"refused"', source="reviews")
    [(tickets,)] = rows(
        shop, "SELECT count(*) FROM ticket WHERE body LIKE '%refused%' AND source = 'reviews'"
    )
    assert f"Too few tickets to say: {tickets}" in shown
    assert "Full-text search (one source)" in shown


def test_another_window_is_counted_from_now(own: Stage) -> None:
    answer = asked(own, ADA, SUPPORT, "checkout last month")
    own.now += timedelta(days=2)
    pressed(own, answer, kit.ACTION_NARROW)
    shown = submitted(own, answer, {"window": "7d"})
    assert "Checkout · last 7 days" in shown
    assert asks(answer, kit.ACTION_NARROW)["at"] == own.now.isoformat()
    assert "As of" not in shown


@pytest.mark.parametrize(
    ("question", "says_so"),
    [("checkout", True), ("checkout last month", False), ("checkout 2026-10-20", False)],
)
def test_an_answer_older_than_an_hour_says_so_when_it_is_narrowed(
    own: Stage, question: str, says_so: bool
) -> None:
    answer = asked(own, ADA, SUPPORT, question)
    own.now += timedelta(hours=1, minutes=1)
    put(own.context, stored("late", ago=-timedelta(minutes=30), segment="business"))
    pressed(own, answer, kit.ACTION_NARROW)
    shown = submitted(own, answer, {"segment": "business"})
    assert ("As of 3 Nov, 16:00 UTC" in shown) is says_so
    if says_so:
        early = " AND t.segment = 'business' AND t.external_id <> 'late'"
        assert counted(own, early) in shown


def test_an_older_answer_says_so_beside_another_and_where_it_is_shared(own: Stage) -> None:
    answer = asked(own, ADA, SUPPORT, "checkout")
    own.now += timedelta(hours=2)
    pressed(own, answer, kit.ACTION_COMPARE)
    assert "As of 3 Nov, 16:00 UTC" in submitted(own, answer, {"feature": "search"})
    assert own.slack.click(ADA, answer, kit.ACTION_SHARE).ok
    told(own, ADA, 2)
    own.work()
    assert "As of 3 Nov, 16:00 UTC" in said(own.slack.posts(SUPPORT)[-1])


def test_a_segment_that_is_gone_is_said_to_be_no_segment(own: Stage) -> None:
    answer, _ = narrowed(own, "checkout", segment="starter")
    with own.context.store.write() as session:
        session.connection().exec_driver_sql("DELETE FROM ticket WHERE segment = 'starter'")
    put(own.context, stored("new", segment="business"))
    view = pressed(own, answer, kit.ACTION_NARROW)
    gone = 'No segment among the newest tickets is called "starter": there is only business.'
    assert f"Now: Checkout · last 30 days {gone}" in said(view)
    assert "Checkout · last 30 days · broken only" in submitted(own, answer, {"kinds": ["broken"]})


@pytest.mark.parametrize(
    "question",
    ["ж" * 1_000, '"' + "\\" * 900 + 'x"', "checkout " + "&lt;!channel&gt; " * 50, "*** ---"],
)
def test_whatever_was_asked_can_be_gone_on_from(shop: Stage, question: str) -> None:
    answer = asked(shop, ADA, SUPPORT, question)
    if not buttons(answer, kit.ACTION_NARROW):
        assert "Nothing found by that name" in said(answer)
        return
    pressed(shop, answer, kit.ACTION_NARROW)
    assert "broken only" in submitted(shop, answer, {"kinds": ["broken"]})


# --- beside another -------------------------------------------------------------------------


def test_two_are_held_beside_each_other_with_what_is_said_of_both(shop: Stage) -> None:
    answer = asked(shop, ADA, SUPPORT, "checkout")
    view = pressed(shop, answer, kit.ACTION_COMPARE)
    options = next(b["element"]["options"] for b in view.blocks if b["type"] == "input")
    assert [option["value"] for option in options] == ["billing", "search"]
    shown = submitted(shop, answer, {"feature": "search"})
    assert f"Checkout: {counted(shop)}" in shown
    assert "Checkout vs Search · last 30 days" in shown
    assert "3 tickets are about both" in shown
    assert shown.count(BOTH) == 2, "once as Search's quote, once for both: it is one story"


def test_a_comparison_keeps_the_filters_and_leads_to_each_side_with_them(shop: Stage) -> None:
    answer, _ = narrowed(shop, "checkout 12w", kinds=["broken"], segment="business")
    pressed(shop, answer, kit.ACTION_COMPARE)
    shown = submitted(shop, answer, {"feature": "search"})
    assert "Checkout vs Search · last 12 weeks · business · broken only" in shown
    assert "(broken only, one segment)" in shown
    assert "No ticket in the last 12 weeks is about both" in shown
    assert shop.slack.click(ADA, answer, kit.ACTION_ASK).ok
    shop.slack.wait_for(lambda: "Show Search" not in said(answer))
    assert "Checkout · last 12 weeks · business · broken only" in said(answer)
    assert counted(shop, " AND t.segment = 'business'", 1) in said(answer)


def test_a_comparison_and_a_way_in_are_shared_as_they_were_seen(own: Stage) -> None:
    for number, question in enumerate(("checkout vs search 12w", "read checkout 12w"), 1):
        answer = asked(own, ADA, SUPPORT, question)
        seen = answer.text
        assert own.slack.click(ADA, answer, kit.ACTION_SHARE).ok
        own.slack.wait_for(lambda: "Shared with this channel" in said(told(own, ADA)))
        own.work()
        assert len(own.slack.posts(SUPPORT)) == number
        post = own.slack.posts(SUPPORT)[-1]
        assert post.text == seen
        assert {"type": "user", "user_id": ADA} in post.blocks[-1]["elements"][0]["elements"]
        assert buttons(post, kit.ACTION_SHARE) == []


def test_what_cannot_be_compared_is_said_in_the_modal(own: Stage) -> None:
    answer = asked(own, ADA, SUPPORT, "checkout")
    pressed(own, answer, kit.ACTION_COMPARE)
    catalogue.bring_in(own.context, (Feature("checkout", "Checkout"),))
    delivery = own.slack.submit_view(ADA, {"feature": "search"})
    assert "no longer in the catalogue" in str(delivery.body)
    assert own.slack.view(ADA) is not None
    view = pressed(own, answer, kit.ACTION_COMPARE)
    assert "no other feature to compare with" in said(view)


def test_of_two_features_with_one_name_each_button_leads_to_its_own(own: Stage) -> None:
    twins = (Feature("pay-web", "Zebra"), Feature("pay-app", "Zebra"))
    write_catalogue(own.context, *twins)
    put(own.context, *(stored(f"w{n}", features=("pay-web",)) for n in range(6)))
    put(own.context, *(stored(f"a{n}", features=("pay-app",)) for n in range(9)))
    answer = asked(own, ADA, SUPPORT, "")
    for value in buttons(answer, kit.ACTION_ASK):
        expected = "6 tickets" if "pay-web" in value else "9 tickets"
        asked_by_button = json.loads(value)["q"]
        assert f"Zebra: {expected}" in said(asked(own, ADA, SUPPORT, asked_by_button))


# --- the way in -----------------------------------------------------------------------------


def test_a_way_in_leads_to_its_figures_and_tickets(shop: Stage) -> None:
    answer = asked(shop, ADA, SUPPORT, "read checkout segment:business")
    shown = said(answer)
    assert "Checkout (one segment), as its customers know it" in shown
    assert "Read Checkout · last 30 days · business" in shown
    where = " AND t.segment = 'business'"
    assert counted(shop, where) in shown
    [(total, _)] = rows(shop, FELT.format(bits=15) + where)
    assert f"{total} tickets with friction" in said(pressed(shop, answer, kit.ACTION_TICKETS))
    shop.slack.close_view(ADA)
    assert shop.slack.click(ADA, answer, kit.ACTION_ASK).ok
    shop.slack.wait_for(lambda: "as its customers know it" not in said(answer))
    assert "Checkout · last 30 days · business" in said(answer)
    assert counted(shop, where) in said(answer)


# --- themes ---------------------------------------------------------------------------------


def test_more_themes_opens_at_once_and_is_filled_then(shop: Stage) -> None:
    answer, shown = narrowed(shop, "checkout", source="desk")
    assert "What they tell" in shown
    before = len(shop.slack.calls)
    view = pressed(shop, answer, kit.ACTION_THEMES)
    shop.slack.wait_for(lambda: "Reading tickets" not in said(view))
    [(total, _)] = rows(shop, FELT.format(bits=15) + " AND t.source = 'desk'")
    assert f"Checkout · last 30 days · from desk · 4 themes in {total} tickets" in said(view)
    methods = [call.method for call in shop.slack.calls[before:]]
    opened, filled = methods.index("views.open"), methods.index("views.update")
    assert opened < filled
    assert STORIES["pay"][0] in said(view)


def test_themes_that_nobody_waits_for_any_more_are_no_fault(shop: Stage) -> None:
    answer = asked(shop, ADA, SUPPORT, "checkout")
    before = len(shop.slack.ephemerals(ADA))
    shop.slack.fail_next("views.update", "not_found")
    pressed(shop, answer, kit.ACTION_THEMES)
    shop.slack.wait_for(lambda: shop.slack.calls_of("views.update"))
    asked(shop, ADA, SUPPORT, "checkout")
    assert len(shop.slack.ephemerals(ADA)) == before + 1, "nothing is said to have gone wrong"


# --- digest, tag, edit ----------------------------------------------------------------------


def test_digest_this_here_saves_nothing_until_it_is_saved(own: Stage) -> None:
    answer = asked(own, ADA, SUPPORT, "checkout")
    view = pressed(own, answer, kit.ACTION_DIGEST_HERE)
    assert initially(view, kit.BLOCK_FEATURES) == ["checkout"]
    own.slack.close_view(ADA)
    assert rows(own, "SELECT count(*) FROM channel_setting") == [(0,)]
    pressed(own, answer, kit.ACTION_DIGEST_HERE)
    assert own.slack.submit_view(ADA, {}).ok
    [(channel, features)] = rows(own, "SELECT channel, features FROM channel_setting")
    assert channel == SUPPORT
    assert "checkout" in features
    other = asked(own, ADA, SUPPORT, "search")
    view = pressed(own, other, kit.ACTION_DIGEST_HERE)
    assert {*initially(view, kit.BLOCK_FEATURES)} == {"checkout", "search"}


def test_digest_this_here_leaves_a_digest_about_all_features_as_it_is_and_wakes_it(
    own: Stage,
) -> None:
    answer = asked(own, ADA, SUPPORT, "checkout")
    pressed(own, answer, kit.ACTION_DIGEST_HERE)
    assert own.slack.submit_view(ADA, {kit.BLOCK_FEATURES: [], kit.BLOCK_ON: []}).ok
    assert rows(own, "SELECT features, enabled FROM channel_setting")[0][1] in (0, False)
    view = pressed(own, answer, kit.ACTION_DIGEST_HERE)
    assert initially(view, kit.BLOCK_FEATURES) == []
    assert len(initially(view, kit.BLOCK_ON)) == 1


def test_every_button_of_an_answer_leads_somewhere(own: Stage) -> None:
    answer = asked(own, ADA, SUPPORT, "checkout")
    opened = {
        kit.ACTION_TAG: kit.VIEW_TAG,
        kit.ACTION_TICKETS: kit.VIEW_TICKETS,
        kit.ACTION_NARROW: kit.VIEW_NARROW,
        kit.ACTION_COMPARE: kit.VIEW_COMPARE,
        kit.ACTION_THEMES: kit.VIEW_THEMES,
        kit.ACTION_DIGEST_HERE: kit.VIEW_DIGEST,
    }
    for action, callback in opened.items():
        view = pressed_first(own, answer, action)
        assert view.definition["callback_id"] == callback
    own.slack.space.views.clear(ADA)
    assert own.slack.select(ADA, answer, kit.ACTION_MORE, "edit:checkout").ok
    assert modal(own, ADA).definition["callback_id"] == kit.VIEW_FEATURE
    offered = {
        e["action_id"]
        for block in answer.blocks
        for e in block.get("elements", ())
        if "action_id" in e
    }
    others = {kit.ACTION_SHARE, kit.ACTION_OPEN, kit.ACTION_MORE, kit.ACTION_LEAK}
    assert offered == {*opened, *others}


def pressed_first(stage: Stage, answer: Message, action: str) -> View:
    """As `pressed`, where several buttons have this action."""
    stage.slack.space.views.clear(ADA)
    assert stage.slack.click(ADA, answer, action, value=buttons(answer, action)[0]).ok
    return modal(stage, ADA)


# --- where it is asked, and by whom ---------------------------------------------------------


def test_over_both_transports(stage: Stage) -> None:
    fill(stage.context)
    answer, shown = narrowed(stage, "checkout", kinds=["broken"])
    assert counted(stage, bits=1) in shown
    pressed(stage, answer, kit.ACTION_COMPARE)
    assert "Checkout vs Search" in submitted(stage, answer, {"feature": "search"})


def test_in_the_thread_of_a_mention(own: Stage) -> None:
    root, _ = own.slack.say(ADA, SUPPORT, "what do customers say?")
    assert own.slack.mention(ADA, SUPPORT, "checkout", root.ts).ok
    answer = told(own, ADA)
    pressed(own, answer, kit.ACTION_NARROW)
    shown = submitted(own, answer, {"segment": "business"})
    assert counted(own, " AND t.segment = 'business'") in shown
    assert answer.thread_ts == root.ts
    assert not own.slack.posts(SUPPORT)


def test_in_a_direct_message(own: Stage) -> None:
    assert own.slack.direct_message(ADA, "checkout").ok
    channel = own.slack.space.direct_channel(ADA).id

    def answers() -> list[Message]:
        own.work()
        return [each for each in own.slack.posts(channel) if each.user != ADA]

    own.slack.wait_for(answers)
    [answer] = answers()
    pressed(own, answer, kit.ACTION_NARROW)
    shown = submitted(own, answer, {"segment": "business"})
    assert counted(own, " AND t.segment = 'business'") in shown
    assert buttons(answer, kit.ACTION_SHARE) == buttons(answer, kit.ACTION_DIGEST_HERE) == []
    assert len(answers()) == 1
