"""Case 41: the whole suite's log at DEBUG, and what commands print, hold nothing that was planted.

A plugin of pytest, in every process that runs tests. It hears each record that is logged, by whom
and at whatever level. Lines of ours must hold nothing of it as they were written, before anything
is masked; those of all libraries as Earshot shows them. What commands say, here or in processes of
their own, must not either. The test during which it happens fails, and the run, should it happen
between tests.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from bot import logs

ROOT: Final = Path(__file__).parent.parent
SAMPLES: Final = ROOT / "bot" / "demo" / "data"
E_MAIL: Final = r"(?<![\w/:*])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[a-z]{2,12}\b"
SECRETS: Final = (
    r"\bxox[a-z]-[\w-]{6,}",
    r"\bxapp-[\w-]{6,}",
    r"\bhunter2",
    r"\bBearer \w{6,}",
    r"\beyJ[\w-]{10,}",
    r"\bAKIA\w{12,}",
    r"\bghp_\w{10,}",
    r"\bsk_live_\w{6,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY",
)
PLANTED: Final = re.compile("|".join((E_MAIL, *SECRETS)))
"""What tests plant in tickets, requests and settings, by its form."""
OUTPUT: Final = re.compile(r"\b(?:bot|earshot)\b")


class Watch(logging.Handler):
    """Hears everything; `found` says what it should not have."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[str] = []
        self.heard = 0
        self.values: set[str] = set()
        self._door = logs.Masked(logging.DEBUG, "%(levelname)s %(name)s: %(message)s")
        self._words = _beginnings()

    def emit(self, record: logging.LogRecord) -> None:
        self.heard += 1
        if record.name.partition(".")[0] in logs.OURS:
            self._look(f"the line of {record.name}", record.getMessage(), words=True)
        if self._door.filter(record):
            self._look(f"the log of {record.name}", self._door.format(record), words=True)

    def said(self, what: str, text: str) -> None:
        """What a command printed; quotes of redacted tickets are its to print."""
        self._look(what, text, words=False)

    def _look(self, where: str, text: str, *, words: bool) -> None:
        planted = [*PLANTED.findall(text), *(value for value in self.values if value in text)]
        if words:
            planted += [beginning for beginning in self._words if beginning in text]
        if planted:
            self.found.append(f"{where} holds {planted[0]!r}")

    def take(self) -> list[str]:
        found, self.found = self.found, []
        return found


def _beginnings() -> tuple[str, ...]:
    """Words of the sample tickets that stand in no program."""
    texts = []
    for file in sorted(SAMPLES.glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        texts += [json.loads(line)["description"][:40] for line in lines]
    return tuple(texts)


WATCH: Final = pytest.StashKey[Watch]()
_LEAKS: Final = pytest.StashKey[list[str]]()
_told: list[Watch] = []


def hears(value: str) -> None:
    """A secret that has no form of its own, such as a signing secret."""
    for watch in _told:
        watch.values.add(value)


def printed(what: str, text: str) -> None:
    """What a command printed in this process."""
    for watch in _told:
        watch.said(what, text)


def pytest_configure(config: pytest.Config) -> None:
    watch = config.stash[WATCH] = Watch()
    config.stash[_LEAKS] = []
    _told.append(watch)
    root = logging.getLogger()
    root.addHandler(watch)
    root.setLevel(logging.DEBUG)
    logs.hold()
    _listen_to_processes()


def _listen_to_processes() -> None:
    """Look at what processes of Earshot said, when their output is read at their end."""
    communicate = subprocess.Popen.communicate

    def heard(self: Any, *given: Any, **more: Any) -> Any:
        said = communicate(self, *given, **more)
        command = self.args if isinstance(self.args, str) else " ".join(map(str, self.args))
        if OUTPUT.search(command):
            for output in said:
                text = output.decode("utf-8", "replace") if isinstance(output, bytes) else output
                printed(f"what `{command[-80:]}` printed", text or "")
        return said

    subprocess.Popen.communicate = heard  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def nothing_planted_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test in which something planted came out."""
    watch = request.config.stash[WATCH]
    yield
    found = watch.take()
    if found:
        request.config.stash[_LEAKS] += found
        pytest.fail("\n".join(found), pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """What was found by now, also between tests, fails the run."""
    leaks = session.config.stash[_LEAKS]
    leaks += session.config.stash[WATCH].take()
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["leaks"] = leaks
        told["heard"] = session.config.stash[WATCH].heard
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    output = getattr(node, "workeroutput", {})
    node.config.stash[_LEAKS] += output.get("leaks", ())
    node.config.stash[WATCH].heard += output.get("heard", 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    leaks = config.stash[_LEAKS]
    if leaks:
        terminalreporter.write_sep("!", "LEAKED: planted values came out", red=True)
        terminalreporter.write_line("\n".join(sorted(set(leaks))))
    else:
        heard = config.stash[WATCH].heard
        terminalreporter.write_line(f"Nothing planted stands in {heard:,} log records.")
