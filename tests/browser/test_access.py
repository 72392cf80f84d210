"""Everybody can use the page: with assistive technology, with a keyboard, on a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from running import Demo
from screen import NARROW, WIDE, Screen, Size, expect

from conftest import Visit

GRAVE = {"serious", "critical"}
TAG = re.compile("^Tag as insight")
SHIPPED = "The CSV export stops at 1,000 rows"
Opening = Callable[[Screen], None]


def channel(screen: Screen) -> None:
    expect(screen.message("Insight 2")).to_be_visible()


def friction_answer(screen: Screen) -> None:
    screen.say("/friction checkout")
    expect(screen.answer).to_contain_text("Checkout")


def ranking(screen: Screen) -> None:
    screen.say("/friction")
    expect(screen.answer.get_by_role("table")).to_be_visible()


def completion(screen: Screen) -> None:
    screen.composer.press_sequentially("/")
    expect(screen.page.get_by_role("listbox")).to_be_visible()


def tag_modal(screen: Screen) -> None:
    screen.button(TAG).last.click()
    expect(screen.dialog("Tag as insight")).to_be_visible()


def settings_with_an_error(screen: Screen) -> None:
    screen.become("Mira Vogel")
    screen.say("/digest")
    modal = screen.dialog("Digest settings")
    modal.get_by_label("Time zone").fill("Berlin")
    screen.button("Save", modal).click()
    expect(modal.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")


def thread(screen: Screen) -> None:
    screen.button(re.compile("View thread")).last.click()
    expect(screen.thread).to_be_visible()


def effect_thread(screen: Screen) -> None:
    screen.open_thread(screen.message(SHIPPED))
    expect(screen.thread).to_contain_text("helped after 12 weeks")
    chart = screen.thread.get_by_role("img", name="Customers by week")
    expect(chart).to_be_visible()


def tickets_of_an_insight(screen: Screen) -> None:
    screen.button("See tickets of insight 1").click()
    expect(screen.dialog("Tickets")).to_contain_text("added by")


def shipping(screen: Screen) -> None:
    screen.choose_status(screen.message("Insight 2"), "Shipped")
    expect(screen.dialog("Shipped")).to_be_visible()


def declining(screen: Screen) -> None:
    screen.choose_status(screen.message("Insight 2"), "Declined")
    expect(screen.dialog("Decline insight")).to_be_visible()


def merging(screen: Screen) -> None:
    screen.button("Merge insight 2 into another").click()
    expect(screen.dialog("Merge insight")).to_contain_text("Merge into")


def editing(screen: Screen) -> None:
    screen.button("Edit insight 1").click()
    expect(screen.dialog("Edit insight").get_by_label("Issue")).to_be_visible()


def insight_offered(screen: Screen) -> None:
    screen.say("/friction csv export 26w")
    expect(screen.answer).to_contain_text("CSV export")
    screen.button(TAG, screen.answer).first.click()
    expect(screen.dialog("Tag as insight")).to_contain_text("Add it to one of these instead?")


def insights_listed(screen: Screen) -> None:
    screen.say("/insights")
    expect(screen.answer).to_contain_text("2 insights")


def emoji_picker(screen: Screen) -> None:
    message = screen.message("Insight 2")
    screen.more(message, "Add a reaction")
    expect(screen.dialog("Add a reaction")).to_be_visible()


def home(screen: Screen) -> None:
    screen.become("Mira Vogel")
    screen.go_home()
    expect(screen.home).to_contain_text("Newest insights")


def inspector(screen: Screen) -> None:
    screen.button("Inspector").click()
    expect(screen.inspector).to_contain_text("all within Slack’s limits")
    screen.inspector.locator("summary").first.click()
    expect(screen.inspector.get_by_role("region", name="Sent")).to_be_visible()


def channels_and_people(screen: Screen) -> None:
    if screen.size.narrow:
        screen.button("Channels and people").click()
    expect(screen.page.get_by_role("navigation", name="Workspace")).to_be_visible()


def refusal(screen: Screen) -> None:
    screen.become("Gus Lind")
    screen.visit("general")
    screen.say("/friction")
    expect(screen.answer).to_contain_text("full members")


def tour(screen: Screen) -> None:
    screen.button("Take the tour").click()
    expect(screen.dialog(re.compile("^Tour, step 1 "))).to_be_focused()


SCREENS: Mapping[str, Opening] = {
    each.__name__.replace("_", " "): each
    for each in (
        channel,
        friction_answer,
        ranking,
        completion,
        tag_modal,
        settings_with_an_error,
        thread,
        effect_thread,
        tickets_of_an_insight,
        shipping,
        declining,
        merging,
        editing,
        insight_offered,
        insights_listed,
        emoji_picker,
        home,
        inspector,
        channels_and_people,
        refusal,
        tour,
    )
}


def grave(screen: Screen, *rules: str) -> list[str]:
    """What axe finds that would keep somebody out, with the place where it stands."""
    if not screen.page.evaluate("() => 'axe' in window"):
        screen.page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found: Mapping[str, Any] = screen.page.evaluate(
        "options => axe.run(document, options)", options
    )
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def sideways(screen: Screen) -> int:
    """By how many pixels the page can be pushed to the side."""
    pushed = screen.page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return int(pushed)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=lambda size: str(size.name))
@pytest.mark.parametrize("opening", SCREENS)
def test_axe_finds_nothing_grave_on_a_screen_in_either_theme(
    played: Demo, visit: Visit, opening: str, size: Size
) -> None:
    screen = visit(played, size, "light")
    screen.open()
    SCREENS[opening](screen)
    assert grave(screen) == []
    # The other theme changes colours and nothing else.
    screen.page.emulate_media(color_scheme="dark")
    assert grave(screen, "color-contrast") == []
    assert sideways(screen) == 0


def test_axe_would_find_a_fault_on_this_page(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "light")
    screen.open()
    screen.page.evaluate("() => document.body.append(document.createElement('img'))")
    assert any("image-alt" in each for each in grave(screen))


def test_the_keyboard_alone_asks_and_leaves_a_modal_with_escape(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "light")
    screen.open()
    press = screen.page.keyboard.press
    screen.composer.focus()
    screen.page.keyboard.type("/fri")
    press("Tab")
    screen.page.keyboard.type("checkout")
    press("Enter")
    expect(screen.answer).to_contain_text("Checkout")
    opener = screen.button(TAG, screen.answer).first
    opener.focus()
    press("Enter")
    modal = screen.dialog("Tag as insight")
    expect(modal.get_by_label("Title")).to_be_focused()
    for _ in range(12):
        press("Tab")
        assert modal.evaluate("node => node.contains(document.activeElement)")
    screen.page.mouse.click(40, 400)
    press("Escape")
    expect(modal).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_focus_comes_back_from_thread_picker_and_inspector(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "dark")
    screen.open()
    press = screen.page.keyboard.press
    replies = screen.button(re.compile("View thread")).last
    replies.focus()
    press("Enter")
    expect(screen.button("Close thread")).to_be_focused()
    press("Escape")
    expect(screen.thread).to_be_hidden()
    expect(replies).to_be_focused()
    adder = screen.button("Add a reaction", screen.message("Insight 2")).first
    adder.focus()
    press("Enter")
    expect(screen.button("knew it", screen.dialog("Add a reaction"))).to_be_focused()
    press("Escape")
    expect(adder).to_be_focused()
    inspect = screen.button("Inspector", screen.page.get_by_role("banner").first)
    inspect.focus()
    press("Enter")
    expect(screen.inspector).to_be_visible()
    press("Escape")
    expect(screen.inspector).to_be_hidden()
    expect(inspect).to_be_focused()


def test_the_theme_follows_the_system_and_can_be_turned(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "dark")
    screen.open()
    ground = "() => getComputedStyle(document.documentElement).backgroundColor"
    dark = screen.page.evaluate(ground)
    screen.button("Light or dark").click()
    light = screen.page.evaluate(ground)
    assert dark != light
    screen.button("Light or dark").click()
    assert screen.page.evaluate(ground) == dark
