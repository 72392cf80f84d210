"""The digest: the few tickets that deserve a channel's attention, or silence."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfoNotFoundError

from sqlmodel import Session

from bot.blocks import digest as screens
from bot.blocks import tickets as ticket_screens
from bot.reports import ChannelSettings, DigestItem, DigestReport, Feature
from bot.service import catalogue as catalogues
from bot.service import convert, digest_reading, posting
from bot.service.context import Context
from bot.service.digest_reading import Choice
from bot.service.schedule import Due, due, next_due, turn
from bot.voice.features import Catalogue
from bot.voice.notable import choose
from bot.voice.notable_stories import Picked
from storage import channels as channel_rows
from storage import digests as digest_rows
from storage import features as feature_rows
from storage import sending
from storage import tickets as ticket_rows
from storage.digests import ItemValue
from storage.values import SettingValue, TicketValue

_log = logging.getLogger(__name__)


def build(context: Context, settings: ChannelSettings, now: datetime) -> DigestReport:
    """What a channel would get now. Deterministic; changes nothing."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        choice = digest_reading.read(session, settings, catalogue, context.settings.answers, now)
    chosen = choose(choice.candidates, settings.most, now=now, before=choice.before)
    items = tuple(_item(picked, choice, catalogue) for picked in chosen.picked)
    tickets = choice.new
    return DigestReport(
        channel=settings.channel,
        due=next_due(settings, now),
        silent=not items,
        reason=_silence(len(tickets)) if not items else "",
        verdict=_verdict(tickets, items, catalogue) if items else "",
        items=items,
        left_out=chosen.left_out,
    )


def _item(picked: Picked, choice: Choice, catalogue: Catalogue) -> DigestItem:
    ticket = convert.ticket(choice.tickets[picked.candidate.id], catalogue.by_id)
    quote = ticket.quote
    if quote is None:
        raise ValueError("A ticket without a quote cannot be shown.")
    similar = [choice.tickets[id] for id in picked.similar_ids]
    return DigestItem(
        ticket=ticket,
        quote=quote,
        score=picked.score,
        parts=picked.parts,
        why=picked.why,
        similar=len(similar),
        similar_ids=tuple(one.external_id for one in similar),
    )


def _silence(candidates: int) -> str:
    if not candidates:
        return "No new tickets since the last digest."
    noun = "new ticket" if candidates == 1 else "new tickets"
    return f"{candidates} {noun} since the last digest, none that stands out."


def _verdict(
    tickets: Sequence[TicketValue], items: Sequence[DigestItem], catalogue: Catalogue
) -> str:
    """Figures first: how many customers wrote, and about what most."""
    customers = len({ticket.customer for ticket in tickets})
    noun = "customer" if customers == 1 else "customers"
    crowd = f" from {customers} {noun}" if any(t.customer_known for t in tickets) else ""
    tickets_noun = "new ticket" if len(tickets) == 1 else "new tickets"
    worth = "1 deserves" if len(items) == 1 else f"{len(items)} deserve"
    lead = _busiest(tickets, catalogue.by_id)
    about = f", most about {lead.name}" if lead else ""
    return f"{len(tickets)} {tickets_noun}{crowd}{about}: {worth} your attention"


def _busiest(tickets: Sequence[TicketValue], features: Mapping[str, Feature]) -> Feature | None:
    counted: dict[str, int] = {}
    for ticket in tickets:
        for feature in ticket.features[:1]:
            counted[feature] = counted.get(feature, 0) + 1
    most = max(counted, key=lambda id: (counted[id], id), default=None)
    return features.get(most) if most and counted[most] > len(tickets) / 3 else None


def plan_due(context: Context, team: str, now: datetime) -> bool:
    """Decide the digest of one channel of `team` whose time has come; False if there is none.

    The decision and its messages are one transaction, so a channel's day is decided once,
    whichever of several processes comes first.
    """
    with context.store.read() as session:
        # Before the candidates are read: what comes meanwhile is for the next digest.
        newest = ticket_rows.newest_row(session)
        waiting = _waiting(session, team, now)
    if waiting is None:
        return False
    settings, what, day = waiting
    with context.store.write() as session:
        # An earlier digest that is by now too late to be sent gives its tickets back first.
        sending.sweep(session, now)
    report = build(context, settings, now) if what is Due.NOW else None
    with context.store.write() as session:
        claimed = digest_rows.claim(
            session,
            settings.team,
            settings.channel,
            day.isoformat(),
            newest_ticket=newest,
            now=now,
        )
        if claimed is None:
            return True
        if report is None:
            _settle(session, claimed, "skipped", "more than four hours late", None)
        elif report.silent:
            _settle(session, claimed, "silent", report.reason, report)
        else:
            _settle(session, claimed, "posted", "", report)
            _plan_posts(session, settings, digest=claimed, day=day, report=report, now=now)
    return True


def _waiting(
    session: Session, team: str, now: datetime
) -> tuple[ChannelSettings, Due, date] | None:
    """The first channel of a workspace whose digest is due and not decided, and for which day.

    One whose schedule cannot be reckoned is passed over, so that the others get theirs.
    """
    for value in channel_rows.every(session):
        if value.team != team:
            continue
        settings = _settings(session, value)
        try:
            what = due(settings, value.changed_at, now)
            day = turn(settings, now).day
        except (ZoneInfoNotFoundError, ValueError, OSError):
            _log_passed_over(value.team, value.channel, now.date())
            continue
        if what is Due.NOT_YET:
            continue
        if not digest_rows.decided(session, value.team, value.channel, day.isoformat()):
            return settings, what, day
    return None


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
        )
        for item in (report.items if report else ())
    ]
    left_out = report.left_out if report else 0
    digest_rows.settle(session, digest, state=state, reason=reason, left_out=left_out, items=items)


def _plan_posts(
    session: Session,
    settings: ChannelSettings,
    *,
    digest: int,
    day: date,
    report: DigestReport,
    now: datetime,
) -> None:
    """One message, and a thread with a reply for each ticket."""
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
