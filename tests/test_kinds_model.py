"""The learned part of reading kinds: its table, its reasons, and what hostile texts cost."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Kind
from bot.voice import kind_phrases
from bot.voice.kind_cues import CUES
from bot.voice.kind_features import read_sentences
from bot.voice.kind_model import LANES, WEIGHTS, model, pack, parse, unpack
from bot.voice.kind_rules import ENGLISH
from bot.voice.kinds import best_quote, explain, passages
from bot.voice.text import sentences


def kinds_of(text: str) -> set[Kind]:
    return {passage.kind for passage in passages(text)}


@given(st.lists(st.lists(st.integers(-5_000, 5_000), min_size=LANES, max_size=LANES), max_size=9))
def test_sums_of_packed_rows_are_the_sums_of_their_lanes(rows: list[list[int]]) -> None:
    expected = [sum(row[lane] for row in rows) / 256 for lane in range(LANES)]
    assert unpack(sum(pack(row) for row in rows)) == expected


def test_the_table_says_where_it_comes_from_and_is_small() -> None:
    table = (files("bot.voice") / WEIGHTS).read_text(encoding="utf-8")
    header = table[:1_100]
    assert "bench/train_kinds.py" in header
    assert "2026-11-26" in header
    assert "kinds/train.jsonl" in header
    assert len(table.encode()) <= 1_500_000


def test_the_table_knows_words_and_pairs_but_no_sentence() -> None:
    table = model()
    assert set(table.decisions) == set(Kind)
    assert all(len(word.split()) == 1 for word in table.word)
    assert all(len(pair) == 2 for pair in table.pair)
    assert all(len(piece) <= 5 for piece in table.piece)


def test_every_line_that_the_table_knows_is_in_the_hand_written_tables() -> None:
    lines = [*kind_phrases.lines_of(ENGLISH), *kind_phrases.lines_of(CUES, "cue of ")]
    names = [line.name for line, _ in lines]
    assert len(set(names)) == len(names)
    assert set(model().line) <= set(names)


def test_a_table_may_lack_every_sort_of_feature() -> None:
    assert (
        parse("# nothing\ndecision\nbroken\t1.0 2.0 -3.0 0.5\n").decisions[Kind.BROKEN].bias == -3.0
    )


def test_importing_reads_no_table() -> None:
    program = (
        "import sys, bot.voice.kinds, bot.voice.kind_model as m;"
        "sys.exit(m.model.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The weekly report stopped arriving and the page shows an error.", Kind.BROKEN),
        ("Nobody on my team can find where the archive button went.", Kind.CONFUSING),
        ("Since the update my calendar opens in a new window and I hate it.", Kind.UNEXPECTED),
        ("Please add an option to sort guests by table.", Kind.REQUEST),
        ("Add support for left-handed layouts.", Kind.REQUEST),
        ("I wish there was a way to lock the seating plan.", Kind.REQUEST),
        ("This planner is great, very easy to use and I love the colours.", Kind.PRAISE),
    ],
)
def test_what_was_learned_holds_for_other_products(text: str, kind: Kind) -> None:
    assert kind in kinds_of(text)


@pytest.mark.parametrize("kind", [Kind.CONFUSING, Kind.REQUEST])
def test_asking_for_the_repair_of_a_failure_adds_no_kind(kind: Kind) -> None:
    text = "The calendar crashes when I open it. How do I fix it? Please fix this."
    assert kinds_of(text) == {Kind.BROKEN}
    assert kind not in kinds_of(text)


def test_the_reasons_are_words_of_the_sentence_heaviest_first() -> None:
    text = "Please add an option to sort the guests."
    reasons = explain(text)
    assert [reason.kind for reason in reasons] == [passage.kind for passage in passages(text)]
    request = next(reason for reason in reasons if reason.kind is Kind.REQUEST)
    assert request.sentence == text
    assert request.phrases[0][0].startswith("please add")
    weights = [weight for _, weight in request.phrases]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0


def test_words_between_that_are_denied_are_a_gap_in_a_reason() -> None:
    text = "It would be great if there was no error when I export my guests."
    phrases = [phrase for reason in explain(text) for phrase, _ in reason.phrases]
    assert any(" … " in phrase for phrase in phrases)
    assert all(phrase.replace(" … ", " ").replace(" ", "").isalpha() for phrase in phrases)


@given(st.text(max_size=300))
def test_reasons_never_fail(text: str) -> None:
    assert [reason.sentence for reason in explain(text)] == [own.text for own in passages(text)]


def test_a_denied_phrase_tells_of_nothing() -> None:
    (sentence,) = read_sentences("We had no errors at all.")
    assert all(hit.line.kind is not Kind.BROKEN for hit in sentence.hits)
    assert "errors" not in sentence.said


def test_the_quote_is_a_sentence_that_can_stand_alone() -> None:
    text = (
        "Hi there!\n"
        "Big problem.\n"
        "Every time I print the seating plan the last two tables are missing from the page.\n"
        "2026-03-01T10:00:00 ERROR print failed\n"
        "Thanks a lot"
    )
    quote = best_quote(passages(text))
    assert quote in sentences(text)
    assert quote.startswith("Every time I print")
