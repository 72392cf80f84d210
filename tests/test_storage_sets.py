"""What may happen twice and counts once: insights, reactions, owners, events, digests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import Session

from databases import Databases
from storage import digests, features, inbox, insight_lists, insights, posts, tickets
from storage.database import Store
from storage.insight_lists import Wanted
from storage.insights import NewInsight
from storage.values import Incoming, PostValue
from storage_rows import CHANNEL, NOW, TEAM, feature, opened, ticket

quick = hypothesis_settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module")
def store(module_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database for all tests here; `session` leaves nothing behind in it."""
    with opened(module_databases.migrated(tmp_path_factory.mktemp("store"))) as store:
        yield store


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.read() as session:
        yield session


def test_a_ticket_and_a_message_become_one_insight_each(session: Session) -> None:
    tickets.add(session, [ticket("1")])
    row = tickets.stored(session, "desk", ["1"])["1"].id
    of_ticket = NewInsight(TEAM, "A", None, "broken", "", CHANNEL, "U1", ticket_id=row)
    of_message = NewInsight(
        TEAM, "B", None, "broken", "", CHANNEL, "U1", message_channel="C9", message_ts="1.2"
    )
    for new in (of_ticket, of_message):
        (first, made), (again, made_again) = (insights.add(session, new, NOW) for _ in range(2))
        assert (made, made_again) == (True, False)
        assert first.id == again.id
    assert insight_lists.find(session, Wanted(), 9)[1] == 2


_event = st.tuples(st.sampled_from(["U1", "U2"]), st.sampled_from(["bulb", "eyes"]), st.booleans())


@quick
@given(data=st.data(), events=st.lists(_event, max_size=8))
def test_reactions_end_in_the_state_of_the_newest_event_however_delivered(
    store: Store, data: st.DataObject, events: list[tuple[str, str, bool]]
) -> None:
    # Seconds of different lengths: as strings they would sort the other way round.
    stamped = [(f"{95 + number}.00{number}", event) for number, event in enumerate(events)]
    delivered = data.draw(st.permutations(stamped * 2))
    state = {(user, emoji): present for user, emoji, present in events}
    with store.read() as session:
        post = PostValue(TEAM, CHANNEL, "1.0", "ticket", 1)
        posts.remember(session, post, NOW)
        for event_ts, (user, emoji, present) in delivered:
            posts.react(session, post, user=user, emoji=emoji, present=present, event_ts=event_ts)
        shown = posts.reactions(session, [("ticket", 1)])["ticket", 1]
    once = [(each.user, each.emoji) for each in posts.each_once(shown * 2)]
    assert len(once) == len(set(once))
    assert set(once) == {key for key, present in state.items() if present}


def test_a_feature_is_owned_by_the_catalogues_word_and_by_a_tick(session: Session) -> None:
    features.put(session, [feature("checkout", "C1"), feature("login")])
    features.tick_owned(session, TEAM, "C2", ["checkout", "login", "login"])
    assert features.owners(session, TEAM, "checkout") == ["C1", "C2"]
    assert features.owners(session, "T2", "checkout") == ["C1"]
    assert features.owned_by(session, TEAM, "C2") == ["checkout", "login"]
    features.tick_owned(session, TEAM, "C2", ["login"])
    assert features.owned_by(session, TEAM, "C2") == ["login"]
    features.put(session, [feature("checkout", "C3")])
    assert features.owners(session, TEAM, "checkout") == ["C3"]


def test_a_removed_feature_leaves_tickets_and_insights_standing(session: Session) -> None:
    features.put(session, [feature("checkout", "C1")])
    tickets.add(session, [ticket("1", about=["checkout"])])
    row = tickets.stored(session, "desk", ["1"])["1"].id
    new = NewInsight(TEAM, "A", "checkout", "broken", "", CHANNEL, "U1", ticket_id=row)
    made, _ = insights.add(session, new, NOW)
    features.remove(session, ["checkout"])
    session.expire_all()
    kept = insights.get(session, made.id)
    assert kept is not None
    assert kept.feature_id is None
    assert tickets.get(session, [row])[0].features == ()
    assert features.owned_by(session, TEAM, "C1") == []


def test_an_event_is_recorded_once_claimed_by_one_and_finished_for_good(session: Session) -> None:
    event = Incoming(TEAM, "Ev1", "reaction_added", {"user": "U1"}, NOW, 0)
    later, lease = NOW + timedelta(seconds=15), timedelta(seconds=15)
    assert inbox.record(session, event, later)
    assert not inbox.record(session, event, later)
    assert inbox.claim(session, TEAM, NOW, lease) is None
    claimed = inbox.claim(session, TEAM, later, lease)
    assert claimed is not None
    assert (claimed.event_id, claimed.body, claimed.attempts) == ("Ev1", {"user": "U1"}, 1)
    assert inbox.claim(session, TEAM, later, lease) is None
    assert inbox.claim(session, TEAM, later + lease, lease) is not None, (
        "it comes back if that failed"
    )
    inbox.finish(session, TEAM, "Ev1", "stored", later)
    session.expire_all()
    assert not inbox.is_open(session, TEAM, "Ev1")
    assert inbox.claim(session, TEAM, later + timedelta(days=1), lease) is None


def claim(session: Session, day: str, team: str = TEAM, newest: int = 0) -> int | None:
    return digests.claim(session, team, CHANNEL, day, newest_ticket=newest, now=NOW)


def test_a_channels_day_is_claimed_once(session: Session) -> None:
    assert claim(session, "2026-11-03") is not None
    assert claim(session, "2026-11-03") is None
    assert claim(session, "2026-11-04") is not None
    assert claim(session, "2026-11-03", team="T2") is not None
    assert digests.decisions(session, TEAM, CHANNEL, "2026-11-03")


def test_a_skipped_digest_does_not_hide_what_came_before_it(session: Session) -> None:
    for day, state, newest in ((3, "posted", 40), (4, "skipped", 90)):
        row = claim(session, f"2026-11-0{day}", newest=newest)
        assert row is not None
        digests.settle(session, row, state=state, reason="", left_out=0, items=())
    assert digests.looked_at_up_to(session, TEAM, CHANNEL) == 40
