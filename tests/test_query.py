"""What `/friction` understands of what people type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature, Understood
from bot.voice.features import Catalogue
from bot.voice.query import parse
from bot.voice.windows import typed_window

NOW = datetime(2026, 9, 17, 12, tzinfo=UTC)
CATALOGUE = Catalogue(
    [
        Feature("checkout", "Checkout", ("cart",)),
        Feature("new-tab", "New tab"),
        Feature("today", "Today view"),
        Feature("export", "Export"),
        Feature("import", "Import"),
    ]
)


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until", "label"),
    [
        ("checkout", NOW - timedelta(days=30), NOW, "last 30 days"),
        ("12w checkout", NOW - timedelta(weeks=12), NOW, "last 12 weeks"),
        ("6m", datetime(2026, 3, 17, 12, tzinfo=UTC), NOW, "last 6 months"),
        ("1y", datetime(2025, 9, 17, 12, tzinfo=UTC), NOW, "last 12 months"),
        ("since 2026-09-01 cart", day(9, 1), NOW, "since 1 Sep 2026"),
        ("since 1 sep", day(9, 1), NOW, "since 1 Sep 2026"),
        ("last month", day(8, 1), day(9, 1), "August 2026"),
        ("last week", day(9, 7), day(9, 14), "week of 7 Sep 2026"),
        ("this month", day(9, 1), NOW, "this month"),
        ("yesterday", day(9, 16), day(9, 17), "yesterday"),
        ("cart in the last 10 days", NOW - timedelta(days=10), NOW, "last 10 days"),
        ("in december", day(12, 1, 2025), day(1, 1), "December 2025"),
        ("in september", day(9, 1), NOW, "September 2026"),
        ("last two weeks", NOW - timedelta(weeks=2), NOW, "last 2 weeks"),
        ("past 3 months", datetime(2026, 6, 17, 12, tzinfo=UTC), NOW, "last 3 months"),
        ("past fortnight", NOW - timedelta(days=14), NOW, "last 14 days"),
        ("24h", NOW - timedelta(hours=24), NOW, "last 24 hours"),
        ("48h", NOW - timedelta(hours=48), NOW, "last 48 hours"),
        ("last 90 days", NOW - timedelta(days=90), NOW, "last 90 days"),
        ("this week", day(9, 14), NOW, "this week"),
        ("this quarter", day(7, 1), NOW, "this quarter"),
        ("last quarter", day(4, 1), day(7, 1), "Q2 2026"),
        ("Q3 2026", day(7, 1), NOW, "Q3 2026"),
        ("q4", day(10, 1, 2025), day(1, 1), "Q4 2025"),
        ("H1 2026", day(1, 1), day(7, 1), "H1 2026"),
        ("2026-08", day(8, 1), day(9, 1), "August 2026"),
        ("2026-W36", day(8, 31), day(9, 7), "week of 31 Aug 2026"),
        ("since Monday", day(9, 14), NOW, "since 14 Sep 2026"),
        ("since last Tuesday", day(9, 15), NOW, "since 15 Sep 2026"),
        ("since last thursday", day(9, 10), NOW, "since 10 Sep 2026"),
        ("since two weeks ago", day(9, 3), NOW, "since 3 Sep 2026"),
        ("until yesterday", day(8, 18), day(9, 17), "from 18 Aug 2026 to 16 Sep 2026"),
        ("30d until 2026-09-01", day(8, 2), day(9, 1), "from 2 Aug 2026 to 31 Aug 2026"),
        # A bare ISO date is its first moment; days in words are whole.
        (
            "between 2026-01-01 and 2026-02-01",
            day(1, 1),
            day(2, 1),
            "from 1 Jan 2026 to 31 Jan 2026",
        ),
        ("from 1 aug to 15 aug", day(8, 1), day(8, 16), "from 1 Aug 2026 to 15 Aug 2026"),
        ("from january to march", day(1, 1), day(4, 1), "from 1 Jan 2026 to 31 Mar 2026"),
        ("2026-08-15..2026-08-01", day(8, 1), day(8, 15), "from 1 Aug 2026 to 14 Aug 2026"),
        ("from 2026-08-01 to 2026-08-01", day(8, 1), day(8, 2), "on 1 Aug 2026"),
        ("on 12 sep", day(9, 12), day(9, 13), "on 12 Sep 2026"),
        ("over the weekend", day(9, 12), day(9, 14), "weekend of 12 Sep 2026"),
        ("ytd", day(1, 1), NOW, "this year"),
        ("in 2025", day(1, 1, 2025), day(1, 1), "2025"),
        ("lst week", day(9, 7), day(9, 14), "week of 7 Sep 2026"),
        ("this month vs last month", day(9, 1), NOW, "this month"),
    ],
)
def test_a_window_is_read_in_any_place(
    text: str, since: datetime, until: datetime, label: str
) -> None:
    question = parse(text, CATALOGUE, NOW)
    window = question.window
    assert (window.since, window.until, window.label) == (since, until, label)
    assert question.note == ""


@pytest.mark.parametrize("text", ["0d", "9999999d", "since 2099-01-01", "since 2026-02-31", "10y"])
def test_a_window_without_sense_is_noted_and_answered(text: str) -> None:
    question = parse(f"checkout {text}", CATALOGUE, NOW)
    assert question.feature is not None
    assert text in question.note
    assert NOW - timedelta(days=3 * 366) <= question.window.since < question.window.until <= NOW


@pytest.mark.parametrize(
    ("text", "ask", "feature"),
    [
        ("", "rank", None),
        ("30d", "rank", None),
        ("what do customers say?", "rank", None),
        ("help", "help", None),
        ("?", "help", None),
        ("checkuot", "feature", "checkout"),
        ("what hurts in checkout this month?", "feature", "checkout"),
        ("How is the new tab doing", "feature", "new-tab"),
        ("today view", "feature", "today"),
        ("*checkout* &amp; <@U123|jo>", "feature", "checkout"),
        ("card declined", "search", None),
        ("crash since update", "search", None),
        ("imexport", "unknown", None),
        ("🙂", "unknown", None),
    ],
)
def test_a_question_is_a_ranking_a_feature_or_a_search(
    text: str, ask: str, feature: str | None
) -> None:
    question = parse(text, CATALOGUE, NOW)
    assert (question.ask, question.feature.id if question.feature else None) == (ask, feature)


@pytest.mark.parametrize("text", ["refund took 10 days", "error 2024", "crash two weeks ago"])
def test_words_that_may_be_looked_for_are_no_window_beside_a_search(text: str) -> None:
    question = parse(text, CATALOGUE, NOW)
    assert (question.words, question.window.label) == (text, "last 30 days")


def test_a_window_that_ended_before_three_years_ago_began_is_cut_to_whole_days() -> None:
    question = parse("checkout from 2020-01-01 to 2024-01-01", CATALOGUE, NOW)
    assert question.window.label == "from 18 Sep 2023 to 31 Dec 2023"
    assert (question.window.since, question.window.until) == (day(9, 18, 2023), day(1, 1, 2024))
    assert "more than 3 years" in question.note


@pytest.mark.parametrize(
    "label", ["last month", "Q2", "since monday", "in 2025", "48h", "on 1 sep"]
)
def test_a_windows_label_can_be_typed(label: str) -> None:
    window = parse(label, CATALOGUE, NOW).window
    assert parse(typed_window(window), CATALOGUE, NOW).window == window


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("#123", "123"),
        ("open ticket no. 4521 please", "4521"),
        ("zd-99", "zd-99"),
        ("acme/shop#42", "acme/shop#42"),
        ("<https://help.example/t/7|https://help.example/t/7>", "https://help.example/t/7"),
        ("checkout", None),
        ("#checkout", None),
        ("404", None),
        ("2026", None),
        ('"#123"', None),
    ],
)
def test_what_may_be_a_tickets_id_is_told(text: str, ticket: str | None) -> None:
    question = parse(text, CATALOGUE, NOW)
    assert question.ticket == ticket
    assert question.fallback.ask != "ticket"


def test_a_quoted_phrase_is_searched_as_it_stands() -> None:
    question = parse("“check out” 30d", CATALOGUE, NOW)
    assert (question.ask, question.words) == ("search", '"check out"')
    assert question.understood is Understood.SEARCH


def test_mentions_and_escapes_leave_no_trace() -> None:
    asked = parse("<#C1|ops> sync &lt;fails&gt;", CATALOGUE, NOW).asked
    assert asked == "sync <fails>"


def test_close_names_are_offered() -> None:
    question = parse("imexport", CATALOGUE, NOW)
    assert {feature.id for feature in question.suggestions} == {"import", "export"}


WORDS = 'last this since in 30d 0d month week 2026-13-45 may checkout since1 " 9y the yesterday ?'


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS.split())).map(" ".join)))
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    question = parse(text, CATALOGUE, NOW)
    assert question.window.since < question.window.until <= NOW
    assert (question.ask == "feature") == (question.feature is not None)
    assert question.ask != "search" or question.words
