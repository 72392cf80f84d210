"""What a sentence reports: examples of every kind, of denial, and of hostile texts."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reports import Kind
from bot.voice.kinds import TRAINED, best_quote, explain, passages

TELLING_WORDS = "the app does not work how do i love please add it keeps but and , . ?"
TICKETS = st.lists(st.sampled_from(TELLING_WORDS.split()), max_size=40).map(" ".join)


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
    ("text", "language"),
    [
        ("Die Anmeldung funktioniert nicht mehr.", "de"),
        ("La page ne fonctionne plus depuis hier, bug.", "fr"),
        ("La aplicación no funciona en mi tableta.", "es"),
        ("The export crashes every time.", "nl"),
    ],
)
def test_a_language_that_was_not_trained_is_not_guessed_at(text: str, language: str) -> None:
    assert language not in TRAINED
    assert passages(text, language) == ()
    assert explain(text, language) == ()


def test_a_text_whose_language_nobody_knows_is_read_as_english() -> None:
    text = "The export crashes every time."
    assert passages(text, None) == passages(text, "en") != ()


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


@pytest.mark.parametrize("text", ["The export is broken.", "Export is broken", "Bug in export"])
def test_a_failure_told_in_three_words_is_one(text: str) -> None:
    assert [passage.kind for passage in passages(text)] == [Kind.BROKEN]


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


def test_a_story_told_in_one_breath_is_quoted_in_part() -> None:
    text = (
        "yesterday i opened the planner to change the seating of my aunt and it asked me to log in "
        "again, but the page with the tables stays white and i can not print anything since then, "
        "so i went back to paper because the wedding is on saturday and nobody answers the phone"
    )
    quote = best_quote(passages(text))
    assert quote in text
    assert len(quote.split()) <= 40


@given(st.lists(TICKETS, min_size=2, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_kinds_of_a_text_do_not_depend_on_its_neighbours(
    texts: list[str], random: Random
) -> None:
    alone = {text: passages(text) for text in texts}
    mixed = [*texts, *texts]
    random.shuffle(mixed)
    assert all(passages(text) == alone[text] for text in mixed)


@given(st.text(max_size=400))
def test_passages_are_verbatim_sentences_one_a_kind(text: str) -> None:
    found = passages(text)
    assert len({passage.kind for passage in found}) == len(found)
    assert all(passage.text in text for passage in found)
    assert best_quote(found) in text
    assert all(0.0 <= passage.score <= 1.0 for passage in found)


@given(st.lists(st.sampled_from(TELLING_WORDS.split()), max_size=90).map(" ".join))
def test_passages_of_telling_words_in_any_order_are_verbatim(text: str) -> None:
    assert all(passage.text in text for passage in passages(text))
