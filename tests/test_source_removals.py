"""What a source deletes or redacts goes here too, also from posts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.stage import Stage
from bot.reports import Forget
from bot.service import post_edits
from bot.sources.dates import Order
from bot.sources.values import is_deleted
from bot.voice.taken_back import taken_back
from forget_stage import (
    EMAIL,
    RARE,
    SAID,
    all_rows,
    forgotten,
    plant,
    raw_hits,
    record,
    shown_in_slack,
    write,
    wrong_counts,
)
from people import rows, ticket_post

NUMBERS = (70_001, 70_002)


@pytest.fixture
def planted(http_stage: Stage, tmp_path: Path) -> Stage:
    plant(http_stage, tmp_path)
    return http_stage


def tombstones(stage: Stage, **marks: Any) -> list[dict[str, object]]:
    """The customer's tickets as a help desk exports them once they are deleted."""
    return [
        record(stage, number, said, EMAIL) | marks
        for number, said in zip(NUMBERS, SAID, strict=True)
    ]


@pytest.mark.case(42)
@pytest.mark.parametrize(
    "marks",
    [
        {"status": "deleted"},
        {"deleted_at": "2026-11-03T15:00:00Z"},
        {"_fivetran_deleted": True},
        {"is_deleted": "yes", "description": "", "subject": ""},
        {"subject": "SCRUBBED", "description": "X"},
    ],
)
def test_what_its_source_deletes_goes_with_its_posts(
    planted: Stage, tmp_path: Path, marks: dict[str, object]
) -> None:
    file = write(tmp_path / "later.jsonl", tombstones(planted, **marks))
    report = planted.take_in([file])
    assert (report.removed, report.bad_count, report.new) == (2, 0, 0)
    planted.work()
    after = shown_in_slack(planted)
    assert post_edits.GONE_AT_SOURCE in after
    assert not [word for word in RARE if word in after]
    assert not all_rows(planted, list(RARE))
    assert not raw_hits(planted, list(RARE), tmp_path)
    assert not wrong_counts(planted)
    again = planted.take_in([file])
    assert (again.removed, again.new) == (0, 0)


@pytest.mark.case(34)
def test_an_older_export_does_not_bring_it_back_but_a_restored_one_does(
    planted: Stage, tmp_path: Path
) -> None:
    at = planted.now.isoformat()
    gone = tombstones(planted, status="deleted", updated_at=at)
    planted.take_in([write(tmp_path / "gone.jsonl", gone)])
    old = tombstones(planted, status="open", updated_at=(planted.now - timedelta(1)).isoformat())
    assert planted.take_in([write(tmp_path / "old.jsonl", old)]).new == 0
    planted.now += timedelta(hours=1)
    restored = tombstones(planted, status="open", updated_at=planted.now.isoformat())
    assert planted.take_in([write(tmp_path / "restored.jsonl", restored)]).new == 2
    assert planted.take_in([write(tmp_path / "gone.jsonl", gone)]).removed == 0, "that was before"


def test_what_was_asked_to_be_forgotten_is_not_restored_by_its_source(
    planted: Stage, tmp_path: Path
) -> None:
    forgotten(planted, Forget.CUSTOMER, EMAIL)
    planted.take_in([write(tmp_path / "gone.jsonl", tombstones(planted, status="deleted"))])
    planted.now += timedelta(hours=1)
    restored = tombstones(planted, status="open", updated_at=planted.now.isoformat())
    assert planted.take_in([write(tmp_path / "restored.jsonl", restored)]).new == 0


def test_of_a_file_the_last_word_about_a_ticket_counts(http_stage: Stage, tmp_path: Path) -> None:
    there, gone = (record(http_stage, 70_001, SAID[0], EMAIL) | {"status": s} for s in "ab")
    gone["status"] = "deleted"
    file = write(tmp_path / "both.jsonl", [there, gone])
    assert http_stage.take_in([file]).new == 0
    there["id"] = gone["id"] = "70002"
    file = write(tmp_path / "other.jsonl", [gone, there])
    assert http_stage.take_in([file]).new == 1
    assert len(rows(http_stage, "SELECT id FROM ticket")) == 1


@pytest.mark.parametrize(
    "status", ["open", "solved", "closed", "", None, 2, 5, 1, "archived", "not deleted"]
)
def test_no_other_status_removes_a_ticket(
    http_stage: Stage, tmp_path: Path, status: object
) -> None:
    entry = record(http_stage, 70_001, SAID[0], EMAIL) | {"status": status}
    assert http_stage.take_in([write(tmp_path / "one.jsonl", [entry])]).new == 1


@pytest.mark.parametrize("value", [None, "", False, "false", "no", 0, "0", 3, "null", "maybe"])
def test_what_does_not_say_that_it_is_deleted_is_not(value: object) -> None:
    assert not is_deleted(value, Order.DAY_FIRST)


@pytest.mark.case(42)
@pytest.mark.parametrize(
    "redacted",
    [
        # A comment is gone, words are blacked out, words are named as cut.
        "Since the update I cannot pay at checkout.",
        "Since the ▇▇▇▇▇▇▇▇▇▇ update I cannot pay at checkout, the ▇▇▇▇▇▇▇▇▇▇ button is broken.",
        "Since the [redacted] update I cannot pay at checkout, the [redacted] button is broken.",
    ],
)
def test_what_its_source_redacts_is_taken_out_of_posts(
    planted: Stage, tmp_path: Path, redacted: str
) -> None:
    assert RARE[2] in shown_in_slack(planted)
    entry = record(planted, NUMBERS[1], SAID[1], EMAIL)
    entry |= {"description": redacted, "subject": "Since the update"}
    entry["created_at"] = rows(planted, "SELECT created_at FROM ticket LIMIT 1")[0][0]
    entry["created_at"] = str(entry["created_at"])
    assert planted.take_in([write(tmp_path / "later.jsonl", [entry])]).changed == 1
    planted.work()
    after = shown_in_slack(planted)
    assert not [word for word in RARE[2:] if word in after]
    assert post_edits.REDACTED_AT_SOURCE in after
    assert RARE[0] in after, "the other ticket of this customer stays"
    assert not all_rows(planted, list(RARE[2:]))
    assert not raw_hits(planted, list(RARE[2:]), tmp_path)
    assert not wrong_counts(planted)


def test_an_edit_that_says_something_else_is_no_redaction(planted: Stage, tmp_path: Path) -> None:
    before = shown_in_slack(planted)
    entry = record(planted, NUMBERS[1], "I found out that the checkout works after all.", EMAIL)
    assert planted.take_in([write(tmp_path / "later.jsonl", [entry])]).changed == 1
    planted.work()
    assert shown_in_slack(planted) == before


@given(st.text(max_size=200))
def test_a_text_that_stays_has_taken_nothing_back(text: str) -> None:
    assert taken_back(text, text) == ()
    assert taken_back(text, f"{text} and more") == ()
    assert taken_back("", text) == ()


@pytest.mark.case(42)
def test_a_segment_and_an_address_that_a_source_takes_back_go_from_posts(
    http_stage: Stage, tmp_path: Path
) -> None:
    entry = record(http_stage, 1, "The checkout is broken and I cannot pay at all.", EMAIL)
    entry |= {"plan": "Zinnwerk", "url": "https://help.planted.example/zinnwerk/1"}
    other = record(http_stage, 2, "The checkout hangs and my card is refused.", "o@shop.example")
    http_stage.take_in([write(tmp_path / "first.jsonl", [entry, other])])
    ticket_post(http_stage, 1)
    ticket_post(http_stage, 2)
    before = shown_in_slack(http_stage)
    assert "Zinnwerk" in before
    assert "example/zinnwerk" in before
    del entry["plan"]
    entry["url"] = "https://help.planted.example/1"
    http_stage.take_in([write(tmp_path / "later.jsonl", [entry])])
    http_stage.work()
    after = shown_in_slack(http_stage)
    assert "zinnwerk" not in after.lower()
    assert "cannot pay at all" in after
    assert "https://help.planted.example/tickets/2" in after, "the other ticket can be opened"


@pytest.mark.case(42)
def test_a_subject_of_one_short_word_that_a_source_takes_back_goes_from_its_post(
    http_stage: Stage, tmp_path: Path
) -> None:
    entry = record(http_stage, 1, "The checkout is broken and I cannot pay at all.", EMAIL)
    entry |= {"subject": "Acme"}
    http_stage.take_in([write(tmp_path / "first.jsonl", [entry])])
    ticket_post(http_stage, 1)
    assert "Acme" in shown_in_slack(http_stage)
    http_stage.take_in([write(tmp_path / "later.jsonl", [entry | {"subject": ""}])])
    http_stage.work()
    assert "Acme" not in shown_in_slack(http_stage)
    assert "cannot pay at all" in shown_in_slack(http_stage)
