"""What a catalogue lacks, told from the tickets at hand."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature
from bot.service import catalogue
from bot.service.context import Context
from bot.service.ingest import ingest
from bot.voice.catalogue_file import parse
from bot.voice.features import Catalogue
from bot.voice.suggestions import Suggestion, Told, suggest, with_suggestions
from commandline import Run, runner
from conftest import NOW
from own_tickets import draft

FEATURES = (
    Feature("checkout", "Checkout", ("basket",), ("checkout",)),
    Feature("billing", "Billing", ("invoices",), description="Invoices and what a plan costs."),
    Feature("reports", "Reports"),
)
CATALOGUE = Catalogue(FEATURES)
SAID = (
    "The gift wrapping is late. Please help me, it is not working.",
    "I chose gift wrapping in the basket but the checkout forgot the promo field.",
    "Please help: the checkout ignores the promo field, not working since Monday.",
    "My colleague says the promo field of the checkout is too small.",
    "Is there a gift wrapping for two parcels? It is not working here.",
    "The team calendar shows the wrong day, please help.",
    "When I share the team calendar nobody sees it.",
    "All colours of the team calendar are the same.",
    "The checkout is slow.",
    "An invoices page that never loads.",
)


def told(texts: Sequence[str] = SAID, tags: Sequence[str] = ()) -> list[Told]:
    return [Told(f"t{number}", text, tuple(tags)) for number, text in enumerate(texts)]


def nothing(_: str) -> tuple[Feature, ...]:
    return ()


def found(tickets: Sequence[Told]) -> dict[str, Suggestion]:
    return {one.name: one for one in suggest(tickets, CATALOGUE, nothing)}


def test_frequent_names_are_suggested_and_other_frequent_words_are_not() -> None:
    assert list(found(told())) == ["gift wrapping", "promo field", "team calendar"]


def test_a_phrase_of_tickets_on_one_feature_is_proposed_as_its_alias() -> None:
    suggestions = found(told())
    alias = suggestions["promo field"]
    assert alias.for_feature == "checkout"
    assert alias.reason == "named in 3 tickets, 3 of them on Checkout"
    assert suggestions["team calendar"].for_feature is None


def test_every_figure_can_be_traced_to_tickets() -> None:
    one = found(told())["gift wrapping"]
    assert (one.tickets, one.ticket_ids) == (3, ("t4", "t1", "t0"))


def test_a_phrase_that_is_akin_to_a_feature_and_comes_with_it_is_its_alias() -> None:
    texts = ["The price list in the reports is old.", "See the price list of all reports."] * 3
    more = [f"The shop opens at {n}." for n in range(12)]
    answer = suggest(told([*texts, *more]), CATALOGUE, lambda phrase: (FEATURES[1], FEATURES[2]))
    assert [(one.name, one.for_feature) for one in answer] == [("price list", "reports")]


def test_a_misspelt_name_is_an_alias_of_what_it_misspells() -> None:
    texts = ["Where is the check-outt?", "I left the check-outt.", "In the check-outt again."]
    calm = [f"Calm day {'abcdefghij'[n]}." for n in range(10)]
    names = {
        one.name: one.for_feature for one in suggest(told([*texts, *calm]), CATALOGUE, nothing)
    }
    assert names.get("check-outt", "checkout") == "checkout"


def test_tags_that_no_feature_has_are_suggested() -> None:
    tickets = told(tags=("vouchers",))[:3] + told()[3:]
    assert found(tickets)["Vouchers"] == Suggestion(
        "Vouchers", None, "tag on 3 tickets", 3, ("t2", "t1", "t0")
    )


def test_phrases_do_not_go_across_redacted_words() -> None:
    texts = [f"The gift [name {n}] wrapping of our shop" for n in range(9)]
    assert "gift wrapping" not in found(told(texts))


@given(st.permutations(SAID))
def test_order_changes_no_name_and_no_count(texts: list[str]) -> None:
    mine = [(one.name, one.for_feature, one.tickets) for one in found(told(texts)).values()]
    usual = [(one.name, one.for_feature, one.tickets) for one in found(told()).values()]
    assert mine == usual


def test_suggestions_become_a_catalogue_that_no_longer_lacks_them() -> None:
    changed = with_suggestions(FEATURES, suggest(told(), CATALOGUE, nothing))
    by_id = {feature.id: feature for feature in FEATURES}
    by_id |= {feature.id: feature for feature, _ in changed}
    assert by_id["checkout"].aliases == ("basket", "promo field")
    assert by_id["gift-wrapping"].name == "Gift wrapping"
    assert suggest(told(), Catalogue(list(by_id.values())), nothing) == []


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def told_context(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    ingest(context, [draft(f"t{n}", text) for n, text in enumerate(SAID)], NOW)
    catalogue.bring_in(context, FEATURES)
    monkeypatch.setenv("DATABASE_URL", context.settings.database_url)
    monkeypatch.setenv("EARSHOT_KEY_FILE", str(context.settings.key_file))
    return context


def test_the_command_prints_documented_keys(run: Run, told_context: Context) -> None:
    suggestions = run("features", "suggest", "--json").json["suggestions"]
    assert {tuple(one) for one in suggestions} == {
        ("name", "for_feature", "reason", "tickets", "ticket_ids")
    }
    named = {one["name"]: one for one in suggestions}
    assert named["promo field"]["for_feature"] == "checkout"
    assert len(named["promo field"]["ticket_ids"]) == 3
    assert "promo field" in run("features", "suggest").out


def test_the_command_writes_entries_that_can_be_pasted(
    run: Run, told_context: Context, tmp_path: Path
) -> None:
    out = run("features", "suggest", "--toml").out
    assert "# promo field: named in 3 tickets" in out
    assert tomllib.loads(out)["feature"]
    assert {feature.id for feature in parse(out)} >= {"checkout", "gift-wrapping"}
    file = tmp_path / "more.toml"
    file.write_text(out, encoding="utf-8")
    assert run("features", "import", str(file), "--json").json["features"] == len(parse(out))


def test_a_description_is_kept(context: Context) -> None:
    catalogue.bring_in(context, FEATURES)
    kept = {feature.id: feature for feature in catalogue.every(context)}
    assert kept["billing"].description == "Invoices and what a plan costs."
