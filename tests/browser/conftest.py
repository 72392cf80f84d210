"""One Chromium for all, a fresh visitor for each test, and demos that end with their users."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from running import Demo, launched, running
from screen import Screen, Size, Theme, opened

PLAYED = 5  # asked, opened the modal, tagged, answered, moved the clock
Visit = Callable[[Demo, Size, Theme], Screen]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The system's Chromium."""
    with launched(tmp_path_factory.mktemp("browser")) as chromium:
        yield chromium


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo in which nothing was done yet."""
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo in which the first half of the tour was done: a card, an answer, Monday's digest.

    It is shared, so tests leave it as it is: what they ask is seen by the asker only.
    """
    with running(tmp_path_factory.mktemp("demo")) as demo:
        for act in demo.tour_acts()[:PLAYED]:
            demo.do_when_possible(act)
        yield demo


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a demo's page for a new visitor; in the end nothing bad may have happened on it."""
    screens: list[Screen] = []

    def look(demo: Demo, size: Size, theme: Theme) -> Screen:
        demo.close_modals()
        screens.append(opened(browser, demo.address, size, theme))
        return screens[-1]

    yield look
    for each in screens:
        each.page.context.close()
    assert [fault for each in screens for fault in each.faults] == []
