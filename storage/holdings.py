"""Everything that holds customers' words or keys, and how each of it goes when a ticket does.

The one list: whoever adds a column that holds text, a ticket or a customer adds it here, to `HELD`
with what removes it, or to `OURS` (a test fails until then).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, Integer, LargeBinary, String, cast
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

_ROW = "goes with the ticket's row"
_BY_WORDS = "emptied where it has a stretch of the ticket's words (`erasing`)"
_COUNTED = "counted anew in the same transaction (`rollups.kept`)"
_TAGGED = "made of a tag, it goes with the last ticket that is about it (`tag_features`)"

HELD: Final[dict[str, str]] = {
    "ticket.id": _ROW,
    "ticket.source": _ROW,
    "ticket.external_id": _ROW,
    "ticket.subject": _ROW,
    "ticket.body": _ROW,
    "ticket.url": _ROW,
    "ticket.tags": _ROW,
    "ticket.language": _ROW,
    "ticket.segment": _ROW,
    "ticket.customer": _ROW,
    "ticket.account": _ROW,
    "ticket.content_hash": _ROW,
    "ticket_fts": "the index forgets the row, and its parts are merged (`disk.tidy`)",
    "ticket_quote.ticket_id": _ROW,
    "ticket_quote.text": _ROW,
    "ticket_vector.ticket_id": _ROW,
    "ticket_vector.vector": _ROW,
    "ticket_fact.ticket_id": _ROW,
    "ticket_fact.customer": _ROW,
    "ticket_fact.segment": _ROW,
    "ticket_feature.ticket_id": _ROW,
    "ticket_feature.customer": _ROW,
    "ticket_feature.segment": _ROW,
    "ticket_block.facts": _COUNTED,
    "feature.id": _TAGGED,
    "feature.name": _TAGGED,
    "feature.tags": _TAGGED,
    "feature_day.feature_id": _TAGGED,
    "feature_day.customers": _COUNTED,
    "ticket_day.lowest_row": "bounds of rows, which are not used again",
    "ticket_day.highest_row": "bounds of rows, which are not used again",
    "correction.ticket_id": _ROW,
    "digest.left_tickets": "loses the row (`erasing.from_digests`)",
    "digest.newest_ticket": "a bound of rows, which are not used again",
    "digest_item.ticket_id": _ROW,
    "digest_item.similar_rows": "loses the row (`erasing.from_digests`)",
    "digest_item.why": _BY_WORDS,
    "digest_less.ticket_id": _ROW,
    "digest_less.value": _ROW,
    "insight.ticket_id": "becomes null (`erasing.remove`)",
    "insight.title": "becomes a sentence of ours where it has the ticket's words",
    "insight.note": _BY_WORDS,
    "insight.shipped_what": _BY_WORDS,
    "insight.declined_why": _BY_WORDS,
    "insight.first_row": "a bound of rows, which are not used again",
    "insight.looked_row": "a bound of rows, which are not used again",
    "insight_ticket.ticket_id": _ROW,
    "insight_change.before": _BY_WORDS + ", or is the ticket's number",
    "insight_change.after": _BY_WORDS + ", or is the ticket's number",
    "insight_change.said": _BY_WORDS,
    "alarm.rows": "loses the row (`erasing.from_alarms`)",
    "alarm.terms": "loses what no other ticket of the alarm says",
    "alarm.theme": "emptied where no other ticket of the alarm says it",
    "outbox.payload": "loses the ticket, and so does the message in Slack (`post_edits`)",
    "outbox.payload_hash": "made anew with the payload",
    "outbox.subject_id": "becomes 0 (`erasing.unlink_posts`)",
    "post.subject_id": "becomes 0 (`erasing.unlink_posts`)",
    "leak.ticket_id": _ROW,
    "leak.digest": _ROW,
    "leak.offered": "rows, which are not used again: one that is gone is passed over",
    "forgotten.mark": "is what remains: a keyed hash, so that no import brings the ticket back",
    "erasure.mark": "is what remains: a keyed hash of what was asked for",
}

OURS: Final[dict[str, str]] = {
    "act": "team channel user kind",
    "alarm": "features silence silenced_by",
    "alarm_channel": "team channel",
    "audit_entry": "team by deed about",
    "channel_setting": "team channel features at days timezone set_up_by cadence muted_by",
    "correction": "what value verdict team user",
    "digest": "team channel local_date state reason",
    "digest_item": "parts",
    "digest_less": "team channel what user",
    "digest_question": "team channel answer answered_by cadence",
    "erasure": "counts proof",
    "feature": "aliases origin description edits",
    "feature_channel": "feature_id team channel origin",
    "forgotten": "what",
    "inbox": "team event_id type body outcome",
    "insight": "team feature_id kind status message_channel message_ts message_link card_channel "
    "tagged_by owner issue_url",
    "insight_change": "by what",
    "insight_message": "team channel ts link by",
    "insight_ticket": "how by detached_by",
    "meta": "key value",
    "note": "text feature_id",
    "outbox": "team channel dedupe_key action target_ts shows state ts error",
    "post": "team channel ts shows",
    "reaction": "team channel ts user emoji event_ts",
    "request_seen": "team key",
    "ticket_feature": "feature_id",
    "ticket_quote": "kind",
}
"""Columns with names, ids and words of the company's own people, of Slack and of the catalogue."""

_TELLING: Final = ("ticket", "customer", "row", "rows", "subject_id")


def asked_about() -> Iterator[str]:
    """Every column, as `table.column`, that may hold a text, a ticket or a customer."""
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            if _may_hold(column):
                yield f"{table.name}.{column.name}"


def _may_hold(column: Column[Any]) -> bool:
    if _is_text(column) or isinstance(column.type, LargeBinary):
        return True
    refers = any(key.target_fullname == "ticket.id" for key in column.foreign_keys)
    named = column.name.rpartition("_")[2] in _TELLING or column.name in _TELLING
    is_number = isinstance(column.type, Integer | BigInteger)
    return refers or (is_number and named) or str(column) == "ticket.id"


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON | String | AutoString)


def texts() -> Iterator[tuple[str, ColumnElement[str]]]:
    """Every column with text in it: its name as `table.column`, and its value as text."""
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            if _is_text(column):
                yield f"{table.name}.{column.name}", cast(column, String)
