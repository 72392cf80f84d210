"""The proof that something is forgotten: a search of all rows and of the database's raw files.

Only what nobody else said proves anything: what stands in others' tickets too is left out, and
counted. What cannot be searched, a server's own files, is said to be so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from sqlmodel import Session

from bot.reports import Proof, ShownTicket
from bot.service.context import Context
from bot.voice import telltale
from storage import disk, traces
from storage.columns import customer_number
from storage.database import Store

MOST: Final = 20
"""Phrases, words and links each; raw files are read once for each of them."""
MOST_TICKETS: Final = 200
SHORTEST_TYPED: Final = 5
TYPED, KEY, NUMBER, ADDRESS = "typed", "keys", "numbers", "links"
PHRASE, WORD = "phrases", "words"
_LOOKED_AT: Final = 10 * MOST


@dataclass(frozen=True, slots=True)
class Trace:
    """Something to be looked for: of which sort, and as it would stand in rows and in files."""

    sort: str
    said: tuple[str, ...]
    raw: tuple[bytes, ...]


_SORTS: Final = (TYPED, KEY, NUMBER, ADDRESS, PHRASE, WORD)
_ORDERS: Final[tuple[Literal["little", "big"], ...]] = ("little", "big")


def prove(
    context: Context,
    typed: str,
    keys: Sequence[str],
    tickets: Sequence[ShownTicket],
    *,
    anew: bool = False,
) -> Proof:
    """Look for what was typed, for the keys that rows had, and for the words of these tickets.

    Leftovers of removed rows are tidied away first; where files are written `anew`, none can be.
    """
    store = context.store
    is_cut = disk.tidy(store) and (not anew or disk.rewrite(store))
    with store.read() as session:
        every = [*_typed(typed), *_keys(keys), *_places(tickets), *_words(tickets)]
        own = [one for one in every if not _is_others(session, one)]
        sought = [one for sort in _SORTS for one in _first(own, sort)]
        rows = [name for sort in _SORTS for name in _rows(session, sort, _first(own, sort))]
        # What a row of ours says as well tells nothing of the bytes.
        sought = [one for one in sought if one.sort != WORD or not _stands(session, one)]
    files = _files_with(store, sought)
    if files and is_cut and not rows:
        # Written before rows were overwritten when they are removed, by an older Earshot.
        is_cut = disk.rewrite(store)
        files = _files_with(store, sought)
    sizes = [file.stat().st_size for file in disk.files(store)]
    return Proof(
        searched=Counter(one.sort for one in sought),
        left_out=len(every) - len(own),
        rows=tuple(dict.fromkeys(rows)),
        files=tuple(files),
        bytes_searched=sum(sizes) if sizes else None,
        log_is_cut=is_cut,
    )


def _typed(typed: str) -> Iterator[Trace]:
    # A short number stands in many places by chance.
    if len(typed) >= SHORTEST_TYPED and not typed.isdigit():
        yield _written(TYPED, typed)


def _keys(keys: Sequence[str]) -> Iterator[Trace]:
    for key in keys:
        number = customer_number(key)
        packed = [number.to_bytes(8, order, signed=True).lower() for order in _ORDERS]
        yield Trace(KEY, (key,), (key.encode(), *packed))


def _places(tickets: Sequence[ShownTicket]) -> Iterator[Trace]:
    """Numbers, which stand behind their source in a row and in its index, and links."""
    for ticket in tickets[:MOST_TICKETS]:
        raw = f"{ticket.source}{ticket.ticket_id}".lower().encode()
        yield Trace(NUMBER, (ticket.source, ticket.ticket_id), (raw,))
    yield from (_written(ADDRESS, one.url) for one in tickets[:MOST] if one.url)


def _words(tickets: Sequence[ShownTicket]) -> Iterator[Trace]:
    texts = [text for ticket in tickets[:MOST_TICKETS] for text in ticket.texts]
    for phrase in islice(telltale.phrases(texts), _LOOKED_AT):
        yield _written(PHRASE, phrase)
    for beginning in islice(telltale.beginnings(texts), _LOOKED_AT):
        yield _written(WORD, beginning)


def _written(sort: str, text: str) -> Trace:
    raw = (text.encode().lower(), json.dumps(text)[1:-1].encode().lower())
    return Trace(sort, (text,), tuple(dict.fromkeys(raw)))


def _first(found: Sequence[Trace], sort: str) -> list[Trace]:
    of_sort = [one for one in found if one.sort == sort]
    return of_sort[:MOST] if sort in (PHRASE, WORD) else of_sort


def _is_others(session: Session, one: Trace) -> bool:
    """Whether it would be found in the tickets of others too."""
    if one.sort == NUMBER:
        return traces.numbered_alike(session, *one.said)
    if one.sort == ADDRESS:
        return traces.linked_alike(session, *one.said)
    if one.sort == WORD:
        return traces.is_said(session, one.said[0][: telltale.STEM], begins=True)
    return one.sort == PHRASE and traces.is_said(session, one.said[0], begins=True)


def _rows(session: Session, sort: str, sought: Sequence[Trace]) -> list[str]:
    """Columns that have one of these. Words alone may be anybody's in what people wrote."""
    if sort in (WORD, NUMBER):
        return []
    texts = [one.said[0] for one in sought]
    return traces.columns_with(session, texts, tickets=sort in (TYPED, KEY))


def _stands(session: Session, one: Trace) -> bool:
    return bool(traces.columns_with(session, one.said, tickets=False))


def _files_with(store: Store, sought: Sequence[Trace]) -> list[str]:
    raw = [each for one in sought for each in one.raw]
    return sorted({path.name for path, _ in disk.search(disk.files(store), raw)})
