"""Forgetting: nothing of a customer is left, wherever it was shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.blocks import forgetting as screens
from bot.demo.fake_slack.failures import reset_before
from bot.demo.stage import Stage
from bot.errors import NotFound, UserError
from bot.reports import Forget
from bot.service import catalogue, erase, forget, known, post_edits
from forget_stage import (
    ACCOUNT,
    EMAIL,
    FEATURES,
    OTHERS,
    RARE,
    SAID,
    all_rows,
    export,
    forgotten,
    plant,
    raw_hits,
    record,
    row_of,
    shown_in_slack,
    write,
    wrong_counts,
)
from outbox_stage import run
from people import CHECKOUT, card_post, rows
from storage import disk, erasing, holdings

NOTE = post_edits.FORGOTTEN
TABLES = tuple(sorted({name.partition(".")[0] for name in holdings.asked_about()}))


@pytest.fixture
def planted(http_stage: Stage, tmp_path: Path) -> Stage:
    plant(http_stage, tmp_path)
    return http_stage


def check_nothing_left(stage: Stage, folder: Path) -> None:
    """Neither in Slack nor in rows nor in raw bytes, nor in a backup made now."""
    after = shown_in_slack(stage)
    assert not [word for word in (*RARE, "tickets/7000") if word in after]
    assert not all_rows(stage, list(RARE))
    assert not raw_hits(stage, [*RARE, EMAIL, "tickets/70001", "Quetzel"], folder)
    assert not wrong_counts(stage)


@pytest.mark.case(42)
def test_nothing_of_a_forgotten_customer_is_left(planted: Stage, tmp_path: Path) -> None:
    everywhere = {column for word in RARE for column in all_rows(planted, [word])}
    assert everywhere == {
        *("ticket.subject", "ticket.body", "ticket_quote.text", "outbox.payload"),
        *("alarm.theme", "alarm.terms", "insight.title"),
    }
    assert all(word in shown_in_slack(planted) for word in RARE)
    report = forgotten(planted)
    assert report.counts["tickets"] == 2
    assert report.proof is not None
    assert report.proof.holds, report.proof
    assert report.posts.waiting == 6
    planted.work()
    assert NOTE in shown_in_slack(planted)
    check_nothing_left(planted, tmp_path)
    edited = forget.posts(planted.context, Forget.CUSTOMER, EMAIL)
    assert (edited.edited, edited.waiting, edited.refused) == (6, 0, ())
    audit = "SELECT deed, about FROM audit_entry WHERE deed = 'erased'"
    [(_, about)] = rows(planted, audit)
    assert about.startswith("customer ")
    assert "quetzel" not in about.lower()


def test_what_others_said_stays_as_it_was(planted: Stage) -> None:
    before = shown_in_slack(planted)
    shown = [said for said in OTHERS if said.rstrip(".") in before]
    assert shown
    kept = "SELECT * FROM ticket WHERE external_id LIKE '8%' ORDER BY id"
    tickets = rows(planted, kept)
    forgotten(planted)
    planted.work()
    assert rows(planted, kept) == tickets
    assert all(said.rstrip(".") in shown_in_slack(planted) for said in shown)
    [(alarm_rows, theme)] = rows(planted, "SELECT CAST(rows AS TEXT), theme FROM alarm")
    assert alarm_rows == f"[{row_of(planted, 'charged twice')}]"
    assert not theme


def test_an_insight_stands_without_the_words_that_it_was_called_by(planted: Stage) -> None:
    forgotten(planted)
    planted.work()
    assert rows(planted, "SELECT title, ticket_id, status FROM insight") == [(NOTE, None, "open")]
    assert "Insight 1" in shown_in_slack(planted)


@pytest.mark.case(42)
def test_a_second_time_nothing_is_done_and_said_to_be_so(planted: Stage) -> None:
    first = forgotten(planted)
    planted.work()
    tables = [name for name in TABLES if name != "forgotten"]
    before = {name: rows(planted, f"SELECT * FROM {name}") for name in tables}
    planted.now += timedelta(days=1)
    again = forgotten(planted)
    assert again.before is not None
    assert again.is_done
    assert again.counts == first.counts
    assert {name: rows(planted, f"SELECT * FROM {name}") for name in tables} == before


def test_the_same_file_does_not_bring_it_back(planted: Stage, tmp_path: Path) -> None:
    forgotten(planted)
    planted.now -= timedelta(hours=1, minutes=1)
    report = planted.take_in([export(planted, tmp_path)])
    assert report.new == 0
    assert report.notes == ("2 rows were forgotten by request or deleted at the source: left out",)
    assert not all_rows(planted, list(RARE))


def test_a_customer_who_writes_again_is_heard_again(planted: Stage, tmp_path: Path) -> None:
    forgotten(planted)
    planted.now += timedelta(days=2)
    new = [
        record(planted, 90_000, "The checkout hangs again when I pay.", EMAIL),
        # Of before, but only now exported.
        record(planted, 90_060, "An old complaint about the checkout.", EMAIL),
    ]
    assert planted.take_in([write(tmp_path / "later.jsonl", new)]).new == 1
    assert forgotten(planted).before is None, "it is a request of its own"
    assert not rows(planted, "SELECT 1 FROM ticket WHERE external_id LIKE '9%'")


def test_an_account_is_forgotten_with_all_who_wrote_for_it(planted: Stage, tmp_path: Path) -> None:
    report = forgotten(planted, Forget.ACCOUNT, f"  {ACCOUNT.upper()} ")
    assert report.counts["tickets"] == 2
    planted.work()
    check_nothing_left(planted, tmp_path)


@pytest.mark.parametrize(
    "name", ["help.planted.example:70001", "https://help.planted.example/tickets/70001", "70001"]
)
def test_one_ticket_is_forgotten_by_number_or_address(planted: Stage, name: str) -> None:
    assert forgotten(planted, Forget.TICKET, name).counts["tickets"] == 1
    planted.work()
    after = shown_in_slack(planted)
    assert not [word for word in RARE[:2] if word in after]
    assert not all_rows(planted, list(RARE[:2]))
    assert all_rows(planted, [RARE[2]]), "the other one stays"


def test_a_customer_is_found_by_the_id_of_the_source_too(http_stage: Stage, tmp_path: Path) -> None:
    entry = record(http_stage, 70_001, SAID[0], EMAIL)
    entry["requester"] = {"id": "person-77"}
    catalogue.bring_in(http_stage.context, FEATURES)
    http_stage.take_in([write(tmp_path / "one.jsonl", [entry])])
    assert forgotten(http_stage, typed="help.planted.example:person-77").counts["tickets"] == 1
    assert forgotten(http_stage, typed="help.planted.example:person-77").before


def test_an_id_that_finds_nothing_is_not_said_to_stay_away(planted: Stage) -> None:
    with pytest.raises(NotFound, match="give the address"):
        forgotten(planted, typed="help.planted.example:person-77")


def test_what_may_be_two_tickets_is_refused(planted: Stage, tmp_path: Path) -> None:
    other = record(planted, 70_001, "The login page is broken for me.", "x@customer.example")
    other["url"] = "https://elsewhere.example/70001"
    planted.take_in([write(tmp_path / "other.jsonl", [other])])
    with pytest.raises(UserError, match=r"may be meant: elsewhere\.example:70001"):
        forgotten(planted, Forget.TICKET, "70001")
    assert all_rows(planted, [RARE[0]])


def test_a_ticket_that_is_not_there_can_be_kept_away(planted: Stage, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        forgotten(planted, Forget.TICKET, "61234")
    report = forgotten(planted, Forget.TICKET, "help.planted.example:61234")
    assert report.is_done
    new = record(planted, 61_234, "The checkout fails.", "later@customer.example")
    assert planted.take_in([write(tmp_path / "it.jsonl", [new])]).new == 0


def test_a_look_changes_nothing_and_says_what_would_go(planted: Stage) -> None:
    before = {name: rows(planted, f"SELECT * FROM {name}") for name in TABLES}
    report = forget.look(planted.context, Forget.CUSTOMER, EMAIL, planted.now)
    assert report.counts["tickets"] == 2
    assert report.counts[forget.EDITS] == 6
    assert {name: rows(planted, f"SELECT * FROM {name}") for name in TABLES} == before


# --- faults -------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends."""


def kill_at(name: str) -> Callable[[str], None]:
    def step(done: str) -> None:
        if done == name:
            raise Killed

    return step


@pytest.mark.case(42)
@pytest.mark.parametrize("step", ["begun", "batch", "finished", "proved"])
def test_killed_after_any_step_it_goes_on_and_ends_the_same(
    planted: Stage, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "BATCH", 1)
    with pytest.raises(Killed):
        forget.forget(planted.context, Forget.CUSTOMER, EMAIL, planted.now, kill_at(step))
    report = forgotten(planted)
    assert report.counts["tickets"] == 2
    assert report.proof is not None
    assert report.proof.holds
    planted.work()
    check_nothing_left(planted, tmp_path)
    assert report.is_unproved == (step in {"batch", "finished"}), "its words were not searched for"
    assert len(rows(planted, "SELECT id FROM erasure")) == 1
    assert len(rows(planted, "SELECT id FROM audit_entry WHERE deed = 'erased'")) == 1


@pytest.mark.case(42)
@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("storage.removals.rewrite", 3),
        ("storage.removals.plan", 2),
        ("storage.erasing.from_digests", 1),
        ("storage.erasing.from_insights", 2),
        ("storage.erasing.unlink_posts", 1),
        ("storage.tickets.remove", 1),
        ("storage.tickets.remove", 2),
        ("storage.erasing.from_alarms", 1),
        ("storage.forgotten.remember", 1),
        ("storage.forgotten.remember", 2),
        ("storage.forgotten.count", 1),
        ("storage.forgotten.finish", 1),
        ("storage.disk.tidy", 1),
        pytest.param("storage.disk.cut_log", 1, marks=pytest.mark.only("sqlite")),
        ("storage.disk.search", 1),
    ],
)
def test_killed_inside_any_step_it_goes_on_and_ends_the_same(
    planted: Stage, tmp_path: Path, function: str, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "BATCH", 1)
    module, _, name = function.rpartition(".")
    whole = __import__(module, fromlist=[name])
    original, calls = getattr(whole, name), 0

    def dies(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        result = original(*given, **named)
        if calls == call:
            raise Killed
        return result

    with monkeypatch.context() as patched:
        patched.setattr(whole, name, dies)
        with pytest.raises(Killed):
            forgotten(planted)
    forgotten(planted)
    planted.work()
    check_nothing_left(planted, tmp_path)
    assert rows(planted, "SELECT count(*) FROM erasure WHERE finished_at IS NOT NULL") == [(1,)]


@pytest.mark.case(31, 42)
def test_slack_that_is_away_for_a_day_is_told_afterwards(planted: Stage, tmp_path: Path) -> None:
    planted.slack.fail_next("chat.update", reset_before(), 10_000)
    report = forgotten(planted)
    assert report.proof is not None
    assert report.proof.holds, "rows and files do not wait for Slack"
    for _ in range(3):
        planted.now += timedelta(hours=8)
        run(planted)
    assert forgotten(planted).posts.waiting == 6
    planted.slack.failures.clear()
    planted.now += timedelta(hours=1)
    planted.work()
    assert forgotten(planted).is_done
    check_nothing_left(planted, tmp_path)


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", "cant_update_message"])
def test_a_post_that_cannot_be_edited_is_told_with_the_reason_and_tried_again(
    planted: Stage, code: str
) -> None:
    planted.slack.fail_next("chat.update", code)
    forgotten(planted)
    planted.work()
    told = forget.posts(planted.context, Forget.CUSTOMER, EMAIL)
    assert [reason for _, reason in told.refused] == [code]
    again = forgotten(planted)
    assert again.before is not None
    assert not again.is_done
    planted.now += timedelta(minutes=1)
    planted.work()
    assert forgotten(planted).is_done


def test_a_post_that_somebody_deleted_is_done_with(planted: Stage) -> None:
    planted.slack.fail_next("chat.update", "message_not_found")
    forgotten(planted)
    planted.work()
    told = forgotten(planted)
    assert (told.posts.edited, told.posts.gone) == (5, 1)
    assert told.is_done


@pytest.mark.only("sqlite")
def test_a_reader_who_holds_an_older_state_is_told_of(
    planted: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "WAIT_SECONDS", 0.1)
    with planted.context.store.read() as session:
        session.execute(text("SELECT count(*) FROM ticket"))
        report = forgotten(planted)
    assert report.proof is not None
    assert not report.proof.log_is_cut
    assert not report.is_done
    planted.work()
    assert forgotten(planted).is_done
    check_nothing_left(planted, tmp_path)


@pytest.mark.only("sqlite")
def test_the_proof_finds_what_is_left(planted: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that could not find anything would prove nothing."""
    monkeypatch.setattr(disk, "tidy", lambda store: True)
    monkeypatch.setattr(disk, "rewrite", lambda store: True)
    report = forgotten(planted)
    assert report.proof is not None
    assert not report.proof.holds
    assert report.proof.files


def test_the_proof_finds_words_in_rows_that_were_passed_over(
    planted: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("from_insights", "from_titles"):
        monkeypatch.setattr(erasing, step, lambda *_: [])
    report = forgotten(planted)
    assert report.proof is not None
    assert report.proof.rows == ("insight.title", "outbox.payload")
    assert not report.is_done
    planted.work()
    again = forgotten(planted)
    assert again.proof is not None
    assert again.proof.holds, "nobody knows any more what to search for"
    assert not again.is_done
    assert "cannot be proved any more" in str(screens.render(again))


def test_everything_that_may_hold_words_or_keys_is_dealt_with() -> None:
    ours = {f"{table}.{name}" for table, names in holdings.OURS.items() for name in names.split()}
    asked = set(holdings.asked_about())
    assert not asked - ours - set(holdings.HELD), "say in storage/holdings.py how these go"
    assert (ours | set(holdings.HELD)) - asked == {"ticket_fts"}
    assert not ours & set(holdings.HELD)


def test_a_new_ticket_never_gets_the_row_of_one_that_is_gone(
    planted: Stage, tmp_path: Path
) -> None:
    newest = rows(planted, "SELECT max(id) FROM ticket")[0][0]
    [(source, number)] = rows(
        planted, f"SELECT source, external_id FROM ticket WHERE id = {newest}"
    )
    forgotten(planted, Forget.TICKET, f"{source}:{number}")
    new = record(planted, 99_000, "The login page is broken for me.", "new@customer.example")
    planted.take_in([write(tmp_path / "new.jsonl", [new])])
    assert rows(planted, "SELECT max(id) FROM ticket")[0][0] > newest
    assert not wrong_counts(planted)


def test_a_segment_that_only_they_were_in_is_not_named_any_more(
    http_stage: Stage, tmp_path: Path
) -> None:
    theirs = record(http_stage, 1, SAID[0], EMAIL) | {"plan": "Zinnwerk Enterprise"}
    other = record(http_stage, 2, OTHERS[0], "o@customer.example") | {"plan": "Free"}
    http_stage.take_in([write(tmp_path / "two.jsonl", [other, theirs, other | {"id": "3"}])])
    assert segments(http_stage) == ("Free", "Zinnwerk Enterprise")
    forgotten(http_stage)
    assert segments(http_stage) == ("Free",)


def segments(stage: Stage) -> tuple[str, ...]:
    with stage.context.store.read() as session:
        return known.load(session).segments


def test_a_title_of_one_short_word_goes_where_it_is_known_to_be_theirs(
    http_stage: Stage, tmp_path: Path
) -> None:
    catalogue.bring_in(http_stage.context, FEATURES)
    theirs = record(http_stage, 1, "The checkout is broken for us.", EMAIL) | {"subject": "Acme"}
    other = record(http_stage, 2, OTHERS[0], "o@customer.example")
    http_stage.take_in([write(tmp_path / "two.jsonl", [theirs, other])])
    card_post(http_stage, row_of(http_stage, "for us"), "Acme")
    card_post(http_stage, row_of(http_stage, "charged twice"), "Acme")
    forgotten(http_stage)
    http_stage.work()
    titles = rows(http_stage, "SELECT title FROM insight ORDER BY id")
    assert titles == [(post_edits.FORGOTTEN,), ("Acme",)]
    first, second = (json.dumps(each.blocks) for each in http_stage.slack.posts(CHECKOUT))
    assert "Acme" not in first
    assert "Acme" in second, "somebody else's, as far as anybody knows"


def test_a_feature_made_of_a_tag_goes_with_its_last_ticket(
    http_stage: Stage, tmp_path: Path
) -> None:
    tagged = {"tags": ["checkout", "zinnwerk-rollout"]}
    lines = [record(http_stage, 10 + n, OTHERS[n % 3], f"o{n}@shop.example") for n in range(9)]
    lines += [record(http_stage, 30, SAID[0], EMAIL) | tagged]
    http_stage.take_in([write(tmp_path / "tagged.jsonl", lines)])
    assert "zinnwerk-rollout" in str(rows(http_stage, "SELECT id FROM feature"))
    forgotten(http_stage)
    assert not all_rows(http_stage, ["zinnwerk"])
    assert not raw_hits(http_stage, ["zinnwerk"], tmp_path)
    assert not wrong_counts(http_stage)
    http_stage.take_in([tmp_path / "tagged.jsonl"])
    assert not all_rows(http_stage, ["zinnwerk"]), "the same file does not bring it back"
