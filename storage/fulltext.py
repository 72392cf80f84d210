"""How SQLite and PostgreSQL search text, so that both find the same.

`ticket_fts` has a row for each ticket. On SQLite it is an FTS5 table with external content
(`porter unicode61`); on PostgreSQL a table of `rowid` and `words`, a tsvector, whose
configuration `earshot` stems by the same algorithm and knows no stop words. What is a word is
decided here and not by the server's parser and locale, so that both engines find the same: the
server sees ASCII letters and digits only, as locales differ in what else is a letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session

from storage.engines import is_postgresql

TEXT_INDEX: Final = sa.table(
    "ticket_fts", sa.column("rowid", sa.Integer), sa.column("ticket_fts"), sa.column("words")
)

_GAP: Final = "xxgapxx"
"""Stands between subject and body while the places of words are counted: no phrase spans both."""
_LONGEST_WORD: Final = 100
_PUT_WORDS: Final = sa.text(
    "INSERT INTO ticket_fts (rowid, words) "
    f"SELECT id, ts_delete(to_tsvector('earshot', said), '{_GAP}') "
    "FROM unnest(CAST(:ids AS integer[]), CAST(:texts AS text[])) AS fresh(id, said)"
)
_FOR_MANY: Final = {"hashsize": 32 << 20, "automerge": 8}
_MARKED = re.compile("([A-Za-z])[\u0300-\u036f]+")
_LOOSE_MARKS = re.compile("[\u0300-\u036f]+")
_NO_WORD = re.compile(r"[\W_]+")
_ASCII_GAPS: Final = {code: " " for code in range(128) if not chr(code).isalnum()}
_NIBBLES: Final = "bcdfghjkmpqrtvwx"
_ENDLESS = re.compile(rf"(\w{{{_LONGEST_WORD}}})\w+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together in a text; with `begins` the last may be the beginning of one."""

    words: str
    begins: bool = False


def index_texts(session: Session, texts: Sequence[tuple[int, str, str]]) -> None:
    """Add (ticket row, subject, body) to the full-text index."""
    if not texts:
        return
    if is_postgresql(session):
        said = [f"{plain(subject)} {_GAP} {plain(body)}" for _, subject, body in texts]
        session.execute(_PUT_WORDS, {"ids": [row for row, _, _ in texts], "texts": said})
        return
    session.connection().exec_driver_sql(
        "INSERT INTO ticket_fts(rowid, subject, body) VALUES (?, ?, ?)", list(texts)
    )


def expect_many(session: Session) -> None:
    """Have FTS5 gather what many texts say before it writes, and merge what it wrote less often.

    The index remembers this, which does no harm to those who write little: the first is an upper
    bound of memory, and with the second it is in a few parts more.
    """
    if is_postgresql(session):
        return
    connection = session.connection()
    known = connection.exec_driver_sql("SELECT k, v FROM ticket_fts_config").all()
    wanted = _FOR_MANY.items() - {tuple(option) for option in known}
    for option in wanted:
        connection.exec_driver_sql("INSERT INTO ticket_fts(ticket_fts, rank) VALUES (?, ?)", option)


def forget_texts(session: Session, texts: Sequence[tuple[int, str, str]]) -> None:
    """Remove rows from the index; FTS5 needs the words that were indexed to forget them."""
    if not texts:
        return
    if is_postgresql(session):
        rows = [row for row, _, _ in texts]
        session.execute(sa.delete(TEXT_INDEX).where(TEXT_INDEX.c.rowid.in_(rows)))
        return
    session.connection().exec_driver_sql(
        "INSERT INTO ticket_fts(ticket_fts, rowid, subject, body) VALUES ('delete', ?, ?, ?)",
        list(texts),
    )


def plain(text: str) -> str:
    """Words as FTS5's `unicode61` sees them: lower case, no accents, a space between them.

    Letters beyond ASCII are spelt in consonants.
    """
    words = text.lower()
    if words.isascii():
        # By far the most, and ten times as quick as by regular expressions.
        return " ".join(word[:_LONGEST_WORD] for word in words.translate(_ASCII_GAPS).split())
    letters = _MARKED.sub(r"\1", unicodedata.normalize("NFD", words))
    words = _LOOSE_MARKS.sub("", unicodedata.normalize("NFC", letters))
    words = _ENDLESS.sub(r"\1", _NO_WORD.sub(" ", words)).strip()
    return words if words.isascii() else words.translate(_SPELT)


class _Spelling(dict[int, str]):
    """A letter's bytes in UTF-8, in consonants that no ending of Porter's is made of.

    So a stem ends where it would, and a beginning stays a beginning.
    """

    def __missing__(self, letter: int) -> str:
        encoded = chr(letter).encode() if letter > 127 else b""
        found = "".join(_NIBBLES[byte >> 4] + _NIBBLES[byte & 15] for byte in encoded)
        self[letter] = found or chr(letter)
        return self[letter]


_SPELT: Final = _Spelling()


def fts5_query(terms: Sequence[Term]) -> str:
    """All terms, in FTS5's words. Everything is quoted, so nothing is taken for syntax."""
    return " AND ".join(f'"{term.words}"' + "*" * term.begins for term in terms)


def tsquery(terms: Sequence[Term]) -> str:
    """All terms, in PostgreSQL's words; what is no word is gone, so nothing is syntax."""
    said = ((plain(term.words), term.begins) for term in terms)
    return " & ".join(f"'{words}'" + ":*" * begins for words, begins in said if words)


class has_words(FunctionElement[Any]):
    """Whether a row of `TEXT_INDEX` has all terms."""

    inherit_cache = True
    # As a Boolean it would be compared with 1 on SQLite, which FTS5 does not take.
    type = sa.types.NullType()
    name = "has_words"

    def __init__(self, terms: Sequence[Term] | None = None) -> None:
        """Without terms they are values to be given: `fts5` and `tsquery`."""
        bound: tuple[sa.BindParameter[str], sa.BindParameter[str]]
        if terms is None:
            bound = (
                sa.bindparam("fts5", type_=sa.String()),
                sa.bindparam("tsquery", type_=sa.String()),
            )
        else:
            bound = (
                sa.bindparam(None, fts5_query(terms), sa.String(), unique=True),
                sa.bindparam(None, tsquery(terms), sa.String(), unique=True),
            )
        super().__init__(TEXT_INDEX.c.ticket_fts, TEXT_INDEX.c.words, *bound)


@compiles(has_words, "sqlite")
def _match(element: has_words, compiler: SQLCompiler, **options: Any) -> str:
    index, _, query, _ = element.clauses
    return f"{compiler.process(index, **options)} MATCH {compiler.process(query, **options)}"


@compiles(has_words, "postgresql")
def _at_at(element: has_words, compiler: SQLCompiler, **options: Any) -> str:
    _, words, _, query = element.clauses
    asked = f"to_tsquery('earshot', {compiler.process(query, **options)})"
    return f"{compiler.process(words, **options)} @@ {asked}"
