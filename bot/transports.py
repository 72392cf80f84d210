"""The two ways to listen: Socket Mode (no public address) and HTTP. One listener set serves both.

Both obey SIGTERM and SIGINT: take nothing new, finish what is at hand, end within ten seconds.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.app import Earshot, web_client
from bot.directory import UNREACHABLE, slack_code
from bot.errors import UserError
from bot.web import web_app

WATCH_SECONDS = 10.0
# Waited for at most twice: for requests at hand, then for the clock's unit of work.
GRACE_SECONDS = 4.0
_log = logging.getLogger("earshot")


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
        self._handler = SocketModeHandler(earshot.bolt, settings.app_token, web_client=client)

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


def run_socket_mode(
    earshot: Earshot, *, clock: bool = True, ready: Callable[[], None] = lambda: None
) -> None:
    """Listen over Socket Mode until a signal comes. Raises `UserError` if it cannot."""
    socket = SocketMode(earshot)
    stop = _stop_on_signal()
    socket.connect()
    if clock:
        earshot.clock.start()
    ready()
    while not stop.wait(WATCH_SECONDS):
        socket.watch()
    earshot.clock.stop(GRACE_SECONDS)
    earshot.executor.shutdown(wait=True, cancel_futures=True)
    socket.close()


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def request_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, request_stop)
    signal.signal(signal.SIGINT, request_stop)
    return stop


def serve_http(
    earshot: Earshot, *, clock: bool = True, ready: Callable[[int], None] = lambda _: None
) -> None:
    """Listen over HTTP until a signal comes. Raises `UserError` without a signing secret."""
    settings = earshot.context.settings
    if not settings.signing_secret:
        raise UserError(
            "SLACK_SIGNING_SECRET is not set: without it nobody could tell Slack's requests from "
            "forged ones. It stands under Basic Information on your app's page."
        )
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
    )
    if clock:
        earshot.clock.start()
    server.run()
    earshot.clock.stop(GRACE_SECONDS)
    earshot.executor.shutdown(wait=True, cancel_futures=True)


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._ready(self.config.port)
