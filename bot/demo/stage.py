"""The real app on a stage: at the fake Slack, on a database of its own, with a clock to move.

Nothing of Earshot is switched off or special-cased here; only Slack is a stand-in and time an
argument. The demo plays on it, and so do the tests.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from bot.app import Earshot, build_app
from bot.config import Settings, load
from bot.demo.fake_slack import FakeSlack
from bot.demo.fake_slack.wire import Server
from bot.reports import Feature, IngestReport
from bot.service import catalogue
from bot.service.context import Context, open_context
from bot.service.ingest import ingest
from bot.sources.files import read
from bot.transports import SocketMode
from bot.web import PATH, web_app

Transport = Literal["http", "socket"]
TAKEN_OVER = (
    "EARSHOT_NAMES",
    "EARSHOT_SEMANTIC",
    "EARSHOT_MODEL",
    "EARSHOT_TOKENIZER",
    "EARSHOT_NATIVE_BLOCKS",
    "EARSHOT_TAGGERS",
)
"""Settings that the stage takes over from where it is started: how things are read and shown, and
who may tag."""
TICK = timedelta(seconds=2)


class Stage:
    """Fake Slack, database and app together; a context manager.

    `now` is the stage's clock: it stands still until somebody moves it. `seconds` is the one that
    limits count by, and goes on. The database is a file in
    `folder` unless an address is given. Tickets leave after `keep_days`; 0 is never.
    """

    def __init__(
        self,
        folder: Path,
        now: datetime,
        transport: Transport = "http",
        database_url: str | None = None,
        *,
        keep_days: int = 400,
    ) -> None:
        self.now = now
        self.transport = transport
        self.seconds: Callable[[], float] = time.monotonic
        self.slack = FakeSlack(clock=lambda: self.now)
        self._folder = folder
        self._keep_days = keep_days
        self._database_url = database_url or f"sqlite:///{folder / 'earshot.db'}"
        self.context: Context
        self.earshot: Earshot

    def settings(self) -> Settings:
        """Settings as an operator would write them, for this stage."""
        return load(
            {
                "SLACK_API_URL": self.slack.api_url,
                "SLACK_BOT_TOKEN": self.slack.token,
                "SLACK_APP_TOKEN": self.slack.app_token,
                "SLACK_SIGNING_SECRET": self.slack.signing_secret,
                "DATABASE_URL": self._database_url,
                "EARSHOT_KEY_FILE": str(self._folder / "earshot.key"),
                "EARSHOT_KEEP_TICKETS": str(self._keep_days),
                **{name: os.environ[name] for name in TAKEN_OVER if name in os.environ},
            },
            env_file=self._folder / "no.env",
        )

    def __enter__(self) -> Self:
        self.slack.start()
        self.context = open_context(self.settings(), create=True)
        self.earshot = build_app(self.context, lambda: self.now, self._seconds)
        self._listen()
        return self

    def _seconds(self) -> float:
        return self.seconds()

    def _listen(self) -> None:
        if self.transport == "socket":
            self._socket = SocketMode(self.earshot)
            self._socket.connect()
        else:
            self._server = Server(web_app(self.earshot), 0)
            self._server.start()
            self.slack.request_url = f"http://127.0.0.1:{self._server.port}{PATH}"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.transport == "socket":
            self._socket.close()
        else:
            self._server.stop()
        self.earshot.executor.shutdown(wait=True)
        self.slack.stop()
        self.context.store.close()

    def take_in(self, paths: Sequence[Path], features: Sequence[Feature] = ()) -> IngestReport:
        """Ingest files with a catalogue, through the same door as `earshot ingest`."""
        if features:
            catalogue.bring_in(self.context, features)
        with ExitStack() as opened:
            readers = [
                opened.enter_context(read(path, name=path.name, now=self.now)) for path in paths
            ]
            return ingest(self.context, chain(*readers), self.now)

    def work(self, most: int = 200) -> None:
        """Let the clock do all that is due, moving on a little while it paces its posts."""
        idle = 0
        for _ in range(most):
            if self.earshot.clock.run_one(self.now):
                idle = 0
                continue
            idle += 1
            if idle > 1:
                return
            self.now += TICK
        raise RuntimeError("the clock does not come to rest")
