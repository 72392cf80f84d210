"""Where the database is, as people write it in `DATABASE_URL`, and where its key lies."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_SQLITE: Final = "sqlite:///"


def database_url(value: str) -> str:
    """The address as it is used within. Raises ValueError with a remedy, and without a password."""
    if re.match(r"postgres(ql)?(\+psycopg)?://", value):
        return _server_url(value)
    if not value.startswith(_SQLITE) or value == _SQLITE:
        raise ValueError(
            "must be sqlite:///PATH, for example sqlite:////srv/earshot/earshot.db, "
            "or postgresql://USER:PASSWORD@HOST/NAME"
        )
    path = Path(value.removeprefix(_SQLITE)).expanduser()
    if path.is_dir():
        raise ValueError(f"{path} is a folder; give a file in it, such as {path}/earshot.db")
    return _SQLITE + str(path)


def _server_url(value: str) -> str:
    rest = value.partition("://")[2]
    if "#" in rest or rest.partition("?")[0].count("@") > 1:
        raise ValueError("write @ as %40 and # as %23 in the password of postgresql://…")
    parts = urlsplit(f"postgresql://{rest}")
    try:
        has_port = parts.port != 0
    except ValueError:
        has_port = False
    if not has_port:
        raise ValueError("has no port number: postgresql://USER:PASSWORD@HOST:5432/NAME")
    if not parts.path.strip("/") or "/" in parts.path.strip("/"):
        raise ValueError("names no database: postgresql://USER:PASSWORD@HOST/NAME")
    if find_spec("psycopg") is None:
        raise ValueError(
            "PostgreSQL needs the extra `postgres`: pip install -r requirements-postgres.txt"
        )
    return f"postgresql://{rest}"


def key_beside(url: str | None) -> Path:
    """Beside the database; a server has no place for it, and should not have the key either."""
    if not (url or _SQLITE).startswith(_SQLITE):
        return Path("~/.local/share/earshot/earshot.key").expanduser()
    path = Path((url or "").removeprefix(_SQLITE))
    return path.parent / "earshot.key"
