"""What is counted as tickets come stays what the tickets say, whatever happens to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlmodel import Session

from databases import Databases
from storage import (
    corrections,
    features,
    figures,
    friction,
    listing,
    recount,
    reread,
    speakers,
    tickets,
)
from storage.database import Store
from storage.models import FRICTION_BITS, KIND_BITS
from storage.scope import Scope
from storage.values import CorrectionValue, Meant, NewTicket, QuoteValue
from storage_rows import NOW, feature, opened, ticket

FEATURES = ("checkout", "login", "search")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSTANTS = (timedelta(0), timedelta.resolution)

WINDOWS = [(NOW - 30 * DAY, NOW), (NOW - 7 * DAY, NOW), (NOW - 90 * DAY, NOW - 3 * HOUR)]
WINDOWS += [(NOW - 5 * HOUR, NOW), (NOW.replace(hour=0) - 14 * DAY, NOW.replace(hour=0))]

# Times at the edges of days and weeks, and long before; customers of whom some come often.
_times = st.one_of(
    st.integers(-40 * 24, 24).map(lambda hours: NOW + hours * HOUR),
    st.integers(-40, 1).map(lambda days: NOW.replace(hour=0) + days * DAY),
    st.integers(-40, 1).map(lambda days: NOW.replace(hour=0) + days * DAY - timedelta.resolution),
    st.sampled_from(
        [edge - moment for window in WINDOWS for edge in window for moment in INSTANTS]
    ),
    st.just(datetime(1969, 12, 30, 23, tzinfo=NOW.tzinfo)),
)
_kinds = st.sets(st.sampled_from(sorted(KIND_BITS))).map(sorted)
_about = st.lists(st.sampled_from(FEATURES), unique=True)
_customers = st.sampled_from(["ann", "bo", "cy", "di", "ed"])
_contents = st.builds(
    ticket,
    st.just(""),
    body=st.sampled_from(["An invoice came twice", "I cannot log in", "All is well"]),
    at=_times,
    customer=_customers,
    known=st.booleans(),
    kinds=_kinds,
    about=_about,
    segment=st.sampled_from([None, "business", "free"]),
    account=st.sampled_from([None, "acme", "bolt", "cord"]),
)


def with_unknown(value: NewTicket, unknown: bool) -> NewTicket:
    return replace(value, kinds=(), quotes=(), kinds_known=False) if unknown else value


Verdict = tuple[str, str, str]
"""What is corrected, which of them, and how."""
_verdicts = st.one_of(
    st.tuples(st.just("feature"), st.sampled_from(FEATURES), st.just("not")),
    st.tuples(st.just("kind"), st.sampled_from(sorted(KIND_BITS)), st.sampled_from(["not", "is"])),
)


class Wide(NamedTuple):
    """What a ticket's wide row says."""

    id: int
    at: datetime
    kinds: int
    customer: str
    known: bool
    body: str
    segment: str | None
    source: str
    account: str | None
    about: frozenset[str]


def source_of(external_id: str) -> str:
    return "reviews" if int(external_id) % 3 == 0 else "desk"


PRAISE, BROKEN = KIND_BITS["praise"], KIND_BITS["broken"]
NARROWED: Sequence[dict[str, Any]] = [
    {"feature": "checkout", "counted": BROKEN},
    {"feature": "checkout", "segment": "business"},
    {"feature": "checkout", "source": "reviews"},
    {"feature": "checkout", "counted": PRAISE, "segment": "free", "source": "desk"},
    {"words": "invoice", "counted": PRAISE | BROKEN},
    {"words": "invoice", "segment": "business", "source": "reviews"},
    {"segment": "free"},
]
"""Questions with filters: of a feature, of words, of all."""


class Histories(RuleBasedStateMachine):
    """Tickets come, change, move, are corrected, are read again, and go."""

    known: Bundle[str] = Bundle("known")
    store: Store

    @initialize()
    def begin(self) -> None:
        self.next = 0
        self.said: dict[str, dict[tuple[str, str], str]] = {}
        # One transaction for a whole history: it is rolled back at its end.
        self.session = Session(self.store.engine)
        features.put(self.session, [feature(name) for name in FEATURES])

    def row(self, external_id: str) -> int:
        source = source_of(external_id)
        return tickets.stored(self.session, source, [external_id])[external_id].id

    @rule(target=known, drawn=st.lists(_contents, min_size=1, max_size=6), unknown=st.booleans())
    def come(self, drawn: list[NewTicket], unknown: bool) -> Any:
        ids = [str(self.next + place) for place in range(len(drawn))]
        self.next += len(drawn)
        new = [
            replace(value, external_id=id, source=source_of(id))
            for id, value in zip(ids, drawn, strict=True)
        ]
        tickets.add(self.session, [with_unknown(value, unknown) for value in new])
        return multiple(*ids)

    @rule(changed=st.lists(known, min_size=1, max_size=3, unique=True), contents=_contents)
    def change(self, changed: list[str], contents: NewTicket) -> None:
        new = [
            (self.row(id), replace(contents, external_id=id, source=source_of(id)))
            for id in changed
        ]
        tickets.replace(self.session, new)

    @rule(moved=known, about=_about)
    def move_between_features(self, moved: str, about: list[str]) -> None:
        tickets.rematch(self.session, {self.row(moved): about})

    @rule(corrected=known, verdict=_verdicts)
    def correct(self, corrected: str, verdict: Verdict) -> None:
        row, (what, value, how) = self.row(corrected), verdict
        said = CorrectionValue(row, what, value, how, "T1", "U1", NOW)
        corrections.put(self.session, said)
        self.said.setdefault(corrected, {})[what, value] = how
        self.read_as_it_stands(row)

    @rule(corrected=known, data=st.data())
    def take_a_correction_back(self, corrected: str, data: st.DataObject) -> None:
        said = self.said.get(corrected)
        if said:
            what, value = data.draw(st.sampled_from(sorted(said)))
            del said[what, value]
            corrections.remove(self.session, self.row(corrected), what, value)
            self.read_as_it_stands(self.row(corrected))

    @precondition(lambda self: any(self.said.values()))
    @rule(contents=_contents, data=st.data())
    def change_what_was_corrected(self, contents: NewTicket, data: st.DataObject) -> None:
        """Whatever is written says what was denied, and nothing that was added."""
        id = data.draw(st.sampled_from(sorted(id for id, said in self.said.items() if said)))
        row, said = self.row(id), self.said[id]
        kinds = tuple(k for k in KIND_BITS if said.get(("kind", k)) != "is")
        quotes = tuple(QuoteValue(kind, "said", 0.5) for kind in kinds)
        way = data.draw(st.sampled_from(["replace", "rematch", "write"]))
        if way == "replace":
            new = replace(contents, external_id=id, source=source_of(id))
            new = replace(new, kinds=kinds, quotes=quotes, features=FEATURES)
            tickets.replace(self.session, [(row, new)])
        elif way == "rematch":
            tickets.rematch(self.session, {row: FEATURES})
        else:
            [found] = reread.of(self.session, [row])
            reread.write(self.session, [(found, Meant("en", kinds, True, quotes, FEATURES))])

    def read_as_it_stands(self, row: int) -> None:
        [found] = reread.of(self.session, [row])
        reread.write(self.session, [(found, found.meant)])

    @rule(gone=st.lists(consumes(known), min_size=1, max_size=3, unique=True))
    def go(self, gone: list[str]) -> None:
        tickets.remove(self.session, [self.row(id) for id in gone])
        for id in gone:
            self.said.pop(id, None)

    @rule(kinds=_kinds, about=_about, most=st.integers(1, 4))
    def read_again(self, kinds: list[str], about: list[str], most: int) -> None:
        found = reread.before(self.session, 2**31 - 1, most)
        quotes = tuple(QuoteValue(kind, "said", 0.5) for kind in kinds)
        meant = Meant("en", tuple(kinds), True, quotes, tuple(about))
        reread.write(self.session, [(each, meant) for each in found])

    @rule(name=st.sampled_from(FEATURES))
    def forget_a_feature(self, name: str) -> None:
        features.remove(self.session, [name])
        features.put(self.session, [feature(name)])

    @invariant()
    def every_count_is_that_of_the_tickets(self) -> None:
        assert list(recount.differences(self.session)) == []

    @invariant()
    def what_people_said_stands(self) -> None:
        kept = self.session.execute(text("SELECT count(*) FROM correction")).scalar_one()
        assert kept == sum(map(len, self.said.values())), "they go with their ticket only"
        for id, said in self.said.items():
            [found] = tickets.get(self.session, [self.row(id)])
            quoted = {quote.kind for quote in found.quotes}
            for (what, value), how in said.items():
                if what == "feature":
                    assert value not in found.features
                else:
                    assert (value in found.kinds) == (value in quoted) == (how == "is")

    @invariant()
    def every_figure_is_that_of_plain_sql(self) -> None:
        self.look()
        for since, until in WINDOWS:
            for scope in (
                Scope(since, until, "checkout"),
                Scope(since, until, None, "invoice"),
                Scope(since, until),
            ):
                self.check_figures(scope)
        for since, until in (WINDOWS[2], WINDOWS[4]):
            for narrowed in NARROWED:
                self.check_figures(Scope(since, until, **narrowed))
        self.check_ranking()

    @invariant()
    def who_wrote_and_which_tickets_is_that_of_plain_sql(self) -> None:
        self.look()
        since, until = WINDOWS[2]
        unnarrowed: Sequence[dict[str, Any]] = ({"feature": "checkout"}, {"words": "invoice"}, {})
        for asked in (*unnarrowed, *NARROWED):
            self.check_who(Scope(since, until, **asked))
        for one, other in (("checkout", "login"), ("checkout", None), (None, "search")):
            for narrowed in ({}, {"counted": PRAISE}, {"segment": "free"}):
                first, second = (
                    Scope(since, until, name, None if name else "invoice", **narrowed)
                    for name in (one, other)
                )
                found = friction.about_both(self.session, first, second, most=100)
                expected = self.about_both(first, second)
                assert sorted(found) == expected, (first, second)

    def check_figures(self, scope: Scope) -> None:
        length = scope.until - scope.since
        found = figures.of(self.session, scope, scope.since - length)
        assert not found.is_capped
        now, before = (
            self.naive(scope),
            self.naive(replace(scope, since=scope.since - length, until=scope.since)),
        )
        assert (found.now.mentioned, found.now.known, found.now.kinds_unknown) == now[:3]
        assert (found.now.kinds, found.now.tickets, found.now.customers) == now[3:]
        assert (found.before.tickets, found.before.customers) == before[4:]
        assert found.weeks == tuple(self.weeks(scope, len(found.weeks)))

    def check_who(self, scope: Scope) -> None:
        felt = [row for row in self.chosen(scope) if row.kinds & scope.counted]
        spoke = {one.segment: one for one in speakers.by_segment(self.session, scope)}
        accounts = speakers.accounts(self.session, scope)
        assert {row.segment for row in felt} == set(spoke)
        for segment, one in spoke.items():
            of_it = [row for row in felt if row.segment == segment]
            assert one.tickets == len(of_it)
            assert one.customers == len({row.customer for row in of_it})
            known = {row.account for row in of_it if row.account}
            assert accounts.get(segment, set()) == known
        most = Counter(row.customer for row in felt).most_common(1)
        assert speakers.most_of_one(self.session, scope) == (most[0][1] if most else 0)
        newest = friction.newest(self.session, scope, 1_000)
        assert sorted(newest) == sorted(row.id for row in felt)
        total, page = listing.page(self.session, scope, scope.since - 30 * DAY, 0, 1_000)
        assert (total, sorted(page)) == (len(felt), sorted(newest))

    def about_both(self, one: Scope, other: Scope) -> list[int]:
        """Tickets of both, of the kinds that were asked for, or of any kind and none."""
        both = {row.id for row in self.chosen(one)} & {row.id for row in self.chosen(other)}
        of_all = one.counted == FRICTION_BITS
        return sorted(
            row.id for row in self.wide if row.id in both and (of_all or row.kinds & one.counted)
        )

    def check_ranking(self) -> None:
        ranked = figures.per_feature(self.session, NOW - 60 * DAY, NOW - 30 * DAY, NOW)
        for name in FEATURES:
            counted = [
                self.naive(Scope(since, since + 30 * DAY, name))[4:]
                for since in (NOW - 30 * DAY, NOW - 60 * DAY)
            ]
            assert [*ranked.get(name, ((0, 0), (0, 0)))] == counted

    def look(self) -> None:
        """Read the wide rows, to tell all figures from them."""
        pairs = self.session.execute(text("SELECT ticket_id, feature_id FROM ticket_feature"))
        about = set(map(tuple, pairs))
        found = self.session.execute(
            text(
                "SELECT id, created_at, kinds, customer, customer_known, body, segment, source,"
                " account FROM ticket"
            )
        )
        self.wide = []
        for id, at, *rest in found:
            names = frozenset(name for ticket, name in about if ticket == id)
            moment = datetime.fromisoformat(str(at)).replace(tzinfo=NOW.tzinfo)
            self.wide.append(Wide._make((id, moment, *rest, names)))

    def chosen(self, scope: Scope) -> list[Wide]:
        return [
            row
            for row in self.wide
            if scope.since <= row.at < scope.until
            and (scope.feature is None or scope.feature in row.about)
            and (scope.words is None or scope.words in row.body)
            and (scope.segment is None or scope.segment == row.segment)
            and (scope.source is None or scope.source == row.source)
        ]

    def weeks(self, scope: Scope, count: int) -> Iterator[tuple[int, int]]:
        for back in range(count, 0, -1):
            begin = max(scope.since, scope.until - back * 7 * DAY)
            end = scope.until - (back - 1) * 7 * DAY
            yield self.naive(replace(scope, since=begin, until=end))[4:]

    def naive(self, scope: Scope) -> tuple[int, int, int, dict[str, int], int, int]:
        """Figures of a window from the wide rows, one plain row at a time."""
        chosen = [(row.kinds, row.customer, row.known) for row in self.chosen(scope)]
        felt = [(customer, known) for kinds, customer, known in chosen if kinds & scope.counted]
        per_kind = {
            kind: sum(bool(kinds & bit) for kinds, _, _ in chosen)
            for kind, bit in KIND_BITS.items()
        }
        unknown = sum(bool(kinds & 32) for kinds, _, _ in chosen)
        known = sum(bool(known) for _, known in felt)
        customers = len({customer for customer, _ in felt})
        return len(chosen), known, unknown, per_kind, len(felt), customers

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            self.session.close()


def test_counts_follow_tickets_through_any_history(databases: Databases, tmp_path: Path) -> None:
    with opened(databases.migrated(tmp_path)) as store:
        Histories.store = store
        run_state_machine_as_test(
            Histories,
            settings=settings(
                # A server is a hundred round trips away from each state.
                max_examples=30 if store.path else 6,
                stateful_step_count=12,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


# --- what is found ------------------------------------------------------------------------------

SPOILT: Sequence[tuple[str, str]] = [
    ("UPDATE ticket_day SET friction = friction + 1", "friction is 3, and 2 by recount"),
    ("UPDATE feature_day SET praise = 7", "feature_day checkout 20759: praise is 7, and 0"),
    ("DELETE FROM feature_day", "feature_day checkout 20759: tickets is 0, and 2 by recount"),
    ("UPDATE ticket_fact SET kinds = 2 WHERE ticket_id = 1", "ticket_fact of ticket 1 is not"),
    ("DELETE FROM ticket_fact WHERE ticket_id = 2", "ticket_fact of ticket 2 is not"),
    ("UPDATE ticket_feature SET customer = 5", "ticket_feature of ticket 1 and feature checkout"),
    ("UPDATE ticket_day SET lowest_row = 2", "bounds leave out ticket 1"),
    ("UPDATE feature_day SET customers = NULL", "its customers are not those of its tickets"),
    ("DELETE FROM ticket_block", "ticket_block 0 is not what ticket_fact says of ticket 1"),
]
UNHEARD: Sequence[tuple[Verdict, str]] = [
    (("kind", "broken", "not"), "ticket 1 was said not to be broken, and is counted otherwise"),
    (("kind", "praise", "is"), "ticket 1 was said to be praise, and is counted otherwise"),
    (("feature", "checkout", "not"), "ticket 1 was said not to be about checkout"),
]


@pytest.mark.parametrize(("verdict", "said"), UNHEARD)
def test_a_recount_finds_a_correction_that_nobody_heard(
    databases: Databases, tmp_path: Path, verdict: Verdict, said: str
) -> None:
    with opened(databases.migrated(tmp_path)) as store, store.write() as session:
        features.put(session, [feature("checkout")])
        tickets.add(session, [ticket("1", about=["checkout"])])
        corrections.put(session, CorrectionValue(1, *verdict, "T1", "U1", NOW))
        [found] = recount.differences(session)
        assert said in found
        [read] = reread.before(session, 2, 1)
        assert reread.write(session, [(read, read.meant)]) == 1
        assert list(recount.differences(session)) == []


@pytest.mark.parametrize(("spoil", "said"), SPOILT)
def test_a_recount_finds_what_was_spoilt_and_mends_it(
    databases: Databases, tmp_path: Path, spoil: str, said: str
) -> None:
    with opened(databases.migrated(tmp_path)) as store:
        with store.write() as session:
            features.put(session, [feature("checkout")])
            tickets.add(session, [ticket(id, about=["checkout"]) for id in "12"])
        with store.read() as session:
            assert list(recount.differences(session)) == []
        with store.write() as session:
            session.execute(text(spoil))
        with store.write() as session:
            assert any(said in sentence for sentence in recount.differences(session))
            recount.mend(session)
        with store.read() as session:
            assert list(recount.differences(session)) == []
            scope = Scope(NOW - 30 * DAY, NOW, "checkout")
            assert figures.of(session, scope, NOW - 60 * DAY).now.tickets == 2
