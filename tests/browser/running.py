"""A demo of its own process, as a visitor starts it, and a browser to look at it with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromium
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent.parent
START_SECONDS, END_SECONDS, POLL_SECONDS = 60.0, 20.0, 0.1
PEOPLE = ("U0ADA", "U0BEN", "U0MIRA", "U0NOOR")


class Demo:
    """A running demo: its address, and a way past the page for what is not looked at."""

    def __init__(self, address: str) -> None:
        self.address = address

    def do(self, act: dict[str, Any]) -> Any:
        """What the page would post: the server's answer."""
        body = json.dumps(act).encode()
        headers = {"content-type": "application/json", "origin": self.address.rstrip("/")}
        request = urllib.request.Request(f"{self.address}api/act", body, headers)
        with urllib.request.urlopen(request, timeout=END_SECONDS) as answer:
            return json.load(answer)

    def do_when_possible(self, act: dict[str, Any]) -> None:
        """Do what must wait for an earlier act to have had its effect."""
        deadline = time.monotonic() + END_SECONDS
        while not (answer := self.do(act))["ok"]:
            assert time.monotonic() < deadline, answer
            time.sleep(POLL_SECONDS)

    def close_modals(self) -> None:
        """A modal belongs to a person and outlives a page."""
        for user in PEOPLE:
            self.do({"as": user, "act": "close", "clear": True})

    def tour_acts(self) -> list[dict[str, Any]]:
        """What the tour's steps do, in their order."""
        with urllib.request.urlopen(f"{self.address}api/tour", timeout=END_SECONDS) as answer:
            steps = json.load(answer)
        return [step["do"] for step in steps if step["do"]]


@contextmanager
def running(home: Path, *options: str, **settings: str) -> Iterator[Demo]:
    """`earshot demo --port 0`, from the line with its address until Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", *options],
        cwd=ROOT,
        env=os.environ | {"HOME": str(home), "TMPDIR": str(home)} | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    patience = threading.Timer(START_SECONDS, process.kill)
    patience.start()
    try:
        assert process.stdout is not None
        lines = (line.strip() for line in process.stdout)
        address = next((line for line in lines if line.startswith("http://127.0.0.1:")), None)
        assert address is not None, "the demo ended, or was too slow, before it was ready"
        patience.cancel()
        yield Demo(address)
    finally:
        patience.cancel()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=END_SECONDS)
    assert process.returncode == 0, f"the demo ended with {process.returncode}"


@contextmanager
def launched(home: Path) -> Iterator[Browser]:
    """The system's Chromium with a fresh profile."""
    path = chromium.find()
    assert path is not None, "there is no Chromium; `make browser` looks for one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=list(chromium.FLAGS),
            env={**os.environ, "HOME": str(home)},
        )
        yield browser
        browser.close()
