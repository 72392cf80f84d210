"""When an alarm begins and ends, what belongs to it, and what never raises one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alarm_tickets import DAY, HOUR, UNTIL, burst, numbered, quiet, raised, sentence
from bot.voice.spike_words import Heard

MIDNIGHT = UNTIL.replace(hour=0)
QUIET = quiet(features=("checkout", "search", "billing"))
FORM = (
    "Dear team, my order {} did not arrive although the page said that it was on its way to me,"
    " and I would like to have my money back as soon as you can, with kind regards from {}"
)


def flood(count: int, *, same_customer: bool, same_text: bool) -> list[Heard]:
    rng = Random(7)
    return [
        Heard(
            0,
            MIDNIGHT + timedelta(minutes=7 * number),
            42 if same_customer else rng.getrandbits(60),
            ("checkout",),
            FORM.format(rng.randrange(10**6), rng.choice(["Ada", "Ben", "Chidi", "Mira"]))
            if same_text
            else sentence(rng),
        )
        for number in range(count)
    ]


# --- what raises one ------------------------------------------------------------------------


def test_quiet_weeks_raise_nothing() -> None:
    assert raised(QUIET) == []


def test_a_burst_is_raised_within_three_hours_and_says_when_it_began() -> None:
    [alarm] = raised(QUIET, burst(40, MIDNIGHT, saying="the voucher is rejected"))
    assert alarm.features == ("checkout",)
    assert MIDNIGHT < alarm.opened <= MIDNIGHT + 3 * HOUR
    assert MIDNIGHT - HOUR <= alarm.began <= MIDNIGHT + HOUR
    assert alarm.closed is None
    assert alarm.observed > 5 * alarm.expected


def test_three_times_the_usual_is_raised_within_a_day() -> None:
    [alarm] = raised(QUIET, burst(40, UNTIL - DAY, 24))
    assert alarm.opened <= UNTIL
    assert alarm.terms == ()


def test_a_new_theme_is_raised_though_no_more_customers_write() -> None:
    """A third of a day's tickets say something that nobody said before."""
    rng = Random(4)
    new = [
        replace(one, text=f"the fingerprint reader rejects me {one.text}")
        if one.at >= UNTIL - DAY and "checkout" in one.features and rng.random() < 0.5
        else one
        for one in QUIET
    ]
    alarms = raised(new)
    assert {word for one in alarms for term in one.terms for word in term.split()} & {
        "fingerprint",
        "read",
        "reject",
    }
    assert len(alarms) == 1


def test_one_outage_that_hurts_many_features_is_one_alarm() -> None:
    features = ("checkout", "search", "billing", "login")
    outage = burst(120, MIDNIGHT, 6, features=features, saying="the certificate has expired")
    [alarm] = raised(QUIET, outage)
    assert set(alarm.features) == set(features)
    assert len(alarm.rows) > 100


def test_two_stories_at_the_same_time_are_two_alarms() -> None:
    one = burst(30, MIDNIGHT, 3, saying="the certificate has expired")
    other = burst(30, MIDNIGHT + HOUR, 3, features=("billing",), saying="charged twice", seed=9)
    assert [alarm.features for alarm in raised(QUIET, one, other)] == [("checkout",), ("billing",)]


def test_it_is_over_after_a_calm_day_and_a_later_burst_is_another() -> None:
    since = UNTIL - 20 * DAY
    first = burst(40, since, 3, saying="the voucher is rejected")
    second = burst(40, UNTIL - 6 * HOUR, 3, saying="the voucher is rejected", seed=5)
    alarms = raised(QUIET, first, second, since=since - DAY)
    assert len(alarms) == 2
    assert alarms[0].closed is not None
    assert timedelta(days=1) <= alarms[0].closed - since <= timedelta(days=4)
    assert alarms[1].closed is None


# --- floods ---------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
def test_one_template_is_no_alarm(known: bool) -> None:
    copies = flood(200, same_customer=False, same_text=True)
    copies = copies if known else [replace(one, customer=None) for one in copies]
    assert raised(QUIET, copies) == []


def test_one_customer_is_no_alarm() -> None:
    assert raised(QUIET, flood(100, same_customer=True, same_text=False)) == []


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    count=st.integers(5, 150),
    same_customer=st.booleans(),
    minutes=st.integers(1, 20),
    features=st.sampled_from([("checkout",), ("login",), ()]),
)
def test_no_flood_of_copies_or_of_one_customer_is_an_alarm(
    count: int, same_customer: bool, minutes: int, features: tuple[str, ...]
) -> None:
    made = flood(count, same_customer=same_customer, same_text=not same_customer)
    moved = [
        replace(one, at=MIDNIGHT + timedelta(minutes=minutes * number), features=features)
        for number, one in enumerate(made)
    ]
    assert raised(QUIET, moved, since=MIDNIGHT - HOUR) == []


def test_a_flood_does_not_hide_a_crowd() -> None:
    crowd = burst(40, MIDNIGHT, saying="the voucher is rejected")
    [alarm] = raised(QUIET, flood(100, same_customer=False, same_text=True), crowd)
    assert alarm.opened <= MIDNIGHT + 3 * HOUR


# --- what must not matter -------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_tickets_come_changes_nothing(seed: int) -> None:
    tickets = numbered([*QUIET, *burst(40, MIDNIGHT, saying="the voucher is rejected")])
    mixed = list(tickets)
    Random(seed).shuffle(mixed)
    told = [(one.opened, one.closed, one.features, one.observed) for one in raised(tickets)]
    assert [(one.opened, one.closed, one.features, one.observed) for one in raised(mixed)] == told
    assert told


def test_weeks_long_ago_change_nothing() -> None:
    crowd = burst(40, MIDNIGHT, saying="the voucher is rejected")
    older = quiet(days=40, seed=6, until=UNTIL - 71 * DAY)
    now = [
        (one.opened, one.features, one.observed, round(one.expected, 6))
        for one in raised(QUIET, crowd)
    ]
    then = [
        (one.opened, one.features, one.observed, round(one.expected, 6))
        for one in raised(older, QUIET, crowd)
    ]
    assert now == then


def test_praise_of_nothing_is_nothing() -> None:
    assert raised([]) == []
    assert raised(burst(3, MIDNIGHT)) == []
