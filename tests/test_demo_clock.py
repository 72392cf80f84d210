"""The demo's clock and feed: time only moves forward, and brings what it brings exactly once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo import feed as feeds
from bot.demo import moments
from bot.demo.run import served
from bot.errors import UserError
from bot.reports import RankingReport
from bot.service.friction import ask
from demo_client import ADA, BEN, CHECKOUT, GENERAL, GUS, MIRA, Client, texts

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
THUNDERBIRD = SHARED / "thunderbird-2023.csv.gz"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- reckoning


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-10-29T07:00", "2026-10-30T08:35"),
        ("2026-10-30T08:35", "2026-11-02T08:35"),
        ("2026-10-31T12:00", "2026-11-02T08:35"),
        ("2026-10-23T12:00", "2026-10-26T08:35"),
        ("2026-10-22T23:30", "2026-10-26T08:35"),
        ("2026-06-01T22:30", "2026-06-03T07:35"),
    ],
)
def test_the_next_morning_is_a_working_days(now: str, morning: str) -> None:
    assert moments.next_morning(at(now)) == at(morning)


@pytest.mark.parametrize("to", ["2026-10-29", "2026-10-01", "2027-01-01", "soon", "", "9999-12-31"])
def test_the_clock_goes_neither_back_nor_far_nor_nowhere(to: str) -> None:
    with pytest.raises(moments.Backward):
        moments.target(at("2026-10-29T09:00"), to)


def test_a_jump_passes_what_is_due() -> None:
    now, end, due = at("2026-10-29T07:00"), at("2026-10-29T20:00"), at("2026-10-29T08:30")
    assert moments.next_stop(now, end, lambda _: due) == at("2026-10-29T08:31")
    assert moments.next_stop(now, end, lambda _: None) == at("2026-10-29T13:00")
    assert moments.next_stop(at("2026-10-29T19:00"), end, lambda _: None) == end


# --- moving


def digests(client: Client) -> list[Any]:
    messages = client.state()["messages"]
    return [m for m in messages if m["bot"] and "Each ticket is in the thread" in str(m)]


def test_moving_on_brings_tickets_and_the_digest_once() -> None:
    with served(feeds.sample(earlier=False), 0) as (world, address):
        client = Client(world, address)
        before = client.idle()
        assert len(digests(client)) == 1

        backward = client.act(ADA, "clock", to="2026-10-28")
        assert backward["ok"] is False
        assert "only moves forward" in backward["note"]
        assert "Thu 29 Oct 2026, 08:00" in backward["note"]

        moved = client.act(ADA, "clock", to="next morning")
        assert (moved["ok"], moved["note"]) == (True, "The clock moves to Fri 30 Oct 2026, 09:35.")
        after = client.idle()
        assert after["now"] == "2026-10-30T08:35:00+00:00"
        assert after["feed"]["total"] > before["feed"]["total"]
        came = len(digests(client))
        assert came <= 3, "Wednesday's, and Thursday's and Friday's or silence"

        # Two browsers at the same moment: each hour counts, nothing is doubled.
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda u: client.act(u, "clock", to="+1 hour"), [ADA, BEN]))
        assert all(each["ok"] for each in both)
        assert client.idle()["now"].startswith("2026-10-30T10:35:0")
        assert len(digests(client)) == came

        client.act(ADA, "clock", to="2026-11-05")
        final = client.idle()
        assert "all tickets have arrived" in final["feed"]["note"]
        assert final["feed"]["read"] == final["feed"]["total"] == 629
        report = ask(world.stage.context, "", world.stage.now)
        assert isinstance(report, RankingReport)
        assert report.total == 629, "each ticket is there once"
        days = [each["date"] for each in digests(client)]
        assert len(days) == len(set(days)), "one digest a day at most, on its own day"
        assert "Mon 2 Nov 2026" in days
        assert all(each["time"] == "09:31" for each in digests(client))
        assert all(each["replies"] for each in digests(client))


def test_the_tour_can_be_taken_by_its_buttons() -> None:
    with served(feeds.sample(earlier=False), 0) as (world, address):
        client = Client(world, address)
        client.idle()
        steps = client.get("/api/tour")
        assert 8 <= len(steps) <= 12
        done: dict[str, Any] = {}
        for step in steps:
            assert step["title"]
            assert step["text"]
            assert step["target"].isalpha()
            if step["do"]:
                status, answer = client.post(step["do"])
                assert status == 200
                done[step["title"]] = answer
                title = step["title"]
                client.until(partial(shows, client, title))
        refused = done.pop("A slip is caught")
        assert list(refused["errors"]) == [kit.BLOCK_TIMEZONE]
        assert all(each["ok"] for each in done.values()), done


def shows(client: Client, title: str) -> bool:
    """Whether the screen shows what a step promises."""
    state = client.state(ADA, CHECKOUT)
    looks: dict[str, Callable[[], Any]] = {
        "Ask what hurts": lambda: state["messages"][-1]["ephemeral"],
        "Keep a quote": lambda: state["modal"],
        "Save the insight": lambda: "Insight 1" in texts(state["messages"]),
        "Answer with one emoji": lambda: "1 surprised me" in texts(state["messages"]),
        "A morning's digest": lambda: not state["busy"] and len(digests(client)) > 1,
        "Whose digest, and when": lambda: client.state(MIRA)["modal"],
        "A slip is caught": lambda: client.state(MIRA)["modal"]["errors"],
        "Home": lambda: client.state(MIRA)["home"] and not client.state(MIRA)["modal"],
        "Not for everybody": lambda: client.state(GUS, GENERAL)["messages"][-1]["ephemeral"],
    }
    return bool(looks[title]())


# --- one's own file


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def row(number: int, day: str, **fields: object) -> dict[str, object]:
    text = f"The invoice page shows an error and I cannot pay, case {number}"
    return {"id": str(number), "created_at": f"{day}T12:00:00Z", "description": text, **fields}


def test_an_own_file_starts_nine_tenths_through(tmp_path: Path) -> None:
    rows = [row(n, f"2025-0{1 + n // 28}-{1 + n % 28:02d}") for n in range(100)]
    path = write(tmp_path / "own.jsonl", [*rows, {"id": "bad", "created_at": "?"}, rows[0]])
    feed = feeds.own(path, at("2026-01-01T00:00"))
    assert feed.start == at("2025-04-06T07:00")
    assert len(feed.bad) == 1
    with served(feed, 0) as (world, address):
        state = Client(world, address).idle()
        assert state["own_data"]["name"] == "own.jsonl"
        assert "Nothing leaves" in state["own_data"]["note"]
        assert "1 rows could not be read" in state["own_data"]["note"]
        assert state["feed"]["read"] == 89


@pytest.mark.parametrize("days", [["2025-03-05"], ["2025-03-05", "2025-03-06"]])
def test_a_tiny_file_is_read_before_the_start(tmp_path: Path, days: list[str]) -> None:
    rows = [row(number, day) for number, day in enumerate(days)]
    feed = feeds.own(write(tmp_path / "tiny.jsonl", rows), at("2026-01-01T00:00"))
    with served(feed, 0) as (world, address):
        assert Client(world, address).idle()["feed"]["read"] >= 1


@pytest.mark.parametrize("content", ["", "{}", '{"id": "1", "created_at": "?", "text": "x"}'])
def test_a_file_with_no_good_row_is_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=r"bad\.jsonl"):
        feeds.own(path, at("2026-01-01T00:00"))


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no file"):
        feeds.own(tmp_path / "none.csv", at("2026-01-01T00:00"))


@pytest.mark.skipif(not THUNDERBIRD.exists(), reason="the shared data are not here")
def test_six_thousand_tickets_are_read_while_the_page_is_open() -> None:
    feed = feeds.own(THUNDERBIRD, datetime.now(UTC))
    with served(feed, 0) as (world, address):
        client = Client(world, address)
        state = client.state()
        assert state["feed"]["read"] < state["feed"]["total"]
        assert re_reading(state["feed"]["note"])
        assert client.act(ADA, "say", channel=CHECKOUT, text="/friction")["ok"]
        client.until(lambda: client.state()["messages"][-1]["ephemeral"])
        assert client.act(ADA, "clock", to="+1 hour")["ok"], "the clock does not wait for it"
        first = state["feed"]["read"]
        client.until(lambda: client.state()["feed"]["read"] > first)


def re_reading(note: str) -> bool:
    return note.startswith("reading tickets ") and " of " in note
