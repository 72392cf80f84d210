"""Which tickets are worth a person's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Kind
from bot.voice.notable import WEIGHTS, Candidate, choose, notability
from bot.voice.repeats import seen_before

MONDAY = datetime(2026, 9, 14, tzinfo=UTC)
STORIES = [
    "When I pressed Pay twice the card was charged twice and support has not answered since.",
    "After the update all my drafts are gone, and the restore button does nothing at all.",
    "The calendar shows meetings one hour late since the clocks changed in our office.",
    "Exports stop at row 900 without a message, so the monthly report was wrong.",
]


def candidate(number: int, text: str, kind: Kind = Kind.BROKEN, **more: object) -> Candidate:
    given_values: dict[str, object] = {
        "id": f"t{number}",
        "text": text,
        "quote": text if kind is not Kind.PRAISE else "",
        "kinds": (kind,),
        "customer": f"c{number}",
        "segment": None,
        "created_at": MONDAY + timedelta(hours=number),
        **more,
    }
    return Candidate(**given_values)  # type: ignore[arg-type]


FOUR = [candidate(number, text) for number, text in enumerate(STORIES)]


def test_the_weights_sum_to_one_and_values_are_shares() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)
    assert all(0.0 <= part.value <= 1.0 for part in notability(FOUR[0], 9))


def test_near_repeats_are_told_once_and_counted() -> None:
    again = candidate(9, STORIES[0].replace("Pay", "Buy"))
    chosen = choose([*FOUR, again], 5, 0.0)
    assert len(chosen.picked) == 4
    first = next(picked for picked in chosen.picked if picked.similar_ids)
    assert {first.candidate.id, *first.similar_ids} == {"t0", "t9"}
    assert first.why.startswith("2 customers say this")


def test_one_customer_who_repeats_is_no_breadth() -> None:
    again = candidate(9, STORIES[0], customer="c0")
    (picked,) = choose([FOUR[0], again], 5, 0.0).picked
    assert "customers" not in picked.why


def test_at_most_so_many_and_none_below_the_bar() -> None:
    assert len(choose(FOUR, 2, 0.0).picked) == 2
    assert choose(FOUR, 2, 0.0).left_out == 2
    assert choose(FOUR, 5, 1.1).picked == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("bad", (Kind.BROKEN,)),
        (STORIES[0], ()),
        ("Cheap SEO services and backlinks for you, nothing works better", (Kind.PRAISE,)),
    ],
)
def test_what_tells_nothing_never_passes(text: str, kinds: tuple[Kind, ...]) -> None:
    assert choose([candidate(1, text, kinds=kinds)], 5, 0.0).picked == ()


def test_one_bright_spot_may_close_the_list() -> None:
    praise = [
        candidate(20 + n, text, Kind.PRAISE)
        for n, text in enumerate(
            ["I love the new planner, it saves me an hour.", "Great offline maps!"]
        )
    ]
    picked = choose([*FOUR, *praise], 3, 0.0).picked
    assert [p.candidate.kinds[0] for p in picked] == [Kind.BROKEN, Kind.BROKEN, Kind.PRAISE]


def test_known_stories_and_free_accounts_weigh_less() -> None:
    fresh = choose([candidate(1, STORIES[0], segment="Enterprise")], 1, 0.0).picked[0]
    stale = choose([candidate(1, STORIES[0], segment="free", seen_before=9)], 1, 0.0).picked[0]
    assert fresh.score > stale.score
    assert "new: nobody said this in the 4 weeks before" in fresh.why
    assert "said 9 times" in stale.why


@given(st.permutations([*FOUR, candidate(9, STORIES[0]), candidate(8, STORIES[1])]))
def test_the_order_of_candidates_changes_nothing(candidates: list[Candidate]) -> None:
    expected = choose([*FOUR, candidate(9, STORIES[0]), candidate(8, STORIES[1])], 3, 0.1)
    assert choose(candidates, 3, 0.1) == expected


def test_earlier_texts_that_tell_the_same_are_counted() -> None:
    earlier = [f"Hello. {STORIES[1]} Bye.", "The planner is fine.", STORIES[1]]
    assert seen_before([STORIES[1], STORIES[2]], earlier) == [2, 0]
