"""What was posted, or is about to be, of words that leaked: masked in the outbox and in Slack.

A post is found by what it says, not by what it was made for: an answer that somebody shared names
no ticket. In a string that is the ticket's own, whatever leaked is masked; elsewhere only words
that tell one person from others, so that marking "the" takes it out of one ticket and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks.rewritten import rewritten
from bot.blocks.text import ELLIPSIS, clean, one_line
from bot.voice.leak import Words, is_identifying, masked, places, wanted
from bot.voice.tokens import REPORTED
from storage import outbox_texts
from storage.values import NewTicket

KEEP_EDITING: Final = timedelta(days=30)
"""So long an edit is tried where a channel cannot be reached."""
_BEGINNING: Final = 25
"""Characters by which a string is known to be a ticket's, where it is not shown as a quote."""
_WORD: Final = re.compile(r"\w{1,4}")


def plain(text: str) -> str:
    """A text as pieces of it stand in messages: clean, and on one line."""
    return one_line(clean(text))


@dataclass(frozen=True, slots=True)
class Leaked:
    """What leaked (`words`), or whole texts where there are none, and the `texts` it stood in."""

    words: tuple[Words, ...]
    texts: tuple[str, ...]
    token: str

    def mask(self, text: str, in_quote: bool = False) -> str:
        """A string of a message, of an insight or of an alarm as it may be shown."""
        bare = plain(text).removesuffix(ELLIPSIS).rstrip()
        is_theirs = bool(bare) and any(bare in said for said in self.texts)
        if not self.words:
            is_long = in_quote or len(bare) >= _BEGINNING or bare in self.texts
            return REPORTED if is_theirs and is_long else text
        leaks = [wanted(words) for words in self.words if is_theirs or is_identifying(words)]
        return masked(text, leaks, self.token)[0] if leaks else text

    def pieces(self) -> Iterable[str]:
        """Pieces of text of which any message that holds it has one."""
        for text in self.texts:
            if self.words:
                leaks = [wanted(words) for words in self.words]
                yield from (_WORD.findall(text[at:end])[0] for at, end in places(text, leaks))
            else:
                yield from sorted(_WORD.findall(text[:_BEGINNING]), key=len)[-1:]


def of_ticket(ticket: NewTicket) -> tuple[str, ...]:
    """The texts of a ticket that pieces are shown of."""
    said = (ticket.subject, ticket.body, *(quote.text for quote in ticket.quotes), *ticket.tags)
    return tuple(dict.fromkeys(text for text in map(plain, said) if text))


def mask(session: Session, leaked: Leaked, now: datetime) -> int:
    """Take it out of all messages; returns how many posts are edited."""
    changed = []
    for row in outbox_texts.holding(session, leaked.pieces()):
        payload = rewritten(row.payload, leaked.mask)
        if payload != row.payload:
            outbox_texts.rewrite(session, row.id, payload)
            changed.append(outbox_texts.with_payload(row, payload))
    return outbox_texts.show_again(session, changed, now, now + KEEP_EDITING)
