"""Calls timed in turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import gc
import math
import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

Call = Callable[[], object]
Clock = Callable[[], float]

ROUNDS = 40
WARM_UP = 3


@dataclass(slots=True)
class Times:
    """How long the calls of one thing took, in milliseconds; `cpu` is this thread's own time.

    Where both differ much, the machine was busy with something else, or another process answered.
    """

    ms: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, call: Call, cpu: Clock = time.thread_time) -> None:
        """Call once and keep how long it took."""
        own, started = cpu(), time.perf_counter()
        call()
        self.ms.append((time.perf_counter() - started) * 1000)
        self.cpu.append((cpu() - own) * 1000)

    def join(self, other: Times) -> None:
        """Take over the calls of `other`."""
        self.ms += other.ms
        self.cpu += other.cpu

    @property
    def p50(self) -> float:
        return statistics.median(self.ms)

    @property
    def cpu_p50(self) -> float:
        return statistics.median(self.cpu)

    @property
    def p95(self) -> float:
        ordered = sorted(self.ms)
        return ordered[math.ceil(len(ordered) * 0.95) - 1]


def in_turn(
    calls: Mapping[str, Call],
    rounds: int = ROUNDS,
    warm_up: int = WARM_UP,
    cpu: Clock = time.thread_time,
) -> dict[str, Times]:
    """Each call `rounds` times, one after the other in every round, after some untimed rounds."""
    found = {name: Times() for name in calls}
    gc.collect()
    for turn in range(warm_up + rounds):
        for name, call in calls.items():
            if turn < warm_up:
                call()
            else:
                found[name].add(call, cpu)
    return found


def machine() -> str:
    """What the figures were measured on, in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    engines = f"SQLite {sqlite3.sqlite_version}, SQLAlchemy {version('sqlalchemy')}"
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, {engines}"
    )
