"""The guided tour, as it is offered to everybody who opens the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Locator
from running import Demo
from screen import NARROW, WIDE, Screen, Size, Theme, expect

from conftest import Visit

STEP = re.compile(r"^Tour, step \d+ of (\d+)$")


PROMISES: Mapping[str, Callable[[Screen], Locator]] = {
    "Ask what hurts": lambda screen: screen.answer.filter(has_text="Showing"),
    "Keep a quote": lambda screen: screen.dialog("Tag as insight"),
    "Save the insight": lambda screen: screen.message("tagged by"),
    "Answer with one emoji": lambda screen: screen.message("1 surprised me"),
    "A morning's digest": lambda screen: screen.message("Monday, 2 Nov"),
    "Open the thread": lambda screen: screen.thread,
    "Whose digest, and when": lambda screen: screen.dialog("Digest settings"),
    "A slip is caught": lambda screen: screen.dialog("Digest settings").get_by_text(
        "Not a time zone"
    ),
    "Home": lambda screen: screen.home.get_by_text("Newest insights"),
    "Not for everybody": lambda screen: screen.answer.filter(has_text="full members"),
}


def do_and_go_on(screen: Screen, number: int, steps: int) -> str:
    """Do what a step offers, see that it came true, and press on; says the step's title."""
    card = screen.dialog(f"Tour, step {number} of {steps}")
    title = card.get_by_role("heading").inner_text()
    onward = screen.button("Done" if number == steps else "Next", card)
    doing = screen.button("Do it for me", card)
    if doing.count():
        doing.click()
        # A modal that opens late may take the focus, so the button's looks tell that it is done.
        expect(onward).to_have_class(re.compile("primary"))
    if title in PROMISES:
        expect(PROMISES[title](screen)).to_be_visible()
    expect(screen.page.locator(".tour-ring")).to_be_visible()
    onward.click()
    expect(card).to_have_count(0)
    return title


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (NARROW, "dark")])
def test_the_tour_leads_from_the_first_to_the_last_step(
    fresh: Demo, visit: Visit, size: Size, theme: Theme
) -> None:
    screen = visit(fresh, size, theme)
    screen.open(tour=True)
    first = screen.dialog(STEP)
    expect(first).to_be_focused()
    found = STEP.match(first.get_attribute("aria-label") or "")
    assert found is not None
    steps = int(found[1])
    titles = [do_and_go_on(screen, number, steps) for number in range(1, steps + 1)]
    assert set(PROMISES) <= set(titles)
    expect(first).to_have_count(0)
    expect(screen.answer).to_contain_text("full members of this workspace only")
    screen.become("Mira Vogel")
    screen.go_home()
    expect(screen.home.get_by_role("heading", name="Newest insights")).to_be_visible()


def test_the_tour_can_be_left_with_escape_and_taken_again(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "light")
    screen.open(tour=True)
    expect(screen.dialog(STEP)).to_be_focused()
    screen.page.keyboard.press("Escape")
    expect(screen.dialog(STEP)).to_have_count(0)
    screen.button("Take the tour").click()
    expect(screen.dialog(STEP)).to_be_focused()
    screen.button("Skip the tour").click()
    expect(screen.dialog(STEP)).to_have_count(0)


def test_the_tour_goes_back_as_well(played: Demo, visit: Visit) -> None:
    screen = visit(played, NARROW, "light")
    screen.open(tour=True)
    screen.button("Next", screen.dialog(re.compile("step 1 of"))).click()
    screen.button("Back", screen.dialog(re.compile("step 2 of"))).click()
    expect(screen.dialog(re.compile("step 1 of"))).to_be_focused()
