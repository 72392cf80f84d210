"""Full-text search over redacted tickets, and the upkeep of its index.

What is searched for is decided here, how an engine searches in `storage.fulltext`. The index is
written in the transaction that writes the tickets. It holds `apart(text)`: FTS5 forgets only what
it is shown again, so whoever changes that function has to fill the index anew in a migration, and
nothing may call FTS5's own 'rebuild'.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, false, select
from sqlmodel import Session, col

from storage import fulltext, rollups
from storage.fulltext import TEXT_INDEX, Term, fts5_query, has_words, tsquery
from storage.models import Ticket

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


def index(session: Session, rows: Iterable[tuple[int, str, str]]) -> None:
    """Add (ticket row, subject, body) to the index."""
    fulltext.index_texts(
        session, [(row, apart(subject), apart(body)) for row, subject, body in rows]
    )


def unindex(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Remove rows, which are to be given as they were indexed."""
    fulltext.forget_texts(
        session, [(row, apart(subject), apart(body)) for row, subject, body in rows]
    )


def terms(words: str) -> list[Term]:
    """What `words` ask for: each of them, in any order.

    A part in double quotes is a phrase, and so is a run of signs of a script without spaces.
    """
    found: dict[Term, None] = {}
    narrow = _OTHER_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), words)
    for position, part in enumerate(narrow.split('"')):
        said = [apart(word).strip() for word in _WORD.findall(part)]
        if said and position % 2:
            found[Term(" ".join(said))] = None
        else:
            # Korean puts its particles behind the word, without a space.
            found |= dict.fromkeys(Term(word, bool(_KOREAN.fullmatch(word))) for word in said)
    return list(found)


def matching(words: str) -> ColumnElement[bool]:
    """A condition on `Ticket` rows: those whose redacted text has all the words."""
    asked = terms(words)
    if not asked:
        return false()
    hits = select(TEXT_INDEX.c.rowid).where(has_words(asked))
    return col(Ticket.id).in_(hits)


def hits(words: str, rows: tuple[int, int]) -> Select[tuple[int]]:
    """Rows of the tickets that have all the words and lie within `rows`, as `ticket_id`."""
    asked = terms(words)
    row = TEXT_INDEX.c.rowid
    found = has_words(asked) if asked else false()
    return select(row.label("ticket_id")).where(row.between(*rows), found)


def asked_hits(*, newest: bool) -> Select[tuple[int]]:
    """The same for values that `within` gives; `newest` of them, at most `hits`, stored last."""
    row = TEXT_INDEX.c.rowid
    lowest, highest, most = (
        bindparam(name, type_=BigInteger) for name in ("lowest_row", "highest_row", "hits")
    )
    statement = select(row.label("ticket_id")).where(row.between(lowest, highest), has_words())
    return statement.order_by(row.desc()).limit(most) if newest else statement


def within(
    session: Session, words: str, since: datetime, until: datetime, most: int = 0
) -> dict[str, Any] | None:
    """Values for `asked_hits`; None where no ticket of `[since, until)` can have the words."""
    asked = terms(words)
    rows = rollups.rows_written(session, since, until) if asked else None
    if rows is None:
        return None
    lowest, highest = rows
    return {
        "fts5": fts5_query(asked),
        "tsquery": tsquery(asked),
        "lowest_row": lowest,
        "highest_row": highest,
        "hits": most,
    }
