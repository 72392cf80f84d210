"""Tickets in: counted, redacted before a row exists, matched against the catalogue, repeatable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bot.errors import KeyLost
from bot.reports import BadRow, Feature, FrictionReport, IngestReport, Requester, TicketDraft
from bot.service import catalogue, friction, storing
from bot.service import ingest as service
from bot.service.context import Context
from bot.service.ingest import ingest
from conftest import NOW
from own_tickets import CRASH, draft, write_catalogue
from storage import tickets
from storage_rows import everything_in, is_index_whole
from storage_rows import rows as rows_of

TABLES = ("ticket", "ticket_quote", "ticket_feature", "feature", "feature_channel", "meta")


def rows(context: Context, sql: str, **values: object) -> list[Any]:
    return rows_of(context.store, sql, **values)


def everything(context: Context) -> list[list[Any]]:
    return [rows(context, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


def figures(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.read, report.new, report.changed, report.same, report.bad_count


def body_of(context: Context, id: str) -> str:
    [(body,)] = rows(context, "SELECT body FROM ticket WHERE external_id = :id", id=id)
    return str(body)


def features_of(context: Context, id: str) -> list[str]:
    found = rows(
        context,
        "SELECT feature_id FROM ticket_feature JOIN ticket ON ticket.id = ticket_id"
        " WHERE external_id = :id ORDER BY position",
        id=id,
    )
    return [row[0] for row in found]


def ask(context: Context, question: str) -> FrictionReport:
    report = friction.ask(context, question, NOW)
    assert isinstance(report, FrictionReport)
    return report


# --- what changed ---------------------------------------------------------------------------


def test_new_changed_and_same_tickets_are_told_apart(context: Context) -> None:
    first = [draft(str(n)) for n in range(5)]
    assert figures(ingest(context, first, NOW)) == (5, 5, 0, 0, 0)
    second = [*first[:3], replace(first[3], body="Quite another story."), draft("5")]
    assert figures(ingest(context, second, NOW)) == (5, 1, 1, 3, 0)
    assert body_of(context, "3") == "Quite another story."


def test_the_same_rows_again_change_nothing(context: Context) -> None:
    drafts = [draft(str(n), tags=("checkout",)) for n in range(7)]
    ingest(context, drafts, NOW)
    before = everything(context)
    again = ingest(context, drafts, NOW + timedelta(days=1))
    assert figures(again) == (7, 0, 0, 7, 0)
    assert everything(context) == before


def test_the_same_id_from_two_sources_is_two_tickets(context: Context) -> None:
    ingest(context, [draft("1"), draft("1", source="reviews")], NOW)
    assert rows(context, "SELECT count(*) FROM ticket") == [(2,)]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Another"},
        {"tags": ("billing",)},
        {"url": "https://desk.example/1"},
        {"segment": "enterprise"},
        {"account": "Another company"},
        {"created_at": NOW - timedelta(days=9)},
        {"requester": Requester(email="ann@shop.example")},
    ],
)
def test_whatever_changes_of_a_ticket_is_written(context: Context, change: Any) -> None:
    ingest(context, [draft("1")], NOW)
    assert figures(ingest(context, [replace(draft("1"), **change)], NOW)) == (1, 0, 1, 0, 0)


def test_a_changed_ticket_is_found_by_its_new_words_only(context: Context) -> None:
    ingest(context, [draft("1", "The marmalade crashes when I open it.")], NOW)
    ingest(context, [draft("1", "The gooseberry crashes when I open it.")], NOW + timedelta(days=1))
    assert ask(context, "marmalade").mentioned == 0
    assert ask(context, "gooseberry").mentioned == 1
    assert is_index_whole(context.store)
    [(stored_at,)] = rows(context, "SELECT CAST(stored_at AS TEXT) FROM ticket")
    assert stored_at.startswith(f"{NOW:%Y-%m-%d %H:%M:%S}"), "it is not new for a digest"


def test_an_older_version_does_not_overwrite_a_newer_one(context: Context) -> None:
    newer = draft("1", "As of today.", updated=NOW)
    older = draft("1", "As of yesterday.", updated=NOW - timedelta(days=1))
    ingest(context, [newer], NOW)
    assert figures(ingest(context, [older], NOW)) == (1, 0, 0, 1, 0)
    assert body_of(context, "1") == "As of today."
    latest = replace(older, updated_at=NOW + timedelta(days=1))
    assert figures(ingest(context, [latest], NOW)) == (1, 0, 1, 0, 0)
    assert body_of(context, "1") == "As of yesterday."


# --- one file -------------------------------------------------------------------------------


@pytest.mark.case(22)
@pytest.mark.parametrize(("batch", "at_once"), [(2, 2), (2, 500), (500, 500)])
def test_of_an_id_that_stands_twice_in_a_file_the_last_wins_and_it_is_said(
    context: Context, monkeypatch: pytest.MonkeyPatch, batch: int, at_once: int
) -> None:
    monkeypatch.setattr(service, "BATCH", batch)
    monkeypatch.setattr(storing, "AT_ONCE", at_once)
    twice = [draft("1", "first"), draft("2"), draft("3"), draft("1", "last")]
    report = ingest(context, twice, NOW)
    assert body_of(context, "1") == "last"
    assert report.read == report.new + report.changed + report.same == 4
    assert report.notes == ("1 rows repeat an id of this file; the newest one counts",)


def test_of_two_versions_in_one_file_the_newer_wins_in_either_order(context: Context) -> None:
    newer = draft("1", "newer", updated=NOW)
    older = draft("1", "older", updated=NOW - timedelta(days=1))
    ingest(context, [newer, older], NOW)
    ingest(context, [replace(d, external_id="2") for d in (older, newer)], NOW)
    assert (body_of(context, "1"), body_of(context, "2")) == ("newer", "newer")


def test_bad_rows_are_counted_and_the_first_hundred_kept(context: Context) -> None:
    bad = [BadRow("a.csv", line, "no text") for line in range(1, 131)]
    report = ingest(context, [draft("1"), *bad, draft("2")], NOW)
    assert figures(report) == (132, 2, 0, 0, 130)
    assert list(report.bad) == bad[:100]


def test_nothing_at_all_is_no_fault(context: Context) -> None:
    assert figures(ingest(context, [], NOW)) == (0, 0, 0, 0, 0)


def test_each_batch_is_told_and_none_is_lost(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 3)
    monkeypatch.setattr(storing, "AT_ONCE", 3)
    told: list[int] = []
    ingest(context, [draft(str(n)) for n in range(10)], NOW, told.append)
    assert told == [3, 6, 9, 10]
    assert rows(context, "SELECT count(*) FROM ticket") == [(10,)]


def test_what_was_read_does_not_wait_for_long_until_it_is_stored(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    told: list[int] = []
    ticks = iter(range(100))
    slow = ingest(
        context,
        [draft(str(n)) for n in range(8)],
        NOW,
        told.append,
        seconds=lambda: next(ticks) * storing.LONGEST_WAIT / 3,
    )
    assert figures(slow) == (8, 8, 0, 0, 0)
    assert told == [6, 8]
    assert rows(context, "SELECT external_id FROM ticket ORDER BY id") == [
        (str(n),) for n in range(8)
    ]


def test_what_was_written_before_a_crash_stays_and_the_next_run_completes_it(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 10)
    monkeypatch.setattr(storing, "AT_ONCE", 10)
    monkeypatch.setattr(service, "LOOK_AHEAD", 5)
    whole = [draft(str(n), tags=("checkout",)) for n in range(40)]

    def breaking() -> Iterator[TicketDraft]:
        yield from whole[:27]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        ingest(context, breaking(), NOW)
    assert rows(context, "SELECT count(*) FROM ticket") == [(20,)]
    assert ask(context, "checkout").mentioned == 20
    assert figures(ingest(context, whole, NOW)) == (40, 20, 0, 20, 0)
    assert ask(context, "checkout").mentioned == 40


# --- the catalogue --------------------------------------------------------------------------


def ids(context: Context) -> list[str]:
    return sorted(feature.id for feature in catalogue.every(context))


def test_a_catalogue_is_made_of_tags_and_grows_with_later_files(context: Context) -> None:
    plain = [draft(f"p{n}", "Nothing to see.") for n in range(9)]
    old = draft("old", "The inventory shows nonsense.", tags=("billing",))
    ingest(context, [*plain, old], NOW)
    assert ids(context) == ["billing"]
    assert features_of(context, "old") == ["billing"]
    ingest(context, [*plain, draft("new", tags=("inventory",))], NOW)
    assert ids(context) == ["billing", "inventory"]
    assert features_of(context, "old") == ["billing", "inventory"], "old tickets are matched again"


def test_tags_add_nothing_to_a_catalogue_that_a_person_wrote(context: Context) -> None:
    write_catalogue(context)
    ingest(context, [*(draft(f"p{n}") for n in range(9)), draft("1", tags=("inventory",))], NOW)
    assert ids(context) == ["billing", "checkout", "search"]


def test_a_new_catalogue_matches_everything_again_and_what_it_drops_vanishes(
    context: Context,
) -> None:
    write_catalogue(context)
    ingest(context, [draft(str(n)) for n in range(6)], NOW)
    assert ask(context, "checkout").tickets == 6
    change = catalogue.bring_in(context, [Feature("paying", "Paying", aliases=("pay button",))])
    assert (change.features, change.removed, change.rematched) == (1, 3, 6)
    assert ask(context, "paying").tickets == 6
    assert rows(context, "SELECT DISTINCT feature_id FROM ticket_feature") == [("paying",)]
    ranking = friction.ask(context, "", NOW)
    assert [line.feature.id for line in getattr(ranking, "features", ())] == ["paying"]
    assert ask(context, "checkout").feature is None


def test_a_catalogue_that_is_brought_in_during_an_ingest_holds_for_the_rest(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    monkeypatch.setattr(storing, "AT_ONCE", 2)
    monkeypatch.setattr(service, "LOOK_AHEAD", 1)
    write_catalogue(context)

    def interrupted() -> Iterator[TicketDraft]:
        yield from (draft("1"), draft("2"))
        catalogue.bring_in(context, [Feature("paying", "Paying", aliases=("pay button",))])
        yield from (draft("3"), draft("4"))

    ingest(context, interrupted(), NOW)
    assert [features_of(context, id) for id in "1234"] == [["paying"]] * 4


# --- persons --------------------------------------------------------------------------------

PERSON = Requester(
    id="requester-5550199",
    name="Ottilie Quandt",
    email="ottilie.quandt@marmalade.example",
    phone="+49 30 901820",
)
PLANTED = {
    "e-mail": "ottilie.quandt@marmalade.example",
    "another's e-mail": "h.finch77@orchard.example",
    "phone": "+49 30 901820",
    "card": "4111 1111 1111 1111",
    "name": "Ottilie Quandt",
    "token": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
}


@pytest.mark.parametrize("place", ["subject", "body", "tags"])
def test_nothing_personal_reaches_the_database_from(context: Context, place: str) -> None:
    told = [
        draft(
            f"{n}-{name}",
            f"It crashes. I wrote {value} there." if place == "body" else CRASH,
            subject=f"Wrong: {value}" if place == "subject" else "A note",
            tags=(value,) if place == "tags" else ("checkout",),
            requester=PERSON,
        )
        for n in range(3)
        for name, value in PLANTED.items()
    ]
    ingest(context, told, NOW)
    raw = everything_in(context.store)
    assert b"A note" in raw or b"Wrong" in raw, "the search would find what is there"
    for name, value in [*PLANTED.items(), ("requester", "requester-5550199")]:
        for spelt in (value, value.lower(), value.lower().replace(" ", "-"), value.title()):
            assert spelt.encode() not in raw, f"{name} from {place}"
    assert b"quandt" not in raw.lower()


def test_a_tag_that_names_a_person_becomes_no_feature(context: Context) -> None:
    plain: Sequence[TicketDraft] = [draft(f"p{n}") for n in range(9)]
    own = draft("1", tags=("Ottilie Quandt", "billing"), requester=PERSON)
    ingest(context, [*plain, own, draft("2", tags=("h.finch77@orchard.example",))], NOW)
    assert ids(context) == ["billing"]


def test_one_person_is_one_customer_whatever_the_case_of_the_address(context: Context) -> None:
    addresses = ("ann@shop.example", "Ann@Shop.example ", "ben@shop.example")
    people = [Requester(email=email) for email in addresses]
    ingest(context, [draft(str(n), requester=who) for n, who in enumerate(people)], NOW)
    assert rows(context, "SELECT count(DISTINCT customer) FROM ticket") == [(2,)]


def key_file(context: Context) -> Path:
    return context.settings.key_file


def test_a_lost_key_stops_an_ingest_and_says_what_to_do(context: Context) -> None:
    ingest(context, [draft("1")], NOW)
    key_file(context).unlink()
    with pytest.raises(KeyLost, match="Put the right key file back"):
        ingest(context, [draft("2")], NOW)
    assert not key_file(context).exists(), "no other key takes its place"
    assert rows(context, "SELECT count(*) FROM ticket") == [(1,)]


def test_another_key_stops_an_ingest_too(context: Context) -> None:
    ingest(context, [draft("1")], NOW)
    key_file(context).write_text("ab" * 32 + "\n", encoding="ascii")
    with pytest.raises(KeyLost):
        ingest(context, [draft("2")], NOW)


def test_a_catalogue_that_was_brought_in_half_way_is_taken_up_again(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(context, Feature("search", "Search"))
    ingest(context, [draft(str(number), f"Toolbar gone, {number}") for number in range(700)], NOW)
    real = tickets.rematch
    batches: list[int] = []

    def killed(session: Session, features: dict[int, tuple[str, ...]]) -> None:
        batches.append(len(features))
        if len(batches) == 2:
            raise KeyboardInterrupt
        real(session, features)

    monkeypatch.setattr(tickets, "rematch", killed)
    with pytest.raises(KeyboardInterrupt):
        write_catalogue(context, Feature("toolbar", "Toolbar"))
    assert catalogue.is_half_matched(context)
    monkeypatch.setattr(tickets, "rematch", real)
    ingest(context, [], NOW)
    assert not catalogue.is_half_matched(context)
    report = friction.ask(context, "toolbar", NOW)
    assert isinstance(report, FrictionReport)
    assert report.mentioned == 700
