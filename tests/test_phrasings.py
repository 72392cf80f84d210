"""Questions as engineers, PMs and support people type them, and how each must be read.

`phrasings.json` has them by what they ask for: with typos, in any order, mixed, nonsensical and
hostile, against a catalogue whose names are also common words and near each other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature
from bot.voice.features import Catalogue
from bot.voice.query import Question, parse
from bot.voice.wording import phrase, reading

NOW = datetime(2026, 9, 17, 12, 30, tzinfo=UTC)  # A Thursday.
FEATURES = (
    Feature("checkout", "Checkout", ("payment page", "guest checkout")),
    Feature("refunds", "Refunds", ("money back",)),
    Feature("billing", "Billing", ("invoices",)),
    Feature("billing-address", "Billing address", ("invoice address",)),
    Feature("login", "Login", ("sign in", "log in")),
    Feature("sso", "SSO", ("single sign-on", "SAML")),
    Feature("two-factor", "Two-factor authentication", ("2FA", "MFA")),
    Feature("home", "Home"),
    Feature("search", "Search"),
    Feature("settings", "Settings", ("preferences",)),
    Feature("reports", "Reports"),
    Feature("other", "Other"),
    Feature("csv-export", "CSV export", ("order export",)),
    Feature("csv-import", "CSV import"),
    Feature("import-and-export", "Import & export of contacts"),
    Feature("api-v2", "API v2.0", ("REST API",)),
    Feature("oauth2", "OAuth 2.0"),
    Feature("office-365", "Office 365 sync", ("O365",)),
    Feature("mobile-app", "Mobile app", ("iOS app", "Android app")),
    Feature("notifications", "Notifications", ("alerts",)),
    Feature("push", "Push notifications"),
    Feature("today", "Today view"),
    Feature("feature-requests-board", "Ideas board"),
    Feature("webhooks", "Webhooks"),
    Feature("read-receipts", "Read receipts"),
    Feature("onboarding", "Onboarding"),
    Feature("permissions", "Roles & permissions", ("access rights",)),
    Feature("dark-mode", "Dark mode", ("night theme",)),
    Feature("q3-planner", "Quarter planner"),
    Feature("dashboard", "Dashboard", ("overview page",)),
)
CATALOGUE = Catalogue(FEATURES)
SEGMENTS = ("enterprise", "free", "Mid-Market", "pro", "team")
SOURCES = ("zendesk", "intercom", "App Store", "support.acme.example")
PHRASINGS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "phrasings.json").read_text(encoding="utf-8")
)


def asked(text: str) -> Question:
    return parse(text, CATALOGUE, NOW, segments=SEGMENTS, sources=SOURCES)


def cases() -> Iterator[Any]:
    for ask, phrasings in PHRASINGS.items():
        for each in phrasings:
            yield pytest.param(ask, each, id=f"{ask}: {each['asked']!a:.60}")


def test_there_are_two_hundred_phrasings_and_none_twice() -> None:
    texts = [each["asked"] for phrasings in PHRASINGS.values() for each in phrasings]
    assert len(texts) == len(set(texts)) >= 200


@pytest.mark.parametrize(("ask", "case"), list(cases()))
def test_a_phrasing_is_read_as_it_is_meant(ask: str, case: dict[str, Any]) -> None:
    question = asked(case["asked"])
    assert (question.ask, reading(question)) == (ask, case["reading"])
    assert [feature.id for feature in question.suggestions] == case.get("offered", [])
    assert question.note == case.get("note", "")


# --- said back ------------------------------------------------------------------------------

WORDS = (
    "checkout refunds login sso home search settings other reports csv export import billing "
    "address today view api v2 oauth 2 last this since until from to between and or vs versus "
    "compared with than rather instead of week month year quarter day days 30d 12w 0d 24h "
    "2026-13-45 2026-09-01 2026-08 2026 may march august yesterday monday Q3 kind:broken kind:x "
    "kind: segment:enterprise segment:gold source:zendesk source:zz enterprise free customers for "
    "in on zendesk feature:login feature:zz search: read new i'm me #123 ZD-12 ticket help ? \" "
    '"card bugs broken love only what hurts the a . , ; / & + crash slow declined ticket: :: = 404 '
    "https://a.example/1 <@U1> 10 two couple ago ytd all time before after now"
)
TYPED = st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join)


def same(one: Question, other: Question) -> bool:
    """Whether both ask for the same; what a ticket's id would mean otherwise does not matter."""
    if one.ask == "ticket":
        return (one.ask, one.ticket) == (other.ask, other.ticket)
    return one == other


@given(TYPED)
def test_what_a_button_asks_is_what_it_was_made_of(text: str) -> None:
    question = asked(text)
    if question.ask != "unknown":
        assert same(question, asked(phrase(question)))


@pytest.mark.parametrize(
    "text",
    [
        "Checkout · last 30 days · enterprise · broken only · from zendesk",
        "Checkout vs Refunds · last 12 weeks",
        "All features · this month",
        "Read Checkout · last 30 days",
        "Ticket 123",
        "Login · from 1 Aug 2026 to 15 Aug 2026 · Mid-Market · requests, praise only",
        "Search: card declined · week of 7 Sep 2026",
    ],
)
def test_a_reading_can_be_typed_and_reads_the_same(text: str) -> None:
    assert reading(asked(text)) == text


def test_a_feature_that_shares_its_name_is_asked_for_by_its_id() -> None:
    twins = Catalogue([Feature("export", "Export"), Feature("csv", "CSV", ("export",))])
    assert parse("export", twins, NOW).feature is None
    one = parse("feature:export 12w", twins, NOW)
    assert one.feature == twins.by_id["export"]
    assert parse(phrase(one), twins, NOW) == one


# --- whatever is typed ----------------------------------------------------------------------


@given(st.one_of(st.text(max_size=200), TYPED))
def test_nothing_that_is_typed_raises(text: str) -> None:
    question = asked(text)
    assert question.window.since < question.window.until <= NOW
    assert (question.ask in ("feature", "read")) <= (question.feature is not None)
    assert question == asked(text)
    assert reading(question)
    assert phrase(question) is not None
    assert question.fallback.ticket is None


ONE = ("invoice", "order", "refund", "report", "user", "team", "label", "task", "card", "file")
TWO = ("export", "import", "search", "editor", "list", "board", "alert", "plan", "view", "sync")
LARGE = Catalogue(
    [
        Feature(f"{one}-{two}-{n}", f"{one} {two} {n}".capitalize(), (f"{two} of {one} {n}",))
        for n in range(10)
        for one in ONE
        for two in TWO
    ]
)
HOSTILE = {
    "one letter": "x" * 1_000,
    "filler": "a " * 500,
    "names": "invoice export " * 67,
    "commas": "invoice, " * 111,
    "versus": "vs " * 334,
    "quotes": '"a" ' * 250,
    "open quotes": '"' * 1_000,
    "windows": "last 30 " * 125,
    "dates": "since 2026-09-01 " * 59,
    "half dates": "from 1 sep " * 91,
    "keys": "kind:x " * 143,
    "colons": ":" * 1_000,
    "links": "<https://a.example/" + "1" * 980,
    "spaces": " " * 999 + "x",
    "digits": "1" * 1_000,
    "marks": "e\u0301" * 500,
    "slashes": "a/b/" * 250,
    "hyphens": "a-" * 500,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_question_costs_no_more_than_its_length(case: str) -> None:
    """Of 1,000 characters, with a thousand features: against twenty plain questions in this run."""
    assert len(LARGE.features) == 1_000

    def cost(text: str, often: int) -> float:
        best = float("inf")
        for _ in range(7):
            start = time.process_time()
            for _ in range(often):
                parse(text, LARGE, NOW)
            best = min(best, (time.process_time() - start) / often)
        return best

    plain = cost("how is the invoice exprot doing for enterprise 12w", 20)
    assert cost(HOSTILE[case], 3) < 20 * plain
