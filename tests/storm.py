"""Days of digests in a storm: workers are killed, Slack and the disk fail, and all is counted.

Real processes run the real clock and outbox against the fake Slack over HTTP. Time goes on only
when every living worker has found nothing to do, so a busy machine changes no outcome: what is
random comes from the seed and from the instants at which processes are killed.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import connection, forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any
from unittest.mock import patch

from sqlalchemy import Row, Select, func, or_, select
from sqlmodel import col

from bot.config import load
from bot.demo.fake_slack import (
    DEFAULT_SCOPES,
    Failure,
    FakeSlack,
    Repeats,
    error,
    half_body_after_accept,
    http,
    rate_limited,
    reset_after_accept,
    reset_before,
    timeout_after_accept,
)
from bot.reports import ChannelSettings
from bot.service import channels, posts
from bot.service.context import Context, open_context
from conftest import NOW
from own_tickets import put, stored, write_catalogue
from storage import outbox
from storage.models import Digest, OutboxRow
from storage.sending import opaque
from storm_worker import FULL, LOCKED, PATIENCE_SECONDS, Shared, work

TEAM, OWNER = "T0EARSHOT", "U0ADA"
CHANNELS = ("C0GENERAL", "C0CHECKOUT", "C0SUPPORT")
BEGIN = datetime(2026, 3, 2, 9, 29, 55, tzinfo=UTC)
DUE = timedelta(seconds=5)
HISTORY = {"channels:history", "groups:history"}
OPEN = (outbox.PLANNED, outbox.SENDING, outbox.UNKNOWN, outbox.HELD)
STUCK_SECONDS = 120
WORDS = (
    "The {} loses everything that was typed in when the page is opened again",
    "After the update the {} takes the money twice and shows an error",
    "Nobody in our team of twelve can open the {} since this morning",
    "The {} shows the numbers of another company to our accountant",
)
THINGS = ("invoice", "basket", "ledger", "calendar", "label printer", "stock list", "price table")
READS = ("conversations.info", "conversations.history", "conversations.replies")
WRITES = ("chat.postMessage", "chat.update", "chat.delete")
AWAY: Mapping[str, Callable[[], Failure]] = {
    "429 with Retry-After": lambda: rate_limited(3),
    "429 with a bad one": lambda: rate_limited("soon"),
    "HTTP 500": lambda: http(500, "oops"),
    "HTML with 200": lambda: http(200, "<html>Bad gateway</html>"),
    "half a body after accept": half_body_after_accept,
    "reset before accept": reset_before,
    "reset after accept": reset_after_accept,
    "time-out after accept": lambda: timeout_after_accept(PATIENCE_SECONDS + 1),
    "internal_error": lambda: error("internal_error"),
    "token revoked, then restored": lambda: error("token_revoked"),
}
ARCHIVED = "channel archived"
ON_DISK = {LOCKED: "database locked", FULL: "disk full at commit"}


@dataclass(frozen=True)
class Plan:
    """One storm: how many workers, kills and faults, and what Slack and its scopes are like."""

    workers: int
    kills: int
    faults: int
    repeats: Repeats = "posted"
    history: bool = True
    seed: int = 1

    @property
    def name(self) -> str:
        workers = "1 worker" if self.workers == 1 else f"{self.workers} workers"
        reading = "history" if self.history else "no history"
        return f"{workers}, client_msg_id {self.repeats}, {reading}"


@dataclass
class Fate:
    """What became of the messages of one sort."""

    planned: int = 0
    once: int = 0
    refused: int = 0
    late: int = 0
    held_visible: int = 0
    held_missing: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    """Unknown or wrongly told, without the operator being able to see it."""


@dataclass
class Verdict:
    """What a storm left behind."""

    digests: Fate
    replies: Fate
    days: int
    undecided: int
    kills: int
    kills_on_the_way: int
    faults: Counter[str]

    def wrong(self) -> list[str]:
        """A word for every promise that was broken."""
        found = [f"{self.undecided} days of channels undecided"] if self.undecided else []
        for name, fate in (("digest", self.digests), ("reply", self.replies)):
            found += [f"{name} lost: {each}" for each in fate.lost]
            found += [f"{name} doubled: {each}" for each in fate.doubled]
            found += [f"{name} not told: {each}" for each in fate.untold]
        return found


class Weather:
    """Which call fails, and how: by chance, until enough have failed."""

    def __init__(self, chance: random.Random, wanted: int) -> None:
        self._chance = chance
        self._wanted = wanted
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
            if method == "chat.postMessage" and throw < 0.01:
                self.met[ARCHIVED] += 1
                return error("is_archived")
            if throw > 0.2:
                return None
            name = self._chance.choice(list(AWAY))
            self.met[name] += 1
            return AWAY[name]()


class Storm:
    """A context manager around the fake Slack, the database and the workers."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self._plan = plan
        self._folder = folder
        self._chance = random.Random(plan.seed)
        self._weather = Weather(random.Random(plan.seed + 1), plan.faults)
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["storm_preload"])
        self._shared = Shared(
            self._processes.RawArray("q", 1),
            self._processes.RawArray("q", plan.workers),
            self._processes.RawArray("i", 1),
            self._processes.RawArray("i", 2 * plan.workers),
        )
        scopes = DEFAULT_SCOPES if plan.history else DEFAULT_SCOPES - HISTORY
        self._slack = FakeSlack(clock=self._shared.now, repeats=plan.repeats, scopes=scopes)
        self._slack.failures.weather = self._weather
        self._workers: dict[int, BaseProcess] = {}
        self._kill_at = 0.0
        self._waits_for_call = True
        self._calm = 0
        self._standing: set[tuple[int, str]] = set()
        self._kills = self._kills_on_the_way = self._days = 0
        self._open = ExitStack()
        self._context: Context

    def __enter__(self) -> Storm:
        # What is preloaded is looked for there, not in this process's own path.
        with patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):
            forkserver.ensure_running()
        self._open.enter_context(self._slack)
        self._environment = {
            "SLACK_API_URL": self._slack.api_url,
            "SLACK_BOT_TOKEN": self._slack.token,
            "DATABASE_URL": f"sqlite:///{self._folder / 'earshot.db'}",
            "EARSHOT_KEY_FILE": str(self._folder / "earshot.key"),
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
        }
        settings = load(self._environment, env_file=self._folder / "no.env")
        self._context = open_context(settings, create=True)
        self._open.callback(self._context.store.close)
        self._open.callback(self._end_workers)
        write_catalogue(self._context)
        for channel in CHANNELS:
            wanted = ChannelSettings(TEAM, channel, days=(1, 2, 3, 4, 5, 6, 7))
            channels.save(self._context, wanted, OWNER, BEGIN - timedelta(hours=1))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # --- going on -----------------------------------------------------------------------------

    def rage(self) -> Verdict:
        """Day after day until there were enough kills and faults, and a calm one at the end."""
        while self._wanted_kills() > 0 or self._wanted_faults() > 0:
            self._live_through_a_day()
        self._live_through_a_day()
        self._end_workers()
        return self._verdict()

    def _wanted_kills(self) -> int:
        return self._plan.kills - self._kills

    def _wanted_faults(self) -> int:
        return self._plan.faults - self._faults().total()

    def _faults(self) -> Counter[str]:
        struck = list(self._shared.struck)
        on_disk = {ON_DISK[LOCKED]: sum(struck[0::2]), ON_DISK[FULL]: sum(struck[1::2])}
        return self._weather.met + Counter(on_disk)

    def _live_through_a_day(self) -> None:
        start = BEGIN + timedelta(days=self._days)
        self._shared.moment[0] = max(round(start.timestamp() * 1000), self._shared.moment[0])
        self._days += 1
        self._take_tickets_in(start)
        last_move = monotonic()
        while True:
            self._start_workers()
            self._kill()
            self._spoil_the_disk()
            connection.wait([each.sentinel for each in self._workers.values()], 0.004)
            if self._all_idle():
                if self._shared.now() > start + DUE and self._is_settled():
                    return
                self._move_on()
                last_move = monotonic()
            if monotonic() - last_move > STUCK_SECONDS:
                raise RuntimeError("the workers find no rest")

    def _move_on(self) -> None:
        """A little, or to when something is due."""
        now = self._shared.now()
        names = ("lease_until", "not_before", "expires_at", "id", "state")
        with self._context.store.read() as session:
            found = session.execute(
                select(*[getattr(OutboxRow, name) for name in names]).where(
                    col(OutboxRow.state).in_(OPEN)
                )
            ).all()
        standing = {(row.id, row.state) for row in found}
        self._calm = self._calm + 1 if standing == self._standing else 0
        self._standing = standing
        # What waits for its channel's pace must not be made too late.
        waits = 3 if self._calm > 6 else 2
        due = [moment for row in found for moment in row[:waits] if moment and moment > now]
        step = (min(due, default=now) - now).total_seconds()
        step = step if self._chance.random() < 0.7 else 0
        self._shared.moment[0] += round(1000 * (step + self._chance.uniform(0.3, 3)))

    def _take_tickets_in(self, day: datetime) -> None:
        """Two stories that nobody told before, an hour old."""
        said = [
            WORDS[(self._days + n) % 4].format(f"{THINGS[(self._days + 2 * n) % 7]} {self._days}")
            for n in range(2)
        ]
        put(
            self._context,
            *[
                stored(
                    f"d{self._days}-{number}",
                    said=text,
                    segment="enterprise",
                    ago=NOW - day + timedelta(hours=1),
                    stored_at=day,
                )
                for number, text in enumerate(said)
            ],
        )

    def _start_workers(self) -> None:
        for slot in range(self._plan.workers):
            worker = self._workers.get(slot)
            if worker is None or not worker.is_alive():
                self._shared.idle[slot] = 0
                worker = self._processes.Process(
                    target=work, args=(self._environment, self._shared, slot), daemon=True
                )
                worker.start()
                self._workers[slot] = worker

    def _kill(self) -> None:
        """Kill a worker if it is time to: at any instant, or just after it began to send."""
        if self._wanted_kills() <= 0 or monotonic() < self._kill_at:
            return
        if self._waits_for_call:
            if self._weather.sending.wait(0.05):
                self._weather.sending.clear()
                self._waits_for_call = False
                self._kill_at = monotonic() + self._chance.uniform(0, 0.015)
            return
        self._waits_for_call = self._chance.random() < 0.6
        self._kill_at = monotonic() + self._chance.uniform(0, 0.5)
        slot = self._chance.randrange(self._plan.workers)
        worker = self._workers.pop(slot)
        worker.kill()
        worker.join()
        self._kills += 1
        with self._context.store.read() as session:
            self._kills_on_the_way += outbox.states(session).get(outbox.SENDING, 0) > 0

    def _end_workers(self) -> None:
        for worker in self._workers.values():
            worker.kill()
            worker.join()
        self._workers.clear()

    def _spoil_the_disk(self) -> None:
        if self._wanted_faults() > 0 and self._chance.random() < 0.004:
            self._shared.disk[0] = self._chance.choice((LOCKED, FULL))

    def _all_idle(self) -> bool:
        return all(idle == self._shared.moment[0] for idle in self._shared.idle)

    def _is_settled(self) -> bool:
        """Whether every channel's day is decided, and nothing will happen to any message."""
        on_the_way = col(OutboxRow.state).in_((outbox.PLANNED, outbox.SENDING, outbox.UNKNOWN))
        looked_for = (col(OutboxRow.state) == outbox.HELD) & (
            col(OutboxRow.expires_at) > self._shared.now()
        )
        with self._context.store.read() as session:
            open_rows = session.execute(
                select(func.count()).select_from(OutboxRow).where(or_(on_the_way, looked_for))
            ).scalar_one()
            decided = session.execute(select(func.count()).select_from(Digest)).scalar_one()
        return int(open_rows) == 0 and int(decided) >= self._days * len(CHANNELS)

    # --- counting -----------------------------------------------------------------------------

    def _verdict(self) -> Verdict:
        seen: Counter[str] = Counter()
        for channel in CHANNELS:
            for message in self._slack.posts(channel):
                seen[((message.metadata or {}).get("event_payload") or {}).get("key", "")] += 1
        listed = {line.id for line in posts.listed(self._context).lines}
        told = {"digest": Fate(), "ticket": Fate()}
        with self._context.store.read() as session:
            rows = session.execute(_messages()).all()
            failed = set(
                session.execute(
                    select(col(Digest.id)).where(col(Digest.state) == "failed")
                ).scalars()
            )
            decided = session.execute(select(func.count()).select_from(Digest)).scalar_one()
        keys = {row.dedupe_key for row in rows}
        for row in rows:
            if row.shows in told:
                is_said = row.shows != "digest" or row.subject_id in failed
                is_listed = row.id in listed and f"notice:held:{row.id}" in keys
                copies = seen[opaque(TEAM, row.dedupe_key)]
                _judge(told[row.shows], row, copies, is_said=is_said, is_listed=is_listed)
        return Verdict(
            told["digest"],
            told["ticket"],
            self._days,
            self._days * len(CHANNELS) - decided,
            self._kills,
            self._kills_on_the_way,
            self._faults(),
        )


def _messages() -> Select[Any]:
    names = ("id", "dedupe_key", "state", "error", "shows", "subject_id")
    return select(*[getattr(OutboxRow, name) for name in names]).where(
        col(OutboxRow.action) == "post"
    )


def _judge(fate: Fate, row: Row[Any], copies: int, *, is_said: bool, is_listed: bool) -> None:
    """Put one message into its place; `copies` of it are to be seen."""
    name = f"{row.dedupe_key} is {row.state} ({row.error}) and {copies} times visible"
    fate.planned += 1
    if copies > 1:
        fate.doubled.append(name)
    elif row.state == outbox.HELD:
        fate.held_visible += copies
        fate.held_missing += 1 - copies
        if not is_listed:
            fate.untold.append(name)
    elif row.state == outbox.FAILED:
        is_late = row.error == "too late"
        fate.late += is_late
        fate.refused += not is_late
        if copies or not is_said:
            fate.untold.append(name)
    elif copies == 1 and row.state == outbox.SENT:
        fate.once += 1
    else:
        fate.lost.append(name)
