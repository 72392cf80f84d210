"""What tests ask of the audit: what stands in it, and that nobody's words do."""

from __future__ import annotations

import re

from sqlalchemy import text

from storage.database import Store

FORM = re.compile(r"[\w ,:.#-]{1,400}", re.ASCII)
LEAST = 12
"""Characters of a text that is looked for: `checkout` is a feature and a word of customers, and a
day is kept with what shipped."""


def audited(store: Store) -> list[tuple[str, str, str]]:
    """By whom, what and about what, in order."""
    with store.read() as session:
        found = session.execute(text("SELECT by, deed, about FROM audit_entry ORDER BY id"))
        return [(by, deed, about) for by, deed, about in found]


def assert_wordless(store: Store) -> None:
    """The audit holds ids and names of ours only: nothing of a ticket or of what people typed."""
    entries = audited(store)
    if not entries:
        return
    with store.read() as session:
        texts: set[str] = set()
        for statement in (
            "SELECT subject FROM ticket UNION SELECT body FROM ticket",
            "SELECT text FROM ticket_quote",
            "SELECT title FROM insight UNION SELECT note FROM insight",
            "SELECT said FROM insight_change",
        ):
            texts |= {str(value) for (value,) in session.execute(text(statement)) if value}
    told = "\n".join(about for *_, about in entries)
    assert [each for each in texts if len(each) >= LEAST and each in told] == []
    odd = [about for *_, about in entries if not FORM.fullmatch(about)]
    assert odd == [], odd
