"""The same reference on PostgreSQL: roll-ups, narrow rows with the text vectors, and the plain one.

Free text keeps its vectors in a narrow side table without an index on the day, so that the
planner takes the text index, and looks at the hits once (`MATERIALIZED`). Written with psycopg
alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import psycopg

from corpus import Block, Written
from reference_rows import RANKED, SHOWN, Answer, Window, deltas, rows_of, tally

_SCHEMA: Final = """
CREATE SCHEMA reference;
SET search_path TO reference;
CREATE TABLE ticket(
    id bigint PRIMARY KEY, source text, external_id text, created_at timestamptz,
    updated_at timestamptz, subject text, body text, url text, segment text, customer text,
    kind int, hash text, UNIQUE(source, external_id));
CREATE INDEX ON ticket(created_at);
CREATE TABLE fact(id bigint PRIMARY KEY, day int, kind int, words tsvector);
CREATE TABLE ticket_feature(feature int, ticket bigint, PRIMARY KEY(feature, ticket));
CREATE TABLE feature_day(
    feature int, day int, kind int, n int, PRIMARY KEY(feature, day, kind));
"""
_SESSION: Final = "SET search_path TO reference; SET random_page_cost TO 1.1; SET jit TO off"
_COUNT: Final = (
    "INSERT INTO feature_day AS c VALUES (%s, %s, %s, %s) "
    "ON CONFLICT(feature, day, kind) DO UPDATE SET n = c.n + excluded.n"
)
_HITS: Final = (
    "WITH hits AS MATERIALIZED (SELECT id, day, kind FROM fact "
    "WHERE words @@ plainto_tsquery('english', %s) AND day >= %s AND day < %s) "
)


class PostgresReference:
    """The reference tables in a schema of their own, at the address of any PostgreSQL."""

    def __init__(self, address: str, features: Iterable[str], window: Window) -> None:
        self._window = window
        self._db = psycopg.connect(address, autocommit=True)
        self._db.execute("DROP SCHEMA IF EXISTS reference CASCADE")
        for statement in [*_SCHEMA.split(";"), *_SESSION.split(";")]:
            if statement.strip():
                self._db.execute(statement)
        self._features = {feature: number for number, feature in enumerate(features)}
        self._ids: dict[str, int] = {}

    def close(self) -> None:
        self._db.close()

    # --- in ------------------------------------------------------------------------------------

    def load(self, block: Block) -> None:
        """One transaction a block; the text index is made by `finish`."""
        first = len(self._ids)
        self._ids |= {t.external_id: first + place + 1 for place, t in enumerate(block.new)}
        with self._db.transaction(), self._db.cursor() as cursor:
            self._forget(cursor, block.changed)
            self._put(cursor, [*block.changed, *block.new])

    def _put(self, cursor: psycopg.Cursor[Any], tickets: list[Written]) -> None:
        rows = rows_of(tickets, self._ids, self._features)
        with cursor.copy("COPY ticket FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row.wide)
        cursor.execute("CREATE TEMP TABLE came(id bigint, day int, kind int) ON COMMIT DROP")
        with cursor.copy("COPY came FROM STDIN") as copy:
            for row in rows:
                copy.write_row((row.id, row.day, row.kind))
        cursor.execute(
            "INSERT INTO fact SELECT id, day, came.kind, "
            "to_tsvector('english', subject || ' ' || body) FROM came JOIN ticket USING (id)"
        )
        with cursor.copy("COPY ticket_feature FROM STDIN") as copy:
            for pair in sorted((feature, row.id) for row in rows for feature in row.features):
                copy.write_row(pair)
        cursor.executemany(_COUNT, [(*key, n) for key, n in sorted(deltas(rows).items())])

    def _forget(self, cursor: psycopg.Cursor[Any], tickets: list[Written]) -> None:
        rows = rows_of(tickets, self._ids, self._features)
        cursor.executemany(_COUNT, [(*key, -n) for key, n in sorted(deltas(rows).items())])
        ids = [row.id for row in rows]
        cursor.execute("DELETE FROM ticket_feature WHERE ticket = ANY(%s)", (ids,))
        cursor.execute("DELETE FROM fact WHERE id = ANY(%s)", (ids,))
        cursor.execute("DELETE FROM ticket WHERE id = ANY(%s)", (ids,))

    def finish(self) -> None:
        """Make the text index after the first load, as one does, and let the planner look."""
        self._db.execute("SET maintenance_work_mem TO '512MB'")
        self._db.execute("CREATE INDEX ON fact USING gin(words)")
        for table in ("ticket", "fact", "ticket_feature", "feature_day"):
            self._db.execute(f"VACUUM ANALYZE {table}")

    # --- out -----------------------------------------------------------------------------------

    def feature(self, feature: str, word: str) -> Answer:
        """Counts from the roll-up, the best of the newest 500 by rank."""
        first, end = self._window.days
        sql = _HITS + "SELECT id FROM hits ORDER BY id DESC LIMIT %s"
        found = self._db.execute(sql, (word, first, end, RANKED))
        return Answer(*self._rollup(feature), self._best(word, [row[0] for row in found]))

    def feature_newest(self, feature: str) -> Answer:
        """Counts from the roll-up, the newest tickets by key."""
        sql = "SELECT ticket FROM ticket_feature WHERE feature = %s ORDER BY ticket DESC LIMIT %s"
        found = self._db.execute(sql, (self._features[feature], SHOWN))
        return Answer(*self._rollup(feature), self._tickets([row[0] for row in found]))

    def _rollup(self, feature: str) -> tuple[Counter[int], Counter[int]]:
        sql = "SELECT day, kind, n FROM feature_day WHERE feature = %s AND day >= %s AND day < %s"
        first, end = self._window.days
        return tally(self._db.execute(sql, (self._features[feature], first, end)).fetchall(), end)

    def free_text(self, word: str) -> Answer:
        """All hits looked at once; the best of the newest 500 by rank."""
        first, end = self._window.days
        sql = _HITS + (
            "SELECT NULL::bigint[], day, kind, count(*) FROM hits GROUP BY day, kind UNION ALL "
            "SELECT array(SELECT id FROM hits ORDER BY id DESC LIMIT %s), 0, 0, 0"
        )
        rows = self._db.execute(sql, (word, first, end, RANKED)).fetchall()
        newest = rows.pop()[0]
        return Answer(*tally([row[1:] for row in rows], end), self._best(word, newest))

    def _best(self, word: str, ids: list[int]) -> list[Any]:
        sql = (
            "SELECT id FROM fact WHERE id = ANY(%s) "
            "ORDER BY ts_rank(words, plainto_tsquery('english', %s)) DESC LIMIT %s"
        )
        return self._tickets([row[0] for row in self._db.execute(sql, (ids, word, SHOWN))])

    def _tickets(self, ids: list[int]) -> list[Any]:
        return self._db.execute("SELECT * FROM ticket WHERE id = ANY(%s)", (ids,)).fetchall()

    def plain(self, word: str) -> Answer:
        """Text vectors joined with the tickets: per kind, per week, and ts_rank over all hits."""
        where = (
            "FROM fact JOIN ticket USING (id) WHERE words @@ plainto_tsquery('english', %s) "
            "AND created_at >= %s AND created_at < %s"
        )
        span = (word, self._window.since, self._window.until)
        kinds = self._db.execute(f"SELECT ticket.kind, count(*) {where} GROUP BY 1", span)
        per_kind: Counter[int] = Counter(dict(kinds.fetchall()))
        weeks = self._db.execute(
            f"SELECT extract(day FROM %s - created_at)::int / 7, count(*) {where} GROUP BY 1",
            (self._window.until, *span),
        )
        per_week: Counter[int] = Counter(dict(weeks.fetchall()))
        best = self._db.execute(
            f"SELECT ticket.* {where} "
            "ORDER BY ts_rank(words, plainto_tsquery('english', %s)) DESC LIMIT %s",
            (*span, word, SHOWN),
        )
        return Answer(per_kind, per_week, best.fetchall())
