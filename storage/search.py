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

from sqlalchemy import ColumnElement, Select, false, select
from sqlmodel import Session, col

from storage import fulltext
from storage.fulltext import TEXT_INDEX, Term, has_words
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


def hits(words: str, rows: tuple[int, int], most: int | None = None) -> Select[tuple[int]]:
    """Rows of the tickets that have all the words and lie within `rows`, as `ticket_id`.

    At most `most`, those that were stored last, which come first.
    """
    asked = terms(words)
    row = TEXT_INDEX.c.rowid
    statement = select(row.label("ticket_id")).where(row.between(*rows))
    if not asked:
        return statement.where(false())
    statement = statement.where(has_words(asked))
    return statement if most is None else statement.order_by(row.desc()).limit(most)
