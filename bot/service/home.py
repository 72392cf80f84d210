"""The Home tab: what concerns the viewer's channels, the newest insights, how to start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.reports import DigestLine, HomeReport, Window
from bot.service import catalogue as catalogues
from bot.service import convert, friction, insight_views, muting
from bot.service.context import Context
from bot.service.schedule import next_due
from storage import channels as channel_rows
from storage import features as feature_rows
from storage import leaks as leak_rows
from storage import tickets as ticket_rows
from storage.values import SettingValue

DAYS = 30
FEATURES_SHOWN = 8
INSIGHTS_SHOWN = 5


def view(context: Context, team: str, channels: Sequence[str], now: datetime) -> HomeReport:
    """Home of a person who is in `channels`; features that no channel follows show when none do."""
    window = Window(now - timedelta(days=DAYS), now, f"last {DAYS} days")
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        mine = set(channels)
        set_up = [s for s in channel_rows.every(session) if s.team == team and s.channel in mine]
        followed = {feature for setting in set_up for feature in setting.features}
        for channel in mine:
            followed.update(feature_rows.owned_by(session, team, channel))
        lines = friction.rank(session, catalogue, window).features
        chosen = [line for line in lines if line.feature.id in followed] or list(lines)
        return HomeReport(
            window=window,
            features=tuple(chosen[:FEATURES_SHOWN]),
            insights=insight_views.newest(session, context, catalogue, INSIGHTS_SHOWN),
            tickets=ticket_rows.total(session),
            channels=tuple(sorted(setting.channel for setting in set_up)),
            digests=tuple(_digest(setting, now) for setting in set_up),
            leaks=leak_rows.reported_since(session, window.since),
            is_new=not channel_rows.every(session),
        )


def _digest(value: SettingValue, now: datetime) -> DigestLine:
    settings = convert.settings(value, ())
    mute = settings.mute if settings.on and settings.mute and settings.mute.covers(now) else None
    return DigestLine(
        channel=settings.channel,
        cadence=settings.cadence,
        days=settings.due_days,
        at=settings.at,
        due=next_due(settings, now),
        mute=mute and muting.by_clock_of(settings, mute),
    )
