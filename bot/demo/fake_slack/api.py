"""The Web API: a table of methods, and the one road that every call takes."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.demo.fake_slack import chat, conversations, people, responses, surfaces
from bot.demo.fake_slack.failures import Failure, FailurePlan
from bot.demo.fake_slack.model import Call, Json, SlackError, Token
from bot.demo.fake_slack.request import Repeats, Request, read_arguments
from bot.demo.fake_slack.workspace import Workspace

BOT_METHODS: Mapping[str, tuple[str | None, Callable[[Request], Json]]] = {
    **chat.METHODS,
    **conversations.METHODS,
    **people.METHODS,
    **surfaces.METHODS,
}
NO_TOKEN = Token("", "none", frozenset())


@dataclass(frozen=True)
class Reply:
    """What goes back over the wire, or how the wire breaks."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    broken: str | None = None


def json_reply(
    answer: Mapping[str, object], headers: Mapping[str, str] | None = None, status: int = 200
) -> Reply:
    """An ordinary JSON answer."""
    body = json.dumps(answer).encode()
    return Reply(status, body, {"content-type": "application/json", **(headers or {})})


class CallLog:
    """The last calls of the bot; never more than `most`."""

    def __init__(self, space: Workspace, most: int) -> None:
        self._space = space
        self._calls: deque[Call] = deque(maxlen=most)
        self._count = 0

    def add(self, method: str, arguments: Json, answer: Json, failure: Failure | None) -> None:
        """Remember a call and tell those who wait for it."""
        metadata = answer.get("response_metadata") or {}
        faults = tuple(metadata.get("messages", ())) if not answer.get("ok") else ()
        if failure is not None:
            faults += (f"made to fail: {failure.name}",)
        hidden = {key: value for key, value in arguments.items() if key != "token"}
        with self._space.changing():
            self._count += 1
            at, change = self._space.clock(), self._space.changes + 1
            call = Call(self._count, method, hidden, answer, faults, at, change)
            self._calls.append(call)
            self._space.announce("call")

    def all(self) -> list[Call]:
        """The calls, oldest first."""
        with self._space.changing():
            return list(self._calls)


class WebApi:
    """Answers Web API calls and response addresses."""

    def __init__(self, space: Workspace, plan: FailurePlan, log: CallLog, repeats: Repeats) -> None:
        self._space = space
        self._plan = plan
        self._log = log
        self.repeats = repeats
        self.open_socket: Callable[[], str] = str

    def call(
        self, method: str, body: bytes, content_type: str, query: str, authorization: str
    ) -> Reply:
        """One HTTP request to /api/METHOD."""
        try:
            arguments = read_arguments(body, content_type, query)
        except SlackError as error:
            return json_reply({"ok": False, "error": error.code})
        bearer = authorization.removeprefix("Bearer ").strip()
        value = bearer or str(arguments.pop("token", "")) or None
        return self.guarded(method, arguments, lambda: self._run(method, arguments, value), value)

    def guarded(
        self,
        method: str,
        arguments: Json,
        act: Callable[[], Json],
        token: str | None = None,
        statuses: Mapping[str, int] | None = None,
    ) -> Reply:
        """Act, or fail in the way that was planned for this method."""
        failure = self._plan.take(method)
        if failure is not None and failure.gate is not None:
            failure.gate.wait()
        answer = self._answer(act) if failure is None or failure.acts else {}
        if failure is not None and (failure.error or not failure.acts):
            answer = {"ok": False, "error": failure.error or failure.name}
        self._log.add(method, arguments, answer, failure)
        status = 200 if answer["ok"] or statuses is None else statuses.get(answer["error"], 400)
        return self._broken(failure, json_reply(answer, self._scopes_of(token), status))

    def respond(self, key: str, body: bytes) -> Reply:
        """One HTTP request to a response_url; `response_url` is its name in plan and log."""
        try:
            arguments = read_arguments(body, "application/json", "")
        except SlackError as error:
            return json_reply({"ok": False, "error": error.code}, status=400)
        return self.guarded(
            "response_url",
            arguments,
            lambda: responses.use(self._space, key, arguments),
            statuses=responses.STATUSES,
        )

    def _broken(self, failure: Failure | None, reply: Reply) -> Reply:
        if failure is None:
            return reply
        if failure.wait is not None:
            self._plan.released.wait(failure.wait)
        if failure.status is not None:
            kind = {"content-type": "text/plain; charset=utf-8"}
            return Reply(failure.status, failure.body.encode(), {**kind, **failure.headers})
        if failure.answer != "normal":
            return Reply(reply.status, reply.body, reply.headers, broken=failure.answer)
        return reply

    def _scopes_of(self, value: str | None) -> dict[str, str]:
        token = self._space.grants.tokens.get(value or "")
        return {"x-oauth-scopes": ",".join(sorted(token.scopes))} if token else {}

    def _answer(self, act: Callable[[], Json]) -> Json:
        try:
            with self._space.changing():
                return {"ok": True, **act()}
        except SlackError as error:
            return {"ok": False, "error": error.code, **error.extra}

    def _run(self, method: str, arguments: Json, value: str | None) -> Json:
        grants = self._space.grants
        if method == "blocks.validate":
            return surfaces.validate(Request(self._space, NO_TOKEN, arguments))
        if method == "apps.connections.open":
            grants.authenticate(value, "app")
            return {"url": self.open_socket()}
        if method not in BOT_METHODS:
            raise SlackError("unknown_method", req_method=method)
        scope, run = BOT_METHODS[method]
        token = grants.authenticate(value, "bot")
        request = Request(self._space, token, arguments, self.repeats)
        request.need(*([scope] if scope else []))
        return run(request)
