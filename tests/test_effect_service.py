"""Did our fix help? From stored tickets to the answer: counts, stories, neighbours, looks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import numpy as np
import pytest
from sqlmodel import Session

from bot.doctor import examine
from bot.errors import NotFound, UserError
from bot.reports import EffectReport, EffectVerdict, Feature, Happened, Kind, LeftOut, Status
from bot.service import effect, insight_acts, insights
from bot.service.context import Context
from bot.service.effect_posts import Looks
from bot.service.effect_tickets import Behind, Side
from bot.service.insights import TagRequest
from conftest import NOW
from effect_tickets import DAY, SHIPPED, STORY, WEEK, queue, weekly
from own_tickets import put, write_catalogue
from storage import effect_counts, insight_changes, insight_moves, insight_tickets
from storage import insights as insight_rows
from storage.effect_counts import Others
from storage_rows import rows

CHECKOUT, SEARCH, BASKET = (
    Feature("checkout", "Checkout", channels=("C1",)),
    Feature("search", "Search"),
    Feature("basket", "Basket"),
)
DAY_SHIPPED = SHIPPED.date()
STEADY = [8, 9, 7, 8, 8, 9, 7, 8, 9, 8, 7, 8, 8, 9]
GONE = [8, *[1] * 11]


def after(weeks: int) -> datetime:
    return SHIPPED + weeks * WEEK + 12 * timedelta(hours=1)


def shop(context: Context, told: list[int], others: list[int] | None = None) -> int:
    """A queue, a story on Checkout that is told so often after shipping; its insight."""
    write_catalogue(context, CHECKOUT, SEARCH, BASKET)
    story = weekly("story", STEADY, told, saying=STORY)
    other = weekly("other", [6] * 14, others or [6] * 12)
    put(context, *story, *other, *queue())
    [(ticket,)] = rows(context.store, "SELECT id FROM ticket WHERE external_id = 'story-12-0'")
    request = TagRequest(
        "T1", "U1", "C1", "Voucher rejected", "checkout", Kind.BROKEN, ticket=ticket
    )
    return insights.tag(context, request, SHIPPED - 5 * DAY).insight


def ship(context: Context, insight: int, on: date = DAY_SHIPPED) -> None:
    insight_acts.set_status(context, insight, Status.SHIPPED, NOW, user="U1", on=on)


def asked(context: Context, insight: int, weeks: int) -> EffectReport:
    return effect.of_insight(context, insight, after(weeks))


# --- what is counted ------------------------------------------------------------------------


def test_a_story_that_fell_silent_helped_and_every_figure_has_its_tickets(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    report = asked(context, insight, 8)
    assert (report.verdict, report.weeks) == (EffectVerdict.HELPED, 8)
    assert report.looked_on == DAY_SHIPPED + 8 * WEEK
    assert report.looks_next == DAY_SHIPPED + 12 * WEEK
    story = report.story
    assert story is not None
    assert [week.customers for week in story.before] == STEADY[2:]
    assert [week.customers for week in story.after] == GONE[:8]
    assert [week.start for week in story.after[:2]] == [DAY_SHIPPED, DAY_SHIPPED + WEEK]
    assert [week.left_out for week in (story.before[-1], story.after[0])] == [LeftOut.ROLLOUT] * 2
    assert sorted(story.before[-2].ticket_ids) == [f"story-12-{number}" for number in range(8)]
    assert story.estimate.before == sum(STEADY[2:-1])
    assert story.estimate.after == 7


def test_the_feature_is_told_apart_from_the_story(context: Context) -> None:
    insight = shop(context, GONE, others=[6, *[14] * 11])
    ship(context, insight)
    report = asked(context, insight, 12)
    assert report.feature is not None
    assert report.verdict is EffectVerdict.HELPED
    assert report.feature.estimate.verdict is EffectVerdict.NO_CHANGE
    assert report.feature.after[3].customers == 15


def test_customers_count_once_a_week_and_the_rest_of_the_queue_is_without_the_feature(
    context: Context,
) -> None:
    write_catalogue(context, CHECKOUT, SEARCH)
    put(
        context,
        *weekly("checkout", [6] * 8, [6] * 4, customers=2),
        *weekly("search", [30] * 8, [30] * 4, features=("search",), customers=10),
        *weekly("none", [5] * 8, [5] * 4, features=()),
    )
    report = effect.of_feature(context, "checkout", DAY_SHIPPED, after(4))
    main = report.main
    assert main is not None
    assert main is report.feature
    assert {(week.customers, week.rest) for week in main.before[1:]} == {(2, 15)}
    assert all(len(week.ticket_ids) == 6 for week in main.before[1:])


def test_praise_is_no_friction_and_is_not_counted(context: Context) -> None:
    write_catalogue(context, CHECKOUT, SEARCH)
    loved = [replace(one, kinds=("praise",)) for one in weekly("love", [4] * 8, [4] * 4)]
    put(context, *loved, *weekly("bad", [3] * 8, [3] * 4), *queue(8, 4))
    report = effect.of_feature(context, "Checkout", DAY_SHIPPED, after(4))
    assert report.feature is not None
    assert {week.customers for week in report.feature.before[1:]} == {3}


def test_what_was_detached_from_an_insight_is_not_its_story(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    [(ticket,)] = rows(context.store, "SELECT id FROM ticket WHERE external_id = 'story-10-1'")
    with context.store.write() as session:
        insight_moves.give(
            session, insight_tickets.Attached(insight, ticket, insight_tickets.ADDED, "U1", NOW)
        )
        insight_moves.detach(session, insight, ticket, "U2", NOW)
    story = asked(context, insight, 8).story
    assert story is not None
    told = [id for week in story.before for id in week.ticket_ids]
    assert "story-10-1" not in told
    assert "story-10-0" in told


def test_an_insight_without_a_ticket_is_judged_by_its_feature(context: Context) -> None:
    shop(context, GONE)
    message = insights.MessageRef("C5", "17.001", None)
    request = TagRequest("T1", "U1", "C1", "Heard", "checkout", Kind.BROKEN, message=message)
    insight = insights.tag(context, request, NOW).insight
    report = effect.of_insight(context, insight, after(12), DAY_SHIPPED)
    assert report.story is None
    assert report.main is report.feature is not None


def test_an_insight_without_a_feature_is_judged_by_its_story_among_all(context: Context) -> None:
    insight = shop(context, GONE)
    with context.store.write() as session:
        insight_rows.change(session, insight, NOW, feature_id=None)
    report = effect.of_insight(context, insight, after(12), DAY_SHIPPED)
    assert report.feature is None
    assert report.next_door == ()
    assert report.verdict is EffectVerdict.HELPED


def test_of_many_tickets_a_sample_is_read_and_stands_for_the_rest_of_the_queue_too(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    insight = shop(context, GONE)
    with context.store.write() as session:
        insight_rows.change(session, insight, NOW, feature_id=None)
    whole = effect.of_insight(context, insight, after(12), DAY_SHIPPED)
    monkeypatch.setattr(effect, "MOST_TEXTS", 1_000)
    part = effect.of_insight(context, insight, after(12), DAY_SHIPPED)
    assert (whole.sampled, part.sampled) == (False, True)
    assert whole.main is not None
    assert part.main is not None
    share = 1_000 / len(rows(context.store, "SELECT id FROM ticket"))
    for few, all_ in zip(part.main.before, whole.main.before, strict=True):
        assert few.rest == pytest.approx(all_.rest * share, rel=0.2)
        assert few.customers <= all_.customers
    assert part.verdict is EffectVerdict.HELPED


def test_a_merged_insight_is_answered_by_the_one_that_has_its_tickets(context: Context) -> None:
    insight = shop(context, GONE, others=[6, *[14] * 11])
    ship(context, insight)
    message = insights.MessageRef("C5", "17.001", None)
    request = TagRequest("T1", "U1", "C1", "Whole", "checkout", Kind.BROKEN, message=message)
    target = insights.tag(context, request, NOW).insight
    insight_acts.merge(context, insight, target, "U1", NOW)
    report = effect.of_insight(context, insight, after(8), DAY_SHIPPED)
    assert (report.insight, report.asked, report.title) == (target, insight, "Whole")
    assert report.story is not None
    assert report.verdict is EffectVerdict.HELPED
    assert effect.of_insight(context, target, after(8), DAY_SHIPPED).asked is None
    side = Side(insight, DAY_SHIPPED, 8, after=True)
    assert (page := Behind(context).page(side, 0)).insight == target
    assert page.total == 7


def test_a_merged_insight_whose_heir_has_not_shipped_says_so(context: Context) -> None:
    insight = shop(context, GONE)
    message = insights.MessageRef("C5", "17.001", None)
    request = TagRequest("T1", "U1", "C1", "Whole", "checkout", Kind.BROKEN, message=message)
    target = insights.tag(context, request, NOW).insight
    insight_acts.merge(context, insight, target, "U1", NOW)
    with pytest.raises(
        UserError, match=f"{insight} was merged into {target}. Insight {target} has"
    ):
        asked(context, insight, 8)


# --- next door ------------------------------------------------------------------------------


def test_trouble_that_moved_to_a_neighbour_is_told(context: Context) -> None:
    insight = shop(context, GONE)
    put(
        context,
        *weekly("both", [2] * 14, [2] * 12, features=("checkout", "basket")),
        *weekly("basket", [5] * 14, [5, *[25] * 11], features=("basket",)),
    )
    ship(context, insight)
    near = {each.name: each for each in asked(context, insight, 12).next_door}
    basket = near["Basket"]
    assert basket.verdict is EffectVerdict.WORSE
    assert {week.customers for week in basket.before[1:]} == {5}, "without tickets of both"
    assert "Search" not in near, "it was never named beside Checkout"


def test_a_new_story_of_the_same_feature_is_told_by_its_own_words(context: Context) -> None:
    insight = shop(context, GONE)
    words = "the parcel locker never opens its door although the code is right"
    put(context, *weekly("locker", [2] * 14, [2, *[16] * 11], saying=words))
    ship(context, insight)
    found = [one for one in asked(context, insight, 12).next_door if one.what == "theme"]
    assert [one.verdict for one in found if "parcel locker" in one.name] == [EffectVerdict.WORSE]


# --- when nothing can be said ---------------------------------------------------------------


def test_before_the_first_look_it_says_when_it_can_tell(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    report = effect.of_insight(context, insight, SHIPPED + 3 * DAY)
    assert (report.weeks, report.looked_on) == (0, None)
    assert report.verdict is EffectVerdict.TOO_EARLY
    assert report.expects == DAY_SHIPPED + 12 * WEEK
    assert report.looks_next == DAY_SHIPPED + 2 * WEEK


def test_with_too_little_stored_from_before_it_never_can(context: Context) -> None:
    write_catalogue(context, CHECKOUT, SEARCH)
    put(context, *weekly("new", [20] * 3, [2] * 12), *queue(3, 12))
    report = effect.of_feature(context, "checkout", DAY_SHIPPED, after(12))
    assert report.verdict is EffectVerdict.TOO_EARLY
    assert report.expects is None
    assert report.main is not None
    assert report.main.estimate.ratio is None


def test_what_cannot_be_asked_is_refused_with_a_reason(context: Context) -> None:
    insight = shop(context, GONE)
    with pytest.raises(UserError, match="has not shipped"):
        asked(context, insight, 8)
    with pytest.raises(UserError, match="still to come"):
        effect.of_insight(context, insight, SHIPPED, DAY_SHIPPED + DAY)
    with pytest.raises(UserError, match="no feature"):
        effect.of_feature(context, "warp drive", DAY_SHIPPED, NOW)
    with pytest.raises(NotFound):
        asked(context, 99, 8)
    message = insights.MessageRef("C5", "17.001", None)
    request = TagRequest("T1", "U1", "C1", "Heard", None, Kind.BROKEN, message=message)
    heard = insights.tag(context, request, NOW).insight
    with pytest.raises(UserError, match="neither a ticket nor a feature"):
        effect.of_insight(context, heard, NOW, DAY_SHIPPED)


# --- looks ----------------------------------------------------------------------------------


def looks(context: Context, insight: int) -> list[tuple[str, str]]:
    with context.store.read() as session:
        found = insight_changes.of_sort(session, [insight], Happened.LOOKED)[insight]
    return [(each.before, each.after) for each in found]


def told(context: Context) -> list[str]:
    """The keys of all that was planned for threads by looks."""
    sql = "SELECT dedupe_key FROM outbox WHERE dedupe_key LIKE '%effect%' ORDER BY id"
    return [key for (key,) in rows(context.store, sql)]


def pass_time(context: Context, until: datetime) -> None:
    """Let the clock look every twelve hours since shipping."""
    unit = Looks(context, "T1")
    at = SHIPPED
    while at <= until:
        while unit.run_one(at):
            pass
        at += 12 * timedelta(hours=1)


def test_four_looks_are_kept_and_only_changes_are_told(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    pass_time(context, after(14))
    assert looks(context, insight) == [
        ("2", "too early to say"),
        ("4", "helped"),
        ("8", "helped"),
        ("12", "helped"),
    ]
    assert told(context) == [f"insight:{insight}:effect:2026-08-10:4"]


def test_what_can_never_be_told_is_said_once_at_the_end(context: Context) -> None:
    insight = shop(context, [2] * 12)
    ship(context, insight)
    with context.store.write() as session:
        from storage import tickets as ticket_rows

        few = "SELECT id FROM ticket WHERE external_id LIKE 'story-%-0'"
        many = "SELECT id FROM ticket WHERE external_id LIKE 'story-%'"
        kept = {row for (row,) in rows(context.store, few)}
        ticket_rows.remove(
            session, [row for (row,) in rows(context.store, many) if row not in kept]
        )
    pass_time(context, after(13))
    assert {verdict for _, verdict in looks(context, insight)} == {"too early to say"}
    assert told(context) == [f"insight:{insight}:effect:2026-08-10:12"]


def test_looks_that_were_slept_through_are_not_made_up_for(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    assert Looks(context, "T1").run_one(after(9))
    assert not Looks(context, "T1").run_one(after(9))
    assert looks(context, insight) == [("8", "helped")]


def test_a_look_waits_for_the_morning_of_its_day(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    midnight = SHIPPED + 2 * WEEK
    assert not Looks(context, "T1").run_one(midnight + timedelta(hours=7, minutes=59))
    assert Looks(context, "T1").run_one(midnight + timedelta(hours=8))


def test_what_ships_again_is_looked_at_anew(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    assert Looks(context, "T1").run_one(after(4))
    insight_acts.set_status(context, insight, Status.OPEN, NOW, user="U1")
    assert not Looks(context, "T1").run_one(after(8))
    ship(context, insight, DAY_SHIPPED + WEEK)
    assert Looks(context, "T1").run_one(after(5))
    assert [weeks for weeks, _ in looks(context, insight)] == ["4", "4"]


def test_an_insight_of_which_nothing_can_be_counted_is_passed_over_in_silence(
    context: Context,
) -> None:
    message = insights.MessageRef("C5", "17.001", None)
    request = TagRequest("T1", "U1", "C1", "Heard", None, Kind.BROKEN, message=message)
    insight = insights.tag(context, request, NOW).insight
    ship(context, insight)
    assert Looks(context, "T1").run_one(after(12))
    assert not Looks(context, "T1").run_one(after(12))
    assert told(context) == []


def test_an_old_burst_of_something_quiet_holds_up_no_other_look(context: Context) -> None:
    write_catalogue(context, CHECKOUT, SEARCH, BASKET)
    burst = [0, 0, 0, 600, *[0] * 16, 1, 0, 0, 0]
    put(
        context,
        *weekly("rest", [40] * 24, [40] * 12, features=("search",)),
        *weekly("lost", burst, [0, 0, 1, *[0] * 9], features=("basket",)),
        *weekly("story", [8] * 24, GONE, saying=STORY),
    )
    made = []
    for feature, name in (("basket", "lost-20-0"), ("checkout", "story-22-0")):
        [(ticket,)] = rows(context.store, f"SELECT id FROM ticket WHERE external_id = '{name}'")
        request = TagRequest("T1", "U1", "C1", feature, feature, Kind.BROKEN, ticket=ticket)
        made.append(insights.tag(context, request, SHIPPED - 5 * DAY).insight)
        ship(context, made[-1])
    clock = Looks(context, "T1")
    assert [clock.run_one(after(8)) for _ in range(3)] == [True, True, False]
    assert [looks(context, one) for one in made] == [
        [("8", "too early to say")],
        [("8", "helped")],
    ]


def test_a_look_that_fails_is_passed_over_for_an_hour_and_doctor_tells_of_it(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = shop(context, GONE)
    ship(context, broken)
    message = insights.MessageRef("C5", "17.001", None)
    request = TagRequest("T1", "U1", "C1", "Heard", "checkout", Kind.BROKEN, message=message)
    sound = insights.tag(context, request, NOW).insight
    ship(context, sound)
    real = effect.look

    def look(session: Session, given: Context, fix: effect.Fix, weeks: int) -> EffectReport:
        if fix.insight == broken:
            raise OverflowError
        return real(session, given, fix, weeks)

    monkeypatch.setattr(effect, "look", look)
    clock = Looks(context, "T1")
    with pytest.raises(OverflowError):
        clock.run_one(after(8))
    assert clock.run_one(after(8))
    assert not clock.run_one(after(8))
    assert looks(context, sound) == [("8", "helped")]
    later = after(8) + 2 * timedelta(hours=1)
    with pytest.raises(OverflowError):
        clock.run_one(later)
    assert not [each for each in examine(context, None, None, now=after(2)) if each.id == "looks"]
    late = after(8) + 2 * DAY
    [finding] = [each for each in examine(context, None, None, now=late) if each.id == "looks"]
    assert finding.message.endswith(f"a day ago: insight {broken}.")
    monkeypatch.undo()
    assert clock.run_one(late)
    assert looks(context, broken) == [("8", "helped")]


def test_several_clocks_make_one_look(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    barrier = Barrier(3)

    def work() -> None:
        barrier.wait()
        Looks(context, "T1").run_one(after(8))

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work) for _ in range(3)]:
            done.result()
    assert len(looks(context, insight)) == 1
    assert len(told(context)) == 1


def test_other_workspaces_are_left_alone_and_of_merged_insights_the_whole_is_looked_at(
    context: Context,
) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    assert not Looks(context, "T2").run_one(after(8))
    message = insights.MessageRef("C5", "17.001", None)
    request = TagRequest("T1", "U1", "C1", "Heard", "checkout", Kind.BROKEN, message=message)
    target = insights.tag(context, request, NOW).insight
    insight_acts.merge(context, insight, target, "U1", NOW)
    assert Looks(context, "T1").run_one(after(8))
    assert not Looks(context, "T1").run_one(after(8))
    assert looks(context, insight) == []
    assert len(looks(context, target)) == 1, "the whole has shipped, and is looked at"


def test_verifying_needs_an_insight_that_is_shipped(context: Context) -> None:
    insight = shop(context, GONE)
    with pytest.raises(UserError, match="is open by now"):
        insight_acts.verify(context, insight, NOW, user="U1")
    ship(context, insight)
    assert Looks(context, "T1").run_one(after(8))
    for _ in range(2):
        insight_acts.verify(context, insight, NOW, user="U1")
    assert rows(context.store, "SELECT status, shipped_on FROM insight")[0][0] == "verified"


def test_an_offer_is_void_after_shipping_anew_and_after_a_later_look(context: Context) -> None:
    insight = shop(context, GONE)
    ship(context, insight)
    assert Looks(context, "T1").run_one(after(8))
    ship(context, insight, DAY_SHIPPED + WEEK)
    with pytest.raises(UserError, match="shipped anew since"):
        insight_acts.verify(context, insight, NOW, user="U1")
    ship(context, insight)
    worse = insight_changes.Change(
        insight, NOW, "", "looked at", "12", "worse", DAY_SHIPPED.isoformat()
    )
    with context.store.write() as session:
        insight_changes.add(session, worse)
    with pytest.raises(UserError, match="The last look says worse"):
        insight_acts.verify(context, insight, NOW, user="U1")
    assert rows(context.store, "SELECT status FROM insight") == [("shipped",)]


# --- storage --------------------------------------------------------------------------------


def test_customers_of_a_week_without_some_tickets(context: Context) -> None:
    write_catalogue(context, CHECKOUT)
    put(context, *weekly("one", [4], [3], customers=2))
    ids = {name: row for row, name in rows(context.store, "SELECT id, external_id FROM ticket")}
    first, third = ids["one-0-0"], ids["one-0-2"]
    apart = [
        Others(np.array(without, np.int64))
        for without in ([], [first], [first, third], [*ids.values()])
    ]
    apart.append(Others(np.array([first]), among=np.array([first, third])))
    with context.store.read() as session:
        found = effect_counts.others(session, SHIPPED - WEEK, SHIPPED, apart)
        empty = effect_counts.others(session, SHIPPED + 9 * WEEK, SHIPPED + 10 * WEEK, apart)
    assert found == [2, 2, 1, 0, 1]
    assert empty == [0] * 5


def test_neighbours_are_those_on_most_tickets_of_the_window(context: Context) -> None:
    names = ("checkout", "search", "basket", "far")
    write_catalogue(context, *(Feature(name, name.title()) for name in names))
    put(
        context,
        *weekly("a", [2], [0], features=("checkout", "search")),
        *weekly("b", [3], [0], features=("basket", "checkout")),
        *weekly("c", [0], [9], features=("checkout", "far")),
        *weekly("d", [9], [0], features=("far",)),
    )
    with context.store.read() as session:
        found = effect_counts.neighbours(session, "checkout", SHIPPED - WEEK, SHIPPED, 5)
        first = effect_counts.neighbours(session, "checkout", SHIPPED - WEEK, SHIPPED, 1)
    assert (found, first) == (["basket", "search"], ["basket"])


def test_moments_fall_into_weeks_counted_from_shipping() -> None:
    from bot.service.effect_counts import Span

    around = Span(DAY_SHIPPED, 3, 2)
    second = timedelta(seconds=1)
    assert around.place(SHIPPED) == (True, 0)
    assert around.place(SHIPPED - second) == (False, 0)
    assert around.place(SHIPPED - WEEK) == (False, 0)
    assert around.place(SHIPPED - WEEK - second) == (False, 1)
    assert around.place(SHIPPED + 2 * WEEK - second) == (True, 1)
    assert around.begins(1, after=False) == SHIPPED - 2 * WEEK == datetime(2026, 7, 27, tzinfo=UTC)
