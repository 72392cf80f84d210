"""Kinds of personal data in everyday dress: spelt out, in markup, in paths, in other scripts."""

from __future__ import annotations

import pytest

from bot.reports import Requester
from bot.voice.redact import Redactor, redact


@pytest.mark.parametrize(
    ("name", "text", "leak"),
    [
        ("Jürgen Müller", "Juergen wrote this. Signed MUELLER", "uer"),
        ("Jürgen Müller", "the user Juergen.Mueller, or jmueller, cannot log in", "mueller"),
        ("Søren Bjørk", "Soeren waits", "Soeren"),
        ("Mary-Jane O'Neil", "sign in as maryjane.oneil", "maryjane"),
        ("Mary-Jane O'Neil", "ask Ms ONeil again", "ONeil"),
        ("Jean-Luc Dupont", "my folder is called jeanluc", "jeanluc"),
    ],
)
def test_the_requesters_name_is_masked_as_keyboards_write_it(
    name: str, text: str, leak: str
) -> None:
    redactor = Redactor(Requester(name=name))
    assert leak.lower() not in redactor.redact(text).lower()


LEAKS = [
    ("<password>Winter77</password>", "Winter77"),
    ("<db_password>Winter77</db_password>", "Winter77"),
    ('<add key="Password" value="Winter77"/>', "Winter77"),
    ('{"name": "password", "value": "winter2x"}', "winter2x"),
    ('name: DB_PASSWORD\n  value: "winter2x"', "winter2x"),
    ("Password:\nwinter2winter2", "winter2winter2"),
    ("my 2FA code 482 913 is refused", "482 913"),
    ("電話番号は090-1234-5678です", "1234"),
    ("手机号：13800138000", "138001"),
    ("私のIPは81.23.4.199です", "81.23"),
    ("телефон89161234567", "891612"),
    ("sort code 12-34-56 account 12345678", "12345678"),
    (r"at C:\Users\KimLovell\AppData\app.log", "KimLovell"),
    ("no such file: /home/klovell/.config/app", "klovell"),
    ("It fails again. Kind regards, Marco Rossi", "Rossi"),
    ("Es geht nicht.\n\nMit freundlichem Gruß\nTorsten Brinkmann", "Brinkmann"),
    ("No funciona.\n\nUn cordial saludo,\nLucía Fontana", "Fontana"),
    ("Am 3. März schrieb Greta Lindner:\n> Es geht nicht", "Lindner"),
]


@pytest.mark.parametrize(("text", "leak"), LEAKS)
def test_what_is_personal_does_not_stay(text: str, leak: str) -> None:
    assert leak not in redact(text)[0]


@pytest.mark.case(12)
@pytest.mark.parametrize(
    "text",
    [
        "It breaks in Chrome 126.0.6478.127 and Edge 126.0.2592.87.",
        "iOS app 4.12.0.2231 loses my basket",
        "since Teams 24.7.0.1234",
        "see /home/runner/work and /Users/Shared/export",
        "The password field is empty.\nWhat now?",
        "Regards, all of the above fails",
    ],
)
def test_what_an_engineer_needs_stays(text: str) -> None:
    assert redact(text)[0] == text
