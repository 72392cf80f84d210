"""What all tests share: a stage with the real app and the fake Slack, and an empty environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Settings, load
from bot.demo.stage import Stage
from bot.service.context import Context, open_context
from bot.voice.catalogue_file import parse

DATA = Path(__file__).parent.parent / "bot" / "demo" / "data"
TICKETS = sorted(DATA.glob("tickets-*.jsonl"))
NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's settings reaches a test, and nothing of a test the machine."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "EARSHOT_")) or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    # Tests of meaning ask for it; the others go by words, as most installations do.
    monkeypatch.setenv("EARSHOT_SEMANTIC", "off")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a database of their own."""
    return load(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'earshot.db'}",
            "EARSHOT_SEMANTIC": "off",
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
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """The real app and the fake Slack, over both transports, with no tickets yet."""
    with Stage(tmp_path, NOW, request.param) as opened:
        yield opened


@pytest.fixture
def http_stage(tmp_path: Path) -> Iterator[Stage]:
    """The same over HTTP only, where the transport makes no difference."""
    with Stage(tmp_path, NOW, "http") as opened:
        yield opened


@pytest.fixture
def full_stage(http_stage: Stage) -> Stage:
    """A stage with the sample tickets and their catalogue."""
    http_stage.take_in(TICKETS, parse((DATA / "features.toml").read_text(encoding="utf-8")))
    return http_stage
