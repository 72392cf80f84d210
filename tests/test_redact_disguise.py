"""What a reader sees through, redaction sees through: values in disguise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redaction_tricks import HIDEABLE, TRICKS

from bot.reports import Requester
from bot.voice.redact import find_spans, redact
from bot.voice.redact_disguise import shadow
from bot.voice.text import clean

VALUES = {
    "EMAIL": "mo.farouk77@example.org",
    "PHONE": "+49 30 901820",
    "CREDIT_CARD": "4111 1111 1111 1111",
    "IBAN": "DE89370400440532013000",
    "IP": "203.0.113.77",
    "GOV_ID": "219-09-9999",
}
ASKER = Requester(name="Ottilie Brandvold", email="ob@fjord.example")


def test_every_kind_that_can_hide_is_tried() -> None:
    assert set(VALUES) == HIDEABLE


@pytest.mark.case(8)
@pytest.mark.parametrize("name", TRICKS)
@pytest.mark.parametrize("kind", VALUES)
def test_a_trick_hides_nothing(kind: str, name: str) -> None:
    hidden = TRICKS[name](VALUES[kind])
    redacted, found = redact(clean(f"It is: {hidden}, thanks."))
    assert len(found) == 1
    assert redacted == f"It is: {found[0].token}, thanks."


@pytest.mark.parametrize(
    "text",
    [
        "mo[at]example[dot]org",
        "mo {at} example {dot} co {dot} uk",
        "mo (a) example . org",
        "mo@example(.)org",
        "mo[@]example[.]org",
        "mo_at_example_dot_org",
        "mo-at-example-dot-org",
        "mo AT example DOT org",
        "mo ＠ example．org",
        "( m o @ e x a m p l e . o r g )",
    ],
)
def test_an_address_is_known_however_it_is_spelt(text: str) -> None:
    assert [span.type for span in find_spans(f"write to {text}, please")] == ["email"]


def test_one_address_in_two_spellings_is_one() -> None:
    text = "mo@example.org, mo (at) example (dot) org, mo[at]example[.]org"
    assert redact(text)[0] == "[email 1], [email 1], [email 1]"


@pytest.mark.case(8)
@pytest.mark.parametrize(
    "text",
    [
        "p&amp;#97;ssword: hunter22",
        "pаssword is hunter22",
        "p a s s w o r d = hunter22",
        "card 4111.1111.1111.1111",
        "card 4111/1111/1111/1111",
        "4111 - 1111 - 1111 - 1111",
        "IBAN DЕ89 3704 0044 0532 0130 00",
        "Subject: quoted=20mail\nmo=2Efarouk=40example=2Eorg is my ad=\ndress",
    ],
)
def test_a_disguised_word_or_number_is_read(text: str) -> None:
    redacted, found = redact(text)
    assert found
    for part in ("hunter22", "1111", "3704", "farouk"):
        assert part not in redacted


@pytest.mark.parametrize(
    "text",
    [
        "ottilie_brandvold_cv.pdf",
        "OttilieBrandvold.png",
        r"C:\Users\obrandvold\crash.log",
        "/home/ottilieb/.config",
        "> On Tuesday OTTILIE wrote:",
        "Оttilie Вrandvold",
        "o t t i l i e",
    ],
)
def test_the_requester_is_known_in_file_names_and_in_disguise(text: str) -> None:
    redacted = redact(text, ASKER)[0].lower()
    for part in ("ottil", "brand", "тtil", "вrand"):
        assert part not in redacted


@pytest.mark.parametrize(
    "text",
    [
        "at this point the source of the export is lost; I look at it line by line",
        "options a b c d e f are greyed out, x = y, R&D and AT&T; a[.] b",
        "the licence ran out; 2000 messages 1234567 to 1234570 are lost",
        "Ошибка 500 в версии 3, код Х1",
        "if (a == b &&\n    c=\nd) return;",
        "2017 - 01 - 25 01: 00 and room 12, desk 4",
    ],
)
def test_what_only_looks_odd_is_left(text: str) -> None:
    assert redact(text) == (text, ())


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("&#;=\nаА [.]()x4 "), max_size=80))
@settings(max_examples=300, deadline=None)
def test_a_shadow_leads_back_into_its_text(text: str) -> None:
    read = shadow(text)
    assert len(read.text) == len(read.back) == len(read.ends)
    assert all(
        0 <= start < end <= len(text) for start, end in zip(read.back, read.ends, strict=True)
    )
    assert list(read.back) == sorted(read.back)
