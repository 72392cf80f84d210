"""How channels want their digest."""

from __future__ import annotations

from sqlalchemy import select
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
    """Keep a channel's settings; two who save at once wait for each other from here on."""
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
    }
    engines.upsert(session, ChannelSetting, row)


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
    )
