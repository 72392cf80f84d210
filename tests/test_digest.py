"""The digest: which tickets a channel gets, when, and what is planned for the outbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from bot.blocks import digest as screens
from bot.blocks import tickets as ticket_screens
from bot.demo.stage import Stage
from bot.reports import ChannelSettings, DigestReport, Feature, Kind
from bot.service import catalogue, channels, digest_due
from bot.service import digest as digest_service
from bot.service.context import Context
from bot.service.digest import build
from bot.service.digest_due import plan_due
from bot.service.ingest import ingest
from conftest import NOW
from outbox_stage import CHECKOUT, HOUR, MINUTE, TEAM, pass_time
from own_tickets import draft, put, stored, write_catalogue
from storage import channels as channel_rows
from storage import posts, tickets
from storage.values import NewTicket, PostValue, TicketValue
from storage_rows import rows as rows_of

DAY = timedelta(days=1)
DUE = NOW.replace(hour=9, minute=30)
CHANNEL = ChannelSettings("T1", "C1")
STORIES = (
    "The pay button does nothing after the card number was typed in",
    "Search results show products that were deleted last winter",
    "My invoice for September lists another company's tax number",
    "Discount codes vanish from the basket when the language is changed",
    "Parcel labels print upside down on the small thermal printer",
    "The stock level of blue candles jumps back to ninety every night",
    "Push messages arrive in bundles instead of one for each order",
    "Two-factor codes never reach colleagues with Austrian numbers",
)
MORE = (
    "It began on Monday after we moved to the new plan, and a team of four has tried everything "
    "that the help pages say, because our own buyers keep writing to us about it.",
    "We expected the list to be empty since then, but whenever a colleague opens it in another "
    "town she sees the very same rows, even when the cache was cleared before.",
    "Our accountant found it when she closed the quarter, and the tax office will not take the "
    "papers back, so we now write every single one by hand until this is right.",
    "Only French and Danish visitors see that, those who stay with English do not, and it makes "
    "no difference whether they had signed in first or went on as guests.",
    "When I turn the roll round the other way the address is cut off instead, and the driver of "
    "last year, which did this properly, can no longer be downloaded anywhere.",
    "Each morning I set it right before the first parcel leaves at seven, but if I forget we sell "
    "what we have not got and have to write apologies all day.",
    "On my old phone they came one by one, each with its own sound, which told the kitchen to "
    "begin; now they arrive too late and food is cooked in the wrong sequence.",
    "Their carrier says that nothing was ever handed over to it, while numbers from Germany and "
    "Hungary work, so half of the night shift cannot get in since Thursday.",
)
"""For each story what else its customer tells."""


def story(number: int, **values: Any) -> NewTicket:
    """A ticket worth reading, unlike the others."""
    given: dict[str, Any] = {
        "said": STORIES[number],
        "more": MORE[number],
        "segment": "enterprise",
        "ago": timedelta(days=3, hours=number),
        "stored_at": DUE - timedelta(hours=1),
    }
    return stored(f"s{number}", **given | values)


@pytest.fixture
def shop(context: Context) -> Context:
    write_catalogue(context)
    return context


def shown(report: DigestReport) -> list[str]:
    return [item.ticket.ticket_id for item in report.items]


def rows(context: Context, sql: str) -> list[Any]:
    return rows_of(context.store, sql)


def set_up(context: Context, settings: ChannelSettings = CHANNEL, at: datetime = NOW - DAY) -> None:
    channels.save(context, settings, "U1", at)


# --- what is chosen -------------------------------------------------------------------------


def test_candidates_were_written_in_the_last_fourteen_days(shop: Context) -> None:
    instant = timedelta(microseconds=1)
    put(shop, story(0, ago=14 * DAY), story(1, ago=14 * DAY + instant), story(2, ago=timedelta(0)))
    assert shown(build(shop, CHANNEL, NOW)) == ["s0"]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (CHANNEL, {"s0", "s1", "s2"}),
        (replace(CHANNEL, features=("checkout",)), {"s0"}),
        (replace(CHANNEL, features=("checkout", "search")), {"s0", "s1"}),
        (replace(CHANNEL, owns=("search",)), {"s1"}),
        (replace(CHANNEL, features=("checkout",), owns=("search",)), {"s0"}),
        (replace(CHANNEL, features=("checkout", "gone")), {"s0"}),
        (replace(CHANNEL, features=("gone",), owns=("search",)), {"s1"}),
    ],
)
def test_only_followed_features_are_shown(
    shop: Context, channel: ChannelSettings, expected: set[str]
) -> None:
    put(shop, story(0), story(1, features=("search",)), story(2, features=()))
    assert set(shown(build(shop, channel, NOW))) == expected


def test_a_channel_that_owns_a_feature_by_the_catalogue_follows_it(context: Context) -> None:
    write_catalogue(
        context, Feature("checkout", "Checkout", channels=("C1",)), Feature("search", "Search")
    )
    put(context, story(0), story(1, features=("search",)))
    assert shown(build(context, CHANNEL, NOW)) == ["s0"]
    also = replace(CHANNEL, owns=("search",))
    previewed = shown(build(context, also, NOW))
    set_up(context, also)
    kept, _ = channels.current(context, "T1", "C1", "UTC")
    assert shown(build(context, kept, NOW)) == previewed
    assert set(previewed) == {"s0", "s1"}


@pytest.mark.parametrize("most", [1, 3, 5])
def test_at_most_as_many_as_chosen_and_the_rest_is_counted(shop: Context, most: int) -> None:
    put(shop, *(story(number) for number in range(7)))
    report = build(shop, replace(CHANNEL, most=most), NOW)
    assert (len(report.items), report.left_out, report.silent) == (most, 7 - most, False)
    assert report.verdict.startswith(f"{most} of 7 new tickets worth reading")
    assert (report.new, report.customers) == (7, 7)
    assert [item.score for item in report.items] == sorted(
        (item.score for item in report.items), reverse=True
    )


def test_one_story_told_by_many_is_shown_once_with_its_breadth(shop: Context) -> None:
    told = [stored(f"a{n}", said=STORIES[0], more=MORE[0], segment="enterprise") for n in range(4)]
    put(shop, *told, story(1))
    report = build(shop, CHANNEL, NOW)
    similar = {item.quote.text: item.similar for item in report.items}
    assert similar == {STORIES[0]: 3, STORIES[1]: 0}
    assert report.left_out == 0


def test_nothing_below_the_bar_is_shown_and_silence_has_a_reason(shop: Context) -> None:
    assert build(shop, CHANNEL, NOW).reason == "No new tickets since the last digest."
    put(shop, stored("1", said="It broke"), stored("2", said="Broken again"))
    report = build(shop, CHANNEL, NOW)
    assert (report.silent, report.items, report.verdict) == (True, (), "")
    assert report.reason == "2 new tickets since the last digest, none that stands out."


def test_a_ticket_without_a_kind_is_no_candidate(shop: Context) -> None:
    put(shop, story(0, kinds=()))
    assert build(shop, CHANNEL, NOW).reason == "No new tickets since the last digest."


def test_the_same_tickets_give_the_same_digest_in_whatever_order_they_came(
    shop: Context,
) -> None:
    put(shop, *(story(number) for number in range(7)))
    first = build(shop, CHANNEL, NOW)
    assert first == build(shop, CHANNEL, NOW)
    with shop.store.write() as session:
        session.connection().exec_driver_sql("DELETE FROM ticket")
    put(shop, *(story(number) for number in reversed(range(7))))
    assert shown(build(shop, CHANNEL, NOW)) == shown(first)


# --- when, and what is planned --------------------------------------------------------------


def planned(context: Context) -> list[tuple[str, int | None, int]]:
    return rows(context, "SELECT shows, thread_of, subject_id FROM outbox ORDER BY id")


def all_sent(context: Context) -> None:
    with context.store.write() as session:
        session.connection().exec_driver_sql("UPDATE outbox SET state = 'sent'")


def digests(context: Context) -> list[tuple[str, str, str]]:
    return rows(context, "SELECT channel, local_date, state FROM digest ORDER BY id")


def test_what_is_posted_is_what_the_preview_showed(shop: Context) -> None:
    put(shop, *(story(number) for number in range(3)))
    preview = channels.report(shop, CHANNEL, False, DUE).preview
    set_up(shop)
    assert plan_due(shop, "T1", DUE)
    payloads = [
        row[0] for row in rows(shop, "SELECT CAST(payload AS TEXT) FROM outbox ORDER BY id")
    ]
    assert len(payloads) == 1 + len(preview.items)
    blocks = [json.loads(payload)["blocks"] for payload in payloads]
    assert blocks[0] == list(screens.render(preview, DUE.date()).blocks)
    assert blocks[1:] == [list(ticket_screens.render(i.ticket).blocks) for i in preview.items]


def test_the_thread_holds_one_reply_for_each_ticket(shop: Context) -> None:
    put(shop, *(story(number) for number in range(3)))
    set_up(shop)
    report = build(shop, CHANNEL, DUE)
    assert plan_due(shop, "T1", DUE)
    root, *replies = planned(shop)
    assert (root[0], root[1]) == ("digest", None)
    assert [reply[2] for reply in replies] == [item.ticket.key for item in report.items]
    assert {(shows, thread) for shows, thread, _ in replies} == {("ticket", 1)}


def test_a_day_is_decided_once_also_by_two_at_the_same_time(shop: Context) -> None:
    put(shop, story(0), story(1))
    for channel in ("C1", "C2"):
        set_up(shop, replace(CHANNEL, channel=channel))
    start = Barrier(4)

    def work(_: int) -> None:
        start.wait()
        while plan_due(shop, "T1", DUE):
            pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert sorted(digests(shop)) == [(channel, "2026-11-03", "posted") for channel in ("C1", "C2")]
    assert len(planned(shop)) == 6
    assert not plan_due(shop, "T1", DUE + timedelta(hours=3))


def test_a_ticket_is_never_shown_twice_in_a_channel_and_left_out_ones_do_not_return(
    shop: Context,
) -> None:
    put(shop, story(0), story(1))
    set_up(shop, replace(CHANNEL, most=1))
    assert plan_due(shop, "T1", DUE)
    all_sent(shop)
    put(shop, story(2, stored_at=DUE + timedelta(hours=1)))
    assert plan_due(shop, "T1", DUE + DAY)
    assert not plan_due(shop, "T1", DUE + DAY)
    told = rows(shop, "SELECT external_id FROM digest_item JOIN ticket ON ticket.id = ticket_id")
    assert len(told) == len(set(told)) == 2
    assert told[1] == ("s2",)
    all_sent(shop)
    assert plan_due(shop, "T1", DUE + 2 * DAY)
    assert [state for _, _, state in digests(shop)] == ["posted", "posted", "silent"]
    assert len(planned(shop)) == 4, "silence posts nothing"


def test_a_ticket_that_changes_after_it_was_shown_is_not_shown_again(shop: Context) -> None:
    long = f"{STORIES[0]} and the page crashes. {MORE[0]}"
    ingest(shop, [draft("1", long)], NOW - DAY)
    set_up(shop)
    assert plan_due(shop, "T1", DUE)
    ingest(shop, [draft("1", long + " Still so today.")], DUE + timedelta(hours=1))
    assert build(shop, CHANNEL, DUE + DAY).items == ()


def test_another_channel_gets_what_this_one_was_shown(shop: Context) -> None:
    put(shop, story(0))
    set_up(shop)
    assert plan_due(shop, "T1", DUE)
    assert shown(build(shop, replace(CHANNEL, channel="C2"), DUE + DAY)) == ["s0"]
    assert shown(build(shop, replace(CHANNEL, team="T2"), DUE + DAY)) == ["s0"]


def test_a_digest_that_is_four_hours_late_is_skipped_and_its_tickets_wait(shop: Context) -> None:
    put(shop, story(0))
    set_up(shop)
    assert plan_due(shop, "T1", DUE + timedelta(hours=4))
    assert digests(shop) == [("C1", "2026-11-03", "skipped")]
    assert (planned(shop), plan_due(shop, "T1", DUE + timedelta(hours=5))) == ([], False)
    assert shown(build(shop, CHANNEL, DUE + DAY)) == ["s0"]


def test_a_digest_is_not_sent_later_than_four_hours_after_its_time(shop: Context) -> None:
    put(shop, story(0))
    set_up(shop)
    assert plan_due(shop, "T1", DUE + timedelta(hours=3, minutes=59))
    [(until,)] = rows(shop, "SELECT expires_at FROM outbox WHERE shows = 'digest'")
    assert datetime.fromisoformat(str(until)).replace(tzinfo=UTC) == DUE + timedelta(hours=4)


def test_a_channel_whose_digest_breaks_keeps_none_from_the_others(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for channel in ("C0", "C1"):
        set_up(shop, replace(CHANNEL, channel=channel))
    choose = digest_service.build

    def breaking(context: Context, settings: ChannelSettings, now: datetime) -> DigestReport:
        if settings.channel == "C0":
            raise RuntimeError("a ticket that cannot be read")
        return choose(context, settings, now)

    monkeypatch.setattr(digest_service, "build", breaking)
    assert plan_due(shop, "T1", DUE)
    assert digests(shop) == [("C1", "2026-11-03", "silent")]
    with pytest.raises(RuntimeError, match="cannot be read"):
        plan_due(shop, "T1", DUE)


def test_days_that_were_slept_through_are_skipped_and_the_last_one_is_posted(shop: Context) -> None:
    put(shop, story(0))
    set_up(shop, at=DUE - 5 * DAY - HOUR)
    while plan_due(shop, "T1", DUE):
        pass
    days = [(day, state) for _, day, state in digests(shop)]
    assert days == [
        ("2026-10-29", "skipped"),
        ("2026-10-30", "skipped"),
        ("2026-11-02", "skipped"),
        ("2026-11-03", "posted"),
    ]


@pytest.mark.parametrize(
    ("channel", "now"),
    [
        (CHANNEL, DUE - timedelta(minutes=1)),
        (replace(CHANNEL, on=False), DUE),
        (replace(CHANNEL, days=(1, 3)), DUE),
        (replace(CHANNEL, timezone="America/New_York"), DUE),
    ],
)
def test_nothing_is_planned_when_it_is_not_due(
    shop: Context, channel: ChannelSettings, now: datetime
) -> None:
    put(shop, story(0))
    set_up(shop, channel)
    assert not plan_due(shop, "T1", now)
    assert (digests(shop), planned(shop)) == ([], [])


# --- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [("at", at) for at in ("9:30", "24:00", "09:60", "", "09:30\n", "noon")]
    + [("days", days) for days in ((), (0,), (1, 8))]
    + [("most", most) for most in (0, 6, -1)]
    + [("timezone", zone) for zone in ("", "Europe", "../../etc/passwd", "Mars/Base", "a\0b")],
)
def test_wrong_settings_are_refused_with_a_sentence_and_still_previewed(
    shop: Context, field: str, value: Any
) -> None:
    wrong = replace(CHANNEL, **{field: value})
    with pytest.raises(channels.InvalidSettings) as refused:
        channels.save(shop, wrong, "U1", NOW)
    assert list(refused.value.faults) == [field]
    assert channels.current(shop, "T1", "C1", "Europe/Berlin") == (
        replace(CHANNEL, timezone="Europe/Berlin"),
        False,
    )
    assert channels.report(shop, wrong, False, NOW).settings == wrong


def test_settings_are_kept_without_what_the_catalogue_does_not_know(shop: Context) -> None:
    wanted = ChannelSettings(
        "T1", "C1", ("checkout", "gone"), ("search", "gone"), "23:59", (7, 1, 1), "Asia/Tokyo", 2
    )
    set_up(shop, wanted)
    kept, exists = channels.current(shop, "T1", "C1", "UTC")
    assert exists
    assert kept == replace(
        wanted, features=("checkout",), owns=("search",), days=(1, 7), set_up_by="U1"
    )
    catalogue.bring_in(shop, [Feature("search", "Search")])
    assert channels.current(shop, "T1", "C1", "UTC")[0].owns == ("search",)


def test_the_digest_of_the_sample_tickets_is_free_of_spam_and_repeats(full_stage: Stage) -> None:
    def check(features: Sequence[str]) -> DigestReport:
        settings = ChannelSettings("T1", "C0NEW", tuple(features))
        report = build(full_stage.context, settings, NOW)
        texts = [f"{i.ticket.subject} {i.ticket.body}".lower() for i in report.items]
        assert 1 <= len(report.items) <= 5
        assert not [text for text in texts if "seo" in text or "authority links" in text]
        assert len({item.quote.text for item in report.items}) == len(report.items)
        assert any(item.quote.kind is not Kind.PRAISE for item in report.items)
        return report

    assert {f.id for i in check(["checkout"]).items for f in i.ticket.features} >= {"checkout"}
    check([])


def test_a_ticket_that_was_shown_before_its_storing_was_dated_is_not_shown_again(
    shop: Context,
) -> None:
    put(shop, story(0, stored_at=DUE + timedelta(hours=1)))
    set_up(shop)
    assert plan_due(shop, "T1", DUE)
    assert build(shop, CHANNEL, DUE + DAY).items == ()


def test_a_ticket_of_an_ingest_that_outlasts_the_digest_is_for_the_next_one(shop: Context) -> None:
    put(shop, story(0))
    set_up(shop)
    assert plan_due(shop, "T1", DUE)
    put(shop, story(1, stored_at=DUE - timedelta(minutes=5)))
    assert shown(build(shop, CHANNEL, DUE + DAY)) == ["s1"]


def value_of(report: DigestReport, name: str) -> float:
    """The value of a part of the first item."""
    return next(part.value for part in report.items[0].parts if part.name == name)


@pytest.mark.parametrize(
    ("channel", "emoji", "feedback"),
    [
        ("C1", "open_mouth", 0.75),
        ("C1", "no_good", 0.25),
        ("C1", "eyes", 0.5),
        ("C2", "no_good", 0.5),
    ],
)
def test_what_this_channel_answered_to_a_similar_ticket_counts(
    shop: Context, channel: str, emoji: str, feedback: float
) -> None:
    put(shop, story(0, features=("search",)))
    set_up(shop)
    assert plan_due(shop, "T1", DUE)
    [(row,)] = rows(shop, "SELECT ticket_id FROM digest_item")
    post = PostValue("T1", channel, "1.1", "ticket", row)
    with shop.store.write() as session:
        posts.remember(session, post, DUE)
        posts.react(session, post, user="U1", emoji=emoji, present=True, event_ts="2.0")
    put(shop, stored("again", said=STORIES[0], more=MORE[0], stored_at=DUE + HOUR))
    report = build(shop, CHANNEL, DUE + DAY)
    assert value_of(report, "feedback") == pytest.approx(feedback)
    assert value_of(report, "novelty") < 1, "it was shown before"


def test_a_feature_that_rises_above_its_usual_weeks_is_told(shop: Context) -> None:
    usual = [
        stored(f"u{n}", said=STORIES[1], customer=f"u{n}", ago=timedelta(days=n, hours=2))
        for n in range(8, 60)
    ]
    now = [
        stored(f"n{n}", said=f"{STORIES[n]} at desk {n}", customer=f"n{n}", ago=timedelta(hours=n))
        for n in range(8)
    ]
    more = [
        stored(f"m{n}", said=f"It fails {n}", customer=f"m{n}", ago=timedelta(hours=9 + n))
        for n in range(12)
    ]
    put(shop, *usual, *now, *more)
    report = build(shop, replace(CHANNEL, features=("checkout",)), NOW)
    assert value_of(report, "rise") > 0


# --- a digest that could not be posted ------------------------------------------------------


def on_stage(stage: Stage) -> ChannelSettings:
    """A channel of the stage whose digest, of two tickets, is due now."""
    settings = ChannelSettings(TEAM, CHECKOUT)
    write_catalogue(stage.context)
    put(stage.context, story(0), story(1))
    set_up(stage.context, settings)
    stage.now = DUE
    return settings


def archive(stage: Stage, archived: bool) -> None:
    stage.slack.space.change_channel(CHECKOUT, is_archived=archived)


def decisions(stage: Stage) -> list[tuple[str, str]]:
    return rows(stage.context, "SELECT state, reason FROM digest ORDER BY id")


def test_tickets_of_a_digest_for_an_archived_channel_come_in_the_next_one(
    http_stage: Stage,
) -> None:
    settings = on_stage(http_stage)
    archive(http_stage, True)
    pass_time(http_stage, MINUTE)
    [(state, reason)] = decisions(http_stage)
    assert (state, "archived" in reason, http_stage.slack.posts(CHECKOUT)) == ("failed", True, [])
    archive(http_stage, False)
    pass_time(http_stage, HOUR, MINUTE)
    assert len(decisions(http_stage)) == 1, "the day stays decided"
    assert set(shown(build(http_stage.context, settings, DUE + DAY))) == {"s0", "s1"}
    http_stage.now = DUE + DAY
    pass_time(http_stage, MINUTE)
    assert [state for state, _ in decisions(http_stage)] == ["failed", "posted"]
    assert len(http_stage.slack.posts(CHECKOUT)) == 3
    assert build(http_stage.context, settings, DUE + 2 * DAY).items == ()


@pytest.mark.parametrize("step", [5 * MINUTE, DAY])
def test_tickets_of_a_digest_that_was_too_late_to_be_sent_come_in_the_next_one(
    http_stage: Stage, step: timedelta
) -> None:
    """Also when nothing ran until the next digest was due."""
    on_stage(http_stage)
    http_stage.slack.fail_next("chat.postMessage", "token_revoked", times=999)
    pass_time(http_stage, DAY - MINUTE, step)
    http_stage.slack.failures.clear()
    http_stage.now = DUE + DAY
    pass_time(http_stage, 10 * MINUTE)
    assert [state for state, _ in decisions(http_stage)] == ["failed", "posted"]
    assert decisions(http_stage)[0][1] == "too late"
    assert len(http_stage.slack.posts(CHECKOUT)) == 3


def test_a_reply_that_failed_leaves_its_digest_posted(http_stage: Stage) -> None:
    on_stage(http_stage)
    http_stage.earshot.clock.run_one(DUE)
    http_stage.earshot.clock.run_one(DUE)
    http_stage.slack.fail_next("chat.postMessage", "invalid_blocks")
    pass_time(http_stage, MINUTE)
    assert decisions(http_stage) == [("posted", "")]
    assert len(http_stage.slack.posts(CHECKOUT)) == 2


# --- other workspaces, and channels that cannot be decided ----------------------------------


def test_a_channel_of_another_workspace_is_not_decided(shop: Context) -> None:
    put(shop, story(0))
    set_up(shop, replace(CHANNEL, team="T2"))
    assert not plan_due(shop, "T1", DUE)
    assert plan_due(shop, "T2", DUE)


@pytest.mark.parametrize(("field", "value"), [("timezone", "Mars/Base"), ("at", "noon")])
def test_a_channel_whose_schedule_cannot_be_reckoned_stops_no_other(
    shop: Context, caplog: pytest.LogCaptureFixture, field: str, value: str
) -> None:
    digest_due._log_passed_over.cache_clear()
    put(shop, story(0))
    for channel in ("C0", "C1"):
        set_up(shop, replace(CHANNEL, channel=channel))
    with shop.store.write() as session:
        kept = channel_rows.get(session, "T1", "C0")
        assert kept is not None
        lost: dict[str, Any] = {field: value}
        channel_rows.put(session, replace(kept, **lost))
    assert plan_due(shop, "T1", DUE)
    assert not plan_due(shop, "T1", DUE)
    assert digests(shop) == [("C1", "2026-11-03", "posted")]
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == 1, "once a day, not at each tick"
    assert "C0" in told[0]
    assert value not in told[0]


def test_a_picked_ticket_without_a_quote_is_left_out(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, story(0), story(1))
    get = tickets.get

    def without(*given: Any) -> list[TicketValue]:
        return [replace(t, quotes=()) if t.external_id == "s0" else t for t in get(*given)]

    monkeypatch.setattr(tickets, "get", without)
    assert shown(build(shop, CHANNEL, NOW)) == ["s1"]
