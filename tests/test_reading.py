"""One path for every ticket: clean, redacted, then read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature, Kind, Requester
from bot.voice.features import Catalogue
from bot.voice.reading import read, read_text

CATALOGUE = Catalogue([Feature("checkout", "Checkout"), Feature("email", "Email")])
JANE = Requester(name="Jane Harker", email="jane.harker@example.org")


def test_a_ticket_is_redacted_before_it_is_read() -> None:
    found = read(
        "Chekout crashes",
        "<p>It does not load any more. Write to jane.harker@example.org.</p>",
        tags=("Jane Harker", "checkout"),
        requester=JANE,
        catalogue=CATALOGUE,
    )
    assert "jane" not in f"{found.subject}{found.body}{found.tags}{found.reading}".lower()
    assert found.reading.features == ("checkout",)
    assert found.reading.kinds == (Kind.BROKEN,)
    assert found.reading.quote == "It does not load any more."
    assert found.reading.redactions


def test_reading_what_was_read_changes_nothing() -> None:
    first = read("Checkout", "Mail me at jane.harker@example.org, it crashes!", requester=JANE)
    again = read(first.subject, first.body)
    assert (again.subject, again.body, again.reading.kinds) == (
        first.subject,
        first.body,
        first.reading.kinds,
    )


def test_kinds_are_not_guessed_in_languages_that_are_not_known() -> None:
    found = read_text("Приложение не работает после обновления, помогите пожалуйста")
    assert (found.language, found.kinds_known, found.kinds) == ("ru", False, ())


def test_the_language_of_the_source_comes_first() -> None:
    assert read("", "The page does not load.", language="ja-JP").reading.kinds_known is False
    assert read("", "The page does not load.", language="en_US").reading.language == "en"


@given(st.text(max_size=200))
def test_the_quote_is_verbatim_in_the_redacted_text(text: str) -> None:
    found = read_text(text, JANE, CATALOGUE)
    assert found.quote in found.text
    assert all(passage.text in found.text for passage in found.passages)
    assert found.kinds == tuple(passage.kind for passage in found.passages)
