"""Socket Mode: the same payloads over WebSockets that the bot opens.

Any open connection may get any payload, and each must be acknowledged by its envelope id.
"""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.demo.fake_slack.model import Json
from bot.demo.fake_slack.transport import Ack, Kind, Retry
from bot.demo.fake_slack.workspace import APP, Workspace

CONNECTION_SECONDS = 18_060
MOST_CONNECTIONS = 10


@dataclass
class _Waiting:
    done: threading.Event = field(default_factory=threading.Event)
    payload: object = None


class SocketHub:
    """The open Socket Mode connections of the app; a Transport."""

    def __init__(self, space: Workspace, timeout: float) -> None:
        self._space = space
        self.timeout = timeout
        self.address: Callable[[], str] = str
        self._tickets: set[str] = set()
        self._connections: dict[str, tuple[WebSocket, asyncio.AbstractEventLoop]] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._turn = itertools.count()

    @property
    def count(self) -> int:
        """How many connections are open."""
        with self._space.changing():
            return len(self._connections)

    def open_url(self) -> str:
        """A fresh address for one connection, as apps.connections.open gives it."""
        ticket = self._space.new_id("ticket-")
        self._tickets.add(ticket)
        return f"{self.address()}?ticket={ticket}&app_id={APP}"

    # --- the server's side of a connection

    async def endpoint(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or self.count >= MOST_CONNECTIONS:
            await socket.close(1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        with self._space.changing():
            self._connections[ticket] = (socket, asyncio.get_running_loop())
            number = len(self._connections)
        await socket.send_text(json.dumps(_hello(number)))
        self._space.announce("socket")
        try:
            while True:
                self._receive(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            with self._space.changing():
                self._connections.pop(ticket, None)
            self._space.announce("socket")

    def _receive(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(str(frame.get("envelope_id")))
        if waiting is not None:
            waiting.payload = frame.get("payload")
            waiting.done.set()

    # --- delivering

    def send(self, kind: Kind, payload: Mapping[str, Any], retry: Retry | None) -> Ack:
        """Hand a payload to any one connection and wait for its acknowledgement."""
        deadline = time.monotonic() + self.timeout
        picked = self._pick(deadline)
        if picked is None:
            return Ack(0, reason="connection_failed")
        envelope = self._space.new_id("envelope-")
        waiting = self._waiting[envelope] = _Waiting()
        frame: Json = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            frame["retry_attempt"] = retry.number if retry else 0
            frame["retry_reason"] = retry.reason if retry else ""
        try:
            sent = self._push(*picked, frame)
            if not sent or not waiting.done.wait(max(0.0, deadline - time.monotonic())):
                return Ack(0, reason="timeout" if sent else "connection_failed")
            return Ack(200, json.dumps(waiting.payload) if waiting.payload else "")
        finally:
            del self._waiting[envelope]

    def _pick(self, deadline: float) -> tuple[WebSocket, asyncio.AbstractEventLoop] | None:
        """The next connection in turn; a bot that is just connecting is waited for."""
        with self._space.condition:
            while not self._connections:
                left = deadline - time.monotonic()
                if left <= 0 or not self._space.condition.wait(left):
                    return None
            every = list(self._connections.values())
            return every[next(self._turn) % len(every)]

    def _push(self, socket: WebSocket, loop: asyncio.AbstractEventLoop, frame: Json) -> bool:
        sending = asyncio.run_coroutine_threadsafe(socket.send_text(json.dumps(frame)), loop)
        try:
            sending.result(self.timeout)
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            return False
        return True

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every client to leave: `warning`, `refresh_requested` or `link_disabled`.

        After a warning a connection still gets payloads, after the others no more. Closing is
        left to the client, which opens its next connection first.
        """
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}}
        for socket, loop in self._leaving(keep=reason == "warning"):
            self._push(socket, loop, frame)

    def drop(self) -> None:
        """Close every connection without a word, as a dying front end does."""
        for socket, loop in self._leaving(keep=False):
            asyncio.run_coroutine_threadsafe(socket.close(1011), loop).result(self.timeout)

    def _leaving(self, *, keep: bool) -> list[tuple[WebSocket, asyncio.AbstractEventLoop]]:
        with self._space.changing():
            connections = list(self._connections.values())
            if not keep:
                self._connections.clear()
                self._space.announce("socket")
        return connections


def _hello(number: int) -> Json:
    return {
        "type": "hello",
        "num_connections": number,
        "connection_info": {"app_id": APP},
        "debug_info": {
            "host": "applink-fake",
            "build_number": 1,
            "approximate_connection_time": CONNECTION_SECONDS,
        },
    }
