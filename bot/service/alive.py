"""The line that says once a week that Earshot is alive: silence must not look like a fault.

It goes with the channel's first digest of its week (ISO 8601, in its own time zone), or alone where
that day has nothing to show. What was decided for the week's days tells whether it was said, and
the message of its own has a key of the week, so no crash makes it two.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import alive as screens
from bot.reports import AliveReport, ChannelSettings, SourceHeard
from bot.service import posting
from storage import alive as rows
from storage import digests as digest_rows
from storage import outbox as outbox_rows

WEEK: Final = timedelta(days=7)
NAMED_FOR: Final = timedelta(days=35)
"""A source that was not heard of for so long is no longer named: it was told of often enough."""


def is_due(session: Session, settings: ChannelSettings, day: date) -> bool:
    """Whether a channel has not been told yet in the week of a local day.

    A digest that was posted told it, if nothing else had; one that could not be posted did not.
    """
    team, channel = settings.team, settings.channel
    if outbox_rows.planned_keys(session, team, [_key(channel, day)]):
        return False
    monday = day - timedelta(days=day.weekday())
    decided = digest_rows.decisions(session, team, channel, monday.isoformat())
    return not any(
        one.state == digest_rows.POSTED
        for local_date, one in decided.items()
        if local_date < day.isoformat()
    )


def report(
    session: Session, settings: ChannelSettings, day: date, now: datetime
) -> AliveReport | None:
    """What was heard and said in the week before `now`; None where it was told this week."""
    if not is_due(session, settings, day):
        return None
    heard = rows.heard(session, now - NAMED_FOR, now - WEEK, now)
    became = rows.became(session, settings.team, settings.channel, now - WEEK, now)
    doubtful = (outbox_rows.HELD, outbox_rows.UNKNOWN)
    return AliveReport(
        until=now,
        days=WEEK.days,
        sources=tuple(SourceHeard(one.source, one.last) for one in heard),
        tickets=sum(one.tickets for one in heard),
        digests=became.get((posting.DIGEST, outbox_rows.SENT), 0),
        failed=sum(n for (_, state), n in became.items() if state == outbox_rows.FAILED),
        doubtful=sum(n for (_, state), n in became.items() if state in doubtful),
    )


def plan_alone(
    session: Session,
    settings: ChannelSettings,
    found: AliveReport,
    *,
    digest: int,
    day: date,
    reason: str,
    now: datetime,
    until: datetime,
) -> None:
    """Say it in a message of its own, on a day that is silent for a `reason`."""
    posting.plan_post(
        session,
        screens.render(found, settings.channel, reason),
        team=settings.team,
        channel=settings.channel,
        key=_key(settings.channel, day),
        shows=posting.ALIVE,
        subject=digest,
        now=now,
        until=until,
    )


def _key(channel: str, day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"alive:{channel}:{year}-W{week:02}"
