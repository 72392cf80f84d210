"""The page's server: its files, the state as JSON, changes as events, and acts.

It listens on the loopback address only and still trusts nobody: another site open in the same
browser must not read or act here, so the names in Host and Origin are checked, and no page but
this one may frame, script or style it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.demo import acts, tour, view
from bot.demo.asked import BadAct
from bot.demo.world import World

PAGE = Path(__file__).parent / "page"
TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
LARGEST_BODY = 100_000
PING_SECONDS, COALESCE_SECONDS = 15.0, 0.1


def refusal(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status)


class Guard:
    """Lets in only requests that were made for this address, and acts only of this page."""

    app: ASGIApp
    port = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        refused = self._refused(scope)
        answer = self.app if refused is None else refused
        await answer(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = [f"{name}:{self.port}" for name in ("127.0.0.1", "localhost")]
        if headers.getlist("host") not in [[host] for host in hosts]:
            return refusal(421, "This is not the address of the demo.")
        if scope["method"] in ("GET", "HEAD"):
            return None
        if headers.getlist("origin") not in [[f"http://{host}"] for host in hosts]:
            return refusal(403, "Only the demo's own page may act here.")
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return refusal(415, "An act is sent as application/json.")
        return None


class Page:
    """The demo's routes around a world."""

    def __init__(self, world: World, folder: Path = PAGE) -> None:
        self._world = world
        self._files = {each.name: each for each in folder.glob("*") if each.suffix in TYPES}
        self._closing = False
        self.app = Starlette(
            routes=[
                Route("/", self._index),
                Route("/page/{name}", self._file),
                Route("/api/state", self._state),
                Route("/api/thread", self._thread),
                Route("/api/inspect", self._inspect),
                Route("/api/tour", self._tour),
                Route("/api/events", self._events),
                Route("/api/act", self._act, methods=["POST"]),
            ]
        )

    def close(self) -> None:
        """End the streams of events, so that the server can stop."""
        self._closing = True
        self._world.announce()

    # --- files

    async def _index(self, _request: Request) -> Response:
        return await self._sent("index.html")

    async def _file(self, request: Request) -> Response:
        return await self._sent(request.path_params["name"])

    async def _sent(self, name: str) -> Response:
        path = self._files.get(name)
        if path is None:
            return refusal(404, "There is no such file.")
        content = await run_in_threadpool(path.read_bytes)
        return Response(content, media_type=TYPES[path.suffix])

    # --- looking

    async def _state(self, request: Request) -> Response:
        user = request.query_params.get("as", "")
        if user not in view.ROLES:
            return refusal(400, f"There is nobody called {user!r} here.")
        channel = request.query_params.get("channel")
        return JSONResponse(await run_in_threadpool(view.state, self._world, user, channel))

    async def _thread(self, request: Request) -> Response:
        asked = request.query_params
        user, channel, ts = (asked.get(name, "") for name in ("as", "channel", "ts"))
        if user not in view.ROLES:
            return refusal(400, f"There is nobody called {user!r} here.")
        slack = self._world.stage.slack
        found = await run_in_threadpool(view.thread, slack, user, channel, ts)
        return refusal(404, "There is no such message.") if found is None else JSONResponse(found)

    async def _inspect(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 16):
            return refusal(400, "“after” must be a number.")
        slack = self._world.stage.slack
        return JSONResponse(await run_in_threadpool(view.inspect, slack, int(after)))

    async def _tour(self, _request: Request) -> Response:
        return JSONResponse(tour.steps(self._world))

    async def _events(self, _request: Request) -> Response:
        return StreamingResponse(self._changes(), media_type="text/event-stream")

    async def _changes(self) -> AsyncIterator[str]:
        """The version whenever it has risen, several changes at once where they come fast."""
        world, sent = self._world, -1
        changed, forget = _signal(world)
        try:
            while not self._closing:
                changed.clear()
                if world.version != sent:
                    sent = world.version
                    yield f"data: {json.dumps({'version': sent})}\n\n"
                    await asyncio.sleep(COALESCE_SECONDS)
                elif not await _within(changed.wait(), PING_SECONDS):
                    yield ": ping\n\n"
        finally:
            forget()

    # --- acting

    async def _act(self, request: Request) -> Response:
        try:
            body = await _body(request)
            found = await run_in_threadpool(acts.do, self._world, body)
        except BadAct as error:
            return refusal(400, str(error))
        return JSONResponse(found)


def _signal(world: World) -> tuple[asyncio.Event, Callable[[], None]]:
    """An event that any thread's change sets, and the undo."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def notice() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    return changed, world.watch(notice)


async def _within(waiting: Awaitable[Any], seconds: float) -> bool:
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return False
    return True


async def _body(request: Request) -> object:
    """The body's JSON. Raises `BadAct` for what is too long, no JSON, or no text at all."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST_BODY:
            raise BadAct("That is too long.")
    try:
        found: object = json.loads(read)
        # A lone surrogate is valid JSON, but nothing that could be sent on.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadAct("An act is a JSON object.") from error
    return found
