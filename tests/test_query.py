"""What `/friction` understands of what people type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature, Understood
from bot.voice.features import Catalogue
from bot.voice.query import parse

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
