"""Words that leaked are found again however they are written, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voice.leak import (
    Wanted,
    find,
    in_text,
    is_identifying,
    masked,
    said,
    token_for,
    wanted,
)

NAME = ("josefina", "nunez")


@pytest.mark.case(13)
@pytest.mark.parametrize(
    "text",
    [
        "Josefina Nunez",
        "JOSEFINA NÚÑEZ",
        "josefina.nuñez",
        "Josefina-Núñez",
        "Josefina\u00a0N\u00fa\u200b\u00f1ez",
        "Ｊosefina  Ｎúñez",
        "Jo\u00adsefina\nNun\u0303ez",
    ],
)
def test_words_are_masked_whatever_their_case_accents_and_tricks(text: str) -> None:
    leaks = [wanted(NAME)]
    assert masked(f"Ask {text}, please", leaks, "[private 1]") == ("Ask [private 1], please", 1)


@pytest.mark.parametrize("text", ["Josefina", "Nunez Josefina", "Josefinas Nunez", "[private 1]"])
def test_other_words_stay(text: str) -> None:
    assert masked(text, [wanted(NAME)], "[x]") == (text, 0)


def test_a_text_that_was_cut_in_the_words_loses_what_is_left_of_them() -> None:
    for left in ("Josefina Nun…", "Josefina…", "Jos…"):
        assert masked(f"So says {left}", [wanted(NAME)], "[private 1]")[0] == "So says [private 1]…"
    assert masked("So says Jo…", [wanted(NAME)], "[private 1]")[0] == "So says Jo…"


def test_signs_of_scripts_without_spaces_are_words() -> None:
    [words] = said("山田太郎")
    assert masked("私は山田太郎です", [wanted(words)], "[private 1]")[0] == "私は[private 1]です"


def test_a_part_of_a_word_takes_the_word_with_it() -> None:
    assert in_text("Contract CT-47110b fails", ("4711",)) == [("47110b",)]
    assert in_text("Contract CT-47110b fails", ("fails",)) == [("fails",)]
    assert in_text("Contract CT-47110b fails", ("9",)) == []


def test_what_a_person_types_is_a_run_of_words_a_line_without_repeats() -> None:
    assert said(" Ann Lee \n\n--\nANN  LEE\n0151-33") == [("ann", "lee"), ("0151", "33")]
    assert said("?!\n") == []
    assert len(said("\n".join(map(str, range(100))))) == 10


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        (("the",), False),
        (("will",), False),
        (("export", "fails"), False),
        (("2026",), False),
        (("josefina",), True),
        (("the", "nunez"), True),
        (("4711", "22"), True),
        (("ct4711",), True),
        (("山", "田"), False),
        (("山", "田", "太", "郎"), True),
    ],
)
def test_ordinary_words_and_short_numbers_tell_nobody_from_others(
    words: tuple[str, ...], tells: bool
) -> None:
    assert is_identifying(words) is tells


def test_a_token_has_the_next_number() -> None:
    assert token_for("no", "[private 7] and [private 2]") == "[private 8]"
    assert token_for("no") == "[private 1]"


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=200))
def test_what_is_said_to_have_leaked_is_gone_and_by_its_hash_as_well(
    before: str, typed: str, after: str
) -> None:
    text = f"{before} {typed} {after}"
    for line in said(typed)[:1]:
        for words in in_text(text, line):
            gone, count = masked(text, [wanted(words)], "[private 1]")
            assert count
            by_hash = Wanted(len(words), " ".join(words).__eq__)
            assert masked(text, [by_hash], "[private 1]") == (gone, count)
            assert words in list(find([text], by_hash))
            assert not list(find([gone], by_hash))
