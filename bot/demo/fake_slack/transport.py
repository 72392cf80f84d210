"""How a payload reaches the bot over HTTP: signed, timed, and without a proxy."""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True)
class Retry:
    """The marks of a repeated delivery."""

    number: int
    reason: str


@dataclass(frozen=True)
class Ack:
    """The bot's answer; status 0 means there was none, and `reason` says why."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


class Transport(Protocol):
    """One way to the bot."""

    def send(self, kind: Kind, payload: Mapping[str, Any], retry: Retry | None) -> Ack:
        """Hand a payload over and wait for the acknowledgement."""
        ...


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's v0 signature of a request."""
    base = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encode(kind: Kind, payload: Mapping[str, Any]) -> tuple[bytes, str]:
    """Body and content type of a payload."""
    form = "application/x-www-form-urlencoded"
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), form
    return urlencode(payload).encode(), form


@dataclass(frozen=True)
class HttpTransport:
    """Signed requests to the bot's request URL."""

    url: str
    secret: str
    timeout: float
    now: Callable[[], float] = time.time

    def send(self, kind: Kind, payload: Mapping[str, Any], retry: Retry | None) -> Ack:
        """POST a payload; every outcome of the network is an acknowledgement or its lack."""
        body, content_type = encode(kind, payload)
        stamp = int(self.now())
        headers = {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": str(stamp),
            "x-slack-signature": signature(self.secret, stamp, body),
        }
        if retry is not None:
            headers["x-slack-retry-num"] = str(retry.number)
            headers["x-slack-retry-reason"] = retry.reason
        request = urllib.request.Request(self.url, body, headers, method="POST")
        return self._exchange(request)

    def _exchange(self, request: urllib.request.Request) -> Ack:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=self.timeout) as answer:
                text = answer.read().decode("utf-8", "replace")
                return Ack(answer.status, text, dict(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode("utf-8", "replace")
                return Ack(error.code, text, dict(error.headers), "http_error")
        except TimeoutError:
            return Ack(0, reason="http_timeout")
        except OSError as error:
            timed_out = isinstance(getattr(error, "reason", None), TimeoutError)
            return Ack(0, reason="http_timeout" if timed_out else "connection_failed")
