"""Telling a ticket's words from others, and taking them out of payloads: pure rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import kit
from bot.blocks.kit import message
from bot.blocks.removal import Cutter, only
from bot.blocks.text import cut
from bot.demo import slack_limits
from bot.reports import ShownTicket
from bot.service.posting import payload
from bot.voice.own_words import OwnWords
from bot.voice.telltale import beginnings, phrases

BODY = (
    "The new basket forgets my gift voucher whenever I change the delivery day. "
    "I have tried three browsers already. Please bring the old one back!"
)
OWN = OwnWords(["Voucher gone", BODY], ["Gift voucher", "broken"])
NOTE = "Removed"


@pytest.mark.parametrize(
    "text",
    [
        "The new basket forgets my gift voucher whenever I change the delivery day.",
        "The new basket forgets my gift vou…",
        "forgets my gift voucher whenever I change",
        "THE NEW BASKET FORGETS MY GIFT VOUCHER",
        "They say: the new basket forgets my gift voucher whenever I change it",
        "Voucher gone",
        "basket forgets",
        "One story begins: “basket forgets”, in 4 tickets",
    ],
)
def test_a_quote_a_stretch_and_a_label_are_a_tickets_words(text: str) -> None:
    assert OWN.hold(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Gift voucher",
        "broken",
        "the new basket is slower than the old one was before the change",
        "basket forgets: ",
        " basket forgets",
        "voucher",
        "12 customers this week",
        "Please bring more tea",
    ],
)
def test_what_others_say_and_names_of_ours_are_not(text: str) -> None:
    assert not OWN.hold(text)


@pytest.mark.parametrize(
    "text",
    [
        "決済画面のボタンが灰色のまま動かない…",
        "ボタンが灰色のまま動かないので困ります",
        "One story begins: 決済画面のボタンが灰色のまま",
    ],
)
def test_a_stretch_of_a_script_without_spaces_is_a_tickets_words(text: str) -> None:
    own = OwnWords(
        ["決済画面のボタンが灰色のまま動かないので何度も再読み込みしました。"], ["決済画面"]
    )
    assert own.hold(text)
    assert not own.hold("決済画面")
    assert not own.hold("決済画面のボタンが赤色になりました")


@given(st.integers(0, len(BODY) - 60), st.integers(45, 200))
def test_any_long_piece_is_found_wherever_it_was_cut(start: int, length: int) -> None:
    piece = BODY[start : start + max(length, 60)]
    assert OWN.hold(cut(piece, length))


@given(st.text(max_size=300))
def test_nobodys_words_are_found_in_no_text(text: str) -> None:
    assert not OwnWords([]).hold(text)
    assert not OwnWords(["", " ", "…"]).hold(text)


def ticket() -> ShownTicket:
    return ShownTicket(7, "desk", "4711", "https://desk.example/4711", ("Voucher gone", BODY))


def shown(text: str) -> dict[str, Any]:
    """A message about the ticket and about another."""
    blocks = [
        kit.header(f"Basket: {text}"),
        kit.rich(kit.line(kit.ours("Broken")), kit.quote(kit.theirs(text, 200))),
        kit.actions(kit.button("Tag", kit.ACTION_TAG, "7")),
        kit.rich(kit.line(kit.ours("Broken")), kit.quote(kit.theirs("My parcel never came", 200))),
        kit.actions(kit.button("Tag", kit.ACTION_TAG, "8")),
        kit.rich(kit.line(kit.ours("added ticket "), kit.theirs("4711"))),
    ]
    return payload(message(f"Basket: {text}", [block for block in blocks if block]))


def cutter(*, masked: bool = False) -> Cutter:
    return Cutter([ticket()], OWN.hold, NOTE, (lambda _: "[masked]") if masked else None)


@pytest.mark.parametrize("finely", [True, False])
def test_a_ticket_goes_with_its_buttons_and_its_number_and_the_other_stays(finely: bool) -> None:
    left = json.dumps(cutter().cut(shown(BODY), finely=finely))
    assert "gift voucher" not in left
    assert '"7"' not in left
    assert "4711" not in left
    assert "My parcel never came" in left
    assert '"8"' in left


@given(st.text(max_size=200))
def test_what_is_left_is_what_slack_takes_and_stays_as_it_is(text: str) -> None:
    once = cutter().cut(shown(text), finely=False)
    assert not slack_limits.check_message(once)
    assert cutter().cut(once, finely=False) == once


def test_what_does_not_show_it_is_not_touched() -> None:
    other = shown("My parcel never came, and nobody answers")
    other["blocks"] = [b for b in other["blocks"] if '"7"' not in json.dumps(b)][:4]
    assert cutter().cut(other, finely=False) == other


def test_masking_leaves_buttons_and_numbers() -> None:
    left = json.dumps(cutter(masked=True).cut(shown(BODY), finely=False))
    assert "gift voucher" not in left
    assert "[masked]" in left
    assert '"7"' in left
    assert "4711" in left


def test_of_a_whole_message_only_a_note_is_left() -> None:
    left = only(NOTE, shown(BODY) | {"plain": []})
    assert (left["text"], "plain" in left) == (NOTE, False)
    assert "gift voucher" not in json.dumps(left)


def test_traces_are_phrases_and_words_that_are_not_everyday_english() -> None:
    text = "The Zinnoberfarben [email 1] arrived. Ok. Nobody answered the telephone yesterday."
    assert list(phrases([text, text])) == [
        "The Zinnoberfarben [email 1] arrived",
        "Nobody answered the telephone yesterday",
    ]
    assert list(beginnings([text])) == ["zinnoberfar"]
