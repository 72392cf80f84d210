"""The commands that read: JSON with stable keys, hints, and moments to look from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from commandline import NOW, Run, runner, written
from storage_rows import change, opened


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


# --- friction -------------------------------------------------------------------------------

FRICTION_KEYS = {
    *("reading", "feature", "search", "since", "until", "enough", "tickets", "customers"),
    *("previous", "kinds", "weeks", "themes", "quotes", "praise", "insights", "suggestions"),
}


def test_friction_as_json_has_the_keys_of_the_contract(run: Run, filled: str) -> None:
    ended = run("friction", "checkout 30d", "--json", "--now", NOW)
    found = ended.json
    assert (ended.code, ended.err) == (0, "")
    assert {*found} >= FRICTION_KEYS
    assert (found["feature"], found["tickets"], found["customers"]) == ("checkout", 8, 8)
    assert (found["since"], found["until"]) == ("2026-10-04T16:00:00Z", NOW)
    assert {*found["kinds"]} == {"broken", "confusing", "unexpected", "request", "praise"}
    assert {*found["previous"]} == {"tickets", "customers"}
    assert {*found["weeks"][0]} == {"start", "tickets", "customers"}
    assert datetime.strptime(found["weeks"][0]["start"], "%Y-%m-%d")
    assert {*found["quotes"][0]} == {"ticket_id", "kind", "text", "url"}
    assert found["insights"][0]["title"] == "Orders break"
    assert found["enough"] is True


def test_friction_alone_ranks_the_features(run: Run, filled: str) -> None:
    found = run("friction", "--json", "--now", NOW).json
    assert [each["feature"] for each in found["features"]] == ["checkout", "search"]
    keys = {"feature", "tickets", "customers", "previous", "acted", "is_owned"}
    assert {*found["features"][0]} == keys
    shown = run("friction", "--now", NOW)
    assert "Checkout hurts most" in shown.out


@pytest.mark.parametrize(
    "question", ["#checkout-3", "checkout-3", "ticket checkout-3", "https://help.example/tickets/7"]
)
def test_a_ticket_is_shown_by_its_id_or_link(run: Run, filled: str, question: str) -> None:
    number = "7" if question.startswith("https") else "3"
    shown = run("friction", question, "--now", NOW)
    assert (shown.code, shown.err) == (0, "")
    assert f"order {number}." in shown.out
    found = run("friction", question, "--json", "--now", NOW).json["ticket"]
    assert {*found} == {
        *("ticket_id", "source", "created_at", "subject", "text", "url", "kinds", "features"),
        *("segment", "quotes"),
    }
    assert (found["ticket_id"], found["features"]) == (f"checkout-{number}", ["checkout"])


def test_what_no_ticket_is_called_is_asked_otherwise(run: Run, filled: str) -> None:
    found = run("friction", "checkout-99 12w", "--json", "--now", NOW).json
    assert (found["feature"], "called" in found["note"]) == ("checkout", False)
    found = run("friction", "checkout-99", "--json", "--now", NOW).json
    assert found["feature"] == "checkout"
    assert found["note"].startswith('No ticket is called "checkout-99".')


def test_an_answer_is_narrowed_to_a_kind(run: Run, filled: str) -> None:
    found = run("friction", "checkout kind:broken", "--json", "--now", NOW).json
    whole = run("friction", "checkout", "--json", "--now", NOW).json
    assert found["reading"] == "Checkout · last 30 days · broken only"
    assert found["tickets"] == found["kinds"]["broken"] == whole["kinds"]["broken"] > 0
    assert {quote["kind"] for quote in found["quotes"]} == {"broken"}


def test_a_ranking_says_what_it_leaves_out(run: Run, filled: str) -> None:
    found = run("friction", "kind:broken", "--json", "--now", NOW).json
    assert "Not taken into account: kind." in found["note"]


def test_several_words_need_no_quotes(run: Run, filled: str) -> None:
    found = run("friction", "how", "is", "checkout", "12w", "--json", "--now", NOW).json
    assert found["feature"] == "checkout"


@pytest.mark.parametrize("question", ["qwertzuiop", "***", "help", "🙂", "\udcff", "x" * 3000])
def test_what_is_not_known_is_a_hint_and_no_fault(run: Run, filled: str, question: str) -> None:
    ended = run("friction", question, "--now", NOW)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip()
    assert run("friction", question, "--json", "--now", NOW).code == 0


def test_a_bare_date_is_midnight_utc(run: Run, filled: str) -> None:
    for typed, until in (
        ("2026-11-03", "2026-11-03T00:00:00Z"),
        ("2026-11-03T16:00", NOW),
        ("2026-11-03T18:00+02:00", NOW),
    ):
        assert run("friction", "checkout", "--json", "--now", typed).json["until"] == until
    midnight = run("friction", "checkout 1d", "--json", "--now", "2026-11-03").json
    whole = run("friction", "checkout 1d", "--json", "--now", NOW).json
    assert midnight["tickets"] < whole["tickets"], "the window ends before what came later"


WRONG_MOMENTS = ["yesterday", "03.11.2026", "", "2026-13-01", "0001-01-01", "9999-12-31"]


@pytest.mark.parametrize("moment", WRONG_MOMENTS)
@pytest.mark.parametrize("command", [("friction",), ("digest", "--channel", "C1")])
def test_a_wrong_moment_is_wrong_usage(
    run: Run, filled: str, command: tuple[str, ...], moment: str
) -> None:
    ended = run(*command, "--now", moment)
    assert (ended.code, ended.out) == (2, "")
    assert "moment" in ended.err or "too far" in ended.err


@pytest.mark.parametrize("question", ["checkout 9999m", "checkout since 0001-01-01", "99999999d"])
def test_a_window_beyond_all_time_is_still_answered(run: Run, filled: str, question: str) -> None:
    assert run("friction", question, "--now", "1980-01-01").code == 0
    assert run("friction", question, "--json", "--now", NOW).code == 0


# --- digest, insights, features -------------------------------------------------------------


def test_digest_as_json_has_the_keys_of_the_contract(run: Run, filled: str) -> None:
    ended = run("digest", "--channel", "C1", "--json", "--now", NOW)
    found = ended.json
    assert ended.code == 0
    assert {*found} >= {"channel", "due", "silent", "reason", "items", "left_out"}
    assert (found["channel"], found["silent"]) == ("C1", False)
    item = found["items"][0]
    assert {*item} >= {"ticket_id", "score", "parts", "quote", "why", "similar"}
    assert run("digest", "--channel", "C1", "--now", NOW).out.strip()


def test_a_silent_digest_is_no_fault(run: Run, filled: str) -> None:
    ended = run("digest", "--channel", "C1", "--json", "--now", "2025-01-01")
    assert (ended.code, ended.json["silent"], ended.json["items"]) == (0, True, [])
    assert ended.json["reason"]


def test_insights_as_json_has_the_keys_of_the_contract(run: Run, filled: str) -> None:
    [found] = run("insights", "--json").json["insights"]
    assert {*found} >= {
        *("id", "title", "feature", "kind", "status", "tickets", "customers", "answers"),
        *("owner", "issue", "shipped_on"),
    }
    assert (found["id"], found["feature"], found["status"]) == (1, "checkout", "open")
    assert run("insights", "nothing", "such", "--json").json["insights"] == []
    assert "Orders break" in run("insights", "orders").out


def test_features_are_listed_imported_and_suggested(run: Run, filled: str, tmp_path: Path) -> None:
    listed = run("features", "list", "--json").json["features"]
    assert [each["id"] for each in listed] == ["checkout", "search"]
    assert {*listed[0]} == {"id", "name", "aliases", "tags", "channels", "description"}
    toml = run("features", "list", "--toml").out
    file = written(tmp_path / "features.toml", [toml.replace("Search", "Finding")])
    changed = run("features", "import", file, "--json")
    assert changed.json == {
        "features": 2,
        "removed": 0,
        "rematched": 14,
        "kept": [],
        "lost": [],
    }
    assert "Finding" in run("features", "list").out
    assert run("features", "suggest", "--json").json["suggestions"] is not None


def test_a_catalogue_with_faults_changes_nothing(run: Run, filled: str, tmp_path: Path) -> None:
    ended = run("features", "import", written(tmp_path / "f.toml", ["[[feature]]", "id = 1"]))
    assert (ended.code, ended.out) == (1, "")
    assert "f.toml is not a catalogue" in ended.err
    assert len(run("features", "list", "--json").json["features"]) == 2


def test_tickets_are_read_again_all_or_for_one_feature(run: Run, filled: str) -> None:
    assert run("reread", "--json").json == {"read": 14, "changed": 0, "feature": None}
    assert run("reread", "--feature", "search").out == (
        "6 tickets read again for Search: 0 mean something else than before.\n"
    )
    unknown = run("reread", "--feature", "zanzibar")
    assert (unknown.code, unknown.out) == (1, "")
    assert "zanzibar" in unknown.err


def test_doctor_counts_anew_when_it_is_told_to(run: Run, filled: str) -> None:
    def counts(*arguments: str) -> list[tuple[str, str]]:
        found = run("doctor", *arguments, "--json").json["findings"]
        return [(each["level"], each["message"]) for each in found if each["id"] == "counts"]

    assert counts() == []
    [(level, message)] = counts("--deep")
    assert (level, "14 tickets" in message) == ("ok", True)
    with opened(filled) as store:
        change(store, "UPDATE feature_day SET broken = 99 WHERE feature_id = 'search'")
    spoilt = counts("--deep")
    assert {level for level, _ in spoilt} == {"error"}
    assert "feature_day search" in spoilt[0][1]
    assert "broken is 99" in spoilt[0][1]
    assert run("doctor", "--deep").code == 1
    run("reread")
    assert [level for level, _ in counts("--deep")] == ["ok"]
