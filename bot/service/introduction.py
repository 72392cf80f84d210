"""What Earshot says when it is added to a channel: once, and nothing else until it is set up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from bot.blocks import introduction as screens
from bot.errors import Refused
from bot.reports import Channel, Message
from bot.service import inbound, policy, posting
from bot.service.context import Context
from storage import channels as channel_rows
from storage import inbox, outbox
from storage.values import Incoming

JOINED: Final = "member_joined_channel"
AGAIN_AFTER: Final = timedelta(days=1)
"""Removed and added again within so long, it has said it all before."""

Look = Callable[[str, str], Channel]
"""A conversation as Slack shows it; raises `Refused` where it does not."""


class Outcome(StrEnum):
    """What became of being added."""

    PLANNED = "introduced"
    BEFORE = "introduced before"
    NOT_THERE = "not in the channel any more"
    LATER = "later"
    DONE_BEFORE = "done before"


@dataclass(frozen=True, slots=True)
class Joined:
    """Earshot was added to a channel; `inviter` is "" where Slack does not say by whom."""

    team: str
    event_id: str
    channel: str
    inviter: str

    @classmethod
    def of(cls, incoming: Incoming) -> Joined:
        return cls(incoming.team, incoming.event_id, **incoming.body)


def record(context: Context, event: Joined, now: datetime) -> bool:
    """Keep an event before it is acknowledged; False if it came before."""
    body = {"channel": event.channel, "inviter": event.inviter}
    return inbound.record(context, Incoming(event.team, event.event_id, JOINED, body, now, 0))


def finish(context: Context, event: Joined, now: datetime, look: Look) -> Outcome:
    """Plan the introduction, if the channel had none lately, and mark the event as done."""
    try:
        channel = look(event.team, event.channel)
    except Refused:
        # Slack did not answer: the clock asks again.
        return Outcome.LATER
    with context.store.write(f"introduction:{event.team}:{event.channel}") as session:
        if not inbox.is_open(session, event.team, event.event_id):
            return Outcome.DONE_BEFORE
        outcome = _introduce(session, event, channel, now)
        inbox.finish(session, event.team, event.event_id, outcome, now)
        return outcome


def _introduce(session: Session, event: Joined, channel: Channel, now: datetime) -> Outcome:
    if channel.is_archived or not channel.is_member:
        return Outcome.NOT_THERE
    place = (event.team, event.channel)
    if outbox.is_planned_since(session, *place, posting.INTRODUCTION, now - AGAIN_AFTER):
        return Outcome.BEFORE
    posting.plan_post(
        session,
        _message(session, event, channel),
        team=event.team,
        channel=event.channel,
        key=f"introduction:{event.channel}:{event.event_id}",
        shows=posting.INTRODUCTION,
        subject=0,
        now=now,
    )
    return Outcome.PLANNED


def _message(session: Session, event: Joined, channel: Channel) -> Message:
    reason = policy.refusal(channel)
    if reason is not None:
        return screens.unusable(reason)
    is_set_up = channel_rows.get(session, event.team, event.channel) is not None
    return screens.render(event.inviter, event.channel, is_set_up=is_set_up)
