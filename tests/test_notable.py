"""Which tickets are worth a person's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reports import Kind
from bot.voice.clarity import by_words
from bot.voice.memory import Answered, Before
from bot.voice.notable import Chosen, choose
from bot.voice.notable_parts import NO_ANSWER, WEIGHTS, Candidate
from bot.voice.read_text import read_text
from bot.voice.repeats import Told, times
from bot.voice.severity import cost
from bot.voice.stems import terms
from bot.voice.themes import Story, themes

MONDAY = datetime(2026, 9, 14, tzinfo=UTC)
NOW = MONDAY + timedelta(days=5)
STORIES = [
    "When I pressed Pay twice the card was charged twice and support has not answered since.",
    "After the update all my drafts are gone, and the restore button does nothing at all.",
    "The calendar shows meetings one hour late since the clocks changed in our office.",
    "Exports stop at row 900 without a message, so the monthly report was wrong.",
    "Labels print upside down on the small thermal printer whenever two are sent at once.",
    "Search finds products that were deleted last winter, and hides the ones we sell now.",
]
PRAISE = "I love the new planner, since the last release it saves me an hour every single day."


def candidate(number: int, text: str, kind: Kind = Kind.BROKEN, **more: object) -> Candidate:
    given_values: dict[str, object] = {
        "id": f"t{number:03}",
        "text": text,
        "quote": text,
        "kinds": (kind,),
        "customer": f"c{number}",
        "segment": None,
        "created_at": MONDAY + timedelta(minutes=number),
        "clarity": by_words(text),
        **more,
    }
    return Candidate(**given_values)  # type: ignore[arg-type]


SOME = [candidate(number, text) for number, text in enumerate(STORIES)]


def part(chosen: Chosen, name: str) -> float:
    """The value of a part of the first item."""
    return next(one.value for one in chosen.picked[0].parts if one.name == name)


# --- the parts ------------------------------------------------------------------------------


def test_the_weights_sum_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_parts_are_shares_and_add_up_to_the_score() -> None:
    for picked in choose(SOME, 5, 0.0, now=NOW).picked:
        assert all(0.0 <= one.value <= 1.0 for one in picked.parts)
        assert sum(one.points for one in picked.parts) == picked.score
        assert {one.name: one.weight for one in picked.parts} == WEIGHTS


def test_known_stories_and_free_accounts_weigh_less() -> None:
    before = Before(tuple(f"Hello. {STORIES[0]} Bye." for _ in range(9)), 4.0)
    fresh = choose([candidate(1, STORIES[0], segment="Enterprise")], 1, 0.0)
    stale = choose([candidate(1, STORIES[0], segment="free")], 1, 0.0, before=before)
    assert part(fresh, "novelty") == 1.0 > part(stale, "novelty") > 0
    assert part(fresh, "segment") > part(stale, "segment")
    assert "new: nobody said this in the 4 weeks before" in fresh.picked[0].why
    assert "said 9 times" in stale.picked[0].why


def test_what_the_channel_was_shown_is_no_news_to_it() -> None:
    shown = Before(shown=(Answered(STORIES[1], "", "broken"),))
    again = choose([candidate(1, STORIES[1])], 1, 0.0, before=shown)
    assert part(again, "novelty") == pytest.approx(0.3)
    assert part(again, "feedback") == NO_ANSWER


@pytest.mark.parametrize(("value", "sign"), [(1.0, 1), (-1.0, -1), (0.0, 0)])
def test_what_the_channel_answered_to_similar_ones_counts(value: float, sign: int) -> None:
    before = Before(shown=(Answered(STORIES[1], "drafts", "broken", value),))
    alike = choose([candidate(1, STORIES[1])], 1, 0.0, before=before)
    sort = choose([candidate(1, STORIES[3], feature="drafts")], 1, 0.0, before=before)
    other = choose([candidate(1, STORIES[3], feature="export")], 1, 0.0, before=before)
    assert (part(alike, "feedback") - NO_ANSWER) * sign >= 0.2 * abs(sign)
    assert (part(sort, "feedback") - NO_ANSWER) * sign > 0 or not sign
    assert part(other, "feedback") == NO_ANSWER


def test_a_feature_above_its_usual_raises_its_tickets() -> None:
    one = candidate(1, STORIES[3], feature="pay", feature_customers=14, feature_usual=7.0)
    [calm] = choose([candidate(1, STORIES[3])], 1, 0.0).picked
    [picked] = choose([one], 1, 0.0).picked
    assert picked.score > calm.score
    assert "14 customers on this feature this week, twice the usual" in picked.why


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We lost all our notes in the sync", "data was lost"),
        ("it keeps losing my bookmarks", "data was lost"),
        ("The upgrade deleted my address book", "data was lost"),
        ("All of my photos have vanished overnight", "data was lost"),
        ("They are charging me twice each month", "money was lost"),
        ("I want my money back", "money was lost"),
        ("our account was hacked last night", "a security worry"),
        ("I am switching to another provider", "a customer is leaving"),
        ("so I cancelled my subscription", "a customer is leaving"),
        ("Nobody can't log in today", "it keeps them from using it"),
        ("It froze and then crashed", "it crashes or hangs"),
        ("I wasted three hours on this", "it costs them time"),
        ("It restarts each night and erases all of my drafts", "data was lost"),
    ],
)
def test_what_it_cost_the_customer_is_read(text: str, said: str) -> None:
    assert cost(read_text(text)).said == said


@pytest.mark.parametrize(
    "text",
    [
        "No notes were lost, it is only slow",
        "How do I avoid losing my bookmarks?",
        "I deleted my profile and started again",
        "It has never crashed for me",
        "How can I switch to another account?",
        "Without losing my photos, please",
        "I was not charged twice",
        "The button is blue",
        "Signed out, deleted all folders and began anew",
        "There is no way to delete the file",
        "The bookmarks star is gone from the toolbar",
        "It deletes the file extension when I save",
        "The mail itself is not missing",
    ],
)
def test_a_cost_that_is_denied_feared_or_asked_about_is_none(text: str) -> None:
    assert not cost(read_text(text)).value


# --- stories --------------------------------------------------------------------------------


def test_near_repeats_are_told_once_and_counted() -> None:
    again = candidate(9, STORIES[0].replace("Pay", "Buy"))
    chosen = choose([*SOME, again], 10, 0.0, now=NOW)
    assert len(chosen.picked) == len(SOME)
    first = next(picked for picked in chosen.picked if picked.similar_ids)
    assert {first.candidate.id, *first.similar_ids} == {"t000", "t009"}
    assert first.why.startswith("2 customers this week")
    assert first.customers == 2


def test_one_customer_who_repeats_is_no_breadth() -> None:
    again = candidate(9, STORIES[0], customer="c0")
    chosen = choose([SOME[0], again], 5, 0.0, now=NOW)
    assert "customers" not in chosen.picked[0].why
    assert part(chosen, "breadth") == 0


def test_earlier_tellers_count_and_are_not_shown_again() -> None:
    old = [candidate(20 + n, STORIES[0], is_new=False) for n in range(3)]
    chosen = choose([SOME[0], *old], 5, 0.0, now=NOW)
    assert [picked.candidate.id for picked in chosen.picked] == ["t000"]
    assert chosen.picked[0].customers == 4
    assert choose(old, 5, 0.0, now=NOW).picked == ()
    assert chosen.left_out == 0


def crowd(count: int) -> list[Candidate]:
    """Customers who tell of one outage in words of their own."""
    ways = [
        "My {} extension was disabled this morning and I cannot turn it on any more.",
        "All extensions are marked as unsupported, also {}, what did you do?",
        "Since today {} is gone, the extension page says it could not be verified.",
        "Why were extensions such as {} switched off over night without a word?",
    ]
    tools = ["blocker", "notes", "translator", "dark", "grammar", "coupon", "reader"]
    return [candidate(100 + n, f"{ways[n % 4].format(tools[n % 7])} {n}.") for n in range(count)]


def test_what_rises_together_leads_once_with_its_size() -> None:
    earlier = tuple(f"{text} number {n}" for n in range(40) for text in STORIES)
    usual = (*earlier, *(f"The blocker extension is slow on page {n}." for n in range(8)))
    chosen = choose([*SOME, *crowd(30)], 5, now=NOW, before=Before(usual, 4.0))
    lead = chosen.picked[0]
    assert lead.customers == 30 == 1 + len(lead.similar_ids)
    assert lead.why.startswith("30 customers this week, ")
    assert lead.usual is not None
    assert 5 * lead.usual < 30
    assert not [one for one in chosen.picked[1:] if "extension" in one.candidate.text]


def test_without_weeks_before_nothing_is_said_to_rise() -> None:
    chosen = choose(crowd(30), 5, now=NOW)
    assert all(picked.usual is None for picked in chosen.picked)


# --- what is chosen -------------------------------------------------------------------------


def test_at_most_so_many_and_none_below_the_bar() -> None:
    assert len(choose(SOME, 2, 0.0).picked) == 2
    assert choose(SOME, 2, 0.0).left_out == 4
    assert choose(SOME, 5, 1.1).picked == ()
    assert choose([], 5) == Chosen((), ())


FLOOD = (
    "Order {} was not delivered by the courier although the shop had promised arrival within two "
    "working days. The tracking page shows nothing, the hotline is engaged and my refund is due."
)


@pytest.mark.parametrize(
    "candidates",
    [
        [candidate(1, "bad")],
        [candidate(1, "Thanks a lot, solved!")],
        [candidate(1, "hello hello hello hello hello hello")],
        [candidate(1, STORIES[0], kinds=())],
        [candidate(1, "Cheap SEO services and backlinks for you, nothing works better")],
        [
            candidate(
                1,
                "Thank you for contacting us. We have received your request, and it does not work "
                "without the number of your order. Is there anything else we can help with?",
            )
        ],
        [candidate(n, FLOOD.format(n * 7919)) for n in range(40)],
    ],
    ids=["one word", "chatter", "one word often", "no kind", "spam", "an agent", "a flood"],
)
def test_what_tells_nothing_never_passes(candidates: list[Candidate]) -> None:
    chosen = choose(candidates, 5, 0.0, now=NOW)
    assert chosen.picked == ()
    assert chosen.left_out == len(candidates)


def test_one_bright_spot_may_close_the_list() -> None:
    praise = [candidate(20, PRAISE, Kind.PRAISE), candidate(21, "Great maps!", Kind.PRAISE)]
    picked = choose([*SOME, *praise], 3, 0.0).picked
    assert [p.candidate.kinds[0] for p in picked] == [Kind.BROKEN, Kind.BROKEN, Kind.PRAISE]
    assert choose([*SOME, *praise], 1, 0.0).picked[0].candidate.kinds == (Kind.BROKEN,)


def test_earlier_texts_that_tell_the_same_are_counted() -> None:
    told = Told()
    for text in (f"Hello. {STORIES[1]} Bye.", "The planner is fine.", STORIES[1]):
        told.add(terms(text))
    assert [times(terms(STORIES[place]), told) for place in (1, 2)] == [2, 0]


@st.composite
def any_candidates(draw: st.DrawFn) -> list[Candidate]:
    """Tickets of a few stories, told in part of their words, by a few customers."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        story = draw(st.sampled_from([*STORIES, PRAISE]))
        words = story.split()
        kept = draw(st.lists(st.sampled_from(words), max_size=4))
        text = " ".join([*words, *kept]) + draw(st.sampled_from(["", " Why?", " Please fix it."]))
        kind = draw(st.sampled_from(list(Kind)))
        customer = draw(st.sampled_from(["", "a", "b", "c"]))
        is_new = draw(st.booleans())
        found.append(candidate(number, text, kind, customer=customer, is_new=is_new))
    return found


@settings(max_examples=60)
@given(any_candidates(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_whatever_comes_a_digest_keeps_its_promises(
    candidates: list[Candidate], rng: object, most: int
) -> None:
    """At most five, each story once, every number a count that can be listed, in any order."""
    before = Before(tuple(STORIES[:2]), 2.0)
    chosen = choose(candidates, most, 0.0, now=NOW, before=before)
    mixed = list(candidates)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert choose(mixed, most, 0.0, now=NOW, before=before) == chosen
    assert len(chosen.picked) <= most
    by_id = {one.id: one for one in candidates}
    told = [id for one in chosen.picked for id in (one.candidate.id, *one.similar_ids)]
    assert len(told) == len(set(told)) <= len(by_id)
    assert set(chosen.left_out_ids) == {one.id for one in candidates if one.is_new} - set(told)
    for picked in chosen.picked:
        members = [by_id[id] for id in (picked.candidate.id, *picked.similar_ids)]
        assert picked.candidate.is_new
        assert picked.customers == len({one.teller for one in members})
        assert sum(one.points for one in picked.parts) == picked.score
    friction = [one.candidate for one in chosen.picked if one.candidate.is_friction]
    assert not themes([Story(one.id, one.text, one.quote) for one in friction])
