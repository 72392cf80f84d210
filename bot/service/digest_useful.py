"""Still useful? A channel is asked once when nobody used its digest, and it turns weekly if nobody
answers. What counts as unused stands in `digest_quiet`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import digest_useful as screens
from bot.errors import NotFound
from bot.reports import Act, Cadence, Deed, QuestionReport
from bot.service import audit, digest_quiet, posting
from bot.service.context import Context
from storage import acts as act_rows
from storage import channels as channel_rows
from storage import digest_questions as rows
from storage import digests as digest_rows
from storage.digest_questions import QuestionValue
from storage.values import PostValue, SettingValue

LOCK: Final = "useful"
AGAIN: Final = timedelta(minutes=10)
"""So long it waits before it asks Slack again for what that could not tell."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody wrote in a thread."""

    user: str
    at: datetime


class CannotTell(Exception):
    """Slack gave no answer just now; it is worth asking again."""


FindReply = Callable[[PostValue], Reply | None]
"""The last reply of a person in the thread of a post; None where there is none, or none can be
seen. Raises `CannotTell`."""


class Useful:
    """Asks, and turns digests weekly; any number of processes may.

    Whether to ask is looked at once a local day, at the digest's time.
    """

    def __init__(self, context: Context, team: str, find_reply: FindReply) -> None:
        self._context = context
        self._team = team
        self._find_reply = find_reply
        self._looked: dict[str, date] = {}
        self._not_before: dict[str, datetime] = {}

    def run_one(self, now: datetime) -> bool:
        """Close, ask or turn one; False where there is nothing to do."""
        with self._context.store.read() as session:
            waiting = rows.unanswered(session, self._team)
            values = [v for v in channel_rows.every(session) if v.team == self._team]
        by_channel = {value.channel: value for value in values}
        for question in waiting:
            value = by_channel.pop(question.channel, None)
            if value is not None and self._go_on(question, value, now):
                return True
        return any(self._ask(value, now) for value in by_channel.values())

    # --- a question that waits ------------------------------------------------------------------

    def _go_on(self, question: QuestionValue, value: SettingValue, now: datetime) -> bool:
        with self._context.store.read() as session:
            is_used = digest_quiet.since(session, value) > question.since
            if not is_used and not digest_quiet.is_over(session, question, value, now):
                return False
            place = (value.team, value.channel)
            digests = digest_rows.posted_since(session, *place, question.since)
            threads = digest_quiet.threads(session, digests)
        if not is_used:
            replied = self._replied(value, threads, now)
            if replied is not False:
                return replied is True
        with self._context.store.write(LOCK) as session:
            return _conclude(session, question, now)

    # --- asking ---------------------------------------------------------------------------------

    def _ask(self, value: SettingValue, now: datetime) -> bool:
        today = digest_quiet.day_to_ask(value, now)
        if today is None or self._looked.get(value.channel) == today:
            return False
        with self._context.store.read() as session:
            digests = digest_quiet.unused(session, value, today)
            threads = digest_quiet.threads(session, digests)
        replied = self._replied(value, threads, now)
        if replied is None:
            return False
        self._looked[value.channel] = today
        if replied or not digests:
            return replied
        with self._context.store.write(LOCK) as session:
            return _plan(session, value, now)

    def _replied(
        self, value: SettingValue, threads: Sequence[PostValue], now: datetime
    ) -> bool | None:
        """Whether somebody wrote in a digest's thread, which is kept as an act; None where Slack
        does not say just now."""
        if now < self._not_before.get(value.channel, now):
            return None
        try:
            found = [one for one in map(self._find_reply, threads) if one is not None]
        except CannotTell:
            self._not_before[value.channel] = now + AGAIN
            return None
        if not found:
            return False
        with self._context.store.write(LOCK) as session:
            quiet = digest_quiet.since(session, value)
            new = [one for one in found if one.at > quiet]
            for one in new:
                act_rows.record(
                    session,
                    value.team,
                    value.channel,
                    user=one.user,
                    kind=Act.REPLIED.value,
                    at=one.at,
                )
        return bool(new)


def _plan(session: Session, before: SettingValue, now: datetime) -> bool:
    """Ask, if it still is to be asked when all is looked at again."""
    value = channel_rows.get(session, before.team, before.channel)
    today = digest_quiet.day_to_ask(value, now) if value else None
    if value is None or today is None or not digest_quiet.unused(session, value, today):
        return False
    quiet = digest_quiet.since(session, value)
    question = rows.ask(
        session, value.team, value.channel, since=quiet, cadence=value.cadence, now=now
    )
    if question is None:
        return False
    posting.plan_post(
        session,
        screens.render(digest_quiet.report(session, value.team, question)),
        team=value.team,
        channel=value.channel,
        key=f"useful:{value.channel}:{question}",
        shows=posting.QUESTION,
        subject=question,
        now=now,
    )
    return True


def _conclude(session: Session, question: QuestionValue, now: datetime) -> bool:
    """Nobody answered: it turns weekly, unless somebody used it after all."""
    value = channel_rows.get(session, question.team, question.channel)
    if value is None:
        return False
    is_used = digest_quiet.since(session, value) > question.since
    word = rows.USED if is_used else rows.WEEKLY
    if not rows.answer(session, question.id, word, before=None, user=None, now=now):
        return False
    if not is_used:
        weekday = digest_quiet.weekday(value)
        weekly = Cadence.WEEKLY.value
        channel_rows.set_cadence(session, value.team, value.channel, weekly, weekday, now=now)
        posting.plan_post(
            session,
            screens.turned_weekly(digest_quiet.report(session, value.team, question.id)),
            team=value.team,
            channel=value.channel,
            key=f"weekly:{value.channel}:{question.id}",
            shows=posting.WEEKLY,
            subject=question.id,
            now=now,
        )
    digest_quiet.show(session, value.team, question.id, now)
    return True


# --- what people answer -------------------------------------------------------------------------


def keep(
    context: Context, team: str, channel: str, question: int, *, user: str, now: datetime
) -> QuestionReport:
    """Keep a channel's digest as it is, or as it was if it has turned weekly meanwhile.

    Raises `NotFound` for a question that was not asked there.
    """
    with context.store.write(LOCK) as session:
        _check(session, team, channel, question)
        if rows.answer(session, question, rows.KEPT, before=None, user=user, now=now):
            _configured(session, team, question, "kept", user=user, now=now)
        else:
            _bring_back(session, team, question, user, now)
        digest_quiet.show(session, team, question, now)
        return digest_quiet.report(session, team, question)


def back(
    context: Context, team: str, channel: str, question: int, *, user: str, now: datetime
) -> QuestionReport:
    """Let a digest come as often as before it turned weekly; where it does by now, nothing is
    changed. Raises `NotFound` as above."""
    with context.store.write(LOCK) as session:
        _check(session, team, channel, question)
        _bring_back(session, team, question, user, now)
        digest_quiet.show(session, team, question, now)
        return digest_quiet.report(session, team, question)


def _check(session: Session, team: str, channel: str, question: int) -> None:
    asked = rows.get(session, team, question)
    if asked is None or asked.channel != channel:
        raise NotFound("There is nothing such here any more.")


def _bring_back(session: Session, team: str, question: int, user: str, now: datetime) -> None:
    asked = rows.get(session, team, question)
    value = channel_rows.get(session, team, asked.channel) if asked else None
    if asked is None or value is None or value.cadence != Cadence.WEEKLY.value:
        return
    if rows.answer(session, question, rows.BACK, before=rows.WEEKLY, user=user, now=now):
        channel_rows.set_cadence(
            session, team, asked.channel, asked.cadence, value.weekday, now=now
        )
        _configured(session, team, question, "as often as before", user=user, now=now)


def _configured(
    session: Session, team: str, question: int, what: str, *, user: str, now: datetime
) -> None:
    asked = rows.get(session, team, question)
    about = f"channel {asked.channel}: {what}" if asked else what
    audit.record(session, now, Deed.CHANNEL_CONFIGURED, about, by=user, team=team)
