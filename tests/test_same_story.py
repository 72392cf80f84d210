"""Which of the best tickets tell one story in other words, and which give way to another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Kind
from bot.voice.notable import choose
from bot.voice.notable_parts import Candidate
from bot.voice.read_text import read_text
from bot.voice.same_story import About, Rarity, likeness, unlike
from bot.voice.telling import is_told

OTHERS = (
    "Rota printed twice\nThe weekly rota comes out of the printer two times on every Monday.",
    "Invoice address\nInvoices still carry the address of the office that we left last winter.",
    "Photos sideways\nPortrait photos of the menu are turned sideways after the upload.",
    "Reminder too late\nThe reminder for a booking arrives an hour after the guests sat down.",
    "Tips missing\nTips paid by voucher are not counted in the sum of the evening shift.",
    "Colour of tables\nReserved tables look the same as free ones for a colour-blind waiter.",
)
SCANNER = (
    "Barcode scanner hangs the till\nWith the handheld scanner plugged in, our till hangs for "
    "minutes whenever guests want to pay at noon.",
    "Till freezes at noon\nOn Friday the till froze twice while a colleague was holding the "
    "scanner, and we had to unplug it before anything moved.",
)
NOW = datetime(2026, 9, 14, tzinfo=UTC)


def abouts(texts: Sequence[str], feature: str = "") -> list[About]:
    read = [read_text(text).stems for text in texts]
    rarity = Rarity(read)
    return [
        rarity.about(text, told, text.partition("\n")[2], feature)
        for text, told in zip(texts, read, strict=True)
    ]


def candidate(number: int, text: str, clarity: float) -> Candidate:
    quote = text.partition("\n")[2]
    return Candidate(
        id=f"t{number}",
        text=text,
        quote=quote,
        kinds=(Kind.BROKEN,),
        clarity=clarity,
        customer=f"c{number}",
        segment=None,
        created_at=NOW,
    )


def test_one_story_in_other_words_is_nearer_than_any_others() -> None:
    one, other, *rest = abouts((*SCANNER, *OTHERS))
    assert likeness(one, other) > 2 * max(likeness(*pair) for pair in combinations(rest, 2))


def test_words_for_one_another_count_as_half_the_same() -> None:
    hangs, freezes, prints = abouts(
        (
            "Kitchen screen\nThe kitchen screen hangs after lunch.",
            "Kitchen screen\nThe kitchen screen freezes after lunch.",
            "Kitchen screen\nThe kitchen screen rotates after lunch.",
        )
    )
    assert likeness(hangs, freezes) > likeness(hangs, prints)


def test_version_numbers_make_no_two_tickets_alike() -> None:
    one, other = abouts(
        ("Release 115 102 78\nThe rota is empty.", "Since 115 102 78\nTips vanish.")
    )
    assert likeness(one, other) == 0.0


def test_a_story_told_twice_among_the_best_is_shown_once() -> None:
    told = [candidate(n, text, 0.7 - n / 100) for n, text in enumerate((*SCANNER, *OTHERS))]
    chosen = choose(told, 5, 0.0, now=NOW)
    assert [one.candidate.id for one in chosen.picked] == ["t0", "t2", "t3", "t4", "t5"]
    assert chosen.left_out_ids == ("t1", "t6", "t7")


def test_what_gave_way_comes_back_where_there_is_room() -> None:
    told = [candidate(n, text, 0.7 - n / 100) for n, text in enumerate((*SCANNER, *OTHERS))]
    assert len(choose(told, 8, 0.0, now=NOW).picked) == len(told)
    assert len(choose(told[:3], 3, 0.0, now=NOW).picked) == 3


def test_one_far_more_notable_is_shown_however_near_it_is() -> None:
    about = abouts((*SCANNER, *OTHERS))
    worth = (0.9, 0.8, *(0.4 for _ in OTHERS))
    assert unlike(list(zip(worth, about, strict=True)), 2) == [0, 1]


def test_of_equals_one_of_another_feature_is_shown_first() -> None:
    bookings, others = abouts(OTHERS, "bookings"), abouts(OTHERS, "tips")
    ranked = [(0.5, bookings[0]), (0.5, bookings[1]), (0.5, others[2])]
    assert unlike(ranked, 2) == [0, 2]


@given(st.permutations((*SCANNER, *OTHERS)), st.integers(0, 9))
def test_likeness_is_a_share_and_the_same_from_both_sides(texts: list[str], most: int) -> None:
    told = abouts(texts)
    for one, other in combinations(told, 2):
        assert 0.0 <= likeness(one, other) <= 1.0 + 1e-9
        assert likeness(one, other) == pytest.approx(likeness(other, one))
    taken = unlike([(0.5, about) for about in told], most)
    assert taken == sorted(set(taken))
    assert len(taken) == min(most, len(told))


# --- offers and invitations -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Hello team, we are a boutique marketing agency and help brands like yours grow their "
        "audience. Would you be open to a short call next week?",
        "I'm the founder of a small studio in Lyon and would like to propose a partnership with "
        "your product. When are you free to talk?",
        "I am writing on behalf of a coffee chain to discuss a possible collaboration around your "
        "planner, with a joint post for our readers.",
        "Are you interested in advertising on our podcast? Twelve thousand bakers listen every "
        "week and rates begin at a modest sum.",
        "Dear users, what should the planner learn next year? We would love to hear your ideas, "
        "so please share your thoughts below this post.",
        "You are invited to our spring webinar on planning shifts, with three speakers and time "
        "for conversation after each talk.",
    ],
)
def test_offers_and_invitations_tell_nothing(text: str) -> None:
    assert not is_told(read_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "We are a catering company with forty seats and your last update broke our shift export. "
        "Could we schedule a call about a refund?",
        "I represent a partnership of dentists. The booking page shows our old opening hours.",
        "We provide our services through your planner, and since Monday guests cannot book.",
        "I work for an agency and would like to share boards with our clients without a password.",
        "The survey that pops up after each order covers the total and cannot be closed.",
        "Please let us advertise open shifts on the public page, it would save us many calls.",
        "I signed up for the beta and the planner shows last year's holidays in every view.",
    ],
)
def test_customers_who_are_firms_or_speak_of_events_are_heard(text: str) -> None:
    assert is_told(read_text(text))
