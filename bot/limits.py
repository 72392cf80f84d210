"""How often somebody may ask in a minute, so that nobody takes the bot away from the others.

Counted in each process, in memory: what is protected are its threads, so nothing is written and no
acknowledgement waits for a database. With several processes a person may ask as often of each.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import StrEnum
from typing import Final, TypeVar

WINDOW: Final = 60.0
"""Seconds."""
MOST_KEYS: Final = 10_000
"""People and channels that are counted at a time; who was counted longest ago is forgotten."""


_Value = TypeVar("_Value")


class Counted(StrEnum):
    """What is counted apart."""

    PERSON = "questions of a person"
    CHANNEL = "questions in a channel"
    BUTTONS = "clicks of a person"


MOST: Final = {Counted.PERSON: 10, Counted.CHANNEL: 30, Counted.BUTTONS: 60}
"""So many in `WINDOW`."""


class Verdict(StrEnum):
    """What becomes of a request."""

    TAKEN = "taken"
    TOLD = "too many: to be said"
    SILENT = "too many: was said in this window"


class Limits:
    """Counts in a sliding window; `seconds` is a clock that only goes forward."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._taken: OrderedDict[tuple[Counted, str, str], deque[float]] = OrderedDict()
        self._told: OrderedDict[tuple[Counted, str, str], float] = OrderedDict()

    def take(self, what: Counted, team: str, whose: str) -> Verdict:
        """Count a request of a person or in a channel, unless there are too many of them."""
        key = (what, team, whose)
        with self._lock:
            now = self._seconds()
            taken = self._taken.setdefault(key, deque(maxlen=MOST[what]))
            self._taken.move_to_end(key)
            _keep_few(self._taken)
            while taken and now - taken[0] >= WINDOW:
                taken.popleft()
            if len(taken) < MOST[what]:
                taken.append(now)
                return Verdict.TAKEN
            told = self._told.get(key)
            if told is not None and now - told < WINDOW:
                return Verdict.SILENT
            self._told[key] = now
            self._told.move_to_end(key)
            _keep_few(self._told)
            return Verdict.TOLD


def _keep_few(memory: OrderedDict[tuple[Counted, str, str], _Value]) -> None:
    if len(memory) > MOST_KEYS:
        memory.popitem(last=False)
