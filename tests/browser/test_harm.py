"""Tickets written to do harm are words on the page, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from running import Demo, running
from screen import NARROW, WIDE, Screen, Size, expect

from conftest import Visit

MARK = "window.harmed=true"
SCRIPT = f"<script>{MARK};fetch('http://198.51.100.7/')</script>"
IMAGE = f"<img src=x onerror={MARK}>"
HARM = (
    f"Checkout crashes {SCRIPT} when I pay.",
    f"Checkout crashes {IMAGE} when I pay.",
    f"Checkout crashes </blockquote><svg onload={MARK}><b>bold</b><style>*{{color:red}}</style>.",
    "Checkout crashes <!channel> <!here> <@U0ADA> <#C0GENERAL> *bold* `code` @everyone :tada:.",
    "Checkout crashes <javascript:window.harmed=true|click here> or [x](javascript:alert(1)).",
    "Checkout crashes <http://198.51.100.7/a.png|bank.example> http://198.51.100.7/unfurl.",
    "Checkout crashes \u202egnirts desrever\u2066 and on\u2069 and on.",
    "Checkout cra\u200bshes\u200d with\ufeff zero\u00adwidth marks in it.",
    f"Checkout crashes {'x' * 5_000} when I pay.",
    f"Checkout crashes Z{chr(0x301) * 60} when I pay.",
    "Checkout crashes {{constructor.constructor('window.harmed=true')()}} ${window.harmed=true}.",
    "Checkout crashes &lt;script&gt;window.harmed=true&lt;/script&gt; &#60;b&#62;.",
)
CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff]")
OPEN = re.compile("^Open ticket")
MADE = (
    "body :is(script, style, iframe, object, embed, base, video, audio, form[action], marquee, b)"
)
WIDER = """() => [...document.querySelectorAll("body *")].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && node.checkVisibility({visibilityProperty: true})
    && !node.closest(".table, pre, #sidebar, .unseen, .options");
}).map((node) => node.outerHTML.slice(0, 120))"""


def tickets() -> Iterator[str]:
    """An export whose every field is hostile."""
    start = datetime(2025, 3, 3, 9, tzinfo=UTC)
    for number in range(6 * len(HARM)):
        text = HARM[number % len(HARM)]
        ticket = {
            "id": f'<b>{number}</b>"{SCRIPT}',
            "created_at": (start + timedelta(hours=8 * number)).isoformat(),
            "subject": text,
            "description": f"{text} {HARM[(number + 1) % len(HARM)]}",
            "tags": ["checkout", "<b>tag</b>"],
            "requester": {"name": "<b>Mallory</b>", "email": f"person{number}@shop.example"},
            "plan": f"{IMAGE}",
            "url": "javascript:window.harmed=true" if number % 2 else f"https://d.example/{number}",
        }
        yield json.dumps(ticket)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo on an export that was written to do harm."""
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "<img src=x onerror=window.harmed=true>.jsonl"
    path.write_text("\n".join(tickets()), encoding="utf-8")
    with running(folder, "--data", str(path)) as demo:
        yield demo


def assert_inert(screen: Screen) -> None:
    """No element, link, word in disguise or sideways scroll came of what is shown."""
    page = screen.page
    assert page.evaluate("() => window.harmed") is None
    assert page.locator(MADE).count() == 0
    assert page.locator("svg[onload], img:not([src^='/page/']), [onerror], [onload]").count() == 0
    addresses = page.locator("a[href]").evaluate_all("all => all.map((a) => a.protocol)")
    assert set(addresses) <= {"http:", "https:"}
    shown = page.locator("#main, #thread, #modal-layer").all_inner_texts()
    assert not CONTROLS.search(" ".join(shown))
    pushed = "() => document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(pushed) <= 0
    assert page.evaluate(WIDER) == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=lambda size: str(size.name))
def test_hostile_tickets_are_inert_on_every_screen(hostile: Demo, visit: Visit, size: Size) -> None:
    screen = visit(hostile, size, "light")
    screen.open()
    assert_inert(screen)
    for question in ("/friction checkout", "/friction", "/friction crashes when", "/insights"):
        screen.say(question)
        expect(screen.answer).to_be_visible()
        expect(
            screen.page.get_by_role("article", name=re.compile("only visible"))
        ).not_to_have_count(0)
        assert_inert(screen)
    screen.clock("Next morning")
    screen.button(re.compile("View thread")).last.click()
    expect(screen.thread).to_be_visible()
    assert_inert(screen)
    screen.button("Close thread").click()
    # The demo is shared, and a ticket can be tagged only once.
    screen.button(re.compile("^Tag as insight")).nth(0 if size.narrow else -1).click()
    expect(screen.dialog("Tag as insight")).to_be_visible()
    assert_inert(screen)
    screen.button("Tag", screen.dialog("Tag as insight")).click()
    expect(screen.dialog("Tag as insight")).to_have_count(0)
    screen.go_home()
    expect(screen.home).to_contain_text("Newest insights")
    assert_inert(screen)
    screen.button("Inspector").click()
    screen.inspector.locator("summary").first.click()
    assert_inert(screen)


def test_markup_in_a_quote_is_shown_as_it_was_written(hostile: Demo, visit: Visit) -> None:
    screen = visit(hostile, WIDE, "dark")
    screen.open()
    screen.say("/friction click here")
    quote = screen.answer.locator("blockquote").filter(has_text="click here").first
    expect(quote).to_contain_text("<javascript:window.harmed=true|click here>")
    expect(quote).to_contain_text("[x](javascript:alert(1))")
    expect(quote.locator("a, strong, code, .mention")).to_have_count(0)
    assert_inert(screen)


def test_a_search_for_markup_is_answered_as_words(hostile: Demo, visit: Visit) -> None:
    screen = visit(hostile, NARROW, "dark")
    screen.open()
    before = screen.page.get_by_role("article", name=re.compile("only visible")).count()
    screen.say(f"/friction {IMAGE} <!channel> \u202e")
    answers = screen.page.get_by_role("article", name=re.compile("only visible"))
    expect(answers).to_have_count(before + 1)
    assert_inert(screen)
    screen.say(f"hello {IMAGE} {SCRIPT}")
    expect(screen.message("hello")).to_contain_text(IMAGE)
    assert_inert(screen)
