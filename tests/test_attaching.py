"""Which insight a text belongs to: by words and by meaning, whatever stands around it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.voice.attaching import BY_MEANING, attached, compare, resembling
from bot.voice.theme_terms import Stems, table
from bot.voice.themes import Story

TWICE = "My card was charged twice for one basket"
EMPTY = "The exported file is empty since Monday"
AROUND = [
    Story(f"a{number}", text)
    for number, text in enumerate(
        (
            "How do I change the colour of my shop?",
            "The login code never arrives",
            "Where are my invoices of last year?",
            "The search finds nothing with an umlaut",
        )
    )
]


def direction(angle: float) -> NDArray[np.float32]:
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def test_a_copy_belongs_and_another_story_does_not() -> None:
    insights = [[Story("i1", TWICE)], [Story("i2", EMPTY)]]
    tickets = [Story("t1", EMPTY.upper()), Story("t2", "The picture upload takes an hour")]
    first, second = attached(insights, tickets, AROUND)
    assert first is not None
    assert first.group == 1
    assert second is None


def test_without_insights_or_tickets_nothing_is_attached() -> None:
    assert attached([], AROUND, []) == [None] * len(AROUND)
    assert attached([[Story("i", TWICE)]], [], AROUND) == []


def test_meaning_decides_where_both_sides_have_one() -> None:
    insight = [Story("i", TWICE, vector=direction(0.0))]
    near = Story("t1", "Not a word in common", vector=direction(0.2))
    far = Story("t2", TWICE, vector=direction(1.5))
    others = [Story("o", "x", vector=direction(1.5))]
    one, two = attached([insight], [near, far], others)
    assert one is not None
    assert two is None
    assert one.likeness >= BY_MEANING.likeness


def test_a_ticket_that_is_nearer_to_its_neighbours_stays_with_them() -> None:
    insight = [Story("i", "a", vector=direction(0.0))]
    ticket = Story("t", "b", vector=direction(0.75))
    alone = attached([insight], [ticket], [Story("o", "c", vector=direction(2.5))])
    crowd = [Story(f"o{n}", "c", vector=direction(0.75)) for n in range(20)]
    assert alone[0] is not None
    assert attached([insight], [ticket], crowd) == [None]


def test_a_story_is_no_neighbour_of_itself() -> None:
    insight, ticket = Story("i", TWICE), Story("t", f"{TWICE}!")
    found = compare([[insight]], [ticket], [*AROUND, insight, ticket]).margin
    assert found == compare([[insight]], [ticket], AROUND).margin


def test_what_is_less_alike_is_offered_to_a_person() -> None:
    insights = [[Story("i1", EMPTY)], [Story("i2", TWICE)]]
    ticket = Story("t", "Charged twice again, please refund one of them")
    assert [one.group for one in resembling(insights, ticket, AROUND)] == [1]
    assert attached(insights, [ticket], AROUND) == [None]


@settings(deadline=None)
@given(st.permutations(range(4)), st.lists(st.sampled_from(range(4)), max_size=6))
def test_rows_of_a_table_are_taken_in_any_order(order: list[int], chosen: list[int]) -> None:
    texts = [Stems(["charg", "twice", "card"]), Stems(["card", "empty"]), Stems([]), Stems(["x"])]
    rows = table([texts[place] for place in order])
    picked = rows.only(chosen)
    assert np.array_equal(picked.dense(), rows.dense()[chosen].reshape(len(chosen), rows.columns))
