"""What a customer writes must stay words, wherever it is shown and however it is written."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blocks_hostile import (
    GOOD_URL,
    HARMFUL,
    NAMED,
    THEIRS,
    TICKET_ID,
    TYPED,
    drawn_screens,
    hostile_screens,
    marked,
)
from blocks_screens import Screen
from blocks_walk import faults, objects, payload, strings
from bot.blocks import fitting, kit, text
from bot.reports import Message

ROOT = Path(__file__).parent.parent
SCREENS = int(os.environ.get("HOSTILE_SCREENS", "200"))
"""Each holds ten hostile texts and more; `make hostile` draws 2,000."""

# --- addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://bank.example@evil.example/",
        "https://a.example|evil",
        "https://a.example/>x",
        "https://a.example/ x",
        "https://a.example/\u202ex",
        "//a.example",
        "https://",
        "https://[::1",
        "https://a.example:99999/",
        "",
        None,
        "https://a.example/" + "x" * 3_000,
    ],
)
def test_a_doubtful_address_is_no_link(url: str | None) -> None:
    made = text.safe_url(url)
    assert made is None or made == "https://a.example/%E2%80%AEx"


@pytest.mark.case(7)
def test_a_foreign_host_is_shown_as_it_is() -> None:
    assert text.safe_url("https://bаnk.example/x?y=1#z") == "https://xn--bnk-6cd.example/x?y=1#z"
    assert text.safe_url("http://[::1]:8080/t/1") == "http://[::1]:8080/t/1"


def in_an_option(path: tuple[str | int, ...]) -> bool:
    return bool({"options", "initial_option", "initial_options"} & set(path))


# What somebody asked goes with the buttons and the modal that answer it.
CARRIED = [{"q", "at"}, {"q", "page"}, {"q", "at", "page"}, {"alias", "feature"}]


def may_stand(path: tuple[str | int, ...], around: Mapping[str, object], words: str) -> bool:
    """Whether these words of somebody else may stand in this place."""
    kind, key = around.get("type"), path[-1]
    if key == "text" and kind in {"text", "raw_text"}:
        return True
    if kind == "plain_text_input" and key == "initial_value":
        return True
    if key == "value" and in_an_option(path) and THEIRS in words:
        return True
    plain = kind == "plain_text" and around.get("emoji") is False
    if plain and in_an_option(path):
        return True
    if NAMED in words and THEIRS not in words and TYPED not in words:
        if key == "accessibility_label" or (key == "name" and "series" in path):
            return not set("<>&|*`~\n") & set(words)
        return plain or (path == ("text",) and not {"<", ">"} & set(words))
    if TICKET_ID in words:
        return key == "accessibility_label" and not set("<>&|*`~\n") & set(words)
    # The names of a segment and of a source are part of a question that is narrowed to them.
    carries = key == "value" or (key == "private_metadata" and THEIRS not in words)
    return carries and set(json.loads(words)) in CARRIED


ALLOWED_ELEMENTS = {"text", "user", "channel", "emoji", "link"}


@pytest.mark.case(1)
@pytest.mark.case(2)
@pytest.mark.case(3)
@pytest.mark.case(4)
@pytest.mark.timeout(120 + SCREENS // 4)
@settings(max_examples=SCREENS, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile_screens())
def test_what_customers_write_is_inert_on_every_screen(screen: Screen) -> None:
    check_that_harm_is_inert(screen)


@pytest.mark.timeout(120 + SCREENS // 4)
@settings(max_examples=SCREENS, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_screens())
def test_what_customers_write_is_inert_in_charts_and_tables_and_their_stand_ins(
    screen: Screen,
) -> None:
    check_that_harm_is_inert(screen)


def check_that_harm_is_inert(screen: Screen) -> None:
    whole = payload(screen)
    assert faults(screen) == []
    for path, around, found in strings(whole):
        if any(mark in found for mark in (THEIRS, TYPED, NAMED, TICKET_ID)):
            assert may_stand(path, around, found), (path, found[:200])
        assert text.clean(found) == found, path
    for each in objects(whole):
        assert each.get("type") not in {"mrkdwn", "markdown", "broadcast", "usergroup", "image"}
        if each.get("type") == "user":
            assert each["user_id"] in {"U0PRIYA", "U0TOM", "U0LEA", *(f"U0{c}" for c in "ABCDEF")}
        if "url" in each:
            assert str(each["url"]) == GOOD_URL or str(each["url"]).startswith("https://")
            assert not {"|", ">", "<", " "} & set(str(each["url"]))
    if isinstance(screen, Message):
        assert screen.text
        assert not {"<", ">"} & set(screen.text)
        assert len(json.dumps(screen.blocks, ensure_ascii=False)) <= 12_000


@given(HARMFUL)
def test_cleaning_twice_is_cleaning_once(harm: str) -> None:
    assert text.clean(text.clean(harm)) == text.clean(harm)
    assert text.shown(harm, 40)
    assert len(text.shown(harm, 40)) <= 40


@given(st.lists(marked(THEIRS), min_size=1, max_size=80), st.integers(400, 3_000))
def test_a_message_is_cut_to_any_size_and_says_so(texts: list[str], size: int) -> None:
    blocks = [kit.rich(kit.line(kit.theirs(each, 3_000))) for each in texts]
    before = json.dumps(blocks)
    shown = kit.message("Cut", blocks, size)
    assert fitting.size_in_characters(list(shown.blocks)) <= size
    assert json.dumps(list(shown.blocks)) == before or "…" in json.dumps(
        list(shown.blocks), ensure_ascii=False
    )


# --- purity ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file", sorted((ROOT / "bot" / "blocks").glob("*.py")), ids=lambda f: f.stem
)
def test_rendering_imports_only_reports_and_the_standard_library(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            inside = name in {"bot.reports", "bot.blocks"} or name.startswith("bot.blocks.")
            assert inside or name.split(".")[0] in sys.stdlib_module_names, name


def test_ids_are_told_apart() -> None:
    names = {name: getattr(kit, name) for name in dir(kit) if name.startswith("ACTION_")}
    assert len(set(names.values())) == len(names)
