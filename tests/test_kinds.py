"""What a sentence reports: examples of every kind, of denial, and of hostile texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Kind
from bot.voice.kinds import best_quote, passages
from bot.voice.text import sentences

TELLING_WORDS = "the app does not work how do i love please add it keeps , . ?"


def kinds_of(text: str) -> set[Kind]:
    return {passage.kind for passage in passages(text)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The invoice page does not load for anyone in our office.", Kind.BROKEN),
        ("Since Monday the export crashes every time we press Save.", Kind.BROKEN),
        ("I cant log in with my company account.", Kind.BROKEN),
        ("Half of my drafts have disappeared overnight.", Kind.BROKEN),
        ("How do I change the currency on a quote?", Kind.CONFUSING),
        ("The wording on the refund page is confusing.", Kind.CONFUSING),
        ("Is there a way to hide finished tasks?", Kind.CONFUSING),
        ("You moved the menu without asking and I don't like it.", Kind.UNEXPECTED),
        ("It keeps asking for my phone number all the time.", Kind.UNEXPECTED),
        ("It would be great to have a dark theme for the planner.", Kind.REQUEST),
        ("Please add support for weekly totals.", Kind.REQUEST),
        ("I love how fast the new search is.", Kind.PRAISE),
        ("So far so good, very easy to use.", Kind.PRAISE),
    ],
)
def test_a_telling_sentence_has_its_kind(text: str, kind: Kind) -> None:
    assert kind in kinds_of(text)


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Die Anmeldung funktioniert nicht mehr.", "de", Kind.BROKEN),
        ("Wie kann ich die Rechnung herunterladen?", "de", Kind.CONFUSING),
        ("La page ne fonctionne plus depuis hier.", "fr", Kind.BROKEN),
        ("Comment puis-je changer mon adresse ?", "fr", Kind.CONFUSING),
        ("La aplicación no funciona en mi tableta.", "es", Kind.BROKEN),
        ("¿Cómo puedo cambiar el idioma?", "es", Kind.CONFUSING),
    ],
)
def test_a_sentence_is_read_in_its_own_language(text: str, language: str, kind: Kind) -> None:
    assert kind in {passage.kind for passage in passages(text, language)}


def test_a_word_that_praises_in_german_says_nothing_in_english() -> None:
    assert passages("We pay a toll of 455 kr each way over the bridge.") == ()


def test_nine_times_out_of_ten_is_no_time_out() -> None:
    assert kinds_of("Pottery is a present nine times out of ten.") == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("No problem with the delivery, all is well.", Kind.BROKEN),
        ("It runs for weeks without any crashes.", Kind.BROKEN),
        ("The parcel page never crashes on my phone.", Kind.BROKEN),
        ("The upload fails with an error. How do I fix it?", Kind.CONFUSING),
        ("The upload fails with an error. Please fix this!", Kind.REQUEST),
        ("Thanks in advance for any help.", Kind.PRAISE),
        ("It would be great if the list was sorted.", Kind.PRAISE),
        ("This is not helpful and not easy at all.", Kind.PRAISE),
        ("Please let me know what you think.", Kind.REQUEST),
    ],
)
def test_denials_politeness_and_calls_for_repair_carry_no_kind(text: str, kind: Kind) -> None:
    assert kind not in kinds_of(text)


@pytest.mark.parametrize(
    "text", ["", "ok", "5 stars", "Hello!", "worst app ever", "🙂🙂🙂", "asdf qwer zxcv"]
)
def test_texts_that_tell_nothing_have_no_kind(text: str) -> None:
    assert passages(text) == ()


def test_nothing_to_complain_about_is_praise() -> None:
    assert kinds_of("I can't complain, honestly.") == {Kind.PRAISE}


def test_one_ticket_can_have_several_kinds_in_the_usual_order() -> None:
    found = passages("The export fails with an error. Please add a button to retry it.")
    assert [passage.kind for passage in found] == [Kind.BROKEN, Kind.REQUEST]


def test_the_quote_reads_on_its_own_and_is_no_greeting_or_log() -> None:
    text = (
        "Hello team, problem!\n"
        "java.lang.NullPointerError: failed to load module checkout\n"
        "When I press pay the page freezes and nothing happens for minutes.\n"
        "Thanks, sincerely"
    )
    quote = best_quote(passages(text))
    assert quote == "When I press pay the page freezes and nothing happens for minutes."


def test_praise_alone_gives_no_friction_quote() -> None:
    assert best_quote(passages("I love this planner.")) == ""


def test_a_neighbouring_ticket_changes_nothing() -> None:
    alone = passages("The export crashes every time.")
    passages("I love everything. How do I export?")
    assert passages("The export crashes every time.") == alone


@given(st.text(max_size=400))
def test_passages_are_verbatim_sentences_one_a_kind(text: str) -> None:
    found = passages(text)
    assert len({passage.kind for passage in found}) == len(found)
    assert all(passage.text in sentences(text) for passage in found)
    assert all(0.0 <= passage.score <= 1.0 for passage in found)


@given(
    st.lists(
        st.sampled_from(TELLING_WORDS.split()),
        max_size=60,
    )
)
def test_passages_of_telling_words_in_any_order_are_verbatim(chosen: list[str]) -> None:
    text = " ".join(chosen)
    assert all(passage.text in text for passage in passages(text))


@pytest.mark.parametrize("unit", ["a", "how ", "not ", "a. ", "please ", "x-", "\n"])
def test_hostile_texts_cost_little(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    passages(text)
    began = time.process_time()
    passages(text)
    assert time.process_time() - began < 0.25
