"""HTTP and WebSocket on a real port, with a grip on the connection itself.

A broken connection cannot be told from inside an ASGI answer, so the protocol hands its
transport to the request: only then can an answer be dropped after the action was done.
"""

import asyncio
import socket
import struct
import threading
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.demo.fake_slack.api import Reply, WebApi
from bot.demo.fake_slack.socket import SocketHub

# Slack pings often, too; a client that waits in a read notices sooner that it should leave.
PING_SECONDS = 0.1
LAST_SECONDS = 1.0
CLOSE_WITH_RESET = struct.pack("ii", 1, 0)


class GrippedProtocol(H11Protocol):
    """HTTP/1.1 whose requests can reach their own connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the connection where requests find it."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Broken(Response):
    """No answer, or half of one, and the connection is reset."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break the connection, then wait until the server has noticed."""
        transport = cast(asyncio.Transport, scope["state"]["transport"])
        if self._reply.broken == "half":
            body = self._reply.body
            head = (
                f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
            )
            transport.write(f"{head}\r\n\r\n".encode() + body[: len(body) // 2])
            transport.close()
        else:
            raw: socket.socket = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_WITH_RESET)
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _response(reply: Reply) -> Response:
    if reply.broken:
        return Broken(reply)
    return Response(reply.body, reply.status, dict(reply.headers))


def build_app(api: WebApi, hub: SocketHub) -> Starlette:
    """The routes of the fake Slack."""

    async def call(request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            # Killed while it asked: nobody reads an answer.
            return Response()
        headers = request.headers
        reply = await run_in_threadpool(
            api.call,
            request.path_params["method"],
            body,
            headers.get("content-type", ""),
            request.url.query,
            headers.get("authorization", ""),
        )
        return _response(reply)

    async def respond(request: Request) -> Response:
        body = await request.body()
        return _response(await run_in_threadpool(api.respond, request.path_params["key"], body))

    return Starlette(
        routes=[
            Route("/api/{method}", call, methods=["POST", "GET"]),
            Route("/response/{key}", respond, methods=["POST"]),
            WebSocketRoute("/link/", hub.endpoint),
        ]
    )


class _Leaving(uvicorn.Server):
    """uvicorn that leaves at once: its own loop looks about every tenth of a second, twice."""

    entered: threading.Event
    loop: asyncio.AbstractEventLoop
    leave: asyncio.Event

    async def main_loop(self) -> None:
        """Serve until told to leave."""
        self.loop, self.leave = asyncio.get_running_loop(), asyncio.Event()
        await self.on_tick(0)
        self.entered.set()
        await self.leave.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is open and give running requests a second."""
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = self.loop.time() + LAST_SECONDS
        while self.server_state.connections and self.loop.time() < deadline:
            await asyncio.sleep(0.005)
        for task in self.server_state.tasks:
            task.cancel()


class Server:
    """uvicorn on a free port of this machine, in a thread of its own."""

    def __init__(self, app: Any, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError:
            self._socket.close()
            raise
        # Listening from here on: who connects before uvicorn is up waits, and is not refused.
        self._socket.listen(128)
        config = uvicorn.Config(
            app,
            http=GrippedProtocol,
            ws="wsproto",
            ws_ping_interval=PING_SECONDS,
            lifespan="off",
            log_level="error",
            access_log=False,
        )
        self._server = _Leaving(config)
        self._server.entered = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake-slack", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._socket.getsockname()[1]
        return port

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and wait until it is so."""
        if self._thread.is_alive():
            self._server.entered.wait(timeout=5)
            self._server.loop.call_soon_threadsafe(self._server.leave.set)
            self._thread.join(timeout=5)
        self._socket.close()
