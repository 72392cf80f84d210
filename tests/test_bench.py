"""The benchmark measures what it says: its tickets, its reference, its verdicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import screens
from bot.voice.features import Catalogue
from corpus import END, TERMS, Corpus, Written
from fill import fill
from goals import Line
from measure import in_turn
from project import Installation, features_of
from reference_rows import Window
from reference_sqlite import SqliteReference

SIZE = 30_000


@pytest.fixture(scope="module")
def tickets() -> list[Written]:
    return [ticket for block in Corpus(SIZE).blocks() for ticket in block.new]


def test_a_corpus_is_the_same_whenever_it_is_made(tickets: list[Written]) -> None:
    again = [ticket for block in Corpus(SIZE).blocks() for ticket in block.new]
    assert again == tickets
    other = next(iter(Corpus(SIZE, seed=1).blocks()))
    assert other.new[0] != tickets[0]


def test_tickets_are_as_long_as_measured_ones(tickets: list[Written]) -> None:
    words = sum(len(f"{t.subject} {t.body}".split()) for t in tickets)
    assert 73 <= words / len(tickets) <= 83


def test_terms_and_features_have_their_shares(tickets: list[Written]) -> None:
    for term, share in TERMS.items():
        found = sum(term in ticket.body.lower() for ticket in tickets) / SIZE
        assert found == pytest.approx(share, rel=0.1, abs=0.0003)
    named = Counter(feature for ticket in tickets for feature in ticket.features)
    for feature, _, share in Corpus(SIZE).features:
        assert named[feature] / SIZE == pytest.approx(share, rel=0.15, abs=0.0008)


def test_the_catalogue_finds_the_features_that_were_laid_in(tickets: list[Written]) -> None:
    catalogue = Catalogue(features_of(Corpus(SIZE)))
    for ticket in tickets[:500]:
        assert set(catalogue.match(f"{ticket.subject}\n{ticket.body}")) == set(ticket.features)


def test_some_tickets_come_late_and_some_a_second_time() -> None:
    blocks = list(Corpus(SIZE).blocks())
    new = [ticket for block in blocks for ticket in block.new]
    late = sum(a.created_at > b.created_at for a, b in pairwise(new))
    assert 0.01 < late / SIZE < 0.05
    changed = [ticket for block in blocks for ticket in block.changed]
    earlier = {ticket.external_id: ticket for ticket in new}
    assert changed
    assert all(len(t.body) > len(earlier[t.external_id].body) for t in changed)


def test_few_customers_write_much(tickets: list[Written]) -> None:
    count = Counter(ticket.customer for ticket in tickets)
    often = sum(n for _, n in count.most_common(len(count) // 100))
    assert often / SIZE > 0.05


def test_project_and_reference_count_the_same_tickets(tmp_path: Path) -> None:
    corpus = Corpus(26_000)
    installation = Installation(f"sqlite:///{tmp_path / 'earshot.db'}", corpus, tmp_path)
    names = [id for id, _, _ in corpus.features]
    window = Window(screens.SINCE, END)
    reference = SqliteReference(tmp_path / "reference.db", names, window)
    filling = fill(corpus, installation, reference, [], lambda _: None)
    assert filling.changed_rows > 100
    assert sum(filling.rows) == corpus.size
    assert screens.disagreements(installation, reference) == []
    [word] = [word for word, share in TERMS.items() if share == 0.10]
    plain, bounded = reference.plain(word), reference.free_text(word)
    assert (plain.kinds, plain.weeks) == (bounded.kinds, bounded.weeks)
    assert plain.hits > 300
    reference.close()
    installation.close()


def test_calls_are_timed_in_turn() -> None:
    order: list[str] = []
    found = in_turn({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2, 1)
    assert order == ["a", "b"] * 3
    assert [len(times.ms) for times in found.values()] == [2, 2]
    assert found["a"].p50 <= found["a"].p95


def test_a_verdict_says_what_was_not_met_or_not_measured() -> None:
    line = Line("speed", "≤ 1 ms", "≤ 0.1 ms", "2 ms", met=False)
    assert line.verdict == "**not met**"
    assert replace(line, met=None).verdict == "not measured"
    assert replace(line, met=True).verdict == "met"
    assert replace(line, met=True, reached=True).verdict == "met, and more"
