"""Stories that belong together, whatever the order in which they come."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from bot.voice.themes import Story, similarity, themes

CARD = [
    "My card was declined at the till",
    "Why is my card declined in the shop?",
    "The card gets declined every time I pay",
]
EXPORT = [
    "The CSV export is empty",
    "Export to CSV gives an empty file",
    "An empty CSV export again",
]
ALONE = ["Please translate the planner into Welsh"]


def stories(texts: list[str]) -> list[Story]:
    return [Story(f"t{number}", text, "") for number, text in enumerate(texts)]


def test_same_stories_come_together_and_a_lone_one_stays_alone() -> None:
    groups = themes(stories(CARD + EXPORT + ALONE))
    assert {group.ids for group in groups} == {("t0", "t1", "t2"), ("t3", "t4", "t5")}


def test_a_label_is_verbatim_of_a_member() -> None:
    for group in themes(stories(CARD + EXPORT)):
        assert group.label in CARD + EXPORT


def test_a_label_prefers_the_quote() -> None:
    items = [Story(str(n), f"Hello. {text}", text) for n, text in enumerate(CARD)]
    (group,) = themes(items)
    assert group.label in CARD


@given(st.permutations(stories(CARD + EXPORT + ALONE)))
def test_the_order_of_tickets_changes_nothing(items: list[Story]) -> None:
    assert themes(items) == themes(stories(CARD + EXPORT + ALONE))


@given(st.lists(st.text(max_size=60), max_size=12))
def test_an_id_stands_in_one_theme_at_the_most(texts: list[str]) -> None:
    groups = themes(stories(texts))
    ids = [id for group in groups for id in group.ids]
    assert len(ids) == len(set(ids))
    assert all(len(group.ids) > 1 for group in groups)
    assert all(any(group.label in text for text in texts) for group in groups)


def test_copies_of_one_text_are_one_theme() -> None:
    (group,) = themes(stories(["The parcel never came"] * 500))
    assert len(group.ids) == 500


def test_two_thousand_texts_take_seconds_at_the_most() -> None:
    chance = random.Random(5)
    vocabulary = [f"word{number}" for number in range(400)]
    texts = [" ".join(chance.choices(vocabulary, k=10)) for _ in range(2_000)]
    began = time.process_time()
    themes(stories(texts))
    assert time.process_time() - began < 8


def test_near_repeats_are_alike_and_others_are_not() -> None:
    assert similarity(CARD[0], CARD[0]) == 1.0
    assert similarity(CARD[0], "my CARD was declined, at the till!!") > 0.9
    assert similarity(CARD[0], EXPORT[0]) == 0.0


@given(st.text(max_size=80), st.text(max_size=80))
def test_similarity_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0.0 <= similarity(one, other) <= 1.0
    assert similarity(one, other) == similarity(other, one)
