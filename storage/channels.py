"""How channels want their digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from storage import engines
from storage.models import ChannelSetting
from storage.values import SettingValue


def get(session: Session, team: str, channel: str) -> SettingValue | None:
    row = session.get(ChannelSetting, (team, channel), populate_existing=True)
    return _value(row) if row else None


def every(session: Session) -> list[SettingValue]:
    """All channels that were set up, those switched off included."""
    statement = select(ChannelSetting).order_by(
        col(ChannelSetting.team), col(ChannelSetting.channel)
    )
    return [_value(row) for row in session.execute(statement).scalars()]


def put(session: Session, value: SettingValue) -> None:
    """Keep a channel's settings; two who save at once wait for each other from here on.

    Its mute and since when it is watched stay as they are.
    """
    row = {
        "team": value.team,
        "channel": value.channel,
        "features": list(value.features),
        "at": value.at,
        "days": list(value.days),
        "timezone": value.timezone,
        "most": value.most,
        "enabled": value.enabled,
        "set_up_by": value.set_up_by,
        "changed_at": value.changed_at,
        "alarms": value.alarms,
        "cadence": value.cadence,
        "weekday": value.weekday,
    }
    engines.upsert(session, ChannelSetting, row)


def mute(
    session: Session, team: str, channel: str, *, at: datetime, until: datetime | None, user: str
) -> bool:
    """Mute a channel's digest until then, or until somebody ends it; False if it has none."""
    return _change(session, team, channel, muted_at=at, muted_until=until, muted_by=user)


def unmute(session: Session, team: str, channel: str, now: datetime) -> bool:
    """End a channel's mute where one lasts. What came while it did stays muted."""
    row = session.get(ChannelSetting, (team, channel), populate_existing=True, with_for_update=True)
    lasts = row is not None and row.muted_at is not None
    if row is None or not lasts or (row.muted_until is not None and row.muted_until <= now):
        return False
    return _change(session, team, channel, muted_until=now)


def switch_off(session: Session, team: str, channel: str, now: datetime) -> bool:
    """Switch digest and alarms off; False where neither was on."""
    row = session.get(ChannelSetting, (team, channel), populate_existing=True, with_for_update=True)
    if row is None or not (row.enabled or row.alarms):
        return False
    return _change(session, team, channel, enabled=False, alarms=False, changed_at=now)


def set_cadence(
    session: Session, team: str, channel: str, cadence: str, weekday: int, *, now: datetime
) -> None:
    """Change how often a channel's digest comes from `now` on, and nothing else."""
    _change(session, team, channel, cadence=cadence, weekday=weekday, changed_at=now)


def _change(session: Session, team: str, channel: str, **values: object) -> bool:
    changed = session.execute(
        update(ChannelSetting)
        .where(col(ChannelSetting.team) == team, col(ChannelSetting.channel) == channel)
        .values(**values)
        .returning(col(ChannelSetting.channel))
    )
    return changed.first() is not None


def _value(row: ChannelSetting) -> SettingValue:
    return SettingValue(
        team=row.team,
        channel=row.channel,
        features=tuple(row.features),
        at=row.at,
        days=tuple(row.days),
        timezone=row.timezone,
        most=row.most,
        enabled=row.enabled,
        set_up_by=row.set_up_by,
        changed_at=row.changed_at,
        alarms=row.alarms,
        cadence=row.cadence,
        weekday=row.weekday,
        muted_at=row.muted_at,
        muted_until=row.muted_until,
        muted_by=row.muted_by,
        watched_since=row.watched_since,
    )
