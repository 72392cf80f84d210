"""Real exports, from file to answer: every figure is counted again here by hand-written SQL."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT / os.environ.get("EARSHOT_SHARED_DATA", "../shared/data")
ASKED_AT = datetime(2019, 5, 20, tzinfo=UTC)
FIREFOX, THUNDERBIRD = "firefox-2019", "thunderbird-2023"
CUT_AFTER = 2_000
FRICTION = ("broken", "confusing", "unexpected", "request")
E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)

pytestmark = pytest.mark.timeout(400)


@dataclass(frozen=True)
class Installation:
    """A database filled by the command line from one file."""

    folder: Path
    file: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": f"sqlite:///{self.folder / 'earshot.db'}",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """What a command prints; it must succeed."""
        process = self.start(*arguments)
        out, err = process.communicate()
        assert process.returncode == 0, err
        return out

    def ask(self, question: str, now: str = "2019-05-20") -> Any:
        return json.loads(self.run("friction", question, "--now", now, "--json"))

    def rows(self, sql: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "earshot.db")) as database:
            return database.execute(sql, values).fetchall()


def cut(file: Path, folder: Path) -> Path:
    """The first rows of a file, as a file of their own."""
    made = folder / file.name
    with (
        gzip.open(file, "rt", encoding="utf-8", newline="") as whole,
        gzip.open(made, "wt", encoding="utf-8", newline="") as part,
    ):
        csv.writer(part).writerows(islice(csv.reader(whole), CUT_AFTER + 1))
    return made


@pytest.fixture(scope="module")
def installations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Installation]:
    """Both files, each taken in once, side by side; of the second only its first rows."""
    made = {}
    for name in (FIREFOX, THUNDERBIRD):
        file = SHARED / f"{name}.csv.gz"
        if not file.is_file():
            pytest.skip(f"{file} is not there: set EARSHOT_SHARED_DATA to the folder of real files")
        folder = tmp_path_factory.mktemp(name)
        made[name] = Installation(folder, file if name == FIREFOX else cut(file, folder))
    ingests = [(i, i.start("ingest", str(i.file), "--json")) for i in made.values()]
    for installation, process in ingests:
        out, err = process.communicate()
        assert process.returncode == 0, err
        (installation.folder / "report.json").write_text(out, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def firefox(installations: dict[str, Installation]) -> Installation:
    return installations[FIREFOX]


@pytest.fixture(scope="module")
def thunderbird(installations: dict[str, Installation]) -> Installation:
    return installations[THUNDERBIRD]


def ids_in(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return [row["id"] for row in csv.DictReader(text)]


def at(moment: datetime) -> str:
    """A moment as the database writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000")


OF_FEATURE = "SELECT ticket_id FROM ticket_feature WHERE feature_id = ?"
WITH_WORDS = "SELECT rowid FROM ticket_fts WHERE ticket_fts MATCH ?"


@dataclass(frozen=True)
class Recount:
    """Figures of a window by SQL of this test's own: kinds come from quotes, not from the mask."""

    installation: Installation
    hits: str
    what: str

    def count(self, since: datetime, until: datetime, kinds: tuple[str, ...]) -> tuple[int, int]:
        """Tickets of the window that have a quote of one of `kinds`, and their customers."""
        found = self.installation.rows(
            "SELECT count(*), count(DISTINCT customer) FROM ticket"
            " WHERE created_at >= ? AND created_at < ?"
            f" AND id IN ({self.hits}) AND EXISTS (SELECT 1 FROM ticket_quote"
            "  WHERE ticket_id = ticket.id"
            f"  AND kind IN ({', '.join('?' * len(kinds))}))",
            *(at(since), at(until), self.what, *kinds),
        )
        return found[0][0], found[0][1]

    def tickets(self, since: datetime, until: datetime) -> dict[str, tuple[str, str, str]]:
        """All tickets of the window by their own id: customer, text, and which kinds."""
        return {
            row[0]: (row[1], f"{row[2]}\n{row[3]}", row[4] or "")
            for row in self.installation.rows(
                "SELECT external_id, customer, subject, body,"
                " (SELECT group_concat(kind) FROM ticket_quote WHERE ticket_id = ticket.id)"
                " FROM ticket WHERE created_at >= ? AND created_at < ?"
                f" AND id IN ({self.hits})",
                *(at(since), at(until), self.what),
            )
        }


QUESTIONS = [
    ("sync", 30, OF_FEATURE, "sync"),
    ("sync 7d", 7, OF_FEATURE, "sync"),
    ("12w sync", 84, OF_FEATURE, "sync"),
    ("tabs since 2019-05-01", 19, OF_FEATURE, "tabs"),
    ("bookmarks lost", 30, WITH_WORDS, '"bookmarks" AND "lost"'),
    ("bookmarks lost 7d", 7, WITH_WORDS, '"bookmarks" AND "lost"'),
    ("bookmarks lost 12w", 84, WITH_WORDS, '"bookmarks" AND "lost"'),
    ("bookmarks lost since 2019-05-01", 19, WITH_WORDS, '"bookmarks" AND "lost"'),
    ('"lost all" 12w', 84, WITH_WORDS, '"lost all"'),
]


def check_every_figure(
    answer: Any, days: int, recount: Recount, asked_at: datetime = ASKED_AT
) -> None:
    """Hold an answer of the command line to a recount."""
    since, before = asked_at - timedelta(days=days), asked_at - timedelta(days=2 * days)
    assert answer["since"] == since.isoformat().replace("+00:00", "Z")
    assert answer["until"] == asked_at.isoformat().replace("+00:00", "Z")
    tickets, customers = recount.count(since, asked_at, FRICTION)
    inside = recount.tickets(since, asked_at)
    assert (answer["tickets"], answer["customers"]) == (tickets, customers)
    assert answer["mentioned"] == len(inside)
    assert answer["enough"] == (tickets >= 5)
    previous = recount.count(before, since, FRICTION)
    assert (answer["previous"]["tickets"], answer["previous"]["customers"]) == previous
    for kind in (*FRICTION, "praise"):
        assert answer["kinds"][kind] == recount.count(since, asked_at, (kind,))[0], kind
    assert sum(week["tickets"] for week in answer["weeks"]) == tickets
    end = asked_at
    for week in reversed(answer["weeks"]):
        start = max(since, end - timedelta(days=7))
        assert week["start"] == start.date().isoformat()
        assert (week["tickets"], week["customers"]) == recount.count(start, end, FRICTION)
        end = start
    assert end == since
    check_themes(answer, inside)
    check_quotes(answer, inside)


def check_themes(answer: Any, inside: dict[str, tuple[str, str, str]]) -> None:
    told = [id for theme in answer["themes"] for id in theme["ticket_ids"]]
    assert len(told) == len(set(told)), "a ticket stands in one theme at most"
    for theme in answer["themes"]:
        assert len(theme["ticket_ids"]) == theme["tickets"] >= 2
        assert theme["customers"] == len({inside[id][0] for id in theme["ticket_ids"]})
        assert all(set(inside[id][2].split(",")) & set(FRICTION) for id in theme["ticket_ids"])
        assert any(theme["label"] in inside[id][1] for id in theme["ticket_ids"])


def check_quotes(answer: Any, inside: dict[str, tuple[str, str, str]]) -> None:
    of_themes = [theme["quote"] for theme in answer["themes"] if theme["quote"]]
    for quote in [*answer["quotes"], *answer["praise"], *of_themes]:
        _, text, kinds = inside[quote["ticket_id"]]
        assert quote["text"], "a quote says something"
        assert quote["text"] in text, "a quote is verbatim"
        assert quote["kind"] in kinds.split(",")
        assert quote["url"].endswith(quote["ticket_id"])
    assert not [quote for quote in answer["quotes"] if quote["kind"] == "praise"]
    wrote = [inside[quote["ticket_id"]][0] for quote in answer["quotes"]]
    assert len(wrote) == len(set(wrote)), "quotes are of different customers"


def test_every_ticket_of_the_file_is_taken_in(firefox: Installation) -> None:
    expected = ids_in(firefox.file)
    report = json.loads((firefox.folder / "report.json").read_text(encoding="utf-8"))
    assert (report["read"], report["new"]) == (len(expected), len(set(expected)))
    assert (report["changed"], report["same"], report["bad_count"]) == (0, 0, 0)
    stored = [row[0] for row in firefox.rows("SELECT external_id FROM ticket")]
    assert sorted(stored) == sorted(set(expected))


def test_the_time_of_each_ticket_is_the_one_in_the_file(firefox: Installation) -> None:
    with gzip.open(firefox.file, "rt", encoding="utf-8", newline="") as text:
        written = {
            row["id"]: datetime.fromisoformat(row["created"].replace("Z", "+00:00"))
            for row in csv.DictReader(text)
        }
    for id, created in firefox.rows("SELECT external_id, created_at FROM ticket"):
        expected = written[id]
        expected = expected if expected.tzinfo else expected.replace(tzinfo=UTC)
        assert created == at(expected.astimezone(UTC))


def test_a_second_run_changes_nothing_and_says_so(firefox: Installation) -> None:
    def everything() -> list[list[Any]]:
        tables = ("ticket", "ticket_quote", "ticket_feature", "feature")
        return [firefox.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]

    before = everything()
    said = firefox.run("ingest", str(firefox.file))
    assert said == f"{len(ids_in(firefox.file))} tickets read: nothing has changed.\n"
    assert everything() == before


@pytest.mark.parametrize(("question", "days", "hits", "what"), QUESTIONS)
def test_every_figure_of_an_answer_is_that_of_a_recount(
    firefox: Installation, question: str, days: int, hits: str, what: str
) -> None:
    answer = firefox.ask(question)
    assert answer["feature"] == (what if hits == OF_FEATURE else None)
    assert answer["understood"] == ("exact" if hits == OF_FEATURE else "search")
    assert answer["tickets"] > 0, "a question that finds nothing tests nothing"
    check_every_figure(answer, days, Recount(firefox, hits, what))


@pytest.mark.parametrize(
    ("question", "days"), [("", 30), ("7d", 7), ("12w", 84), ("since 2019-05-01", 19)]
)
def test_every_line_of_the_ranking_is_that_of_a_recount(
    firefox: Installation, question: str, days: int
) -> None:
    lines = firefox.ask(question)["features"]
    since, before = ASKED_AT - timedelta(days=days), ASKED_AT - timedelta(days=2 * days)
    for line in lines[:: max(1, len(lines) // 12)]:
        recount = Recount(firefox, OF_FEATURE, line["feature"])
        assert (line["tickets"], line["customers"]) == recount.count(since, ASKED_AT, FRICTION)
        previous = line["previous"]["tickets"], line["previous"]["customers"]
        assert previous == recount.count(before, since, FRICTION)
    assert [line["tickets"] for line in lines] == sorted(
        (n["tickets"] for n in lines), reverse=True
    )
    named = firefox.rows(
        "SELECT DISTINCT f.feature_id FROM ticket_feature f JOIN ticket_quote q USING (ticket_id)"
        " JOIN ticket t ON t.id = f.ticket_id"
        " WHERE q.kind <> 'praise' AND t.created_at >= ? AND t.created_at < ?",
        *(at(before), at(ASKED_AT)),
    )
    assert {line["feature"] for line in lines} == {row[0] for row in named}


def test_the_same_question_gets_the_same_answer(firefox: Installation) -> None:
    assert firefox.ask("sync 12w") == firefox.ask("sync 12w")


@pytest.mark.parametrize("name", [FIREFOX, THUNDERBIRD])
def test_no_address_is_left_in_any_stored_text(
    installations: dict[str, Installation], name: str
) -> None:
    database = installations[name]
    tables = {row[0] for row in database.rows("SELECT name FROM sqlite_master WHERE type='table'")}
    for table in tables - {"ticket_fts_data", "ticket_fts_docsize", "ticket_fts_idx"}:
        for row in database.rows(f"SELECT * FROM {table}"):
            found = [text for text in row if isinstance(text, str) and E_MAIL.search(text)]
            assert not found, f"{len(found)} addresses in a row of {table}"


def test_the_second_file_is_taken_in_and_answers_with_true_figures(
    thunderbird: Installation,
) -> None:
    expected = ids_in(thunderbird.file)
    stored = [row[0] for row in thunderbird.rows("SELECT external_id FROM ticket")]
    assert sorted(stored) == sorted(set(expected))
    now = datetime(2023, 8, 1, tzinfo=UTC)
    answer = thunderbird.ask("password rejected", "2023-08-01")
    assert answer["tickets"] > 0
    recount = Recount(thunderbird, WITH_WORDS, '"password" AND "rejected"')
    check_every_figure(answer, 30, recount, now)
