"""Alarms in channels: one message each, edited while it lasts, for those that asked for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import alarm as screens
from bot.reports import AlarmReport
from bot.service import alarms, posting
from bot.service.context import Context
from bot.voice import watch
from storage import alarms as rows
from storage import channels as channel_rows
from storage import features as feature_rows
from storage import posts as post_rows
from storage.alarms import AlarmValue
from storage.values import SettingValue

EVERY: Final = timedelta(minutes=30)
"""A message is edited once in so long at the most, but at once when a person did something."""
TOO_OLD: Final = timedelta(hours=24)
"""An alarm that began to be shown so late is news to nobody."""


def tell_due(context: Context, team: str, now: datetime) -> bool:
    """Plan one message of an alarm or one edit that is due; False where there is none."""
    with context.store.read() as session:
        if _due(session, team, now) is None:
            return False
    with context.store.write(alarms.LOCK) as session:
        found = _due(session, team, now)
        if found is None:
            return True
        value, channel, is_new = found
        every = rows.since(session, value.opened - watch.WATCHED)
        report = alarms.report(session, value, every)
        if is_new:
            _post(session, report, team, channel, now)
        else:
            refresh(session, report, team, now, channel)
        rows.tell(session, value.id or 0, team, channel, now)
    return True


def _due(session: Session, team: str, now: datetime) -> tuple[AlarmValue, str, bool] | None:
    """An alarm, a channel, and whether it is to be told there for the first time."""
    current = rows.since(session, now - 2 * TOO_OLD)
    if not current:
        return None
    asked = [one for one in channel_rows.every(session) if one.team == team and one.alarms]
    for value in current:
        told = rows.told(session, value.id or 0, team)
        if value.closed is None and value.silence is None and now - value.opened < TOO_OLD:
            for setting in asked:
                if setting.channel not in told and _wants(session, setting, value):
                    return value, setting.channel, True
        for channel, told_at in told.items():
            if _is_stale(value, told_at) and now - told_at >= EVERY:
                return value, channel, False
    return None


def _is_stale(value: AlarmValue, told_at: datetime) -> bool:
    """Whether a message says less than is known: it was unusual again, or is over.

    One that was silenced is told of once more, when it is over.
    """
    if value.silence is not None:
        changed = value.closed or value.silenced_at or value.opened
    else:
        changed = value.closed or value.seen
    return changed > told_at


def _wants(session: Session, setting: SettingValue, value: AlarmValue) -> bool:
    """Whether a channel follows what an alarm is about: as its digest does."""
    owned = feature_rows.owned_by(session, setting.team, setting.channel)
    followed = {*(setting.features or ()), *owned}
    return not followed or bool(followed & set(value.features))


def _post(session: Session, report: AlarmReport, team: str, channel: str, now: datetime) -> None:
    posting.plan_post(
        session,
        screens.render(report),
        team=team,
        channel=channel,
        key=f"alarm:{report.key}:{channel}",
        shows=posting.ALARM,
        subject=report.key or 0,
        now=now,
    )


def refresh(
    session: Session, report: AlarmReport, team: str, now: datetime, channel: str | None = None
) -> None:
    """Plan edits of an alarm's posted messages, in one channel or in all of a workspace."""
    message = screens.render(report)
    for post in post_rows.showing(session, posting.ALARM, report.key or 0):
        if post.team == team and channel in (None, post.channel):
            posting.plan_edit(session, message, post, now)


def refresh_sent(session: Session, team: str, alarm: int, now: datetime) -> None:
    """Bring an alarm's messages up to date once one has been sent: things moved on meanwhile."""
    value = rows.get(session, alarm)
    if value is not None:
        every = rows.since(session, value.opened - watch.WATCHED)
        refresh(session, alarms.report(session, value, every), team, now)


def silenced(context: Context, alarm: int, team: str, now: datetime) -> None:
    """Show at once that an alarm was silenced."""
    report = alarms.get(context, alarm)
    with context.store.write(alarms.LOCK) as session:
        refresh(session, report, team, now)
