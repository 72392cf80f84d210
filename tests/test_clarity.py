"""How clear and telling a ticket is: read once, by words and by meaning, and kept with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voice.bright import is_bright
from bot.voice.clarity import NAMES, by_words, clarity, facts
from bot.voice.kind_meaning import meaning
from bot.voice.kind_model import model
from bot.voice.kinds import judge
from bot.voice.read_text import read_text
from bot.voice.reading import make_text_safe, understand

STORY = (
    "Since Monday the export of our seating plan stops at row 900. I pressed Export again, signed "
    "out and in, and tried another browser: the file always ends there without a message, so that "
    "the caterer got a list without the last two tables."
)
VAGUE = "The export is bad, please look into this soon."


def test_both_tables_weigh_every_fact() -> None:
    assert set(model().clarity) == set(meaning().clarity) == {*NAMES, "bias"}
    assert model().clarity["meaning"] == 0.0 < meaning().clarity["meaning"]


def test_what_can_be_pictured_is_clearer_than_what_is_vague() -> None:
    assert by_words(STORY) > 2 * by_words(VAGUE) > 0


def test_the_meaning_of_a_text_counts_where_it_is_known() -> None:
    towards = meaning().weights[-1]
    vector = (towards / np.linalg.norm(towards)).astype(np.float32)
    for_it, against = (clarity(STORY, judge(STORY, own)) for own in (vector, -vector))
    assert for_it > by_words(STORY) > against


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks, solved!",
        "Buy cheap backlinks and rank your website on google with our SEO services today.",
        "Repent, for God sees your sin. Jesus Christ the Lord brings salvation from Satan to all.",
        "Thank you for contacting us. We have received your request and will get back to you.",
    ],
    ids=["nothing", "chatter", "spam", "a sermon", "an agent"],
)
def test_what_tells_nothing_has_no_clarity(text: str) -> None:
    assert by_words(text) == 0.0


def test_one_who_swears_by_god_still_tells_of_a_failure() -> None:
    assert by_words("For God's sake, the seating plan loses the last table each time I print it.")


def test_a_ticket_in_a_language_that_is_not_read_has_no_clarity() -> None:
    text = "Der Sitzplan verliert beim Drucken jedes Mal die letzten beiden Tische."
    assert understand(make_text_safe(text)).clarity == 0.0
    assert understand(make_text_safe(STORY)).clarity == by_words(STORY)


@given(st.text(max_size=400))
def test_clarity_is_a_share_whatever_is_written(text: str) -> None:
    assert 0.0 <= by_words(text) <= 1.0
    judged = judge(text)
    assert judged is None or len(facts(judged)) == len(NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "I love the new planner, it saves me an hour every single day.",
        "The seating view is great and very easy to use on a tablet.",
        "Thank you for adding the second hall, our team is very happy with it.",
    ],
)
def test_what_a_customer_loves_is_a_bright_spot(text: str) -> None:
    assert is_bright(text, read_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "It would be great to sort the guests by table.",
        "Please, for the love of all guests, remove this stupid pop-up.",
        "I love the planner, but it loses the last table.",
        "Which planner is best for a small hall?",
        "Great, another update that breaks my list of guests. It doesn't open.",
        "Thank you for the quick response.",
        "The planner opens on Monday.",
    ],
)
def test_a_wish_a_complaint_or_courtesy_is_none(text: str) -> None:
    assert not is_bright(text, read_text(text))
