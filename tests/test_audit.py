"""The audit: every deed is in it, no words are, and the database itself lets nobody change it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from auditing import assert_wordless, audited
from bot.blocks import kit
from bot.config import load
from bot.demo.stage import Stage
from bot.reports import Corrected, Deed, Kind, LessOf, Status, Verdict
from bot.service import (
    audit,
    channels,
    corrections,
    digest_less,
    insight_acts,
    muting,
)
from bot.service.context import Context, open_context
from bot.service.corrections import About
from bot.service.insight_acts import Edit
from bot.service.muting import For
from commandline import MOMENT, Run, runner
from people import ADA, BEN, SUPPORT, TEAM, asked, card_post, modal, take_some_tickets, ticket_post
from storage import audit as rows
from storage.database import Store

ROOT = Path(__file__).parent.parent


# --- append-only ----------------------------------------------------------------------------


def put(store: Store, *ages: timedelta) -> None:
    with store.write() as session:
        for age in ages:
            at = datetime.now(UTC) - age
            rows.append(session, at, team="", by="operator", deed="exported", about="insights")


CHANGES = {
    "changed": "UPDATE audit_entry SET about = 'nothing'",
    "changed though old": "UPDATE audit_entry SET at = at",
    "removed": "DELETE FROM audit_entry",
    "removed by number": "DELETE FROM audit_entry WHERE id = 2",
}
ON_ONE = {
    "sqlite": "INSERT OR REPLACE INTO audit_entry (id, at, team, by, deed, about)"
    " VALUES (2, '2026-01-01 00:00:00', '', 'x', 'x', 'x')",
    "postgresql": "TRUNCATE audit_entry",
}


@pytest.mark.parametrize("how", [*CHANGES, "replaced"])
def test_the_database_refuses_that_an_entry_is(context: Context, how: str) -> None:
    put(context.store, timedelta(days=500), timedelta(days=89), timedelta(0))
    before = audited(context.store)
    dialect = context.store.engine.dialect.name
    statement = CHANGES.get(how) or ON_ONE[dialect]
    with (
        pytest.raises(DBAPIError, match="the audit is append-only"),
        context.store.write() as session,
    ):
        session.execute(text(statement))
    assert audited(context.store) == before
    assert len(before) == 3


def test_a_clock_that_is_set_forward_removes_nothing_that_the_database_holds(
    context: Context,
) -> None:
    put(context.store, timedelta(days=1), timedelta(days=91))
    with context.store.write() as session:
        assert rows.expire(session, datetime.now(UTC) + timedelta(days=4_000)) == 1
    assert len(audited(context.store)) == 1


# --- every deed -----------------------------------------------------------------------------


def test_every_deed_is_recorded_somewhere() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in ROOT.glob("bot/**/*.py")
        if path.name != "audit.py" or path.parent.name == "service"
    )
    recorded = {deed for deed in Deed if re.search(rf"\bDeed\.{deed.name}\b", source)}
    assert recorded == set(Deed)


def test_what_people_do_in_slack_is_told_with_who_and_which(
    http_stage: Stage, tmp_path: Path
) -> None:
    stage, slack = http_stage, http_stage.slack
    take_some_tickets(stage, tmp_path)
    card = card_post(stage)
    post = ticket_post(stage, 2)
    assert slack.react(ADA, SUPPORT, post.ts, "bulb").ok
    stage.slack.wait_for(lambda: len(audited(stage.context.store)) == 2)
    assert slack.click(BEN, card, kit.ACTION_OWN).ok
    stage.slack.wait_for(lambda: len(audited(stage.context.store)) >= 4)
    answer = asked(stage, ADA, SUPPORT, "checkout")
    assert slack.click(ADA, answer, kit.ACTION_SHARE).ok
    stage.slack.wait_for(lambda: "shared" in str(audited(stage.context.store)))
    assert slack.slash_command(ADA, SUPPORT, "/digest").ok
    modal(stage, ADA)
    assert slack.submit_view(ADA, {kit.BLOCK_TIME: "09:30"}).ok
    stage.slack.wait_for(lambda: "configured" in str(audited(stage.context.store)))
    told = audited(stage.context.store)
    assert told[:4] == [
        ("U0MIRA", "tagged", "insight 1: tagged"),
        (ADA, "tagged", "insight 2: tagged"),
        (BEN, "insight changed", "insight 1: owner"),
        (BEN, "insight changed", "insight 1: status"),
    ]
    assert told[4][:2] == (ADA, "shared")
    assert told[4][2].startswith(f"channel {SUPPORT}: message ")
    assert told[5] == (ADA, "channel configured", f"channel {SUPPORT}: settings")
    teams = stage.context.store
    with teams.read() as session:
        found = session.execute(text("SELECT DISTINCT team FROM audit_entry")).scalars()
        assert list(found) == [TEAM]


@pytest.fixture
def opened(filled: str) -> Iterator[Context]:
    context = open_context(load())
    yield context
    context.store.close()


def test_each_deed_of_a_person_is_told_by_its_service(opened: Context) -> None:
    settings, _ = channels.current(opened, "T1", "C1", "UTC")
    channels.save(opened, settings, "U1", MOMENT)
    muting.mute(opened, "T1", "C1", For.WEEK, user="U1", now=MOMENT)
    muting.unmute(opened, "T1", "C1", user="U1", now=MOMENT)
    less = digest_less.say(
        opened, "T1", "C1", what=LessOf.FEATURE, value="search", user="U1", now=MOMENT
    )
    digest_less.take_back(opened, "T1", "C1", less.id, user="U1", now=MOMENT)
    about = About(3, Corrected.KIND, "broken")
    corrections.say(opened, about, Verdict.NOT, team="T1", user="U1", now=MOMENT)
    corrections.take_back(opened, about, team="T1", user="U1", now=MOMENT)
    insight_acts.note(opened, 1, "Kim says it is urgent", "U1", MOMENT)
    insight_acts.set_status(opened, 1, Status.SHIPPED, MOMENT, user="U1", said="Kim's fix")
    edit = Edit("Kim's orders break", "search", Kind.BROKEN, "Kim again")
    insight_acts.edit(opened, 1, edit, "U1", MOMENT)
    told = audited(opened.store)
    assert [(deed, about) for by, deed, about in told if by == "U1"] == [
        ("tagged", "insight 1: tagged"),
        ("channel configured", "channel C1: settings"),
        ("channel configured", "channel C1: muted: week"),
        ("channel configured", "channel C1: mute ended"),
        ("channel configured", "channel C1: less of feature search"),
        ("channel configured", "channel C1: less of feature search, taken back"),
        ("reading corrected", "ticket 3: kind broken"),
        ("reading corrected", "ticket 3: kind broken"),
        ("insight changed", "insight 1: note"),
        ("insight changed", "insight 1: status"),
        ("insight changed", "insight 1: title"),
        ("insight changed", "insight 1: feature"),
        ("insight changed", "insight 1: text"),
    ]
    assert_wordless(opened.store)


def test_a_deed_that_fails_is_not_told(opened: Context) -> None:
    before = audited(opened.store)
    with pytest.raises(Exception, match="no longer there"):
        insight_acts.own(opened, 99, "U1", MOMENT)
    with pytest.raises(Exception, match="has no digest"):
        muting.mute(opened, "T1", "C9", For.DAY, user="U1", now=MOMENT)
    assert audited(opened.store) == before


# --- the command line -----------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def test_exports_and_imports_of_the_operator_are_told(
    run: Run, filled: str, tmp_path: Path
) -> None:
    assert run("insights", "export").code == 0
    catalogue = run("features", "list", "--toml").out
    (tmp_path / "features.toml").write_text(catalogue, encoding="utf-8")
    assert run("features", "import", str(tmp_path / "features.toml")).code == 0
    assert run("features", "list").code == run("insights").code == 0
    entries = run("audit", "--by", "operator", "--json").json["entries"]
    assert [(one["deed"], one["about"], one["team"]) for one in entries] == [
        ("features edited", "catalogue: 2 features", None),
        ("exported", "catalogue", None),
        ("exported", "insights", None),
    ]


def test_the_audit_is_narrowed_and_has_pages(run: Run, opened: Context) -> None:
    for number in range(90):
        with opened.store.write() as session:
            at = MOMENT + timedelta(minutes=number)
            audit.record(
                session, at, Deed.SHARED, f"channel C1: message {number}", by="U7", team="T1"
            )
    first = run("audit", "--by", "U7").out
    assert "Audit: 90 entries by U7" in first
    assert "message 89" in first
    assert "--page 2" in first
    last = run("audit", "--by", "U7", "--page", "9", "--json").json
    assert (last["page"], last["pages"], last["total"]) == (3, 3, 90)
    assert len(last["entries"]) == 10
    since = (MOMENT + timedelta(minutes=88)).isoformat()
    found = run("audit", "--since", since, "--deed", "shared", "--json").json
    assert [one["about"] for one in found["entries"]] == [
        "channel C1: message 89",
        "channel C1: message 88",
    ]
    assert found["entries"][0]["at"].endswith("Z")
    assert "Nothing is in the audit by U9" in run("audit", "--by", "U9").out
    wrong = run("audit", "--deed", "flown")
    assert wrong.code == 2
    assert "exported" in wrong.err
