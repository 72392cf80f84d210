"""What is usual for a window: bounds that hold, and silence where too little came before."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import words
from bot.reports import Usual
from bot.voice.usual import FEWEST, FEWEST_WEEKS, usual

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

COUNTS = st.lists(st.integers(0, 3_000), min_size=FEWEST_WEEKS, max_size=12)
DAYS = st.integers(1, 400)


def bounds(weekly: list[int], days: float, coverage: float = 0.9) -> tuple[int, int]:
    found = usual(weekly, days, coverage=coverage)
    # Where all was in bursts, nothing is left to tell from.
    return (found.low, found.high) if found else (0, 0)


def test_a_steady_feature_has_a_range_around_its_level() -> None:
    assert bounds([6, 4, 7, 5, 6, 8, 5, 6], 7) == (3, 10)
    assert bounds([6, 4, 7, 5, 6, 8, 5, 6], 30) == (16, 36)


def test_a_feature_whose_tickets_come_in_waves_has_a_wider_one() -> None:
    steady, waves = bounds([5] * 8, 7), bounds([0, 14, 1, 0, 12, 2, 0, 11], 7)
    assert waves[0] <= steady[0]
    assert waves[1] > steady[1] + 3


@pytest.mark.parametrize(
    ("weekly", "days"), [([], 7), ([9, 9, 9], 7), ([1, 1, 1, 1], 7), ([0] * 12, 30), ([9] * 8, 0)]
)
def test_too_little_before_is_too_few_to_say(weekly: list[int], days: int) -> None:
    assert usual(weekly, days) is None


@given(COUNTS, DAYS)
def test_what_is_usual_lies_between_the_quietest_and_the_busiest_week(
    weekly: list[int], days: int
) -> None:
    found = usual(weekly, days)
    if sum(weekly) < FEWEST:
        assert found is None
    if found is not None:
        assert 0 <= found.low <= found.high
        assert found.low <= days / 7 * max(weekly) + 1
        assert found.high + 1 >= days / 7 * min(weekly)


@given(COUNTS.filter(lambda weekly: sum(weekly) >= FEWEST), DAYS, st.randoms())
def test_the_order_of_the_weeks_says_nothing(weekly: list[int], days: int, random: object) -> None:
    assert bounds(sorted(weekly), days) == bounds(weekly, days)


@given(
    st.lists(st.integers(0, 40), min_size=FEWEST_WEEKS, max_size=12),
    st.integers(1, 200),
    st.integers(1, 60),
)
def test_a_longer_window_is_usual_to_hold_no_fewer(weekly: list[int], days: int, more: int) -> None:
    """Below the size where a curve takes the place of sums, which is right to a hundredth only."""
    (low, high), (later_low, later_high) = bounds(weekly, days), bounds(weekly, days + more)
    assert later_high >= high
    assert later_low >= low


@given(COUNTS.filter(lambda weekly: sum(weekly) >= FEWEST), st.integers(1, 60), st.integers(1, 500))
def test_more_in_every_week_is_usual_to_be_more(weekly: list[int], days: int, more: int) -> None:
    raised = bounds([count + more for count in weekly], days)
    assert raised[0] >= bounds(weekly, days)[0]


@given(COUNTS.filter(lambda weekly: sum(weekly) >= FEWEST), DAYS)
def test_what_is_to_hold_more_often_is_wider(weekly: list[int], days: int) -> None:
    (low, high), (lower, higher) = bounds(weekly, days, 0.8), bounds(weekly, days, 0.95)
    assert lower <= low
    assert high <= higher


@pytest.mark.parametrize("dispersion", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("level", [2, 20, 1_000])
@pytest.mark.parametrize("days", [7, 30])
def test_nine_in_ten_quiet_windows_are_usual(dispersion: float, level: int, days: int) -> None:
    from usual import measure

    held = measure(level, dispersion, weeks=12, days=days, windows=1_000)
    assert 0.84 <= held.within <= 0.965
    assert held.above <= 0.11
    assert held.said > 0.98


def test_a_burst_does_not_make_the_next_one_usual() -> None:
    quiet = bounds([0, 2, 1, 1, 2, 1, 2, 2, 1, 1, 1, 2], 30)
    assert bounds([0, 2, 17, 1, 2, 1, 2, 2, 1, 1, 1, 2], 30) == pytest.approx(quiet, abs=1)
    assert bounds([0, 2, 17, 1, 2, 15, 2, 2, 1, 1, 1, 2], 30) == pytest.approx(quiet, abs=1)


def test_three_times_the_usual_is_more_than_usual() -> None:
    found = usual([5, 6, 4, 7, 5, 6, 5, 6], 7)
    assert found is not None
    assert found.high < 16


# --- in words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tickets", "level", "said"),
    [
        (34, Usual(12, 25, 12), "more than the usual 12 to 25"),
        (8, Usual(12, 25, 12), "fewer than the usual 12 to 25"),
        (14, Usual(12, 25, 12), "usual is 12 to 25"),
        (9, Usual(0, 4, 8), "more than the usual up to 4"),
        (3, Usual(3, 3, 8), "usual is 3"),
        (1_400, Usual(1_100, 2_000, 8), "usual is 1,100 to 2,000"),
    ],
)
def test_what_is_usual_is_said_in_figures(tickets: int, level: Usual, said: str) -> None:
    assert words.usual(tickets, 5, level) == said


def test_customers_are_compared_with_customers() -> None:
    level = Usual(3, 9, 12, unit="customers")
    assert words.usual(40, 14, level) == "more than the usual 3 to 9 customers"
