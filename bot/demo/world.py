"""The demo's world: the stage, the feed, and the one thread that lets time and work go on.

People act on the stage from any thread, as Slack's servers would let them. Tickets arrive, the
clock moves and the app's own clock works in this one thread, so nothing happens twice at once,
and what a browser sees is announced by a number that only rises.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import select
from sqlmodel import col

from bot.demo import earlier
from bot.demo.feed import Feed
from bot.demo.moments import Backward, next_stop, spoken, target
from bot.demo.opening import play
from bot.demo.stage import TICK, Stage
from bot.reports import TicketDraft
from bot.service import catalogue, convert, posting
from bot.service.ingest import ingest
from bot.service.schedule import next_due
from storage import channels as channel_rows
from storage import outbox
from storage.models import InboxRow
from storage.sending import CARD_PACE

FIRST, PIECE = 200, 200
MOST_UNITS = 2_000
# Listeners acknowledge first and then work: for a while after an act there may be more to do.
LISTEN_SECONDS, SETTLE_SECONDS, LOOK_SECONDS = 3.0, 0.5, 0.1
_log = logging.getLogger("earshot.demo")


class World:
    """Everything behind the page; a context manager around a running stage."""

    def __init__(self, stage: Stage, feed: Feed) -> None:
        self.stage, self.feed = stage, feed
        self.version = 0
        self.seen: dict[tuple[str, str], str] = {}
        self._watchers: list[Callable[[], None]] = []
        self._condition = threading.Condition()
        self._moves: deque[tuple[str, Future[str]]] = deque()
        self._listen_until = 0.0
        self._wanted = self._working = self._closing = False
        self._seats: dict[str, threading.Lock] = {}
        self._thread = threading.Thread(target=self._run, name="earshot-demo", daemon=True)
        self._unsubscribe: Callable[[], None] = lambda: None

    # --- opening and closing

    def __enter__(self) -> Self:
        """Read the newest tickets, let yesterday happen, and go on in the background.

        The sample is read in the order of time, as its insight of July lives through all of it.
        """
        stage, feed = self.stage, self.feed
        # The demo's clock leaps while people act; three seconds of theirs are real ones.
        stage.slack.space.grants.trigger_clock = lambda: datetime.now(UTC)
        # And a minute in which too much is asked passes as well where the clock is moved.
        begun = stage.now
        stage.seconds = lambda: time.monotonic() + max((stage.now - begun).total_seconds(), 0.0)
        if feed.features:
            catalogue.bring_in(stage.context, feed.features)
        if feed.earlier:
            stage.now = begun = earlier.ASKED
            earlier.play(stage, self._pass)
        stage.now = feed.eve
        self._take_in(feed.written_by(feed.eve) if feed.earlier else feed.recent(FIRST))
        play(stage, self.work, sample=feed.name is None)
        stage.now = max(stage.now, feed.start)
        self._take_in(feed.arrived(stage.now))
        self._unsubscribe = stage.slack.subscribe(lambda _: self._changed())
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._unsubscribe()
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join()
        for _, waiting in self._moves:
            waiting.cancel()

    def _pass(self, to: datetime) -> None:
        """Let time pass on the stage before anybody looks at it."""
        self.stage.now = max(self.stage.now, to)
        self._take_in(self.feed.written_by(self.stage.now))
        self.work()

    # --- what others see

    @property
    def busy(self) -> bool:
        """Whether the clock is moving, or has found work."""
        return self._working or bool(self._moves)

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` on each change, from any thread; it must be quick. Returns the undo."""
        with self._condition:
            self._watchers.append(watcher)

        def unwatch() -> None:
            with self._condition:
                self._watchers.remove(watcher)

        return unwatch

    def announce(self) -> None:
        """Something that a browser shows has changed."""
        with self._condition:
            self.version += 1
            for watcher in self._watchers:
                watcher()
            self._condition.notify_all()

    def await_version(self, after: int, timeout: float) -> int:
        """The version once it is above `after`, or when the time has passed."""
        with self._condition:
            self._condition.wait_for(lambda: self.version > after, timeout)
            return self.version

    def seat(self, user: str) -> threading.Lock:
        """Held while a person acts: nobody has two hands on one modal."""
        with self._condition:
            return self._seats.setdefault(user, threading.Lock())

    # --- what others ask for

    def _changed(self) -> None:
        # Runs under the fake Slack's lock, so it must never wait for it.
        with self._condition:
            self._wanted = True
            self.announce()

    def acted(self) -> None:
        """Somebody acted: look for work now and for a while."""
        with self._condition:
            self._listen_until = time.monotonic() + LISTEN_SECONDS
            self._wanted = True
            self._condition.notify_all()

    def move(self, to: str) -> Future[str]:
        """Ask for the clock to move; the future says where to, or raises `Backward`."""
        asked: Future[str] = Future()
        with self._condition:
            self._moves.append((to, asked))
            self.announce()
        return asked

    # --- the one thread

    def _run(self) -> None:
        while self._wait():
            try:
                self._turn()
            except Exception:  # noqa: BLE001
                # As in `Clock.loop`: one broken unit must not end all others.
                _log.exception("the demo's clock stumbled")

    def _wait(self) -> bool:
        """Until there is something to do; False at the end."""
        with self._condition:
            while not (self._closing or self._moves or self._wanted or self.feed.behind):
                listening = time.monotonic() < self._listen_until
                self._condition.wait(LOOK_SECONDS if listening else None)
                self._wanted = self._wanted or listening
            return not self._closing

    def _turn(self) -> None:
        with self._condition:
            asked = self._moves[0] if self._moves else None
            wanted, self._wanted = self._wanted, False
        if asked:
            try:
                self._move(*asked)
            finally:
                self._moves.popleft()
                self.announce()
        elif wanted:
            self.work()
        else:
            self._take_in(self.feed.recent(PIECE))

    def _move(self, to: str, asked: Future[str]) -> None:
        try:
            end = target(self.stage.now, to)
        except Backward as reason:
            asked.set_exception(reason)
            return
        asked.set_result(f"The clock moves to {spoken(end)}.")
        while self.stage.now < end and not self._closing:
            self.stage.now = next_stop(self.stage.now, end, self._next_due)
            self._take_in(self.feed.arrived(self.stage.now))
            self.work()

    def _next_due(self, now: datetime) -> datetime | None:
        """When the next digest of any channel is due."""
        with self.stage.context.store.read() as session:
            settings = [convert.settings(value, ()) for value in channel_rows.every(session)]
        return min((due for each in settings if (due := next_due(each, now))), default=None)

    def _take_in(self, drafts: list[TicketDraft]) -> None:
        if drafts:
            ingest(self.stage.context, drafts, self.stage.now)
            self.feed.read += len(drafts)
            self.announce()

    def _put_off_until(self) -> datetime | None:
        """When the clock may finish an event whose listener has not, or edit a card again.

        Elsewhere time just passes.

        A listener that is still at work has half a second of the real time first.
        """
        settled = self._listen_until - LISTEN_SECONDS + SETTLE_SECONDS
        if time.monotonic() < settled:
            return None
        unfinished = col(InboxRow.done_at).is_(None)
        with self.stage.context.store.read() as session:
            found = select(col(InboxRow.not_before)).where(unfinished)
            moments = list(session.execute(found).scalars())
            edited = outbox.edits_waiting(session, posting.INSIGHT)
        if edited is not None:
            moments.append(edited + CARD_PACE)
        return min(moments, default=None)

    def work(self) -> None:
        """Let the app's clock do all that is due; what it paces moves the stage's now on."""
        try:
            idle = True
            for _ in range(MOST_UNITS):
                if self._closing:
                    return
                if self.stage.earshot.clock.run_one(self.stage.now):
                    self._working, idle = True, False
                elif not idle:
                    idle = True
                    self.stage.now += TICK
                elif (put_off := self._put_off_until()) is not None:
                    self.stage.now = max(self.stage.now, put_off)
                    idle = False
                else:
                    return
        finally:
            if self._working:
                self._working = False
                self.announce()
