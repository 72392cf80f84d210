"""The fastest plain design that was measured on SQLite: what the project is held against.

Known features: counts per day kept beside the tickets, ranking over the newest hits only. Free
text: hits from a lower bound of rows, a narrow row a ticket, one grouped statement. `plain_*` is
what one writes first: the text index joined with the wide tickets.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from corpus import Block, Written
from reference_rows import RANKED, SHOWN, Answer, Row, Window, deltas, rows_of, tally

_HASH_BYTES: Final = 64 << 20
_SCHEMA: Final = """
CREATE TABLE ticket(
    id INTEGER PRIMARY KEY, source TEXT, external_id TEXT, created_at TEXT, updated_at TEXT,
    subject TEXT, body TEXT, url TEXT, segment TEXT, customer TEXT, kind INTEGER, hash TEXT,
    UNIQUE(source, external_id));
CREATE INDEX ticket_created ON ticket(created_at);
CREATE TABLE fact(id INTEGER PRIMARY KEY, day INTEGER, kind INTEGER);
CREATE TABLE ticket_feature(feature INTEGER, ticket INTEGER, PRIMARY KEY(feature, ticket))
    WITHOUT ROWID;
CREATE TABLE feature_day(feature INTEGER, day INTEGER, kind INTEGER, n INTEGER,
    PRIMARY KEY(feature, day, kind)) WITHOUT ROWID;
CREATE TABLE day_bound(day INTEGER PRIMARY KEY, min_id INTEGER);
CREATE VIRTUAL TABLE ticket_fts USING fts5(subject, body, content='ticket', content_rowid='id',
    tokenize='porter unicode61');
"""
_TICKET: Final = f"INSERT INTO ticket VALUES ({', '.join('?' * 12)})"
_COUNT: Final = (
    "INSERT INTO feature_day VALUES (?, ?, ?, ?) "
    "ON CONFLICT(feature, day, kind) DO UPDATE SET n = n + excluded.n"
)
_BOUND: Final = (
    "INSERT INTO day_bound VALUES (?, ?) "
    "ON CONFLICT(day) DO UPDATE SET min_id = min(min_id, excluded.min_id)"
)


class SqliteReference:
    """The reference database in a file."""

    def __init__(self, path: Path, features: Iterable[str], window: Window) -> None:
        self._window = window
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "temp_store = MEMORY"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        for option, value in (("hashsize", _HASH_BYTES), ("automerge", 16)):
            sql = "INSERT INTO ticket_fts(ticket_fts, rank) VALUES (?, ?)"
            self._db.execute(sql, (option, value))
        self._features = {feature: number for number, feature in enumerate(features)}
        self._ids: dict[str, int] = {}

    def close(self) -> None:
        self._db.close()

    # --- in ------------------------------------------------------------------------------------

    def load(self, block: Block) -> None:
        """One transaction a block, everything in it kept in step."""
        first = len(self._ids)
        self._ids |= {t.external_id: first + place + 1 for place, t in enumerate(block.new)}
        self._db.execute("BEGIN IMMEDIATE")
        self._forget(block.changed)
        self._put([*block.changed, *block.new])
        self._db.execute("COMMIT")

    def _put(self, tickets: list[Written]) -> None:
        rows = rows_of(tickets, self._ids, self._features)
        many = self._db.executemany
        many(_TICKET, (row.wide for row in rows))
        many("INSERT INTO ticket_fts(rowid, subject, body) VALUES (?, ?, ?)", _texts(rows))
        many("INSERT INTO fact VALUES (?, ?, ?)", ((row.id, row.day, row.kind) for row in rows))
        many(
            "INSERT INTO ticket_feature VALUES (?, ?)",
            sorted((feature, row.id) for row in rows for feature in row.features),
        )
        many(_COUNT, ((*key, n) for key, n in sorted(deltas(rows).items())))
        lowest: dict[int, int] = {}
        for row in rows:
            lowest[row.day] = min(row.id, lowest.get(row.day, row.id))
        many(_BOUND, lowest.items())

    def _forget(self, tickets: list[Written]) -> None:
        ids = [(self._ids[ticket.external_id],) for ticket in tickets]
        old = [
            self._db.execute("SELECT id, subject, body FROM ticket WHERE id = ?", id).fetchone()
            for id in ids
        ]
        many = self._db.executemany
        forget = "INSERT INTO ticket_fts(ticket_fts, rowid, subject, body) VALUES ('delete',?,?,?)"
        many(forget, old)
        rows = rows_of(tickets, self._ids, self._features)
        many(_COUNT, ((*key, -n) for key, n in sorted(deltas(rows).items())))
        many(
            "DELETE FROM ticket_feature WHERE feature = ? AND ticket = ?",
            [(feature, row.id) for row in rows for feature in row.features],
        )
        many("DELETE FROM fact WHERE id = ?", ids)
        many("DELETE FROM ticket WHERE id = ?", ids)

    # --- out -----------------------------------------------------------------------------------

    def feature(self, feature: str, word: str) -> Answer:
        """Counts from the roll-up, the best of the newest 500 by bm25."""
        return Answer(*self._rollup(feature), self._best(word))

    def feature_newest(self, feature: str) -> Answer:
        """Counts from the roll-up, the newest tickets by key."""
        sql = "SELECT ticket FROM ticket_feature WHERE feature = ? ORDER BY ticket DESC LIMIT ?"
        ids = [row[0] for row in self._db.execute(sql, (self._features[feature], SHOWN))]
        return Answer(*self._rollup(feature), self._tickets(ids))

    def _rollup(self, feature: str) -> tuple[Counter[int], Counter[int]]:
        sql = "SELECT day, kind, n FROM feature_day WHERE feature = ? AND day >= ? AND day < ?"
        first, end = self._window.days
        found = self._db.execute(sql, (self._features[feature], first, end))
        return tally(found, end)

    def free_text(self, word: str) -> Answer:
        """Hits from a bound on, with their narrow rows; the best of the newest 500 by bm25."""
        sql = (
            "SELECT fact.day, fact.kind, count(*) FROM ticket_fts JOIN fact "
            "ON fact.id = ticket_fts.rowid WHERE ticket_fts MATCH ? AND ticket_fts.rowid >= ? "
            "AND fact.day >= ? AND fact.day < ? GROUP BY 1, 2"
        )
        first, end = self._window.days
        found = self._db.execute(sql, (word, self._bound(), first, end))
        return Answer(*tally(found, end), self._best(word))

    def _bound(self) -> int:
        sql = "SELECT min(min_id) FROM day_bound WHERE day >= ?"
        return int(self._db.execute(sql, self._window.days[:1]).fetchone()[0] or 0)

    def _best(self, word: str) -> list[Any]:
        sql = (
            "SELECT rowid FROM (SELECT rowid, bm25(ticket_fts) AS score FROM ticket_fts "
            "WHERE ticket_fts MATCH ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?) "
            "ORDER BY score LIMIT ?"
        )
        found = self._db.execute(sql, (word, self._bound(), RANKED, SHOWN))
        return self._tickets([row[0] for row in found])

    def _tickets(self, ids: list[int]) -> list[Any]:
        sql = f"SELECT * FROM ticket WHERE id IN ({', '.join('?' * len(ids))})"
        return self._db.execute(sql, ids).fetchall()

    def plain(self, word: str) -> Answer:
        """The text index joined with the tickets: per kind, per week, and bm25 over all hits."""
        where = (
            "FROM ticket_fts JOIN ticket ON ticket.id = ticket_fts.rowid WHERE ticket_fts MATCH ? "
            "AND ticket.created_at >= ? AND ticket.created_at < ?"
        )
        since, until = self._window.since.isoformat(), self._window.until.isoformat()
        span = (word, since, until)
        kinds = self._db.execute(f"SELECT ticket.kind, count(*) {where} GROUP BY 1", span)
        per_kind = Counter(dict(kinds.fetchall()))
        weeks = self._db.execute(
            f"SELECT (julianday(?) - julianday(ticket.created_at)) / 7 | 0, count(*) {where} "
            "GROUP BY 1",
            (until, *span),
        )
        per_week = Counter(dict(weeks.fetchall()))
        best = self._db.execute(
            f"SELECT ticket.* {where} ORDER BY bm25(ticket_fts) LIMIT ?", (*span, SHOWN)
        )
        return Answer(per_kind, per_week, best.fetchall())


def _texts(rows: list[Row]) -> Iterable[tuple[int, str, str]]:
    return ((row.id, row.ticket.subject, row.ticket.body) for row in rows)
