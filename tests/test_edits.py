"""Edits of features: as differences to a file, and tickets matched again a few at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doctor import examine
from bot.reports import Feature
from bot.service import edits, rematch, reread
from bot.service.context import Context
from bot.service.ingest import ingest
from bot.service.rematch import FeatureRematch
from bot.voice.catalogue_edits import Difference, Edits, edits_of
from conftest import NOW
from own_tickets import draft, write_catalogue
from storage import recount
from storage import tickets as ticket_rows

_lists = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5)
_features = st.builds(
    Feature,
    id=st.just("pay"),
    name=st.sampled_from(["Pay", "Paying", "Till"]),
    aliases=_lists.map(tuple),
    channels=_lists.map(tuple),
)


@given(_features, st.lists(_features, min_size=1, max_size=4))
def test_edits_done_to_the_same_file_again_give_what_was_edited(
    file: Feature, steps: list[Feature]
) -> None:
    kept, before = Edits(), file
    for after in steps:
        kept, before = kept.then(before, after), after
    found = edits_of(kept.written()).applied(file)
    assert (found.name, {*found.aliases}) == (before.name, {*before.aliases})
    assert {*found.channels} == {*before.channels}
    needed = kept.needed_by(file)
    assert needed.applied(file) == found, "what the file says already is not needed"
    assert kept.needed_by(found).written() == {}, "a file that says it all ends the edit"


@given(_lists, _lists)
def test_a_difference_is_what_makes_one_list_the_other(before: list[str], after: list[str]) -> None:
    change = Difference().then(before, after)
    assert {*change.applied(before)} == {*after}
    assert not {*change.added} & {*change.dropped}


# --- matched again ------------------------------------------------------------------------------


def edited(context: Context, *aliases: str) -> None:
    edit = Feature("search", "Search", aliases)
    report = edits.look(context, edit, NOW)
    assert edits.save(context, edit, report.mark, team="T1", user="U1", now=NOW) is None


def about_search(context: Context) -> list[str]:
    with context.store.read() as session:
        found = ticket_rows.after(session, 0, 1_000)
        assert list(recount.differences(session)) == []
    return [ticket.external_id for ticket in found if "search" in ticket.features]


@pytest.fixture
def shop(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Seven tickets that say "finder", and one that does not."""
    monkeypatch.setattr(rematch, "BATCH", 2)
    write_catalogue(context)
    said = [draft(str(number), "The finder is broken.") for number in range(7)]
    ingest(context, [*said, draft("other")], NOW)
    return context


def test_tickets_are_matched_a_few_at_a_time_and_counted_right_all_along(shop: Context) -> None:
    edited(shop, "finder")
    unit, found = FeatureRematch(shop), []
    while unit.run_one():
        found.append(len(about_search(shop)))
    assert found == [2, 4, 6, 7, 7]
    assert rematch.waiting(shop) == []


def test_another_process_takes_it_up_where_it_was_left(shop: Context) -> None:
    edited(shop, "finder")
    FeatureRematch(shop).run_one()
    one, other = FeatureRematch(shop), FeatureRematch(shop)
    while one.run_one() or other.run_one():
        pass
    assert len(about_search(shop)) == 7


def test_an_edit_meanwhile_begins_anew(shop: Context) -> None:
    edited(shop, "finder")
    unit = FeatureRematch(shop)
    unit.run_one()
    edited(shop)
    while unit.run_one():
        pass
    assert about_search(shop) == []


def test_doctor_says_what_waits_and_a_reading_of_the_feature_ends_it(shop: Context) -> None:
    edited(shop, "finder")
    assert any(
        finding.id == "features.edited" and "--feature search" in finding.remedy
        for finding in examine(shop, None, None)
    )
    assert reread.of_feature(shop, "search").changed == 7
    assert rematch.waiting(shop) == []
    assert not FeatureRematch(shop).run_one()
