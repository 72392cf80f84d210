"""The demo's page as a visitor uses it: by names and roles, never by how it is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Locator, Page, Request
from playwright.sync_api import expect as playwright_expect

PATIENCE = 15_000.0
Theme = Literal["light", "dark"]
COMPOSER = re.compile(r"^Message #")
PRIVATE = re.compile(r"only visible to you$")
LOUD = {"error", "warning"}

playwright_expect.set_options(timeout=PATIENCE)
expect = playwright_expect


@dataclass(frozen=True)
class Size:
    """A window; in the narrow one, what stands beside the channel must be opened first."""

    name: str
    width: int
    height: int
    narrow: bool


WIDE = Size("wide", 1280, 800, narrow=False)
NARROW = Size("narrow", 390, 844, narrow=True)


class Screen:
    """One visitor's page, and a list of all that must not happen on it."""

    def __init__(self, page: Page, address: str, size: Size) -> None:
        self.page, self.address, self.size = page, address, size
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._heard)
        page.on("pageerror", self._broke)
        page.on("request", self._requested)
        page.on("dialog", self._asked)
        page.on("popup", lambda _: self.faults.append("a window opened"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            self.faults.append(f"console: {message.text}")

    def _broke(self, error: Error) -> None:
        self.faults.append(f"error: {error}")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith(self.address):
            self.faults.append(f"request: {request.url}")

    def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    # --- where to look

    def open(self, *, tour: bool = False) -> None:
        """Load the page; without the tour it is skipped."""
        self.page.goto(self.address)
        if not tour:
            self.button("Skip the tour").click()
            expect(self.button("Skip the tour")).to_have_count(0)

    def button(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        place = self.page if within is None else within
        return place.get_by_role("button", name=name)

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("combobox", name=COMPOSER)

    @property
    def answer(self) -> Locator:
        """The newest message that only this person sees."""
        return self.page.get_by_role("article", name=PRIVATE).last

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def home(self) -> Locator:
        return self.page.get_by_role("region", name="Home", exact=True)

    @property
    def inspector(self) -> Locator:
        return self.page.get_by_role("region", name=re.compile("^Inspector"))

    @property
    def notes(self) -> Locator:
        return self.page.locator("#toasts")

    def dialog(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("dialog", name=name)

    def message(self, words: str | re.Pattern[str]) -> Locator:
        """The newest message of the channel with these words."""
        found = self.page.get_by_role("main").get_by_role("article")
        return found.filter(has_text=words).last

    # --- what a visitor does

    def _sidebar(self) -> Locator:
        if self.size.narrow:
            self.button("Channels and people").click()
        return self.page.get_by_role("navigation", name="Workspace")

    def _fold(self) -> None:
        if (
            self.size.narrow
            and self.button("Channels and people").get_attribute("aria-expanded") == "true"
        ):
            self.page.keyboard.press("Escape")

    def become(self, name: str) -> None:
        """Act as another person."""
        self._sidebar().locator("label").filter(has_text=name).click()
        expect(self.page.get_by_role("radio", name=name, include_hidden=True)).to_be_checked()
        self._fold()

    def visit(self, channel: str) -> None:
        self.button(re.compile(rf"^{channel}\b"), self._sidebar()).click()
        expect(self.page.get_by_role("heading", level=2, name=re.compile(channel))).to_be_visible()

    def go_home(self) -> None:
        self.button("Earshot’s Home tab", self._sidebar()).click()
        expect(self.home).to_be_visible()

    def say(self, text: str) -> None:
        """Write into the composer and send."""
        self.composer.fill(text)
        if " " not in text and text.startswith("/"):
            self.composer.press("Escape")
        self.composer.press("Enter")
        expect(self.composer).to_have_value("")

    def more(self, message: Locator, entry: str) -> None:
        """Take something from a message's menu."""
        self.button("More for this message", message).click()
        self.page.get_by_role("menuitem", name=entry).click()

    def react(self, message: Locator, meaning: str) -> None:
        """Answer with an emoji, by what it means."""
        if self.size.narrow:
            self.more(message, "Add a reaction")
        else:
            message.hover()
            self.button("Add a reaction", message).first.click()
        self.button(meaning, self.dialog("Add a reaction")).click()

    def open_thread(self, message: Locator) -> None:
        self.button(re.compile(r"^\d+ repl(y|ies)"), message).click()
        expect(self.thread).to_be_visible()

    def choose_status(self, card: Locator, status: str) -> None:
        """Take another status from the menu of an insight's card."""
        self.button(re.compile("^Status: "), card).click()
        self.page.get_by_role("menuitemradio", name=status).click()

    def clock(self, step: str) -> None:
        """Press one of the clock's buttons, and wait until it stands again."""
        unfold = self.page.get_by_role("group", name="The demo’s clock").get_by_role("button").first
        if self.size.narrow and unfold.get_attribute("aria-expanded") == "false":
            unfold.click()
        self.button(step).click()
        self.settle()

    def settle(self) -> None:
        """Until the clock stands, and all tickets of the past are read."""
        expect(self.page.locator("body.working")).to_have_count(0)


def opened(browser: Browser, address: str, size: Size, theme: Theme) -> Screen:
    """A visitor with a fresh profile and a window of this size."""
    context = browser.new_context(
        viewport={"width": size.width, "height": size.height},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        has_touch=size.narrow,
    )
    return Screen(context.new_page(), address, size)
