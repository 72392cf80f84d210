"""What a storm left behind: of every digest and reply, how often it is to be seen and who knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import col

from bot.demo.fake_slack import FakeSlack, Message
from bot.service import posts
from bot.service.context import Context
from storage import outbox
from storage.models import Digest, OutboxRow
from storage.sending import opaque


@dataclass
class Fate:
    """What became of the messages of one sort."""

    planned: int = 0
    once: int = 0
    refused: int = 0
    late: int = 0
    held_visible: int = 0
    held_missing: int = 0
    taken_back: int = 0
    """Of those that stand once: a second copy came late, and was deleted."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    """Unknown or wrongly told, without the operator being able to see it."""


@dataclass
class Struck:
    """What a storm did to its workers and to Slack."""

    days: int = 0
    kills: int = 0
    kills_on_the_way: int = 0
    """Of the kills: while a message was on its way."""
    freezes: int = 0
    freezes_on_the_way: int = 0
    killed_after: int = 0
    """Of the frozen: killed just after they went on."""
    faults: Counter[str] = field(default_factory=Counter)


@dataclass
class Verdict:
    """What a storm left behind."""

    digests: Fate
    replies: Fate
    undecided: int
    struck: Struck

    def wrong(self) -> list[str]:
        """A word for every promise that was broken."""
        found = [f"{self.undecided} days of channels undecided"] if self.undecided else []
        for name, fate in (("digest", self.digests), ("reply", self.replies)):
            found += [f"{name} lost: {each}" for each in fate.lost]
            found += [f"{name} doubled: {each}" for each in fate.doubled]
            found += [f"{name} not told: {each}" for each in fate.untold]
        return found


@dataclass
class Copies:
    """How many copies of a message are to be seen, and how many ever were."""

    visible: int = 0
    ever: int = 0


def judge(
    context: Context,
    slack: FakeSlack,
    team: str,
    channels: Sequence[str],
    struck: Struck,
    *,
    may_take_back: bool,
) -> Verdict:
    """Hold what Slack shows beside what Earshot believes.

    Where a copy may not be taken back there must never have been a second one, not for a moment.
    """
    seen = _copies(slack, channels)
    report = posts.listed(context)
    listed = {line.id for line in report.lines}
    fates = {"digest": Fate(), "ticket": Fate()}
    with context.store.read() as session:
        rows = session.execute(_MESSAGES).all()
        failed = set(session.execute(_FAILED_DIGESTS).scalars())
        decided = session.execute(select(func.count()).select_from(Digest)).scalar_one()
    keys = {row.dedupe_key for row in rows}
    for row in rows:
        if row.shows not in fates:
            continue
        copies = seen.get(opaque(team, row.dedupe_key), Copies())
        is_said = row.shows != "digest" or row.subject_id in failed
        # Of very many the newest are listed, and how many more there are.
        is_listed = (row.id in listed or report.more > 0) and f"notice:held:{row.id}" in keys
        if not may_take_back and copies.ever > 1:
            fates[row.shows].doubled.append(f"{row.dedupe_key} was posted {copies.ever} times")
        _judge(fates[row.shows], row, copies, is_said=is_said, is_listed=is_listed)
    undecided = struck.days * len(channels) - decided
    return Verdict(fates["digest"], fates["ticket"], undecided, struck)


def _copies(slack: FakeSlack, channels: Sequence[str]) -> Mapping[str, Copies]:
    found: dict[str, Copies] = {}
    for channel in channels:
        for message in slack.space.history[channel]:
            copies = found.setdefault(_key(message), Copies())
            copies.ever += 1
            copies.visible += not message.deleted
    return found


def _key(message: Message) -> str:
    payload: Mapping[str, Any] = (message.metadata or {}).get("event_payload") or {}
    return str(payload.get("key", ""))


_NAMES = ("id", "dedupe_key", "state", "error", "shows", "subject_id")
_MESSAGES = select(*[getattr(OutboxRow, name) for name in _NAMES]).where(
    col(OutboxRow.action) == "post"
)
_FAILED_DIGESTS = select(col(Digest.id)).where(col(Digest.state) == "failed")


def _judge(fate: Fate, row: Row[Any], copies: Copies, *, is_said: bool, is_listed: bool) -> None:
    """Put one message into its place."""
    visible = copies.visible
    name = f"{row.dedupe_key} is {row.state} ({row.error}) and {visible} times visible"
    fate.planned += 1
    fate.taken_back += visible == 1 < copies.ever
    if visible > 1:
        fate.doubled.append(name)
    elif row.state == outbox.HELD:
        fate.held_visible += visible
        fate.held_missing += 1 - visible
        if not is_listed:
            fate.untold.append(name)
    elif row.state == outbox.FAILED:
        is_late = row.error == "too late"
        fate.late += is_late
        fate.refused += not is_late
        if visible or not is_said:
            fate.untold.append(name)
    elif visible == 1 and row.state == outbox.SENT:
        fate.once += 1
    else:
        fate.lost.append(name)
