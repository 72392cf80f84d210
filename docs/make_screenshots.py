"""Takes the pictures in docs/screenshots from a running demo: `make screenshots`.

The demo's clock and tickets are the same each time, so a picture changes only when a screen does.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator
from running import Demo, launched, running
from screen import NARROW, WIDE, Screen, Size, Theme, expect, opened

FOLDER = Path(__file__).parent / "screenshots"
MOST_BYTES = 250_000
QUOTE = "Page hangs, he hits the button again"
TITLE = "Customers pay twice when the checkout hangs"
NOTE = "The button needs to show that it works."
SHIPPED = "The CSV export stops at 1,000 rows"
TAG = re.compile("^Tag as insight")
TO_THE_TOP = """node => {
  const list = node.closest(".scroller");
  list.scrollTop += node.getBoundingClientRect().top - list.getBoundingClientRect().top - 12;
}"""
DAY = "Tuesday, 3 Nov"
DIGEST = "Each ticket is in the thread"


class Camera:
    """Opens pages of one demo and keeps what they show."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self._browser, self._demo = browser, demo
        self.faults: list[str] = []

    @contextmanager
    def look(self, size: Size = WIDE, theme: Theme = "light") -> Iterator[Screen]:
        """A visitor's page, without the tour."""
        self._demo.close_modals()
        screen = opened(self._browser, self._demo.address, size, theme)
        screen.open()
        yield screen
        self.faults += screen.faults
        screen.page.context.close()

    def take(self, screen: Screen, name: str, top: Locator | None = None) -> None:
        """One picture, with `top` at the upper edge of what scrolls."""
        if top is not None:
            top.evaluate(TO_THE_TOP)
        screen.page.evaluate("() => document.activeElement.blur()")
        screen.page.mouse.move(0, 0)
        path = FOLDER / f"{name}.png"
        # The page's content security policy lets nobody style it, not even to hide the caret.
        screen.page.screenshot(path=path, caret="initial")
        size = path.stat().st_size
        sys.stdout.write(f"{path.relative_to(FOLDER.parent.parent)} {size:,} bytes\n")
        assert size <= MOST_BYTES, f"{path.name} is too large"


def begin(camera: Camera) -> None:
    """What a newcomer sees first: the tour's first step."""
    with camera.look() as screen:
        screen.button("Take the tour").click()
        expect(screen.dialog(re.compile("^Tour, step 1 "))).to_be_focused()
        camera.take(screen, "tour")


def tag_what_says(screen: Screen, words: str) -> Locator:
    """The button under a quote of the newest answer."""
    said = screen.page.locator("blockquote").filter(has_text=words)
    quote = screen.answer.locator(".blocks > *").filter(has=said)
    below = quote.locator("xpath=following-sibling::*").get_by_role("button", name=TAG)
    return below.first


def ask(camera: Camera) -> None:
    """The first minute: a question, the table of all features, a quote that is kept."""
    with camera.look() as screen:
        screen.say("/friction checkuot")
        expect(screen.answer).to_contain_text("Showing")
        camera.take(screen, "friction", screen.answer)
        tag_what_says(screen, QUOTE).click()
        modal = screen.dialog("Tag as insight")
        modal.get_by_label("Title").fill(TITLE)
        modal.get_by_label("Note").fill(NOTE)
        camera.take(screen, "tag")
        screen.button("Tag", modal).click()
        expect(screen.message(TITLE)).to_be_visible()
        screen.say("/friction")
        expect(screen.answer.get_by_role("table")).to_be_visible()
        camera.take(screen, "ranking", screen.answer)


def answer(camera: Camera) -> None:
    """Colleagues answer with emoji, and the card counts them."""
    with camera.look() as screen:
        answers = {"Ben Ortiz": "surprised me", "Chidi Eze": "knew it", "Mira Vogel": "we own it"}
        for person, meaning in answers.items():
            screen.become(person)
            card = screen.message(TITLE)
            screen.react(card, meaning)
            expect(card).to_contain_text(f"1 {meaning}: @{person}")
        camera.take(screen, "insight", screen.message(TITLE))


def morning(camera: Camera) -> None:
    """Tuesday's digest with its thread, in light and in dark; why it shows what it does."""
    with camera.look() as screen:
        for day in ("Fri 30 Oct", "Mon 2 Nov", "Tue 3 Nov"):
            screen.clock("Next morning")
            expect(screen.page.get_by_role("banner").first).to_contain_text(day)
        digest = screen.message(DIGEST).filter(has_text=DAY)
        screen.button(re.compile("View thread"), digest).click()
        expect(screen.thread.get_by_role("article")).not_to_have_count(0)
        camera.take(screen, "digest", digest)
        screen.page.emulate_media(color_scheme="dark")
        camera.take(screen, "digest-dark", digest)
        screen.page.emulate_media(color_scheme="light")
        screen.button("Why these?", digest).click()
        expect(screen.dialog("Why these?")).to_be_visible()
        camera.take(screen, "digest-why")


def look_back(camera: Camera) -> None:
    """Whether a fix of July helped, in its card's thread; and on a telephone, in the dark."""
    with camera.look() as screen:
        card = screen.message(SHIPPED)
        screen.open_thread(card)
        verdict = screen.thread.get_by_role("article").last
        expect(verdict).to_contain_text("helped after 12 weeks")
        card.evaluate(TO_THE_TOP)
        camera.take(screen, "effect", verdict)
        screen.button("Close thread").click()
        screen.button("See tickets of insight 1").click()
        expect(screen.dialog("Tickets")).to_contain_text("added by")
        camera.take(screen, "insight-tickets")
    with camera.look(NARROW, "dark") as screen:
        screen.open_thread(screen.message(SHIPPED))
        camera.take(screen, "phone-effect", screen.thread.get_by_role("article").last)


def invite(camera: Camera) -> None:
    """Earshot is added to one more channel."""
    with camera.look() as screen:
        screen.visit("leads")
        screen.say("/invite @Earshot")
        expect(screen.message("added Earshot here")).to_be_visible()
        camera.take(screen, "introduction")


def settle(camera: Camera) -> None:
    """Mira's screens: the settings with a slip in them, and Home."""
    with camera.look() as screen:
        screen.become("Mira Vogel")
        screen.say("/digest")
        modal = screen.dialog("Digest settings")
        modal.get_by_label("Time zone").fill("Berlin")
        screen.button("Save", modal).click()
        expect(modal.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
        camera.take(screen, "settings")
        screen.button("Cancel", modal).click()
        expect(modal).to_have_count(0)
        screen.go_home()
        expect(screen.home).to_contain_text(TITLE)
        camera.take(screen, "home")


def inspect(camera: Camera) -> None:
    """What bot and Slack said to each other about one question."""
    with camera.look() as screen:
        screen.say("/friction checkout")
        expect(screen.answer).to_contain_text("Checkout")
        screen.button("Inspector").click()
        asked = screen.inspector.get_by_role("listitem").filter(has_text="/friction").first
        asked.locator("summary").click()
        expect(asked.get_by_role("region", name="Sent")).to_be_visible()
        camera.take(screen, "inspector")


def carry(camera: Camera) -> None:
    """The same on a telephone, in the dark."""
    with camera.look(NARROW, "dark") as screen:
        screen.say("/friction checkuot")
        expect(screen.answer).to_contain_text("Showing")
        camera.take(screen, "phone-friction", screen.answer)
        digest = screen.message(DIGEST).filter(has_text=DAY)
        camera.take(screen, "phone-digest", digest)


def in_text(camera: Camera) -> None:
    """The answer where Slack takes no charts."""
    with camera.look() as screen:
        screen.say("/friction checkuot")
        expect(screen.answer).to_contain_text("Showing")
        camera.take(screen, "friction-as-text", screen.answer)


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as name, launched(Path(name)) as browser:
        with running(Path(name)) as demo:
            camera = Camera(browser, demo)
            for act in (begin, morning, ask, answer, settle, inspect, carry, look_back, invite):
                act(camera)
            faults += camera.faults
        with running(Path(name), EARSHOT_NATIVE_BLOCKS="off") as demo:
            camera = Camera(browser, demo)
            in_text(camera)
            faults += camera.faults
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
