"""Commands, mentions and the buttons of their answers, over HTTP and over Socket Mode."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from bot.service import friction
from bot.service.friction import Answered
from conftest import NOW
from databases import Databases
from people import (
    ADA,
    BEN,
    CUSTOMERS_WORDS,
    GENERAL,
    GUS,
    PRIVATE,
    SHARED,
    SUPPORT,
    asked,
    buttons,
    card_post,
    finish_listeners,
    modal,
    said,
    take_some_tickets,
    ticket_post,
    told,
)


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


@pytest.fixture(scope="module")
def reading(
    module_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """One stage for all questions that change nothing."""
    folder = tmp_path_factory.mktemp("reading")
    with Stage(folder, NOW, "http", module_databases.migrated(folder)) as opened:
        take_some_tickets(opened, folder)
        yield opened


# --- /friction ------------------------------------------------------------------------------

QUESTIONS = {
    "alone": ("", "Checkout hurts most"),
    "a feature": ("checkout", "5 tickets from 5 customers"),
    "misspelt": ("checkuot", "Showing Checkout"),
    "an alias": ("order export", "CSV export"),
    "a window": ("checkout 12w", "12 weeks"),
    "a window with a feature in words": ("how is the checkout since 2026-10-01?", "since 1 Oct"),
    "free words": ("charged twice", "no feature is called so"),
    "quoted words": ('"charged twice"', "charged twice"),
    "help": ("help", "What you can ask"),
    "a question mark": ("?", "What you can ask"),
    "nonsense": ("qwertzuiop", "Nothing found by that name"),
    "only signs": ("*** --- ///", "Nothing found by that name"),
    "Slack's markup": ("<@U0BEN> &lt;checkout&gt; <#C0SUPPORT|support>", "Checkout"),
    "a broadcast": ("<!channel> <!subteam^S1> <https://evil.example|checkout>", "Checkout"),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_whatever_is_asked_gets_an_answer_for_the_asker_only(reading: Stage, case: str) -> None:
    question, expected = QUESTIONS[case]
    posts = len(reading.slack.posts(SUPPORT))
    answer = asked(reading, ADA, SUPPORT, question)
    assert expected in said(answer)
    assert answer.text, "screen readers and notifications need it"
    assert len(reading.slack.posts(SUPPORT)) == posts


@pytest.mark.parametrize("word", ["checkout ", "ü", "<@U0ADA>", '"', "\ud83d\ude00", "a b "])
def test_three_thousand_characters_get_an_answer(reading: Stage, word: str) -> None:
    long = (word * 3000)[:3000]
    answer = asked(reading, ADA, SUPPORT, long.encode("utf-16", "replace").decode("utf-16"))
    assert "Something went wrong" not in said(answer)


def test_several_close_names_are_offered_and_a_click_shows_one(
    stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(stage, tmp_path)
    answer = asked(stage, ADA, SUPPORT, "csv")
    assert "Did you mean" in said(answer)
    offered = buttons(answer, kit.ACTION_ASK)
    assert len(offered) == 2
    export = next(value for value in offered if "export" in value.lower())
    assert stage.slack.click(ADA, answer, kit.ACTION_ASK, value=export).ok
    stage.slack.wait_for(lambda: answer.edited)
    assert "CSV export" in said(answer)
    assert "Did you mean" not in said(answer)
    assert len(stage.slack.ephemerals(ADA)) == 1, "the answer takes the question's place"


def test_the_ranking_leads_to_its_first_feature(reading: Stage) -> None:
    answer = asked(reading, ADA, GENERAL, "")
    assert reading.slack.click(ADA, answer, kit.ACTION_ASK).ok
    reading.slack.wait_for(lambda: answer.edited)
    assert CUSTOMERS_WORDS in said(answer)


def test_what_is_shared_is_what_was_seen_not_what_came_since(some: Stage, tmp_path: Path) -> None:
    answer = asked(some, ADA, SUPPORT, "checkout")
    some.now += timedelta(minutes=20)
    late = {"id": "999", "created_at": (NOW + timedelta(minutes=10)).isoformat()}
    path = tmp_path / "late.jsonl"
    path.write_text(json.dumps(late | {"description": "The checkout is broken again."}))
    assert some.take_in([path]).new == 1
    assert some.slack.click(ADA, answer, kit.ACTION_SHARE).ok
    told(some, ADA, 2)
    some.work()
    assert "5 tickets from 5 customers" in said(some.slack.posts(SUPPORT)[0])
    assert "6 tickets" in said(asked(some, ADA, SUPPORT, "checkout"))


def test_a_mention_is_answered_privately_and_in_its_thread(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    root, _ = stage.slack.say(ADA, SUPPORT, "what do customers say?")
    assert stage.slack.mention(ADA, SUPPORT, "checkout", root.ts).ok
    answer = told(stage, ADA)
    assert "5 tickets from 5 customers" in said(answer)
    assert answer.thread_ts == root.ts
    assert not stage.slack.posts(SUPPORT)


def test_a_mention_that_nobody_wrote_is_left_alone(some: Stage) -> None:
    event = {"type": "app_mention", "bot_id": "B1", "channel": SUPPORT, "text": "x", "ts": "1.1"}
    assert some.slack.event(event).ok
    finish_listeners(some)
    assert not some.slack.calls_of("chat.postEphemeral")


# --- the buttons of an answer ---------------------------------------------------------------


def test_share_posts_once_even_if_the_click_is_delivered_twice(
    stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(stage, tmp_path)
    answer = asked(stage, ADA, SUPPORT, "checkout")
    click = stage.slack.click(ADA, answer, kit.ACTION_SHARE)
    assert click.ok
    assert stage.slack.redeliver(click).ok
    assert "Shared with this channel" in said(told(stage, ADA, 2))
    stage.work()
    [post] = stage.slack.posts(SUPPORT)
    assert CUSTOMERS_WORDS in said(post)
    assert {"type": "user", "user_id": ADA} in post.blocks[-1]["elements"][0]["elements"]
    assert "5 tickets from 5 customers" in said(answer), "the answer itself stays"


def test_an_answer_is_shared_once_by_a_person_however_often_they_click(some: Stage) -> None:
    answer = asked(some, ADA, SUPPORT, "checkout")
    for count in (2, 3):
        assert some.slack.click(ADA, answer, kit.ACTION_SHARE).ok
        told(some, ADA, count)
    some.work()
    assert len(some.slack.posts(SUPPORT)) == 1


def test_another_answer_and_another_persons_are_shared_again(some: Stage) -> None:
    for minutes, user in ((0, ADA), (0, BEN), (1, ADA)):
        some.now += timedelta(minutes=minutes)
        before = len(some.slack.ephemerals(user))
        answer = asked(some, user, SUPPORT, "checkout")
        assert some.slack.click(user, answer, kit.ACTION_SHARE).ok
        told(some, user, before + 2)
    some.work()
    assert len(some.slack.posts(SUPPORT)) == 3


REFUSING: dict[str, tuple[str, str]] = {
    "shared with another company": (SHARED, "shared with another company"),
    "without the bot": (PRIVATE, "/invite @Earshot"),
}


@pytest.mark.parametrize("case", REFUSING)
def test_share_is_refused_with_a_kind_sentence_where_it_must_not_go(some: Stage, case: str) -> None:
    channel, sentence = REFUSING[case]
    answer = asked(some, ADA, channel, "checkout")
    assert some.slack.click(ADA, answer, kit.ACTION_SHARE).ok
    assert sentence in said(told(some, ADA, 2))
    some.work()
    assert not some.slack.posts(channel)
    assert not some.slack.calls_of("chat.postMessage")


def test_share_looks_at_the_channel_at_the_moment_of_the_click(some: Stage) -> None:
    answer = asked(some, ADA, SUPPORT, "checkout")
    some.slack.space.change_channel(SUPPORT, is_pending_ext_shared=True)
    assert some.slack.click(ADA, answer, kit.ACTION_SHARE).ok
    assert "shared with another company" in said(told(some, ADA, 2))
    some.work()
    assert not some.slack.posts(SUPPORT)


def test_show_opens_the_whole_ticket(some: Stage) -> None:
    post = ticket_post(some)
    assert some.slack.click(ADA, post, kit.ACTION_SHOW).ok
    view = modal(some, ADA)
    assert view.definition["callback_id"] == kit.VIEW_TICKET
    assert f"{CUSTOMERS_WORDS}." in said(view)
    assert "kim0@customer.example" not in said(view)


def test_a_ticket_that_is_gone_is_said_to_be_gone(some: Stage) -> None:
    post = ticket_post(some)
    with some.context.store.write() as session:
        session.connection().exec_driver_sql("DELETE FROM ticket WHERE id = 1")
    assert some.slack.click(ADA, post, kit.ACTION_SHOW).ok
    assert "no longer stored" in said(told(some, ADA))


def test_a_link_button_is_acknowledged_and_changes_nothing(some: Stage) -> None:
    answer = asked(some, ADA, SUPPORT, "checkout")
    block = next(b for b in answer.blocks if _has(b, kit.ACTION_OPEN))
    click = some.slack.click(ADA, answer, kit.ACTION_OPEN, block_id=block["block_id"])
    assert click.ok
    finish_listeners(some)
    assert len(some.slack.ephemerals(ADA)) == 1


def _has(block: dict[str, object], action: str) -> bool:
    elements = block.get("elements")
    return isinstance(elements, list) and any(e.get("action_id") == action for e in elements)


def test_insights_are_listed_and_searched(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    assert stage.slack.slash_command(ADA, SUPPORT, "/insights").ok
    assert "No insights" in said(told(stage, ADA))
    card_post(stage, 1, "Charged twice")
    card_post(stage, 7, "Empty file")
    assert stage.slack.slash_command(ADA, SUPPORT, "/insights", "empty").ok
    found = said(told(stage, ADA, 2))
    assert "Empty file" in found
    assert "Charged twice" not in found
    assert stage.slack.slash_command(ADA, SUPPORT, "/insights", "nothing such <@U0BEN>").ok
    assert "No insights" in said(told(stage, ADA, 3))


# --- at once --------------------------------------------------------------------------------


def test_a_command_is_acknowledged_while_the_answer_is_still_being_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, asking = threading.Event(), threading.Event()
    ask: Callable[..., Answered] = friction.ask

    def slow(*args: object) -> Answered:
        asking.set()
        assert held.wait(10)
        return ask(*args)

    monkeypatch.setattr(friction, "ask", slow)
    assert stage.slack.slash_command(ADA, SUPPORT, "/friction", "checkout").ok
    assert asking.wait(5)
    assert not stage.slack.ephemerals(ADA), "the acknowledgement did not wait for the answer"
    held.set()
    assert told(stage, ADA).text


def test_ten_slow_answers_do_not_keep_another_person_waiting(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()
    ask: Callable[..., Answered] = friction.ask

    def slow(context: object, text: str, now: object) -> Answered:
        assert text != "slow" or held.wait(10)
        return ask(context, text, now)

    monkeypatch.setattr(friction, "ask", slow)
    for _ in range(10):
        assert http_stage.slack.slash_command(ADA, SUPPORT, "/friction", "slow").ok
    assert asked(http_stage, BEN, SUPPORT, "help")
    assert not http_stage.slack.ephemerals(ADA)
    held.set()
    told(http_stage, ADA, 10)


# --- one ticket -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["#903", "ticket 903", "https://help.marigold.example/tickets/903/", "show me ticket 903 pls"],
)
def test_a_tickets_id_or_address_shows_that_ticket(reading: Stage, question: str) -> None:
    answer = asked(reading, ADA, SUPPORT, question)
    assert "Ticket 903" in said(answer)
    assert "lost my basket" in said(answer)
    [tag] = buttons(answer, kit.ACTION_TAG)
    assert reading.slack.click(ADA, answer, kit.ACTION_TAG, value=tag).ok
    assert modal(reading, ADA).definition["callback_id"] == kit.VIEW_TAG


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("#4242", 'No ticket is called "4242"'),
        ("https://other.example/tickets/903", "No ticket is called"),
        ("charged-2", "Nothing found by that name"),
    ],
)
def test_what_is_no_tickets_id_is_searched_for(
    reading: Stage, question: str, expected: str
) -> None:
    answer = asked(reading, ADA, SUPPORT, question)
    assert expected in said(answer)
    assert not buttons(answer, kit.ACTION_TAG)


def test_of_two_tickets_with_one_id_the_source_decides(some: Stage, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    late = {"id": "903", "created_at": NOW.isoformat(), "description": "The shop app is slow."}
    path.write_text(json.dumps(late | {"url": "https://desk.other.example/t/903"}))
    assert some.take_in([path]).new == 1
    assert "shop app is slow" in said(asked(some, ADA, SUPPORT, "#903"))
    there = "ticket 903 source:help.marigold.example"
    assert "lost my basket" in said(asked(some, ADA, SUPPORT, there))
    address = "https://help.marigold.example/tickets/903"
    assert "lost my basket" in said(asked(some, ADA, SUPPORT, address))


# --- direct messages ------------------------------------------------------------------------


def replied(stage: Stage, user: str, count: int = 1) -> Message:
    """The newest answer in a person's direct messages, once there are `count`."""
    channel = stage.slack.space.direct_channel(user).id

    def answers() -> list[Message]:
        stage.work()
        return [each for each in stage.slack.posts(channel) if each.user != user]

    stage.slack.wait_for(lambda: len(answers()) >= count)
    return answers()[-1]


def test_a_direct_message_is_answered_by_a_message(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    assert stage.slack.direct_message(ADA, "what hurts in checkout this month?").ok
    answer = replied(stage, ADA)
    assert "Checkout · this month" in said(answer)
    assert answer.ephemeral_to is None
    assert not stage.slack.calls_of("conversations.info"), "that would take a scope of its own"


def test_a_direct_message_is_answered_once_however_often_it_is_delivered(some: Stage) -> None:
    delivery = some.slack.direct_message(ADA, "checkout")
    assert some.slack.redeliver(delivery).ok
    assert some.slack.redeliver(delivery).ok
    replied(some, ADA)
    finish_listeners(some)
    some.work()
    assert len(some.slack.calls_of("chat.postMessage")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subtype": "message_changed"},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"bot_id": "B0OTHER"},
        {"channel_type": "channel"},
        {"channel": SUPPORT},
        {"user": None},
    ],
)
def test_edits_bots_and_channels_are_not_answered(some: Stage, change: dict[str, object]) -> None:
    channel = some.slack.space.direct_channel(ADA).id
    event = {
        "type": "message",
        "channel": channel,
        "channel_type": "im",
        "user": ADA,
        "text": "checkout",
        "ts": "1.1",
    }
    changed = {key: value for key, value in (event | change).items() if value is not None}
    assert some.slack.event(changed).ok
    finish_listeners(some)
    some.work()
    assert not some.slack.calls_of("chat.postMessage")


def test_a_guest_is_refused_in_a_direct_message_too(some: Stage) -> None:
    assert some.slack.direct_message(GUS, "checkout").ok
    assert "full members" in said(told(some, GUS))
    some.work()
    assert not some.slack.calls_of("chat.postMessage")


@pytest.mark.parametrize("question", ["checkout", "checkout vs login", "read checkout"])
def test_a_direct_message_offers_nothing_that_needs_a_channel(some: Stage, question: str) -> None:
    assert some.slack.direct_message(ADA, question).ok
    answer = replied(some, ADA)
    assert "Checkout" in said(answer)
    assert buttons(answer, kit.ACTION_SHARE) == buttons(answer, kit.ACTION_DIGEST_HERE) == []


def test_a_suggestion_in_a_direct_message_takes_the_place_of_the_answer(some: Stage) -> None:
    assert some.slack.direct_message(ADA, "csv").ok
    answer = replied(some, ADA)
    first = buttons(answer, kit.ACTION_ASK)[0]
    assert some.slack.click(ADA, answer, kit.ACTION_ASK, value=first).ok
    some.slack.wait_for(lambda: answer.edited)
    assert "Did you mean" not in said(answer)


# --- what is understood and not answered yet, and help ----------------------------------------


def test_several_features_are_named_and_the_others_offered(reading: Stage) -> None:
    answer = asked(reading, ADA, SUPPORT, "checkout and login 12w")
    assert "Checkout · last 12 weeks" in said(answer)
    assert "You also named Login" in said(answer)
    [login] = buttons(answer, kit.ACTION_ASK)
    assert json.loads(login)["q"] == 'last 12 weeks feature:"login"'
    assert "Or show Login" in said(answer)


def test_help_is_one_screen_of_questions_that_can_be_asked(reading: Stage) -> None:
    answer = asked(reading, ADA, SUPPORT, "/friction help")
    listed = next(block for block in answer.blocks if block["type"] == "rich_text")["elements"][-1]
    questions = [item["elements"][0]["text"] for item in listed["elements"]]
    assert len(questions) <= 12
    for part in ("kind:", "source:", " vs ", "read ", "ticket 90"):
        assert any(part in question for question in questions), part
    for question in questions:
        typed = question.removeprefix("/friction").strip()
        shown = said(asked(reading, ADA, SUPPORT, typed))
        assert "What you can ask" not in shown
        assert "No ticket is called" not in shown
