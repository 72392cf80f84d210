"""What all tests share: an empty environment, databases of both engines, and a stage.

Whatever asks for a database, itself or by a context or a stage, runs on SQLite and on PostgreSQL;
the rest runs once.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import log_watch
from auditing import assert_wordless
from bot import limits
from bot.config import Settings, load
from bot.demo.stage import Stage
from bot.logs import OURS, Masked
from bot.service.context import Context, open_context
from bot.voice.catalogue_file import parse
from commandline import fill
from databases import (
    Databases,
    PostgresDatabases,
    PostgresServer,
    SqliteDatabases,
    Unavailable,
    sqlite_template,
)

DATA = Path(__file__).parent.parent / "bot" / "demo" / "data"
TICKETS = sorted(DATA.glob("tickets-*.jsonl"))
NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


ENGINES = ("sqlite", "postgresql")
_UNAVAILABLE = pytest.StashKey[str]()
MOST_WORKERS = 4
"""Of processes that run tests: each has a database server of its own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files")
    parser.addoption("--case", type=int, help="only what holds this one of docs/CASES.md")
    parser.addoption("--engine", choices=ENGINES, help="only this one; pure tests run anyway")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(log_watch)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches a database runs on both engines, but once over Socket Mode."""
    only, case = config.getoption("--engine"), config.getoption("--case")
    left_out = [item for item in items if not (_is_wanted(item, only) and _holds(item, case))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _holds(item: pytest.Item, case: int | None) -> bool:
    return case is None or any(case in mark.args for mark in item.iter_markers("case"))


def _is_wanted(item: pytest.Item, only: str | None) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    engine = parameters.get("engine")
    if engine is None:
        return True
    marker = item.get_closest_marker("only")
    allowed = {only or engine, *(marker.args if marker else (engine,))}
    over_socket = parameters.get("stage") == "socket"
    return allowed == {engine} and not (engine == "postgresql" and over_socket)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """As many as there are cores for this process, which may be fewer than the machine has."""
    every = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    return min(MOST_WORKERS, len(every) or os.cpu_count() or 1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells why it had no PostgreSQL."""
    told: dict[str, str] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["unavailable"] = session.config.stash.get(_UNAVAILABLE, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    reason = getattr(node, "workeroutput", {}).get("unavailable")
    if reason:
        node.config.stash[_UNAVAILABLE] = reason


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    reason = config.stash.get(_UNAVAILABLE, None)
    if reason:
        terminalreporter.write_sep("!", "SKIPPED: nothing was tried on PostgreSQL", red=True)
        terminalreporter.write_line(reason)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    try:
        server = PostgresServer()
    except Unavailable as error:
        request.config.stash[_UNAVAILABLE] = str(error)
        pytest.skip(f"no PostgreSQL: {error}")
    # Whoever ends the run by a signal ends the server with it.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield server
    signal.signal(signal.SIGTERM, before)
    server.close()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, to be copied."""
    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Callable[[], Databases]:
    """The database engine: whatever asks for a database runs once on each."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        return lambda: PostgresDatabases(server)
    template: Path = request.getfixturevalue("sqlite_file")
    return lambda: SqliteDatabases(template)


@pytest.fixture
def databases(engine: Callable[[], Databases]) -> Iterator[Databases]:
    """Databases that end with the test."""
    made = engine()
    yield made
    made.drop()


@pytest.fixture(scope="module")
def module_databases(engine: Callable[[], Databases]) -> Iterator[Databases]:
    """Databases that end with the module."""
    made = engine()
    yield made
    made.drop()


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's settings reaches a test, and nothing of a test the machine."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "EARSHOT_")) or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    # Tests of meaning ask for it; the others go by words, as most installations do.
    monkeypatch.setenv("EARSHOT_SEMANTIC", "off")
    monkeypatch.setenv("EARSHOT_NAMES", "off")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests ask more in a second than people in a minute; those of limits keep the real ones."""
    if request.node.get_closest_marker("limits") is None:
        monkeypatch.setattr(limits, "MOST", dict.fromkeys(limits.Counted, 1_000_000))


@pytest.fixture(autouse=True)
def process_as_it_was() -> Iterator[None]:
    """What a command sets up for its process ends with the test."""
    umask, hooks = os.umask(0o077), (sys.excepthook, threading.excepthook, sys.unraisablehook)
    handlers = list(logging.getLogger().handlers)
    yield
    os.umask(umask)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, Masked)]:
        if handler not in handlers:
            root.removeHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def settings(databases: Databases, tmp_path: Path) -> Settings:
    """Settings with a database of their own."""
    return load(
        {
            "DATABASE_URL": databases.migrated(tmp_path),
            "EARSHOT_KEY_FILE": str(tmp_path / "data" / "earshot.key"),
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
        },
        env_file=tmp_path / "no.env",
    )


@pytest.fixture
def context(settings: Settings) -> Iterator[Context]:
    """An open, empty installation."""
    opened = open_context(settings, create=True)
    yield opened
    opened.store.close()


@pytest.fixture(params=["http", "socket"])
def stage(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    """The real app and the fake Slack, over both transports, with no tickets yet."""
    with Stage(tmp_path, NOW, request.param, databases.migrated(tmp_path)) as opened:
        log_watch.hears(opened.slack.signing_secret)
        yield opened
        assert_wordless(opened.context.store)


@pytest.fixture
def http_stage(databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    """The same over HTTP only, where the transport makes no difference."""
    with Stage(tmp_path, NOW, "http", databases.migrated(tmp_path)) as opened:
        log_watch.hears(opened.slack.signing_secret)
        yield opened
        assert_wordless(opened.context.store)


@pytest.fixture
def full_stage(http_stage: Stage) -> Stage:
    """A stage with the sample tickets and their catalogue."""
    http_stage.take_in(TICKETS, parse((DATA / "features.toml").read_text(encoding="utf-8")))
    return http_stage


@pytest.fixture
def database(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the command line looks for a database; there is none yet."""
    url = databases.blank(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    return url


@pytest.fixture
def filled(database: str, tmp_path: Path) -> str:
    """The same with a few tickets and an insight."""
    fill(tmp_path)
    return database
