"""Messages that show a ticket, edited: its words go, or are masked, wherever they stand in Slack.

The one way for whoever removes a ticket (`forget`), or masks it (a leak that was reported): read
what tickets say with `shown` before they are changed, then `take_out` or `mask` in the same
transaction. What is kept of messages is overwritten at once; Slack is told by the outbox, which
goes on trying for 30 days.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from bot.blocks import removal as screens
from bot.reports import EditedPosts, Kind, ShownTicket, Status
from bot.service import posting
from bot.voice.own_words import OwnWords
from storage import erasing, outbox, removals
from storage import features as feature_rows
from storage import posts as post_rows
from storage import tickets as ticket_rows
from storage.removals import Kept

FORGOTTEN: Final = "Removed at the customer's request"
GONE_AT_SOURCE: Final = "Removed: its source has deleted it"
REDACTED_AT_SOURCE: Final = "Removed: its source has redacted it"
_FINE: Final = frozenset({posting.INSIGHT, posting.NEWS, posting.ALARM})
"""What is about more than a ticket even where it quotes one."""
_MAY_STAND: Final = frozenset({outbox.SENDING, outbox.UNKNOWN, outbox.HELD, outbox.SENT})

Place = tuple[str, str, str]


def shown(session: Session, rows: Sequence[int]) -> list[ShownTicket]:
    """Tickets as places that show them may have them; rows that are gone are left out."""
    return [
        ShownTicket(
            key=value.id,
            source=value.source,
            ticket_id=value.external_id,
            url=value.url,
            texts=(value.subject, value.body, *(quote.text for quote in value.quotes)),
        )
        for value in ticket_rows.get(session, rows)
    ]


def own_words(session: Session, tickets: Sequence[ShownTicket]) -> OwnWords:
    """What tells texts of these tickets from others; names of ours are nobody's words."""
    names = [*Kind, *Status]
    for feature in feature_rows.every(session):
        names += [feature.name, *feature.aliases]
    return OwnWords([text for ticket in tickets for text in ticket.texts], names)


def take_out(
    session: Session,
    tickets: Sequence[ShownTicket],
    now: datetime,
    *,
    note: str,
    subject: int = 0,
    cards_only: bool = False,
    found: Found | None = None,
) -> EditedPosts:
    """Edit all messages that show these tickets, so that `note` stands in their place.

    `subject` is what the edits are found by later, see `removals.of`. With `cards_only` messages
    that tell of a day stay as they are in Slack, though nothing of the tickets is kept of them.
    Where it was `found` before which messages show them, no others are looked at but new ones.
    """
    instead = _Instead(note, None, cards_only=cards_only)
    return _Editing(session, tickets, instead, subject, now).run(found)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of messages, and of all edits of them; those behind `upto` were not looked at."""

    rows: frozenset[int]
    upto: int


def find(session: Session, tickets: Sequence[ShownTicket], now: datetime) -> Found:
    """Which messages show these tickets: a look at all that are kept, which may take a second.

    For those who would not make others wait for it: it needs no writing transaction.
    """
    return _Editing(session, tickets, _Instead("", None), 0, now).look()


def mask(
    session: Session,
    tickets: Sequence[ShownTicket],
    masked: Callable[[str], str],
    now: datetime,
    *,
    saying: Collection[str] = (),
) -> EditedPosts:
    """Edit all messages that show words of these tickets: each such text becomes `masked(text)`.

    A text may be cut anywhere, with an ellipsis at its end. `saying` are pieces of text without
    which no message can show what is masked: then not all of them are gone through.
    """
    return _Editing(session, tickets, _Instead("", masked), 0, now).run(saying=saying)


@dataclass(frozen=True, slots=True)
class _Instead:
    """What stands in the place of a ticket: a note, or where there is `masked`, its words so."""

    note: str
    masked: Callable[[str], str] | None
    cards_only: bool = False


@dataclass(slots=True)
class _Message:
    """A message with its edits: rows and states in their order, and those that were changed."""

    first: Kept
    rows: list[tuple[int, str]] = field(default_factory=list)
    fresh: dict[int, dict[str, Any]] = field(default_factory=dict)


class _Editing:
    """One pass over all messages."""

    def __init__(
        self,
        session: Session,
        tickets: Sequence[ShownTicket],
        instead: _Instead,
        subject: int,
        now: datetime,
    ) -> None:
        self._session = session
        self._keys = set() if instead.masked else {ticket.key for ticket in tickets}
        self._note = instead.note
        self._cards_only = instead.cards_only
        self._subject = subject
        self._now = now
        words = own_words(session, tickets)
        put = (instead.note, instead.masked)
        self._cutter = screens.Cutter(tickets, words.hold, *put)
        keys = [ticket.key for ticket in tickets]
        insights = erasing.insights_of(session, keys)
        self._own = {(posting.TICKET, key) for key in keys}
        self._own |= {(shows, id) for shows in (posting.INSIGHT, posting.NEWS) for id in insights}
        self._own_cutter = screens.Cutter(tickets, words.hold_short, *put)
        self._messages: dict[Place, _Message] = {}
        self._places: dict[int, Place] = {}

    def look(self) -> Found:
        """Only find."""
        upto = 0
        for kept in removals.every(self._session):
            self._look_at(kept)
            upto = kept.id
        shown = {place for place, message in self._messages.items() if message.fresh}
        rows = [row for row, place in self._places.items() if place in shown]
        return Found(frozenset(rows), upto)

    def run(self, found: Found | None = None, saying: Collection[str] = ()) -> EditedPosts:
        """Overwrite, and plan edits."""
        every = removals.every(self._session, saying=saying)
        some = every if found is None else self._some(found)
        for kept in some:
            self._look_at(kept)
        done = EditedPosts()
        for message in [each for each in self._messages.values() if each.fresh]:
            done += self._change(message)
        for key in sorted(self._keys):
            done += self._orphans(key)
        return done

    def _some(self, found: Found) -> Iterator[Kept]:
        yield from removals.of_rows(self._session, sorted(found.rows))
        yield from removals.every(self._session, after=found.upto)

    def _look_at(self, kept: Kept) -> None:
        place = self._place(kept)
        self._places[kept.id] = place
        payload = kept.payload
        message = self._messages.setdefault(place, _Message(replace(kept, payload={})))
        if kept.state != outbox.FAILED:
            message.rows.append((kept.id, kept.state))
        if kept.shows == posting.TICKET and kept.subject_id in self._keys:
            fresh = screens.only(self._note, payload)
        else:
            is_own = (kept.shows, kept.subject_id) in self._own
            cutter = self._own_cutter if is_own else self._cutter
            fresh = cutter.cut(payload, finely=kept.shows in _FINE)
        if fresh != payload:
            message.fresh[kept.id] = fresh

    def _place(self, kept: Kept) -> Place:
        """Where a message stands; before that is known, its row."""
        if kept.action == "update" and kept.thread_of in self._places:
            return self._places[kept.thread_of]
        ts = kept.target_ts if kept.action == "update" else kept.ts
        return kept.team, kept.channel, ts or f"row {kept.id}"

    def _change(self, message: _Message) -> EditedPosts:
        for row, payload in message.fresh.items():
            removals.rewrite(self._session, row, payload)
        kept, first = len(message.fresh), message.first
        last_sent = max((row for row, state in message.rows if state == outbox.SENT), default=0)
        visible = [row for row, state in message.rows if state in _MAY_STAND and row >= last_sent]
        if not any(row in message.fresh for row in visible):
            is_own = first.shows == posting.TICKET and first.subject_id in self._keys
            if is_own and removals.withdraw(self._session, first.id):
                return EditedPosts(withdrawn=1, kept=kept)
            if self._cards_only or not removals.doubt(self._session, first.id, self._now):
                return EditedPosts(kept=kept)
        if self._cards_only and first.shows != posting.INSIGHT:
            return EditedPosts(kept=kept)
        if first.ts and post_rows.is_gone(self._session, first.team, first.channel, first.ts):
            return EditedPosts(kept=kept)
        newest = message.rows[-1][0]
        payload = message.fresh.get(newest) or removals.payload(self._session, newest)
        self._plan(first, payload)
        return EditedPosts(edits=1, kept=kept)

    def _orphans(self, key: int) -> EditedPosts:
        """Posts of a ticket of which no message is kept any more."""
        found = EditedPosts()
        if self._cards_only:
            return found
        for post in post_rows.showing(self._session, posting.TICKET, key):
            if (post.team, post.channel, post.ts) not in self._messages:
                self._plan(removals.posted(post), screens.only(self._note, {}))
                found += EditedPosts(edits=1)
        return found

    def _plan(self, first: Kept, payload: dict[str, Any]) -> None:
        until = self._now + posting.KEEP_TRYING[posting.REMOVAL]
        known_by = (posting.REMOVAL, self._subject)
        removals.plan(self._session, first, payload, known_by, now=self._now, until=until)
