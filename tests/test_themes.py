"""Stories that belong together, whatever the order in which they come."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.voice.stems import similarity
from bot.voice.theme_centres import nearest
from bot.voice.themes import Group, Story, themes

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
VOICES = [*CARD, *EXPORT, *ALONE, "The export button hides", "My card expired", "", "???"]

texts = st.lists(st.sampled_from(VOICES) | st.text(max_size=30), max_size=14)


def stories(said: list[str]) -> list[Story]:
    return [Story(f"t{number}", text) for number, text in enumerate(said)]


def sets(groups: list[Group]) -> set[tuple[str, ...]]:
    return {group.ids for group in groups}


# --- what belongs together ------------------------------------------------------------------


def test_same_stories_come_together_and_a_lone_one_stays_alone() -> None:
    groups = themes(stories(CARD + EXPORT + ALONE))
    assert sets(groups) == {("t0", "t1", "t2"), ("t3", "t4", "t5")}


def test_copies_of_one_text_are_one_theme() -> None:
    (group,) = themes(stories(["The parcel never came"] * 500))
    assert len(group.ids) == 500


@pytest.mark.parametrize("text", ["", "  \n", "???", "🎉🎉", "[email 1]"])
def test_texts_without_a_word_tell_nothing_together(text: str) -> None:
    assert themes(stories([text] * 5)) == []


def test_stories_that_share_no_word_stay_alone() -> None:
    told = ["Coupons vanish in Norway", "The heater smells", "Invoices show yesterday twice"]
    assert themes(stories(told)) == []


@pytest.mark.parametrize(
    "told",
    [
        [
            "支払いボタンが反応しません",
            "支払いボタンを押しても反応しません",
            "翻訳を追加してください",
        ],
        ["付款按钮点击后没有反应", "点击付款按钮没有反应", "请增加深色模式"],
        ["Кнопка оплаты не работает", "Не работает кнопка оплаты", "Добавьте тёмную тему"],
    ],
)
def test_other_scripts_are_grouped_by_their_words_too(told: list[str]) -> None:
    assert sets(themes(stories(told))) == {("t0", "t1")}


# --- meaning --------------------------------------------------------------------------------


def direction(angle: float) -> NDArray[np.float32]:
    return np.array([np.cos(angle), np.sin(angle), 0], np.float32)


def test_stories_of_one_meaning_come_together_without_a_shared_word() -> None:
    told = [
        Story("a", "My plastic was refused", "", direction(0.0)),
        Story("b", "The till said no", "", direction(0.2)),
        Story("c", "Where is the parcel", "", direction(1.57)),
    ]
    assert sets(themes(told)) == {("a", "b")}


def test_stories_without_a_vector_are_grouped_by_words_beside_the_others() -> None:
    known = [Story(f"k{n}", text, "", direction(0.1 * n)) for n, text in enumerate(CARD)]
    groups = themes([*known, *stories(EXPORT)])
    assert sets(groups) == {("k0", "k1", "k2"), ("t0", "t1", "t2")}


# --- what never changes ---------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), texts)
def test_the_order_of_tickets_changes_nothing(chance: random.Random, said: list[str]) -> None:
    told = stories(said)
    shuffled = told.copy()
    chance.shuffle(shuffled)
    assert themes(shuffled) == themes(told)


@settings(max_examples=60, deadline=None)
@given(texts.filter(bool), st.integers(0, 10**6))
def test_a_duplicate_changes_sizes_only(said: list[str], place: int) -> None:
    told = stories(said)
    twin = told[place % len(told)]
    before = {ids: group.label for group in themes(told) for ids in [group.ids]}
    after = {
        tuple(id for id in group.ids if id != "new"): group.label
        for group in themes([*told, Story("new", twin.text)])
    }
    lone = (twin.id,)
    assert {ids: label for ids, label in after.items() if ids != lone} == before
    joined = [group for group in themes([*told, Story("new", twin.text)]) if "new" in group.ids]
    assert all(twin.id in group.ids for group in joined)
    assert joined or not any(char.isalnum() for char in twin.text)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_an_id_stands_in_one_theme_at_the_most(said: list[str]) -> None:
    groups = themes(stories(said))
    ids = [id for group in groups for id in group.ids]
    assert len(ids) == len(set(ids))
    assert all(len(group.ids) > 1 for group in groups)
    by_id = {story.id: story.text for story in stories(said)}
    assert all(group.label and group.label in by_id[group.label_id] for group in groups)


def test_the_largest_themes_are_the_first_and_no_more_than_wanted_are_named() -> None:
    told = stories([*CARD, "My card is declined again", *EXPORT])
    assert themes(told, 1) == themes(told)[:1]
    assert [len(group.ids) for group in themes(told)] == [4, 3]


# --- names ----------------------------------------------------------------------------------


def test_a_label_is_a_sentence_of_the_story_not_a_greeting_or_a_plea() -> None:
    told = [f"Hello team. Please help. {text}. Thanks in advance" for text in CARD]
    (group,) = themes(stories(told))
    assert any(text.rstrip("?") in group.label for text in CARD)
    assert "Hello" not in group.label
    assert "help" not in group.label


def test_of_a_long_sentence_a_clause_is_the_label() -> None:
    told = [
        f"I have been with you for years and recommended you to friends in {place}, "
        "but the planner forgets my weekly shifts"
        for place in ("Ghent", "Turin", "Porto")
    ]
    (group,) = themes(stories(told))
    assert len(group.label.split()) <= 14
    assert "planner forgets my weekly shifts" in group.label


def test_the_quote_is_of_the_member_that_says_best_what_all_tell() -> None:
    told = [
        Story("a", "Card declined. Also I like the colours a lot", "Also I like the colours a lot"),
        *(Story(f"b{n}", text, text) for n, text in enumerate(CARD)),
    ]
    groups = [group for group in themes(told) if "b0" in group.ids]
    assert [group.quote_id in {"b0", "b1", "b2"} for group in groups] == [True]
    assert themes(stories(CARD))[0].quote_id is None


# --- those that came later ------------------------------------------------------------------


def test_a_story_belongs_to_the_group_that_tells_the_same() -> None:
    groups = [stories(CARD), stories(EXPORT)]
    later = stories(["The export to CSV is empty", "Card declined in a shop", *ALONE])
    found = [one.group if one else None for one in nearest(groups, later)]
    assert found == [1, 0, None]
    assert nearest([], later) == [None] * 3
    assert nearest(groups, []) == []


def test_a_story_with_a_vector_belongs_where_its_meaning_is_nearest() -> None:
    groups = [
        [Story("a", "My plastic was refused", "", direction(0))],
        [Story("b", "Where is the parcel", "", direction(1.57))],
    ]
    later = [
        Story("c", "The till said no", "", direction(0.2)),
        Story("d", "It is all very nice", "", -direction(0.7)),
    ]
    found = nearest(groups, later)
    assert [one.group if one else None for one in found] == [0, None]
    assert found[0] is not None
    assert found[0].likeness == pytest.approx(np.cos(0.2), abs=1e-4)


def test_copies_in_a_group_do_not_move_its_centre() -> None:
    later = stories(["The export to CSV is empty"])
    once, often = [stories(EXPORT)], [stories(EXPORT) + stories(EXPORT[:1] * 50)]
    assert nearest(once, later) == nearest(often, later)


# --- cost -----------------------------------------------------------------------------------


def test_thousands_of_texts_take_seconds_at_the_most() -> None:
    chance = random.Random(5)
    vocabulary = [f"word{number}" for number in range(400)]
    told = [" ".join(chance.choices(vocabulary, k=10)) for _ in range(4_000)]
    began = time.process_time()
    themes(stories(told))
    assert time.process_time() - began < 15


@pytest.mark.parametrize("text", ["x" * 20_000, "🎉" * 10_000, "a " * 20_000, "漢" * 20_000])
def test_hostile_texts_cost_little(text: str) -> None:
    began = time.process_time()
    themes(stories([text, text + " again", "My card was declined"]))
    assert time.process_time() - began < 0.5


# --- how alike two texts are ----------------------------------------------------------------


def test_near_repeats_are_alike_and_others_are_not() -> None:
    assert similarity(CARD[0], CARD[0]) == 1.0
    assert similarity(CARD[0], "my CARD was declined, at the till!!") > 0.9
    assert similarity(CARD[0], EXPORT[0]) == 0.0


@given(st.text(max_size=80), st.text(max_size=80))
def test_similarity_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0.0 <= similarity(one, other) <= 1.0
    assert similarity(one, other) == similarity(other, one)
