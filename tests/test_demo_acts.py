"""What a visitor does on the page, from the first question to a guest who is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo import feed as feeds
from bot.demo.run import served
from bot.service.reactions import ADDED, ReactionEvent, record
from demo_client import (
    ADA,
    BEN,
    CHECKOUT,
    GENERAL,
    GUS,
    MIRA,
    SUPPORT,
    Client,
    element,
    texts,
)
from storage.inbox import is_open


@pytest.fixture(scope="module")
def demo() -> Iterator[Client]:
    with served(feeds.sample(earlier=False), 0) as (world, address):
        client = Client(world, address)
        client.idle()
        yield client


def last(demo: Client, user: str, channel: str) -> Any:
    return demo.state(user, channel)["messages"][-1]


def answered(demo: Client, user: str, channel: str, words: str) -> Any:
    """The answer that only this person sees."""

    def look() -> Any:
        found = [m for m in demo.state(user, channel)["messages"] if m["ephemeral"]]
        return next((m for m in reversed(found) if words in texts(m["blocks"])), None)

    return demo.until(look)


def test_the_story_as_the_page_tells_it(demo: Client) -> None:
    # A question, misspelt; the answer is for the asker only.
    assert demo.act(ADA, "say", channel=CHECKOUT, text="/friction checkuot")["ok"]
    answer = answered(demo, ADA, CHECKOUT, "Checkout")
    assert not last(demo, BEN, CHECKOUT)["ephemeral"]

    # A quote is tagged through the modal; an empty title is refused by the client.
    tag = element(answer, kit.ACTION_TAG)
    place = {"channel": CHECKOUT, "ts": answer["ts"]}
    assert demo.act(ADA, "click", **place, action_id=tag["action_id"], value=tag["value"])["ok"]
    modal = demo.until(lambda: demo.state()["modal"])
    assert modal["view"]["callback_id"] == kit.VIEW_TAG
    assert modal["state"][kit.BLOCK_KIND]
    empty = demo.act(ADA, "submit", values={kit.BLOCK_TITLE: ""})
    assert (empty["ok"], list(empty["errors"])) == (False, [kit.BLOCK_TITLE])
    assert demo.state()["modal"]["errors"] == empty["errors"]
    assert demo.act(ADA, "fill", values={kit.BLOCK_TITLE: "Paying twice"})["ok"]
    assert demo.act(ADA, "submit")["ok"]
    assert demo.state()["modal"] is None
    card = demo.until(lambda: next(iter(cards(demo, "Paying twice")), None))

    # Colleagues react; one takes it back; the card counts.
    react = {"channel": CHECKOUT, "ts": card["ts"], "name": "open_mouth"}
    assert demo.act(BEN, "react", **react)["ok"]
    demo.until(lambda: cards(demo, "1 surprised me"))
    assert demo.act(MIRA, "react", **react)["ok"]
    demo.until(lambda: cards(demo, "2 surprised me"))
    assert demo.act(BEN, "unreact", **react)["ok"]
    card = demo.until(lambda: next(iter(cards(demo, "1 surprised me")), None))
    assert card["reactions"] == [
        {"name": "open_mouth", "char": "😮", "users": ["Mira Vogel"], "mine": False}
    ]
    assert card["edited"]
    again = demo.act(MIRA, "react", **react)
    assert (again["ok"], again["note"]) == (False, "You reacted with this already.")

    # Its status is changed in the menu.
    menu = element(card, kit.ACTION_STATUS)
    choice = menu["options"][0]["value"]
    status = {"channel": CHECKOUT, "ts": card["ts"], "action_id": kit.ACTION_STATUS}
    assert demo.act(BEN, "select", **status, choice=choice)["ok"]

    # Home shows the insight.
    assert demo.act(ADA, "home")["ok"]
    home = demo.until(lambda: demo.state()["home"])
    assert "Paying twice" in texts(home["blocks"])


def cards(demo: Client, words: str) -> list[Any]:
    messages = demo.state()["messages"]
    return [m for m in messages if m["bot"] and words in texts(m["blocks"])]


def test_a_wrong_time_zone_is_refused_in_its_place(demo: Client) -> None:
    assert demo.act(MIRA, "say", channel=CHECKOUT, text="/digest")["ok"]
    demo.until(lambda: demo.state(MIRA)["modal"])
    answer = demo.act(MIRA, "submit", values={kit.BLOCK_TIMEZONE: "Berlin"})
    assert answer["ok"] is False
    assert "Europe/Berlin" in answer["errors"][kit.BLOCK_TIMEZONE]
    assert demo.state(MIRA)["modal"]["errors"] == answer["errors"]
    typed = demo.state(MIRA)["modal"]["state"][kit.BLOCK_TIMEZONE]
    assert next(iter(typed.values()))["value"] == "Berlin"

    # A button in the modal takes what was typed along.
    before = demo.state(MIRA)["modal"]["id"]
    press = {"action_id": kit.ACTION_DIGEST_PREVIEW, "values": {kit.BLOCK_TIMEZONE: "Europe/Paris"}}
    assert demo.act(MIRA, "click", modal=True, **press)["ok"]
    modal = demo.state(MIRA)["modal"]
    assert modal["id"] == before
    assert demo.act(MIRA, "close")["ok"]
    assert demo.state(MIRA)["modal"] is None
    assert demo.act(MIRA, "close")["note"] == "Mira Vogel has no modal open."


def test_a_guest_is_refused_kindly(demo: Client) -> None:
    assert demo.act(GUS, "say", channel=GENERAL, text="/friction checkout")["ok"]
    answered(demo, GUS, GENERAL, "full members")
    elsewhere = demo.act(GUS, "say", channel=CHECKOUT, text="hello")
    assert elsewhere == {
        "ok": False,
        "status": 200,
        "note": "Gus Lind is not in checkout-eng.",
        "errors": {},
    }


def test_a_mention_is_answered_and_plain_words_are_not(demo: Client) -> None:
    assert demo.act(ADA, "say", channel=SUPPORT, text="@Earshot login 60d")["ok"]
    answered(demo, ADA, SUPPORT, "Login")
    asked = next(m for m in demo.state(ADA, SUPPORT)["messages"] if "login 60d" in m["text"])
    assert asked["text"] == "<@U0EARSHOT> login 60d"
    assert demo.act(ADA, "say", channel=SUPPORT, text="just talking")["ok"]
    assert last(demo, ADA, SUPPORT)["text"] == "just talking"


def test_a_reply_goes_to_its_thread(demo: Client) -> None:
    root = next(m for m in demo.state()["messages"] if m["replies"])
    before = root["replies"]
    demo.act(BEN, "say", channel=CHECKOUT, thread_ts=root["ts"], text="I am on it")
    thread = demo.get(f"/api/thread?as={ADA}&channel={CHECKOUT}&ts={root['ts']}")
    assert thread["replies"][-1]["text"] == "I am on it"
    assert thread["root"]["replies"] == before + 1


def test_a_message_is_tagged_by_its_menu(demo: Client) -> None:
    message = next(m for m in demo.state(MIRA, SUPPORT)["messages"] if "discount" in m["text"])
    place = {"channel": SUPPORT, "ts": message["ts"]}
    assert demo.act(MIRA, "shortcut", **place, callback_id=kit.SHORTCUT_TAG)["ok"]
    demo.until(lambda: demo.state(MIRA)["modal"])
    assert demo.act(MIRA, "submit", values={kit.BLOCK_TITLE: "Codes used twice"})["ok"]
    demo.until(lambda: "Codes used twice" in texts(demo.state(MIRA, SUPPORT)["messages"]))


@pytest.mark.parametrize(
    ("act", "note"),
    [
        ({"act": "say", "channel": "C0NONE", "text": "x"}, "There is no such channel."),
        ({"act": "say", "channel": GENERAL, "text": "  "}, "There is nothing to send."),
        (
            {"act": "say", "channel": GENERAL, "text": "/nonsense"},
            "/nonsense is not a command that this workspace knows.",
        ),
        ({"act": "react", "channel": GENERAL, "ts": "1", "name": "eyes"}, "That message is gone."),
        (
            {"act": "react", "channel": GENERAL, "ts": "1", "name": "bogus"},
            "There is no emoji called 'bogus' in this workspace.",
        ),
        ({"act": "click", "modal": True, "action_id": "x"}, "No modal is open."),
        ({"act": "submit"}, "Noor Haddad has no modal open."),
        ({"act": "click", "home": True, "action_id": "x"}, "Home has not been opened yet."),
        ({"act": "clock", "to": "yesterday"}, None),
        ({"act": "tour", "step": 3}, "Do the step before this one first."),
        ({"act": "tour", "step": 99}, "Do the step before this one first."),
    ],
)
def test_what_slack_would_not_allow_comes_back_as_a_sentence(
    demo: Client, act: dict[str, Any], note: str | None
) -> None:
    status, answer = demo.post({"as": "U0NOOR", **act})
    assert status == 200
    assert answer["ok"] is False
    assert answer["note"].endswith(".")
    assert note in (None, answer["note"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"as": "U0ADA", "act": "say", "channel": "C0GENERAL", "text": "\\ud800"}',
        b'{"as": "U0ADA", "act": "say", "channel": "C0GENERAL", "text": "' + b"x" * 99_900 + b'"}',
        b"x" * 200_000,
        {},
        {"as": ADA},
        {"as": "U0NOBODY", "act": "home"},
        {"as": "U0EARSHOT", "act": "home"},
        {"as": ["U0ADA"], "act": "home"},
        {"as": ADA, "act": "dance"},
        {"as": ADA, "act": {"a": 1}},
        {"as": ADA, "act": "say", "channel": GENERAL},
        {"as": ADA, "act": "say", "channel": GENERAL, "text": 3},
        {"as": ADA, "act": "say", "channel": 3, "text": "x"},
        {"as": ADA, "act": "say", "channel": GENERAL, "text": "x", "thread_ts": 1.5},
        {"as": ADA, "act": "select", "channel": GENERAL, "ts": "1", "action_id": 3},
        {"as": ADA, "act": "react", "channel": GENERAL, "ts": 1, "name": "eyes"},
        {"as": ADA, "act": "submit", "values": []},
        {"as": ADA, "act": "submit", "values": [1]},
        {"as": ADA, "act": "submit", "values": {"a": {"b": 1}}},
        {"as": ADA, "act": "submit", "values": {"a": 1.5}},
        {"as": ADA, "act": "clock"},
        {"as": ADA, "act": "clock", "to": None},
        {"as": ADA, "act": "tour", "step": "one"},
        {"as": ADA, "act": "tour", "step": True},
    ],
)
def test_what_is_no_act_is_a_bad_request_with_a_sentence(demo: Client, body: object) -> None:
    status, answer = demo.post(body)
    if body == {"as": ADA, "act": "submit", "values": []}:
        assert (status, answer["ok"]) == (200, False), "nothing was typed, and nothing is open"
        return
    assert status == 400
    assert answer["error"].endswith(".")


def test_no_wrong_value_breaks_the_server(demo: Client) -> None:
    """Values of the wrong sort for an input are the client's refusal, never an error."""
    demo.act(ADA, "say", channel=CHECKOUT, text="/digest")
    demo.until(lambda: demo.state()["modal"])
    for block in (kit.BLOCK_FEATURES, kit.BLOCK_TIME, kit.BLOCK_TIMEZONE, kit.BLOCK_MOST, "none"):
        for value in (["a"], "no such", 7, None, "", [], "\x00", "x" * 5_000):
            status, answer = demo.post({"as": ADA, "act": "submit", "values": {block: value}})
            assert status == 200, (block, value, answer)
            if demo.state()["modal"] is None:
                demo.act(ADA, "say", channel=CHECKOUT, text="/digest")
                demo.until(lambda: demo.state()["modal"])
    demo.act(ADA, "close")


def test_a_reaction_that_was_put_off_is_finished(demo: Client) -> None:
    """A reaction that comes while the outbox is at work waits; the demo's time passes for it."""
    stage = demo.world.stage
    event = ReactionEvent("T0EARSHOT", "Ev-lost", ADDED, BEN, "eyes", GENERAL, "1.2", "1.3")
    assert record(stage.context, event, stage.now)
    demo.act(ADA, "say", channel=GENERAL, text="on we go")
    demo.until(lambda: not opened(demo, "Ev-lost"))


def opened(demo: Client, event: str) -> bool:
    with demo.world.stage.context.store.read() as session:
        return is_open(session, "T0EARSHOT", event)


def test_several_people_act_at_once(demo: Client) -> None:
    def talk(user: str) -> list[bool]:
        said = [demo.act(user, "say", channel=GENERAL, text=f"{user} {n}") for n in range(5)]
        asked = demo.act(user, "say", channel=GENERAL, text="/friction login")
        return [each["ok"] for each in [*said, asked]]

    people = [ADA, BEN, MIRA, "U0NOOR"]
    with ThreadPoolExecutor(len(people)) as pool:
        assert all(all(each) for each in pool.map(talk, people))
    for user in people:
        answered(demo, user, GENERAL, "Login")
        state = demo.state(user, GENERAL)
        own = [m["text"] for m in state["messages"] if m["text"].startswith(user)]
        assert own == [f"{user} {n}" for n in range(5)]


def test_what_is_written_to_earshot_directly_is_answered_there(demo: Client) -> None:
    direct = next(each["id"] for each in demo.state(BEN)["channels"] if each["is_im"])
    demo.act(BEN, "say", channel=direct, text="checkout kind:broken")

    def look() -> Any:
        found = [m for m in demo.state(BEN, direct)["messages"] if m["blocks"]]
        return next((m for m in found if "Checkout" in texts(m["blocks"])), None)

    assert not demo.until(look)["ephemeral"]
