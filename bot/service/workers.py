"""Read drafts in several processes, since reading takes most of an import's time.

The processes are programs of their own (`bot.service.worker`) at the other end of a pipe. A fork of
this process could copy a lock that another of its threads holds; one that `multiprocessing` starts
would run the caller's main module again. They are given raw tickets, but neither the database nor
the key that customers are counted by. When this process dies, however it dies, its ends of the
pipes close, and they end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from queue import SimpleQueue

from bot.config import SETTINGS, Settings
from bot.errors import UserError
from bot.reports import TicketDraft
from bot.semantic import encoder_of
from bot.service.pipeline import Features, Pipeline, Reads, ReadTicket

LARGE = 1_000
"""From so many rows on the processes save more time than their start takes."""
SECRETS = frozenset(setting.name for setting in SETTINGS if setting.secret)
MOST = 4
"""More of them would wait for the one process that stores."""


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def reading(settings: Settings, rows: int, processes: int | None = None) -> Iterator[Reads]:
    """Where drafts are read: here, or in `processes` others (by default one a core).

    `rows` is how many there are at least; for fewer than `LARGE` no process is started. Nor is one
    where meanings are read: nine tenths of the time go there, to threads on all cores already.
    """
    count = min(cores(), MOST) if processes is None else processes
    if count < 2 or rows < LARGE or encoder_of(settings) is not None:
        yield _Here(settings)
        return
    workers = _Workers(settings, count)
    try:
        yield workers
    finally:
        workers.close()


class _Here:
    """Reads when it is asked to, in this process."""

    ahead = 0

    def __init__(self, settings: Settings) -> None:
        self._pipeline = Pipeline(settings)

    def read(self, features: Features, drafts: Sequence[TicketDraft]) -> Future[list[ReadTicket]]:
        done: Future[list[ReadTicket]] = Future()
        done.set_result(self._pipeline.read(features, drafts))
        return done


class _Workers:
    """Processes that start with the first drafts; a thread for each waits for what it reads."""

    def __init__(self, settings: Settings, count: int) -> None:
        # One batch waits for each process, so that none waits for this one.
        self.ahead = 2 * count
        self._settings = _without_secrets(settings)
        self._free: SimpleQueue[_Worker] = SimpleQueue()
        self._workers: list[_Worker] = []
        self._count = count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="earshot-import")

    def read(self, features: Features, drafts: Sequence[TicketDraft]) -> Future[list[ReadTicket]]:
        if not drafts:
            nothing: Future[list[ReadTicket]] = Future()
            nothing.set_result([])
            return nothing
        if len(self._workers) < self._count:
            self._workers.append(_Worker(self._settings))
            self._free.put(self._workers[-1])
        return self._threads.submit(self._read, features, drafts)

    def _read(self, features: Features, drafts: Sequence[TicketDraft]) -> list[ReadTicket]:
        worker = self._free.get()
        try:
            return worker.read(features, drafts)
        finally:
            self._free.put(worker)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        self._threads.shutdown()


class _Worker:
    """One process. What goes wrong there it tells on its standard error, and ends."""

    def __init__(self, settings: Settings) -> None:
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "bot.service.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=sys.__stderr__,
                # Ctrl-C is for the process that stores: it decides what becomes of the rest.
                process_group=0,
                env={
                    **{name: os.environ[name] for name in os.environ if name not in SECRETS},
                    "PYTHONPATH": os.pathsep.join(sys.path),
                    "OPENBLAS_NUM_THREADS": "1",
                },
            )
        self._pipe.send(settings)

    def read(self, features: Features, drafts: Sequence[TicketDraft]) -> list[ReadTicket]:
        try:
            self._pipe.send((features, drafts))
            found: list[ReadTicket] = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise UserError(
                f"A process that reads tickets has ended (code {self._process.wait()}), perhaps "
                "for want of memory. What was stored stays: start the import again, with "
                "--processes 1 if it happens again."
            ) from error
        return found

    def end(self) -> None:
        """It keeps nothing, so that it need not be asked."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()


def _without_secrets(settings: Settings) -> Settings:
    return replace(
        settings,
        database_url="",
        key_file=Path(),
        bot_token="",
        app_token="",
        signing_secret="",
        notes_token="",
    )
