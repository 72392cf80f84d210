"""Days of digests in a storm: workers are killed and frozen, Slack and the disk fail.

Real processes run the real clock and outbox against the fake Slack over HTTP. Time goes on only
when every living worker has found nothing to do, so a busy machine changes no outcome: what is
random comes from the seed and from the instants at which processes are struck. A frozen one is
stopped (SIGSTOP) until its lease is over and others have gone on with its work, or until nobody
can go on because it holds the database; then it goes on, or is killed just after.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import connection, forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from unittest.mock import patch

from sqlalchemy import Row, func, or_, select
from sqlmodel import col

from bot.config import load
from bot.demo.fake_slack import DEFAULT_SCOPES, FakeSlack, Repeats
from bot.outbox import LEASE
from bot.reports import ChannelSettings
from bot.service import channels
from bot.service.context import Context, open_context
from conftest import NOW
from own_tickets import put, stored, write_catalogue
from storage import acts, outbox, outbox_lines
from storage.models import Digest, OutboxRow
from storm_faults import ON_DISK, Weather
from storm_verdict import Struck, Verdict, judge
from storm_worker import Shared, work

TEAM, OWNER = "T0EARSHOT", "U0ADA"
CHANNELS = ("C0GENERAL", "C0CHECKOUT", "C0SUPPORT")
BEGIN = datetime(2026, 3, 2, 9, 29, 55, tzinfo=UTC)
DUE = timedelta(seconds=5)
HISTORY = {"channels:history", "groups:history"}
OPEN = (outbox.PLANNED, outbox.SENDING, outbox.UNKNOWN, outbox.HELD)
STUCK_SECONDS = 120
THAW_SECONDS = 1.0
"""Nobody goes on for so long: a frozen worker holds what all need."""
MOST_FROZEN = 2
CALM = 3
"""After so many steps in which nothing changed, nothing will for long."""
WORDS = (
    "The {} loses everything that was typed in when the page is opened again",
    "After the update the {} takes the money twice and shows an error",
    "Nobody in our team of twelve can open the {} since this morning",
    "The {} shows the numbers of another company to our accountant",
)
THINGS = ("invoice", "basket", "ledger", "calendar", "label printer", "stock list", "price table")


@dataclass(frozen=True)
class Plan:
    """One storm: how many workers, strokes and faults, and what Slack and its scopes are like."""

    workers: int
    kills: int
    faults: int
    repeats: Repeats = "posted"
    history: bool = True
    freezes: int = 0
    rate: float = 0.2
    """The share of calls that fail."""
    seed: int = 1
    engine: str = "SQLite"

    @property
    def name(self) -> str:
        workers = "1 worker" if self.workers == 1 else f"{self.workers} workers"
        reading = "history" if self.history else "no history"
        return f"{self.engine}, {workers}, client_msg_id {self.repeats}, {reading}"


@dataclass(frozen=True)
class Frozen:
    """A worker that stands still, at most until a moment of the storm's own time."""

    slot: int
    until: datetime
    dies_after: float | None
    """Seconds of real time that it lives after it went on; None is: on and on."""


class Storm:
    """A context manager around the fake Slack, the database and the workers."""

    def __init__(self, folder: Path, plan: Plan, database_url: str | None = None) -> None:
        self._plan = plan
        self._folder = folder
        self._database_url = database_url or f"sqlite:///{folder / 'earshot.db'}"
        self._chance = random.Random(plan.seed)
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["storm_preload"])
        self._slots = plan.workers + MOST_FROZEN
        self._shared = Shared(
            self._processes.RawArray("q", 1),
            self._processes.RawArray("q", self._slots),
            self._processes.RawArray("i", 1),
            self._processes.RawArray("i", 4 * self._slots),
        )
        self._weather = Weather(
            random.Random(plan.seed + 1), plan.faults, plan.rate, self._shared.now
        )
        scopes = DEFAULT_SCOPES if plan.history else DEFAULT_SCOPES - HISTORY
        self._slack = FakeSlack(clock=self._shared.now, repeats=plan.repeats, scopes=scopes)
        self._slack.failures.weather = self._weather
        # A request whose caller was killed is no news here.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._awake: dict[int, BaseProcess] = {}
        self._frozen: dict[Frozen, BaseProcess] = {}
        self._strike_at = 0.0
        self._waits_for_call = True
        self._calm = 0
        self._standing: set[tuple[int, str]] = set()
        self._struck = Struck()
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
            "DATABASE_URL": self._database_url,
            "EARSHOT_KEY_FILE": str(self._folder / "earshot.key"),
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
        }
        settings = load(self._environment, env_file=self._folder / "no.env")
        self._context = open_context(settings, create=True)
        self._open.callback(self._context.store.close)
        self._open.callback(self._end_workers)
        write_catalogue(self._context)
        self._set_channels(on=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._weather.release(all_of_them=True)
        self._open.close()

    def _set_channels(self, *, on: bool) -> None:
        for channel in CHANNELS:
            wanted = ChannelSettings(TEAM, channel, days=(1, 2, 3, 4, 5, 6, 7), on=on)
            channels.save(self._context, wanted, OWNER, BEGIN - timedelta(hours=1))

    # --- going on -----------------------------------------------------------------------------

    def rage(self) -> Verdict:
        """Day after day until all was struck, a calm one, and the second looks after it."""
        while any(self._wanted()):
            self._live_through_a_day()
        self._live_through_a_day()
        self._set_channels(on=False)
        self._live_until(lambda: self._is_settled() and not self._is_looked_for())
        self._end_workers()
        self._struck.faults = self._faults()
        # Where Slack knows a repeat, or its history cannot be read, nothing is to be taken back.
        may_take_back = self._plan.repeats == "posted" and self._plan.history
        return judge(
            self._context, self._slack, TEAM, CHANNELS, self._struck, may_take_back=may_take_back
        )

    def _wanted(self) -> tuple[bool, bool, bool]:
        """Whether kills, freezes and faults are still wanted."""
        return (
            self._struck.kills < self._plan.kills,
            self._struck.freezes < self._plan.freezes,
            self._weather.met.total() < self._plan.faults,
        )

    def _faults(self) -> Counter[str]:
        on_disk = {name: self._shared.met(fault) for fault, name in ON_DISK.items()}
        return self._weather.met + Counter(on_disk)

    def _live_through_a_day(self) -> None:
        start = BEGIN + timedelta(days=self._struck.days)
        self._shared.moment[0] = max(round(start.timestamp() * 1000), self._shared.moment[0])
        self._struck.days += 1
        self._take_tickets_in(start)
        self._use_digests(start)
        self._live_until(lambda: self._shared.now() > start + DUE and self._is_settled())

    def _live_until(self, is_done: Callable[[], bool]) -> None:
        last_move = monotonic()
        while True:
            self._start_workers()
            self._strike()
            self._spoil_the_disk()
            connection.wait([each.sentinel for each in self._awake.values()], 0.004)
            if self._all_idle():
                self._end_surplus()
                if not is_done():
                    self._move_on()
                elif self._frozen or self._weather.release(all_of_them=True):
                    self._thaw(self._frozen)
                else:
                    return
                last_move = monotonic()
            self._weather.release()
            stands_still = monotonic() - last_move
            over = [one for one in self._frozen if one.until <= self._shared.now()]
            self._thaw(list(self._frozen) if stands_still > THAW_SECONDS else over)
            if stands_still > STUCK_SECONDS:
                raise RuntimeError("the workers find no rest")

    def _move_on(self) -> None:
        """A little, or to when something is due."""
        now = self._shared.now()
        found = self._open_rows()
        standing = {(row.id, row.state) for row in found}
        self._calm = self._calm + 1 if standing == self._standing else 0
        self._standing = standing
        due = [moment for row in found for moment in row[:3] if moment and moment > now]
        step = (min(due, default=now) - now).total_seconds()
        if self._calm > CALM and all(self._waits_for_a_person(row, found) for row in found):
            # Until it is too late for them: looked up in vain again and again meanwhile.
            late = [row.expires_at for row in found if row.expires_at > now]
            step = (min(late, default=now) - now).total_seconds()
        step = step if self._chance.random() < 0.7 else 0
        self._shared.moment[0] += round(1000 * (step + self._chance.uniform(0.3, 3)))

    def _open_rows(self) -> Sequence[Row[Any]]:
        names = ("lease_until", "not_before", "look_again_at", "expires_at", "thread_of")
        wanted = [getattr(OutboxRow, name) for name in (*names, "id", "state")]
        looked_for = col(OutboxRow.look_again_at).is_not(None)
        with self._context.store.read() as session:
            return session.execute(
                select(*wanted).where(or_(col(OutboxRow.state).in_(OPEN), looked_for))
            ).all()

    def _waits_for_a_person(self, row: Row[Any], every: Sequence[Row[Any]]) -> bool:
        held = {each.id for each in every if each.state == outbox.HELD}
        return row.state == outbox.HELD or row.thread_of in held

    def _take_tickets_in(self, day: datetime) -> None:
        """Two stories that nobody told before, an hour old."""
        days = self._struck.days
        said = [
            WORDS[(days + n) % 4].format(f"{THINGS[(days + 2 * n) % 7]} {days}") for n in range(2)
        ]
        put(
            self._context,
            *[
                stored(
                    f"d{days}-{number}",
                    said=text,
                    segment="enterprise",
                    ago=NOW - day + timedelta(hours=1),
                    stored_at=day,
                )
                for number, text in enumerate(said)
            ],
        )

    def _use_digests(self, day: datetime) -> None:
        """Somebody opens a ticket each day: where nobody does, digests come weekly one day."""
        with self._context.store.write() as session:
            for channel in CHANNELS:
                acts.record(session, TEAM, channel, user=OWNER, kind="opened", at=day)

    def _all_idle(self) -> bool:
        return all(self._shared.idle[slot] == self._shared.moment[0] for slot in self._awake)

    def _is_settled(self) -> bool:
        """Whether every channel's day is decided, and nothing will happen to any message."""
        on_the_way = col(OutboxRow.state).in_((outbox.PLANNED, outbox.SENDING, outbox.UNKNOWN))
        looked_up = (col(OutboxRow.state) == outbox.HELD) & (
            col(OutboxRow.expires_at) > self._shared.now()
        )
        with self._context.store.read() as session:
            open_rows = session.execute(
                select(func.count()).select_from(OutboxRow).where(or_(on_the_way, looked_up))
            ).scalar_one()
            decided = session.execute(select(func.count()).select_from(Digest)).scalar_one()
        return int(open_rows) == 0 and int(decided) >= self._struck.days * len(CHANNELS)

    def _is_looked_for(self) -> bool:
        over = (outbox.SENT, outbox.FAILED)
        return any(row.look_again_at for row in self._open_rows() if row.state in over)

    # --- striking -----------------------------------------------------------------------------

    def _start_workers(self) -> None:
        self._awake = {slot: each for slot, each in self._awake.items() if each.is_alive()}
        taken = {one.slot for one in self._frozen}
        free = [n for n in range(self._slots) if n not in taken and n not in self._awake]
        for slot in free[: self._plan.workers - len(self._awake)]:
            self._shared.idle[slot] = 0
            worker = self._processes.Process(
                target=work, args=(self._environment, self._shared, slot), daemon=True
            )
            worker.start()
            self._awake[slot] = worker

    def _strike(self) -> None:
        """Kill or freeze a worker if it is time to: at any instant, or as it began to send."""
        kills, freezes, _ = self._wanted()
        freezes = freezes and len(self._frozen) < MOST_FROZEN
        if not (kills or freezes) or not self._awake or monotonic() < self._strike_at:
            return
        if self._waits_for_call:
            if self._weather.sending.wait(0.05):
                self._weather.sending.clear()
                self._waits_for_call = False
                self._strike_at = monotonic() + self._chance.uniform(0, 0.015)
            return
        self._waits_for_call = self._chance.random() < 0.6
        self._strike_at = monotonic() + self._chance.uniform(0, 0.3)
        slot = self._chance.choice(sorted(self._awake))
        worker = self._awake.pop(slot)
        if freezes and (not kills or self._chance.random() < 0.3):
            self._freeze(slot, worker)
        else:
            worker.kill()
            worker.join()
            self._struck.kills += 1
            self._struck.kills_on_the_way += self._is_on_the_way()

    def _freeze(self, slot: int, worker: BaseProcess) -> None:
        os.kill(worker.pid or 0, signal.SIGSTOP)
        dies = self._chance.uniform(0, 0.03) if self._chance.random() < 0.4 else None
        until = self._shared.now() + self._chance.uniform(0.2, 4) * LEASE
        self._frozen[Frozen(slot, until, dies)] = worker
        self._struck.freezes += 1
        self._struck.freezes_on_the_way += self._is_on_the_way()

    def _thaw(self, those: Iterable[Frozen]) -> None:
        for frozen in tuple(those):
            worker = self._frozen.pop(frozen)
            self._shared.idle[frozen.slot] = 0
            os.kill(worker.pid or 0, signal.SIGCONT)
            if frozen.dies_after is None:
                self._awake[frozen.slot] = worker
            else:
                sleep(frozen.dies_after)
                worker.kill()
                worker.join()
                self._struck.killed_after += 1

    def _is_on_the_way(self) -> bool:
        with self._context.store.read() as session:
            return outbox_lines.states(session).get(outbox.SENDING, 0) > 0

    def _end_surplus(self) -> None:
        """Who went on has had its turn: there are as many workers as before."""
        while len(self._awake) > self._plan.workers:
            _, worker = self._awake.popitem()
            worker.kill()
            worker.join()

    def _end_workers(self) -> None:
        for worker in (*self._awake.values(), *self._frozen.values()):
            worker.kill()
            worker.join()
        self._awake.clear()
        self._frozen.clear()

    def _spoil_the_disk(self) -> None:
        *_, faults = self._wanted()
        if faults and self._chance.random() < 0.004:
            self._shared.disk[0] = self._chance.choice(list(ON_DISK))
