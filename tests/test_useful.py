"""Still useful? Asked once when nobody used a digest, weekly only where nobody answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.errors import NotFound
from bot.reports import Act, Cadence, ChannelSettings
from bot.service import acts, channels, digest_useful, muting, posting
from bot.service.context import Context
from bot.service.digest_useful import AGAIN, CannotTell, Reply, Useful
from bot.service.muting import For
from databases import SqliteDatabases
from storage import digests, posts
from storage.values import PostValue
from storage_rows import change, rows

ZONE = "America/St_Johns"
HERE = ChannelSettings("T1", "C1", at="09:30", timezone=ZONE)
PLACE = (HERE.team, HERE.channel)
MONDAY = datetime(2026, 10, 5, 9, 30, tzinfo=ZoneInfo(ZONE))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def nobody(_: PostValue) -> Reply | None:
    return None


@dataclass
class Channel:
    """A channel whose digest is posted at its time, and what Earshot says there."""

    context: Context
    settings: ChannelSettings = HERE
    useful: Useful = field(init=False)

    def __post_init__(self) -> None:
        channels.save(self.context, self.settings, "U1", MONDAY - HOUR)
        self.useful = self.worker()

    def worker(self, find_reply: digest_useful.FindReply = nobody) -> Useful:
        return Useful(self.context, "T1", find_reply)

    def post_digest(self, now: datetime) -> None:
        day = now.astimezone(ZoneInfo(self.settings.timezone)).date()
        with self.context.store.write() as session:
            place = ("T1", self.settings.channel)
            made = digests.claim(session, *place, day.isoformat(), newest_ticket=0, now=now)
            if made is None:
                return
            digests.settle(session, made, state=digests.POSTED, reason="", left_out=0, items=())
            post = PostValue(*place, f"{now.timestamp():.6f}", posting.DIGEST, made)
            posts.remember(session, post, now)

    def send(self, now: datetime) -> None:
        """What is in line stands in the channel."""
        waiting = rows(
            self.context.store,
            "SELECT id, shows, subject_id FROM outbox WHERE state = 'planned' AND action = 'post'",
        )
        with self.context.store.write() as session:
            for row, shows, subject in waiting:
                ts = f"{now.timestamp() + row / 1000:.6f}"
                post = PostValue("T1", self.settings.channel, ts, shows, subject)
                posts.remember(session, post, now)
        change(self.context.store, "UPDATE outbox SET state = 'sent' WHERE action = 'post'")

    def look(self, now: datetime) -> None:
        """What the clock does at a moment."""
        while self.useful.run_one(now):
            pass
        self.send(now)

    def morning(self, now: datetime, *, digest: bool = True) -> None:
        local = now.astimezone(ZoneInfo(self.settings.timezone)).date()
        if digest and local.isoweekday() in self.cadence_days():
            self.post_digest(now)
        self.look(now + timedelta(seconds=5))

    def cadence_days(self) -> tuple[int, ...]:
        return channels.current(self.context, "T1", self.settings.channel, "UTC")[0].due_days

    def act(self, now: datetime, kind: Act = Act.OPENED) -> None:
        acts.record(self.context, "T1", self.settings.channel, user="U2", kind=kind, now=now)

    def said(self) -> list[str]:
        """What was planned to be said, in order."""
        keys = rows(
            self.context.store, "SELECT dedupe_key FROM outbox WHERE action = 'post' ORDER BY id"
        )
        return [key.partition(":")[0] for (key,) in keys]

    def cadence(self) -> str:
        [(found,)] = rows(self.context.store, "SELECT cadence FROM channel_setting")
        return str(found)


def weekdays(count: int, begin: datetime = MONDAY) -> list[datetime]:
    """The mornings of so many days, from the first Monday on."""
    return [begin + n * DAY for n in range(count)]


@pytest.fixture
def channel(context: Context) -> Channel:
    return Channel(context)


# --- asking ---------------------------------------------------------------------------------


def test_it_asks_on_the_working_day_after_ten_with_a_digest_that_nobody_used(
    channel: Channel,
) -> None:
    for morning in weekdays(14):
        channel.morning(morning)
    assert channel.said() == [], "two weeks end on a Sunday"
    channel.morning(MONDAY + 14 * DAY)
    assert channel.said() == ["useful"]
    for morning in weekdays(4, MONDAY + 15 * DAY):
        channel.morning(morning)
    assert channel.said() == ["useful"], "once"


@pytest.mark.parametrize("kind", list(Act))
def test_any_act_begins_the_count_anew(channel: Channel, kind: Act) -> None:
    for morning in weekdays(12):
        channel.morning(morning)
    channel.act(MONDAY + 11 * DAY + HOUR, kind)
    for morning in weekdays(14, MONDAY + 12 * DAY):
        channel.morning(morning)
    assert channel.said() == []
    channel.morning(MONDAY + 28 * DAY)
    assert channel.said() == ["useful"]


def test_acts_in_other_channels_and_workspaces_do_not_count(channel: Channel) -> None:
    acts.record(channel.context, "T1", "C2", user="U2", kind=Act.ASKED, now=MONDAY + 9 * DAY)
    acts.record(channel.context, "T2", "C1", user="U2", kind=Act.ASKED, now=MONDAY + 9 * DAY)
    for morning in weekdays(15):
        channel.morning(morning)
    assert channel.said() == ["useful"]


def test_a_reaction_to_any_post_there_is_an_act(channel: Channel) -> None:
    for morning in weekdays(12):
        channel.morning(morning)
    with channel.context.store.write() as session:
        at = MONDAY + 9 * DAY + HOUR
        found = rows(channel.context.store, "SELECT ts, subject_id FROM post ORDER BY ts")[0]
        post = PostValue("T1", "C1", found[0], posting.DIGEST, found[1])
        ts = f"{at.timestamp():.6f}"
        posts.react(session, post, user="U2", emoji="eyes", present=True, event_ts=ts)
    channel.morning(MONDAY + 14 * DAY)
    assert channel.said() == []


def test_days_without_a_digest_do_not_count(channel: Channel) -> None:
    for morning in weekdays(21):
        channel.morning(morning, digest=morning.day % 2 == 0)
    assert channel.said() == []


@pytest.mark.parametrize(
    "wanted",
    [
        replace(HERE, cadence=Cadence.WEEKLY),
        replace(HERE, cadence=Cadence.RISES),
        replace(HERE, days=(3,)),
        replace(HERE, on=False),
    ],
)
def test_a_digest_that_cannot_come_less_often_by_turning_weekly_is_not_asked_about(
    context: Context, wanted: ChannelSettings
) -> None:
    channel = Channel(context, wanted)
    for morning in weekdays(80):
        channel.morning(morning)
        channel.post_digest(morning)
    assert channel.said() == []


def test_a_muted_digest_is_not_asked_about(channel: Channel) -> None:
    for morning in weekdays(14):
        channel.morning(morning)
    muting.mute(channel.context, "T1", "C1", For.WEEK, user="U2", now=MONDAY + 13 * DAY)
    channel.morning(MONDAY + 14 * DAY, digest=False)
    assert channel.said() == []


def test_what_was_posted_before_anybody_looked_does_not_count(channel: Channel) -> None:
    upgraded = (MONDAY + 10 * DAY).astimezone(UTC).replace(tzinfo=None)
    change(channel.context.store, "DELETE FROM act")
    change(
        channel.context.store,
        "UPDATE channel_setting SET watched_since = :at",
        at=upgraded if channel.context.store.path is None else f"{upgraded}.000000",
    )
    for morning in weekdays(24):
        channel.morning(morning)
    assert channel.said() == []
    channel.morning(MONDAY + 24 * DAY)
    channel.morning(MONDAY + 25 * DAY)
    assert channel.said() == ["useful"]


def test_a_machine_that_slept_over_the_hour_asks_on_the_next_working_day(channel: Channel) -> None:
    for morning in weekdays(12):
        channel.morning(morning)
    channel.post_digest(MONDAY + 14 * DAY)
    channel.look(MONDAY + 14 * DAY + 5 * HOUR)
    assert channel.said() == []
    channel.morning(MONDAY + 15 * DAY)
    assert channel.said() == ["useful"]


# --- answers --------------------------------------------------------------------------------


def asked(channel: Channel) -> int:
    """Fifteen days later: the question's row."""
    for morning in weekdays(15):
        channel.morning(morning)
    [(question,)] = rows(channel.context.store, "SELECT id FROM digest_question")
    return int(question)


def test_five_working_days_without_an_answer_turn_it_weekly_and_one_click_turns_it_back(
    channel: Channel,
) -> None:
    question = asked(channel)
    for morning in weekdays(7, MONDAY + 15 * DAY):
        channel.morning(morning)
    assert (channel.cadence(), channel.said()) == ("days", ["useful"]), "the fifth day is not over"
    channel.morning(MONDAY + 22 * DAY)
    assert (channel.cadence(), channel.said()) == ("weekly", ["useful", "weekly"])
    assert channel.cadence_days() == (1,)
    back = digest_useful.back(channel.context, *PLACE, question, user="U3", now=MONDAY + 23 * DAY)
    assert (back.answer, back.by, channel.cadence()) == ("back", "U3", "days")
    for morning in weekdays(60, MONDAY + 23 * DAY):
        channel.morning(morning)
    assert channel.said() == ["useful", "weekly"], "it is the same quiet"


def test_a_daily_digest_turns_weekly_and_comes_back_daily(context: Context) -> None:
    channel = Channel(context, replace(HERE, cadence=Cadence.DAILY, weekday=7, days=()))
    question = asked(channel)
    for morning in weekdays(8, MONDAY + 15 * DAY):
        channel.morning(morning)
    assert channel.cadence_days() == (7,)
    assert channel.said() == ["useful", "weekly"]
    digest_useful.keep(context, *PLACE, question, user="U3", now=MONDAY + 23 * DAY)
    assert channel.cadence() == "daily", "a late Keep brings it back"


def test_keep_is_not_asked_again_before_somebody_used_it_and_stopped(channel: Channel) -> None:
    question = asked(channel)
    kept = digest_useful.keep(channel.context, *PLACE, question, user="U3", now=MONDAY + 20 * DAY)
    assert (kept.answer, kept.by) == ("kept", "U3")
    for morning in weekdays(60, MONDAY + 21 * DAY):
        channel.morning(morning)
    assert (channel.cadence(), channel.said()) == ("days", ["useful"])
    channel.act(MONDAY + 80 * DAY + HOUR)
    for morning in weekdays(16, MONDAY + 81 * DAY):
        channel.morning(morning)
    assert channel.said() == ["useful", "useful"]


def test_somebody_who_uses_it_after_the_question_answers_it(channel: Channel) -> None:
    asked(channel)
    channel.act(MONDAY + 20 * DAY)
    channel.look(MONDAY + 20 * DAY + HOUR)
    assert rows(channel.context.store, "SELECT answer FROM digest_question") == [("used",)]
    edits = "SELECT count(*) FROM outbox WHERE action = 'update' AND shows = 'question'"
    assert rows(channel.context.store, edits) == [(1,)], "the question says so"
    for morning in weekdays(6, MONDAY + 21 * DAY):
        channel.morning(morning)
    assert (channel.cadence(), channel.said()) == ("days", ["useful"])


def test_a_question_that_nobody_could_see_turns_nothing(channel: Channel) -> None:
    asked(channel)
    change(channel.context.store, "DELETE FROM post WHERE shows = 'question'")
    for morning in weekdays(20, MONDAY + 15 * DAY):
        channel.morning(morning)
    assert (channel.cadence(), channel.said()) == ("days", ["useful"])


def test_settings_that_were_saved_meanwhile_stand(channel: Channel) -> None:
    question = asked(channel)
    channels.save(channel.context, replace(HERE, cadence=Cadence.DAILY), "U3", MONDAY + 16 * DAY)
    for morning in weekdays(12, MONDAY + 17 * DAY):
        channel.morning(morning)
    assert channel.cadence() == "daily"
    digest_useful.back(channel.context, *PLACE, question, user="U3", now=MONDAY + 30 * DAY)
    assert channel.cadence() == "daily"


def test_a_question_of_another_workspace_is_not_there(channel: Channel) -> None:
    question = asked(channel)
    with pytest.raises(NotFound):
        digest_useful.back(channel.context, "T2", HERE.channel, question, user="U3", now=MONDAY)


# --- replies --------------------------------------------------------------------------------


def test_a_reply_in_a_digests_thread_is_an_act_of_its_time(channel: Channel) -> None:
    at = MONDAY + 9 * DAY + HOUR
    channel.useful = channel.worker(lambda post: Reply("U9", at))
    for morning in weekdays(15):
        channel.morning(morning)
    assert channel.said() == []
    kept = rows(channel.context.store, "SELECT \"user\", kind FROM act WHERE kind = 'replied'")
    assert set(kept) == {("U9", "replied")}
    for morning in weekdays(10, MONDAY + 15 * DAY):
        channel.morning(morning)
    assert channel.said() == ["useful"], "ten days after the reply"


def test_a_reply_after_the_question_keeps_it_from_turning_weekly(channel: Channel) -> None:
    asked(channel)
    channel.useful = channel.worker(lambda post: Reply("U9", MONDAY + 16 * DAY))
    for morning in weekdays(10, MONDAY + 15 * DAY):
        channel.morning(morning)
    assert (channel.cadence(), channel.said()) == ("days", ["useful"])


def test_while_slack_cannot_tell_it_neither_asks_nor_turns_and_does_not_ask_slack_all_the_time(
    channel: Channel,
) -> None:
    asked_slack: list[str] = []

    def silent(post: PostValue) -> Reply | None:
        asked_slack.append(post.ts)
        raise CannotTell

    for morning in weekdays(12):
        channel.morning(morning)
    channel.useful = channel.worker(silent)
    at = MONDAY + 14 * DAY
    for seconds in range(60):
        channel.look(at + timedelta(seconds=seconds))
    assert (channel.said(), len(asked_slack)) == ([], 1)
    channel.useful.run_one(at + AGAIN + timedelta(seconds=60))
    assert len(asked_slack) == 2


# --- several workers ------------------------------------------------------------------------


def test_two_workers_ask_once_and_turn_once(channel: Channel) -> None:
    for morning in weekdays(12):
        channel.morning(morning)
    for now, expected in (
        (MONDAY + 14 * DAY, ["useful"]),
        (MONDAY + 22 * DAY, ["useful", "weekly"]),
    ):
        ready = threading.Barrier(4)

        def work(now: datetime = now, ready: threading.Barrier = ready) -> None:
            worker = channel.worker()
            ready.wait(10)
            while worker.run_one(now):
                pass

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert channel.said() == expected
        channel.send(now)


# --- any history ----------------------------------------------------------------------------


@contextmanager
def installation(folder: Path, made: SqliteDatabases) -> Iterator[Context]:
    from bot.config import load
    from bot.service.context import open_context

    settings = load(
        {
            "DATABASE_URL": made.migrated(folder),
            "EARSHOT_KEY_FILE": str(folder / "earshot.key"),
            "EARSHOT_SEMANTIC": "off",
        },
        env_file=folder / "no.env",
    )
    opened = open_context(settings, create=True)
    yield opened
    opened.store.close()


_EVENTS = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 23), st.sampled_from(["act", "keep", "back"])),
    max_size=8,
)


@hypothesis_settings(max_examples=15, deadline=None)
@given(
    events=_EVENTS,
    skipped=st.sets(st.integers(0, 99), max_size=25),
    zone=st.sampled_from(["Pacific/Auckland", "America/St_Johns", "Europe/Berlin"]),
)
def test_whatever_people_do_no_quiet_is_asked_about_twice_and_nobody_who_acted_gets_it_weekly(
    events: list[tuple[int, int, str]],
    skipped: set[int],
    zone: str,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_file: Path,
) -> None:
    folder = tmp_path_factory.mktemp("useful")
    with installation(folder, SqliteDatabases(sqlite_file)) as context:
        channel = Channel(context, replace(HERE, timezone=zone))
        begin = datetime(2026, 10, 5, 9, 30, tzinfo=ZoneInfo(zone))
        acted = [MONDAY - HOUR]
        moments = sorted(
            [(begin + n * DAY, "morning") for n in range(100) if n not in skipped]
            + [(begin + day * DAY + hour * HOUR, what) for day, hour, what in events]
        )
        told: list[tuple[datetime, str]] = []
        for now, what in moments:
            if what == "act":
                channel.act(now)
                acted.append(now)
            elif what != "morning":
                answer(channel, what, now)
            else:
                before = len(channel.said())
                channel.morning(now)
                told += [(now, kind) for kind in channel.said()[before:]]
        _judge(told, acted, zone)


def answer(channel: Channel, what: str, now: datetime) -> None:
    """Press the button of the last question, if there was one."""
    found = rows(channel.context.store, "SELECT max(id) FROM digest_question")[0][0]
    if found is not None:
        press = digest_useful.keep if what == "keep" else digest_useful.back
        press(channel.context, *PLACE, int(found), user="U3", now=now)


def _judge(told: list[tuple[datetime, str]], acted: list[datetime], zone: str) -> None:
    quiet_of = {
        kind: [max(at for at in acted if at <= now) for now, what in told if what == kind]
        for kind in ("useful", "weekly")
    }
    assert len(quiet_of["useful"]) == len(set(quiet_of["useful"])), "asked once in each quiet"
    assert len(quiet_of["weekly"]) == len(set(quiet_of["weekly"]))
    asked_at = {max(at for at in acted if at <= now): now for now, what in told if what == "useful"}
    for now, what in told:
        if what == "weekly":
            quiet = max(at for at in acted if at <= now)
            assert quiet in asked_at, "nobody acted since the question, or before it in its quiet"
            assert _working_days(asked_at[quiet], now, zone) >= 5
        else:
            quiet = max(at for at in acted if at <= now)
            assert _working_days(quiet, now, zone) >= 9, "ten with a digest, the first may be today"


def _working_days(first: datetime, last: datetime, zone: str) -> int:
    day, end = (at.astimezone(ZoneInfo(zone)).date() for at in (first, last))
    days: list[date] = []
    while (day := day + DAY) < end:
        days.append(day)
    return sum(each.weekday() < 5 for each in days)
