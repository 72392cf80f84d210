"""What a digest chooses from: new tickets, what was before them, and what the channel answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.reports import FRICTION_KINDS, Answer, ChannelSettings, Kind
from bot.service import posting
from bot.service.digest_less import wanted_by
from bot.service.digest_rise import Level, levels
from bot.voice.clarity import by_words
from bot.voice.features import Catalogue
from bot.voice.less import Less
from bot.voice.memory import Answered, Before
from bot.voice.notable_parts import Candidate
from storage import alarms as alarm_rows
from storage import digests as digest_rows
from storage import features as feature_rows
from storage import posts
from storage import tickets as ticket_rows
from storage.values import ReactionValue, TicketValue

WRITTEN_WITHIN: Final = timedelta(days=14)
WEEK: Final = timedelta(days=7)
CANDIDATES_MOST: Final = 10_000
EARLIER: Final = timedelta(days=28)
EARLIER_MOST: Final = 3_000
SHOWN_MOST: Final = 500
VALUES: Final[Mapping[Answer, float]] = {
    Answer.SURPRISED: 1.0,
    Answer.OWN: 1.0,
    Answer.NOT_A_PROBLEM: -1.0,
}
"""What an answer says of wanting more like this; others say nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Tickets by the id of their candidate, and what was before.

    `customers` had friction with each followed feature in the last week, where `levels` are usual
    (None where too little is stored to know).
    """

    candidates: tuple[Candidate, ...]
    tickets: Mapping[str, TicketValue]
    before: Before
    customers: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    levels: Mapping[str, Level] | None = None
    is_cut: bool = False
    """Whether the last week had more tickets than are read, so that more is to be counted."""

    @property
    def new(self) -> list[TicketValue]:
        """The tickets that the digest is about."""
        return [self.tickets[one.id] for one in self.candidates if one.is_new]


def read(
    session: Session,
    settings: ChannelSettings,
    catalogue: Catalogue,
    answers: Mapping[str, Answer],
    now: datetime,
) -> Choice:
    """All that a channel's digest is chosen from at `now`; `answers` are those of emoji."""
    after = digest_rows.looked_at_up_to(session, settings.team, settings.channel)
    shown = digest_rows.shown(session, settings.team, settings.channel)
    features = followed(session, settings, catalogue)
    window = now - WRITTEN_WITHIN
    found = ticket_rows.candidates(
        session, features=features, written=(window, now), after_row=0, limit=CANDIDATES_MOST
    )
    tickets = ticket_rows.get(session, found)
    new = {ticket.id for ticket in tickets if ticket.id > after and ticket.id not in shown}
    if not new:
        return Choice((), {}, Before())
    customers = _customers(tickets, now)
    known = levels(session, customers, now)
    usual = {feature: level.mean for feature, level in (known or {}).items()}
    less = wanted_by(session, settings)
    candidates = tuple(
        _candidate(ticket, ticket.id in new, customers, usual, less) for ticket in tickets
    )
    return Choice(
        candidates,
        {id_of(ticket): ticket for ticket in tickets},
        _before(
            session,
            settings,
            features=features,
            tickets=tickets,
            shown=shown,
            answers=answers,
            now=now,
        ),
        # Of a feature that the channel does not follow not all tickets were read.
        {id: those for id, those in customers.items() if not features or id in features},
        known,
        len(tickets) == CANDIDATES_MOST and tickets[-1].created_at >= now - WEEK,
    )


def followed(session: Session, settings: ChannelSettings, catalogue: Catalogue) -> Sequence[str]:
    """The features a channel chose, else those that it owns, else all (an empty list).

    What the catalogue no longer has is passed over. Ownership is that of `settings`, which may
    be a preview, and of the catalogue, which no settings take away.
    """
    chosen = [id for id in settings.features if id in catalogue.by_id]
    if chosen:
        return chosen
    by_catalogue = feature_rows.owned_by(session, "", settings.channel)
    return sorted({*settings.owns, *by_catalogue} & catalogue.by_id.keys())


def id_of(ticket: TicketValue) -> str:
    """Not the row, which depends on the order in which tickets came."""
    return f"{ticket.source}\n{ticket.external_id}"


def text_of(ticket: TicketValue) -> str:
    return f"{ticket.subject}\n{ticket.body}"


def _candidate(
    ticket: TicketValue,
    is_new: bool,
    customers: Mapping[str, set[str]],
    usual: Mapping[str, float],
    less: Less,
) -> Candidate:
    feature = next((id for id in ticket.features if id in usual), "")
    said = ticket.quotes[0] if ticket.quotes else None
    return Candidate(
        id=id_of(ticket),
        text=text_of(ticket),
        quote=said.text if said else "",
        kinds=tuple(Kind(kind) for kind in ticket.kinds),
        clarity=by_words(text_of(ticket)) if ticket.clarity is None else ticket.clarity,
        customer=ticket.customer if ticket.customer_known else "",
        segment=ticket.segment,
        created_at=ticket.created_at,
        feature=ticket.features[0] if ticket.features else "",
        feature_customers=len(customers[feature]) if feature else 0,
        feature_usual=usual.get(feature, 0.0),
        is_new=is_new and said is not None,
        answered=less.answers(ticket.features[0] if ticket.features else "", said.kind)
        if said
        else 0.0,
        is_wanted=said is None or not less.is_of_story(said.text),
        is_refused=ticket.id in less.tickets,
    )


def _customers(tickets: Sequence[TicketValue], now: datetime) -> dict[str, set[str]]:
    """Who had friction with each feature in the last week."""
    found: dict[str, set[str]] = {}
    for ticket in tickets:
        if ticket.created_at >= now - WEEK and any(kind in FRICTION_KINDS for kind in ticket.kinds):
            for feature in ticket.features:
                found.setdefault(feature, set()).add(ticket.customer)
    return found


def _before(
    session: Session,
    settings: ChannelSettings,
    *,
    features: Sequence[str],
    tickets: Sequence[TicketValue],
    shown: set[int],
    answers: Mapping[str, Answer],
    now: datetime,
) -> Before:
    """What was written in the weeks before the last one, and what this channel was shown."""
    until = now - WRITTEN_WITHIN
    rows = ticket_rows.candidates(
        session,
        features=features,
        written=(until - EARLIER, until),
        after_row=0,
        limit=EARLIER_MOST,
    )
    earlier = ticket_rows.get(session, rows)
    lately = [ticket for ticket in tickets if ticket.created_at < now - WEEK]
    lately.sort(key=lambda one: (one.created_at, id_of(one)), reverse=True)
    earlier.sort(key=lambda one: (one.created_at, id_of(one)), reverse=True)
    first = alarm_rows.first_written(session) or now
    if len(tickets) == CANDIDATES_MOST:
        first = min(one.created_at for one in tickets)
    elif len(rows) == EARLIER_MOST:
        first = earlier[-1].created_at
    since = max(first, until - EARLIER)
    return Before(
        texts=tuple(text_of(one) for one in (*lately, *earlier) if one.created_at >= since),
        weeks=max(now - WEEK - since, timedelta()) / WEEK,
        shown=_shown(session, settings, shown, answers),
    )


def _shown(
    session: Session, settings: ChannelSettings, shown: set[int], answers: Mapping[str, Answer]
) -> tuple[Answered, ...]:
    tickets = ticket_rows.get(session, sorted(shown)[-SHOWN_MOST:])
    tickets.sort(key=id_of)
    subjects = [(posting.TICKET, ticket.id) for ticket in tickets]
    given = posts.reactions(session, subjects, place=(settings.team, settings.channel))
    return tuple(
        Answered(
            quote=ticket.quotes[0].text if ticket.quotes else ticket.subject,
            feature=ticket.features[0] if ticket.features else "",
            kind=ticket.kinds[0] if ticket.kinds else "",
            value=_value(given[posting.TICKET, ticket.id], answers),
        )
        for ticket in tickets
    )


def _value(given: Sequence[ReactionValue], answers: Mapping[str, Answer]) -> float:
    """What people answered together, -1 to 1; each person's emoji counts once."""
    said = (answers.get(one.emoji) for one in posts.each_once(given))
    return max(-1.0, min(1.0, sum(VALUES.get(one, 0.0) for one in said if one)))
