"""The digest: the few tickets that deserve a channel's attention, or silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.reports import ChannelSettings, DigestItem, DigestReport, Feature, Kind
from bot.service import catalogue as catalogues
from bot.service import convert
from bot.service.context import Context
from bot.service.schedule import next_due
from bot.voice.features import Catalogue
from bot.voice.notable import Candidate, Picked, choose
from bot.voice.repeats import seen_before
from storage import digests as digest_rows
from storage import features as feature_rows
from storage import tickets as ticket_rows
from storage.values import TicketValue

WRITTEN_WITHIN = timedelta(days=14)
CANDIDATES_MOST = 2_000
EARLIER = timedelta(days=28)
EARLIER_MOST = 1_000


def build(context: Context, settings: ChannelSettings, now: datetime) -> DigestReport:
    """What a channel would get now. Deterministic; changes nothing."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        after = digest_rows.looked_at_up_to(session, settings.team, settings.channel)
        shown = digest_rows.shown(session, settings.team, settings.channel)
        followed = _followed(session, settings, catalogue)
        found = ticket_rows.candidates(
            session,
            features=followed,
            written=(now - WRITTEN_WITHIN, now),
            after_row=after,
            limit=CANDIDATES_MOST,
        )
        tickets = ticket_rows.get(session, [row for row in found if row not in shown])
        earlier = _earlier(session, followed, now)
    seen = seen_before([_quote(ticket) for ticket in tickets], earlier)
    candidates = [_candidate(ticket, count) for ticket, count in zip(tickets, seen, strict=True)]
    chosen = choose(candidates, settings.most)
    by_row = {str(ticket.id): ticket for ticket in tickets}
    made = [_item(picked, by_row[picked.candidate.id], catalogue) for picked in chosen.picked]
    items = [item for item in made if item is not None]
    return DigestReport(
        channel=settings.channel,
        due=next_due(settings, now),
        silent=not items,
        reason=_silence(len(tickets)) if not items else "",
        verdict=_verdict(tickets, items, catalogue) if items else "",
        items=tuple(items),
        left_out=chosen.left_out,
    )


def _followed(session: Session, settings: ChannelSettings, catalogue: Catalogue) -> Sequence[str]:
    """The features a channel chose, else those that it owns, else all (an empty list).

    What the catalogue no longer has is passed over. Ownership is that of `settings`, which may
    be a preview, and of the catalogue, which no settings take away.
    """
    chosen = [id for id in settings.features if id in catalogue.by_id]
    if chosen:
        return chosen
    by_catalogue = feature_rows.owned_by(session, "", settings.channel)
    return sorted({*settings.owns, *by_catalogue} & catalogue.by_id.keys())


def _earlier(session: Session, followed: Sequence[str], now: datetime) -> list[str]:
    """What was written in the weeks before the candidates: usual stories are no news."""
    until = now - WRITTEN_WITHIN
    rows = ticket_rows.candidates(
        session,
        features=followed,
        written=(until - EARLIER, until),
        after_row=0,
        limit=EARLIER_MOST,
    )
    return [_text(ticket) for ticket in ticket_rows.get(session, rows)]


def _text(ticket: TicketValue) -> str:
    return f"{ticket.subject}\n{ticket.body}"


def _quote(ticket: TicketValue) -> str:
    return ticket.quotes[0].text if ticket.quotes else ""


def _candidate(ticket: TicketValue, seen: int) -> Candidate:
    return Candidate(
        id=str(ticket.id),
        text=_text(ticket),
        quote=_quote(ticket),
        kinds=tuple(Kind(kind) for kind in ticket.kinds),
        customer=ticket.customer if ticket.customer_known else "",
        segment=ticket.segment,
        created_at=ticket.created_at,
        seen_before=seen,
    )


def _item(picked: Picked, ticket: TicketValue, catalogue: Catalogue) -> DigestItem | None:
    """A picked ticket as it is shown; None for one without a quote, which cannot be."""
    view = convert.ticket(ticket, catalogue.by_id)
    quote = view.quote
    if quote is None:
        return None
    return DigestItem(
        ticket=view,
        quote=quote,
        score=picked.score,
        parts=picked.parts,
        why=picked.why,
        similar=len(picked.similar_ids),
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
