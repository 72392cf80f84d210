"""Files made to break a reader, from the bytes to what Slack is sent."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.blocks.text import PLACEHOLDER
from bot.demo.slack_limits import check_message, check_view
from bot.demo.stage import Stage
from bot.reports import ChannelSettings, Feature, IngestReport
from bot.service import channels
from bot.service.digest import build
from commandline import ROOT
from conftest import NOW
from own_tickets import TELLING
from people import ADA, SUPPORT, TEAM, asked, modal, rows, said, ticket_post

FORMS = ("csv", "lines", "array", "wrapper")
Row = dict[str, Any]


def ticket(id: object, body: object = TELLING[0], **more: object) -> Row:
    at = (NOW - timedelta(hours=5)).isoformat()
    return {
        "id": id,
        "created_at": at,
        "subject": "Note",
        "body": body,
        "plan": "enterprise",
    } | more


def written(form: str, tickets: Sequence[Row]) -> str:
    """The same tickets in one of the formats that are read."""
    if form == "csv":
        table = io.StringIO(newline="")
        names = list(dict.fromkeys(name for each in tickets for name in each))
        writer = csv.DictWriter(table, names)
        writer.writeheader()
        writer.writerows(tickets)
        return table.getvalue()
    lines = [json.dumps(each) for each in tickets]
    whole = {"lines": "\n".join(lines), "array": f"[{','.join(lines)}]"}
    return whole.get(form, f'{{"tickets": [{",".join(lines)}]}}')


def take(stage: Stage, folder: Path, data: str | bytes) -> IngestReport:
    path = folder / "upload"
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return stage.take_in([path])


def stored(stage: Stage, columns: str = "external_id") -> list[Any]:
    found = rows(stage, f"SELECT {columns} FROM ticket ORDER BY id")
    return [row[0] if len(row) == 1 else row for row in found]


def sent(stage: Stage) -> str:
    """All that Slack was sent, as it would travel: fails for what is no Unicode."""
    calls = json.dumps([call.arguments for call in stage.slack.calls], ensure_ascii=False)
    calls.encode("utf-8")
    return calls


def refused(stage: Stage) -> list[str]:
    """What Slack did not take as it was."""
    return [call.method for call in stage.slack.calls if not call.answer.get("ok")]


# --- characters that are none -------------------------------------------------------------------


@pytest.mark.case(18)
@pytest.mark.parametrize("form", ["lines", "array", "wrapper"])
def test_half_characters_and_nuls_are_cleaned_stored_found_and_posted(
    http_stage: Stage, tmp_path: Path, form: str
) -> None:
    spoilt = ticket("s\ud8001\0", f"\ud800{TELLING[0]}\0 And more \udfff.", subject="No\0te \udc00")
    spoilt |= {"tags": ["la\0bel", "\ud83d"], "requester": {"name": "K\ud800im", "id": "\0"}}
    report = take(http_stage, tmp_path, written(form, [spoilt, ticket("2", TELLING[1])]))
    assert (report.new, report.bad_count) == (2, 0)
    kept = str(stored(http_stage, "external_id, subject, body, tags"))
    assert "\0" not in kept
    assert not any("\ud800" <= letter <= "\udfff" for letter in kept)
    assert "marmalade" in said(asked(http_stage, ADA, SUPPORT, "marmalade"))
    posted = ticket_post(http_stage)
    assert "loses every second label" in said(posted)
    http_stage.slack.click(ADA, posted, kit.ACTION_SHOW)
    assert "And more" in said(modal(http_stage, ADA))
    assert "\\u0000" not in sent(http_stage)


def broken_utf_8() -> bytes:
    whole = written("csv", [ticket("0", "Größe " * 50), ticket("1", "bad @ bytes")])
    return whole.encode().replace(b"@", b"\xc3\x28 \xe2\x82 \xf0\x9f\x98")


UNICODE = "Größe – 日本 😀 fehlt"
ENCODED = {
    "UTF-16 with a mark": (written("csv", [ticket("1", UNICODE)]).encode("utf-16"), UNICODE),
    "the other UTF-16": (
        b"\xfe\xff" + written("csv", [ticket("1", UNICODE)]).encode("utf-16-be"),
        UNICODE,
    ),
    # It calls itself UTF-8 by a mark of its sender, which nobody can trust.
    "Latin-1": (written("csv", [ticket("1", "Die Größe fehlt")]).encode("latin-1"), "Größe fehlt"),
    "broken UTF-8": (broken_utf_8(), "bad \ufffd( \ufffd"),
}


@pytest.mark.case(19)
@pytest.mark.parametrize(("data", "kept"), ENCODED.values(), ids=ENCODED)
def test_bytes_of_another_encoding_cost_at_most_their_characters(
    http_stage: Stage, tmp_path: Path, data: bytes, kept: str
) -> None:
    assert take(http_stage, tmp_path, data).bad_count == 0
    assert kept in stored(http_stage, "body")[-1]
    assert said(ticket_post(http_stage))
    sent(http_stage)


# --- ids ----------------------------------------------------------------------------------------

IDS = ("9223372036854775808", "-9223372036854775809", "007", "7", "../../etc/passwd", "a|b><c", "1")


@pytest.mark.case(20)
@pytest.mark.parametrize("form", FORMS)
def test_any_id_is_text_and_finds_its_own_ticket(
    http_stage: Stage, tmp_path: Path, form: str
) -> None:
    url = "https://desk.example/t/../admin|<https://evil.example>"
    tickets = [ticket(id, f"{TELLING[0]} Number {n}.", url=url) for n, id in enumerate(IDS)]
    if form != "csv":
        tickets[0]["id"], tickets[1]["id"], tickets[3]["id"] = 2**63, -(2**63) - 1, 7
    report = take(http_stage, tmp_path, written(form, tickets))
    assert (report.new, report.bad_count) == (len(IDS), 0)
    assert stored(http_stage) == list(IDS)
    for row, id in enumerate(IDS, 1):
        post = ticket_post(http_stage, row)
        assert f"Ticket {id} : Note" in said(post)
    assert f"Ticket {IDS[0]} : Note" in said(asked(http_stage, ADA, SUPPORT, IDS[0]))
    everything = sent(http_stage)
    assert "evil.example" not in everything, "an address that ends in markup is no link"
    assert "etc/passwd|" not in everything


@pytest.mark.case(20)
@pytest.mark.parametrize("row", ["9223372036854775808", "-1", "1e9", "\u0661", "../1", "1|2", ""])
def test_a_button_that_carries_no_row_of_ours_is_a_kind_sentence(
    http_stage: Stage, tmp_path: Path, row: str
) -> None:
    take(http_stage, tmp_path, written("lines", [ticket("1")]))
    post = ticket_post(http_stage)
    for block in post.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == kit.ACTION_SHOW:
                element["value"] = row
    assert http_stage.slack.click(ADA, post, kit.ACTION_SHOW).ok
    http_stage.slack.wait_for(lambda: http_stage.slack.ephemerals(ADA))
    told = said(http_stage.slack.ephemerals(ADA)[-1])
    assert "not here" in told or "any more" in told or "no ticket" in told.lower()
    assert "reference" not in told


# --- JSON ---------------------------------------------------------------------------------------

AT = (NOW - timedelta(hours=5)).isoformat()
OPEN, CLOSED = '{"a":[', "]}"
BROKEN = {
    "NaN as the date": f'{{"id": 2, "created_at": NaN, "body": "x {AT}"}}',
    "NaN anywhere": f'{{"id": 2, "created_at": "{AT}", "body": "x", "score": NaN}}',
    "Infinity": f'{{"id": 2, "created_at": "{AT}", "body": "x", "score": -Infinity}}',
    "beyond all numbers": f'{{"id": 2, "created_at": "{AT}", "body": "x", "score": 1e999}}',
    "an id twice": f'{{"id": 2, "id": 1, "created_at": "{AT}", "body": "x"}}',
    "a name twice further down": (
        f'{{"id": 2, "created_at": "{AT}", "body": "x", "requester": {{"id": 1, "id": 2}}}}'
    ),
    "5000 digits as an id": f'{{"id": {"9" * 5_000}, "created_at": "{AT}", "body": "x"}}',
    "5000 digits anywhere": (
        f'{{"id": 2, "created_at": "{AT}", "body": "x", "n": -{"9" * 5_000}}}'
    ),
    "200000 brackets": f'{{"id": 2, "created_at": "{AT}", "body": {"[" * 200_000}{"]" * 200_000}}}',
    "200000 objects": f'{{"id": 2, "created_at": "{AT}", "x": {OPEN * 200_000}{CLOSED * 200_000}}}',
}


@pytest.mark.case(21)
@pytest.mark.only("sqlite")
@pytest.mark.parametrize("form", ["lines", "array", "wrapper"])
@pytest.mark.parametrize("fault", BROKEN)
def test_json_that_is_none_is_one_counted_row_and_the_rest_goes_on(
    http_stage: Stage, tmp_path: Path, fault: str, form: str
) -> None:
    items = [json.dumps(ticket("1")), BROKEN[fault], json.dumps(ticket("3", TELLING[1]))]
    whole = {"lines": "\n".join(items), "array": f"[{','.join(items)}]"}
    report = take(http_stage, tmp_path, whole.get(form, f'{{"tickets": [{",".join(items)}]}}'))
    assert (report.read, report.new, report.bad_count) == (3, 2, 1)
    assert report.bad[0].reason
    assert len(report.bad[0].reason) <= 80
    assert stored(http_stage) == ["1", "3"]


# --- the same id --------------------------------------------------------------------------------


@pytest.mark.case(22)
@pytest.mark.parametrize("form", FORMS)
def test_an_id_that_comes_again_is_one_ticket_the_last_word_shown_once(
    http_stage: Stage, tmp_path: Path, form: str
) -> None:
    first = [ticket("1", TELLING[0]), ticket("2", TELLING[1]), ticket("1", TELLING[2])]
    report = take(http_stage, tmp_path, written(form, first))
    assert (report.read, report.new, report.bad_count) == (3, 2, 0)
    assert "repeat an id" in report.notes[0]
    assert set(stored(http_stage, "external_id, body")) == {("1", TELLING[2]), ("2", TELLING[1])}
    again = take(http_stage, tmp_path, written(form, [ticket("1", f"{TELLING[2]} Still so.")]))
    assert (again.new, again.changed) == (0, 1)
    assert sorted(stored(http_stage)) == ["1", "2"]
    digest = build(http_stage.context, ChannelSettings(TEAM, SUPPORT), NOW)
    shown = [item.ticket.ticket_id for item in digest.items]
    assert sorted(shown) == ["1", "2"]
    assert digest.left_out == 0
    [kept] = [item.ticket.body for item in digest.items if item.ticket.ticket_id == "1"]
    assert kept == f"{TELLING[2]} Still so."


# --- dates --------------------------------------------------------------------------------------

FLAGGED = {
    "2099": "2099-01-01T00:00:00Z",
    "year 10000": "10000-01-01T00:00:00Z",
    "a number beyond all time": 1e18,
    "that number as text": "1000000000000000000",
    "negative": -1,
    "long before": -62_135_596_800,
    "year nought": "0000-00-00",
    "missing": "",
    "no date": "yesterday",
}
TAKEN = {
    "no zone": (f"{NOW - timedelta(hours=6):%Y-%m-%dT%H:%M:%S}", NOW - timedelta(hours=6)),
    "hours ahead": ((NOW + timedelta(hours=12)).isoformat(), NOW),
    "a day ahead, no zone": (f"{NOW + timedelta(days=1):%Y-%m-%d %H:%M:%S}", NOW),
}


@pytest.mark.case(23)
@pytest.mark.parametrize("form", FORMS)
def test_dates_that_cannot_be_are_counted_by_name_and_block_no_digest(
    http_stage: Stage, tmp_path: Path, form: str
) -> None:
    odd = [ticket(f"x{n}", created_at=at) for n, at in enumerate(FLAGGED.values())]
    if form != "csv":
        odd.append({"id": "x9", "body": TELLING[0]})
    report = take(http_stage, tmp_path, written(form, [ticket("1"), *odd, ticket("2", TELLING[1])]))
    assert (report.new, report.bad_count) == (2, len(odd))
    assert all("created_at" in bad.reason for bad in report.bad)
    digest = build(http_stage.context, ChannelSettings(TEAM, SUPPORT), NOW)
    assert sorted(item.ticket.ticket_id for item in digest.items) == ["1", "2"]


@pytest.mark.case(23)
@pytest.mark.parametrize("how", TAKEN)
@pytest.mark.parametrize("form", ["csv", "lines"])
def test_a_date_of_a_clock_that_is_ahead_is_now_and_its_ticket_is_in_the_next_digest(
    http_stage: Stage, tmp_path: Path, how: str, form: str
) -> None:
    at, moment = TAKEN[how]
    file = written(form, [ticket("1", created_at=at), ticket("2", TELLING[1])])
    assert take(http_stage, tmp_path, file).new == 2
    [kept] = rows(http_stage, "SELECT CAST(created_at AS TEXT) FROM ticket WHERE external_id = '1'")
    assert kept[0].startswith(f"{moment:%Y-%m-%d %H:%M:%S}")
    again = take(http_stage, tmp_path, file)
    assert (again.same, again.changed) == (2, 0)
    later = NOW + timedelta(minutes=1)
    digest = build(http_stage.context, ChannelSettings(TEAM, SUPPORT), later)
    assert {item.ticket.ticket_id for item in digest.items} == {"1", "2"}


@pytest.mark.case(23)
@pytest.mark.parametrize("updated", [*FLAGGED.values(), "2099-12-31"])
def test_a_ticket_that_says_it_changed_at_an_odd_time_can_still_change(
    http_stage: Stage, tmp_path: Path, updated: object
) -> None:
    odd = written("lines", [ticket("1", updated_at=updated)])
    assert take(http_stage, tmp_path, odd).new == 1
    newer = ticket("1", TELLING[1], updated_at=(NOW - timedelta(hours=1)).isoformat())
    assert take(http_stage, tmp_path, written("lines", [newer])).changed == 1
    assert stored(http_stage, "body") == [TELLING[1]]


# --- nothing to read ----------------------------------------------------------------------------

EMPTY = ("", " \t\n ", "\u200b\u2060\ufeff", "<br><p>&nbsp;</p>", "\u2800\u3164", "\x07\x1b[0m")
WORDLESS = ("😀😀🔥", "👩‍👩‍👧‍👦", "🇫🇷", "***", "…")
ATTACHED = ('<img src="https://desk.example/a.png">', "<img src='cid:1'><br>")


@pytest.mark.case(24)
@pytest.mark.parametrize("body", [*EMPTY, *WORDLESS, *ATTACHED])
@pytest.mark.parametrize("subject", ["Note", "", "\u200b"])
def test_a_ticket_without_words_is_a_placeholder_or_a_counted_row(
    http_stage: Stage, tmp_path: Path, body: str, subject: str
) -> None:
    bare = ticket("1", body, subject=subject)
    report = take(http_stage, tmp_path, written("lines", [bare, ticket("2", TELLING[1])]))
    assert report.new + report.bad_count == 2
    if report.bad_count:
        assert (subject.strip(), body.strip()) == ("", "")
        assert report.bad[0].reason == "no text: subject and body are empty"
        return
    post = ticket_post(http_stage)
    assert check_message({"text": post.text, "blocks": post.blocks}) == []
    assert PLACEHOLDER in said(post) or body in WORDLESS
    assert "desk.example" not in said(post)
    http_stage.slack.click(ADA, post, kit.ACTION_SHOW)
    shown = modal(http_stage, ADA)
    assert check_view(shown.definition) == []
    assert refused(http_stage) == []
    digest = build(http_stage.context, ChannelSettings(TEAM, SUPPORT), NOW)
    assert [item.ticket.ticket_id for item in digest.items] == ["2"]


@pytest.mark.case(24)
@pytest.mark.only("sqlite")
def test_a_digest_over_wordless_tickets_is_silent_and_their_list_can_be_turned(
    http_stage: Stage, tmp_path: Path
) -> None:
    tickets = [
        ticket(str(n), body, tags=["checkout"])
        for n, body in enumerate((*WORDLESS, *ATTACHED, *EMPTY))
    ]
    path = tmp_path / "upload"
    path.write_text(written("lines", tickets), encoding="utf-8")
    http_stage.take_in([path], [Feature("checkout", "Checkout", tags=("checkout",))])
    assert build(http_stage.context, ChannelSettings(TEAM, SUPPORT), NOW).silent
    channels.save(http_stage.context, ChannelSettings(TEAM, SUPPORT), ADA, NOW - timedelta(days=1))
    http_stage.work()
    assert refused(http_stage) == []
    assert said(asked(http_stage, ADA, SUPPORT, "checkout"))


# --- size ---------------------------------------------------------------------------------------

FIVE_MEGABYTES = 5_000_000
MOST_MEMORY = 50 * 1024
"""Kilobytes that a ticket of five megabytes may cost more than one of a line."""
LARGE = {
    "words": "again and again it fails ",
    "tags": "a<b>x</b>&amp; ",
    "other letters": "größe 日本 ",
    "addresses": "kim@customer.example ",
}


def peak(folder: Path, data: str) -> int:
    """Kilobytes that `earshot ingest` of a file of this text takes at most."""
    path = folder / "upload"
    path.write_text(data, encoding="utf-8")
    environment = {
        "EARSHOT_SEMANTIC": "off",
        "EARSHOT_NAMES": "off",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite:///{folder / 'peak.db'}",
    }
    command = [sys.executable, "-m", "bot", "ingest", str(path), "--now", NOW.isoformat()]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss


@pytest.mark.case(16)
@pytest.mark.only("sqlite")
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes there only")
@pytest.mark.parametrize("form", ["csv", "array"])
def test_a_body_of_five_megabytes_costs_little_memory(tmp_path: Path, form: str) -> None:
    (tmp_path / "small").mkdir()
    small = peak(tmp_path / "small", written(form, [ticket("1")]))
    for name, piece in LARGE.items():
        body = piece * (FIVE_MEGABYTES // len(piece.encode()))
        folder = tmp_path / name
        folder.mkdir()
        file = written(form, [ticket("1", "BODY")]).replace("BODY", body)
        assert peak(folder, file) - small < MOST_MEMORY, name


@pytest.mark.case(16)
@pytest.mark.parametrize("form", ["csv", "lines"])
def test_a_body_of_five_megabytes_is_cut_and_says_so(
    http_stage: Stage, tmp_path: Path, form: str
) -> None:
    body = f"{TELLING[0]} " + "again and again " * (FIVE_MEGABYTES // 16)
    report = take(http_stage, tmp_path, written(form, [ticket("1", body)]))
    assert (report.new, report.bad_count) == (1, 0)
    [kept] = stored(http_stage, "body")
    assert len(kept) < 20_100
    more = int(re.findall(r"\[cut, (\d+) more\]\Z", kept)[0])
    assert more > 900_000, "up to a million characters are counted"
    post = ticket_post(http_stage)
    assert check_message({"text": post.text, "blocks": post.blocks}) == []
    http_stage.slack.click(ADA, post, kit.ACTION_SHOW)
    shown = modal(http_stage, ADA)
    assert check_view(shown.definition) == []
    assert f"[cut, {more} more]" in said(shown)
