"""Who else on this machine could read the database or the key, or put others in their place.

SQLite makes its files as the umask says, and copies lose what they were: so it is looked at before
a database is opened, and said instead of mended, because what was open may have been read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

COMPANIONS: Final = ("", "-wal", "-shm", "-journal")
_OTHERS: Final = 0o077
_MAY_WRITE: Final = 0o022


def of_database(path: Path) -> Iterator[str]:
    """What is wrong with the rights of a database file, its companions and its folder."""
    yield from _of_folder(path.parent)
    for companion in COMPANIONS:
        file = path.with_name(path.name + companion)
        if _mode(file) & _OTHERS:
            yield f"Other users of this machine can read the database {file}: chmod 600 {file}"


def of_key(path: Path) -> Iterator[str]:
    """The same of the key, which a group may read where root gave it, as containers have it."""
    yield from _of_folder(path.parent)
    mode = _mode(path)
    if mode & _OTHERS and not (mode & _OTHERS == stat.S_IRGRP and _is_roots(path)):
        yield f"Other users of this machine can read the key {path}: chmod 600 {path}"


def _of_folder(folder: Path) -> Iterator[str]:
    mode = _mode(folder)
    # With the sticky bit, as on /tmp, nobody can take away what is somebody else's.
    if mode & _MAY_WRITE and not mode & stat.S_ISVTX:
        yield f"Other users of this machine can change what lies in {folder}: chmod 700 {folder}"


def _mode(path: Path) -> int:
    """Of what is there; nothing is wrong with what is not, or not to be looked at."""
    if os.name != "posix":
        return 0
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _is_roots(path: Path) -> bool:
    return path.stat().st_uid == 0 != os.getuid()
