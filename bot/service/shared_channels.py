"""A channel comes to be shared with another company: its digest and alarms stop, and who set it up
is told.

Every message is checked just before it is sent as well: `bot.outbox`. What was posted before stays,
and is edited no more; who is told can delete it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from bot.blocks import notice as screens
from bot.reports import Deed
from bot.service import audit, inbound, posting
from bot.service.context import Context
from storage import channels as channel_rows
from storage import inbox
from storage.values import Incoming

EVENTS: Final = (
    "channel_shared",
    "shared_channel_invite_accepted",
    "shared_channel_invite_approved",
)
"""All that Slack tells of it without a scope of its own. An invitation that nobody has answered
shows only when the channel is looked at."""


class Outcome(StrEnum):
    """What became of such an event."""

    STOPPED = "stopped"
    NOTHING = "nothing to stop"
    DONE_BEFORE = "done before"


@dataclass(frozen=True, slots=True)
class Shared:
    """An event that says that a channel is shared, or about to be."""

    team: str
    event_id: str
    type: str
    channel: str

    @classmethod
    def of(cls, incoming: Incoming) -> Shared:
        return cls(incoming.team, incoming.event_id, incoming.type, **incoming.body)


def record(context: Context, event: Shared, now: datetime) -> bool:
    """Keep an event before it is acknowledged; False if it came before."""
    body = {"channel": event.channel}
    return inbound.record(context, Incoming(event.team, event.event_id, event.type, body, now, 0))


def finish(context: Context, event: Shared, now: datetime) -> Outcome:
    """Stop what is posted there, and mark the event as done."""
    with context.store.write() as session:
        if not inbox.is_open(session, event.team, event.event_id):
            return Outcome.DONE_BEFORE
        stopped = stop(session, event.team, event.channel, now)
        outcome = Outcome.STOPPED if stopped else Outcome.NOTHING
        inbox.finish(session, event.team, event.event_id, outcome, now)
        return outcome


def stop(session: Session, team: str, channel: str, now: datetime) -> bool:
    """Switch a channel's digest and alarms off and tell who set it up; False where none were on."""
    value = channel_rows.get(session, team, channel)
    if value is None or not channel_rows.switch_off(session, team, channel, now):
        return False
    about = f"channel {channel} switched off"
    audit.record(session, now, Deed.CHANNEL_CONFIGURED, about, by=audit.CLOCK, team=team)
    posting.plan_post(
        session,
        screens.about_channel(
            "Digest and alarms are switched off in ",
            channel,
            ": it is shared with another company, or about to be. Nothing more is posted there, "
            "and cards there are edited no more. What stands there already can be read by the "
            "other company: delete what it should not see. When the channel is your own again, "
            "`/digest` there switches them on.",
        ),
        team=team,
        channel=value.set_up_by,
        key=f"notice:shared:{channel}:{now.isoformat()}",
        shows=posting.NOTICE,
        subject=0,
        now=now,
    )
    return True
