"""What goes wrong in a storm: which calls of Slack fail, and how, and which writes to the disk."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.demo.fake_slack import (
    Failure,
    after_accept,
    error,
    half_body_after_accept,
    hold,
    http,
    rate_limited,
    reset_after_accept,
    reset_before,
    timeout_after_accept,
)
from storm_worker import ANSWER_LOST, FULL, LOCKED, PATIENCE_SECONDS

READS = ("conversations.info", "conversations.history", "conversations.replies")
WRITES = ("chat.postMessage", "chat.update", "chat.delete")
LATE_SECONDS = 2 * PATIENCE_SECONDS
HTML = "<html>Bad gateway</html>"
AWAY: Mapping[str, Callable[[], Failure]] = {
    "429 with Retry-After": lambda: rate_limited(3),
    "429 with a bad one": lambda: rate_limited("soon"),
    "HTTP 500": lambda: http(500, "oops"),
    "HTTP 500 after accept": lambda: after_accept(http(500, "oops")),
    "HTML with 200": lambda: http(200, HTML),
    "HTML with 200 after accept": lambda: after_accept(http(200, HTML)),
    "half a body after accept": half_body_after_accept,
    "reset before accept": reset_before,
    "reset after accept": reset_after_accept,
    "time-out after accept": lambda: timeout_after_accept(LATE_SECONDS),
    "internal_error": lambda: error("internal_error"),
    "internal_error after accept": lambda: after_accept(error("internal_error")),
    "token revoked, then restored": lambda: error("token_revoked"),
}
ARCHIVED = "channel archived"
LATE = "time-out, accepted long after it"
AWAY_KINDS = (*AWAY, LATE)
LATEST = timedelta(minutes=20)
ON_DISK: Mapping[int, str] = {
    LOCKED: "database locked",
    FULL: "disk full at commit",
    ANSWER_LOST: "database gone after a commit",
}
KINDS = (*AWAY_KINDS, ARCHIVED, *ON_DISK.values())
"""Every kind of fault that a storm has."""


class Weather:
    """Which call fails, and how: by chance, until enough have failed.

    Of what fails, the kind that was met least comes next: so a short storm has them all.
    """

    def __init__(
        self, chance: random.Random, wanted: int, rate: float, now: Callable[[], datetime]
    ) -> None:
        self._chance = chance
        self._wanted = wanted
        self._rate = rate
        self._now = now
        self._lock = threading.Lock()
        self._late: list[tuple[datetime, threading.Event]] = []
        self.met: Counter[str] = Counter()
        self.sending = threading.Event()
        """Set when a worker has begun to send a message."""

    def __call__(self, method: str) -> Failure | None:
        if method == "conversations.info":
            self.sending.set()
        with self._lock:
            if method not in (*READS, *WRITES) or self.met.total() >= self._wanted:
                return None
            throw = self._chance.random()
            # A channel that is archived takes nothing for good: not too often.
            if method == "chat.postMessage" and throw < 0.01:
                self.met[ARCHIVED] += 1
                return error("is_archived")
            if throw > self._rate:
                return None
            least = min(self.met[name] for name in AWAY)
            name = self._chance.choice([each for each in AWAY if self.met[each] == least])
            if method == "chat.postMessage" and self.met[LATE] <= least:
                name = LATE
            self.met[name] += 1
            return AWAY[name]() if name in AWAY else self._accepted_late()

    def _accepted_late(self) -> Failure:
        taken = threading.Event()
        wait = self._chance.uniform(0, 1) ** 2 * LATEST
        self._late.append((self._now() + wait, taken))
        return hold(taken)

    def release(self, *, all_of_them: bool = False) -> bool:
        """Let what is held be accepted when its time has come; whether there was any."""
        with self._lock:
            due = [one for one in self._late if all_of_them or one[0] <= self._now()]
            self._late = [one for one in self._late if one not in due]
        for _, taken in due:
            taken.set()
        return bool(due)
