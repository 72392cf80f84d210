"""`earshot analyze`: a contract for pipes. A line for a line, whatever the line holds."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from bot import analyze as analysis
from bot import json_lines
from bot.config import Settings
from bot.voice.features import Catalogue
from people import FEATURES

ROOT = Path(__file__).parent.parent
GOOD_KEYS = {
    "id",
    "text",
    "kinds",
    "quote",
    "features",
    "language",
    "kinds_known",
    "redactions",
}


def line(text: str, id: object = 1, **rest: object) -> bytes:
    return json.dumps({"id": id, "text": text, **rest}).encode() + b"\n"


def analyzed(settings: Settings, *lines: bytes) -> list[dict[str, Any]]:
    """What comes out, after a round trip through its bytes."""
    source = io.BytesIO(b"".join(lines))
    found = [
        json.loads(analysis.encode(each), parse_constant=_refuse)
        for each in analysis.analyze(source, settings, Catalogue(FEATURES))
    ]
    assert len(found) == len(lines)
    return found


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def test_a_reading_has_the_keys_of_the_contract(settings: Settings) -> None:
    [found] = analyzed(
        settings, line("The checkout page is broken. Ask kim@customer.example.", "a")
    )
    assert {*found} == GOOD_KEYS
    assert found["id"] == "a"
    assert found["kinds"] == ["broken"]
    assert found["features"] == ["checkout"]
    assert found["language"] == "en"
    assert found["kinds_known"] is True
    assert found["quote"] == "The checkout page is broken."
    assert "kim@customer.example" not in found["text"]
    [redaction] = found["redactions"]
    assert {*redaction} == {"type", "token"}
    assert redaction["token"] in found["text"]


def test_there_is_a_line_for_a_line_in_order(settings: Settings) -> None:
    lines = [line(f"Number {n} is broken.", n) if n % 3 else b"no\n" for n in range(60)]
    found = analyzed(settings, *lines)
    for number, each in enumerate(found):
        if number % 3:
            assert each["id"] == number
        else:
            assert each == {"line": number + 1, "error": "the line is not JSON"}


SECRET = "hunter2-planted"
UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"\n", "not JSON"),
    "blank": (b"  \t \n", "not JSON"),
    "invalid UTF-8": (b'{"id": 1, "text": "\xff hunter2-planted"}\n', "not UTF-8"),
    "cut off": (line(SECRET)[:-3] + b"\n", "not JSON"),
    "two objects": (line(SECRET)[:-1] + line(SECRET), "not JSON"),
    "a list": (b'["hunter2-planted"]\n', "not a JSON object"),
    "a string": (b'"hunter2-planted"\n', "not a JSON object"),
    "null": (b"null\n", "not a JSON object"),
    "NaN": (b'{"id": NaN, "text": "hunter2-planted"}\n', "not JSON"),
    "Infinity": (b'{"id": -Infinity, "text": "hunter2-planted"}\n', "not JSON"),
    "beyond all numbers": (b'{"id": 1e999, "text": "hunter2-planted"}\n', "not JSON"),
    "5000 digits": (b'{"id": ' + b"9" * 5000 + b', "text": "hunter2-planted"}\n', "not JSON"),
    "100000 brackets": (b"[" * 100_000 + b"\n", "nested too deeply"),
    "100000 objects": (b'{"id":' * 100_000 + b"\n", "nested too deeply"),
    "a name twice": (
        b'{"id": 1, "id": 2, "text": "hunter2-planted"}\n',
        "a name twice in one object",
    ),
    "a name twice further down": (
        b'{"id": 1, "text": "x", "requester": {"name": "hunter2-planted", "name": "B"}}\n',
        "a name twice in one object",
    ),
    "id nested deeply": (
        b'{"text": "hunter2-planted", "id": ' + b"[" * 900 + b"]" * 900 + b"}\n",
        '"id" is neither',
    ),
    "id is an object": (line(SECRET, {"a": 1}), '"id" is neither'),
    "no id": (b'{"text": "hunter2-planted"}\n', '"id" is missing'),
    "no text": (b'{"id": "hunter2-planted"}\n', '"text" is missing'),
    "text is null": (b'{"id": 1, "text": null}\n', '"text" is missing'),
    "text is a list": (b'{"id": 1, "text": ["hunter2-planted"]}\n', '"text" is missing'),
}


@pytest.mark.case(21)
@pytest.mark.parametrize("case", UNREADABLE)
def test_an_unreadable_line_is_named_without_what_it_held(settings: Settings, case: str) -> None:
    raw, reason = UNREADABLE[case]
    before, found, after = analyzed(settings, line("First."), raw, line("Last."))
    assert {*found} == {"line", "error"}
    assert found["line"] == 2
    assert reason in found["error"]
    assert SECRET not in json.dumps(found)
    assert (before["text"], after["text"]) == ("First.", "Last.")


def test_a_line_that_is_too_long_is_refused_and_passed_over(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "LONGEST_LINE", 1000)
    lines = (line("x" * 5000), line("fine"), line("y" * 1000), line("fine too")[:-1])
    found = analyzed(settings, *lines)
    assert [each.get("error", "") for each in found] == [
        "the line is too long",
        "",
        "the line is too long",
        "",
    ]


@pytest.mark.case(20)
@pytest.mark.parametrize("id", [0, -1, 2**63, 1.5, "", "a\nb", "\u2028", "\ud800", None, True])
def test_an_id_comes_back_as_it_was(settings: Settings, id: object) -> None:
    assert analyzed(settings, line("The checkout is broken.", id))[0]["id"] == id


HARD_TEXTS = {
    "empty": "",
    "blanks": " \n\t ",
    "lone surrogates": "\ud800 The checkout is broken \udfff.",
    "NUL": "The checkout\x00 is broken.",
    "emoji": "\U0001f600" * 100,
    "line separators": "The checkout is broken.\u2028\u2029\x85",
    "right to left": "\u202eThe checkout is broken.",
    "brackets": "[" * 10_000,
}


@pytest.mark.parametrize("case", HARD_TEXTS)
def test_any_text_comes_out_as_one_line_of_utf8(settings: Settings, case: str) -> None:
    source = io.BytesIO(line(HARD_TEXTS[case]))
    [found] = analysis.analyze(source, settings, Catalogue(FEATURES))
    encoded = analysis.encode(found)
    assert encoded.count(b"\n") == 1
    assert {*json.loads(encoded.decode("utf-8"))} == GOOD_KEYS
    if "broken" in HARD_TEXTS[case]:
        assert "broken" in found["text"]


def test_a_megabyte_of_text_is_read(settings: Settings) -> None:
    text = "The checkout is broken and I cannot pay with my card. " * 19_000
    found, after = analyzed(settings, line(text), line("fine"))
    assert found["kinds"] == ["broken"]
    assert after["text"] == "fine"


def test_what_the_requester_is_called_is_masked(settings: Settings) -> None:
    text = (
        "Kim Sorensen here, kim@customer.example, call 555 0199 or ask Kim. The checkout is broken."
    )
    requester = {"name": "Kim Sorensen", "email": "kim@customer.example", "phone": "555 0199"}
    [found] = analyzed(settings, line(text, requester=requester))
    for hidden in ("Kim", "Sorensen", "kim@customer.example", "555 0199"):
        assert hidden not in found["text"]
    assert {each["type"] for each in found["redactions"]} >= {"email", "phone"}
    assert len(found["redactions"]) >= 4, "one for each occurrence"


@pytest.mark.parametrize(
    "requester", [None, "Kim", 5, [], {}, {"name": None, "email": 5}, {"name": "", "phone": " "}]
)
def test_an_odd_requester_is_no_fault(settings: Settings, requester: object) -> None:
    [found] = analyzed(settings, line("The checkout is broken.", requester=requester))
    assert found["text"] == "The checkout is broken."


def test_without_a_catalogue_there_are_no_features(settings: Settings) -> None:
    source = io.BytesIO(line("The checkout page is broken."))
    [found] = analysis.analyze(source, settings, Catalogue([]))
    assert found["features"] == []


def test_a_byte_order_mark_is_passed_over(settings: Settings) -> None:
    [found] = analyzed(settings, b"\xef\xbb\xbf" + line("fine"))
    assert found["text"] == "fine"


# --- the command ----------------------------------------------------------------------------


def started(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environment |= {"EARSHOT_SEMANTIC": "off", "EARSHOT_NAMES": "off"}
    command = [sys.executable, "-m", "bot", "analyze", *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe
    )


def ran(folder: Path, lines: Sequence[bytes], *options: str) -> tuple[int, list[Any], str]:
    out, err = (process := started(folder, *options)).communicate(b"".join(lines), timeout=60)
    return process.returncode, [json.loads(each) for each in out.splitlines()], err.decode()


def test_a_line_is_answered_before_the_input_ends(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        stdin, stdout = _pipes(process)
        for number in range(3):
            stdin.write(line("The checkout is broken.", number))
            stdin.flush()
            assert json.loads(stdout.readline())["id"] == number, "read while stdin is open"
        stdin.close()
        assert stdout.read() == b""
        assert process.wait(timeout=30) == 0
    assert not list(tmp_path.iterdir()), "no database is touched"


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def test_a_bad_line_ends_with_3_and_the_rest_is_read(tmp_path: Path) -> None:
    catalogue = tmp_path / "features.toml"
    catalogue.write_text('[[feature]]\nid = "checkout"\nname = "Checkout"\n')
    lines = (line("The checkout is broken."), b"\xff\n", b"[" * 100_000 + b"\n", line("Last."))
    code, found, err = ran(tmp_path, lines, "--features", str(catalogue))
    assert (code, err) == (3, "")
    assert found[0]["features"] == ["checkout"]
    assert [each.get("line") for each in found] == [None, 2, 3, None]


def test_nothing_in_is_nothing_out(tmp_path: Path) -> None:
    assert ran(tmp_path, ()) == (0, [], "")


@pytest.mark.parametrize("content", [None, b"feature = 1", b"\xff"])
def test_a_catalogue_that_cannot_be_read_is_a_stated_fault(
    tmp_path: Path, content: bytes | None
) -> None:
    catalogue = tmp_path / "features.toml"
    if content is not None:
        catalogue.write_bytes(content)
    code, found, err = ran(tmp_path, [line("x")], "--features", str(catalogue))
    assert (code, found) == (1, [])
    assert "features.toml" in err
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        stdin, stdout = _pipes(process)
        stdin.write(line("first"))
        stdin.flush()
        assert stdout.readline()
        stdout.close()
        stdin.write(line("second"))
        stdin.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
