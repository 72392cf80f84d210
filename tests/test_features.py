"""Features named in tickets and meant in questions; catalogues made of tags and files."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature, Understood
from bot.voice import catalogue_file
from bot.voice.catalogue_file import CatalogueFault
from bot.voice.features import Catalogue
from bot.voice.proposals import from_tags

FEATURES = (
    Feature("checkout", "Checkout", ("cart", "basket"), ("checkout-page",)),
    Feature("billing", "Billing", ("invoices",)),
    Feature("passwords", "Passwords"),
    Feature("password-manager", "Password manager"),
    Feature("privacy-and-security", "Privacy and security", tags=("privacy-and-security_1",)),
    Feature("export", "Export", ("csv export",)),
    Feature("import", "Import"),
    Feature("dark-mode", "Dark mode"),
    Feature("settings", "Settings"),
    Feature("sync", "Sync"),
)
CATALOGUE = Catalogue(FEATURES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The chekout fails", ("checkout",)),
        ("My check-out is empty", ("checkout",)),
        ("the checkout's button", ("checkout",)),
        ("Two invoices are missing", ("billing",)),
        ("exporting takes hours", ("export",)),
        ("darkmode hurts, so does dark mode", ("dark-mode",)),
        ("the password manager forgets", ("password-manager",)),
        ("privacy & security page", ("privacy-and-security",)),
        ("check out our blog", ()),
        ("an expert told me to set it", ()),
        ("", ()),
    ],
)
def test_a_ticket_names_features_by_word_alias_inflection_and_slip(
    text: str, expected: tuple[str, ...]
) -> None:
    assert CATALOGUE.match(text) == expected


def test_a_tag_comes_before_the_subject_and_the_subject_before_the_body() -> None:
    text = "Import fails\nI went from export to sync, and export again."
    assert CATALOGUE.match(text, ("sync",)) == ("sync", "import", "export")


def test_a_tag_with_a_counter_is_the_feature_of_its_name() -> None:
    assert CATALOGUE.match("", ("privacy-and-security_1",)) == ("privacy-and-security",)


@pytest.mark.parametrize(
    ("words", "id", "understood"),
    [
        ("checkout", "checkout", Understood.EXACT),
        ("Check out", "checkout", Understood.EXACT),
        ("carts", "checkout", Understood.EXACT),
        ("checkuot", "checkout", Understood.MISSPELT),
        ("snyc", "sync", Understood.MISSPELT),
        ("biling", "billing", Understood.MISSPELT),
        ("security and privacy", "privacy-and-security", Understood.EXACT),
        ("card declined in Spain", None, Understood.SEARCH),
        ("qwrtzpsd", None, Understood.SEARCH),
        ("expert", None, Understood.SEARCH),
        ("", None, Understood.NOTHING),
    ],
)
def test_a_question_means_a_feature_or_a_search(
    words: str, id: str | None, understood: Understood
) -> None:
    found = CATALOGUE.find(words)
    assert (found.feature.id if found.feature else None, found.understood) == (id, understood)


def test_several_close_names_are_offered() -> None:
    found = CATALOGUE.find("imexport")
    assert found.feature is None
    assert {feature.id for feature in found.suggestions} == {"import", "export"}


@given(st.text(max_size=300))
def test_finding_and_matching_never_raise(text: str) -> None:
    found = CATALOGUE.find(text)
    assert len(found.suggestions) <= 5
    assert set(CATALOGUE.match(text)) <= set(CATALOGUE.by_id)


@given(st.text(max_size=60))
def test_an_empty_catalogue_knows_nothing(text: str) -> None:
    assert Catalogue(()).find(text).feature is None
    assert Catalogue(()).match(text) == ()


def test_a_thousand_names_cost_a_ticket_about_the_same_as_ten() -> None:
    letters = "bdfgklmnprst"
    many = [
        Feature(f"f{number}", f"{letters[number % 12]}u{letters[number // 12 % 12]}o{number}x")
        for number in range(1_000)
    ]
    text = "The cart forgets what I put in when I come back the next day. " * 20
    few_seconds, many_seconds = (
        min(_seconds(Catalogue([*FEATURES, *extra]), text) for _ in range(5))
        for extra in ([], many)
    )
    assert many_seconds < 3 * few_seconds + 0.001


def _seconds(catalogue: Catalogue, text: str) -> float:
    catalogue.match(text)
    began = time.process_time()
    for _ in range(20):
        catalogue.match(text)
    return time.process_time() - began


def test_a_catalogue_of_tags_leaves_out_what_is_no_feature() -> None:
    counted = {
        "billing": 40,
        "privacy-and-security_1": 30,
        "privacy-and-security": 5,
        "web-app": 900,
        "release-650": 50,
        "windows-10": 80,
        "needsinfo": 60,
        "escalate": 20,
        "2024-05": 10,
        "de": 12,
        "rare": 2,
    }
    features = from_tags(counted, 1_000)
    assert [(feature.id, feature.name) for feature in features] == [
        ("billing", "Billing"),
        ("privacy-and-security", "Privacy and security"),
    ]
    assert features[1].tags == ("privacy-and-security", "privacy-and-security_1")


def test_a_catalogue_file_reads_back_what_was_written() -> None:
    features = [*FEATURES, Feature("odd", 'Odd "quoted" \\ name', ("ü",), (), ("C0123ABCD",))]
    assert catalogue_file.parse(catalogue_file.to_toml(features)) == features


def test_an_id_is_made_of_the_name() -> None:
    assert catalogue_file.parse('[[feature]]\nname = "Gift cards & vouchers"') == [
        Feature("gift-cards-vouchers", "Gift cards & vouchers")
    ]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = """
    title = "x"
    [[feature]]
    name = ""
    [[feature]]
    name = "Cart"
    owner = "me"
    channels = ["general"]
    [[feature]]
    name = "Sync"
    aliases = "sinc"
    [[feature]]
    name = "Export"
    [[feature]]
    id = "export"
    name = "CSV"
    """
    with pytest.raises(CatalogueFault) as caught:
        catalogue_file.parse(text)
    told = "\n".join(caught.value.faults)
    for word in ("title", "empty", "owner", "general", "aliases", '"export"'):
        assert word in told


@given(st.text(max_size=200))
def test_a_file_is_read_or_refused_and_nothing_else(text: str) -> None:
    with suppress(CatalogueFault):
        catalogue_file.parse(text)
