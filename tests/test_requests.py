"""Requests over HTTP: what is not Slack's is refused, without effect and without a trace of it."""

from __future__ import annotations

import http.client
import json
import logging
import os
import random
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from bot import limits
from bot.blocks import kit
from bot.demo.fake_slack.transport import signature
from bot.demo.stage import Stage
from conftest import NOW
from doors import Door, Who, doors, request
from people import (
    ADA,
    CHECKOUT,
    PRIVATE,
    SUPPORT,
    TEAM,
    card_post,
    events_done,
    finish_listeners,
    rows,
    take_some_tickets,
    told,
)

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

SECRET = "hunter2-planted"
Headers = Mapping[str, str | None]
NO_CHANGE: Headers = {}
TIMESTAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MENTION = {
    "type": "event_callback",
    "team_id": TEAM,
    "event_id": "Ev0001",
    "event": {"type": "app_mention", "user": ADA, "channel": SUPPORT, "text": SECRET, "ts": "1.1"},
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One stage for all requests that must leave no mark on it."""
    with Stage(tmp_path_factory.mktemp("door"), NOW, "http") as opened:
        yield opened


def post(
    stage: Stage, body: bytes, kind: str = JSON, headers: Headers = NO_CHANGE, method: str = "POST"
) -> int:
    """Send a rightly signed request but for what `headers` says otherwise; the status."""
    address = urlsplit(str(stage.slack.request_url))
    stamp = int(time.time())
    sent: dict[str, str | None] = {
        "content-type": kind,
        TIMESTAMP: str(stamp),
        SIGNATURE: signature(stage.slack.signing_secret, stamp, body),
    }
    sent |= headers
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        kept = {name: value for name, value in sent.items() if value is not None}
        connection.request(method, address.path, body=body, headers=kept)
        return connection.getresponse().status
    finally:
        connection.close()


def signed_at(stage: Stage, stamp: int, body: bytes) -> Headers:
    return {
        TIMESTAMP: str(stamp),
        SIGNATURE: signature(stage.slack.signing_secret, stamp, body),
    }


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Who logged what, but for the server's own event loop as it starts."""
    return [record.name for record in caplog.records if record.name != "asyncio"]


def assert_unmentioned(caplog: pytest.LogCaptureFixture, secret: str = SECRET) -> None:
    for record in caplog.records:
        assert secret not in str(record.__dict__), record.name
        assert secret not in record.getMessage()
    assert secret not in caplog.text


BODY = json.dumps(MENTION).encode()
REFUSED: dict[str, tuple[bytes, str, Headers]] = {
    "forged": (BODY, JSON, {SIGNATURE: "v0=" + "0" * 64}),
    "timestamp is no number": (BODY, JSON, {TIMESTAMP: "abc"}),
    "timestamp in other digits": (BODY, JSON, {TIMESTAMP: "\u00b2\u00b3"}),
    "timestamp of 5000 digits": (BODY, JSON, {TIMESTAMP: "9" * 5000}),
    "timestamp empty": (BODY, JSON, {TIMESTAMP: ""}),
    "timestamp missing": (BODY, JSON, {TIMESTAMP: None}),
    "signature empty": (BODY, JSON, {SIGNATURE: ""}),
    "signature missing": (BODY, JSON, {SIGNATURE: None}),
    "signature not ASCII": (BODY, JSON, {SIGNATURE: "v0=\u00e9"}),
    "both missing": (BODY, JSON, {SIGNATURE: None, TIMESTAMP: None}),
    "broken JSON, unsigned": (BODY[:-1], JSON, {SIGNATURE: "v0=0"}),
    "broken JSON, signed": (BODY[:-1], JSON, {}),
    "broken JSON said to be a form": (BODY[:-1], FORM, {}),
    "broken payload": (urlencode({"payload": BODY[:-1]}).encode(), FORM, {}),
    "second payload broken": (b"payload={}&payload={" + SECRET.encode(), FORM, {}),
    "JSON, but no object": (json.dumps([SECRET]).encode(), JSON, {}),
    "event that is no object": (json.dumps({"event": SECRET}).encode(), JSON, {}),
    "event that is an empty list": (json.dumps(MENTION | {"event": []}).encode(), JSON, {}),
    "event that is null": (json.dumps(MENTION | {"event": None}).encode(), JSON, {}),
    "nested too deeply": (b"[" * 200_000 + SECRET.encode(), JSON, {}),
    "invalid UTF-8": (SECRET.encode() + b"\xff\xfe", FORM, {}),
    "invalid UTF-8, unsigned": (SECRET.encode() + b"\xff", FORM, {SIGNATURE: "v0=0"}),
    "two megabytes": (SECRET.encode() * 140_000, FORM, {}),
    "other content type": (BODY, "text/plain", {}),
    "no content type": (BODY, JSON, {"content-type": None}),
    "form with more fields than Slack has": (b"&".join([b"a=hunter2-planted"] * 999), FORM, {}),
    "ssl_check unsigned": (b"ssl_check=1&t=" + SECRET.encode(), FORM, {SIGNATURE: "v0="}),
}


@pytest.mark.case(39)
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_slacks_gets_401_and_one_line_without_its_body(
    door: Stage, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    caplog.set_level(logging.DEBUG)
    body, kind, headers = REFUSED[case]
    caplog.clear()
    assert post(door, body, kind, headers) == 401
    assert lines(caplog) == ["earshot.web"]
    assert_unmentioned(caplog)
    assert not rows(door, "SELECT * FROM inbox")


@pytest.mark.case(39)
@pytest.mark.parametrize("age", [-360, -301, 360])
def test_a_signature_is_good_for_five_minutes_only(
    door: Stage, caplog: pytest.LogCaptureFixture, age: int
) -> None:
    caplog.set_level(logging.DEBUG)
    stamp = int(time.time()) + age
    assert post(door, BODY, JSON, signed_at(door, stamp, BODY)) == 401
    assert lines(caplog) == ["earshot.web"]
    assert_unmentioned(caplog)


@pytest.mark.case(39)
def test_a_signature_of_another_body_or_secret_is_refused(door: Stage) -> None:
    stamp = int(time.time())
    for secret, body in ((door.slack.signing_secret, BODY + b" "), ("", BODY), ("other", BODY)):
        assert post(door, BODY, JSON, {SIGNATURE: signature(secret, stamp, body)}) == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_post_is_listened_to(door: Stage, method: str) -> None:
    assert post(door, b"", method=method) == 405


def test_slacks_own_checks_are_answered(door: Stage) -> None:
    challenge = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert post(door, challenge) == 200
    assert post(door, challenge, "application/json; charset=utf-8") == 200


@pytest.mark.case(39)
def test_another_workspaces_signed_request_has_no_effect(
    http_stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    calls = len(http_stage.slack.calls)
    reaction = {
        "type": "reaction_added",
        "user": ADA,
        "reaction": "bulb",
        "item": {"type": "message", "channel": SUPPORT, "ts": "1.1"},
        "event_ts": "1.2",
    }
    for event in (MENTION["event"], reaction):
        body = json.dumps(MENTION | {"team_id": "T0OTHER", "event": event}).encode()
        assert post(http_stage, body) == 200, "an error would let Slack send it again"
    command = {"command": "/friction", "text": SECRET, "team_id": "T0OTHER", "user_id": ADA}
    assert post(http_stage, urlencode(command).encode(), FORM) == 200
    assert not rows(http_stage, "SELECT * FROM inbox")
    assert not http_stage.slack.ephemerals(ADA)
    assert len(http_stage.slack.calls) == calls, "Slack was not asked anything for strangers"
    assert "Traceback" not in caplog.text
    assert_unmentioned(caplog)


def test_a_person_of_another_workspace_is_told_so(http_stage: Stage) -> None:
    delivery = http_stage.slack.slash_command(ADA, SUPPORT, "/friction", "checkout")
    told(http_stage, ADA)
    command = dict(delivery.payload) | {"team_id": "T0OTHER"}
    assert post(http_stage, urlencode(command).encode(), FORM) == 200
    assert "not installed in your workspace" in str(told(http_stage, ADA, 2).blocks)


@pytest.mark.case(39)
def test_a_replayed_event_has_no_effect_twice(http_stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(http_stage, tmp_path)
    slack = http_stage.slack
    mention = slack.mention(ADA, SUPPORT, "checkout")
    told(http_stage, ADA)
    card = card_post(http_stage)
    reaction = slack.react(ADA, CHECKOUT, card.ts, "open_mouth")
    events_done(http_stage, 2)
    slack.unreact(ADA, CHECKOUT, card.ts, "open_mouth")
    events_done(http_stage, 3)
    for delivery in (mention, reaction):
        for number in (None, 1, 2, 3):
            assert slack.redeliver(delivery, retry_num=number).ok
    finish_listeners(http_stage)
    assert len(slack.ephemerals(ADA)) == 1
    assert rows(http_stage, "SELECT present FROM reaction") == [(0,)]
    assert len(rows(http_stage, "SELECT * FROM inbox")) == 3


def test_health_is_open_to_all_and_tells_nothing_else(door: Stage) -> None:
    address = urlsplit(str(door.slack.request_url))
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request("GET", "/health")
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (200, {"ok": True})
    connection.close()


# --- anything at all ------------------------------------------------------------------------

JUNK: list[Any] = ["", "odd", 0, -1, 1e9, None, True, [], {}, ["odd"], {"id": "odd"}, "\ud800"]
JUNK += [{"type": "odd"}, TEAM, ADA, 2**63, "9" * 400, "odd\0", "javascript:odd()", "C0NOWHERE"]
FUZZED = int(os.environ.get("FUZZED_REQUESTS", "300"))
"""`make hostile` sends 10,000."""
INTERACTION = {"team": {"id": TEAM}, "user": {"id": ADA}, "channel": {"id": SUPPORT}}
BUTTON = {"type": "button", "action_id": "friction_ask", "block_id": "b", "value": '{"q": "a"}'}
STATE = {"title": {"value": {"type": "plain_text_input", "value": SECRET}}}
VIEW = {"id": "V1", "type": "modal", "callback_id": kit.VIEW_TAG}
VIEW["private_metadata"] = json.dumps({"channel": SUPPORT, "ts": "1.1", "home": CHECKOUT})
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("event", MENTION),
    ("event", MENTION | {"event": {"type": "app_home_opened", "user": ADA, "tab": "home"}}),
    (
        "event",
        MENTION
        | {
            "event": {
                "type": "reaction_added",
                "user": ADA,
                "reaction": "bulb",
                "item": {"type": "message", "channel": SUPPORT, "ts": "1.1"},
                "event_ts": "1.2",
            }
        },
    ),
    ("interaction", INTERACTION | {"type": "block_actions", "actions": [BUTTON]}),
    (
        "interaction",
        INTERACTION | {"type": "view_submission", "view": VIEW | {"state": {"values": STATE}}},
    ),
    (
        "interaction",
        INTERACTION | {"type": "message_action", "callback_id": "tag_message", "message": {}},
    ),
    ("command", {"command": "/friction", "text": "a", "team_id": TEAM, "user_id": ADA}),
]


def mutated(value: Any, chance: random.Random) -> Any:
    """The same with parts left out or put in the place of others, also within what is carried."""
    if isinstance(value, str) and value.startswith("{"):
        return json.dumps(mutated(json.loads(value), chance))
    if isinstance(value, list):
        return [mutated(each, chance) for each in value]
    if not isinstance(value, dict):
        return value
    kept = [(name, part) for name, part in value.items() if chance.random() > 0.08]
    return {
        name: chance.choice(JUNK) if chance.random() < 0.1 else mutated(part, chance)
        for name, part in kept
    }


def encoded(sort: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    if sort == "event":
        return json.dumps(payload).encode(), JSON
    if sort == "interaction":
        return urlencode({"payload": json.dumps(payload)}).encode(), FORM
    plain = {name: part if isinstance(part, str) else "" for name, part in payload.items()}
    return urlencode(plain, errors="replace").encode(), FORM


def any_request(stage: Stage, chance: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    """A request of any door that is registered, or one of `REQUESTS`."""
    if chance.random() < 0.2:
        sort, payload = chance.choice(REQUESTS)
        return sort, payload | {"event_id": f"Ev{number}", "trigger_id": str(number)}
    answer_to = stage.slack.response_base() + stage.slack.space.grants.new_response(CHECKOUT, ADA)
    made = request(chance.choice(DOORS), Who(), str(number), answer_to)
    return SORTS[made.kind], dict(made.payload)


DOORS = list(doors())
SORTS = {"events_api": "event", "interactive": "interaction", "slash_commands": "command"}


@pytest.mark.case(39)
@pytest.mark.timeout(120 + FUZZED // 10)
def test_odd_requests_give_no_server_error(
    http_stage: Stage,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_some_tickets(http_stage, tmp_path)
    for counted in limits.MOST:
        monkeypatch.setitem(limits.MOST, counted, FUZZED)
    card_post(http_stage)
    chance = random.Random(20261103)
    statuses = set()
    caplog.set_level(logging.DEBUG)
    for number in range(FUZZED):
        sort, payload = any_request(http_stage, chance, number)
        body, kind = encoded(sort, mutated(payload, chance))
        if number % 7 == 0:
            body = bytes(chance.randrange(256) for _ in range(chance.randrange(200)))
        if number % 11 == 0:
            body = body[: chance.randrange(len(body) + 1)]
        forged: Headers = {SIGNATURE: "v0=" + "0" * 64} if number % 13 == 0 else {}
        statuses.add(post(http_stage, body, kind, forged))
    assert statuses <= {200, 401, 404}
    assert {200, 401} <= statuses
    finish_listeners(http_stage)
    assert_unmentioned(caplog)
    assert "Traceback" not in "".join(capfd.readouterr()), "uvicorn prints what nobody caught"
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]
    unforeseen = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in unforeseen if not of_the_stand_in(record)] == []


def of_the_stand_in(record: logging.LogRecord) -> bool:
    """Whether it is that the stand-in refused a modal, because a view was made up here."""
    said = record.getMessage().rstrip()
    return said.endswith(tuple(f"SlackApiError ({code})" for code in MADE_UP))


MADE_UP = ("not_found", "invalid_trigger_id", "invalid_arguments")


# --- what a modal carries ---------------------------------------------------------------------

TAGGED = {"channel": SUPPORT, "ts": "1.1", "link": "https://acme.slack.com/p1", "home": CHECKOUT}
CARRIED: list[tuple[str, dict[str, Any]]] = [
    (kit.VIEW_TAG, place) for place in ({"ticket": 4, "home": CHECKOUT}, TAGGED)
]
CARRIED.append((kit.VIEW_EDIT, {"insight": 1}))
LISTED = {"selected_options": [{"value": "checkout"}]}
KEPT = "SELECT id, ticket_id, message_channel, message_ts, message_link FROM insight"


def submitted(stage: Stage, name: str, number: int, place: Any, **typed: Any) -> int:
    made = request(Door("view", name), Who(), f"modal {number}", "")
    payload = json.loads(json.dumps(made.payload))
    payload["view"]["private_metadata"] = json.dumps(place)
    for block, element in typed.items():
        payload["view"]["state"]["values"][block] = {"v": element}
    body, kind = encoded("interaction", payload)
    return post(stage, body, kind)


@pytest.mark.case(39)
def test_what_a_modal_is_made_to_carry_is_refused_before_it_is_kept(
    http_stage: Stage,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    monkeypatch.setitem(limits.MOST, limits.Counted.BUTTONS, 10_000)
    forged: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (name, place | {part: odd}, {}) for name, place in CARRIED for part in place for odd in JUNK
    ]
    forged += [(name, place, {kit.BLOCK_FEATURE: LISTED}) for name, place in CARRIED]
    forged += [(kit.VIEW_EDIT, {"insight": 1}, {kit.BLOCK_OWNER: LISTED}), (kit.VIEW_TAG, {}, {})]
    for number, (name, place, typed) in enumerate(forged):
        assert submitted(http_stage, name, number, place, **typed) == 200, place
    finish_listeners(http_stage)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
    for _, ticket, channel, ts, link in rows(http_stage, KEPT):
        assert ticket is not None or (channel and ts), "an insight of nothing"
        assert link is None or link.startswith("https://")
        assert "\0" not in f"{channel}{ts}"


def test_a_tag_counts_only_in_a_channel_that_who_tags_is_in(
    http_stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    into = {kit.BLOCK_INSIGHT: {"selected_option": {"value": "1"}}}
    for number, home in enumerate((PRIVATE, "C0NOWHERE", CHECKOUT)):
        place = {"ticket": 2 + number, "home": home}
        assert submitted(http_stage, kit.VIEW_TAG, number, place, **into) == 200
        place = {"ticket": 5 + number, "home": home}
        assert submitted(http_stage, kit.VIEW_TAG, 10 + number, place) == 200
    finish_listeners(http_stage)
    counted = rows(http_stage, "SELECT DISTINCT channel FROM act WHERE kind = 'tagged'")
    assert counted == [(CHECKOUT,)]
