"""The webhook for notes: who may, what is taken, and what is said of the rest."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.config import Settings
from bot.demo.stage import Stage
from bot.reports import Feature
from bot.service import catalogue
from conftest import NOW
from storage import notes
from storage.notes import NoteValue

TOKEN = "planted-token-0001"
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


class NotedStage(Stage):
    token = TOKEN

    def settings(self) -> Settings:
        return replace(super().settings(), notes_token=self.token)


class ClosedStage(NotedStage):
    token = ""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with NotedStage(tmp_path_factory.mktemp("notes"), NOW, "http") as opened:
        catalogue.bring_in(opened.context, [Feature("checkout", "Checkout")])
        yield opened


def send(
    stage: Stage, body: bytes | dict[str, Any], token: str | None = f"Bearer {TOKEN}"
) -> tuple[int, dict[str, Any]]:
    address = urlsplit(str(stage.slack.request_url))
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        headers = {} if token is None else {"authorization": token}
        connection.request("POST", "/notes", body=sent, headers=headers)
        answer = connection.getresponse()
        read = answer.read()
        return answer.status, json.loads(read) if read else {}
    finally:
        connection.close()


def kept(stage: Stage) -> list[NoteValue]:
    with stage.context.store.read() as session:
        return notes.between(session, NOW - timedelta(days=3_000), FOREVER)


def test_a_note_is_kept_once_however_often_it_is_sent(stage: Stage) -> None:
    said = {"text": " deployed\n4.2 ", "at": "2026-11-01T09:30:00Z", "feature": "Checkout"}
    for _ in range(2):
        assert send(stage, said) == (
            201,
            {"at": "2026-11-01T09:30:00+00:00", "text": "deployed 4.2", "feature": "checkout"},
        )
    assert [(note.text, note.feature) for note in kept(stage)].count(
        ("deployed 4.2", "checkout")
    ) == 1


def test_a_note_without_a_moment_is_of_now_and_of_the_whole_product(stage: Stage) -> None:
    status, said = send(stage, {"text": "incident 17"})
    assert (status, said["feature"]) == (201, None)
    assert datetime.fromisoformat(said["at"]) == NOW


@pytest.mark.parametrize(
    "token", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer ü"]
)
def test_only_the_token_opens_it(
    stage: Stage, caplog: pytest.LogCaptureFixture, token: str | None
) -> None:
    before = kept(stage)
    with caplog.at_level(logging.DEBUG):
        assert send(stage, {"text": "hunter2"}, token) == (401, {})
    assert kept(stage) == before
    assert "hunter2" not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Send JSON"),
        (b"{", "Send JSON"),
        (b"\xff\xfe", "Send JSON"),
        (b"[" * 5_000, "Send JSON"),
        (b"[]", "Send JSON"),
        (b'{"text": 7}', "Send JSON"),
        (b'{"text": "  "}', "Say what happened"),
        (b'{"text": "a", "at": "yesterday"}', "is to be a moment"),
        (b'{"text": "a", "at": "9999-12-31T23:59:59-23:00"}', "is to be a moment"),
        (b'{"text": "a", "feature": "chekout page two"}', "No feature is called"),
        (b'{"text": "' + b"a" * 300 + b'"}', "at most 200 characters"),
        (b'{"text": "' + b"a" * 20_000 + b'"}', "at most 200 characters"),
    ],
)
def test_what_cannot_be_kept_is_answered_with_the_reason(
    stage: Stage, body: bytes, said: str
) -> None:
    before = kept(stage)
    status, answer = send(stage, body)
    assert status == 400
    assert said in answer["error"]
    assert kept(stage) == before


ODD_JSON = {
    "NaN": b'{"text": "a", "at": NaN}',
    "Infinity anywhere": b'{"text": "a", "size": Infinity}',
    "a name twice": b'{"text": "a", "text": "b"}',
    "a name twice further down": b'{"text": "a", "x": {"y": 1, "y": 2}}',
    "5000 digits": b'{"text": "a", "at": ' + b"9" * 5_000 + b"}",
    "9000 brackets": b'{"text": "a", "x": ' + b"[" * 4_500 + b"]" * 4_500 + b"}",
    "200000 brackets": b'{"text": "a", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "half a character": b'{"text": "\\ud800"}',
}


@pytest.mark.case(21)
@pytest.mark.parametrize("body", ODD_JSON.values(), ids=ODD_JSON)
def test_json_that_is_none_leaves_no_note_and_the_next_is_taken(stage: Stage, body: bytes) -> None:
    before = kept(stage)
    assert send(stage, body)[0] == 400
    assert kept(stage) == before
    assert send(stage, {"text": "deployed 4.2", "at": "2026-11-01T09:30:00Z"})[0] == 201


ODD_MOMENTS = [
    *(
        "2099-01-01",
        "9999-12-31T23:59:59Z",
        "10000-01-01",
        "0001-01-01",
        "1969-12-31",
        "1989-12-31",
    ),
    *("", " ", "now", 1e18, -1, 0, 2**63, True, [], {}, "2026-11-03T25:00"),
]


@pytest.mark.case(23)
@pytest.mark.parametrize("at", ODD_MOMENTS)
def test_a_note_of_no_time_is_refused(stage: Stage, at: object) -> None:
    before = kept(stage)
    status, answer = send(stage, {"text": "a", "at": at})
    assert status == 400
    assert "moment" in answer["error"]
    assert kept(stage) == before


@pytest.mark.case(23)
def test_a_note_without_a_zone_is_in_utc_and_may_be_planned_ahead(stage: Stage) -> None:
    status, said = send(stage, {"text": "moving house", "at": "2027-02-01T09:30"})
    assert (status, said["at"]) == (201, "2027-02-01T09:30:00+00:00")


def test_without_a_token_of_its_own_it_is_not_there(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with ClosedStage(tmp_path_factory.mktemp("closed"), NOW, "http") as closed:
        assert send(closed, {"text": "a"}, "Bearer ")[0] == 404
        assert kept(closed) == []


def test_a_note_is_kept_without_personal_data(stage: Stage) -> None:
    told = "rolled back for jane.doe@example.com, she is on +44 20 7946 0958"
    status, said = send(stage, {"text": told})
    assert status == 201
    text = str(said["text"])
    assert text.startswith("rolled back for ")
    for personal in ("jane", "example.com", "7946"):
        assert personal not in text
    assert text in [note.text for note in kept(stage)]
