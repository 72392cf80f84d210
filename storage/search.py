"""Full-text search over redacted tickets, and the upkeep of its index.

The one module that knows how the engine searches text (SQLite: FTS5 with external content). The
index is written in the transaction that writes the tickets. It holds `apart(text)`: FTS5 forgets
only what it is shown again, so whoever changes that function has to fill the index anew in a
migration, and nothing may call FTS5's own 'rebuild'.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, column, false, select, table
from sqlmodel import Session, col

from storage.models import Ticket

_FTS = table("ticket_fts", column("rowid"), column("ticket_fts"))

# Scripts without spaces, of which the tokenizer would take a whole sentence for one word.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SIGN = re.compile(f"([{_UNSPACED}])")
_OTHER_WIDTH = re.compile("[\uff01-\uff9f]+")
# Vowel signs are no \\w, but part of a word all the same.
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0f71-\u0f84"
)
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:[^\W{_UNSPACED}]|[{_MARKS}])+")
_KOREAN = re.compile("[\uac00-\ud7a3]+")


def apart(text: str) -> str:
    """The text as it is indexed: signs of scripts without spaces apart, letters of one width."""
    if text.isascii():
        return text
    narrow = _OTHER_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    return _SIGN.sub(r" \1 ", narrow)


def index(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Add (ticket row, subject, body) to the index."""
    if rows:
        session.connection().exec_driver_sql(
            "INSERT INTO ticket_fts(rowid, subject, body) VALUES (?, ?, ?)",
            [(row, apart(subject), apart(body)) for row, subject, body in rows],
        )


def unindex(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Remove rows; FTS5 needs the words that were indexed to forget them."""
    if rows:
        session.connection().exec_driver_sql(
            "INSERT INTO ticket_fts(ticket_fts, rowid, subject, body) VALUES ('delete', ?, ?, ?)",
            [(row, apart(subject), apart(body)) for row, subject, body in rows],
        )


def expression(words: str) -> str | None:
    """All words of `words`, in any order, as a search expression; None where there is no word.

    A part in double quotes is a phrase, and so is a run of signs of a script without spaces. Every
    word is quoted, so nothing that a person types is taken for the engine's syntax.
    """
    parts = []
    narrow = _OTHER_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), words)
    for position, part in enumerate(narrow.split('"')):
        found = [apart(word).strip() for word in _WORD.findall(part)]
        if found and position % 2:
            parts.append('"' + " ".join(found) + '"')
        else:
            parts += [_term(word) for word in found]
    return " AND ".join(parts) or None


def _term(word: str) -> str:
    # Korean puts its particles behind the word, without a space.
    return f'"{word}"*' if _KOREAN.fullmatch(word) else f'"{word}"'


def matching(words: str) -> ColumnElement[bool]:
    """A condition on `Ticket` rows: those whose redacted text has all the words."""
    found = expression(words)
    if found is None:
        return false()
    hits = select(_FTS.c.rowid).where(_FTS.c.ticket_fts.op("MATCH")(found))
    return col(Ticket.id).in_(hits)


def hits(words: str, rows: tuple[int, int], most: int | None = None) -> Select[tuple[int]]:
    """Rows of the tickets that have all the words and lie within `rows`, as `ticket_id`.

    At most `most`, those that were stored last, which come first.
    """
    found = expression(words)
    row = _FTS.c.rowid
    statement = select(row.label("ticket_id")).where(row.between(*rows))
    if found is None:
        return statement.where(false())
    statement = statement.where(_FTS.c.ticket_fts.op("MATCH")(found))
    return statement if most is None else statement.order_by(row.desc()).limit(most)
