"""The terminal's face of every screen: the same words, harmless and readable at 40 columns."""

from __future__ import annotations

import io
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from rich.cells import cell_len
from rich.console import Console

from blocks_hostile import hostile_screens
from blocks_screens import SCREENS, Screen
from bot.blocks import notice
from bot.reports import Message
from bot.terminal import show

GOLDEN = Path(__file__).parent / "golden"


def printed(screen: Screen, width: int = 80, *, colour: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="standard" if colour else None
    )
    show(screen, console)
    return out.getvalue()


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_prints_as_its_golden_file_says(name: str, pytestconfig: pytest.Config) -> None:
    shown = printed(SCREENS[name])
    file = GOLDEN / f"{name}.txt"
    if pytestconfig.getoption("--update-golden", default=False) or "UPDATE_GOLDEN" in os.environ:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("name", SCREENS)
def test_a_narrow_terminal_shows_every_screen_within_its_width(name: str) -> None:
    lines = printed(SCREENS[name], 40).split("\n")
    assert max(map(cell_len, lines)) <= 40


def test_a_narrow_ranking_keeps_its_figures() -> None:
    assert "• Checkout: tickets 34, customers 29," in printed(SCREENS["ranking"], 40)


def test_a_chart_that_was_sent_is_printed_as_a_sparkline_for_each_series() -> None:
    """As in `earshot demo --once`, which prints what Slack was sent."""
    one, two = SCREENS["friction"], SCREENS["versus"]
    assert isinstance(one, Message)
    assert isinstance(two, Message)
    assert "Tickets with friction by week\n▄▃▅█ 6 to 15\n" in printed(Message("x", one.blocks))
    assert "Checkout ▄▃▅█ 6 to 15\nCoupons ▃▃▃▃ 4 to 4\n" in printed(Message("x", two.blocks))


def test_markup_and_escapes_are_printed_as_words_or_not_at_all() -> None:
    shown = printed(notice.notice("[bold red]Hi[/] :tada: \x1b[31mred\x1b]8;;http://x\x07"))
    assert shown == "[bold red]Hi[/] :tada: [31mred]8;;http://x\n"


def test_a_message_without_blocks_shows_its_text() -> None:
    assert printed(Message("1 &lt; 2 &amp; [red]")) == "1 < 2 & [red]\n"


def test_an_unknown_block_is_named_rather_than_hidden() -> None:
    assert printed({"type": "home", "blocks": [{"type": "hologram"}]}) == "(hologram)\n"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile_screens())
def test_nothing_that_customers_write_steers_the_terminal(screen: Screen) -> None:
    for width in (40, 80):
        shown = printed(screen, width)
        assert not [c for c in shown if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs"}]
        assert max(map(cell_len, shown.split("\n"))) <= width
