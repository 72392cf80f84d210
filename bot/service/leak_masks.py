"""A ticket with what leaked of it masked, read anew: when it is reported, and when it comes in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlmodel import Session

from bot.semantic import Encoder
from bot.service import pipeline
from bot.voice.features import Catalogue
from bot.voice.leak import Wanted, masked, token_for
from bot.voice.reading import already_safe, understand
from bot.voice.tokens import REPORTED, is_withheld
from bot.voice.vectors import pack
from storage import vectors as vector_rows
from storage.keys import Keys
from storage.leaks import LeakValue
from storage.values import NewTicket, QuoteValue


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads a masked ticket again, in a session."""

    session: Session
    encoder: Encoder | None
    catalogue: Catalogue

    def read(self, ticket: NewTicket) -> NewTicket:
        """What a masked ticket means, of its texts as they are now."""
        safe = already_safe(ticket.subject, ticket.body, ticket.tags, ticket.language)
        encoder = self.encoder
        if encoder is None or vector_rows.model(self.session) != encoder.model:
            encoder = None
        [vector] = pipeline.vectors_of(encoder, [safe])
        reading = understand(safe, self.catalogue, pipeline.for_kinds(encoder, vector))
        return replace(
            ticket,
            language=reading.language,
            kinds=tuple(reading.kinds),
            kinds_known=reading.kinds_known,
            quotes=tuple(QuoteValue(p.kind, p.text, p.score) for p in reading.passages),
            features=reading.features,
            clarity=reading.clarity,
            vector=None if encoder is None else pack(vector),
        )


def again(reader: Reader, keys: Keys, ticket: NewTicket, leaks: Sequence[LeakValue]) -> NewTicket:
    """A ticket that comes in anew, masked where something leaked of it before."""
    if not leaks:
        return ticket
    if any(leak.digest is None for leak in leaks):
        made = withheld(ticket)
    else:
        made, _ = without(ticket, [known_by(keys, leak) for leak in leaks])
    return made if made == ticket else reader.read(made)


def known_by(keys: Keys, leak: LeakValue) -> Wanted:
    """To find words of which the hash alone is known."""
    return Wanted(leak.words, partial(_is, keys, leak.digest))


def _is(keys: Keys, digest: str | None, words: str) -> bool:
    return keys.leak(words) == digest


def without(ticket: NewTicket, leaks: Sequence[Wanted]) -> tuple[NewTicket, int]:
    """The texts of a ticket with what leaked masked, and in how many places it stood."""
    token = token_for(ticket.subject, ticket.body, *ticket.tags)
    subject, in_subject = masked(ticket.subject, leaks, token)
    body, in_body = masked(ticket.body, leaks, token)
    tags = [masked(tag, leaks, token) for tag in ticket.tags]
    places = in_subject + in_body + sum(count for _, count in tags)
    url, segment = (
        None if value and masked(value, leaks, token)[1] else value
        for value in (ticket.url, ticket.segment)
    )
    made = replace(
        ticket,
        subject=subject,
        body=body,
        tags=tuple(dict.fromkeys(tag for tag, _ in tags)),
        url=url,
        segment=segment,
        redactions=ticket.redactions + places,
    )
    return made, places + (url != ticket.url) + (segment != ticket.segment)


def withheld(ticket: NewTicket) -> NewTicket:
    """A ticket whose text nobody may see; what its help desk filed it under stays."""
    if is_withheld(ticket.body) and not ticket.subject:
        return ticket
    return replace(ticket, subject="", body=REPORTED, redactions=ticket.redactions + 1)


def as_reported(ticket: NewTicket) -> NewTicket:
    """A ticket that says something else than its source told us.

    A reading of the old text that is under way then finds it changed, and is not written; and the
    source's next telling is compared with what leaked.
    """
    told = hashlib.sha256(f"masked {ticket.content_hash}".encode()).hexdigest()
    return replace(ticket, content_hash=told[:32])
