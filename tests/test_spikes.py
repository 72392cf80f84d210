"""What is far above the usual, and what is not: the statistics of alarms."""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.voice import spike_themes, spikes
from bot.voice.spike_usual import DAY, Ints, usual_at

HOURS = 70 * DAY


def counted(hourly: Ints) -> Ints:
    """Counts before each hour, as a history has them."""
    return np.concatenate([np.zeros((len(hourly), 1), np.int64), np.cumsum(hourly, axis=1)], axis=1)


def quiet_counts(means: list[float], seed: int = 3, dispersion: float = 1.3) -> Ints:
    """Hourly counts of quiet weeks, a row for each mean a day."""
    rng = np.random.default_rng(seed)
    hourly = np.repeat(np.array(means)[:, None] / DAY, HOURS, axis=1)
    return rng.poisson(rng.gamma(hourly / (dispersion - 1), dispersion - 1))


def found(hourly: Ints, at: int = HOURS) -> list[spikes.Rise]:
    total = counted(hourly)
    usual = usual_at(total, total.sum(axis=0), at, spikes.LENGTHS)
    assert usual is not None
    return spikes.rises(total, usual, at)


# --- the tail -------------------------------------------------------------------------------


@pytest.mark.parametrize(("seen", "mean"), [(3, 1.0), (12, 4.5), (1, 0.01)])
def test_without_spread_the_tail_is_poissons(seen: int, mean: float) -> None:
    below = sum(exp(-mean) * mean**k / factorial(k) for k in range(seen))
    assert spikes.tail(seen, mean, mean) == pytest.approx(1 - below, rel=1e-9)


def test_with_spread_the_tail_is_that_of_a_negative_binomial() -> None:
    # Of size 1 it is geometric: P(X >= k) = (mean / (1 + mean)) ** k, variance mean * (1 + mean).
    assert spikes.tail(5, 2.0, 6.0) == pytest.approx((2 / 3) ** 5, rel=1e-9)


@given(
    seen=st.integers(0, 400),
    mean=st.floats(0.001, 200),
    spread=st.floats(1.0, 30),
)
def test_a_tail_is_a_chance_that_falls_with_the_count(
    seen: int, mean: float, spread: float
) -> None:
    here = spikes.tail(seen, mean, mean * spread)
    assert 0 <= here <= 1 + 1e-9
    assert spikes.tail(seen + 1, mean, mean * spread) <= here + 1e-12


# --- the budget -----------------------------------------------------------------------------


def test_all_lengths_and_themes_together_stay_within_the_budget() -> None:
    assert sum(spikes.LENGTHS.values()) + spike_themes.PART <= 1


def test_more_features_make_no_more_alarms() -> None:
    fifty, hundred = spikes.bar(24, 50), spikes.bar(24, 100)
    assert hundred == pytest.approx(fifty / 2)
    assert spikes.bar(24, 3) == fifty, "few features are not watched more nervously"


@given(st.integers(1, 200))
def test_hourly_looks_are_never_more_than_there_are_hours(hours: int) -> None:
    assert 0 < spikes.looks_a_day(hours) <= DAY


# --- what rises -----------------------------------------------------------------------------


def test_three_times_the_usual_is_found_within_a_day_and_only_there() -> None:
    hourly = quiet_counts([20.0] * 10)
    hourly[4, -DAY:] += np.random.default_rng(1).poisson(40 / DAY, DAY)
    [rise] = found(hourly)
    assert rise.stream == 4
    assert rise.observed >= 2 * rise.expected


def test_a_flood_is_found_within_three_hours() -> None:
    hourly = quiet_counts([20.0] * 10)
    hourly[2, -2:] += 8
    assert [(rise.stream, rise.hours) for rise in found(hourly)] == [(2, 3)]


@pytest.mark.parametrize(("count", "streams"), [(4, []), (5, [1])])
def test_fewer_than_five_customers_are_no_alarm(count: int, streams: list[int]) -> None:
    hourly = quiet_counts([20.0, 0.0])
    hourly[1, -1] = count
    assert [rise.stream for rise in found(hourly)] == streams


def test_half_as_much_again_is_not_far_above_however_sure() -> None:
    hourly = quiet_counts([2_000.0, 20.0], dispersion=1.01)
    hourly[0, -DAY:] = np.round(hourly[0, -DAY:] * 1.4)
    assert found(hourly) == []


def test_too_little_history_says_nothing() -> None:
    total = counted(quiet_counts([20.0])[:, : 12 * DAY])
    assert usual_at(total, total[0], 12 * DAY, spikes.LENGTHS) is None


# --- what is usual --------------------------------------------------------------------------


def mean_of(hourly: Ints, stream: int = 0, at: int = HOURS) -> float:
    total = counted(hourly)
    usual = usual_at(total, total.sum(axis=0), at, spikes.LENGTHS)
    assert usual is not None
    return float(usual.mean[DAY][stream])


def test_weekdays_are_known() -> None:
    hourly = quiet_counts([60.0, 60.0])
    days = np.arange(HOURS) // DAY
    hourly[:, days % 7 >= 5] //= 3
    at_weekend, at_work = HOURS - 7 * DAY + 6 * DAY, HOURS - 7 * DAY + 3 * DAY
    assert mean_of(hourly, at=at_weekend) < 0.5 * mean_of(hourly, at=at_work)


def test_an_outage_of_the_past_does_not_become_the_usual() -> None:
    hourly = quiet_counts([20.0] * 5)
    before = mean_of(hourly)
    hourly[0, 50 * DAY : 51 * DAY] += 20
    assert mean_of(hourly) < 1.1 * before


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_quiet_days_and_a_source_that_was_down_do_not_lower_the_usual(share: float) -> None:
    hourly = quiet_counts([40.0] * 5)
    before = mean_of(hourly)
    holidays = slice(52 * DAY, 64 * DAY)
    hourly[:, holidays] = np.random.default_rng(5).binomial(hourly[:, holidays], share)
    assert mean_of(hourly) > 0.9 * before
    assert found(hourly) == []


def test_growth_is_followed() -> None:
    rng = np.random.default_rng(8)
    weeks = np.arange(HOURS) / (7 * DAY)
    hourly = rng.poisson(np.repeat(np.array([[150.0], [40.0]]), HOURS, axis=1) / 24 * 1.03**weeks)
    assert mean_of(hourly) > 0.93 * 150 * 1.03 ** (HOURS / (7 * DAY))
    assert found(hourly) == []


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_features_changes_nothing(order: list[int]) -> None:
    hourly = quiet_counts([3.0, 8.0, 20.0, 20.0, 60.0, 150.0])
    hourly[2, -DAY:] += 2
    straight = {(one.stream, one.observed) for one in found(hourly)}
    turned = {(order[one.stream], one.observed) for one in found(hourly[list(order)])}
    assert straight == turned
    assert straight
