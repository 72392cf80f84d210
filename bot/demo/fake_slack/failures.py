"""Failures on demand: refusals, dropped connections, silence.

The dangerous ones happen *after* Slack has accepted a post (measured in reference/trust.md,
section 6), so a failure says whether the action is done and what becomes of the answer.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Answer = Literal["normal", "none", "half"]


@dataclass(frozen=True)
class Failure:
    """What happens to one call instead of an ordinary answer."""

    name: str
    acts: bool = False
    answer: Answer = "normal"
    error: str | None = None
    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float | None = None
    gate: threading.Event | None = None


def error(code: str) -> Failure:
    """`ok: false` with this code; nothing is done."""
    return Failure(code, error=code)


def http(status: int, body: str = "", headers: Mapping[str, str] | None = None) -> Failure:
    """An HTTP answer that is not Slack's JSON; nothing is done."""
    return Failure(f"http {status}", status=status, body=body, headers=headers or {})


def rate_limited(retry_after: int | str | None = 30) -> Failure:
    """HTTP 429; None leaves Retry-After out, any string may stand in it."""
    headers = {"content-type": "application/json"}
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    body = '{"ok":false,"error":"ratelimited"}'
    return Failure("ratelimited", status=429, body=body, headers=headers)


def reset_before() -> Failure:
    """The connection is reset and nothing is done."""
    return Failure("reset_before", answer="none")


def reset_after_accept() -> Failure:
    """The action is done, then the connection is reset with no answer."""
    return Failure("reset_after_accept", acts=True, answer="none")


def half_body_after_accept() -> Failure:
    """The action is done, then the answer breaks off."""
    return Failure("half_body_after_accept", acts=True, answer="half")


def timeout_after_accept(seconds: float = 30.0) -> Failure:
    """The action is done, then the answer waits, until `release_held()` at the latest."""
    return Failure("timeout_after_accept", acts=True, wait=seconds)


def after_accept(failure: Failure) -> Failure:
    """The action is done, and the answer is a failure all the same."""
    return replace(failure, name=f"{failure.name} after accept", acts=True)


def hold(event: threading.Event) -> Failure:
    """The call waits for the event, then goes on as usual."""
    return Failure("hold", acts=True, gate=event)


class FailurePlan:
    """Which failures wait for which method; `*` stands for any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: dict[str, deque[Failure]] = defaultdict(deque)
        self.released = threading.Event()
        self.weather: Callable[[str], Failure | None] = lambda _: None
        """Asked for each call that no failure is planned for; called from many threads."""

    def add(self, method: str, failure: Failure | str, times: int = 1) -> None:
        """Let the next `times` calls of a method fail."""
        planned = error(failure) if isinstance(failure, str) else failure
        with self._lock:
            self._planned[method].extend([planned] * times)

    def take(self, method: str) -> Failure | None:
        """The failure for this call, used up; none most of the time."""
        with self._lock:
            for name in (method, "*"):
                if self._planned[name]:
                    return self._planned[name].popleft()
        return self.weather(method)

    def clear(self) -> None:
        """Forget what was planned."""
        with self._lock:
            self._planned.clear()

    def release(self) -> None:
        """Let all held answers go now; later ones wait again."""
        with self._lock:
            self.released.set()
            self.released = threading.Event()
