"""How often somebody may ask in a minute, and what becomes of the bot meanwhile."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import limits
from bot.app import WORKERS
from bot.blocks import kit
from bot.demo.fake_slack import hold
from bot.demo.stage import Stage
from bot.limits import MOST, WINDOW, Counted, Limits, Verdict
from bot.listeners.gate import SENTENCES
from bot.reports import ChannelSettings
from bot.service import channels, digest_due
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CHIDI,
    CUSTOMERS_WORDS,
    GUS,
    MIRA,
    SUPPORT,
    TEAM,
    asked,
    finish_listeners,
    said,
    take_some_tickets,
    told,
)

pytestmark = [pytest.mark.limits, pytest.mark.only("sqlite")]


class Watch:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path, watch: Watch) -> Stage:
    """A few tickets, and a minute that passes when it is told to."""
    take_some_tickets(http_stage, tmp_path)
    http_stage.seconds = watch
    return http_stage


@pytest.mark.case(40)
@pytest.mark.only("sqlite")
def test_a_thousand_commands_in_ten_seconds_are_limited_and_the_bot_posts_on_time(
    some: Stage, watch: Watch
) -> None:
    settings = ChannelSettings(TEAM, CHECKOUT, timezone="UTC")
    channels.save(some.context, settings, MIRA, some.now)
    assert digest_due.send(some.context, settings, some.now, some.now).is_new
    due = some.now
    for number in range(1_000):
        watch.at = number / 100
        assert some.slack.slash_command(ADA, SUPPORT, "/friction", "checkout").ok
        if number == 500:
            some.work()
            assert some.slack.posts(CHECKOUT), "in the middle of it"
            assert (some.now - due).total_seconds() < 60
    answer = said(asked(some, BEN, SUPPORT, "checkout"))
    finish_listeners(some)
    assert CUSTOMERS_WORDS in answer, "others are answered all the while"
    shown = [said(each) for each in some.slack.ephemerals(ADA)]
    assert sum(CUSTOMERS_WORDS in each for each in shown) == MOST[Counted.PERSON]
    assert sum(each == SENTENCES[Counted.PERSON] for each in shown) == 1_000 - 10
    answers = some.slack.calls_of("response_url")
    assert len(answers) == 11, "who asks too often is told in the acknowledgement, by no call"


@pytest.mark.case(40)
def test_no_acknowledgement_waits_for_those_who_wait_for_slack(some: Stage) -> None:
    """Slack keeps more answers back than there are threads: all are taken, and answered later."""
    go_on = threading.Event()
    some.slack.fail_next("users.info", hold(go_on), times=3 * WORKERS)
    try:
        for person in (ADA, BEN, CHIDI, MIRA):
            for _ in range(MOST[Counted.PERSON] - 1):
                delivery = some.slack.slash_command(person, SUPPORT, "/friction", "checkout")
                assert delivery.ok, "within three seconds"
    finally:
        go_on.set()
    told(some, ADA, MOST[Counted.PERSON] - 1)


def test_after_a_minute_one_is_answered_again(some: Stage, watch: Watch) -> None:
    for _ in range(MOST[Counted.PERSON]):
        asked(some, ADA, SUPPORT, "checkout")
    assert said(asked(some, ADA, SUPPORT, "checkout")) == SENTENCES[Counted.PERSON]
    watch.at = WINDOW
    assert CUSTOMERS_WORDS in said(asked(some, ADA, SUPPORT, "checkout"))


def test_a_channel_has_a_limit_of_its_own_that_outsiders_cannot_use_up(some: Stage) -> None:
    for _ in range(10):
        asked(some, GUS, SUPPORT, "checkout")
    for person in (ADA, BEN, CHIDI):
        for _ in range(10):
            assert CUSTOMERS_WORDS in said(asked(some, person, SUPPORT, "checkout"))
    assert said(asked(some, MIRA, SUPPORT, "checkout")) == SENTENCES[Counted.CHANNEL]
    assert CUSTOMERS_WORDS in said(asked(some, MIRA, CHECKOUT, "checkout")), "elsewhere"


def test_mentions_count_as_questions_and_too_many_are_told_of_once(some: Stage) -> None:
    for _ in range(15):
        assert some.slack.mention(ADA, SUPPORT, "checkout").ok
    finish_listeners(some)
    shown = [said(each) for each in some.slack.ephemerals(ADA)]
    assert len(shown) == 11
    assert shown.count(SENTENCES[Counted.PERSON]) == 1


def test_too_many_clicks_are_told_of_once_and_do_nothing(some: Stage) -> None:
    answer = asked(some, ADA, SUPPORT, "checkout")
    for _ in range(MOST[Counted.BUTTONS]):
        assert some.slack.click(ADA, answer, kit.ACTION_SHARE).ok
    told(some, ADA, 1 + MOST[Counted.BUTTONS])
    for _ in range(3):
        assert some.slack.click(ADA, answer, kit.ACTION_TICKETS).ok
    finish_listeners(some)
    assert said(some.slack.ephemerals(ADA)[-1]) == SENTENCES[Counted.BUTTONS]
    assert len(some.slack.ephemerals(ADA)) == 2 + MOST[Counted.BUTTONS]
    assert some.slack.view(ADA) is None


# --- the count itself -----------------------------------------------------------------------

STEPS = st.lists(st.tuples(st.floats(0, 20), st.sampled_from(["ada", "ben"])), max_size=200)


@given(STEPS)
def test_in_no_minute_is_more_taken_than_there_may_be(steps: list[tuple[float, str]]) -> None:
    watch = Watch()
    counted = Limits(watch)
    taken: dict[str, list[float]] = defaultdict(list)
    refused: dict[str, list[float]] = defaultdict(list)
    for wait, who in steps:
        watch.at += wait
        verdict = counted.take(Counted.PERSON, TEAM, who)
        recent = [at for at in taken[who] if watch.at - at < WINDOW]
        assert (verdict is Verdict.TAKEN) == (len(recent) < MOST[Counted.PERSON])
        if verdict is Verdict.TAKEN:
            taken[who].append(watch.at)
        elif verdict is Verdict.TOLD:
            assert not [at for at in refused[who] if watch.at - at < WINDOW]
            refused[who].append(watch.at)


def test_however_many_ask_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 50)
    monkeypatch.setattr(limits, "MOST", dict.fromkeys(Counted, 1))
    counted = Limits(Watch())
    for number in range(500):
        assert counted.take(Counted.PERSON, TEAM, f"U{number}") is Verdict.TAKEN
        assert counted.take(Counted.PERSON, TEAM, f"U{number}") is Verdict.TOLD
    assert len(counted._taken) == len(counted._told) == 50
