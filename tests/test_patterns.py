"""The operator's own patterns: what is taken, what is refused, and what they mask."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot import cli
from bot.errors import NotFound, UserError
from bot.reports import Requester, TicketDraft
from bot.service import masking, patterns
from bot.service.context import Context
from bot.service.ingest import ingest
from bot.voice.redact import redact_or_withhold
from conftest import NOW
from storage_rows import rows


@pytest.mark.parametrize(
    "expression", [r"CT-\d{6}", r"\bACME-[A-Z]{2,4}-\d+\b", "(?i)project (falcon|hawk)", "(a+)+QX"]
)
def test_a_narrow_pattern_is_taken(expression: str) -> None:
    assert patterns.tried("own", expression).expression == expression


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (".*", "nothing at all"),
        ("x?", "nothing at all"),
        (r"\b", "nothing at all"),
        (".", "ordinary"),
        (r"\w+", "ordinary"),
        ("[a-z]{4,}", "ordinary"),
        (r"\d+", "ordinary"),
        ("the|is|a|my", "ordinary"),
        (r"Q[^z]*z|Q", "too long"),
        (r"(?=Q)Q", "without look-around"),
        (r"(Q)\1", "without look-around"),
        ("(", "no pattern"),
        ("(Q{900}){900}", "no pattern"),
        ("", "characters"),
        ("Q" * 501, "characters"),
    ],
)
def test_what_would_harm_is_refused_with_a_reason(expression: str, said: str) -> None:
    with pytest.raises(patterns.PatternFault, match=said):
        patterns.tried("own", expression)


@pytest.mark.parametrize("name", ["", "Own", "two words", "x" * 41, "[x]"])
def test_a_pattern_has_a_plain_name(name: str) -> None:
    with pytest.raises(patterns.PatternFault, match="small letters"):
        patterns.tried(name, r"CT-\d{6}")


def test_patterns_are_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "state" / "patterns.toml"
    assert patterns.every(file) == ()
    patterns.add(file, "contract", r"CT-\d{5}")
    patterns.add(file, "contract", r"CT-\d{6}")
    patterns.add(file, "odd", 'Q"\\\\[€]')
    kept = [(each.name, each.expression) for each in patterns.every(file)]
    assert kept == [("contract", r"CT-\d{6}"), ("odd", 'Q"\\\\[€]')]
    patterns.remove(file, "odd")
    assert [each.name for each in patterns.every(file)] == ["contract"]
    with pytest.raises(NotFound, match="earshot patterns"):
        patterns.remove(file, "odd")


@pytest.mark.parametrize(
    "written", ["[patterns", "[other]\na = 1", "patterns = 1", '[patterns]\na = ".*"', "\xff"]
)
def test_a_file_that_cannot_be_used_stops_intake(tmp_path: Path, written: str) -> None:
    file = tmp_path / "patterns.toml"
    file.write_bytes(written.encode("latin-1"))
    with pytest.raises(UserError, match=r"patterns\.toml"):
        patterns.every(file)


def test_own_patterns_are_masked_in_every_field_that_is_stored(context: Context) -> None:
    file = context.settings.patterns_file
    assert file is not None
    patterns.add(file, "contract", r"CT-\d{6}")
    draft = TicketDraft(
        "desk",
        "1",
        NOW,
        "About CT-123456",
        "C T - 1 2 3 4 5 6 and CT-\u200b123457.",
        tags=("ct", "CT-123456"),
        url="https://help.example/CT-123456",
        segment="CT-123456",
    )
    ingest(context, [draft], NOW)
    [stored] = rows(context.store, "SELECT subject, body, url, segment FROM ticket")
    assert stored == ("About [private 1]", "[private 1] and [private 2].", None, None)
    tags = rows(context.store, "SELECT tags FROM ticket")
    assert "CT-1" not in str(tags)


def test_patterns_count_for_the_next_ticket(context: Context) -> None:
    settings = replace(context.settings, patterns_file=context.settings.patterns_file)
    assert settings.patterns_file is not None

    def masked() -> str:
        return redact_or_withhold(masking.redactor_for(settings, Requester()), "see CT-123456")

    assert masked() == "see CT-123456"
    patterns.add(settings.patterns_file, "contract", r"CT-\d{6}")
    assert masked() == "see [private 1]"
    patterns.remove(settings.patterns_file, "contract")
    assert masked() == "see CT-123456"


def earshot(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    sys.argv = ["earshot", *words]
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out, shown.err


def test_patterns_are_managed_on_the_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setenv("EARSHOT_PATTERNS_FILE", str(tmp_path / "patterns.toml"))
    assert "There are no patterns" in earshot(capsys, "patterns")[1]
    assert "[private 1]" in earshot(capsys, "patterns", "add", "contract", r"CT-\d{6}")[1]
    code, _, said = earshot(capsys, "patterns", "add", "all", r"\w+")
    assert code == 1
    assert "nobody could read them" in said
    assert "Traceback" not in said
    listed = json.loads(earshot(capsys, "patterns", "--json")[1])
    assert listed["patterns"] == [{"name": "contract", "expression": r"CT-\d{6}"}]
    assert earshot(capsys, "patterns", "remove", "contract")[0] == 0
    assert earshot(capsys, "patterns", "remove", "contract")[0] == 1
