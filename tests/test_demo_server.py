"""The page's server: what it shows, to whom, and whom it refuses."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk.errors import SlackApiError

from bot.demo import feed as feeds
from bot.demo import server, surface, view
from bot.demo.emoji import EMOJI, character
from bot.demo.run import served
from demo_client import ADA, BEN, CHECKOUT, GENERAL, GUS, MIRA, SUPPORT, Client, texts

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def demo() -> Iterator[Client]:
    """One demo for all tests that leave its clock alone."""
    with served(feeds.sample(earlier=False), 0) as (world, address):
        client = Client(world, address)
        client.idle()
        yield client


# --- who is let in


def every_answer(demo: Client) -> list[tuple[str, str]]:
    return [("GET", path) for path in ("/", "/page/none.js", "/api/state?as=U0ADA", "/nowhere")] + [
        ("POST", "/api/act"),
        ("PUT", "/api/state"),
    ]


def test_every_answer_carries_the_headers_that_keep_other_pages_out(demo: Client) -> None:
    for method, path in every_answer(demo):
        _, headers, _ = demo.send(method, path)
        assert headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "[::1]", ""])
def test_another_host_name_is_refused(demo: Client, host: str) -> None:
    named = host.format(port=demo.port)
    for path in ("/", "/page/base.css", "/api/state?as=U0ADA", "/api/events"):
        status, _, body = demo.send("GET", path, headers={"host": named})
        assert status == 421
        assert b"U0ADA" not in body


def test_localhost_is_the_same_place(demo: Client) -> None:
    host = f"localhost:{demo.port}"
    status, _, _ = demo.send("GET", "/api/tour", headers={"host": host})
    assert status == 200
    headers = {"host": host, "origin": f"http://{host}", "content-type": "application/json"}
    body = json.dumps({"as": ADA, "act": "read", "channel": GENERAL}).encode()
    assert demo.send("POST", "/api/act", body, headers)[0] == 200


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:{port}"],
)
def test_a_post_of_another_site_is_refused(demo: Client, origin: str | None) -> None:
    headers = {"content-type": "application/json"}
    if origin is not None:
        headers["origin"] = origin.format(port=demo.port)
    body = json.dumps({"as": ADA, "act": "say", "channel": GENERAL, "text": "forged"}).encode()
    assert demo.send("POST", "/api/act", body, headers)[0] == 403
    assert "forged" not in json.dumps(demo.state(ADA, GENERAL))


def test_a_form_post_is_refused(demo: Client) -> None:
    headers = {"origin": f"http://{demo.host}", "content-type": "text/plain"}
    assert demo.send("POST", "/api/act", b"{}", headers)[0] == 415


def test_two_host_headers_are_refused(demo: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", demo.port)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("host", demo.host)
    connection.putheader("host", "evil.example")
    connection.endheaders()
    assert connection.getresponse().status in (400, 421)
    connection.close()


# --- files


def test_the_page_and_its_files_are_served(demo: Client) -> None:
    status, headers, body = demo.send("GET", "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body.lower().startswith(b"<!doctype html>")
    named = set(re.findall(rb'(?:src|href)="(/page/[^"]+)"', body))
    assert named
    for path in named:
        status, headers, _ = demo.send("GET", path.decode())
        assert (path, status) == (path, 200)
        assert headers["content-type"] in server.TYPES.values()


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/..%2fserver.py",
        "/page/%2e%2e%2fserver.py",
        "/page/..%5cserver.py",
        "/page//etc/passwd",
        "/page/%2fetc%2fpasswd",
        "/page/.",
        "/page/",
        "/page/server.py",
        "/page/index.html%00.js",
        "/../server.py",
    ],
)
def test_nothing_else_is_served(demo: Client, path: str) -> None:
    status, _, body = demo.send("GET", path)
    assert status == 404
    assert b"import" not in body


# --- the state


def test_the_state_is_what_a_person_sees(demo: Client) -> None:
    state = demo.state(ADA, CHECKOUT)
    assert state["now"] == "2026-10-29T07:00:00+00:00"
    assert state["today"] == "Thu 29 Oct 2026, 08:00"
    assert state["me"] == {
        "id": ADA,
        "name": "ada",
        "real_name": "Ada Park",
        "role": "engineer",
        "is_guest": False,
    }
    assert [each["role"] for each in state["people"]] == [
        *["engineer"] * 3,
        *["product"] * 2,
        "guest",
    ]
    assert state["own_data"] is None
    assert state["thread"] is None
    assert state["modal"] is None
    assert state["emoji"]["bulb"] == "💡"
    assert {"read", "total", "note"} == set(state["feed"])
    channel = next(each for each in state["channels"] if each["id"] == CHECKOUT)
    assert channel == {
        "id": CHECKOUT,
        "name": "checkout-eng",
        "is_private": False,
        "is_shared": False,
        "is_im": False,
        "unread": channel["unread"],
        "member": True,
        "bot_member": True,
    }


def test_the_workspace_lives_already(demo: Client) -> None:
    """Yesterday's digest stands in the channel, set up by Mira, with answers in its thread."""
    digest = next(m for m in demo.state()["messages"] if m["bot"])
    assert (digest["date"], digest["time"]) == ("Wed 28 Oct 2026", "09:31")
    assert digest["name"] == "Earshot"
    assert digest["replies"] >= 1
    thread = demo.get(f"/api/thread?as={BEN}&channel={CHECKOUT}&ts={digest['ts']}")
    assert thread["root"]["text"] == digest["text"]
    assert len(thread["replies"]) == digest["replies"]
    assert {"name": "open_mouth", "char": "😮", "users": ["Ben Ortiz"], "mine": True} in (
        thread["replies"][0]["reactions"]
    )
    calls = demo.world.stage.slack.calls
    assert all(call.answer["ok"] for call in calls), "nothing of it was refused"


def test_each_person_has_their_own_channels(demo: Client) -> None:
    def ids(user: str) -> list[str]:
        return [each["id"] for each in demo.state(user)["channels"]]

    assert "C0PRIVATE" in ids(MIRA)
    assert "C0PRIVATE" not in ids(BEN)
    *rooms, direct = ids(GUS)
    assert rooms == [GENERAL, SUPPORT]
    assert direct.startswith("D")
    assert direct not in ids(BEN)
    assert demo.state(GUS, CHECKOUT)["channel"] == GENERAL, "a guest does not look in"
    assert demo.state(BEN, "C0PRIVATE")["channel"] != "C0PRIVATE"


def test_unread_counts_what_others_wrote_until_it_is_read(demo: Client) -> None:
    def unread(user: str) -> int:
        channels = demo.state(user)["channels"]
        return next(int(each["unread"]) for each in channels if each["id"] == GENERAL)

    before = unread(MIRA)
    demo.act("U0NOOR", "say", channel=GENERAL, text="Lunch?")
    assert unread(MIRA) == before + 1
    assert unread("U0NOOR") == 0
    demo.act(MIRA, "read", channel=GENERAL)
    assert unread(MIRA) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/api/state",
        "/api/state?as=U0NOBODY",
        "/api/state?as=U0EARSHOT",
        "/api/thread?as=U0ADA",
        "/api/thread?as=U0GUS&channel=C0CHECKOUT&ts=1",
        "/api/thread?as=x&channel=C0CHECKOUT&ts=1",
        "/api/inspect?after=-1",
        "/api/inspect?after=x",
        "/api/inspect?after=" + "9" * 40,
    ],
)
def test_a_wrong_question_gets_a_sentence(demo: Client, path: str) -> None:
    status, _, body = demo.send("GET", path)
    assert status in (400, 404)
    assert json.loads(body)["error"].endswith(".")


def test_a_guest_cannot_read_a_thread_elsewhere(demo: Client) -> None:
    root = next(m for m in demo.state()["messages"] if m["replies"])
    status, _, _ = demo.send("GET", f"/api/thread?as={GUS}&channel={CHECKOUT}&ts={root['ts']}")
    assert status == 404


def test_commands_and_shortcuts_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    features = manifest["features"]
    commands = [
        {name: each.get(name, "") for name in ("command", "description", "usage_hint")}
        for each in features["slash_commands"]
    ]
    assert list(surface.COMMANDS) == commands
    shortcuts = [
        {"name": each["name"], "callback_id": each["callback_id"]} for each in features["shortcuts"]
    ]
    assert list(surface.SHORTCUTS) == shortcuts
    assert features["app_home"]["messages_tab_enabled"], "people may write to it directly"


def test_emoji_have_their_characters() -> None:
    assert character("raising_hand::skin-tone-3") == "🙋🏼"
    assert character("no_such_emoji") == ""
    assert all(character(name) == char for name, char in EMOJI.items())


# --- the inspector


def test_the_inspector_shows_both_directions_without_what_authenticates(demo: Client) -> None:
    demo.act(ADA, "say", channel=SUPPORT, text="/friction login")
    demo.until(lambda: demo.state(ADA, SUPPORT)["messages"][-1]["ephemeral"])
    status, _, body = demo.send("GET", "/api/inspect")
    assert status == 200
    calls = json.loads(body)["calls"]
    assert {each["direction"] for each in calls} == {"bot → Slack", "Slack → bot"}
    numbers = [each["number"] for each in calls]
    assert numbers == sorted(set(numbers))
    assert len(calls) <= view.MOST_CALLS
    command = next(c for c in calls if c["method"] == "slash_commands /friction")
    assert command["arguments"]["text"] == "login"
    assert command["answer"]["status"] == 200
    slack = demo.world.stage.slack
    for secret in (slack.token, slack.app_token, slack.signing_secret, "v0=", "verification-token"):
        assert secret not in body.decode()
    assert 'response_url":' not in body.decode()
    later = demo.get(f"/api/inspect?after={numbers[-1]}")["calls"]
    assert all(each["number"] > numbers[-1] for each in later)


def test_the_inspector_shows_what_slack_refuses(demo: Client) -> None:
    with pytest.raises(SlackApiError):
        demo.world.stage.earshot.client.chat_postMessage(
            channel=GENERAL, text="x", blocks=[{"type": "header", "text": "wrong"}]
        )
    refused = [c for c in demo.get("/api/inspect")["calls"] if c["faults"]]
    assert refused[-1]["method"] == "chat.postMessage"
    assert refused[-1]["answer"]["ok"] is False


def test_without_tokens_looks_everywhere() -> None:
    payload = {"token": "x", "a": [{"trigger_id": "y", "b": 1}], "response_url": "z", "t": ("u",)}
    assert view.without_tokens(payload) == {"a": [{"b": 1}], "t": ["u"]}


# --- events


def lines(answer: http.client.HTTPResponse) -> Iterator[str]:
    while line := answer.readline():
        yield line.decode().strip()


def test_events_tell_each_browser_of_a_change(demo: Client) -> None:
    streams = [http.client.HTTPConnection("127.0.0.1", demo.port, timeout=20) for _ in range(2)]
    found: list[Any] = []
    for each in streams:
        each.request("GET", "/api/events", headers={"host": demo.host})
        answer = each.getresponse()
        assert answer.getheader("content-type", "").startswith("text/event-stream")
        found.append(lines(answer))
    first = [version(each) for each in found]
    demo.act(ADA, "say", channel=SUPPORT, text="hello")
    for before, each in zip(first, found, strict=True):
        assert version(each) > before
    for each in streams:
        each.close()


def version(stream: Iterator[str]) -> int:
    line = next(line for line in stream if line.startswith("data: "))
    return int(json.loads(line.removeprefix("data: "))["version"])


def test_a_silent_stream_is_pinged(demo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PING_SECONDS", 0.05)
    stream = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=20)
    stream.request("GET", "/api/events", headers={"host": demo.host})
    assert next(line for line in lines(stream.getresponse()) if line.startswith(":")) == ": ping"
    stream.close()


# --- hostile tickets


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> The checkout page fails <!channel> "
    "<@U0ADA> *bold* <https://evil.example|click> \u202egnp.exe when I pay"
)


def test_hostile_text_leaves_the_server_as_json_only(tmp_path: Path) -> None:
    rows = [
        {
            "id": str(number),
            "created_at": f"2026-03-{1 + number // 24:02d}T{number % 24:02d}:00:00Z",
            "subject": "</script><b>Checkout</b>",
            "description": f"{HOSTILE} {number}",
            "tags": ["checkout"],
        }
        for number in range(240)
    ]
    path = tmp_path / "hostile.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    with served(feeds.own(path, feeds.SAMPLE_READ_AT), 0) as (world, address):
        client = Client(world, address)
        client.act(ADA, "say", channel=SUPPORT, text="/friction checkout 90d")
        client.until(lambda: "evil" in texts(client.state(ADA, SUPPORT)["messages"]))
        status, headers, _ = client.send("GET", f"/api/state?as={ADA}&channel={SUPPORT}")
        assert status == 200
        assert headers["content-type"] == "application/json"
        assert headers["x-content-type-options"] == "nosniff"
        client.act(BEN, "say", channel=SUPPORT, text=HOSTILE)
        assert client.state(ADA, SUPPORT)["messages"][-1]["text"] == HOSTILE, "data, unchanged"
        assert client.state()["own_data"]["name"] == "hostile.jsonl"
        index = client.send("GET", "/")[2]
        assert b"evil" not in index
