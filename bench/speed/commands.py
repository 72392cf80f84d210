"""A whole command: through Bolt from signed request to the answer shown, and as a process."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from slack_bolt import Ack, Respond

from bot.blocks import friction as friction_screens
from bot.demo.stage import Stage
from bot.reports import FrictionReport
from bot.service import friction
from corpus import END
from measure import Call, Times, in_turn
from project import WITHOUT_MEANING

ROOT = Path(__file__).parents[2]
USER, CHANNEL = "U0ADA", "C0SUPPORT"
BARE = "/bare"
PROCESSES = 9
PATIENCE = 120.0
"""Seconds until an answer counts as lost."""
_FLOOR = "import argparse, sqlite3; argparse.ArgumentParser().parse_args([])"


def through_bolt(folder: Path, question: str, rounds: int) -> dict[str, Times]:
    """One client at the HTTP face, with Slack's stand-in; `bare` answers a fixed text.

    `answer` is the service call and its rendering alone. The folder holds `earshot.db`.
    """
    with Stage(folder, END) as stage:

        @stage.earshot.bolt.command(BARE)
        def bare(ack: Ack, respond: Respond) -> None:
            ack()
            respond(text="An answer.", response_type="ephemeral")

        def typed(command: str, text: str) -> Call:
            def call() -> None:
                before = len(stage.slack.ephemerals(USER))
                delivery = stage.slack.slash_command(USER, CHANNEL, command, text)
                assert delivery.ok, delivery
                stage.slack.wait_for(
                    lambda: len(stage.slack.ephemerals(USER)) > before, timeout=PATIENCE
                )

            return call

        def answer() -> object:
            report = friction.ask(stage.context, question, END)
            assert isinstance(report, FrictionReport)
            return friction_screens.render(report)

        return in_turn(
            {
                "bolt whole": typed("/friction", question),
                "bolt bare": typed(BARE, ""),
                "bolt answer": answer,
            },
            rounds,
        )


def as_processes(url: str, question: str) -> dict[str, Times]:
    """Whole processes; `floor` imports nothing but argparse and sqlite3."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    environment |= WITHOUT_MEANING

    def process(*arguments: str) -> Call:
        def call() -> None:
            command = [sys.executable, *arguments]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

        return call

    now = END.isoformat()
    return in_turn(
        {
            "process floor": process("-c", _FLOOR),
            "process help": process("-m", "bot", "--help"),
            "process friction": process("-m", "bot", "friction", question, "--json", "--now", now),
        },
        PROCESSES,
        1,
        cpu=_used_by_children,
    )


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
