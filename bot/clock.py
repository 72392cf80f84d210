"""Work on the clock: one unit at a time, by any number of processes.

`run_one` is all there is to test; the loop around it only waits. Every unit is claimed by a
conditional write, so a second process finds nothing left to do.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from bot.directory import Directory
from bot.outbox import Outbox
from bot.reaction_sweep import ReactionSweep
from bot.service import (
    alarm_posts,
    attaching,
    digest_due,
    inbound,
    introduction,
    notices,
    reactions,
    shared_channels,
)
from bot.service.alarms import Watcher
from bot.service.context import Context
from bot.service.digest_useful import FindReply, Useful
from bot.service.effect_posts import Looks
from bot.service.expiry import Expiry
from bot.service.insight_follow import Following
from bot.service.introduction import Joined
from bot.service.meaning import CatchUp
from bot.service.policy import May
from bot.service.reactions import ReactionEvent
from bot.service.rematch import FeatureRematch
from bot.service.reread import Reread
from bot.service.seen import Forgetting
from bot.service.shared_channels import Shared
from storage.values import Incoming

IDLE_SECONDS = 1.0
AFTER_ERROR_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Clock:
    """Finishes events, decides digests and asks about them, sends messages, lets tickets attach
    themselves, looks for missed reactions, for alarms and whether fixes helped; reads tickets again
    when there is time, and removes what is too old.
    """

    def __init__(
        self,
        context: Context,
        team: str,
        outbox: Outbox,
        directory: Directory,
        now: Callable[[], datetime],
        *,
        find_reply: FindReply,
        may: May,
        sweep: ReactionSweep,
    ) -> None:
        edited, catch_up, again = FeatureRematch(context), CatchUp(context), Reread(context)
        watcher, useful = Watcher(context), Useful(context, team, find_reply)
        following = Following(context, team, directory.has_left)
        finishers = _finishers(context, directory, may)
        looks, forgetting = Looks(context, team), Forgetting(context)
        self._units: tuple[Callable[[datetime], bool], ...] = (
            lambda now: inbound.finish_one(context, team, now, finishers),
            lambda now: digest_due.plan_due(context, team, now),
            useful.run_one,
            lambda now: alarm_posts.tell_due(context, team, now),
            lambda now: notices.tell_due(context, team, now),
            lambda now: attaching.tell_due(context, team, now),
            outbox.run_one,
            lambda now: attaching.attach_some(context, now),
            sweep.run_one,
            following.run_one,
            forgetting.run_one,
            lambda _: edited.run_one(),
            watcher.run_one,
            looks.run_one,
            lambda _: catch_up.run_one(),
            lambda _: again.run_one(),
            Expiry(context).run_one,
        )
        self._now = now
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def run_one(self, now: datetime) -> bool:
        """Do one unit of work; False when nothing is due.

        A sort of work that breaks keeps the others from nothing: its error is raised when they
        have nothing left to do.
        """
        broken: Exception | None = None
        for unit in self._units:
            try:
                if unit(now):
                    return True
            except Exception as error:  # noqa: BLE001
                broken = broken or error
        if broken is not None:
            raise broken
        return False

    def wake(self) -> None:
        """There is something to do: do not wait for the next tick."""
        self._wake.set()

    def start(self) -> None:
        """Run the loop in a thread of its own."""
        self._thread = threading.Thread(target=self.loop, name="earshot-clock", daemon=True)
        self._thread.start()

    def loop(self) -> None:
        """Work until stopped. One broken unit must not end all others."""
        while not self._stop.is_set():
            try:
                busy = self.run_one(self._now())
                pause = 0.0 if busy else IDLE_SECONDS
            except Exception:  # noqa: BLE001
                _log.exception("a unit of work on the clock failed")
                pause = AFTER_ERROR_SECONDS
            if pause:
                self._wake.wait(pause)
                self._wake.clear()

    def stop(self, timeout: float = 10.0) -> bool:
        """Finish the unit at hand, in at most `timeout` seconds; whether that was enough."""
        self._stop.set()
        self._wake.set()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()


def _finishers(context: Context, directory: Directory, may: May) -> dict[str, inbound.Finish]:
    """How each type of event that is recorded is finished."""

    def react(incoming: Incoming, now: datetime) -> None:
        reactions.finish(context, ReactionEvent.of(incoming), now, may)

    def introduce(incoming: Incoming, now: datetime) -> None:
        introduction.finish(context, Joined.of(incoming), now, directory.postable)

    def share(incoming: Incoming, now: datetime) -> None:
        shared_channels.finish(context, Shared.of(incoming), now)

    return {
        reactions.ADDED: react,
        reactions.REMOVED: react,
        introduction.JOINED: introduce,
        **dict.fromkeys(shared_channels.EVENTS, share),
    }
