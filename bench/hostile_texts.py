"""Texts of 20,000 characters that were made to cost time: what patterns stumble over."""

from __future__ import annotations

from typing import Final

HOSTILE: Final[dict[str, str]] = {
    "dots and at": "a.a." * 5_000 + "@",
    "ones": "1-1-" * 5_000,
    "digits": "1" * 20_000,
    "numbers": "12 " * 6_600,
    "phones": "555-1234 " * 2_200,
    "brackets": "(" * 20_000,
    "passwords": 'password="' * 2_000,
    "backslashes": 'password="' + "\\" * 19_000,
    "keys": "-----BEGIN PRIVATE KEY-----" * 740,
    "spaces": " " * 20_000,
    "emoji": "😀" * 20_000,
    "letters": "a" * 20_000,
    "names": "Anna Bell, " * 1_800,
    "at signs": "a@" * 10_000,
    "colons": "a:" * 10_000,
    "links": "https://" * 2_500,
    "ibans": "GB29 NWBK 6016 " * 1_300,
    "headers": "From: " * 3_300,
    "streets": "12 rue de " * 2_000,
    "tax": "tax/" * 5_000,
    "accents": "Z\u0301" * 10_000,
    "entities": "&amp;" * 4_000,
    "half entities": "&amp;#" * 3_300,
    "soft breaks": "a=\n" * 6_600,
    "spelt": "a " * 10_000,
    "spelt digits": "4 1 1 1 " * 2_500,
    "boxed dots": "a[.]" * 5_000,
    "boxes": "[ ( { " * 3_300,
    "dashed at": "a-at-" * 4_000,
    "at and dot": "a at b dot " * 1_800,
    "twins": "а1" * 10_000,
    "card groups": "4111." * 4_000,
    "licences": "license number " * 1_300,
    "zero width": "a\u200b" * 10_000,
    "tokens": "[email 1]" * 2_200,
}
