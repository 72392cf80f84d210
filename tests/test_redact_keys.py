"""Private keys, as people paste them: whole, cut off, on one line, in JSON, quoted, twice."""

from __future__ import annotations

import base64
import random
import re

import pytest

from bot.config import load
from bot.reports import Requester, TicketDraft
from bot.service.pipeline import Pipeline
from bot.voice.redact import redact
from conftest import NOW

KINDS = ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", "PGP ")
LINES = [base64.b64encode(random.Random(number).randbytes(48)).decode() for number in range(1, 26)]
LAST = "QmFzZTY0IGVuZHM9PQ=="


def key(kind: str, *, end: bool, newline: str) -> str:
    """A private key in the armour of its kind; without `end` it was cut off."""
    block = " BLOCK" if kind == "PGP " else ""
    name = f"{kind}PRIVATE KEY{block}"
    lines = [f"-----BEGIN {name}-----", *LINES, LAST]
    return newline.join([*lines, f"-----END {name}-----"] if end else lines)


def pieces(text: str) -> list[str]:
    """What of the key is still to be read, be it a dozen characters."""
    shown = re.sub(r"\\[nr]|\s|[>|]", "", text)
    sought = [line[at : at + 12] for line in (*LINES, LAST) for at in (0, 8, len(line) - 12)]
    return [piece for piece in sought if piece in shown]


NEWLINES = {
    "lines": "\n",
    "lines of Windows": "\r\n",
    "one line with \\n": "\\n",
    "one line with \\r\\n": "\\r\\n",
    "JSON in JSON": "\\\\n",
    "blanks": " ",
    "quoted": "\n> ",
    "indented": "\n    ",
    "blank lines between": "\n\n",
}


@pytest.mark.case(10)
@pytest.mark.parametrize("newline", NEWLINES.values(), ids=NEWLINES)
@pytest.mark.parametrize("end", [True, False], ids=["whole", "cut off"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_private_key_is_masked_to_its_end(kind: str, end: bool, newline: str) -> None:
    pasted = key(kind, end=end, newline=newline)
    masked, marks = redact(f"Our import fails with this key:\n{pasted}")
    assert pieces(masked) == []
    assert masked.startswith("Our import fails with this key:")
    assert marks


WHOLE, OPEN = key("RSA ", end=True, newline="\n"), key("RSA ", end=False, newline="\n")
BODY = "\n".join([*LINES, LAST])
ODD = {
    "a public one before it, cut off": f"-----BEGIN PUBLIC KEY-----\nMFww\n{WHOLE}",
    "a certificate before it, cut off": f"-----BEGIN CERTIFICATE-----\nMFww\n{OPEN}",
    "small letters": WHOLE.replace("BEGIN", "begin").replace("PRIVATE KEY", "private key"),
    "four dashes": OPEN.replace("-----", "----"),
    "dashes that an editor made": OPEN.replace("-----", "—-"),
    "long dashes": WHOLE.replace("-----", "——"),
    "SSH2": f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n{BODY}",
    "PuTTY": f"PuTTY-User-Key-File-3: ssh-rsa\nComment: x\nPrivate-Lines: 26\n{BODY}",
}


@pytest.mark.case(10)
@pytest.mark.parametrize("pasted", ODD.values(), ids=ODD)
def test_a_private_key_in_odd_armour_is_masked_too(pasted: str) -> None:
    assert pieces(redact(f"See here:\n{pasted}")[0]) == []


@pytest.mark.case(10)
@pytest.mark.parametrize("newline", ["\n", "\\n"])
def test_what_is_told_after_a_whole_key_is_kept(newline: str) -> None:
    pasted = key("RSA ", end=True, newline=newline)
    masked, _ = redact(f"First:\n{pasted}\nIt worked in March, and fails since the update.")
    assert pieces(masked) == []
    assert "It worked in March, and fails since the update." in masked


@pytest.mark.case(10)
def test_two_keys_the_first_without_an_end_leave_nothing() -> None:
    both = (
        key("", end=False, newline="\n") + "\nand the other\n" + key("EC ", end=True, newline="\n")
    )
    assert pieces(redact(both)[0]) == []


@pytest.mark.case(10)
@pytest.mark.parametrize("newline", ["\n", "\\n"])
@pytest.mark.parametrize("before", [0, 100, 18_500, 19_400])
def test_a_key_that_is_cut_by_the_longest_text_that_is_kept_leaves_nothing(
    newline: str, before: int
) -> None:
    told = "It fails since Monday. " * (before // 23)
    body = f"{told}\n{key('', end=True, newline=newline)}\n" + "And again. " * 300
    drawn = TicketDraft("desk", "1", NOW, "Key", body, requester=Requester(name="Kim Lee"))
    settings = load({"EARSHOT_SEMANTIC": "off", "EARSHOT_NAMES": "off"})
    [read] = Pipeline(settings).read((), [drawn])
    assert pieces(read.body) == []
