"""How often a digest comes, its mute, and less of this: what a channel gets on which day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotFound
from bot.reports import Cadence, ChannelSettings, DigestReport, Feature, LessOf, Mute
from bot.service import channels, digest, digest_due, digest_less, muting
from bot.service.catalogue import bring_in
from bot.service.context import Context
from bot.service.ingest import ingest
from bot.service.muting import For
from bot.service.schedule import next_due, working_days_between
from bot.sources.files import read
from storage_rows import change, rows

MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
HERE = ChannelSettings("T1", "C1", at="09:30", timezone="UTC")
FEATURES = (
    Feature("checkout", "Checkout", ("payment page",), (), ()),
    Feature("search", "Search", (), (), ()),
)
OUTAGE = (
    "The checkout crashes when I press pay, and my basket is lost.",
    "Since today checkout crashes on pay for all of our shops, nobody can buy.",
    "Pressing pay in checkout crashes the page and takes the basket with it.",
    "Our checkout crashes at the pay step, three orders are gone.",
    "When customers pay, checkout crashes and shows a white page.",
    "I cannot pay: checkout crashes each time, on every browser I have.",
    "Checkout crashes as soon as pay is pressed, please help, we lose money.",
    "The pay button makes checkout crash, since this morning.",
)
QUIET = (
    "Search returns nothing at all when I type two words, we cannot find our own orders and lose "
    "hours every day."
)


@pytest.fixture
def full(context: Context) -> Context:
    bring_in(context, FEATURES)
    return context


def take_in(
    context: Context, folder: Path, told: list[tuple[datetime, str]], prefix: str = ""
) -> None:
    """Tickets of customers of their own."""
    lines = [
        json.dumps(
            {
                "id": f"{prefix}{at:%m%d%H%M}-{number}",
                "created_at": at.isoformat(),
                "description": said,
                "segment": "enterprise",
                "requester": {"email": f"{prefix}{number}-{at:%m%d}@customer.example"},
            }
        )
        for number, (at, said) in enumerate(told)
    ]
    path = folder / f"{prefix}{len(lines)}-{told[0][0]:%m%d%H}.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with read(path, name=path.name, now=MONDAY) as reader:
        ingest(context, reader, told[-1][0])


def decide(context: Context, *moments: datetime) -> list[tuple[str, str, str]]:
    """Let the clock look at these moments; every decision that stands."""
    for now in moments:
        while digest_due.plan_due(context, "T1", now):
            pass
    return [
        (day, state, reason)
        for day, state, reason in rows(
            context.store, "SELECT local_date, state, reason FROM digest ORDER BY id"
        )
    ]


def quotes(report: DigestReport) -> str:
    return " ".join(item.quote.text for item in report.items)


# --- when it comes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        (Cadence.DAILY, [f"2026-11-0{day}" for day in range(2, 9)]),
        (Cadence.DAYS, ["2026-11-03", "2026-11-07"]),
        (Cadence.WEEKLY, ["2026-11-08"]),
        (Cadence.RISES, ["2026-11-03", "2026-11-07"]),
    ],
)
def test_each_cadence_is_due_on_days_of_its_own(
    full: Context, cadence: Cadence, expected: list[str]
) -> None:
    wanted = replace(HERE, cadence=cadence, days=(2, 6), weekday=7)
    channels.save(full, wanted, "U1", MONDAY - timedelta(hours=1))
    moments = [MONDAY + ahead * DAY for ahead in range(7)]
    assert [day for day, *_ in decide(full, *moments)] == expected


def test_tickets_of_the_days_between_are_in_the_weekly_digest(
    full: Context, tmp_path: Path
) -> None:
    channels.save(full, replace(HERE, cadence=Cadence.WEEKLY), "U1", MONDAY - timedelta(hours=1))
    decide(full, MONDAY)
    take_in(full, tmp_path, [(MONDAY + 1 * DAY, QUIET)])
    assert decide(full, MONDAY + 2 * DAY, MONDAY + 6 * DAY)[1:] == []
    assert decide(full, MONDAY + WEEK)[1][:2] == ("2026-11-09", "posted")


def test_a_digest_for_what_rises_waits_for_it_and_then_has_the_tickets_of_the_quiet_days(
    full: Context, tmp_path: Path
) -> None:
    before = [(MONDAY - back * DAY, QUIET) for back in range(40, 2, -2)]
    take_in(full, tmp_path, before, "b")
    channels.save(full, replace(HERE, cadence=Cadence.RISES), "U1", MONDAY - timedelta(hours=1))
    take_in(full, tmp_path, [(MONDAY - timedelta(hours=2), OUTAGE[0])], "q")
    [(day, state, reason)] = decide(full, MONDAY)
    assert (day, state) == ("2026-11-02", "silent")
    assert "above its usual level" in reason
    tuesday = MONDAY + DAY
    told = [(tuesday - timedelta(minutes=9 * n + 5), said) for n, said in enumerate(OUTAGE[1:])]
    take_in(full, tmp_path, sorted(told), "r")
    report = digest.build(full, replace(HERE, cadence=Cadence.RISES), tuesday)
    assert any(part.name == "rise" and part.value > 0 for part in report.items[0].parts)
    assert len(report.items[0].similar_ids) == len(OUTAGE) - 1, "Monday's is one of them"
    assert decide(full, tuesday)[1][:2] == ("2026-11-03", "posted")
    # What was shown is not new the next day, though it still rises.
    change(full.store, "UPDATE outbox SET state = 'sent'")
    assert decide(full, tuesday + DAY)[2][:2] == ("2026-11-04", "silent")


def test_the_days_of_another_cadence_may_be_none() -> None:
    daily = replace(HERE, cadence=Cadence.DAILY, days=())
    assert channels.faults(daily) == {}
    assert set(channels.faults(replace(daily, cadence=Cadence.RISES))) == {"days"}
    assert set(channels.faults(replace(daily, weekday=0))) == {"weekday"}


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(-3, 40))
def test_working_days_are_counted_one_by_one(first: date, length: int) -> None:
    last = first + length * DAY
    days = [first + n * DAY for n in range(1, max(length, 0))]
    counted = sum(day.weekday() < 5 for day in days)
    assert working_days_between(first, last) == counted


# --- muted ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "muted", "back"),
    [(For.DAY, 1, 1), (For.WEEK, 5, 7), (For.UNTIL_CHANGED, 9, None)],
)
def test_a_mute_keeps_so_many_digests_back_and_none_of_their_tickets(
    full: Context, tmp_path: Path, length: For, muted: int, back: int | None
) -> None:
    channels.save(full, HERE, "U1", MONDAY - timedelta(hours=1))
    muting.mute(full, "T1", "C1", length, user="U2", now=MONDAY - timedelta(hours=1))
    take_in(full, tmp_path, [(MONDAY - timedelta(minutes=5), QUIET)])
    found = decide(full, *[MONDAY + n * DAY for n in range(11 if back is None else back + 1)])
    assert [day[1:] for day in found[:muted]] == [("silent", "muted")] * muted
    if back is None:
        assert {reason for *_, reason in found} == {"muted"}
        muting.unmute(full, "T1", "C1", user="U1", now=MONDAY + 10 * DAY + timedelta(hours=1))
        found = decide(full, MONDAY + 11 * DAY)
        assert found[-1][:2] == ("2026-11-13", "posted")
    else:
        assert found[muted][:2] == ((MONDAY + back * DAY).date().isoformat(), "posted")


def test_a_day_that_was_muted_is_not_caught_up_with_when_the_mute_ends(
    full: Context, tmp_path: Path
) -> None:
    channels.save(full, HERE, "U1", MONDAY - timedelta(hours=1))
    muting.mute(full, "T1", "C1", For.WEEK, user="U2", now=MONDAY - timedelta(hours=1))
    take_in(full, tmp_path, [(MONDAY - timedelta(minutes=5), QUIET)])
    muting.unmute(full, "T1", "C1", user="U2", now=MONDAY + timedelta(minutes=5))
    # Nobody looked between 09:30 and 09:35: the day's digest was muted at its time.
    assert decide(full, MONDAY + timedelta(minutes=10)) == [("2026-11-02", "silent", "muted")]
    assert decide(full, MONDAY + DAY)[-1][:2] == ("2026-11-03", "posted")


def test_a_digest_that_is_late_is_not_posted_after_it_was_muted(
    full: Context, tmp_path: Path
) -> None:
    channels.save(full, HERE, "U1", MONDAY - timedelta(hours=1))
    take_in(full, tmp_path, [(MONDAY - timedelta(minutes=5), QUIET)])
    muting.mute(full, "T1", "C1", For.DAY, user="U2", now=MONDAY + timedelta(minutes=10))
    found = decide(full, MONDAY + timedelta(minutes=15), MONDAY + DAY)
    assert [day[1:] for day in found] == [("silent", "muted")] * 2
    assert decide(full, MONDAY + 2 * DAY)[-1][1] == "posted"


def test_a_digest_that_is_muted_while_it_is_chosen_is_not_posted(
    full: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels.save(full, HERE, "U1", MONDAY - timedelta(hours=1))
    take_in(full, tmp_path, [(MONDAY - timedelta(minutes=5), QUIET)])
    build = digest.build

    def slowly(context: Context, settings: ChannelSettings, now: datetime) -> DigestReport:
        report = build(context, settings, now)
        assert not report.silent
        muting.mute(context, "T1", "C1", For.UNTIL_CHANGED, user="U2", now=now)
        return report

    monkeypatch.setattr(digest, "build", slowly)
    assert decide(full, MONDAY) == [("2026-11-02", "silent", "muted")]
    assert rows(full.store, "SELECT id FROM outbox") == []


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"])
def test_a_mute_for_a_day_ends_at_the_same_time_of_the_next_day_whatever_clocks_do(
    full: Context, day: str
) -> None:
    wanted = replace(HERE, timezone="Europe/Berlin", cadence=Cadence.DAILY)
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    channels.save(full, wanted, "U1", noon - DAY)
    muting.mute(full, "T1", "C1", For.DAY, user="U1", now=noon)
    settings, _ = channels.current(full, "T1", "C1", "UTC")
    assert settings.mute is not None
    moments = [
        next_due(replace(settings, mute=None), noon + n * timedelta(hours=7)) for n in (0, 4)
    ]
    assert [settings.mute.covers(at) for at in moments if at] == [True, False]


def test_the_next_digest_is_promised_for_when_the_mute_is_over() -> None:
    mute = Mute(MONDAY, MONDAY + 2 * DAY, "U1")
    now = MONDAY + timedelta(hours=1)
    assert next_due(replace(HERE, mute=mute), now) == MONDAY + 2 * DAY
    assert next_due(replace(HERE, mute=replace(mute, until=None)), now) is None
    assert next_due(replace(HERE, mute=mute), MONDAY + 3 * DAY) == MONDAY + 4 * DAY


def test_saving_the_settings_leaves_the_mute_as_it_is(full: Context) -> None:
    channels.save(full, HERE, "U1", MONDAY)
    muting.mute(full, "T1", "C1", For.UNTIL_CHANGED, user="U2", now=MONDAY)
    channels.save(full, replace(HERE, most=2), "U1", MONDAY + DAY)
    settings, _ = channels.current(full, "T1", "C1", "UTC")
    assert settings.mute == Mute(MONDAY, None, "U2")


def test_a_channel_without_a_digest_has_nothing_to_mute(full: Context) -> None:
    with pytest.raises(NotFound, match="no digest"):
        muting.mute(full, "T1", "C1", For.DAY, user="U1", now=MONDAY)


# --- less of this ---------------------------------------------------------------------------

TOLD = [
    (
        MONDAY - timedelta(hours=5),
        "The search finds nothing since Tuesday as soon as I type two words. Four of us cannot "
        "work, and we lose our customers to a shop whose search does not fail.",
    ),
    (
        MONDAY - timedelta(hours=4),
        "In checkout my card was charged twice for one order, and I lost money.",
    ),
    (
        MONDAY - timedelta(hours=3),
        "I was charged twice for one order in checkout, my card has lost money to you.",
    ),
]


def score_of(context: Context, words: str) -> dict[str, float]:
    report = digest.build(context, HERE, MONDAY)
    [item] = [one for one in report.items if words in one.quote.text]
    return {part.name: part.value for part in item.parts} | {"score": item.score}


def row_of(context: Context, words: str) -> str:
    [(row,), *_] = rows(
        context.store,
        "SELECT id FROM ticket WHERE body LIKE :words ORDER BY id",
        words=f"%{words}%",
    )
    return str(row)


@pytest.mark.parametrize(("what", "value"), [(LessOf.FEATURE, "search"), (LessOf.KIND, "broken")])
def test_less_of_a_feature_or_a_kind_lowers_its_feedback_until_it_is_taken_back(
    full: Context, tmp_path: Path, what: LessOf, value: str
) -> None:
    take_in(full, tmp_path, TOLD)
    before = score_of(full, "two words")
    said = digest_less.say(full, "T1", "C1", what=what, value=value, user="U1", now=MONDAY)
    lowered = score_of(full, "two words")
    assert (before["feedback"], lowered["feedback"]) == (0.5, 0.0)
    assert lowered["score"] < before["score"]
    if what is LessOf.FEATURE:
        assert score_of(full, "twice")["feedback"] == 0.5
    assert digest.build(full, replace(HERE, channel="C2"), MONDAY).items[0].score > 0
    digest_less.take_back(full, "T1", said.channel, said.id, user="U2", now=MONDAY)
    assert score_of(full, "two words") == before
    with pytest.raises(NotFound):
        digest_less.take_back(full, "T1", said.channel, said.id, user="U2", now=MONDAY)


def test_a_story_is_shown_no_more_whoever_tells_it_and_counts_as_left_out(
    full: Context, tmp_path: Path
) -> None:
    take_in(full, tmp_path, TOLD)
    before = digest.build(full, HERE, MONDAY)
    assert "twice" in quotes(before)
    row = row_of(full, "In checkout my card")
    said = digest_less.say(full, "T1", "C1", what=LessOf.STORY, value=row, user="U1", now=MONDAY)
    assert "twice" in said.name
    after = digest.build(full, HERE, MONDAY)
    assert "twice" not in quotes(after)
    assert "two words" in quotes(after)
    shown = sum(1 + item.similar for item in after.items)
    assert shown + after.left_out == len(TOLD)
    assert "twice" in quotes(digest.build(full, replace(HERE, channel="C2"), MONDAY))
    take_in(
        full,
        tmp_path,
        [(MONDAY + DAY, "My card was charged twice for one order in checkout, I lost money.")],
        "n",
    )
    assert "twice" not in quotes(digest.build(full, HERE, MONDAY + 2 * DAY))


def test_a_new_outage_is_told_though_one_of_its_customers_says_an_old_thing(
    full: Context, tmp_path: Path
) -> None:
    before = [(MONDAY - back * DAY, QUIET) for back in range(40, 14, -2)]
    take_in(full, tmp_path, before, "b")
    take_in(full, tmp_path, [(MONDAY - 20 * DAY, OUTAGE[3])], "o")
    old = row_of(full, "three orders")
    digest_less.say(full, "T1", "C1", what=LessOf.STORY, value=old, user="U1", now=MONDAY)
    told = [(MONDAY - timedelta(minutes=9 * n + 5), said) for n, said in enumerate(OUTAGE)]
    take_in(full, tmp_path, sorted(told), "r")
    first = digest.build(full, HERE, MONDAY).items[0]
    assert "crash" in first.quote.text
    assert first.similar == len(OUTAGE) - 1
    # The one that is shown now, of all those who tell it, takes the whole of it away.
    shown = str(first.ticket.key)
    digest_less.say(full, "T1", "C1", what=LessOf.STORY, value=shown, user="U1", now=MONDAY)
    assert "crash" not in quotes(digest.build(full, HERE, MONDAY))


def test_what_was_said_first_stands_with_who_said_it(full: Context) -> None:
    for user in ("U1", "U2"):
        digest_less.say(full, "T1", "C1", what=LessOf.KIND, value="praise", user=user, now=MONDAY)
    assert [one.by for one in digest_less.listed(full, "T1", "C1")] == ["U1"]
    assert digest_less.listed(full, "T2", "C1") == ()


@pytest.mark.parametrize(
    ("what", "value"),
    [
        (LessOf.FEATURE, "nothing"),
        (LessOf.KIND, "boring"),
        (LessOf.STORY, "99"),
        (LessOf.STORY, ""),
    ],
)
def test_less_of_what_is_not_there_is_refused(full: Context, what: LessOf, value: str) -> None:
    with pytest.raises(NotFound):
        digest_less.say(full, "T1", "C1", what=what, value=value, user="U1", now=MONDAY)
