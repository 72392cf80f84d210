"""The digest: the few tickets that deserve a channel's attention, or silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.reports import Cadence, ChannelSettings, DigestItem, DigestReport, Feature
from bot.service import catalogue as catalogues
from bot.service import convert, digest_reading
from bot.service.context import Context
from bot.service.digest_reading import Choice
from bot.service.schedule import next_due
from bot.voice.features import Catalogue
from bot.voice.notable import choose
from bot.voice.notable_stories import Picked
from storage.values import TicketValue

RISE = "rise"
"""The part of a score that is above zero only where customers are more than usual."""


def build(context: Context, settings: ChannelSettings, now: datetime) -> DigestReport:
    """What a channel would get now. Deterministic; changes nothing."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        choice = digest_reading.read(session, settings, catalogue, context.settings.answers, now)
    chosen = choose(choice.candidates, settings.most, now=now, before=choice.before)
    items = tuple(_item(picked, choice, catalogue) for picked in chosen.picked)
    tickets = choice.new
    if settings.cadence is Cadence.RISES and not any(_rises(item) for item in items):
        return _nothing_rises(settings, len(tickets), now)
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


def _rises(item: DigestItem) -> bool:
    """Whether a ticket's feature or theme is above its usual level: it has points for that."""
    return any(part.name == RISE and part.value > 0 for part in item.parts)


def _nothing_rises(settings: ChannelSettings, tickets: int, now: datetime) -> DigestReport:
    """Silence of a digest that comes only when something rises: its tickets are still to come."""
    noun = "new ticket waits" if tickets == 1 else "new tickets wait"
    return DigestReport(
        channel=settings.channel,
        due=next_due(settings, now),
        silent=True,
        reason=f"Nothing is above its usual level. {tickets:,} {noun} for the day that it is.",
        verdict="",
        items=(),
        left_out=0,
        wait=True,
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
