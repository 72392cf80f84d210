"""What a worker of a storm would do first, done once before all of them are forked.

Imported by the process that forks them: a worker that is killed is replaced within milliseconds.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

import storm_worker  # noqa: F401
from bot.config import load
from bot.service import digest_due, notices
from bot.service.context import open_context
from storage import sending


def _do_once() -> None:
    """Import what is imported late, and let the mappers be made."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "DATABASE_URL": f"sqlite:///{folder}/earshot.db",
            "EARSHOT_KEY_FILE": f"{folder}/earshot.key",
            "EARSHOT_SEMANTIC": "off",
            "EARSHOT_NAMES": "off",
        }
        context = open_context(load(environment, env_file=Path("no.env")), create=True)
        now = datetime.now(UTC)
        digest_due.plan_due(context, "", now)
        notices.tell_due(context, "", now)
        with context.store.write() as session:
            sending.sweep(session, now)
        context.store.close()


_do_once()
