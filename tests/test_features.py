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


SHOP = Catalogue(
    [
        *(Feature(name.lower().replace(" ", "-"), name) for name in (
            "Checkout", "Guest checkout", "Invoice export", "Export", "Password reset",
            "Password manager", "Passwords", "Dark mode", "PayPal", "Cookies", "Caches", "News",
            "Likes", "Orders", "Order status", "Reports", "Notes", "Shipping", "Labels", "Audio",
            "Colour themes", "Catalogue", "Cancelled orders", "Backup", "Add-ons", "File upload",
            "Sizes", "Categories", "Statuses", "Sync", "Wi-Fi", "Real-time sync", "Office365",
            "A/B testing",
        )),
        Feature("license", "Driver's license"),
        Feature("organisation", "Organisation settings"),
        Feature("privacy", "Privacy and security"),
        Feature("sign-in", "Sign in", ("log in",)),
        Feature("two-factor", "Two-factor authentication", ("2FA",)),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The chekout fails", ("checkout",)),
        ("checkuot, checckout and CHECKOUTT", ("checkout",)),
        ("My check-out is empty", ("checkout",)),
        ("the checkout's button", ("checkout",)),
        ("I can't check out", ("checkout",)),
        ("we cannot check out, the button is grey", ("checkout",)),
        ("payapl is PayPal's name, pay pal", ("paypal",)),
        ("exporting takes hours", ("export",)),
        ("darkmode, dark_mode, DarkMode and dark-mode", ("dark-mode",)),
        ("the cookie banner, many cookeis", ("cookies",)),
        ("empty the cache", ("caches",)),
        ("the size, its category and its status", ("sizes", "categories", "statuses")),
        ("color theme, catalog", ("colour-themes", "catalogue")),
        ("canceled orders, cancelled order", ("cancelled-orders",)),
        ("drivers license or driver’s licence", ("license",)),
        ("organization settings", ("organisation",)),
        ("sign-in, sign in, signin, signing in and signed in", ("sign-in",)),
        ("it won't log me in, the login page", ("sign-in",)),
        ("two factor authentication, 2fa", ("two-factor",)),
        ("addons add-on add ons", ("add-ons",)),
        ("how to back up my files", ("backup",)),
        ("shiping is late, synching and snyc fail", ("shipping", "sync")),
        ("Ｃｈｅｃｋｏｕｔ", ("checkout",)),
        ("the password manager forgets", ("password-manager",)),
        ("wi fi, WiFi and the wi-fi's", ("wi-fi",)),
        ("realtime syncing, real-time sync", ("real-time-sync",)),
        ("office 365", ("office365",)),
        ("some A/B tests", ("a/b-testing",)),
        ("privacy & security", ("privacy",)),
        ("security and privacy", ("privacy",)),
    ],
)
def test_a_ticket_names_features_by_word_alias_inflection_and_slip(
    text: str, expected: tuple[str, ...]
) -> None:
    assert SHOP.match(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export of the invoices", ("invoice-export",)),
        ("exporting all my invoices fails", ("invoice-export",)),
        ("I had to reset my password", ("password-reset",)),
        ("the status of my order", ("order-status",)),
        ("upload a file", ("file-upload",)),
        ("reset the password manager", ("password-manager", "password-reset")),
        ("I export. Invoices are another thing", ("export",)),
    ],
)
def test_small_words_may_stand_between_the_words_of_a_name(
    text: str, expected: tuple[str, ...]
) -> None:
    assert set(SHOP.match(text)) == set(expected)


@pytest.mark.parametrize(
    "text",
    [
        "check out our blog",
        "please check out this link",
        "I checked out the new docs",
        "an expert told me to sit down",
        "what's new?",
        "I would like to say something",
        "in order to pay",
        "I want to report a problem",
        "please note that it is late",
        "we are back up and running",
        "sipping tea, the audit, a libel case, soaring costs",
        "an important importance",
        "security",
        "",
    ],
)
def test_ordinary_words_name_no_feature(text: str) -> None:
    assert SHOP.match(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "The guest checkout fails, the checkout too",
        "Checkout, checkout and checkout: the guest checkout too",
        "Checkout is slow\nAnd so is the guest checkout",
    ],
)
def test_the_specific_feature_comes_before_the_general_one(text: str) -> None:
    assert SHOP.match(text) == ("guest-checkout", "checkout")


WORDS = sorted({w for f in SHOP.features for w in f.name.lower().split()} | {"me", "the", "of"})


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_names_in_any_order_are_read(text: str) -> None:
    assert set(SHOP.match(text)) <= set(SHOP.by_id)


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
        for number in range(990)
    ]
    tickets = [
        f"The cart forgets item {number} and the{letters[number % 12]}uro{number} when I "
        "come back the next day, so I have to look for all of it again. " * 5
        for number in range(40)
    ]
    few_seconds, many_seconds = (
        min(_seconds(Catalogue([*FEATURES, *extra]), tickets) for _ in range(5))
        for extra in ([], many)
    )
    assert many_seconds < 2 * few_seconds


def _seconds(catalogue: Catalogue, tickets: list[str]) -> float:
    catalogue.match("chekout")
    began = time.process_time()
    for ticket in tickets:
        catalogue.match(ticket)
    return time.process_time() - began


LETTERS = "abcdefghijklmnop"
HOSTILE = {
    "no space": "a" * 20_000,
    "emoji": "😀" * 10_000,
    "a word of a megabyte": "x" * 1_000_000,
    "nothing": "\0" * 20_000,
    "scripts": "aб支ก😀م " * 3_000,
    "han": "支付" * 10_000,
    "hangul": "".join(chr(0xAC00 + n % 11_000) for n in range(20_000)),
    "hyphens": "a-" * 10_000,
    "small words": "the of " * 4_000,
    "names": "guest checkout " * 1_500,
    "slips": " ".join(f"check{a}{b}{c}" for a in LETTERS for b in LETTERS for c in LETTERS),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_little(name: str) -> None:
    SHOP.match("chekout")
    began = time.process_time()
    SHOP.match(HOSTILE[name])
    assert time.process_time() - began < 0.05


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
    features = [
        *FEATURES,
        Feature("odd", 'Odd "quoted" \\ name', ("ü",), (), ("C0123ABCD",), "What it is."),
    ]
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
    description = ["a list"]
    [[feature]]
    name = "Export"
    [[feature]]
    id = "export"
    name = "CSV"
    """
    with pytest.raises(CatalogueFault) as caught:
        catalogue_file.parse(text)
    told = "\n".join(caught.value.faults)
    for word in ("title", "empty", "owner", "general", "aliases", "description", '"export"'):
        assert word in told


@given(st.text(max_size=200))
def test_a_file_is_read_or_refused_and_nothing_else(text: str) -> None:
    with suppress(CatalogueFault):
        catalogue_file.parse(text)


def test_a_name_of_one_letter_is_found_in_a_question_only() -> None:
    letter = Catalogue([Feature("c", "C++")])
    assert letter.match("Vitamin C, and the c drive") == ()
    assert letter.find("C++").feature is not None


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Search engine optimisation for your shop", False),
        ("We are in search of a partner", False),
        ("The search engine finds nothing", True),
        ("In search I see nothing", True),
    ],
)
def test_offers_and_figures_of_speech_do_not_name_the_search(text: str, is_named: bool) -> None:
    assert bool(Catalogue([Feature("search", "Search")]).match(text)) is is_named


@pytest.mark.parametrize("name", ["IT", "The", "Go", "Who"])
def test_a_name_that_every_text_has_is_found_in_questions_and_tags_only(name: str) -> None:
    feature = Feature(name.lower(), name, tags=(name.lower(),))
    catalogue = Catalogue([feature])
    assert catalogue.match("It is the one who does not go away.\nThe page hangs, go on.") == ()
    assert catalogue.match("A page hangs", (name.lower(),)) == (feature.id,)
    assert catalogue.find(name).feature == feature
