"""Did our fix help? The statistics: intervals, weeks, looks and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from bot.reports import EffectVerdict, Estimate, LeftOut, Look
from bot.voice import effect, effect_looks, effect_verdicts, effect_weeks
from bot.voice.effect_looks import LOOKS
from bot.voice.effect_weeks import Counts, Unheard
from bot.voice.rate_ratio import incomplete_beta, interval, p_value, student

SHIPPED = date(2026, 8, 10)
HELPED, SAME, WORSE, EARLY = (
    EffectVerdict.HELPED,
    EffectVerdict.NO_CHANGE,
    EffectVerdict.WORSE,
    EffectVerdict.TOO_EARLY,
)
SOURCE, MIRROR = LeftOut.SOURCE, LeftOut.MIRROR
counts = st.integers(0, 400)
odds = st.floats(0.05, 20)


def weeks(own: int, rest: int = 300, number: int = 26) -> list[Counts]:
    """Weeks that vary a little, as much on any stretch of four."""
    return [Counts(own + (own > 3) * (-1, 1, 0, 0)[at % 4], rest) for at in range(number)]


def measured(before: int, after: int, looked: int, **rests: int) -> Estimate:
    old, new = rests.get("old", 300), rests.get("new", 300)
    return effect.measure(weeks(before, old), weeks(after, new, looked), looked)


# --- intervals ------------------------------------------------------------------------------


@given(st.floats(0.01, 500), st.floats(0.01, 500), st.floats(0, 1, allow_subnormal=False))
def test_the_incomplete_beta_function_is_that_of_scipy(a: float, b: float, x: float) -> None:
    assert incomplete_beta(a, b, x, 1 - x) == pytest.approx(special.betainc(a, b, x), abs=1e-10)


@pytest.mark.parametrize("free", [1, 3, 14, 200])
@pytest.mark.parametrize("sure", [0.9, 0.95, 0.9993])
def test_students_t_is_that_of_scipy(sure: float, free: int) -> None:
    assert student(sure, free) == pytest.approx(stats.t.ppf((1 + sure) / 2, free), rel=1e-6)


@given(counts, counts, odds)
def test_the_bounds_are_where_the_binomial_mid_p_is_a_fortieth(
    after: int, before: int, base: float
) -> None:
    low, high = interval(after, before, base, level=0.95)

    def below(ratio: float) -> float:
        share = ratio * base / (1 + ratio * base)
        found = stats.binom(after + before, share)
        return float(found.cdf(after - 1) + found.pmf(after) / 2)

    assert low == 0 if not after else below(low) == pytest.approx(0.975, abs=1e-6)
    assert high == inf if not before else below(high) == pytest.approx(0.025, abs=1e-6)


@given(counts, counts, odds, st.floats(1, 5))
def test_an_interval_leaves_out_no_change_just_where_the_test_says_so(
    after: int, before: int, base: float, spread: float
) -> None:
    low, high = interval(after, before, base, level=0.95, spread=spread)
    p = p_value(after, before, base, spread)
    if abs(p - 0.05) > 1e-6:
        assert (low <= 1 <= high) == (p > 0.05)


@given(st.integers(1, 400), st.integers(1, 400), odds)
def test_sides_can_be_exchanged(after: int, before: int, base: float) -> None:
    low, high = interval(after, before, base, level=0.95)
    other_low, other_high = interval(before, after, 1 / base, level=0.95)
    assert log(low) == pytest.approx(-log(other_high), abs=1e-6)
    assert log(high) == pytest.approx(-log(other_low), abs=1e-6)


@given(st.integers(1, 400), st.integers(1, 400), odds, st.floats(1.01, 5))
def test_what_varies_more_is_less_sure(after: int, before: int, base: float, spread: float) -> None:
    low, high = interval(after, before, base, level=0.95)
    wide_low, wide_high = interval(after, before, base, level=0.95, spread=spread)
    assert wide_low < low < high < wide_high


@given(st.floats(0.001, 400), st.floats(0.001, 400), odds, st.floats(1, 10_000))
def test_counts_worth_next_to_nothing_rule_out_next_to_nothing(
    after: float, before: float, base: float, spread: float
) -> None:
    low, high = interval(after, before, base, level=0.95, spread=spread)
    assert 0 <= low <= after / before / base <= high


def test_bounds_out_of_reach_are_none_and_without_end() -> None:
    assert interval(1, 1, 1.0, level=0.95, spread=500) == (0, inf)


def test_an_old_burst_on_something_quiet_leaves_everything_open() -> None:
    before = [Counts(0, 300)] * 12 + [Counts(500, 300)] + [Counts(0, 300)] * 13
    before[3] = Counts(1, 300)
    found = effect.measure(before, [Counts(each, 300) for each in (0, 0, 1, 0)], 4)
    assert (found.verdict, found.low, found.high) == (EARLY, 0, inf)


def test_a_published_interval_is_found() -> None:
    """Breast cancer after many X-rays, 41 in 28,010 woman-years against 15 in 19,017 (Rothman &
    Greenland, Modern Epidemiology, 1998): mid-p limits of 1.04 and 3.45 around 1.86."""
    low, high = interval(41, 15, 28_010 / 19_017, level=0.95)
    assert (round(low, 2), round(high, 2)) == (1.04, 3.45)


# --- weeks ----------------------------------------------------------------------------------


def test_the_week_of_shipping_and_the_one_before_are_left_out() -> None:
    marks = effect_weeks.left_out(weeks(5), weeks(5, number=4))
    assert [side[0] for side in marks] == [LeftOut.ROLLOUT, LeftOut.ROLLOUT]
    assert not any(side[1:] != [None] * len(side[1:]) for side in marks)


def test_a_burst_of_the_whole_queue_goes_and_so_does_its_mirror() -> None:
    after = weeks(5, number=8)
    after[4] = Counts(5, 900)
    before, seen = effect_weeks.left_out(weeks(5), after)
    assert seen[4] is LeftOut.QUEUE
    assert before[4] is LeftOut.MIRROR
    assert before.count(None) == 24
    assert seen.count(None) == 6


def test_a_week_without_any_tickets_is_left_out_on_both_sides() -> None:
    before = weeks(5)
    before[3] = Counts(0, 0)
    found, seen = effect_weeks.left_out(before, weeks(5, number=4))
    assert (found[3], seen[3]) == (LeftOut.QUEUE, LeftOut.MIRROR)


def test_a_burst_of_the_story_itself_stays_in() -> None:
    before = weeks(5)
    before[3] = Counts(60, 300)
    assert effect_weeks.left_out(before, weeks(5, number=8))[0][3] is None


QUIET = [1, 0, 2, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 3, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("weekly", "places"),
    [
        ([8] * 9 + [0] * 4, range(8, 13)),
        ([0] * 9 + [8] * 4, range(10)),
        ([8, 9, 0, 0, 7, 8, 9, 8], range(1, 5)),
        ([0] * 6 + [8] * 5 + [0] * 6, [*range(7), *range(10, 17)]),
        ([1, 2, 1, 1, 0, 0, 0, 1, 2], ()),
        (QUIET, ()),
        ([*QUIET, 90, *QUIET], ()),
        ([0] * 6, ()),
        ([], ()),
    ],
    ids=["stopped", "began", "out", "for a while", "small", "quiet", "burst", "never", "none"],
)
def test_a_source_is_unheard_where_its_silence_is_no_chance(
    weekly: list[int], places: Sequence[int]
) -> None:
    assert effect_weeks.unheard(weekly) == set(places)


@given(st.lists(st.integers(0, 6), max_size=40))
def test_weeks_in_the_midst_of_what_is_heard_are_never_left_out(weekly: list[int]) -> None:
    found = effect_weeks.unheard(weekly)
    for place in found:
        assert 0 in weekly[max(place - 1, 0) : place + 2]


def test_what_a_source_missed_goes_and_so_does_its_mirror() -> None:
    missed = Unheard(frozenset({5, 20}), frozenset({2, 9}))
    before, after = effect_weeks.left_out(weeks(5), weeks(5, number=8), missed)
    assert [before[place] for place in (5, 20, 2, 9)] == [SOURCE, SOURCE, MIRROR, None]
    assert [after[place] for place in (5, 2)] == [MIRROR, SOURCE]


@given(st.lists(st.integers(1, 80), min_size=6, max_size=26), st.integers(1, 50))
def test_growth_of_the_whole_queue_is_no_spread(own: list[int], times: int) -> None:
    """A queue that grows with the story explains it all; the story alone does not."""
    shared = [Counts(each, each * times) for each in own]
    assert effect_weeks.spread([shared])[0] == pytest.approx(0, abs=1e-9)


def test_spread_is_pearsons_statistic_over_its_degrees_of_freedom() -> None:
    side = [Counts(4, 100), Counts(8, 100), Counts(12, 100)]
    found, free = effect_weeks.spread([side])
    assert found == pytest.approx((16 + 0 + 16) / 8 / 2)
    assert free == 2


# --- looks ----------------------------------------------------------------------------------


def test_all_looks_share_one_risk_and_harm_is_told_sooner() -> None:
    helped = [effect_looks.level(each, harm=False) for each in LOOKS]
    worse = [effect_looks.level(each, harm=True) for each in LOOKS]
    assert [sum(helped), sum(worse)] == pytest.approx([effect_looks.RISK] * 2)
    assert helped == sorted(helped)
    assert helped[:2] == pytest.approx([4.9e-7, 3.74e-4], rel=0.01)
    assert worse == pytest.approx([0, 0.0181, 0.0124, 0.0095], abs=1e-4)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_look_is_due_once_and_the_last_one_makes_up_for_others(first: int, later: int) -> None:
    past: list[Look] = []
    for days in sorted((first, later)):
        today = SHIPPED + timedelta(days=days)
        weeks = effect_looks.due(SHIPPED, today, past)
        if weeks is not None:
            assert effect_looks.day_of(SHIPPED, weeks) <= today
            past.append(Look(weeks, EARLY))
        assert effect_looks.due(SHIPPED, today, past) is None
        assert (past[-1].weeks if past else 0) == effect_looks.latest(SHIPPED, today)


@pytest.mark.parametrize(
    ("past", "look", "is_news"),
    [
        ([], Look(2, EARLY), False),
        ([], Look(2, HELPED), True),
        ([Look(2, EARLY)], Look(4, SAME), True),
        ([Look(2, EARLY), Look(4, WORSE)], Look(8, WORSE), False),
        ([Look(4, HELPED)], Look(8, SAME), True),
        ([Look(4, HELPED)], Look(8, EARLY), True),
        ([Look(2, EARLY), Look(8, EARLY)], Look(12, EARLY), True),
        ([Look(4, HELPED), Look(8, EARLY)], Look(12, EARLY), False),
    ],
)
def test_a_look_is_news_where_the_verdict_changed_or_nothing_was_ever_said(
    past: list[Look], look: Look, is_news: bool
) -> None:
    assert effect_looks.is_news(past, look) is is_news


# --- verdicts -------------------------------------------------------------------------------


def test_a_halving_helped_within_eight_weeks() -> None:
    found = measured(20, 10, 8)
    assert found.verdict is HELPED
    assert found.ratio == pytest.approx(0.5, abs=0.02)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high < 1
    assert found.expected == pytest.approx(7 * 20, rel=0.02)


@pytest.mark.parametrize("looked", [8, 12])
def test_what_stays_is_no_change(looked: int) -> None:
    assert measured(20, 20, looked).verdict is SAME


def test_a_doubling_is_worse() -> None:
    assert measured(20, 40, 8).verdict is WORSE


@pytest.mark.parametrize("looked", [2, 4])
@pytest.mark.parametrize("after", range(7))
def test_three_a_week_are_too_few_after_two_and_four_weeks(looked: int, after: int) -> None:
    assert measured(3, after, looked).verdict is EARLY


def test_of_few_customers_harm_is_told_no_sooner_than_help() -> None:
    assert measured(3, 6, 4).level == effect_looks.level(4, harm=False)
    assert measured(6, 12, 4).level == effect_looks.level(4, harm=True)
    assert measured(3, 12, 4).verdict is WORSE
    assert measured(1, 3, 12).level == effect_looks.level(12, harm=True)


def test_a_single_week_is_never_worse() -> None:
    assert measured(20, 90, 2).verdict is EARLY
    assert measured(20, 90, 4).verdict is WORSE


def test_what_the_whole_queue_does_is_no_effect() -> None:
    assert measured(20, 26, 8, new=390).verdict is SAME
    assert measured(20, 14, 8, new=210).verdict is SAME


def test_a_fix_is_not_praised_for_the_trouble_of_others() -> None:
    """The queue doubled while the story stayed: its share halved, and nobody wrote less."""
    found = measured(20, 20, 12, new=600)
    assert found.is_capped
    assert found.verdict is not HELPED


def test_beside_a_queue_that_lost_a_half_nothing_is_said_to_have_helped() -> None:
    found = measured(20, 1, 8, new=140)
    assert found.p <= found.level
    assert found.verdict is EARLY
    assert measured(20, 1, 8, new=210).verdict is HELPED


def test_what_rose_beside_a_queue_that_doubled_is_worse_and_what_rose_with_it_is_not() -> None:
    assert measured(20, 80, 8, new=600).verdict is WORSE
    assert measured(20, 40, 8, new=600).verdict is not WORSE


def test_with_few_weeks_or_nothing_else_in_the_queue_it_is_too_early() -> None:
    short = effect.measure(weeks(20, number=4), weeks(2, number=8), 8)
    alone = effect.measure(weeks(20, 0), weeks(2, 0, 8), 8)
    assert (short.verdict, short.ratio) == (alone.verdict, alone.ratio) == (EARLY, None)


def test_it_says_when_it_can_most_likely_tell() -> None:
    def expected(own: int, looked: int = 2) -> date | None:
        return effect.expects(measured(own, own, looked), SHIPPED, looked)

    assert expected(60) == effect_looks.day_of(SHIPPED, 4)
    assert expected(20) == effect_looks.day_of(SHIPPED, 8)
    assert expected(7) == effect_looks.day_of(SHIPPED, 12)
    assert expected(2) is None
    assert expected(20, 12) is None


def test_before_the_first_look_it_says_when_it_can_tell() -> None:
    found = effect.measure(weeks(20), [], 0)
    assert found.verdict is EARLY
    assert effect.expects(found, SHIPPED, 0) == effect_looks.day_of(SHIPPED, 8)


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 500)), max_size=30),
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 500)), min_size=12, max_size=12),
    st.sampled_from(LOOKS),
)
def test_any_weeks_get_a_verdict_that_their_figures_bear_out(
    before: list[tuple[int, int]], after: list[tuple[int, int]], looked: int
) -> None:
    found = effect.measure(
        [Counts(*each) for each in before], [Counts(*each) for each in after[:looked]], looked
    )
    assert found.spread >= 1
    assert 0 <= found.p <= 1
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= (found.ratio if found.ratio is not None else inf) <= found.high
    if found.verdict is HELPED:
        assert found.p <= found.level
        assert found.high is not None
        assert found.high < 1
        assert found.after / found.weeks_after < found.before / found.weeks_before
    if found.verdict is WORSE:
        assert found.p <= found.level
        assert found.low is not None
        assert found.low > 1
        assert found.after / found.weeks_after > found.before / found.weeks_before


def test_a_burst_of_one_week_is_not_worse_and_a_rise_that_lasts_is() -> None:
    calm, burst = weeks(20, number=4), [*weeks(20, number=3), Counts(75, 300)]
    found = effect.measure(weeks(20), burst, 4)
    assert found.low is not None
    assert found.low > 1
    assert found.p <= found.level
    assert found.verdict is EARLY
    lasting = [calm[0], *[Counts(own, 300) for own in (37, 39, 40)]]
    assert effect.measure(weeks(20), lasting, 4).verdict is WORSE


def test_a_rise_is_told_by_less_than_a_fall_would_be_after_four_weeks() -> None:
    """The same evidence, seen in a mirror: harm is told at once, help waits for a later look."""
    worse, helped = measured(20, 33, 4), measured(33, 20, 4)
    assert worse.verdict is WORSE
    assert helped.p < worse.level
    assert helped.verdict is EARLY


# --- several looks --------------------------------------------------------------------------


def one_look(
    at: int, says: EffectVerdict, ratio: float = 1.2, low: float = 0.5, high: float = 2.0
) -> Estimate:
    found = measured(20, 20, at)
    return replace(found, weeks=at, verdict=says, alone=says, ratio=ratio, low=low, high=high)


@pytest.mark.parametrize(
    ("looks", "verdict", "since"),
    [
        ([one_look(2, EARLY)], EARLY, 0),
        ([one_look(2, EARLY), one_look(4, WORSE)], WORSE, 4),
        ([one_look(4, WORSE), one_look(8, WORSE)], WORSE, 4),
        ([one_look(4, WORSE), one_look(8, EARLY)], WORSE, 4),
        ([one_look(4, WORSE), one_look(8, SAME)], SAME, 8),
        ([one_look(4, WORSE), one_look(12, SAME, low=1.1)], WORSE, 4),
        ([one_look(4, WORSE), one_look(8, EARLY, ratio=0.9)], EARLY, 8),
        ([one_look(4, HELPED, 0.3), one_look(8, EARLY, 0.8)], HELPED, 4),
        ([one_look(4, HELPED, 0.3), one_look(12, SAME, 0.7, high=0.9)], HELPED, 4),
        ([one_look(4, HELPED, 0.3), one_look(12, SAME, 1.5, low=1.1)], SAME, 12),
        ([one_look(4, HELPED, 0.3), one_look(12, EARLY, 1.5, low=1.1)], EARLY, 12),
        ([one_look(4, WORSE), one_look(8, HELPED, 0.3)], HELPED, 8),
        ([one_look(4, SAME), one_look(8, EARLY)], EARLY, 8),
        ([one_look(4, WORSE), one_look(8, SAME), one_look(12, EARLY)], EARLY, 12),
    ],
)
def test_what_was_said_of_a_change_stands_until_a_look_sees_none(
    looks: list[Estimate], verdict: EffectVerdict, since: int
) -> None:
    found = effect_verdicts.standing(looks)
    assert (found.verdict, found.since) == (verdict, since)
    assert found.alone is looks[-1].alone


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 500)), min_size=12, max_size=26),
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 500)), min_size=12, max_size=12),
)
def test_what_was_told_of_a_change_is_not_too_early_again_while_it_points_the_same_way(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    sides = [[Counts(*each) for each in side] for side in (before, after)]
    looks = [effect.measure(sides[0], sides[1][:each], each) for each in LOOKS]
    told = [effect_verdicts.standing(looks[: at + 1]) for at in range(len(looks))]
    for earlier, later in pairwise(told):
        if earlier.verdict in (HELPED, WORSE) and later.verdict is EARLY:
            assert (later.ratio is not None and later.ratio < 1) is (earlier.verdict is WORSE)


# --- next door ------------------------------------------------------------------------------


def test_of_many_looked_at_only_what_stands_out_among_so_many_is_said() -> None:
    def one(p: float, verdict: EffectVerdict) -> Estimate:
        return replace(measured(20, 20, 12), p=p, level=0.03, alone=verdict)

    near = [one(0.02, WORSE), one(0.001, WORSE), one(0.4, SAME), one(0.014, HELPED)]
    assert effect_verdicts.together(near) == [SAME, WORSE, SAME, SAME]
    assert effect_verdicts.together(near[:1]) == [WORSE]
    assert effect_verdicts.together([one(0.011, HELPED), one(0.014, WORSE)]) == [HELPED, WORSE]
    assert effect_verdicts.together([]) == []
    unasked = replace(one(0.001, EARLY), level=0.0)
    assert effect_verdicts.together([unasked, one(0.014, WORSE)]) == [EARLY, WORSE]
