"""Who is refused, and what people and the log are told when something breaks."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import Delivery, Person, error, half_body_after_accept, http, reset_before
from bot.demo.fake_slack.failures import Failure
from bot.demo.stage import Stage
from bot.service import digest, friction, insight_acts
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CUSTOMERS_WORDS,
    GUS,
    MIRA,
    SHARED,
    SUPPORT,
    asked,
    buttons,
    card_post,
    finish_listeners,
    modal,
    rows,
    said,
    take_some_tickets,
    ticket_post,
    told,
)

SENTENCE = (
    "Earshot shows customers' tickets to full members of this workspace only. "
    "Ask a colleague who is one."
)
SECRET = "hunter2-planted"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


# --- guests, bots, strangers ----------------------------------------------------------------

OUTSIDERS = {
    "a guest of one channel": Person("U0X", "x", "X", is_ultra_restricted=True),
    "a guest of several": Person("U0X", "x", "X", is_restricted=True),
    "a stranger": Person("U0X", "x", "X", is_stranger=True),
    "of another workspace": Person("U0X", "x", "X", team_id="T0OTHER"),
    "a bot": Person("U0X", "x", "X", is_bot=True),
    "gone": Person("U0X", "x", "X", deleted=True),
}


@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_outsider_is_refused_with_one_sentence(some: Stage, who: str) -> None:
    space = some.slack.space
    space.add_person(OUTSIDERS[who])
    space.change_channel(SUPPORT, members=[*space.channel(SUPPORT).members, "U0X"])
    assert said(asked(some, "U0X", SUPPORT, "checkout")) == SENTENCE


COMMANDS = [
    ("/friction", "checkout"),
    ("/friction", ""),
    ("/friction", "no such thing"),
    ("/friction", "help"),
    ("/insights", ""),
    ("/insights", "twice"),
    ("/digest", ""),
]


@pytest.mark.case(38)
def test_a_guest_is_told_the_same_whatever_is_there(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    card_post(stage)
    for count, (command, typed) in enumerate(COMMANDS, 1):
        assert stage.slack.slash_command(GUS, SUPPORT, command, typed).ok
        answer = told(stage, GUS, count)
        assert said(answer) == SENTENCE
        assert answer.text == "A note from Earshot"
    assert stage.slack.mention(GUS, SUPPORT, "checkout").ok
    assert said(told(stage, GUS, len(COMMANDS) + 1)) == SENTENCE
    assert stage.slack.view(GUS) is None


def test_a_guest_is_refused_at_every_button_and_shortcut(some: Stage) -> None:
    space = some.slack.space
    space.change_channel(CHECKOUT, members=[*space.channel(CHECKOUT).members, GUS])
    card, post = card_post(some), ticket_post(some)
    message, _ = some.slack.say(BEN, SUPPORT, "look")
    before = rows(some, "SELECT * FROM insight")
    slack = some.slack
    acts: tuple[Callable[[], Delivery], ...] = (
        lambda: slack.click(GUS, card, kit.ACTION_EDIT),
        lambda: slack.click(GUS, card, kit.ACTION_OWN),
        lambda: slack.click(GUS, card, kit.ACTION_TOLD),
        lambda: slack.click(GUS, card, kit.ACTION_NOTE),
        lambda: slack.click(GUS, card, kit.ACTION_MERGE),
        lambda: slack.click(GUS, post, kit.ACTION_SHOW),
        lambda: slack.select(GUS, card, kit.ACTION_STATUS, "1:declined"),
        lambda: slack.click(GUS, post, kit.ACTION_TAG),
        lambda: slack.shortcut(GUS, SUPPORT, message.ts, kit.SHORTCUT_TAG),
        lambda: slack.shortcut(GUS, SUPPORT, post.ts, kit.SHORTCUT_TAG),
    )
    for count, act in enumerate(acts, 1):
        assert act().ok
        assert said(told(some, GUS, count)) == SENTENCE
    assert some.slack.view(GUS) is None
    assert rows(some, "SELECT * FROM insight") == before


@pytest.mark.case(38)
def test_who_became_a_guest_is_refused_at_what_was_still_open(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.directory.REMEMBER_SECONDS", 0.0)  # as after some minutes
    answer = asked(some, BEN, SUPPORT, "checkout")
    first = buttons(answer, kit.ACTION_TAG)[0]
    assert some.slack.click(BEN, answer, kit.ACTION_TAG, value=first).ok
    modal(some, BEN)
    some.slack.space.add_person(replace(some.slack.space.person(BEN), is_restricted=True))
    assert some.slack.submit_view(BEN, {kit.BLOCK_TITLE: "Mine"}).faults == ()
    assert modal(some, BEN).errors == {kit.BLOCK_TITLE: SENTENCE}
    assert some.slack.click(BEN, answer, kit.ACTION_SHARE).ok
    assert said(told(some, BEN, 2)) == SENTENCE
    some.work()
    assert not rows(some, "SELECT * FROM insight")
    assert not some.slack.posts(SUPPORT)


FAILURES: dict[str, Failure] = {
    "refused by Slack": error("user_not_found"),
    "scope taken away": error("missing_scope"),
    "not JSON": http(200, "<html>maintenance</html>"),
    "bad gateway": http(502, "<html>bad gateway</html>"),
    "connection reset": reset_before(),
    "half an answer": half_body_after_accept(),
}


@pytest.mark.parametrize("case", FAILURES)
def test_who_cannot_be_checked_is_refused(
    some: Stage, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    some.slack.fail_next("users.info", FAILURES[case])
    answer = said(asked(some, ADA, SUPPORT, "checkout"))
    assert answer.startswith("Slack does not tell who you are just now")
    assert "reference" not in answer
    assert "Traceback" not in caplog.text
    assert CUSTOMERS_WORDS in said(asked(some, ADA, SUPPORT, "checkout")), "nothing is remembered"


def test_a_guest_sees_the_same_sentence_on_home(stage: Stage) -> None:
    assert stage.slack.open_home(GUS).ok
    assert said(stage.slack.wait_for(lambda: stage.slack.home(GUS))) == SENTENCE


# --- what breaks ----------------------------------------------------------------------------


def test_an_unknown_error_is_a_reference_to_the_person_and_a_traceback_in_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def breaks(_context: object, typed: str, _now: object) -> None:
        try:
            int(typed)
        except ValueError as cause:
            raise KeyError(typed) from cause

    monkeypatch.setattr(friction, "ask", breaks)
    answer = said(asked(stage, ADA, SUPPORT, SECRET))
    found = re.fullmatch(
        r"Something went wrong on our side\. Tell your operator: reference (\w{8})\.", answer
    )
    assert found
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert found[1] in record.getMessage()
    assert "breaks" in record.getMessage(), "where it happened"
    assert "builtins.ValueError" in record.getMessage()
    assert record.getMessage().rstrip().endswith("builtins.KeyError")
    assert SECRET not in caplog.text


def test_an_unknown_error_in_a_modal_keeps_what_was_typed(
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    take_some_tickets(stage, tmp_path)
    caplog.set_level(logging.DEBUG)
    card = card_post(stage)
    assert stage.slack.click(BEN, card, kit.ACTION_EDIT).ok
    modal(stage, BEN)

    def breaks(*_: object, **fields: object) -> None:
        raise ValueError(fields)

    monkeypatch.setattr(insight_acts, "edit", breaks)
    assert stage.slack.submit_view(BEN, {kit.BLOCK_TITLE: SECRET}).faults == ()
    [(block, sentence)] = modal(stage, BEN).errors.items()
    assert block == kit.BLOCK_TITLE
    assert "reference" in sentence
    assert caplog.text.count("builtins.ValueError") == 1
    assert SECRET not in caplog.text


def test_an_unknown_error_in_the_digest_modal_is_told_at_an_input(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    some.slack.slash_command(MIRA, CHECKOUT, "/digest")
    modal(some, MIRA)

    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.service.channels.save", breaks)
    assert some.slack.submit_view(MIRA).faults == ()
    assert "reference" in modal(some, MIRA).errors[kit.BLOCK_FEATURES]


def test_an_unknown_error_on_home_is_told_on_home(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.service.home.view", breaks)
    assert some.slack.open_home(ADA).ok
    assert "reference" in said(some.slack.wait_for(lambda: some.slack.home(ADA)))


def test_a_failure_soon_after_the_acknowledgement_does_not_take_it_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    assert stage.slack.slash_command(MIRA, CHECKOUT, "/digest").ok
    view = modal(stage, MIRA)
    monkeypatch.setattr(digest, "build", breaks)
    for _ in range(20):  # the modal's own button: nobody is told, so the failure is at once
        delivery = stage.slack.click(MIRA, view, kit.ACTION_DIGEST_PREVIEW)
        assert delivery.status == 200
    assert all(stage.slack.slash_command(GUS, SUPPORT, "/friction").ok for _ in range(20))


def test_who_cannot_be_told_is_only_logged(some: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    some.slack.fail_next("chat.postEphemeral", "user_not_in_channel")
    assert some.slack.mention(GUS, SUPPORT, SECRET).ok
    finish_listeners(some)
    assert "the person could not be told: SlackApiError" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert SECRET not in caplog.text


def test_questions_in_a_shared_channel_are_answered_to_the_asker_only(some: Stage) -> None:
    assert CUSTOMERS_WORDS in said(asked(some, ADA, SHARED, "checkout"))
    assert some.slack.slash_command(ADA, SHARED, "/digest").ok
    assert "shared with another company" in said(told(some, ADA, 2))
    assert some.slack.view(ADA) is None
    assert not some.slack.posts(SHARED)


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_what_people_type_and_customers_wrote_is_in_no_log(
    some: Stage, caplog: pytest.LogCaptureFixture, level: str
) -> None:
    caplog.set_level(level)
    card = card_post(some)
    asked(some, ADA, SUPPORT, SECRET)
    some.slack.slash_command(ADA, SUPPORT, "/insights", SECRET)
    told(some, ADA, 2)
    some.slack.mention(ADA, SUPPORT, SECRET)
    told(some, ADA, 3)
    some.slack.click(BEN, card, kit.ACTION_EDIT)
    modal(some, BEN)
    some.slack.submit_view(BEN, {kit.BLOCK_TITLE: SECRET, kit.BLOCK_NOTE: SECRET})
    some.work()
    finish_listeners(some)
    for planted in (SECRET, CUSTOMERS_WORDS, some.slack.token, some.slack.signing_secret):
        assert planted not in caplog.text


def test_what_slack_does_not_tell_just_now_is_said_to_be_so(
    some: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    some.slack.fail_next(
        "users.info", http(200, '{"ok":true}', {"content-type": "application/json"})
    )
    assert "Slack does not tell who you are" in said(asked(some, ADA, SUPPORT, "checkout"))
    some.slack.fail_next("users.conversations", "internal_error")
    some.slack.open_home(ADA)
    some.slack.wait_for(lambda: some.slack.calls_of("users.conversations"))
    finish_listeners(some)
    assert "refused: Refused" in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
