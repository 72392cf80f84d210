"""A ticket with what leaked of it masked, read anew: when it is reported, and when it comes in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from urllib.parse import unquote

from sqlmodel import Session

from bot.semantic import Encoder
from bot.service import pipeline
from bot.voice.features import Catalogue
from bot.voice.leak import Wanted, Words, masked, places, token_for, wanted
from bot.voice.own_words import OwnWords
from bot.voice.reading import already_safe, understand
from bot.voice.stems import stem
from bot.voice.tokens import REPORTED, is_withheld
from bot.voice.vectors import pack
from storage import vectors as vector_rows
from storage.keys import Keys
from storage.leaks import LeakValue
from storage.values import NewTicket, QuoteValue

_BEGINNING: Final = re.compile(r"\w{1,4}")
_FIRST: Final = 25
"""Characters of a text that are shown of it, however it is cut."""


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
    count = in_subject + in_body + sum(found for _, found in tags)
    url, segment = (
        None if value and masked(unquote(value), leaks, token)[1] else value
        for value in (ticket.url, ticket.segment)
    )
    made = replace(
        ticket,
        subject=subject,
        body=body,
        tags=tuple(dict.fromkeys(tag for tag, _ in tags)),
        url=url,
        segment=segment,
        redactions=ticket.redactions + count,
    )
    return made, count + (url != ticket.url) + (segment != ticket.segment)


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


@dataclass(frozen=True, slots=True)
class Out:
    """Takes words, or all of a ticket's words where there are none, out of what was told of it."""

    words: tuple[Words, ...]
    token: str
    own: OwnWords

    def of_title(self, text: str) -> str:
        """What a person wrote of it, such as an insight's title."""
        if self.words:
            return masked(text, [wanted(each) for each in self.words], self.token)[0]
        return REPORTED if self.own.hold_short(text) else text

    def of_others(self, text: str) -> str:
        """What a person wrote of another ticket, where it has this one's words."""
        return self.of_title(text) if self.own.hold(text) else text

    def has(self, term: str) -> bool:
        """Whether a term that alarms compare, one stem or two, has one of a word that leaked."""
        leaked = [word for words in self.words for word in words]
        return any(
            word.startswith(part) or stem(word) == part for part in term.split() for word in leaked
        )

    def of_post(self, text: str) -> str:
        """A text of a message that is known to be the ticket's."""
        if self.words:
            return self.of_title(text)
        return REPORTED if text.strip() else text

    def pieces(self, texts: Iterable[str]) -> Iterator[str]:
        """Pieces of these texts of which every message has one that shows what is to be masked."""
        for text in texts:
            if self.words:
                spans = places(text, [wanted(each) for each in self.words])
                yield from (_begun(text[at:end]) for at, end in spans)
            else:
                yield from sorted(_BEGINNING.findall(text[:_FIRST]), key=len)[-1:]


def _begun(words: str) -> str:
    """How they begin; a letter in a circle is none to a regular expression."""
    found = _BEGINNING.match(words)
    return found[0] if found else words[0]
