"""The fake Slack as one object: start it, point the bot at it, act, look."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

from bot.demo.fake_slack.api import CallLog, WebApi
from bot.demo.fake_slack.defaults import DEFAULT_SCOPES, DOMAIN, TEAM, fill_default
from bot.demo.fake_slack.deliver import DEFAULT_EVENTS, Courier, Delivery, Sent
from bot.demo.fake_slack.failures import Failure, FailurePlan
from bot.demo.fake_slack.modals import ModalGestures
from bot.demo.fake_slack.model import Call, Change, Clock, Message, Token, View
from bot.demo.fake_slack.request import Repeats
from bot.demo.fake_slack.socket import SocketHub
from bot.demo.fake_slack.transport import HttpTransport, Transport
from bot.demo.fake_slack.wire import Server, build_app
from bot.demo.fake_slack.workspace import BOT_USER, Workspace

Value = TypeVar("Value")
LOOK_AGAIN = 0.05


def real_time() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


class FakeSlack(ModalGestures):
    """A workspace with a Web API, Socket Mode and people who do things.

    With a `request_url` the bot is reached over HTTP, otherwise over Socket Mode.
    """

    token = "xoxb-earshot-fake"
    app_token = "xapp-1-earshot-fake"
    signing_secret = "fake-signing-secret"

    def __init__(
        self,
        *,
        request_url: str | None = None,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        subscriptions: Iterable[str] = DEFAULT_EVENTS,
        clock: Clock = real_time,
        signing_time: Callable[[], float] = time.time,
        repeats: Repeats = "posted",
        ack_timeout: float = 3.0,
        event_retries: int = 1,
        most_calls: int = 1000,
        port: int = 0,
        fill: Callable[[Workspace], None] = fill_default,
    ) -> None:
        self.request_url = request_url
        self.ack_timeout = ack_timeout
        self.signing_time = signing_time
        self.subscriptions = frozenset(subscriptions)
        self.space = Workspace(TEAM, DOMAIN, clock)
        fill(self.space)
        self.failures = FailurePlan()
        self.sockets = SocketHub(self.space, ack_timeout)
        self.courier = Courier(self.space, self._transport, event_retries)
        self._log = CallLog(self.space, most_calls)
        self._api = api = WebApi(self.space, self.failures, self._log, repeats)
        api.open_socket = self.sockets.open_url
        self._server = Server(build_app(api, self.sockets), port)
        self.sockets.address = lambda: f"ws://127.0.0.1:{self.port}/link/"
        self.response_base = lambda: f"{self.base_url}/response/"
        self.bot_scopes = lambda: self.space.grants.tokens[self.token].scopes
        self.grant(scopes)

    def _transport(self) -> Transport:
        if self.request_url is None:
            return self.sockets
        return HttpTransport(
            self.request_url, self.signing_secret, self.ack_timeout, self.signing_time
        )

    # --- running

    def start(self) -> Self:
        """Serve from now on."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Let held answers go, and stop serving."""
        self.failures.release()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return self._server.port

    @property
    def base_url(self) -> str:
        """The root of everything it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """What WebClient takes as base_url."""
        return f"{self.base_url}/api/"

    # --- permissions and failures

    def grant(self, scopes: Iterable[str]) -> None:
        """Give the bot token these scopes and no others."""
        grants = self.space.grants
        grants.add_token(Token(self.token, "bot", frozenset(scopes)))
        grants.add_token(Token(self.app_token, "app", frozenset({"connections:write"})))

    def know_repeats(self, repeats: Repeats) -> None:
        """What becomes of a message with the `client_msg_id` of an earlier one, from now on."""
        self._api.repeats = repeats

    def refuse_blocks(self, *types: str) -> None:
        """Take no messages with blocks of these types, as some workspaces do; with none, all."""
        self.space.refused_blocks = frozenset(types)

    def fail_next(self, method: str, failure: Failure | str, times: int = 1) -> None:
        """Let the next calls of a method fail; `*` is any method, a string an error code."""
        self.failures.add(method, failure, times)

    def release_held(self) -> None:
        """Send the answers that `timeout_after_accept` holds back."""
        self.failures.release()

    # --- looking

    @property
    def calls(self) -> list[Call]:
        """The last calls of the bot, oldest first."""
        return self._log.all()

    def calls_of(self, method: str) -> list[Call]:
        """The last calls of one method."""
        return [call for call in self.calls if call.method == method]

    @property
    def deliveries(self) -> list[Sent]:
        """The last payloads that went to the bot, oldest first."""
        return self.courier.log

    def messages(self, channel: str, *, thread_ts: str | None = None) -> list[Message]:
        """What a channel shows, oldest first; with `thread_ts` the replies of that thread."""
        with self.space.changing():
            shown = self.space.shown(channel)
        return [each for each in shown if each.thread_ts == thread_ts]

    def posts(self, channel: str) -> list[Message]:
        """The bot's messages in a channel, replies included, oldest first."""
        with self.space.changing():
            return [each for each in self.space.shown(channel) if each.user == BOT_USER]

    def message(self, channel: str, ts: str) -> Message:
        """One message."""
        with self.space.changing():
            return self.space.message(channel, ts)

    def ephemerals(self, user: str) -> list[Message]:
        """What only this person sees, oldest first."""
        with self.space.changing():
            every = list(self.space.ephemerals)
        return [each for each in every if each.ephemeral_to == user and not each.deleted]

    def view(self, user: str) -> View | None:
        """The modal on top of a person's screen."""
        with self.space.changing():
            return self.space.views.top(user)

    def home(self, user: str) -> View | None:
        """A person's Home tab of the bot."""
        with self.space.changing():
            return self.space.views.homes.get(user)

    def subscribe(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Follow every change; the watcher runs under the lock and must be quick."""
        return self.space.subscribe(watcher)

    def wait_for(self, predicate: Callable[[], Value], timeout: float = 20.0) -> Value:
        """The first truthy value of `predicate`, looked at again on every change.

        A LookupError means "not yet", so `slack.messages("C0GENERAL")[0]` can be waited for.
        """
        deadline = time.monotonic() + timeout
        problem: LookupError | None = None
        while True:
            before = self.space.changes
            try:
                # Without the lock: a predicate may call the bot or the Web API.
                value = predicate()
                if value:
                    return value
            except LookupError as error:
                problem = error
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(self._recent(timeout)) from problem
            # What is waited for may also stand outside the workspace, say in a database.
            self.space.await_change(before, min(left, LOOK_AGAIN))

    def _recent(self, timeout: float) -> str:
        lines = "\n".join(f"  {call}" for call in self.calls[-15:])
        return f"not within {timeout} s; the last calls were:\n{lines or '  none'}"

    # --- repeating

    def redeliver(
        self, delivery: Delivery, retry_num: int | None = None, reason: str = "http_timeout"
    ) -> Delivery:
        """Send a payload once more, as a marked retry or as if it were new."""
        return self.courier.redeliver(delivery, retry_num, reason)

    def duplicate_next_event(self, times: int = 1) -> None:
        """Let the next event arrive `times` more times, unmarked."""
        self.courier.duplicate_next_event(times)

    def hold_events(self) -> None:
        """Keep events back until they are released."""
        self.courier.hold_events()

    def release_events(self, *, reverse: bool = False) -> list[Delivery]:
        """Deliver the events that were held, in their order or the other way round."""
        return self.courier.release_events(reverse=reverse)
