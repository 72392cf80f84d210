"""The screens: what they say stands in golden files, what they must never do in properties.

`pytest --update-golden` or `UPDATE_GOLDEN=1 pytest tests/test_blocks.py` rewrites the golden files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks_screens import (
    ANSWER,
    CARD,
    CHECKOUT,
    CORRECTED,
    DIGEST,
    FEW,
    FULL,
    LONG_TICKET,
    LOVED,
    MISSPELT,
    MONTH,
    NOTED,
    NOTHING,
    NOW,
    ONLY_PRAISE,
    PLAIN,
    RANKING,
    SCREENS,
    SEARCHED,
    SETTINGS,
    STUCK,
    SUGGESTION,
    TICKET,
    VERSUS,
    VERSUS_FEW,
    YEAR,
)
from blocks_walk import element, elements, faults, objects, payload, said
from bot.blocks import (
    charts,
    digest,
    digest_settings,
    friction,
    insights,
    kit,
    tables,
    tickets,
    trends,
    versus,
    words,
)
from bot.reports import Cadence, Count, Feature, FeatureLine, Message, Week

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
    assert json.loads(str(ask["value"]))["q"] == 'last 30 days feature:"search"'


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


def test_a_short_ticket_has_nothing_more_to_show_and_can_be_corrected() -> None:
    show = element(tickets.render(TICKET), kit.ACTION_SHOW)
    assert show["accessibility_label"] == "Correct: ticket 4711"


def test_a_ticket_can_be_corrected_in_what_it_was_read_to_be() -> None:
    menu = element(tickets.view(TICKET), kit.ACTION_CORRECT)
    options = {option["value"]: option["text"]["text"] for option in menu["options"]}  # type: ignore[attr-defined]
    assert options == {
        "feature:not:checkout": "Not about Checkout",
        "feature:not:coupons": "Not about Coupons",
        "kind:not:broken": "Not broken",
        "kind:is:confusing": "It is confusing",
        "kind:is:unexpected": "It is unexpected",
        "kind:is:request": "It is a request",
        "kind:is:praise": "It is praise",
    }


def test_what_was_corrected_can_be_taken_back_by_one_click() -> None:
    undo = elements(tickets.view(CORRECTED), kit.ACTION_UNDO)
    assert [(one["value"], one["accessibility_label"]) for one in undo] == [
        ("feature:checkout", "Undo: Not about checkout"),
        ("kind:confusing", "Undo: It is confusing"),
        ("kind:broken", "Undo: Not broken"),
    ]


def test_a_ticket_too_long_for_a_modal_says_so() -> None:
    endless = replace(TICKET, body="word " * 20_000)
    assert "cut after 40,000 of 99,999 characters" in said(tickets.view(endless))


def test_a_full_digest_is_one_short_message() -> None:
    many = (*FULL.items[:1] * 6, FULL.items[-1])
    shown = digest.render(replace(FULL, items=many), date(2026, 9, 15))
    assert len(shown.blocks) <= 16
    assert len(json.dumps(shown.blocks)) < 9_000
    assert "6 like it" in said(shown)
    shown = digest.render(FULL, date(2026, 9, 15))
    assert len(shown.blocks) == 16


def test_the_verdict_stands_first_and_its_number_can_be_opened() -> None:
    shown = digest.render(DIGEST, date(2026, 9, 15))
    assert shown.blocks[0]["type"] == "header"
    assert DIGEST.verdict in str(shown.blocks[0])
    carried = json.loads(str(element(shown, kit.ACTION_TICKETS)["value"]))
    assert carried == {"q": 'last 7 days feature:"checkout"', "at": NOW.isoformat()}
    assert not elements(digest.render(PLAIN, date(2026, 9, 15)), kit.ACTION_TICKETS)


def test_a_bright_spot_stands_apart_and_last() -> None:
    blocks = digest.render(FULL, date(2026, 9, 15)).blocks
    apart = [block["type"] for block in blocks].index("divider")
    before, after = said(Message("", blocks[:apart])), said(Message("", blocks[apart:]))
    assert "Bright spot" in after
    assert str(LOVED.text) in after
    assert "Bright spot" not in before
    assert not [b for b in digest.render(ONLY_PRAISE, NOW.date()).blocks if b["type"] == "divider"]


def test_a_source_is_opened_by_a_button_that_tells_which_ticket() -> None:
    first = elements(digest.render(DIGEST, date(2026, 9, 15)), kit.ACTION_DIGEST_OPEN)[0]
    assert (first["value"], first["url"]) == (str(STUCK.key), STUCK.url)
    in_the_thread = element(tickets.render(TICKET), kit.ACTION_DIGEST_OPEN)
    assert (in_the_thread["value"], in_the_thread["url"]) == (str(TICKET.key), TICKET.url)


def test_settings_keep_their_ids_and_carry_only_where_they_belong() -> None:
    view = digest_settings.settings_view(SETTINGS)
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
    weekly = replace(SETTINGS, settings=replace(SETTINGS.settings, cadence=Cadence.WEEKLY))
    shown = {o.get("block_id") for o in objects(digest_settings.settings_view(weekly))}
    assert kit.BLOCK_WEEKDAY in shown
    assert kit.BLOCK_DAYS not in shown
    assert json.loads(str(view["private_metadata"])) == {
        "team": "T0LARDER",
        "channel": "C0CHECKOUT",
    }


def test_what_is_chosen_stands_in_the_inputs() -> None:
    chosen = {
        str(o["block_id"]): o["element"]
        for o in objects(digest_settings.settings_view(SETTINGS))
        if o.get("type") == "input"
    }
    features = str(chosen[kit.BLOCK_FEATURES])
    assert features.index("initial_options") < features.rindex("'value': 'coupons'")
    assert "'initial_time': '09:30'" in str(chosen[kit.BLOCK_TIME])


def test_a_huge_catalogue_keeps_what_is_chosen_and_fits() -> None:
    many = tuple(Feature(f"feature-{n:04}-{'x' * 120}", "é" * 90) for n in range(2_000))
    owned = tuple(feature.id for feature in many[-60:])
    now = replace(SETTINGS.settings, features=owned, owns=owned)
    view = digest_settings.settings_view(replace(SETTINGS, catalogue=many, settings=now))
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
        ("on 12 Sep 2026", "on 12 Sep 2026"),
        ("weekend of 12 Sep 2026", "in the weekend of 12 Sep 2026"),
        ("", "in the last 30 days"),
    ],
)
def test_a_window_becomes_part_of_a_sentence(label: str, phrase: str) -> None:
    assert words.in_window(replace(MONTH, label=label)) == phrase


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("last 12 weeks", 'last 12 weeks feature:"checkout"'),
        ("August 2026", 'August 2026 feature:"checkout"'),
        ("last 24 hours", 'last 24 hours feature:"checkout"'),
        ("week of 7 Sep 2026", 'week of 7 Sep 2026 feature:"checkout"'),
        ("2026", 'in 2026 feature:"checkout"'),
    ],
)
def test_a_suggestion_keeps_the_window(label: str, typed: str) -> None:
    assert words.question(CHECKOUT, replace(MONTH, label=label)) == typed


def test_a_week_that_the_window_cuts_is_not_drawn() -> None:
    trend = trends.trend_of(ANSWER.weeks, MONTH)
    assert trend is not None
    said = trends.in_words(trend, spark=True)
    assert said == "By week since 18 Aug: ▄▃▅█ 4 to 15 a week, 15 in the week of 8 Sep"


def test_a_week_that_is_not_over_is_no_low_point() -> None:
    running = replace(MONTH, until=MONTH.until - timedelta(days=4))
    trend = trends.trend_of(ANSWER.weeks, running)
    assert trend is not None
    assert trends.in_words(trend).endswith("4 to 8 a week, 15 so far in the week of 8 Sep")


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_a_sparkline_has_a_bar_for_each_week(values: list[int]) -> None:
    drawn = words.sparkline(values)
    assert len(drawn) == len(values)
    assert not values or not max(values) or drawn[values.index(max(values))] == "█"


# --- trends, charts and tables --------------------------------------------------------------


def drawn_chart(message: Message) -> dict[str, Any]:
    (found,) = (block for block in message.blocks if block["type"] == "data_visualization")
    chart = found["chart"]
    assert isinstance(chart, dict)
    return chart


def test_a_trend_is_one_bar_a_week_and_leaves_the_cut_week_out() -> None:
    chart = drawn_chart(friction.render(ANSWER))
    assert chart["type"] == "bar"
    assert [point["value"] for point in chart["series"][0]["data"]] == [6, 4, 8, 15]
    assert chart["axis_config"]["categories"] == ["18 Aug", "25 Aug", "1 Sep", "8 Sep"]
    assert chart["axis_config"]["x_label"] == "Week from (16 to 17 Aug not drawn)"


def test_where_charts_are_refused_the_same_answer_has_a_sparkline() -> None:
    shown = friction.render(ANSWER)
    assert shown.plain is not None
    assert not any(block["type"] == "data_visualization" for block in shown.plain)
    assert "By week since 18 Aug: ▄▃▅█ 4 to 15 a week" in said(Message(shown.text, shown.plain))
    assert "▄" not in said(shown)


def test_what_is_read_aloud_has_the_figures_of_the_chart_in_words() -> None:
    text = friction.render(ANSWER).text
    assert "14 broken, 11 confusing, 7 unexpected, 5 requests" in text
    assert "By week since 18 Aug: 4 to 15 a week, 15 in the week of 8 Sep" in text
    assert not set("▁▂▃▄▅▆▇█◆") & set(text)


def test_what_was_noted_is_marked_in_the_chart_and_told_below_it() -> None:
    shown = friction.render(NOTED)
    labels = drawn_chart(shown)["axis_config"]["categories"]
    assert labels == ["18 Aug", "25 Aug ◆", "1 Sep", "8 Sep ◆"]
    assert "◆  27 Aug  fee shown on the first page  · 10 Sep  deployed 4.2" in said(shown)
    assert "before the window" not in said(shown)
    assert shown.plain is not None
    told = said(Message(shown.text, shown.plain))
    assert "◆" not in told
    assert "10 Sep  deployed 4.2" in told


def test_an_answer_says_what_is_usual() -> None:
    assert "21 in the 30 days before, more than the usual 12 to 25" in friction.render(NOTED).text


def test_a_year_is_shown_whole_in_bars_of_three_weeks() -> None:
    shown = friction.render(YEAR)
    values = [point["value"] for point in drawn_chart(shown)["series"][0]["data"]]
    weeks = [week.tickets for week in YEAR.weeks]
    assert len(values) == 17
    assert sum(values) == sum(weeks[-51:])
    assert "By 3 weeks since 23 Sep 2025: 6 to 18 in 3 weeks" in shown.text


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=700))
def test_no_window_is_too_long_for_a_chart(counts: list[int]) -> None:
    until = MONTH.until
    first = until.date() - timedelta(weeks=len(counts))
    weeks = tuple(Week(first + timedelta(weeks=n), count, 1) for n, count in enumerate(counts))
    window = replace(MONTH, since=until - timedelta(weeks=len(counts)))
    trend = trends.trend_of(weeks, window)
    assert trend is not None
    assert len(trend.tickets) <= 20
    left_out = len(counts) - trend.step * len(trend.tickets)
    assert 0 <= left_out < trend.step
    assert sum(trend.tickets) == sum(counts[left_out:])
    report = replace(ANSWER, weeks=weeks, window=window)
    assert faults(friction.render(report)) == []


def test_two_features_stand_side_by_side_on_one_scale() -> None:
    shown = versus.render_versus(VERSUS)
    chart = drawn_chart(shown)
    assert chart["type"] == "line"
    assert [series["name"] for series in chart["series"]] == ["Checkout", "Coupons"]
    table = next(block["rows"] for block in shown.blocks if block["type"] == "table")
    assert isinstance(table, list)
    rows = [[cell["text"] for cell in row] for row in table]
    assert rows[0] == ["Last 30 days", "Checkout", "Coupons"]
    assert ["Tickets", "34", "18"] in rows
    assert ["Before", "21", "18"] in rows
    assert ["Confusing", "11", "0"] in rows
    assert "4 tickets are about both" in shown.text


def test_sparklines_side_by_side_are_on_one_scale_too() -> None:
    shown = versus.render_versus(VERSUS)
    assert shown.plain is not None
    told = said(Message(shown.text, shown.plain))
    assert "Checkout  ▄▃▅█ 4 to 15 a week" in told
    assert "Coupons  ▃▃▃▃ 4 a week" in told


def test_too_few_on_one_side_are_neither_drawn_nor_compared() -> None:
    shown = versus.render_versus(VERSUS_FEW)
    assert not any(block["type"] == "data_visualization" for block in shown.blocks)
    assert "too few" in said(shown)
    assert "No ticket in the last 30 days is about both" in said(shown)


def every_ask(shown: Message) -> list[Mapping[str, object]]:
    asks = kit.each_of(kit.ACTION_ASK)
    return [o for o in objects(shown.blocks) if asks.match(str(o.get("action_id", "")))]


def test_side_by_side_the_share_button_asks_the_whole_question_again() -> None:
    shown = versus.render_versus(VERSUS)
    assert json.loads(str(element(shown, kit.ACTION_SHARE)["value"]))["q"] == VERSUS.phrase
    sides = [json.loads(str(side["value"]))["q"] for side in every_ask(shown)]
    assert sides == [VERSUS.left.phrase, VERSUS.right.phrase]
    shared = versus.render_versus_shared(VERSUS, "U0PRIYA")
    assert not elements(shared, kit.ACTION_SHARE)
    assert {"type": "user", "user_id": "U0PRIYA"} in objects(shared.blocks)


def test_two_features_of_one_name_are_told_apart_in_a_chart() -> None:
    names = ["x" * 40, "x" * 30, "<b>", ""]
    made = charts.chart(
        "bar",
        "t" * 80,
        ["a", "a"],
        [charts.Series(name, [1, 2]) for name in names],
        across="",
        upward="y" * 60,
    )
    assert faults(Message("x", (made,))) == []
    chart = drawn_chart(Message("x", (made,)))
    assert [series["name"] for series in chart["series"]] == [
        "x" * 19 + "…",
        "x" * 15 + "… (2)",
        "b",
        "(no text)",
    ]
    assert chart["axis_config"]["categories"] == ["a", "a (2)"]


@given(
    st.lists(st.lists(st.text(max_size=300), min_size=3, max_size=3), min_size=1, max_size=130),
    st.integers(1, 400),
)
def test_a_table_of_any_size_is_cut_to_what_slack_takes(rows: list[list[str]], cell: int) -> None:
    assert faults(Message("x", (tables.table(rows, (1,), cell),))) == []
