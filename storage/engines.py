"""What SQLite and PostgreSQL do differently, with a name each.

The query modules are written once; where the engines part, they call a function of this module.
SQLite has one writer at a time, who holds the file from the first word of `Store.write` on.
PostgreSQL has many: `lock` makes them wait for each other by name, and only where two of them
would step on each other's figures.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, SQLModel

Insert: TypeAlias = sqlite.Insert | postgresql.Insert
Row: TypeAlias = Mapping[str, Any]

POSTGRESQL: Final = "postgresql"
COPY_FROM: Final = 50
"""From this many rows on COPY is quicker than an INSERT, whose statement has to be read."""

# Names for `lock`: what has one writer at a time.
TICKETS: Final = "tickets"
"""Tickets and all that is counted of them: their rows rise in the order of their commits."""
CATALOGUE: Final = "catalogue"
KEYS: Final = "keys"
MIGRATIONS: Final = "migrations"


def is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == POSTGRESQL


def lock(session: Session, name: str) -> None:
    """Wait until nobody else holds this name; it is held until the end of the transaction.

    To be taken before the first look at what it guards. A transaction on SQLite, which has no
    such thing, has been the only one that writes since it began.
    """
    if is_postgresql(session):
        take(session.connection(), name)


def take(connection: sa.Connection, name: str) -> None:
    """The same for a bare connection to PostgreSQL."""
    key = int.from_bytes(hashlib.sha256(f"earshot:{name}".encode()).digest()[:8], signed=True)
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def insert(session: Session, model: type[SQLModel]) -> Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    table = _table(model)
    return postgresql.insert(table) if is_postgresql(session) else sqlite.insert(table)


def upsert(session: Session, model: type[SQLModel], row: Row) -> None:
    """Add a row, or overwrite the one of the same primary key.

    Objects that the session holds already do not notice.
    """
    keys = [column.name for column in _table(model).primary_key]
    rest = {name: value for name, value in row.items() if name not in keys}
    statement = insert(session, model).values(**row)
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def insert_many(session: Session, model: type[SQLModel], rows: Sequence[Row]) -> None:
    """Add rows that all name the same columns: by COPY where there is such a thing."""
    if is_postgresql(session) and len(rows) >= COPY_FROM:
        _copy(session, _table(model), rows)
    elif rows:
        session.execute(sa.insert(_table(model)), list(rows))


def _copy(session: Session, table: sa.Table, rows: Sequence[Row]) -> None:
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    columns = list(rows[0])
    bound = [_binding(table.c[name], connection.dialect) for name in columns]
    names = ", ".join(quote(name) for name in columns)
    statement = f"COPY {quote(table.name)} ({names}) FROM STDIN"
    # SQLAlchemy knows nothing of COPY: the driver does, in the transaction that is open.
    driver = cast(Any, connection.connection.driver_connection)
    fault = cast(Any, connection.dialect.dbapi).Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([bind(row[name]) for name, bind in zip(columns, bound, strict=True)])
    except fault as error:
        hide_values(error)
        raise DBAPIError.instance(statement, None, error, fault) from error


def hide_values(*errors: BaseException | None) -> None:
    """Leave an error of PostgreSQL its first line: the others quote the row, even a whole text."""
    for error in errors:
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].partition("\n")[0], *error.args[1:])


def _binding(column: sa.Column[Any], dialect: sa.Dialect) -> Callable[[Any], Any]:
    """How the driver wants the values of a column."""
    processor = column.type.dialect_impl(dialect).bind_processor(dialect)
    return processor or (lambda value: value)


def _table(model: type[SQLModel]) -> sa.Table:
    return cast(sa.Table, sa.inspect(model).local_table)


# --- full text ------------------------------------------------------------------------------------
#
# `ticket_fts` has a row for each ticket. On SQLite it is an FTS5 table with external content
# (`porter unicode61`); on PostgreSQL a table of `rowid` and `words`, a tsvector, whose
# configuration `earshot` stems by the same algorithm and knows no stop words. What is a word is
# decided here and not by the server's parser and locale, so that both engines find the same.

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
_MARKED = re.compile("([A-Za-z])[\u0300-\u036f]+")
_LOOSE_MARKS = re.compile("[\u0300-\u036f]+")
_NO_WORD = re.compile(r"[\W_]+")
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
    """Words as FTS5's `unicode61` sees them: lower case, no accents, a space between them."""
    lowered = text.lower()
    if not lowered.isascii():
        letters = _MARKED.sub(r"\1", unicodedata.normalize("NFD", lowered))
        lowered = _LOOSE_MARKS.sub("", unicodedata.normalize("NFC", letters))
    return _ENDLESS.sub(r"\1", _NO_WORD.sub(" ", lowered)).strip()


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

    def __init__(self, terms: Sequence[Term]) -> None:
        super().__init__(
            TEXT_INDEX.c.ticket_fts,
            TEXT_INDEX.c.words,
            sa.bindparam(None, fts5_query(terms), sa.String(), unique=True),
            sa.bindparam(None, tsquery(terms), sa.String(), unique=True),
        )


@compiles(has_words, "sqlite")
def _match(element: has_words, compiler: SQLCompiler, **options: Any) -> str:
    index, _, query, _ = element.clauses
    return f"{compiler.process(index, **options)} MATCH {compiler.process(query, **options)}"


@compiles(has_words, "postgresql")
def _at_at(element: has_words, compiler: SQLCompiler, **options: Any) -> str:
    _, words, _, query = element.clauses
    asked = f"to_tsquery('earshot', {compiler.process(query, **options)})"
    return f"{compiler.process(words, **options)} @@ {asked}"
