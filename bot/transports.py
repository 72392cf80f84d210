"""The two ways to listen: Socket Mode (no public address) and HTTP. One listener set serves both.

Both obey SIGTERM and SIGINT, once or several times: take nothing new, finish what is at hand, end
within ten seconds. Whatever still waits for Slack then is left as it is: a message whose answer is
not there yet is looked up by whoever runs next.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.internals import build_headers, send_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.app import Earshot, web_client
from bot.directory import UNREACHABLE, slack_code
from bot.errors import UserError
from bot.intake import take
from bot.web import web_app

WATCH_SECONDS = 10.0
GRACE_SECONDS = 4.0
"""For requests at hand, and again for the clock's unit of work."""
ALL_SECONDS = 8.5
"""From the signal to the end, for all that is waited for."""
_log = logging.getLogger("earshot")


class _Handler(SocketModeHandler):
    """Lets in what `bot.intake` lets in, as the door to the web does."""

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        started = time.time()
        answered = take(self.app, req.payload, build_headers(req))
        send_response(client, req, answered, started)


class SocketMode:
    """A connection over Socket Mode that can be watched. Raises `UserError` without a token."""

    def __init__(self, earshot: Earshot) -> None:
        settings = earshot.context.settings
        if not settings.app_token:
            raise UserError(
                "SLACK_APP_TOKEN is not set: Socket Mode needs an app-level token with "
                "connections:write. README, “First workspace”, says where it is."
            )
        client = web_client(earshot.context, settings.app_token)
        self._handler = _Handler(earshot.bolt, settings.app_token, web_client=client)

    def connect(self) -> None:
        """Connect. Raises `UserError` when Slack refuses the token or cannot be reached."""
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise UserError(
                f"Slack refuses the app-level token ({slack_code(error)}). Make one with "
                "connections:write, set SLACK_APP_TOKEN, and run `earshot doctor`."
            ) from error
        except UNREACHABLE as error:
            raise UserError(f"Slack cannot be reached: {type(error).__name__}.") from error

    def watch(self) -> None:
        """Connect again where the client believes it is connected but is not."""
        client = self._handler.client
        if isinstance(client, SocketModeClient) and not client.is_connected():
            _log.warning("Socket Mode is not connected; connecting again")
            try:
                client.connect_to_new_endpoint()
            except (SlackApiError, *UNREACHABLE) as error:
                _log.warning("that failed, to be tried again: %s", type(error).__name__)

    def close(self) -> None:
        self._handler.close()  # type: ignore[no-untyped-call]


class _Stop:
    """Set by the first signal, from which on time runs; further ones change nothing."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._at = 0.0
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.request)

    def request(self, _signal: int, _frame: FrameType | None) -> None:
        if not self._asked.is_set():
            self._at = time.monotonic()
            self._asked.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for a signal; whether there was one."""
        return self._asked.wait(seconds)

    def left(self, most: float) -> float:
        """Seconds that may still be waited, at most so many."""
        if not self._asked.is_set():
            return most
        return max(0.0, min(most, self._at + ALL_SECONDS - time.monotonic()))


def run_socket_mode(
    earshot: Earshot, *, clock: bool = True, ready: Callable[[], None] = lambda: None
) -> bool:
    """Listen over Socket Mode until a signal comes; whether all that was at hand then is finished.

    Raises `UserError` if it cannot listen.
    """
    socket = SocketMode(earshot)
    stop = _Stop()
    socket.connect()
    if clock:
        earshot.clock.start()
    ready()

    def watch() -> None:
        while not stop.wait(WATCH_SECONDS):
            socket.watch()

    # Apart, for a connection that is being made may take longer than there is time to end.
    threading.Thread(target=watch, name="earshot-watch", daemon=True).start()
    stop.wait()
    finished = _end(earshot, stop)
    return _within(socket.close, stop) and finished


def _end(earshot: Earshot, stop: _Stop) -> bool:
    """Finish what is at hand, as far as there is time; whether there was."""
    finished = earshot.clock.stop(stop.left(GRACE_SECONDS))
    return (
        _within(lambda: earshot.executor.shutdown(wait=True, cancel_futures=True), stop)
        and finished
    )


def _within(work: Callable[[], None], stop: _Stop) -> bool:
    """Do something that may wait for Slack; whether it ended in time."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(stop.left(GRACE_SECONDS))
    return not thread.is_alive()


def serve_http(
    earshot: Earshot, *, clock: bool = True, ready: Callable[[int], None] = lambda _: None
) -> bool:
    """Listen over HTTP until a signal comes; whether all that was at hand then is finished.

    Raises `UserError` without a signing secret.
    """
    settings = earshot.context.settings
    if not settings.signing_secret:
        raise UserError(
            "SLACK_SIGNING_SECRET is not set: without it nobody could tell Slack's requests from "
            "forged ones. It stands under Basic Information on your app's page."
        )
    stop = _Stop()
    server = _Server(
        uvicorn.Config(
            web_app(earshot),
            host=settings.host,
            port=settings.port,
            # Else it writes by handlers of its own, past ours.
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=int(GRACE_SECONDS),
        ),
        ready,
        stop,
    )
    if clock:
        earshot.clock.start()
    server.run()
    return _end(earshot, stop)


class _Server(uvicorn.Server):
    """Says when it listens, and tells when it is asked to end: it raises a signal again at its end,
    which would kill the process if nobody else listened for it.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None], stop: _Stop) -> None:
        super().__init__(config)
        self._ready = ready
        self._asked = stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._asked.request(sig, frame)
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._ready(self.config.port)
