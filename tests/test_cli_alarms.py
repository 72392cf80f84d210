"""`earshot alarms` and `earshot note`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alarm_tickets import UNTIL, as_stored, burst, numbered, quiet
from bot.config import load
from bot.service.context import open_context
from commandline import NOW, Run, runner
from own_tickets import put, write_catalogue

KEYS = {"feature", "theme", "opened", "closed", "observed", "expected", "ticket_ids"}


@pytest.fixture
def earshot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def history(database: str) -> str:
    """Quiet weeks, and a crowd two days before their end."""
    context = open_context(load(), create=True)
    write_catalogue(context)
    since = UNTIL.replace(day=1)
    crowd = burst(40, since, 3, saying="the voucher is rejected")
    put(context, *as_stored(numbered([*quiet(days=60), *crowd])))
    context.store.close()
    return database


def test_a_replay_prints_what_would_have_been_raised(earshot: Run, history: str) -> None:
    ended = earshot("alarms", "--replay", "--json", "--now", NOW)
    assert ended.code == 0
    [alarm] = ended.json["alarms"]
    assert alarm.keys() >= KEYS
    assert alarm["feature"] == "checkout"
    assert "voucher is rejected" in alarm["theme"]
    assert "2026-11-01T16:00:00Z" < alarm["opened"] <= "2026-11-01T19:00:00Z"
    assert alarm["observed"] >= 5 > alarm["expected"]
    assert len(alarm["ticket_ids"]) >= 5


@pytest.mark.parametrize(
    ("bounds", "count"),
    [
        (("--from", "2026-11-01", "--to", "2026-11-02"), 1),
        (("--to", "2026-11-01"), 0),
        (("--from", "2026-10-01", "--to", "2026-11-01T16:00Z"), 0),
    ],
)
def test_a_replay_keeps_to_its_bounds(
    earshot: Run, history: str, bounds: tuple[str, ...], count: int
) -> None:
    found = earshot("alarms", "--replay", "--json", "--now", NOW, *bounds).json["alarms"]
    assert len(found) == count


def test_a_replay_changes_nothing(earshot: Run, history: str) -> None:
    earshot("alarms", "--replay", "--now", NOW)
    assert earshot("alarms", "--json", "--now", NOW).json == {"alarms": []}


def test_without_json_a_person_reads_lines(earshot: Run, history: str) -> None:
    ended = earshot("alarms", "--replay", "--now", NOW)
    assert "1 alarm" in ended.out
    assert "Checkout" in ended.out
    assert "No alarms" in earshot("alarms", "--now", NOW).out


def test_without_tickets_there_is_nothing_to_replay(earshot: Run, filled: str) -> None:
    assert earshot("alarms", "--replay", "--json", "--now", NOW).json == {"alarms": []}


@pytest.mark.parametrize(
    "arguments",
    [
        ("alarms", "--from", "2026-01-01"),
        ("alarms", "--replay", "--from", "2026-02-01", "--to", "2026-01-01"),
        ("alarms", "--replay", "--from", "yesterday"),
    ],
)
def test_wrong_usage_is_said(earshot: Run, filled: str, arguments: tuple[str, ...]) -> None:
    assert earshot(*arguments).code == 2


def test_a_note_is_kept_and_said(earshot: Run, filled: str) -> None:
    ended = earshot("note", "deployed 4.2", "--at", "2026-11-03T14:05:00Z", "--feature", "checkout")
    assert (ended.code, ended.out) == (
        0,
        "Noted at 3 Nov 14:05 UTC, about Checkout: deployed 4.2\n",
    )


def test_a_note_about_an_unknown_feature_says_so(earshot: Run, filled: str) -> None:
    ended = earshot("note", "deployed 4.2", "--feature", "warp drive")
    assert ended.code == 1
    assert "No feature is called 'warp drive'" in ended.err


def test_a_note_steers_no_terminal(earshot: Run, filled: str) -> None:
    ended = earshot("note", "\x1b[31mdeployed\x07 4.4", "--at", "2026-11-03T14:05:00Z")
    assert ended.code == 0
    assert ended.out.endswith("deployed 4.4\n")
    assert not {"\x1b", "\x07"} & {*ended.out}
    assert earshot("note", "\x1b\x07").code == 1


def test_a_note_needs_no_tickets(earshot: Run, filled: str, tmp_path: Path) -> None:
    assert earshot("note", "deployed 4.3").code == 0
    assert json.loads(earshot("alarms", "--json").out) == {"alarms": []}
