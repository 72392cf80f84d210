"""A process that does Earshot's work on the clock, to be killed or frozen at any instant.

It runs the real clock and outbox against the fake Slack over HTTP. Only time is not its own: it
reads it where the storm writes it, and says when it found nothing to do at that time.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, MutableSequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from bot import clock as clock_module
from bot.app import identify, web_client
from bot.clock import Clock
from bot.config import load
from bot.directory import Directory
from bot.guard import Guard
from bot.native_blocks import NativeBlocks
from bot.outbox import Outbox
from bot.reaction_sweep import ReactionSweep
from bot.service.context import Context, open_context
from bot.threads import Threads

PATIENCE_SECONDS = 0.4
"""How long a worker waits for Slack; a busy machine may make an honest answer late."""
PAUSE_SECONDS = 0.003
LOOKS_AGAIN = 10
NOTHING, LOCKED, FULL, ANSWER_LOST = 0, 1, 2, 3


@dataclass(frozen=True)
class Shared:
    """What a storm and its workers see of each other, in memory that outlives a killed one.

    `moment` is the time in milliseconds; `idle` holds for each worker the last at which it had
    nothing to do; `disk` is the next fault of the disk, and `struck` counts those met, four
    numbers for each worker.
    """

    moment: MutableSequence[int]
    idle: MutableSequence[int]
    disk: MutableSequence[int]
    struck: MutableSequence[int]

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.moment[0] / 1000, UTC)

    def met(self, fault: int) -> int:
        """How often this fault of the disk struck."""
        return sum(self.struck[fault::4])


class _WatchedClock(Clock):
    """Says when it found nothing to do, and mostly waits then until time goes on."""

    shared: Shared
    slot: int
    waited = 0

    def run_one(self, now: datetime) -> bool:
        moment = round(now.timestamp() * 1000)
        self.waited += 1
        if self.shared.idle[self.slot] == moment and self.waited % LOOKS_AGAIN:
            return False
        busy = super().run_one(now)
        if not busy:
            self.shared.idle[self.slot] = moment
        return busy


def work(environment: Mapping[str, str], shared: Shared, slot: int) -> None:
    """Work until killed."""
    logging.disable()
    clock_module.IDLE_SECONDS = clock_module.AFTER_ERROR_SECONDS = PAUSE_SECONDS
    context = open_context(load(environment, env_file=Path("no.env")))
    _spoil(context, shared, slot)
    client = web_client(context, context.settings.bot_token)
    identity = identify(client)
    # The SDK says int, and hands it to urllib, which takes parts of a second.
    vars(client)["timeout"] = PATIENCE_SECONDS
    directory = Directory(client, identity.team)
    guard = Guard(context, directory)
    outbox = Outbox(
        context,
        client,
        directory,
        team=identity.team,
        bot_id=identity.bot,
        native=NativeBlocks(on=True, now=shared.now),
        now=shared.now,
    )
    clock = _WatchedClock(
        context,
        identity.team,
        outbox,
        directory,
        shared.now,
        find_reply=Threads(client).last_reply,
        may=guard.may,
        sweep=ReactionSweep(context, client, team=identity.team, bot=identity.user, may=guard.may),
    )
    clock.shared, clock.slot = shared, slot
    clock.loop()


def _spoil(context: Context, shared: Shared, slot: int) -> None:
    """Let transactions meet a locked database, a full disk, or a lost answer to their commit."""
    engine = context.store.engine
    on_sqlite = engine.dialect.name == "sqlite"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = not on_sqlite or "earshot_begin" in connection.get_execution_options()
        if shared.disk[0] == LOCKED and writes:
            _strike(shared, slot, LOCKED, "database is locked")

    @event.listens_for(engine, "commit")
    def _commit(connection: Connection) -> None:
        if shared.disk[0] == FULL:
            _strike(shared, slot, FULL, "database or disk is full")

    commit = engine.dialect.do_commit

    def committed(connection: Any) -> None:
        commit(connection)
        if shared.disk[0] == ANSWER_LOST:
            _strike(shared, slot, ANSWER_LOST, "the server closed the connection")

    vars(engine.dialect)["do_commit"] = committed


def _strike(shared: Shared, slot: int, fault: int, words: str) -> None:
    shared.disk[0] = NOTHING
    shared.struck[4 * slot + fault] += 1
    raise OperationalError("", None, sqlite3.OperationalError(words))
