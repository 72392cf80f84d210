"""Redaction that fails, in whatever way: the text is withheld, and all else goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.reports import ChannelSettings
from bot.service import channels, masking
from bot.service.ingest import ingest
from bot.voice import redact, redact_numbers
from bot.voice.tokens import WITHHELD
from commandline import runner, ticket_lines, written
from conftest import NOW
from own_tickets import TELLING, draft
from people import ADA, CHECKOUT, TEAM, asked, modal, rows, said
from storage_rows import everything_in

SECRET = "hunter2-planted"
STORY = TELLING[1]
SPOILT = f"{STORY} {SECRET} breaks the rules, says kim@customer.example."


class OfItsOwn(Exception):
    """What a library raises that nobody has heard of."""


def raising(error: type[Exception]) -> Callable[..., Iterator[Any]]:
    """In the place of a rule: it breaks on one text, and tells it."""
    find = redact_numbers.find_emails

    def broken(seen: Any, *rest: Any) -> Iterator[Any]:
        if SECRET in seen.text:
            raise error(seen.text)
        yield from find(seen, *rest)

    return broken


def dawdling(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule over which hours of processor time go by on one text."""
    spent = [0.0]
    find = redact_numbers.find_emails

    def slow(seen: Any, *rest: Any) -> Iterator[Any]:
        spent[0] += 3_600.0 if SECRET in seen.text else 0.0
        yield from find(seen, *rest)

    monkeypatch.setattr("bot.service.masking.time.thread_time", lambda: spent[0])
    monkeypatch.setattr(redact, "find_emails", slow)


FAULTS = [ValueError, RuntimeError, KeyError, AssertionError, MemoryError, RecursionError, OfItsOwn]


@pytest.fixture(params=[*FAULTS, "too slow"], ids=lambda fault: getattr(fault, "__name__", fault))
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    masking._made.cache_clear()
    if request.param == "too slow":
        dawdling(monkeypatch)
    else:
        monkeypatch.setattr(redact, "find_emails", raising(request.param))
    yield
    masking._made.cache_clear()


@pytest.mark.case(17)
@pytest.mark.usefixtures("broken")
def test_a_text_that_cannot_be_redacted_is_withheld_and_the_others_are_posted(
    http_stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    channels.save(http_stage.context, ChannelSettings(TEAM, CHECKOUT), ADA, NOW - timedelta(days=1))
    fresh = NOW - timedelta(hours=9)
    drafts = [draft("t-1", SPOILT, created=fresh), draft("t-2", STORY, created=fresh)]
    with caplog.at_level(logging.DEBUG):
        report = ingest(http_stage.context, drafts, NOW - timedelta(hours=8))
        http_stage.now = NOW.replace(hour=9, minute=30)
        http_stage.work()
        answer = said(asked(http_stage, ADA, CHECKOUT, "t-1"))
    assert (report.new, report.bad_count) == (2, 0)
    assert rows(http_stage, "SELECT body FROM ticket ORDER BY id") == [(WITHHELD,), (STORY,)]
    posts = http_stage.slack.posts(CHECKOUT)
    assert "Ticket t-2 : " in " ".join(map(said, posts)), "other tickets are posted"
    assert "t-1" not in " ".join(map(said, posts)), "nothing is known of it that is worth telling"
    assert "Ticket t-1 : " in answer
    assert WITHHELD in answer
    assert SECRET not in caplog.text
    assert "kim@" not in caplog.text
    told = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in told] == [
        "redaction failed: what it failed on is withheld, in so many tickets: 1"
    ]
    assert "redaction failed on 1 ticket:" in report.notes[0]
    assert SECRET.encode() not in everything_in(http_stage.context.store)


@pytest.mark.case(17)
@pytest.mark.usefixtures("broken")
def test_a_withheld_ticket_is_listed_by_its_id_and_opens(http_stage: Stage) -> None:
    ingest(http_stage.context, [draft("t-1", SPOILT, tags=("checkout",))] * 1, NOW)
    answer = asked(http_stage, ADA, CHECKOUT, "t-1")
    http_stage.slack.click(ADA, answer, kit.ACTION_SHOW)
    shown = said(modal(http_stage, ADA))
    assert "Ticket t-1 : " in shown
    assert WITHHELD in shown


@pytest.mark.case(17)
@pytest.mark.only("sqlite")
def test_the_command_line_says_how_many_are_withheld(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(redact, "find_emails", raising(RuntimeError))
    lines = [line.replace("order 3.", f"{SECRET} 3.") for line in ticket_lines()]
    ended = runner(monkeypatch, capsys)("ingest", written(tmp_path / "t.jsonl", lines))
    assert ended.code == 0
    assert "Note: redaction failed on 1 ticket:" in ended.out
    assert SECRET not in ended.out + ended.err
