"""Did our fix help, as people meet it: in a card's thread, in the terminal, in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import kit
from bot.config import load
from bot.csv_export import COLUMNS, write
from bot.demo.stage import Stage
from bot.reports import EffectVerdict, ExportedInsight, Feature, InsightLine, Kind, Look, Status
from bot.service import insights
from bot.service.context import Context, open_context
from bot.service.insights import TagRequest
from bot.sources.csvrows import CsvRecord, CsvTable
from bot.sources.decode import Text
from bot.sources.spreadsheet import inert, original
from commandline import Run, runner
from conftest import NOW
from effect_tickets import STORY, queue, weekly
from insight_stage import becomes, card, choose, fill_in, happened, later, status_of, thread
from own_tickets import put, write_catalogue
from people import ADA, BEN, CHECKOUT, TEAM, buttons, rows, said
from storage_rows import rows as stored_rows

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

GONE = [8, *[1] * 11]
STEADY = [8, 9, 7, 8, 8, 9, 7, 8, 9, 8, 7, 8, 8, 9]
EFFECT_KEYS = {"verdict", "ratio", "interval", "before", "after", "looked_at"}
DAY = "2026-08-10"


def shop(context: Context, told: list[int], *, title: str = "Voucher", now: datetime = NOW) -> int:
    write_catalogue(
        context,
        Feature("checkout", "Checkout", channels=(CHECKOUT,)),
        Feature("search", "Search"),
    )
    put(context, *weekly("story", STEADY, told, saying=STORY), *queue())
    sql = "SELECT id FROM ticket WHERE external_id = 'story-12-0'"
    [(ticket,)] = stored_rows(context.store, sql)
    request = TagRequest(TEAM, ADA, CHECKOUT, title, "checkout", Kind.BROKEN, ticket=ticket)
    return insights.tag(context, request, now).insight


# --- in Slack -------------------------------------------------------------------------------


def test_what_shipped_is_looked_at_told_in_the_thread_and_verified_by_a_person(
    stage: Stage,
) -> None:
    shop(stage.context, GONE)
    later(stage)
    choose(stage, ADA, "shipped")
    fill_in(stage, ADA, {kit.BLOCK_DATE: DAY})
    becomes(stage, "shipped")
    later(stage, timedelta(minutes=6))
    [look] = [line for line in thread(stage) if "helped after 12 weeks" in line]
    assert "Customers a week: 7.9 before 10 Aug 2026, 1.0 after" in look
    assert status_of(stage) == "shipped", "verified is offered, never set by itself"

    root = card(stage)
    [message] = [
        reply
        for reply in stage.slack.messages(CHECKOUT, thread_ts=root.ts)
        if buttons(reply, kit.ACTION_VERIFY)
    ]
    assert stage.slack.click(BEN, message, kit.ACTION_VERIFY).ok
    becomes(stage, "verified")
    assert ("status", "shipped", "verified") in happened(stage)
    assert ("looked at", "12", "helped") in happened(stage)
    for _ in range(3):
        later(stage, timedelta(days=7))
    assert sum("after 12 weeks" in line for line in thread(stage)) == 1


def test_looks_come_one_after_the_other_as_time_passes(http_stage: Stage) -> None:
    stage = http_stage
    stage.now -= timedelta(weeks=12, hours=20)
    shop(stage.context, GONE, now=stage.now)
    later(stage)
    choose(stage, ADA, "shipped")
    fill_in(stage, ADA)
    becomes(stage, "shipped")
    for _ in range(13):
        later(stage, timedelta(days=7))
    looks = [(weeks, verdict) for what, weeks, verdict in happened(stage) if what == "looked at"]
    assert looks == [("2", "too early to say"), ("4", "helped"), ("8", "helped"), ("12", "helped")]
    assert sum("Mark as verified" in line for line in thread(stage)) == 1


def test_the_offer_is_refused_kindly_when_the_insight_was_taken_back(http_stage: Stage) -> None:
    stage = http_stage
    shop(stage.context, GONE)
    later(stage)
    choose(stage, ADA, "shipped")
    fill_in(stage, ADA, {kit.BLOCK_DATE: DAY})
    becomes(stage, "shipped")
    later(stage, timedelta(minutes=6))
    choose(stage, BEN, "open")
    becomes(stage, "open")
    [message] = [
        reply
        for reply in stage.slack.messages(CHECKOUT, thread_ts=card(stage).ts)
        if buttons(reply, kit.ACTION_VERIFY)
    ]
    assert stage.slack.click(BEN, message, kit.ACTION_VERIFY).ok
    stage.slack.wait_for(lambda: stage.slack.ephemerals(BEN))
    assert "is open by now" in said(stage.slack.ephemerals(BEN)[-1])
    assert rows(stage, "SELECT status FROM insight") == [("open",)]


# --- in the terminal ------------------------------------------------------------------------


@pytest.fixture
def earshot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def installed(database: str) -> str:
    context = open_context(load(), create=True)
    shop(context, GONE, title='=HYPERLINK("https://evil.example")')
    context.store.close()
    return database


def test_an_effect_is_printed_with_its_figures_and_tickets(earshot: Run, installed: str) -> None:
    asked = ("effect", "1", "--shipped", DAY, "--now", "2026-10-06")
    shown = earshot(*asked)
    assert shown.code == 0
    assert "Insight 1: helped after 8 weeks" in shown.out
    printed = earshot(*asked, "--json").json
    assert printed.keys() >= EFFECT_KEYS
    assert (printed["verdict"], printed["looked_at"]) == ("helped", "2026-10-05")
    assert printed["before"] == STEADY[2:]
    assert printed["after"] == GONE[:8]
    low, high = printed["interval"]
    assert low < printed["ratio"] < high < 1
    week = printed["story"]["weeks_after"][1]
    assert week["ticket_ids"] == ["story-15-0"]
    assert (week["customers"], week["left_out"]) == (1, None)


def test_the_effect_of_a_release_on_a_feature_needs_no_insight(
    earshot: Run, installed: str
) -> None:
    asked = ("effect", "--feature", "checkout", "--shipped", DAY, "--now", "2026-11-03", "--json")
    printed = earshot(*asked).json
    assert (printed["insight"], printed["feature_id"]) == (None, "checkout")
    assert printed["verdict"] == "helped"


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (("effect",), 2, "give the number of an insight"),
        (("effect", "1", "--feature", "checkout"), 2, "give the number of an insight"),
        (("effect", "--feature", "checkout"), 2, "needs --shipped"),
        (("effect", "1"), 1, "has not shipped"),
        (("effect", "99", "--shipped", DAY), 1, "no longer there"),
        (("effect", "--feature", "warp", "--shipped", DAY), 1, "no feature 'warp'"),
        (("effect", "1", "--shipped", "2150-01-01"), 1, "still to come"),
        (("insights", "export", "--json"), 2, "leave out --json"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    earshot: Run, installed: str, asked: tuple[str, ...], code: int, says: str
) -> None:
    ended = earshot(*asked)
    assert ended.code == code
    assert says in " ".join(ended.err.replace("│", " ").split())


def test_insights_are_exported_with_nothing_that_a_spreadsheet_would_run(
    earshot: Run, installed: str
) -> None:
    ended = earshot("insights", "export")
    assert ended.code == 0
    [row] = csv.DictReader(io.StringIO(ended.out, newline=""))
    assert tuple(row) == COLUMNS
    assert row["title"] == """'=HYPERLINK("https://evil.example")"""
    assert (row["id"], row["feature"], row["status"]) == ("1", "Checkout", "open")
    assert "story-12-0" in row["ticket_ids"].split()
    assert earshot("insights", "export", "--now", "2026-01-01").out.count("\n") == 1


# --- in a spreadsheet -----------------------------------------------------------------------


def exported(**words: str) -> ExportedInsight:
    line = InsightLine(
        id=1,
        title=words.get("title", ""),
        feature=Feature("f", words.get("name", "Checkout")),
        kind=Kind.BROKEN,
        status=Status.SHIPPED,
        tickets=1,
        customers=1,
        answers={"knew it": 2},
        created_at=NOW,
        looked=Look(8, EffectVerdict.NO_CHANGE),
    )
    return ExportedInsight(
        line=line,
        tagged_by=ADA,
        note=words.get("note", ""),
        shipped_what=words.get("what", ""),
        declined_why="",
        ticket_ids=("@1", "2"),
    )


SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\u00a0@", "\t=", " @", "\ufeff=", "'="]


@pytest.mark.case(44)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_cell_that_would_be_a_formula_is_text(sign: str) -> None:
    assert inert(f"{sign}1+1").startswith("'")


@pytest.mark.parametrize(
    "cell", ["", "Pay now", "7", "'t was", "a=b", "2 - 1", "'", '"', "a; b", "a\nb"]
)
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert inert(cell) == cell


@pytest.mark.case(44)
@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize(
    "typed", ["x;=1+1;y", 'x; "=1+1"', "x\n=1+1", "x\t@SUM(A1)", "x;＝1", "x;\n=1"]
)
def test_no_part_of_a_cell_is_a_formula_where_another_sign_separates(
    typed: str, separator: str
) -> None:
    out = io.StringIO()
    write([exported(title=typed, note=typed)], out)
    cells = [
        cell for row in csv.reader(out.getvalue().splitlines(), delimiter=separator) for cell in row
    ]
    assert [cell for cell in cells if cell.lstrip(' "')[:1] in tuple("=+-@＝＋－＠")] == []


CASE = ["=1+1", "\t=1+1", " @SUM(A1)", "\n-1", "first\n-1", '"', '"=1"', "'=1", "''=1", "x,=1;=2"]


@pytest.mark.case(44)
@pytest.mark.parametrize("typed", CASE)
def test_what_was_exported_and_read_back_says_the_same(typed: str, tmp_path: Path) -> None:
    file = tmp_path / "insights.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        write([exported(title=typed, note=typed)], out)
    opened = Text(file, file.name)
    table = CsvTable(opened)
    [row] = table
    opened.close()
    assert isinstance(row, CsvRecord)
    read = dict(zip(table.header, row.value, strict=True))
    assert (read["title"], read["note"]) == (typed, typed)


@pytest.mark.case(44)
@given(st.text(alphabet=st.sampled_from("'=+-@; \t\r\n\u00a0\ufeffa1")) | st.text())
def test_a_cell_is_text_and_read_back_it_is_what_it_was(value: str) -> None:
    cell = inert(value)
    assert original(cell) == value
    assert cell.lstrip(" \u00a0\u3000\ufeff\u200b\u2060")[:1] not in tuple("=+-@\t\r\n＝＋－＠")


@given(st.text(), st.text(), st.text())
def test_whatever_people_write_no_cell_begins_a_formula_and_none_is_torn(
    title: str, note: str, name: str
) -> None:
    out = io.StringIO(newline="")
    write([exported(title=title, note=note, name=name, what=title)], out)
    heading, row = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert len(heading) == len(row) == len(COLUMNS)
    assert not any(cell.strip(" ")[:1] in {*"=+-@\t\r\n"} for cell in row if cell.strip(" "))
    read = dict(zip(heading, row, strict=True))
    assert original(read["note"]) == note.replace("\0", "")
    assert json.dumps(read["ticket_ids"]) == '"\'@1 2"'
