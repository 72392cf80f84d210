"""The screens: what they say stands in golden files, what they must never do in properties.

`pytest --update-golden` or `UPDATE_GOLDEN=1 pytest tests/test_blocks.py` rewrites the golden files.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks_screens import (
    ANSWER,
    CARD,
    CHECKOUT,
    DIGEST,
    FEW,
    LONG_TICKET,
    MISSPELT,
    MONTH,
    NOTHING,
    RANKING,
    SCREENS,
    SEARCHED,
    SETTINGS,
    SUGGESTION,
    TICKET,
)
from blocks_walk import element, elements, faults, objects, payload, said
from bot.blocks import digest, friction, insights, kit, tickets, words
from bot.reports import Count, Feature, FeatureLine, Message

GOLDEN = Path(__file__).parent / "golden"

# --- golden files ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_what_its_golden_file_says(name: str, pytestconfig: pytest.Config) -> None:
    shown = json.dumps(payload(SCREENS[name]), ensure_ascii=False, indent=1) + "\n"
    file = GOLDEN / f"{name}.json"
    if pytestconfig.getoption("--update-golden", default=False) or "UPDATE_GOLDEN" in os.environ:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("name", SCREENS)
def test_slack_would_take_every_screen(name: str) -> None:
    assert faults(SCREENS[name]) == []


def test_no_golden_file_is_left_of_a_screen_that_is_gone() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(SCREENS)


# --- what the screens say -------------------------------------------------------------------


def test_friction_says_the_verdict_first_in_figures() -> None:
    first = friction.render(ANSWER).blocks[0]
    assert first["type"] == "header"
    assert "Checkout: 34 tickets from 29 customers, 21 in the 30 days before" in str(first)


def test_too_few_tickets_are_never_compared_nor_drawn() -> None:
    shown = friction.render(FEW)
    assert "Too few tickets to say: 3 in the last 30 days" in shown.text
    assert "before" not in said(shown)
    assert "By week" not in said(shown)


def test_a_misspelt_question_shows_how_it_was_read() -> None:
    assert "Showing  Checkout" in said(friction.render(MISSPELT))


def test_a_full_text_search_is_said_to_be_one() -> None:
    shown = friction.render(SEARCHED)
    assert shown.text.startswith("Full-text search: 8 tickets, customers not known")
    assert "Tickets that say  apple pay" in said(shown)


def test_at_most_three_quotes_and_one_praise_are_shown() -> None:
    many = replace(ANSWER, quotes=ANSWER.quotes * 3, praise=ANSWER.praise * 3)
    quotes = [
        o for o in objects(friction.render(many).blocks) if o.get("type") == "rich_text_quote"
    ]
    assert len(quotes) == 4


def test_the_share_button_asks_the_same_question_of_the_same_moment() -> None:
    share = element(friction.render(ANSWER), kit.ACTION_SHARE)
    assert json.loads(str(share["value"])) == {"q": "checkout", "at": "2026-09-15T08:00:00+00:00"}


def test_a_suggestion_is_a_button_that_asks() -> None:
    ask = element(friction.render(NOTHING), kit.ACTION_ASK)
    assert json.loads(str(ask["value"]))["q"] == "search last 30 days"


def test_what_is_shared_asks_nobody_and_says_who_shared_it() -> None:
    shared = friction.render_shared(replace(MISSPELT), "U0PRIYA")
    assert not elements(shared, kit.ACTION_ASK)
    assert not elements(shared, kit.ACTION_SHARE)
    assert {"type": "user", "user_id": "U0PRIYA"} in objects(shared.blocks)


def test_a_ranking_stays_within_fifteen_rows_and_says_what_it_left_out() -> None:
    lines = RANKING.features * 5
    shown = friction.render_ranking(replace(RANKING, features=lines))
    rows = next(block["rows"] for block in shown.blocks if block["type"] == "table")
    assert isinstance(rows, list)
    assert len(rows) == 15
    assert "11 features more not shown" in said(shown)


def test_a_ranking_says_no_change_of_a_handful_of_tickets() -> None:
    assert words.change(FeatureLine(CHECKOUT, 4, 4, Count(40, 40))) == "too few to say"
    assert words.change(FeatureLine(CHECKOUT, 34, 30, Count(21, 20))) == "+13"


def test_a_long_ticket_is_folded_and_opens_whole() -> None:
    post, modal = tickets.render(LONG_TICKET), tickets.view(LONG_TICKET)
    assert "14. On page 14" in said(post)
    assert "15. On page 15" not in said(post)
    assert element(post, kit.ACTION_SHOW)["value"] == "12"
    assert "39. On page 39" in said(modal)


def test_a_short_ticket_has_nothing_more_to_show() -> None:
    assert not elements(tickets.render(TICKET), kit.ACTION_SHOW)


def test_a_ticket_too_long_for_a_modal_says_so() -> None:
    endless = replace(TICKET, body="word " * 20_000)
    assert "cut after 40,000 of 99,999 characters" in said(tickets.view(endless))


def test_a_full_digest_is_one_short_message() -> None:
    shown = digest.render(replace(DIGEST, items=DIGEST.items[:1] * 7), date(2026, 9, 15))
    assert len(shown.blocks) <= 16
    assert len(json.dumps(shown.blocks)) < 9_000
    assert "and 6 like it" in said(shown).replace(", ", "")


def test_settings_keep_their_ids_and_carry_only_where_they_belong() -> None:
    view = digest.settings_view(SETTINGS)
    ids = {o["block_id"] for o in objects(view) if o.get("type") == "input"}
    assert ids == {
        kit.BLOCK_FEATURES,
        kit.BLOCK_OWNS,
        kit.BLOCK_TIME,
        kit.BLOCK_DAYS,
        kit.BLOCK_MOST,
        kit.BLOCK_TIMEZONE,
        kit.BLOCK_ON,
        kit.BLOCK_ALARMS,
    }
    assert json.loads(str(view["private_metadata"])) == {
        "team": "T0LARDER",
        "channel": "C0CHECKOUT",
    }


def test_what_is_chosen_stands_in_the_inputs() -> None:
    chosen = {
        str(o["block_id"]): o["element"]
        for o in objects(digest.settings_view(SETTINGS))
        if o.get("type") == "input"
    }
    features = str(chosen[kit.BLOCK_FEATURES])
    assert features.index("initial_options") < features.rindex("'value': 'coupons'")
    assert "'initial_time': '09:30'" in str(chosen[kit.BLOCK_TIME])


def test_a_huge_catalogue_keeps_what_is_chosen_and_fits() -> None:
    many = tuple(Feature(f"feature-{n:04}-{'x' * 120}", "é" * 90) for n in range(2_000))
    owned = tuple(feature.id for feature in many[-60:])
    now = replace(SETTINGS.settings, features=owned, owns=owned)
    view = digest.settings_view(replace(SETTINGS, catalogue=many, settings=now))
    assert faults(view) == []
    owns = next(o for o in objects(view) if o.get("block_id") == kit.BLOCK_OWNS)
    element = owns["element"]
    assert isinstance(element, dict)
    assert {o["value"] for o in element["initial_options"]} == set(owned)
    assert "more features do not fit" in str(view)


def test_a_card_shows_people_as_mentions_only_when_they_are_people() -> None:
    answers = (replace(CARD.answers[0], people=("U0TOM", "<!channel>", "U1|x")),)
    users = list(objects(insights.card(replace(CARD, answers=answers)).blocks))
    assert [o["user_id"] for o in users if o.get("type") == "user"] == ["U0PRIYA", "U0TOM"]


def test_a_status_is_one_choice_away() -> None:
    status = element(insights.card(CARD), kit.ACTION_STATUS)
    assert "7:shipped" in str(status["options"])
    assert "7:owned" in str(status["initial_option"])


def test_a_tag_knows_its_ticket_or_its_message() -> None:
    ticket = insights.tag_view(SUGGESTION)["private_metadata"]
    assert json.loads(str(ticket)) == {"ticket": 11}
    message = SCREENS["insight_tag_message"]
    assert not isinstance(message, Message)
    metadata = json.loads(str(message["private_metadata"]))
    assert metadata == {"channel": "C0SUPPORT", "ts": "1757900000.000100"}


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "phrase"),
    [
        ("last 30 days", "in the last 30 days"),
        ("last 24 hours", "in the last 24 hours"),
        ("week of 7 Sep", "in the week of 7 Sep"),
        ("August 2026", "in August 2026"),
        ("2025", "in 2025"),
        ("this month", "this month"),
        ("yesterday", "yesterday"),
        ("since 1 Sep", "since 1 Sep"),
        ("", "in the last 30 days"),
    ],
)
def test_a_window_becomes_part_of_a_sentence(label: str, phrase: str) -> None:
    assert words.in_window(replace(MONTH, label=label)) == phrase


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("last 12 weeks", "checkout last 12 weeks"),
        ("August 2026", "checkout August 2026"),
        ("last 24 hours", "checkout"),
        ("week of 7 Sep", "checkout"),
    ],
)
def test_a_suggestion_keeps_the_window_where_it_can_be_typed(label: str, typed: str) -> None:
    assert words.question(CHECKOUT, replace(MONTH, label=label)) == typed


def test_a_week_that_the_window_cuts_is_not_drawn() -> None:
    said = words.trend(ANSWER.weeks, MONTH)
    assert said == "By week since 18 Aug: ▄▃▅█ 4 to 15 a week, 15 in the week of 8 Sep"


def test_a_week_that_is_not_over_is_no_low_point() -> None:
    running = replace(MONTH, until=MONTH.until - timedelta(days=4))
    said = words.trend(ANSWER.weeks, running)
    assert said.endswith("4 to 8 a week, 15 so far in the week of 8 Sep")


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_a_sparkline_has_a_bar_for_each_week(values: list[int]) -> None:
    drawn = words.sparkline(values)
    assert len(drawn) == len(values)
    assert not values or not max(values) or drawn[values.index(max(values))] == "█"
