"""A browser's side of the demo, without a browser: requests as the page makes them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from bot.demo.world import World

Value = TypeVar("Value")
ADA, BEN, MIRA, GUS = "U0ADA", "U0BEN", "U0MIRA", "U0GUS"
GENERAL, CHECKOUT, SUPPORT = "C0GENERAL", "C0CHECKOUT", "C0SUPPORT"
PATIENCE = 60.0


class Client:
    """Talks to a running demo; `world` is what it waits on."""

    def __init__(self, world: World, address: str) -> None:
        self.world = world
        self.host = address.removeprefix("http://").rstrip("/")
        self.port = int(self.host.rpartition(":")[2])

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One request exactly as said: no path is tidied on the way."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in {"host": self.host, **(headers or {})}.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        status, _, body = self.send("GET", path)
        assert status == 200, body
        return json.loads(body)

    def post(self, body: object) -> tuple[int, Any]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"origin": f"http://{self.host}", "content-type": "application/json"}
        status, _, answer = self.send("POST", "/api/act", content, headers)
        return status, json.loads(answer)

    def act(self, user: str, act: str, **fields: Any) -> Any:
        """An act that is one: its answer."""
        status, answer = self.post({"as": user, "act": act, **fields})
        assert status == 200, answer
        return answer

    def state(self, user: str = ADA, channel: str = CHECKOUT) -> Any:
        return self.get(f"/api/state?as={user}&channel={channel}")

    def until(self, look: Callable[[], Value | None]) -> Value:
        """The first truthy value of `look`, looked at again on each change."""
        version, rounds = -1, int(PATIENCE / 0.1)
        for _ in range(rounds):
            value = look()
            if value:
                return value
            version = self.world.await_version(version, 0.1)
        raise AssertionError(f"not within {PATIENCE} s: {self.state()['messages'][-2:]}")

    def idle(self) -> Any:
        """The state once the clock stands and all tickets of the past are read."""

        def look() -> Any:
            now = self.state()
            done = not now["busy"] and now["feed"]["read"] == now["feed"]["total"]
            return now if done else None

        return self.until(look)


def texts(value: Any) -> str:
    """All text of a message or view, with single spaces."""
    return " ".join(" ".join(_texts(value)).split())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)


def element(message: Any, action: str) -> Any:
    """The first element with this action id."""
    found = (e for block in message["blocks"] for e in block.get("elements", ()))
    return next(e for e in found if e.get("action_id") == action)
