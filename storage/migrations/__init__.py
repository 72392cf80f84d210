"""The schema's history, run by Alembic at start.

Several processes may start at once: the upgrade runs in one exclusive transaction, and a process
that finds the newest revision does not even import Alembic.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from storage.database import Store

HEAD = "0017"


def current(store: Store) -> str | None:
    """The revision that the database stands at, or None for a blank one."""
    with store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def exists(url: str) -> bool:
    """Whether somebody has made a database of Earshot's there. Makes no file and no table.

    Raises SQLAlchemy's `DatabaseError` where a server does not answer.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Path(parsed.database or "").exists()
    store = Store(url)
    try:
        return current(store) is not None
    finally:
        store.close()


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring the database to `revision`; does nothing where it stands there already."""
    if revision == "head" and current(store) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with store.connect_for_migration() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
