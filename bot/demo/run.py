"""`earshot demo`: everything up, the address on a line of its own, and nothing left behind."""

from __future__ import annotations

import signal
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bot.demo import feed as feeds
from bot.demo.fake_slack.wire import Server
from bot.demo.feed import Feed
from bot.demo.server import Guard, Page
from bot.demo.stage import Stage
from bot.demo.world import World
from bot.errors import UserError

PORT, PORTS_TRIED = 8765, 20
PREFIX = "earshot-demo-"
STOPPERS = (signal.SIGINT, signal.SIGTERM)
Say = Callable[[str], None]


class Stopped(BaseException):
    """A signal; no error, so that nothing on the way takes it for one and goes on."""


def run(*, port: int | None, data: Path | None, open_page: bool, say: Say) -> None:
    """Serve until a signal comes. Raises `UserError` where it cannot begin."""
    try:
        with _stoppable():
            feed = feeds.sample() if data is None else feeds.own(data, datetime.now(UTC))
            with served(feed, port) as (_, address):
                say(_sentence(feed))
                say(address)
                if open_page:
                    threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
                threading.Event().wait()
    except Stopped:
        say("The demo has ended; nothing of it is left.")


@contextmanager
def served(feed: Feed, port: int | None) -> Iterator[tuple[World, str]]:
    """The world and the page's address, while both are up."""
    guard = Guard()
    server = _listen(guard, port)
    try:
        with (
            tempfile.TemporaryDirectory(prefix=PREFIX) as folder,
            Stage(Path(folder), feed.start, keep_days=0) as stage,
            World(stage, feed) as world,
        ):
            page = Page(world)
            guard.app, guard.port = page.app, server.port
            server.start()
            try:
                yield world, f"http://127.0.0.1:{server.port}/"
            finally:
                page.close()
                server.stop()
    finally:
        server.stop()


def _listen(guard: Guard, port: int | None) -> Server:
    """A server on the wished port; without a wish the usual one or the next that is free."""
    tried = range(PORT, PORT + PORTS_TRIED) if port is None else [port]
    for each in tried:
        try:
            return Server(guard, each)
        except OSError:
            continue
    raise UserError(
        f"Port {tried[0]} cannot be used: another program listens there. "
        "Choose one with --port, or --port 0 for any that is free."
    )


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGINT and SIGTERM raise `Stopped` once; a second one does not disturb the tidying up."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in STOPPERS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = [(number, signal.signal(number, stop)) for number in STOPPERS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _sentence(feed: Feed) -> str:
    local = "Nothing leaves this machine; what was read is gone when the demo ends."
    if feed.name is None:
        return (
            "Earshot on the invented tickets of Marigold, a web-shop service, in a stand-in for "
            f"Slack. {local} Ctrl-C ends it. Your own tickets: earshot demo --data FILE"
        )
    bad = f" {len(feed.bad):,} rows could not be read." if feed.bad else ""
    return (
        f"Earshot on your own tickets from {feed.name}, in a stand-in for Slack.{bad} {local} "
        "Ctrl-C ends it."
    )
