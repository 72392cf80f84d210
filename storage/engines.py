"""What SQLite and PostgreSQL do differently, with a name each.

The query modules are written once; where the engines part, they call a function of this module, or
of `storage.fulltext`.

SQLite has one writer at a time, who holds the file from the first word of `Store.write` on.
PostgreSQL has many: `lock` makes them wait for each other by name, and only where two of them
would step on each other's figures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from storage.columns import table_of

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    Insert: TypeAlias = sqlite.Insert | postgresql.Insert

Row: TypeAlias = Mapping[str, Any]
Values: TypeAlias = tuple[Any, ...]
Bind: TypeAlias = Callable[[Any], Any]

POSTGRESQL: Final = "postgresql"
COPY_FROM: Final = 50
"""From this many rows on COPY is quicker than an INSERT, whose statement has to be read."""

ROOMY: Final = "earshot_roomy"
"""What a connection's `info` holds while its page cache is larger than usual."""
ROOMY_KB: Final = 32_768
_REMEMBERED: Final = 4_096

PACKED: Final = "earshot_packed"
"""Option of a statement that reads long packed values: PostgreSQL writes bytes out as digits, twice
as long, unless it is asked for binary results."""
BINARY: Final = 1
"""The driver's name for such results."""

# Names for `lock`: what has one writer at a time.
TICKETS: Final = "tickets"
"""Tickets and all that is counted of them: their rows rise in the order of their commits."""
CATALOGUE: Final = "catalogue"
INSIGHTS: Final = "insights"
"""Which insight has which ticket, and what is part of what. Whoever holds it locks insights in the
order of their numbers."""
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
    return _insert(model, is_postgresql(session))


def _insert(model: type[SQLModel], on_postgresql: bool) -> Insert:
    # Each engine's own is imported by whoever uses it: commands begin sooner.
    if on_postgresql:
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table_of(model))
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table_of(model))


def upsert(session: Session, model: type[SQLModel], row: Row) -> None:
    """Add a row, or overwrite the one of the same primary key.

    Objects that the session holds already do not notice.
    """
    keys = [column.name for column in table_of(model).primary_key]
    rest = {name: value for name, value in row.items() if name not in keys}
    statement = insert(session, model).values(**row)
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def insert_many(session: Session, model: type[SQLModel], rows: Sequence[Row]) -> None:
    """Add rows that all name the same columns: by COPY where there is such a thing."""
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        insert_rows(session, model, list(columns), as_kept(session, model, columns))


def insert_rows(
    session: Session, model: type[SQLModel], names: Sequence[str], rows: Sequence[Values]
) -> None:
    """The same for rows as tuples of the columns `names`, which have values of the database's.

    An import makes millions of rows: what SQLAlchemy does for each takes longer than to add it.
    """
    if not rows:
        return
    connection, table = session.connection(), table_of(model)
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(quote(name) for name in names)})"
    if is_postgresql(session) and len(rows) >= COPY_FROM:
        _copy(connection, into, rows)
        return
    places = ", ".join(["%s" if is_postgresql(session) else "?"] * len(names))
    connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({places})", list(rows))


def as_kept(
    session: Session, model: type[SQLModel], columns: Mapping[str, Iterable[Any]]
) -> list[Values]:
    """Rows with the values that the database has for those of these columns."""
    table, dialect = table_of(model), session.connection().dialect
    kept = []
    for name, values in columns.items():
        bind = _binding(table.c[name], dialect)
        kept.append(values if bind is None else map(bind, values))
    return list(zip(*kept, strict=True))


def _copy(connection: sa.Connection, into: str, rows: Iterable[Values]) -> None:
    statement = f"COPY {into} FROM STDIN"
    # SQLAlchemy knows nothing of COPY: the driver does, in the transaction that is open.
    driver = cast(Any, connection.connection.driver_connection)
    fault = cast(Any, connection.dialect.dbapi).Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except fault as error:
        hide_values(error)
        raise DBAPIError.instance(statement, None, error, fault) from error


def make_room(session: Session) -> None:
    """Let a transaction that changes many pages keep them in memory until its end.

    With SQLite's own 2 MB it writes many of them several times.
    """
    if not is_postgresql(session):
        connection = session.connection()
        connection.info[ROOMY] = True
        connection.exec_driver_sql(f"PRAGMA cache_size = -{ROOMY_KB}")


def look_at_tables(session: Session) -> None:
    """Let PostgreSQL look at tables that have grown, or it plans for small ones for a minute.

    SQLite plans by its indexes alone, for tables of any size.
    """
    if is_postgresql(session):
        session.execute(sa.text("ANALYZE"))


def hide_values(*errors: BaseException | None) -> None:
    """Leave an error of PostgreSQL its first line: the others quote the row, even a whole text."""
    for error in errors:
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].partition("\n")[0], *error.args[1:])


def _binding(column: sa.Column[Any], dialect: sa.Dialect) -> Bind | None:
    """How the driver wants the values of a column; None where it takes them as they are."""
    if isinstance(column.type, sa.Boolean):
        return None
    if isinstance(column.type, sa.JSON):
        # A driver's own wrapper would be unwrapped again for every row; tickets have few
        # different tags.
        remembered = lru_cache(maxsize=_REMEMBERED)(json.dumps)
        return lambda value: remembered(value) if isinstance(value, tuple) else json.dumps(value)
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def update_many(
    session: Session, model: type[SQLModel], rows: Sequence[Row], *, keys: Sequence[str] = ("id",)
) -> None:
    """Overwrite the columns that `rows` name, all the same ones; each is found by its `keys`."""
    if not rows:
        return
    table = table_of(model)
    columns: dict[str, Any] = {name: sa.bindparam(f"_{name}") for name in rows[0]}
    statement = (
        sa.update(table)
        .where(*[table.c[name] == columns[name] for name in keys])
        .values({name: bound for name, bound in columns.items() if name not in keys})
    )
    # Not by the session, which would do it row by row.
    session.connection().execute(
        statement, [{f"_{name}": row[name] for name in columns} for row in rows]
    )


# --- counts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sums:
    """Rows of the columns `names` that are added to those of the same primary key.

    Of the columns `least` the smaller value is kept, of `most` the greater one; the columns `add`
    are added to what stands there.
    """

    model: type[SQLModel]
    names: tuple[str, ...]
    add: tuple[str, ...]
    least: tuple[str, ...] = ()
    most: tuple[str, ...] = ()


def add_up(session: Session, sums: Sums, rows: Sequence[Values]) -> None:
    """Add rows, or add them to those that are there."""
    if not rows:
        return
    connection = session.connection()
    if is_postgresql(session):
        # One statement with an array for each column instead of one for each row.
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(_from_arrays(sums), dict(zip(sums.names, columns, strict=True)))
    else:
        statement, order = _row_by_row(sums)
        connection.exec_driver_sql(statement, [tuple(row[n] for n in order) for row in rows])


@cache
def _from_arrays(sums: Sums) -> sa.Insert:
    table = table_of(sums.model)
    arrays = [sa.bindparam(name, type_=sa.ARRAY(table.c[name].type)) for name in sums.names]
    given = sa.func.unnest(*arrays).table_valued(*sums.names).render_derived()
    rows = sa.select(*[given.c[name] for name in sums.names])
    return _adding_up(sums, on_postgresql=True).from_select(list(sums.names), rows)


@cache
def _row_by_row(sums: Sums) -> tuple[str, tuple[int, ...]]:
    """SQLite's statement, and the places in a row of the values that it asks for."""
    from sqlalchemy.dialects import sqlite

    statement = _adding_up(sums, on_postgresql=False)
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=list(sums.names))
    return str(compiled), tuple(sums.names.index(name) for name in compiled.positiontup or ())


def _adding_up(sums: Sums, *, on_postgresql: bool) -> Insert:
    statement, old = _insert(sums.model, on_postgresql), table_of(sums.model).c
    new = statement.excluded
    changes: dict[str, Any] = {column: old[column] + new[column] for column in sums.add}
    for column in sums.least:
        changes[column] = sa.case((new[column] < old[column], new[column]), else_=old[column])
    for column in sums.most:
        changes[column] = sa.case((new[column] > old[column], new[column]), else_=old[column])
    keys = [column.name for column in table_of(sums.model).primary_key]
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def new_rows(session: Session, model: type[SQLModel], count: int) -> list[int]:
    """Numbers for rows that are to be added, ascending; nobody else is given the same ones."""
    table = table_of(model)
    if is_postgresql(session):
        numbers = sa.text(
            "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
        )
        return sorted(session.execute(numbers, {"name": table.name, "count": count}).scalars())
    last = session.execute(sa.select(sa.func.max(table.c.id))).scalar_one() or 0
    return list(range(last + 1, last + 1 + count))
