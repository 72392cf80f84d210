"""When those who own a feature last did something with a customer's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.blocks import words
from bot.reports import Count, Feature, FeatureLine
from databases import Databases
from storage import acts, features, insights, posts
from storage.insights import NewInsight
from storage.values import PostValue
from storage_rows import CHANNEL, NOW, TEAM, feature, opened


@pytest.fixture
def session(databases: Databases, tmp_path: Path) -> Iterator[Session]:
    with opened(databases.migrated(tmp_path)) as store, store.read() as session:
        yield session


def test_a_feature_is_as_silent_as_the_channels_that_own_it(session: Session) -> None:
    features.put(session, [feature("checkout", CHANNEL), feature("login", "C9"), feature("cart")])
    features.tick_owned(session, TEAM, "C8", ["checkout"])
    assert acts.by_owners(session) == {"checkout": None, "login": None}
    tag = NewInsight(
        TEAM, "A", None, "broken", "", CHANNEL, "U1", message_channel="C", message_ts="1"
    )
    insights.add(session, tag, NOW)
    assert acts.by_owners(session) == {"checkout": NOW, "login": None}
    posts.remember(session, PostValue(TEAM, "C8", "1.0", acts.SHARED, 0), NOW + timedelta(days=1))
    posts.remember(session, PostValue(TEAM, "C9", "2.0", "ticket", 1), NOW)
    assert acts.by_owners(session) == {"checkout": NOW + timedelta(days=1), "login": None}
    answered = PostValue(TEAM, "C9", "2.0", "ticket", 1)
    at = datetime(2026, 11, 5, 12, tzinfo=UTC)
    posts.react(
        session, answered, user="U1", emoji="eyes", present=True, event_ts=f"{at.timestamp():.6f}"
    )
    assert acts.by_owners(session)["login"] == at


def test_what_is_done_in_another_workspace_counts_for_who_owns_it_there(session: Session) -> None:
    features.put(session, [feature("checkout", CHANNEL), feature("cart")])
    features.tick_owned(session, "T2", "C8", ["cart"])
    elsewhere = PostValue("T3", "C8", "1.0", acts.SHARED, 0)
    posts.remember(session, elsewhere, NOW)
    assert acts.by_owners(session) == {"checkout": None, "cart": None}


@pytest.mark.parametrize(
    ("acted", "is_owned", "said"),
    [
        (None, False, "no owner"),
        (None, True, "nobody yet"),
        (NOW, True, "today"),
        (NOW - timedelta(days=1), True, "1 day ago"),
        (NOW - timedelta(days=40), True, "40 days ago"),
    ],
)
def test_silence_is_said_in_days(acted: datetime | None, is_owned: bool, said: str) -> None:
    item = FeatureLine(Feature("a", "A"), 9, 9, Count(0, 0), acted, is_owned)
    assert words.silence(item, NOW) == said
