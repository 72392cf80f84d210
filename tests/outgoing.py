"""What this process reaches for: hosts that it looks up or connects to, and files that it opens.

The interpreter tells of each by an audit event, whatever library it was that asked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

LOOKED_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
STARTED = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "webbrowser.open"}
_watching: list[Outgoing] = []


@dataclass
class Outgoing:
    """`connected` has addresses as they were given to a socket."""

    connected: list[Any] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    heard = _watching[-1]
    if event in {"socket.connect", "socket.sendto"}:
        heard.connected.append(arguments[1])
    elif event in LOOKED_UP:
        heard.looked_up.append(str(arguments[0]))
    elif event == "urllib.Request":
        heard.requested.append(str(arguments[0]))
    elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        heard.opened.append(os.fsdecode(arguments[0]))
    elif event in STARTED:
        heard.started.append(str(arguments[0]))


sys.addaudithook(_hear)


@contextmanager
def watched() -> Iterator[Outgoing]:
    """Everything that is reached for meanwhile, by all threads."""
    _watching.append(Outgoing())
    try:
        yield _watching[-1]
    finally:
        _watching.pop()
