"""What people do with Earshot on a day, played on the page by hand."""

from __future__ import annotations

import re

import pytest
from running import Demo
from screen import NARROW, WIDE, Screen, Size, Theme, expect

from conftest import Visit

TAG = re.compile("^Tag as insight")
DIGEST = "Each ticket is in the thread"
CARD = re.compile(r"^Insight 2\b")
SHIPPED = "The CSV export stops at 1,000 rows"


def ask_with_a_slip(screen: Screen) -> None:
    """A misspelt feature, with the command completed from `/`."""
    screen.composer.press_sequentially("/fr")
    choice = screen.page.get_by_role("option", name="/friction")
    expect(choice).to_have_attribute("aria-selected", "true")
    screen.composer.press("Tab")
    expect(screen.composer).to_have_value("/friction ")
    screen.composer.press_sequentially("checkuot")
    screen.composer.press("Enter")
    expect(screen.answer).to_contain_text("Only visible to you")
    expect(screen.answer).to_contain_text(re.compile(r"Showing\s+Checkout"))
    expect(screen.answer.get_by_role("link", name=re.compile("^Open ticket"))).not_to_have_count(0)


def tag_a_quote(screen: Screen) -> str:
    """Tag the answer's first quote through the modal; says its title."""
    screen.button(TAG, screen.answer).first.click()
    modal = screen.dialog("Tag as insight")
    title = modal.get_by_label("Title").input_value()
    assert title
    expect(modal.get_by_label("Feature")).to_have_value("checkout")
    modal.get_by_label("Note").fill("Seen while planning the payment step")
    screen.button("Tag", modal).click()
    expect(modal).to_have_count(0)
    card = screen.message(title).filter(has_text="tagged by")
    expect(card.get_by_role("heading", name=CARD)).to_be_visible()
    expect(card).to_contain_text("@Ada Park")
    return title


def answer_as_a_colleague(screen: Screen, title: str) -> None:
    """React, see it counted, take it back, see it gone, and react again."""
    screen.become("Ben Ortiz")
    expect(screen.page.get_by_role("article", name=re.compile("only visible"))).to_have_count(0)
    card = screen.message(title).filter(has_text="tagged by")
    counted = card.get_by_text("1 surprised me: @Ben Ortiz")
    screen.react(card, "surprised me")
    chip = screen.button("surprised me, 1: Ben Ortiz", card)
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(counted).to_be_visible()
    chip.click()
    expect(chip).to_have_count(0)
    expect(counted).to_have_count(0)
    screen.react(card, "we own it")
    expect(card).to_contain_text("1 we own it: @Ben Ortiz")
    expect(card).not_to_contain_text("surprised me")


def wait_for_the_digest(screen: Screen) -> None:
    """Monday's digest comes once, with each of its tickets in the thread."""
    bar = screen.page.get_by_role("banner").first
    for day in ("Fri 30 Oct", "Mon 2 Nov"):
        screen.clock("Next morning")
        expect(bar).to_contain_text(day)
    digests = screen.page.get_by_role("main").get_by_role("article").filter(has_text=DIGEST)
    todays = digests.filter(has_text="Monday, 2 Nov")
    expect(todays).to_have_count(1)
    quotes = todays.locator("blockquote").count()
    assert 1 <= quotes <= 5
    screen.button(re.compile(r"^\d+ repl(y|ies)"), todays).click()
    expect(screen.thread.get_by_role("article")).to_have_count(1 + quotes)
    screen.button("Close thread").click()
    expect(screen.thread).to_be_hidden()
    before = digests.count()
    screen.clock("+1 hour")
    expect(bar).to_contain_text("10:35")
    expect(digests).to_have_count(before)


def look_at_home(screen: Screen, title: str) -> None:
    screen.become("Mira Vogel")
    screen.go_home()
    expect(screen.home).to_contain_text("Newest insights")
    expect(screen.home).to_contain_text(title)


def slip_in_the_settings(screen: Screen) -> None:
    """An error stands at its field, keeps what was typed, and goes when it is mended."""
    screen.visit("checkout-eng")
    screen.say("/digest")
    modal = screen.dialog("Digest settings")
    zone = modal.get_by_label("Time zone")
    expect(zone).to_have_value("Europe/Berlin")
    zone.fill("Berlin")
    screen.button("Save", modal).click()
    expect(zone).to_have_attribute("aria-invalid", "true")
    expect(zone).to_be_focused()
    expect(zone).to_have_value("Berlin")
    expect(zone).to_have_accessible_description(re.compile("Not a time zone"))
    expect(modal.get_by_role("alert")).to_contain_text("One answer needs another look")
    zone.fill("Europe/Paris")
    screen.button("Save", modal).click()
    expect(modal).to_have_count(0)


def refuse_the_guest(screen: Screen) -> None:
    """A kind sentence, and neither a number nor a customer's word."""
    screen.become("Gus Lind")
    screen.visit("general")
    screen.say("/friction checkout")
    expect(screen.answer).to_contain_text("full members of this workspace only")
    expect(screen.answer.locator("blockquote")).to_have_count(0)
    said = screen.answer.locator(".blocks").inner_text()
    assert not re.search(r"\d|ticket \d|[Cc]heckout", said), said


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (NARROW, "dark")])
def test_a_slip_is_understood_a_quote_is_kept_and_the_digest_comes_once(
    fresh: Demo, visit: Visit, size: Size, theme: Theme
) -> None:
    screen = visit(fresh, size, theme)
    screen.open()
    ask_with_a_slip(screen)
    title = tag_a_quote(screen)
    answer_as_a_colleague(screen, title)
    wait_for_the_digest(screen)
    look_at_home(screen, title)
    slip_in_the_settings(screen)
    refuse_the_guest(screen)


def test_friction_alone_ranks_the_features_in_a_table(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "dark")
    screen.open()
    screen.say("/friction")
    table = screen.answer.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Feature", "Tickets", "Customers", "Before", "Change", "Last heard by owners"]
    )
    expect(table.get_by_role("row").nth(1).get_by_role("rowheader")).not_to_be_empty()
    tickets = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
    numbers = [int(text) for text in tickets]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (NARROW, "dark")])
def test_the_trend_is_a_chart_that_says_its_figures(
    played: Demo, visit: Visit, size: Size, theme: Theme
) -> None:
    screen = visit(played, size, theme)
    screen.open()
    screen.say("/friction checkout")
    picture = screen.answer.get_by_role("img")
    name = re.compile(r"^Tickets with friction by week\. Tickets: \d+ \w{3} \d+")
    expect(picture).to_have_accessible_name(name)
    values = re.findall(r" (\d+)(?:,|$)", picture.get_attribute("aria-label") or "")
    expect(picture.locator(".value")).to_have_text(values)
    expect(picture.locator("rect.bar")).to_have_count(len(values))
    chart, around = picture.bounding_box(), screen.answer.bounding_box()
    assert chart is not None
    assert around is not None
    assert chart["width"] > around["width"] / 2
    assert chart["x"] + chart["width"] <= around["x"] + around["width"]


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (NARROW, "dark")])
def test_whether_a_fix_helped_stands_in_its_cards_thread(
    played: Demo, visit: Visit, size: Size, theme: Theme
) -> None:
    screen = visit(played, size, theme)
    screen.open()
    screen.become("Mira Vogel")
    card = screen.message(SHIPPED)
    expect(card.get_by_role("heading", name="Insight 1 · shipped")).to_be_visible()
    expect(card.get_by_role("link", name="EXP-31")).to_have_attribute(
        "href", re.compile("^https://linear.app/")
    )
    expect(card).to_contain_text("Shipped on 22 Jul 2026")
    screen.open_thread(card)
    last = screen.thread.get_by_role("article").last
    expect(last).to_contain_text("Insight 1: helped after 12 weeks")
    expect(last).to_contain_text(re.compile(r"That is 0\.\d\d times \(95 % interval"))
    picture = last.get_by_role("img")
    expect(picture).to_have_accessible_name(re.compile(r"^Customers by week\. "))
    expect(picture.locator("rect.bar")).to_have_count(20)
    expect(screen.button("Mark insight 1 as verified", last)).to_be_visible()


def test_a_visitor_ships_declines_and_merges_by_the_card(fresh: Demo, visit: Visit) -> None:
    screen = visit(fresh, WIDE, "dark")
    screen.open()
    screen.say("/friction checkout")
    title = tag_a_quote(screen)
    card = screen.message(title).filter(has_text="tagged by")
    screen.choose_status(card, "Shipped")
    modal = screen.dialog("Shipped")
    expect(modal.get_by_label("Shipped on")).to_have_value("2026-10-29")
    modal.get_by_label("What changed").fill("One payment a click")
    screen.button("Save", modal).click()
    expect(card).to_contain_text("Shipped on 29 Oct 2026: One payment a click")
    screen.open_thread(card)
    expect(screen.thread).to_contain_text("open → shipped")
    screen.button("Close thread").click()
    screen.choose_status(card, "Declined")
    modal = screen.dialog("Decline insight")
    modal.get_by_label("Why").fill("The bank's doing")
    screen.button("Decline", modal).click()
    expect(card).to_contain_text("Declined: The bank's doing")
    screen.button("Merge insight 2 into another", card).click()
    modal = screen.dialog("Merge insight")
    modal.get_by_label("Merge into").select_option(index=1)
    screen.button("Merge", modal).click()
    expect(screen.message("part of insight 1")).to_be_visible()


def test_any_message_can_be_tagged_with_the_shortcut(played: Demo, visit: Visit) -> None:
    screen = visit(played, NARROW, "light")
    screen.open()
    screen.become("Noor Haddad")
    screen.visit("support")
    screen.more(screen.message("Two shops asked"), "Tag as insight")
    modal = screen.dialog("Tag as insight")
    title = modal.get_by_label("Title")
    expect(title).to_be_focused()
    screen.button("Tag", modal).click()
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(modal.get_by_role("alert")).to_contain_text("One answer needs another look")
    screen.button("Cancel", modal).click()
    expect(modal).to_have_count(0)


def test_the_inspector_shows_what_bot_and_slack_said(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "light")
    screen.open()
    screen.say("/friction search")
    expect(screen.answer).to_contain_text("Search")
    screen.button("Inspector").click()
    expect(screen.inspector).to_contain_text("all within Slack’s limits")
    calls = screen.inspector.get_by_role("listitem")
    asked = calls.filter(has_text="slash_commands /friction").first
    expect(asked).to_contain_text("Slack → bot")
    asked.locator("summary").click()
    sent = asked.get_by_role("region", name="Sent")
    expect(sent).to_contain_text('"text": "search"')
    for secret in ("token", "response_url", "trigger_id", "xoxb-"):
        expect(sent).not_to_contain_text(secret)


def test_the_clock_cannot_go_backward(played: Demo, visit: Visit) -> None:
    screen = visit(played, WIDE, "light")
    screen.open()
    day = screen.page.get_by_label("Move the clock to a date")
    shown = screen.page.get_by_role("group", name="The demo’s clock").get_by_role("button").first
    before = shown.inner_text()
    screen.button("Go").click()
    expect(screen.notes).to_contain_text("The clock only moves forward")
    day.fill("2026-10-01")
    screen.button("Go").click()
    assert day.evaluate("node => node.validity.rangeUnderflow")
    expect(shown).to_have_text(before)
