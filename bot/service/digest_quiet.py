"""When a channel's digest counts as unused, and what is known of the question about it.

Quiet begins with the last act of anybody in the channel. It is asked about once: a person who says
Keep is not asked again before somebody has used the digest and stopped.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfoNotFoundError

from sqlmodel import Session

from bot.blocks import digest_useful as screens
from bot.errors import NotFound
from bot.reports import EVERY_DAY, Cadence, ChannelSettings, QuestionReport
from bot.service import convert, posting
from bot.service.schedule import TOO_LATE, is_working_day, local, turn, working_days_between
from storage import acts as act_rows
from storage import channels as channel_rows
from storage import digest_questions as rows
from storage import digests as digest_rows
from storage import posts as post_rows
from storage.digest_questions import QuestionValue
from storage.digests import Decision
from storage.values import PostValue, SettingValue

QUIET_DAYS: Final = 10
"""Working days with a digest that nobody used, after which it asks."""
ANSWER_DAYS: Final = 5
"""Working days without an answer, after which it turns weekly."""
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_THREADS: Final = 15


def since(session: Session, value: SettingValue) -> datetime:
    """When anybody last did anything in a channel, as far as that was looked at."""
    last = act_rows.last_in(session, value.team, value.channel)
    return max(last or _BEGINNING, value.watched_since or _BEGINNING)


def day_to_ask(value: SettingValue, now: datetime) -> date | None:
    """The channel's local day, if it is a moment at which it may be asked: in the hours after the
    digest's time, on a working day. None also where nothing could turn weekly."""
    settings = convert.settings(value, ())
    if not settings.on or settings.cadence not in (Cadence.DAILY, Cadence.DAYS):
        return None
    is_muted = settings.mute is not None and settings.mute.covers(now)
    return None if is_muted or len(settings.due_days) < 2 else _day(settings, now)


def _day(settings: ChannelSettings, now: datetime) -> date | None:
    try:
        last = turn(settings, now)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # It gets no digest either: `digest_due` says so.
        return None
    in_time = now - last.moment < TOO_LATE and is_working_day(last.day)
    return last.day if in_time else None


def unused(session: Session, value: SettingValue, today: date) -> list[Decision]:
    """The digests that nobody used, if there are enough of them to be asked about."""
    quiet = since(session, value)
    posted = digest_rows.posted_since(session, value.team, value.channel, quiet)
    days = [date.fromisoformat(one.local_date) for one in posted]
    working = [day for day in days if is_working_day(day) and day < today]
    if len(working) < QUIET_DAYS or rows.was_asked(session, value.team, value.channel, quiet):
        return []
    return posted


def is_over(session: Session, question: QuestionValue, value: SettingValue, now: datetime) -> bool:
    """Whether the channel saw the question, and had its working days to answer."""
    posted = post_rows.posted_at(session, posting.QUESTION, question.id)
    today = day_to_ask(value, now)
    if posted is None or today is None:
        return False
    asked = local(convert.settings(value, ()), posted).date()
    return working_days_between(asked, today) >= ANSWER_DAYS


def threads(session: Session, digests: list[Decision]) -> list[PostValue]:
    """The messages of the newest of these digests."""
    found = [post_rows.showing(session, posting.DIGEST, one.id) for one in digests[-_THREADS:]]
    return [post for posts in found for post in posts]


def weekday(value: SettingValue) -> int:
    """The day of the week on which a digest comes that turns weekly."""
    due = convert.settings(value, ()).due_days
    return value.weekday if value.weekday in due else min(due, default=value.weekday)


def show(session: Session, team: str, question: int, now: datetime) -> None:
    """Show where a question stands, wherever it was asked or acted on."""
    told = report(session, team, question)
    for shows, message in (
        (posting.QUESTION, screens.render(told)),
        (posting.WEEKLY, screens.turned_weekly(told)),
    ):
        for post in post_rows.showing(session, shows, question):
            posting.plan_edit(session, message, post, now)


def report(session: Session, team: str, question: int) -> QuestionReport:
    """A question as it stands. Raises `NotFound`."""
    asked = rows.get(session, team, question)
    value = channel_rows.get(session, team, asked.channel) if asked else None
    if asked is None or value is None:
        raise NotFound("There is no such question any more. `/digest` has the digest's settings.")
    is_weekly = value.cadence == Cadence.WEEKLY.value
    return QuestionReport(
        id=asked.id,
        channel=asked.channel,
        answer=asked.answer,
        by=asked.answered_by or "",
        quiet=QUIET_DAYS,
        patience=ANSWER_DAYS,
        weekday=value.weekday if is_weekly else weekday(value),
        before=Cadence(asked.cadence),
        days=EVERY_DAY if asked.cadence == Cadence.DAILY else value.days,
    )
