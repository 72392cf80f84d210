"""A channel's digest settings: what stands, what is chosen, and what that would post."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import UserError
from bot.reports import Cadence, ChannelSettings, SettingsReport
from bot.service import acts, convert, digest, digest_less, muting
from bot.service import catalogue as catalogues
from bot.service.context import Context
from storage import channels as rows
from storage import features as feature_rows
from storage.values import SettingValue


class InvalidSettings(UserError):
    """Settings that cannot be kept: a sentence for each field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def current(
    context: Context, team: str, channel: str, timezone: str
) -> tuple[ChannelSettings, bool]:
    """A channel's settings and whether it has any; else the defaults in `timezone`."""
    with context.store.read() as session:
        owns = tuple(feature_rows.owned_by(session, team, channel))
        value = rows.get(session, team, channel)
    if value is None:
        return ChannelSettings(team, channel, owns=owns, timezone=timezone), False
    return convert.settings(value, owns), True


def of_any_team(context: Context, channel: str) -> ChannelSettings:
    """The settings of a channel whichever workspace it is in; the defaults where it has none.

    Raises `UserError` for what cannot be a channel's id.
    """
    with context.store.read() as session:
        found = [value for value in rows.every(session) if value.channel == channel]
    if not found and not re.fullmatch(r"[A-Z][A-Z0-9]*", channel):
        raise UserError(
            f"“{channel}” is no channel's id. An id looks like C0123456789; Slack shows it at the "
            "end of the channel's details."
        )
    team = found[0].team if found else ""
    return current(context, team, channel, "UTC")[0]


def report(
    context: Context, settings: ChannelSettings, exists: bool, now: datetime
) -> SettingsReport:
    """The settings screen, with what these settings would post now."""
    with context.store.read() as session:
        features = tuple(catalogues.load(session).features)
        less = digest_less.lines(session, settings.team, settings.channel)
    shown = settings if not faults(settings) else replace(settings, timezone="UTC", at="09:30")
    mute = settings.mute if settings.mute and settings.mute.covers(now) else None
    return SettingsReport(
        settings=settings,
        catalogue=features,
        preview=digest.build(context, shown, now),
        exists=exists,
        mute=mute and muting.by_clock_of(shown, mute),
        less=less,
    )


def faults(settings: ChannelSettings) -> dict[str, str]:
    """What is wrong with settings, a sentence a field; empty when they may be kept."""
    found = {}
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", settings.at):
        found["at"] = "Give the time as HH:MM, for example 09:30."
    chosen = settings.cadence in (Cadence.DAYS, Cadence.RISES)
    if (chosen and not settings.days) or not set(settings.days) <= set(range(1, 8)):
        found["days"] = "Choose at least one day, or switch the digest off."
    if settings.weekday not in range(1, 8):
        found["weekday"] = "Choose a day of the week."
    if not 1 <= settings.most <= 5:
        found["most"] = "Choose from 1 to 5 tickets."
    if not _is_timezone(settings.timezone):
        found["timezone"] = "Not a time zone. Write it as Europe/Berlin or America/New_York."
    return found


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def save(context: Context, settings: ChannelSettings, user: str, now: datetime) -> None:
    """Keep a channel's settings. Raises `InvalidSettings`.

    Features that are no longer in the catalogue are dropped.
    """
    wrong = faults(settings)
    if wrong:
        raise InvalidSettings(wrong)
    with context.store.write() as session:
        known = {value.id for value in feature_rows.every(session)}
        before = rows.get(session, settings.team, settings.channel)
        rows.put(
            session,
            SettingValue(
                team=settings.team,
                channel=settings.channel,
                features=tuple(id for id in settings.features if id in known),
                at=settings.at,
                days=tuple(sorted(set(settings.days))),
                timezone=settings.timezone,
                most=settings.most,
                enabled=settings.on,
                set_up_by=user,
                changed_at=_since(before, settings, now),
                alarms=settings.alarms,
                cadence=settings.cadence.value,
                weekday=settings.weekday,
            ),
        )
        acts.configured(session, settings.team, settings.channel, "settings", user=user, now=now)
        by_catalogue = feature_rows.owned_by(session, "", settings.channel)
        owned = [id for id in settings.owns if id in known and id not in by_catalogue]
        feature_rows.tick_owned(session, settings.team, settings.channel, owned)


def _since(before: SettingValue | None, settings: ChannelSettings, now: datetime) -> datetime:
    """Since when a channel's schedule is as it is: what else is changed takes no turn away."""
    if before is None:
        return now
    was = (before.at, before.timezone, before.cadence, before.weekday, before.enabled)
    becomes = (
        settings.at,
        settings.timezone,
        settings.cadence.value,
        settings.weekday,
        settings.on,
    )
    same = was == becomes and set(before.days) == set(settings.days)
    return before.changed_at if same else now
