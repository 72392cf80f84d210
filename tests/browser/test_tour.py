"""The guided tour, as it is offered to everybody who opens the page."""

from __future__ import annotations

import re

import pytest
from running import Demo
from screen import NARROW, WIDE, Screen, Size, Theme, expect

from conftest import Visit

STEP = re.compile(r"^Tour, step \d+ of (\d+)$")


def do_and_go_on(screen: Screen, number: int, steps: int) -> None:
    """Do what a step offers, see what it points at, and press on."""
    card = screen.dialog(f"Tour, step {number} of {steps}")
    expect(card).to_be_visible()
    onward = screen.button("Done" if number == steps else "Next", card)
    doing = screen.button("Do it for me", card)
    if doing.count():
        doing.click()
        # A modal that opens late may take the focus, so the button's looks tell that it is done.
        expect(onward).to_have_class(re.compile("primary"))
    expect(screen.page.locator(".tour-ring")).to_be_visible()
    expect(screen.notes.filter(has_text="Do the step before")).to_have_count(0)
    onward.click()
    expect(card).to_have_count(0)


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
    for number in range(1, steps + 1):
        do_and_go_on(screen, number, steps)
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
