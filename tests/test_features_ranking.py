"""Features for texts that name none: likely ones, likest first, and silence where none is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Feature, FrictionReport, TagSuggestion
from bot.service import catalogue, friction, insights
from bot.service.context import Context
from bot.service.ingest import ingest
from bot.voice.catalogue_words import description_of
from bot.voice.feature_ranking import FeatureRanking, Vector
from conftest import NOW
from own_tickets import draft

FEATURES = (
    Feature(
        "checkout", "Checkout", ("cart",), description="Paying for an order, by card or invoice."
    ),
    Feature("search", "Search", description="Finding goods by words and filters."),
    Feature("delivery", "Delivery", description="Parcels on their way, and where they are."),
    Feature("accounts", "Accounts", description="Signing in, passwords and one's own details."),
    Feature("alerts", "Alerts", description="Messages about news, by e-mail and on the phone."),
    Feature("reports", "Reports", description="Charts and figures about sales."),
)
RANKING = FeatureRanking(FEATURES)


def ids(features: Sequence[Feature]) -> list[str]:
    return [feature.id for feature in features]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("My card is refused\nWhen I want to pay it says no.", "checkout"),
        ("Where is my parcel?", "delivery"),
        ("Forgot my password", "accounts"),
        ("The chart shows no sales", "reports"),
    ],
)
def test_the_feature_whose_description_says_it_comes_first(text: str, first: str) -> None:
    ranked = RANKING.rank(text)
    assert ranked[0].feature.id == first
    assert sorted(ids([one.feature for one in ranked])) == sorted(ids(FEATURES))
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("can't pay", ["checkout"]),
        ("where is my parcel", ["delivery"]),
        ("too many e-mails", ["alerts"]),
        ("purchase", ["checkout"]),
        ("gooseberry marmalade", []),
        ("the office is on the third floor", []),
        ("", []),
        ("???", []),
    ],
)
def test_a_question_is_answered_by_features_that_speak_of_it_or_by_none(
    question: str, expected: list[str]
) -> None:
    assert ids(RANKING.nearest(question)) == expected


def test_a_ticket_that_could_be_about_anything_gets_no_suggestion() -> None:
    assert RANKING.suggestion("Hello\nIt does not work any more since today.") is None


def test_no_features_no_answer() -> None:
    empty = FeatureRanking(())
    assert (empty.rank("pay"), empty.nearest("pay"), empty.suggestion("pay")) == ((), (), None)
    assert FeatureRanking(FEATURES[:1]).suggestion("pay for an order") is None


def test_tickets_at_hand_teach_what_customers_call_it() -> None:
    tickets = ["The parcel sits at the depot", "Depot lost my parcel", "No parcel at the depot"]
    others = ["Password forgotten again", "The chart is empty", "Cannot pay by card"] * 3
    taught = FeatureRanking(FEATURES, [*tickets, *others])
    before = {one.feature.id: one.score for one in RANKING.rank("the depot")}
    assert before["delivery"] == 0
    assert taught.rank("the depot")[0].feature.id == "delivery"


AXES = {"checkout": 0, "search": 1, "delivery": 2, "accounts": 3, "alerts": 4, "reports": 5}


def encode(texts: Sequence[str]) -> list[Vector | None]:
    """A made-up meaning: each feature's name and description point along its own axis."""
    by_text = {text: feature.id for feature in FEATURES for text in (feature.description,)}
    by_text |= {", ".join((f.name, *f.aliases)): f.id for f in FEATURES}
    return [np.eye(8, dtype=np.float32)[AXES[by_text[text]]] for text in texts]


def test_a_vector_finds_what_no_word_says() -> None:
    ranking = FeatureRanking(FEATURES, (), encode)
    vector = np.eye(8, dtype=np.float32)[2]
    assert ids(ranking.nearest("gooseberry", vector)) == ["delivery"]
    assert ranking.rank("gooseberry", vector)[0].feature.id == "delivery"
    assert ids(ranking.nearest("gooseberry")) == []


def test_texts_without_vectors_are_ranked_by_words() -> None:
    ranking = FeatureRanking(FEATURES, (), lambda texts: [None] * len(texts))
    assert ranking.rank("can't pay", np.eye(8, dtype=np.float32)[2])[0].feature.id == "checkout"


def test_what_every_description_begins_with_and_what_it_is_not_count_for_nothing() -> None:
    features = [
        Feature(name, name, description=f"All questions about {name}. It is unrelated to cards.")
        for name in ("tea", "milk", "sugar", "bread")
    ]
    assert description_of(features) == ["tea.", "milk.", "sugar.", "bread."]


@given(st.text(max_size=120), st.lists(st.text(max_size=60), max_size=5))
def test_any_text_is_ranked_the_same_each_time(text: str, tickets: list[str]) -> None:
    one, other = (FeatureRanking(FEATURES, tickets) for _ in range(2))
    assert one.rank(text) == other.rank(text)
    assert len(one.nearest(text)) <= 3


# --- where it is used ----------------------------------------------------------------------------


@pytest.fixture
def shop(context: Context) -> Context:
    catalogue.bring_in(context, FEATURES)
    return context


def answer(context: Context, question: str) -> FrictionReport:
    report = friction.ask(context, question, NOW)
    assert isinstance(report, FrictionReport)
    return report


def test_a_question_without_a_name_is_offered_the_nearest_features(shop: Context) -> None:
    ingest(shop, [draft("1", "I can't pay since the update.")], NOW)
    report = answer(shop, "can't pay")
    assert (report.feature, report.mentioned, ids(report.suggestions)) == (None, 1, ["checkout"])


def test_a_question_with_a_name_is_offered_nothing(shop: Context) -> None:
    assert answer(shop, "search").suggestions == ()


def suggested(context: Context, text: str) -> TagSuggestion:
    ingest(context, [draft("1", text)], NOW)
    return insights.suggest(context, ticket=1)


UNNAMED = "The parcel is on its way for three weeks, and nobody knows where the parcels are."


def test_the_tag_modal_opens_with_the_probable_feature(shop: Context) -> None:
    suggestion = suggested(shop, UNNAMED)
    assert suggestion.ticket is not None
    assert (suggestion.ticket.features, suggestion.feature) == ((), "delivery")


def test_what_nobody_confirms_is_kept_without_a_probable_feature(shop: Context) -> None:
    ingest(shop, [draft("1", UNNAMED)], NOW)
    tagged = insights.tag_as_suggested(shop, team="T1", user="U1", channel="C1", ticket=1, now=NOW)
    assert insights.card(shop, tagged.insight).feature is None
