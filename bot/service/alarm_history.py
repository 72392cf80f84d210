"""Stored tickets as alarms look at them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from sqlmodel import Session

from bot.voice.spike_history import History
from bot.voice.spike_words import Heard, Words
from storage import alarms as rows
from storage.alarms import WrittenValue

BEHIND: Final = timedelta(days=59 + 7)
"""How far back a look needs tickets: eight weeks, the days kept out, and a template's week."""
MOST_TEXTS: Final = 20_000
"""Texts that one look reads at the most; of older tickets a sample then stands for all."""
_LATEST: Final = timedelta(days=4)


def load(session: Session, since: datetime, until: datetime, words: Words) -> History:
    """The tickets of `[since, until)` with all their words: for a replay."""
    written = rows.written(session, since, until)
    return _made(session, written, {one.row for one in written}, until, words)


def latest(session: Session, until: datetime, words: Words) -> History:
    """What a look at the moment `until` needs, at bounded cost."""
    written = rows.written(session, until - BEHIND, until)
    history = _made(session, written, _sample(written, until), until, words)
    words.keep(one.row for one in written)
    return history


def _sample(written: list[WrittenValue], until: datetime) -> set[int]:
    """Tickets whose words are read: the newest days' and, of the weeks before, as many as fit."""
    new = [one.row for one in written if one.at >= until - _LATEST][-MOST_TEXTS:]
    old = [one.row for one in written if one.at < until - _LATEST]
    room = MOST_TEXTS - len(new)
    if len(old) > room:
        # By a number of its own, so that the next look reads the same ones.
        share = room / len(old) * 2**32
        old = [row for row in old if crc32(str(row).encode()) < share]
    return {*new, *old}


def _made(
    session: Session, written: list[WrittenValue], read: set[int], until: datetime, words: Words
) -> History:
    texts = rows.texts(session, sorted(read))
    heard = [
        Heard(one.row, one.at, one.customer, one.features, texts.get(one.row, ""))
        for one in written
    ]
    return History(heard, until, words)
