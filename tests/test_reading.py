"""One path for every ticket: clean, redacted, then read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature, Kind, Requester
from bot.voice.features import Catalogue
from bot.voice.reading import make_safe, make_text_safe, understand
from bot.voice.text import clean

CATALOGUE = Catalogue([Feature("checkout", "Checkout"), Feature("email", "Email")])
JANE = Requester(name="Jane Harker", email="jane.harker@example.org")


def test_a_ticket_is_redacted_before_it_is_read() -> None:
    safe = make_safe(
        "Chekout crashes",
        "<p>It does not load any more. Write to jane.harker@example.org.</p>",
        tags=("Jane Harker", "checkout"),
        requester=JANE,
    )
    found = understand(safe, CATALOGUE)
    assert "jane" not in f"{safe}{found}".lower()
    assert found.features == ("checkout",)
    assert found.kinds == (Kind.BROKEN,)
    assert found.quote == "It does not load any more."
    assert found.redactions


def test_reading_what_was_read_changes_nothing() -> None:
    first = make_safe("Checkout", "Mail jane.harker@example.org, it crashes!", requester=JANE)
    again = make_safe(first.subject, first.body)
    assert (again.subject, again.body) == (first.subject, first.body)
    assert understand(again).kinds == understand(first).kinds


def test_kinds_are_not_guessed_in_languages_that_are_not_known() -> None:
    for language, text in (
        ("ru", "Приложение не работает после обновления, помогите пожалуйста"),
        ("de", "Seit dem Update stürzt die Kasse ab, das nervt und ich kann nicht bezahlen"),
        ("fr", "Depuis la mise à jour le paiement ne marche plus, c'est très agaçant"),
        ("ja", "アップデート後にアプリが動かなくなりました。助けてください"),
    ):
        found = understand(make_text_safe(text))
        assert (found.language, found.kinds_known, found.kinds) == (language, False, ())


def test_a_text_too_short_to_tell_its_language_is_read_where_its_letters_may_be_english() -> None:
    assert understand(make_text_safe("Crash!")).kinds_known
    assert not understand(make_text_safe("崩潰")).kinds_known
    assert not understand(make_text_safe("не грузит")).kinds_known


def test_the_language_of_the_source_comes_first() -> None:
    said = "The page does not load."
    assert understand(make_safe("", said, language="ja-JP")).kinds_known is False
    assert understand(make_safe("", said, language="en_US")).language == "en"


@given(st.text(max_size=200))
def test_the_quote_is_verbatim_in_the_redacted_text(text: str) -> None:
    found = understand(make_text_safe(text, JANE), CATALOGUE)
    assert found.quote in found.text
    assert all(passage.text in found.text for passage in found.passages)
    assert found.kinds == tuple(passage.kind for passage in found.passages)


@pytest.mark.case(9)
def test_a_long_text_is_redacted_before_it_is_cut_and_tells_what_is_in_it() -> None:
    line = "Write to mo.farouk@example.org, please, for it fails again.\n"
    found = make_safe("", line * 1_000)
    told = clean(line * 1_000).rpartition("[cut, ")[2]
    assert found.body.endswith(f"\n[cut, {told}"), "as many as without redaction"
    assert len(found.body) <= 20_100
    assert "farouk" not in found.body
    assert len(found.redactions) == found.body.count("[email 1]") > 100
    again = make_safe("", found.body)
    assert (again.body, again.redactions) == (found.body, ())
