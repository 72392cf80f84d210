"""Deliveries to the bot: one interface over both transports, with Slack's bad habits.

Slack repeats events with and without marks, late and out of order. A bot that survives these
deliveries survives Slack.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.demo.fake_slack.payloads import event_callback
from bot.demo.fake_slack.transport import Ack, Kind, Retry, Transport
from bot.demo.fake_slack.workspace import Workspace

MOST_SENT = 1000
# A bot gets an event only if it may read what the event tells of.
EVENT_SCOPES: Mapping[str, str] = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
}
DEFAULT_EVENTS = frozenset(
    {
        "app_mention",
        "app_home_opened",
        "channel_shared",
        "member_joined_channel",
        "message.im",
        "reaction_added",
        "reaction_removed",
        "shared_channel_invite_accepted",
        "shared_channel_invite_approved",
    }
)


@dataclass(frozen=True)
class Delivery:
    """Something that was sent to the bot, and how it answered.

    Status 0 means no answer; with attempts 0 it was not sent, and `reason` says why. `faults`
    are what Slack would refuse in the answer.
    """

    kind: Kind
    payload: Mapping[str, Any] = field(repr=False)
    status: int = 0
    body: str = ""
    attempts: int = 0
    reason: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Acknowledged, and with nothing that Slack would refuse."""
        return 200 <= self.status < 300 and not self.faults

    @property
    def sent(self) -> bool:
        """Whether it went out at all."""
        return self.attempts > 0


@dataclass(frozen=True)
class Sent:
    """A delivery in the log; `number` is that of the change it was, as a call's is."""

    number: int
    at: datetime
    delivery: Delivery


class Courier:
    """Sends payloads, retries events, and repeats or reorders them on demand."""

    def __init__(
        self, space: Workspace, transport: Callable[[], Transport], event_retries: int
    ) -> None:
        self._space = space
        self._transport = transport
        self.event_retries = event_retries
        self._duplicates = 0
        self._held: list[Delivery] | None = None
        self._log: deque[Sent] = deque(maxlen=MOST_SENT)

    @property
    def log(self) -> list[Sent]:
        """The last deliveries that went out, each attempt of its own, oldest first."""
        with self._space.changing():
            return list(self._log)

    def send(self, kind: Kind, payload: Mapping[str, Any], retry: Retry | None = None) -> Delivery:
        """Send once; interactions and commands are never retried by Slack."""
        ack = self._transport().send(kind, payload, retry)
        return self._delivered(Delivery(kind, payload, attempts=1), ack)

    def _delivered(self, delivery: Delivery, ack: Ack) -> Delivery:
        answered = replace(delivery, status=ack.status, body=ack.body, reason=ack.reason)
        with self._space.changing():
            self._space.announce("delivery")
            self._log.append(Sent(self._space.changes, self._space.clock(), answered))
        return answered

    def judged(self, delivery: Delivery, faults: tuple[str, ...]) -> Delivery:
        """The delivery with what Slack would refuse in its answer, in the log too."""
        found = replace(delivery, faults=faults)
        with self._space.changing():
            for place, sent in enumerate(self._log):
                if sent.delivery is delivery:
                    self._log[place] = replace(sent, delivery=found)
        return found

    def send_event(self, event: Mapping[str, Any], *, shared: bool = False) -> Delivery:
        """Send an event, as often as was asked for and as Slack retries."""
        payload = event_callback(self._space, event, shared)
        if self._held is not None:
            waiting = Delivery("events_api", payload, reason="held")
            self._held.append(waiting)
            return waiting
        repeats, self._duplicates = self._duplicates, 0
        delivery = self._with_retries(payload)
        for _ in range(repeats):
            again = self._with_retries(payload)
            delivery = replace(again, attempts=delivery.attempts + again.attempts)
        return delivery

    def _with_retries(self, payload: Mapping[str, Any]) -> Delivery:
        retry: Retry | None = None
        for attempt in range(1, self.event_retries + 2):
            ack = self._transport().send("events_api", payload, retry)
            delivery = self._delivered(Delivery("events_api", payload, attempts=attempt), ack)
            headers = {name.lower(): value for name, value in ack.headers.items()}
            if delivery.ok or headers.get("x-slack-no-retry") == "1":
                break
            retry = Retry(attempt, ack.reason or "http_error")
        return delivery

    def redeliver(
        self, delivery: Delivery, retry_num: int | None = None, reason: str = "http_timeout"
    ) -> Delivery:
        """Send the same payload once more; without a number it looks like a first try."""
        retry = None if retry_num is None else Retry(retry_num, reason)
        return self.send(delivery.kind, delivery.payload, retry)

    def duplicate_next_event(self, times: int = 1) -> None:
        """Let the next event arrive `times` more times, with the same id and no marks."""
        self._duplicates = times

    def hold_events(self) -> None:
        """Keep events back until `release_events`."""
        self._held = []

    def release_events(self, *, reverse: bool = False) -> list[Delivery]:
        """Send the events that were held, in their order or the other way round."""
        held, self._held = self._held or [], None
        return [self.redeliver(each) for each in (reversed(held) if reverse else held)]
