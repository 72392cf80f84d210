"""One record of a file as a draft, or as a bad row with a reason that shows nothing of it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from bot.reports import BadRow, Requester, TicketDraft, TicketGone
from bot.sources.cells import Cells
from bot.sources.dates import Order, fault_of, read_date
from bot.sources.names import Field
from bot.sources.prepare import jira_replies
from bot.sources.values import is_deleted, language_of, listed, person_of, tags_of, text_of

# Far above what is kept of a body, so that the notice of the cut tells the right length.
MOST_BODY: Final = 1_000_000
_MOST_ID: Final = 200
_MOST_LINE: Final = 1_000
_LONGEST_REASON: Final = 80


_DELETED: Final = frozenset({"deleted", "trash", "trashed"})
_SCRUBBED: Final = ("SCRUBBED", "X")
"""What Zendesk leaves of a ticket that was deleted for good."""
_PERSON: Final = (
    Field.REQUESTER_ID,
    Field.REQUESTER_NAME,
    Field.REQUESTER_EMAIL,
    Field.REQUESTER_PHONE,
)


class _Fault(Exception):
    """Why a row is bad."""


class Drafter:
    """Reads records by decisions that were made before, for the whole file."""

    def __init__(
        self,
        name: str,
        cells: Cells,
        *,
        source: str,
        order: Order,
        tag_separator: str | None,
        now: datetime,
    ) -> None:
        self._name, self._cells, self._now = name, cells, now
        self._source, self._order, self._separator = source, order, tag_separator
        self._is_csv = any(
            isinstance(at, int) for column in cells.mapping.get(Field.BODY, ()) for at in column.at
        )
        named = cells.mapping.keys()
        self._names_persons = bool({Field.REQUESTER_ID, Field.REQUESTER_EMAIL} & named)

    def draft(self, line: int, record: Any) -> TicketDraft | TicketGone | BadRow:
        try:
            return self._gone(record) if self._is_gone(record) else self._draft(record)
        except _Fault as fault:
            return BadRow(self._name, line, str(fault)[:_LONGEST_REASON])

    def _is_gone(self, record: Any) -> bool:
        """Whether the source says that it has deleted it: by a mark, a status, or words for it."""
        if is_deleted(self._cells.one(Field.DELETED, record), self._order):
            return True
        if self._cells.line(Field.STATUS, record, _MOST_ID).casefold() in _DELETED:
            return True
        subject = self._cells.line(Field.SUBJECT, record, _MOST_LINE)
        return (subject, text_of(self._cells.raw(Field.BODY, record)).strip()) == _SCRUBBED

    def _gone(self, record: Any) -> TicketGone:
        if Field.EXTERNAL_ID not in self._cells.mapping:
            raise _Fault("deleted, but no column says which ticket")
        updated = read_date(self._cells.one(Field.UPDATED_AT, record), self._order)
        at = None if fault_of(updated, self._now) else updated
        return TicketGone(self._source, self._number(record), at)

    def _draft(self, record: Any) -> TicketDraft:
        cells = self._cells
        self._check_width(record)
        subject = cells.line(Field.SUBJECT, record, _MOST_LINE)
        body = self._body(record)
        if not subject and not body.strip():
            raise _Fault("no text: subject and body are empty")
        created = self._created(record)
        updated = read_date(cells.one(Field.UPDATED_AT, record), self._order)
        tags = (cells.raw(Field.TAGS, record), self._separator)
        return TicketDraft(
            source=self._source,
            external_id=self._id(record, created, subject, body),
            created_at=created,
            subject=subject,
            body=body,
            updated_at=None if fault_of(updated, self._now) else updated,
            url=cells.link(record),
            tags=tags_of((tags, (cells.raw(Field.TOPIC, record), None))),
            requester=self._requester(record),
            account=cells.line(Field.ACCOUNT, record, _MOST_LINE) or None,
            segment=cells.line(Field.SEGMENT, record, _MOST_ID) or None,
            language=language_of(cells.one(Field.LANGUAGE, record)),
        )

    def _check_width(self, record: Any) -> None:
        if not self._is_csv:
            return
        places = [at for column in self._cells.mapping[Field.BODY] for at in column.at]
        if len(record) <= min(int(at) for at in places):
            column = self._cells.called(Field.BODY)
            raise _Fault(f"row is too short: {len(record)} cells, none for {column}")

    def _body(self, record: Any) -> str:
        body = text_of(self._cells.raw(Field.BODY, record))
        if comments := self._cells.raw(Field.REPLIES, record):
            people = {
                self._cells.line(field, record, _MOST_LINE)
                for field in (Field.REQUESTER_ID, Field.REQUESTER_NAME)
            }
            own = jira_replies(map(text_of, listed(comments)), people - {""})
            body = "\n\n".join(filter(None, [body, *own]))
        return body[:MOST_BODY]

    def _created(self, record: Any) -> datetime:
        value = self._cells.one(Field.CREATED_AT, record)
        column = self._cells.called(Field.CREATED_AT)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise _Fault(f"{column} is empty")
        moment = read_date(value, self._order)
        fault = fault_of(moment, self._now)
        if moment is None or fault:
            raise _Fault(f"{column} {fault}")
        return moment

    def _id(self, record: Any, created: datetime, subject: str, body: str) -> str:
        if Field.EXTERNAL_ID not in self._cells.mapping:
            told = "\n".join((created.isoformat(), subject, body))
            return hashlib.sha256(told.encode("utf-8")).hexdigest()[:16]
        return self._number(record)

    def _number(self, record: Any) -> str:
        found = self._cells.line(Field.EXTERNAL_ID, record, _MOST_ID + 1)
        if not found:
            raise _Fault(f"{self._cells.called(Field.EXTERNAL_ID)} is empty")
        if len(found) > _MOST_ID:
            column = self._cells.called(Field.EXTERNAL_ID)
            raise _Fault(f"{column} is longer than {_MOST_ID} characters")
        return found

    def _requester(self, record: Any) -> Requester:
        person, name, email, phone = (
            self._cells.line(field, record, _MOST_LINE) for field in _PERSON
        )
        # A file that tells persons by nothing but a name still tells them apart.
        if not self._names_persons:
            person = name
        name, email = person_of(name, email)
        return Requester(person or None, name or None, email or None, phone or None)
