"""What goes wrong in a storm: which calls of Slack fail, and how, and which writes to the disk."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping

from bot.demo.fake_slack import (
    Failure,
    accepted_late,
    after_accept,
    error,
    half_body_after_accept,
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
    "time-out, accepted after it": lambda: accepted_late(LATE_SECONDS),
    "internal_error": lambda: error("internal_error"),
    "internal_error after accept": lambda: after_accept(error("internal_error")),
    "token revoked, then restored": lambda: error("token_revoked"),
}
ARCHIVED = "channel archived"
ON_DISK: Mapping[int, str] = {
    LOCKED: "database locked",
    FULL: "disk full at commit",
    ANSWER_LOST: "database gone after a commit",
}
KINDS = (*AWAY, ARCHIVED, *ON_DISK.values())
"""Every kind of fault that a storm has."""


class Weather:
    """Which call fails, and how: by chance, until enough have failed.

    Of what fails, the kind that was met least comes next: so a short storm has them all.
    """

    def __init__(self, chance: random.Random, wanted: int, rate: float) -> None:
        self._chance = chance
        self._wanted = wanted
        self._rate = rate
        self._lock = threading.Lock()
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
            self.met[name] += 1
            return AWAY[name]()
