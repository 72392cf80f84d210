"""Deciding a channel's digest when its time has come: once for each local day, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfoNotFoundError

from sqlmodel import Session

from bot.blocks import digest as screens
from bot.blocks import tickets as ticket_screens
from bot.errors import UserError
from bot.reports import ChannelSettings, Deed, DigestDecision, DigestReport, DigestSent, Mute
from bot.service import alive, audit, convert, digest, fresh, posting
from bot.service.context import Context
from bot.service.schedule import TOO_LATE, Turn, local, turns
from storage import channels as channel_rows
from storage import digests as digest_rows
from storage import features as feature_rows
from storage import sending
from storage import tickets as ticket_rows
from storage.digests import ItemValue
from storage.values import SettingValue

AHEAD = timedelta(minutes=5)
"""By so much a person's clock may be ahead of ours."""
_log = logging.getLogger(__name__)


def plan_due(context: Context, team: str, now: datetime) -> bool:
    """Decide one digest of `team` whose time has come; False if there is none.

    The decision and its messages are one transaction, so a channel's day is decided once,
    whichever of several processes comes first. A day that was slept through is skipped.
    """
    with context.store.read() as session:
        # Before the candidates are read: what comes meanwhile is for the next digest.
        newest = ticket_rows.newest_row(session)
        waiting = list(_waiting(session, team, now))
    broken: Exception | None = None
    for settings, turn in waiting:
        try:
            _decide(context, settings, turn, newest, now)
        except Exception as error:  # noqa: BLE001
            # As in `Clock.run_one`: one channel that breaks must not keep back the others.
            broken = broken or error
        else:
            return True
    if broken is not None:
        raise broken
    return False


def _decide(
    context: Context, settings: ChannelSettings, turn: Turn, newest: int, now: datetime
) -> None:
    with context.store.write() as session:
        # An earlier digest that is by now too late to be sent gives its tickets back first.
        sending.sweep(session, now)
    is_late = now >= turn.moment + TOO_LATE
    is_idle = is_late or _is_muted(settings.mute, turn, now)
    fresh.plan(
        context,
        lambda: None if is_idle else digest.build(context, settings, now),
        lambda session, report: _keep(session, settings, turn, report, newest=newest, now=now),
    )


def _keep(
    session: Session,
    settings: ChannelSettings,
    turn: Turn,
    report: DigestReport | None,
    *,
    newest: int,
    now: datetime,
) -> None:
    """Keep what is decided, and plan its messages."""
    place, until = (settings.team, settings.channel), turn.moment + TOO_LATE
    # Somebody may have muted it while it was being chosen.
    kept = channel_rows.get(session, *place)
    mutes = (settings.mute, convert.mute(kept) if kept is not None else None)
    is_muted = any(_is_muted(mute, turn, now) for mute in mutes)
    if is_muted or (report and report.wait):
        # It has looked at nothing: its tickets are for the next one.
        newest = digest_rows.looked_at_up_to(session, *place)
    claimed = digest_rows.claim(
        session, *place, turn.day.isoformat(), newest_ticket=newest, now=now
    )
    if claimed is None:
        return
    if is_muted:
        _settle(session, claimed, digest_rows.SILENT, "muted", None)
        return
    if report is None:
        _settle(session, claimed, digest_rows.SKIPPED, "more than four hours late", None)
        return
    report = _told_once(session, settings, turn.day, report)
    if report.silent:
        _settle(session, claimed, digest_rows.SILENT, report.reason, report)
        if report.alive is not None:
            alive.plan_alone(
                session,
                settings,
                report.alive,
                digest=claimed,
                day=turn.day,
                reason=report.reason,
                now=now,
                until=until,
            )
    else:
        _settle(session, claimed, digest_rows.POSTED, "", report)
        _plan_posts(
            session, settings, digest=claimed, day=turn.day, report=report, now=now, until=until
        )


def _told_once(
    session: Session, settings: ChannelSettings, day: date, report: DigestReport
) -> DigestReport:
    """Without the week's line where it was told while the digest was chosen."""
    if report.alive is None or alive.is_due(session, settings, day):
        return report
    return replace(report, alive=None)


def _is_muted(mute: Mute | None, turn: Turn, now: datetime) -> bool:
    """Whether a digest was muted at its time, or is when it would be posted."""
    return mute is not None and (mute.covers(turn.moment) or mute.covers(now))


def send(context: Context, settings: ChannelSettings, at: datetime, now: datetime) -> DigestSent:
    """Plan the digest of the local day of `at`, as it looks from there, to be posted now: once.

    A day on which the digest was silent or skipped gets one after all. Raises `UserError` where
    none can be planned.
    """
    if not settings.team:
        raise UserError(
            f"{settings.channel} has no digest yet. Type `/digest` there, so that Earshot knows "
            "the channel and its time zone."
        )
    if at > now + AHEAD:
        raise UserError("A digest can be sent for a moment that has come, not for a later one.")
    day = local(settings, at).date()
    where = (settings.team, settings.channel, day.isoformat())
    if not settings.on or (settings.mute and settings.mute.covers(now)):
        state = "muted" if settings.on else "switched off"
        raise UserError(f"The digest of {settings.channel} is {state}: see `/digest` there.")
    with context.store.read() as session:
        newest = _looked_at(session, settings, at, now)

    def keep(session: Session, report: DigestReport) -> DigestSent:
        before = digest_rows.decisions(session, *where).get(where[-1])
        if before is not None and before.state in (digest_rows.POSTED, digest_rows.FAILED):
            return DigestSent(report, day, before.state, before.reason, is_new=False)
        if report.silent:
            return DigestSent(report, day, digest_rows.SILENT, report.reason, is_new=False)
        claimed = digest_rows.claim(session, *where, newest_ticket=newest, now=now)
        if claimed is None:
            claimed = digest_rows.reopen(session, *where, newest_ticket=newest, now=now)
        if claimed is None:
            raise UserError("Its digest is being decided this very moment: look again.")
        report = _told_once(session, settings, day, report)
        _settle(session, claimed, digest_rows.POSTED, "", report)
        _plan_posts(
            session,
            settings,
            digest=claimed,
            day=day,
            report=report,
            now=now,
            until=now + TOO_LATE,
        )
        about = f"channel {settings.channel}: digest of {day}"
        audit.record(session, now, Deed.SHARED, about, team=settings.team)
        return DigestSent(report, day, digest_rows.POSTED, "", is_new=True)

    return fresh.plan(context, lambda: digest.build(context, settings, at), keep)


def _looked_at(session: Session, settings: ChannelSettings, at: datetime, now: datetime) -> int:
    """Up to which row a digest looks from `at`; none further where a ticket was written since.

    The next one then looks at all of them; those that this one shows it leaves out.
    """
    before = digest_rows.looked_at_up_to(session, settings.team, settings.channel)
    written = (at, max(at, now))
    later = ticket_rows.candidates(session, features=(), written=written, after_row=before, limit=1)
    return before if later else ticket_rows.newest_row(session)


def decision(context: Context, settings: ChannelSettings, at: datetime) -> DigestDecision | None:
    """What was decided for a channel's local day of `at`; None where nothing was yet."""
    day = local(settings, at).date()
    with context.store.read() as session:
        found = digest_rows.decisions(
            session, settings.team, settings.channel, day.isoformat()
        ).get(day.isoformat())
    return DigestDecision(day, found.state, found.reason) if found else None


def _waiting(session: Session, team: str, now: datetime) -> Iterator[tuple[ChannelSettings, Turn]]:
    """The turns of a workspace's channels that came and are not decided, of each the oldest first.

    A channel whose schedule cannot be reckoned is passed over, so that the others get theirs.
    """
    for value in channel_rows.every(session):
        if value.team != team:
            continue
        settings = _settings(session, value)
        try:
            came = turns(settings, value.changed_at, now)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            _log_passed_over(value.team, value.channel, now.date())
            continue
        if came:
            first = came[0].day.isoformat()
            decided = digest_rows.decisions(session, value.team, value.channel, first)
            yield from ((settings, turn) for turn in came if turn.day.isoformat() not in decided)


@lru_cache(maxsize=1_000)
def _log_passed_over(team: str, channel: str, day: date) -> None:
    """Once a day, not at each tick of the clock."""
    _log.warning("the schedule of channel %s cannot be reckoned: it gets no digest", channel)


def _settings(session: Session, value: SettingValue) -> ChannelSettings:
    owns = feature_rows.owned_by(session, value.team, value.channel)
    return convert.settings(value, tuple(owns))


def _settle(
    session: Session, digest: int, state: str, reason: str, report: DigestReport | None
) -> None:
    items = [
        ItemValue(
            ticket_id=item.ticket.key,
            score=item.score,
            parts=tuple(asdict(part) for part in item.parts),
            why=item.why,
            similar=item.similar,
            similar_rows=item.similar_rows,
        )
        for item in (report.items if report else ())
    ]
    left = report.left if report else ()
    digest_rows.settle(
        session, digest, state=state, reason=reason, left_out=len(left), items=items, left=left
    )


def _plan_posts(
    session: Session,
    settings: ChannelSettings,
    *,
    digest: int,
    day: date,
    report: DigestReport,
    now: datetime,
    until: datetime,
) -> None:
    """One message, not sent after `until`, and a thread with a reply for each ticket."""
    key = f"digest:{settings.channel}:{day.isoformat()}"
    root = posting.plan_post(
        session,
        screens.render(report, day),
        team=settings.team,
        channel=settings.channel,
        key=key,
        shows=posting.DIGEST,
        subject=digest,
        now=now,
        until=until,
    )
    for item in report.items:
        posting.plan_post(
            session,
            ticket_screens.render(item.ticket),
            team=settings.team,
            channel=settings.channel,
            key=f"{key}:{item.ticket.key}",
            shows=posting.TICKET,
            subject=item.ticket.key,
            now=now,
            thread_of=root,
        )
