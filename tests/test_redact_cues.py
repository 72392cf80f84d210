"""Looking for less: what redaction leaves untried could not have been found."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reports import Requester
from bot.voice.redact import Redactor, Rules
from bot.voice.redact_addresses import ADDRESS_CUES, LAYOUTS
from bot.voice.redact_cues import Cue, Cues, Seen, expansions, folded_word
from bot.voice.redact_name_cues import NAME_CUES
from bot.voice.redact_network import find_ips
from bot.voice.redact_numbers import (
    NUMBER_CUES,
    find_cards,
    find_emails,
    find_ibans,
    find_ids,
)
from bot.voice.redact_phones import find_phones
from bot.voice.redact_secrets import FIELD, SECRET_CUES, fields

CUES = (*SECRET_CUES, *NUMBER_CUES, *ADDRESS_CUES, *NAME_CUES)
GLUE = ["", " ", "  ", "\n", ", ", ": ", "-", "_", "'", ".", "ı", "ſ", "é"]
VALUES = ["Ann Lee", "ann", "12345678", "is", "for me", "hunter22", "AB123456", "x", "İ", "9 Elm"]
NUMBERS = ["1", "23", "4111", "1111 1111", "AB", "C", "DE89", "3704", "x", "(", ")", "+", "é", "/"]
ADDRESSES = [
    "12 Long Hill Road, Flat 3, Town, IL 62704",
    "12 Longhill, Town AB1 2CD",
    "21 bis, rue de la Paix, 75002 Paris",
    "4 Allée Haute, 75002 Paris",
    "Lange Straße 12a, 10115 Berlin",
    "Kerkstraat 5, 1234 AB Stad",
    "Calle Mayor 5, 28013 Madrid",
    "Via Roma 1, 00100 Roma (RM)",
    "ul. Prosta 2/14, 00-950 Miasto",
    "ул. Прямая, д. 5 стр. 2, 123456",
    "Somewhere 12, 741 16 Town",
    "PSC 12, Box 5, APO AE 09012",
    "東京都港区芝公園4丁目2-8",
    "〒 105-0011 somewhere",
    "my address is 5 Elm Court",
    "P.O. Box 55",
]


def woven(*words: str) -> st.SearchStrategy[str]:
    """Texts of such words, glued together in all ways."""
    parts = st.tuples(st.sampled_from(words), st.sampled_from(GLUE)).map("".join)
    return st.lists(parts, max_size=8).map("".join)


def alternatives(cue: Cue) -> list[str]:
    """The beginnings that a cue is made of, in some cases that count as the same."""
    head = cue.pattern.pattern.removeprefix(r"\b(?:")
    depth, end = 1, 0
    while depth:
        depth += {"(": 1, ")": -1}.get(head[end], 0)
        end += 1
    found = expansions(head[: end - 1])
    return [*found, *(word.upper() for word in found), *(word.title() for word in found)]


def places(found: Iterable[re.Match[str]]) -> list[tuple[int, int]]:
    return [match.span() for match in found]


# --- first words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "strings"),
    [
        ("pins?|otp", ["pin", "pins", "otp"]),
        ("m(?:rs?|s)", ["mr", "mrs", "ms"]),
        ("p[ae]n(?= n)", ["pan", "pen"]),
        (r"a\.?b", ["ab", "a.b"]),
    ],
)
def test_a_simple_pattern_is_spelt_out(pattern: str, strings: list[str]) -> None:
    assert sorted(expansions(pattern)) == sorted(strings)


@pytest.mark.parametrize("pattern", ["a+", "a*", r"\w", "[a-z]", "[^a]", "(a)", "a{2}", "a)", "."])
def test_a_pattern_that_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"at|unmatched"):
        expansions(pattern)


def test_a_cue_that_begins_with_no_word_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with no word"):
        Cue("(?:a )?-b", "c")


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: min(cue.words))
def test_letters_that_a_pattern_takes_for_the_same_make_the_same_word(cue: Cue) -> None:
    every = "".join(map(chr, range(0x11000)))
    for letter in set("".join(cue.words)) | set(string.ascii_lowercase):
        for twin in re.findall(re.escape(letter), every, re.I):
            assert folded_word(twin) == folded_word(letter), (letter, twin)


@given(st.data(), st.sampled_from(CUES))
@settings(max_examples=600, deadline=None)
def test_a_cue_is_found_wherever_its_pattern_finds_it(data: st.DataObject, cue: Cue) -> None:
    text = data.draw(woven(*alternatives(cue), *VALUES))
    found = Seen(text, Cues(CUES)).find(cue)
    assert places(found) == places(cue.pattern.finditer(text))


def test_a_cue_that_nobody_looked_for_fails_instead_of_finding_nothing() -> None:
    with pytest.raises(KeyError):
        list(Seen("my name is Ann", Cues(())).find(CUES[0]))


# --- cheap looks before costly ones -----------------------------------------------------------


NAMES = ["password", "api_key", "accessToken", "keys", "SESSION", "mot de passe", "пароль", "sid-x"]
SIGNS = ["=", ":", ":=", "=>", "：", " = ", '"] :', "'"]


@given(woven(*NAMES, *SIGNS, *VALUES, '"a b"', "?x=1&token=2", "http://a.example/"))
@settings(max_examples=600, deadline=None)
def test_fields_are_found_wherever_their_pattern_finds_them(text: str) -> None:
    assert places(fields(text)) == places(FIELD.finditer(text))


@given(woven(*ADDRESSES, *(part for address in ADDRESSES for part in address.split())))
@settings(max_examples=400, deadline=None)
def test_no_address_stands_where_a_cheap_look_rules_it_out(text: str) -> None:
    seen = Seen(text, Cues(ADDRESS_CUES))
    for is_possible, patterns in LAYOUTS:
        if any(pattern.search(text) for pattern in patterns):
            assert is_possible(seen)


@given(woven(*NUMBERS, "@", "a@b.example", "a at b dot org", "1.2.3.4", "::1", "a1:b2:c3"))
@settings(max_examples=600, deadline=None)
def test_no_number_stands_where_a_cheap_look_rules_it_out(text: str) -> None:
    seen, sure = Seen(text, Cues(CUES)), Seen(text, Cues(CUES))
    sure.has_digit = sure.has_number = True
    for find in (find_cards, find_ibans, find_ids, find_ips):
        assert list(find(seen)) == list(find(sure))
    for own in (None, "+1 415 555 2671"):
        assert list(find_phones(seen, ("US", "DE"), own)) == list(
            find_phones(sure, ("US", "DE"), own)
        )
    sure.text += "\n@"
    nobody: frozenset[str] = frozenset()
    assert list(find_emails(seen, nobody, nobody)) == list(find_emails(sure, nobody, nobody))


# --- tags -----------------------------------------------------------------------------------


@given(
    st.sampled_from(["checkout", "mo", "Mo Farouk", "mo@mine.example", "tel-4155552671", "vip 12"]),
    st.sampled_from(
        [
            Requester(),
            Requester(name="Mo Farouk"),
            Requester(email="mo@mine.example"),
            Requester(phone="+1 415 555 2671"),
        ]
    ),
)
def test_a_tag_is_redacted_as_any_text_whoever_had_it_before(
    tag: str, requester: Requester
) -> None:
    rules = Rules(own_domains=frozenset({"mine.example"}))
    redactors = [Redactor(requester, rules=rules) for _ in range(2)]
    assert redactors[0].redact_tag(tag) == redactors[1].redact(tag)
    assert redactors[0].redactions == redactors[1].redactions
