"""Other engines for the same answer, where their packages are installed."""

from __future__ import annotations

import importlib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from corpus import Block
from reference_rows import SHOWN, Answer, Window, day_of
from storage.tickets import kind_mask

WRITER_BYTES: Final = 256 << 20


def is_installed(package: str) -> bool:
    return find_spec(package) is not None


class Tantivy:
    """A tantivy index with fast fields: counts per kind and week by aggregation, 20 by BM25."""

    def __init__(self, folder: Path, window: Window) -> None:
        self._window = window
        self._tantivy: Any = importlib.import_module("tantivy")
        schema = self._tantivy.SchemaBuilder()
        schema.add_text_field("text", stored=False, tokenizer_name="en_stem")
        schema.add_text_field("body", stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_unsigned_field("id", stored=True, indexed=True, fast=True)
        schema.add_unsigned_field("day", stored=False, indexed=True, fast=True)
        schema.add_unsigned_field("week", stored=False, fast=True)
        schema.add_unsigned_field("kind", stored=False, fast=True)
        folder.mkdir()
        self._index: Any = self._tantivy.Index(schema.build(), path=str(folder))
        self._writer: Any = self._index.writer(WRITER_BYTES, 1)
        self._searcher: Any = None

    def load(self, block: Block) -> None:
        last = day_of(self._window.until)
        for ticket in [*block.changed, *block.new]:
            number = int(ticket.external_id)
            day = day_of(ticket.created_at)
            document = self._tantivy.Document()
            document.add_text("text", f"{ticket.subject}\n{ticket.body}")
            document.add_unsigned("id", number)
            document.add_unsigned("day", day)
            document.add_unsigned("week", (last - 1 - day) // 7)
            document.add_unsigned("kind", kind_mask(ticket.kinds))
            document.add_text("body", ticket.body)
            self._writer.delete_documents_by_term("id", number)
            self._writer.add_document(document)
        self._writer.commit()

    def finish(self) -> None:
        self._writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, word: str) -> Answer:
        """The same answer as the reference's: per kind, per week, and 20 tickets."""
        first, end = self._window.days
        query = self._index.parse_query(f"+text:{word} +day:[{first} TO {end - 1}]", ["text"])
        buckets = {
            "kinds": {"terms": {"field": "kind", "size": 64}},
            "weeks": {"terms": {"field": "week", "size": 100}},
        }
        counted = self._searcher.aggregate(query, buckets)
        best = self._searcher.search(query, SHOWN, count=False).hits
        return Answer(
            _counts(counted["kinds"]),
            _counts(counted["weeks"]),
            [self._searcher.doc(address) for _, address in best],
        )


def _counts(found: Any) -> Counter[int]:
    return Counter({int(bucket["key"]): int(bucket["doc_count"]) for bucket in found["buckets"]})
