"""Alarms: found on the clock or in a stored history, kept, listed, silenced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import AlarmReport, Deed, Feature, NoteLine, Quote, Silence
from bot.service import alarm_history, audit, convert
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice import watch
from bot.voice.alarm_labels import label
from bot.voice.spike_history import HOUR, floor_hour
from bot.voice.spike_words import Words
from storage import alarms as rows
from storage import meta
from storage import notes as note_rows
from storage import tickets as ticket_rows
from storage.alarms import AlarmValue
from storage.values import TicketValue

LOOKED: Final = "alarms_looked"
"""The hour up to which the clock has looked."""
LOCK: Final = "alarms"
BACK_MOST: Final = timedelta(hours=72)
"""Hours that were missed longer ago are left to a replay."""
STRETCH: Final = timedelta(days=120)
LISTED: Final = timedelta(days=30)
QUOTES_MOST: Final = 3
IDS_MOST: Final = 50
NAMED_BY: Final = 40
NOTED_BEFORE: Final = timedelta(hours=72)
NOTED_AFTER: Final = timedelta(hours=24)


class Watcher:
    """Looks once an hour at what was written; any number of processes may."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._words = Words()
        self._looked: datetime | None = None

    def run_one(self, now: datetime) -> bool:
        """Look at the hours that nobody has looked at; False where nothing came of it."""
        hour = floor_hour(now)
        if self._looked is not None and self._looked >= hour:
            return False
        with self._context.store.read() as session:
            before = meta.get(session, LOOKED)
            removals = meta.get(session, meta.REMOVALS)
            since = _next_hour(before, hour)
            if since <= hour:
                history = alarm_history.latest(session, hour, self._words)
                kept = rows.since(session, hour - watch.WATCHED)
        if since > hour:
            self._looked = hour
            return False
        alarms = [_state(value) for value in kept]
        at = since
        while at <= hour and history.tickets:
            alarms = watch.look(history, alarms, at)
            at += HOUR
        changed = False
        with self._context.store.write(LOCK) as session:
            if meta.get(session, meta.REMOVALS) != removals:
                # What was found may be in the words of a ticket that is gone: look again.
                return True
            # Another process may have looked meanwhile; a person may have silenced one.
            if meta.get(session, LOOKED) == before:
                changed = _keep(session, kept, alarms)
                meta.put(session, LOOKED, hour.isoformat())
        self._looked = hour
        return changed


def _next_hour(looked: str | None, hour: datetime) -> datetime:
    """The first hour to look at; without any before, the one that has just ended."""
    if looked is None:
        return hour
    return max(datetime.fromisoformat(looked) + HOUR, hour - BACK_MOST)


def _keep(session: Session, kept: Sequence[AlarmValue], alarms: Sequence[watch.Alarm]) -> bool:
    """Store new alarms and what became of those that were kept, in the same order.

    False where nothing is new.
    """
    changed = False
    for number, alarm in enumerate(alarms):
        old = kept[number] if number < len(kept) else None
        if old is not None and _state(old) == alarm:
            continue
        is_same = old is not None and _named_by(_state(old)) == _named_by(alarm)
        theme = old.theme if old is not None and is_same else _theme(session, alarm)
        rows.put(session, _value(alarm, theme))
        changed = True
    return changed


def _state(value: AlarmValue) -> watch.Alarm:
    return watch.Alarm(
        opened=value.opened,
        began=value.began,
        seen=value.seen,
        closed=value.closed,
        features=value.features,
        terms=value.terms,
        observed=value.observed,
        expected=value.expected,
        hours=value.hours,
        chance=value.chance,
        rows=value.rows,
        is_theme=value.is_theme,
        key=value.id,
    )


def _value(alarm: watch.Alarm, theme: str) -> AlarmValue:
    return AlarmValue(
        id=alarm.key,
        opened=alarm.opened,
        began=alarm.began,
        seen=alarm.seen,
        closed=alarm.closed,
        features=alarm.features,
        terms=alarm.terms,
        theme=theme,
        observed=alarm.observed,
        expected=alarm.expected,
        hours=alarm.hours,
        chance=alarm.chance,
        rows=alarm.rows,
        is_theme=alarm.is_theme,
    )


def _named_by(alarm: watch.Alarm) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return alarm.terms, alarm.rows[:NAMED_BY]


def _theme(session: Session, alarm: watch.Alarm) -> str:
    found = ticket_rows.get(session, alarm.rows[:NAMED_BY])
    texts = [f"{ticket.subject}\n{ticket.body}" for ticket in found]
    quotes = [ticket.quotes[0].text if ticket.quotes else "" for ticket in found]
    return label(alarm.terms, texts, quotes)


def replay(
    context: Context, since: datetime | None, until: datetime | None, now: datetime
) -> list[AlarmReport]:
    """What would have been raised in the hours `[since, until]`, as the clock would have done.

    Without bounds all that is stored is gone through, up to `now`.
    """
    with context.store.read() as session:
        first = rows.first_written(session)
        until = min(until or now, now)
        if first is None or first >= until:
            return []
        since = max(since or first, first)
        raised: list[watch.Alarm] = []
        while since <= until:
            # A stretch at a time, so that years of tickets need no more memory than a season.
            end = min(since + STRETCH, until)
            history = alarm_history.load(session, since - alarm_history.BEHIND, end, Words())
            raised = watch.replay(history, since, floor_hour(end), raised)
            since = floor_hour(end) + HOUR
        values = [_value(one, _theme(session, one)) for one in raised]
        return [report(session, value, values) for value in values]


def listed(context: Context, now: datetime) -> list[AlarmReport]:
    """Alarms that last or ended within `LISTED`, those that last first, then the newest."""
    with context.store.read() as session:
        every = rows.since(session, now - watch.WATCHED)
        shown = [one for one in every if one.closed is None or now - one.closed <= LISTED]
        shown.sort(key=lambda one: (one.closed is not None, -one.opened.timestamp()))
        return [report(session, one, every) for one in shown]


def get(context: Context, alarm: int) -> AlarmReport:
    """One alarm as it stands. Raises `NotFound`."""
    with context.store.read() as session:
        value = rows.get(session, alarm)
        if value is None:
            raise NotFound("This alarm is no longer stored.")
        return report(session, value, rows.since(session, value.opened - watch.WATCHED))


def silence(
    context: Context, alarm: int, word: Silence, *, team: str, user: str, now: datetime
) -> None:
    """Silence an alarm for everybody; the first word stands. Raises `NotFound`."""
    with context.store.write(LOCK) as session:
        if rows.get(session, alarm) is None:
            raise NotFound("This alarm is no longer stored.")
        rows.silence(session, alarm, word.value, user, now)
        about = f"alarm {alarm}: {word}"
        audit.record(session, now, Deed.CHANNEL_CONFIGURED, about, by=user, team=team)


def report(session: Session, value: AlarmValue, others: Sequence[AlarmValue]) -> AlarmReport:
    """An alarm as it is shown, with those of `others` that were like it before."""
    catalogue = catalogues.load(session)
    features = tuple(catalogue.by_id[id] for id in value.features if id in catalogue.by_id)
    tickets = ticket_rows.get(session, value.rows[:IDS_MOST])
    return AlarmReport(
        key=value.id,
        opened=value.opened,
        began=value.began,
        seen=value.seen,
        closed=value.closed,
        features=features,
        theme=value.theme,
        observed=value.observed,
        expected=value.expected,
        hours=value.hours,
        is_theme=value.is_theme,
        tickets=len(value.rows),
        ticket_ids=tuple(ticket.external_id for ticket in tickets),
        customers_known=any(ticket.customer_known for ticket in tickets),
        quotes=_quotes(value, tickets),
        earlier=tuple(one.opened for one in _like(value, others)),
        notes=_notes(session, value, features),
        silence=Silence(value.silence) if value.silence else None,
        silenced_by=value.silenced_by,
        silenced_at=value.silenced_at,
    )


def _quotes(value: AlarmValue, tickets: Sequence[TicketValue]) -> tuple[Quote, ...]:
    """The quotes that say most of the theme, one a customer; of equals the earliest."""
    wanted = {word for term in value.terms for word in term.split()}
    found: dict[str, tuple[int, float, Quote]] = {}
    for ticket in tickets:
        said = convert.ticket(ticket, {}).quote
        if said is not None:
            told = sum(word in said.text.lower() for word in wanted)
            found.setdefault(ticket.customer, (-told, ticket.created_at.timestamp(), said))
    return tuple(said for _, _, said in sorted(found.values(), key=lambda one: one[:2]))[
        :QUOTES_MOST
    ]


def _like(value: AlarmValue, others: Sequence[AlarmValue]) -> list[AlarmValue]:
    """Earlier alarms of the same feature, or with a term of the theme; the newest first."""
    earlier = [one for one in others if one.opened < value.opened]
    like = [
        one
        for one in earlier
        if (value.features[:1] and value.features[:1] == one.features[:1])
        or set(value.terms) & set(one.terms)
    ]
    return like[::-1]


def _notes(
    session: Session, value: AlarmValue, features: Sequence[Feature]
) -> tuple[NoteLine, ...]:
    """What was noted shortly before and while it lasts, of its features and of the whole."""
    until = (value.closed or value.seen) + NOTED_AFTER
    noted = note_rows.between(session, value.began - NOTED_BEFORE, until)
    by_id = {feature.id: feature for feature in features}
    kept = [one for one in noted if one.feature is None or one.feature in by_id]
    return tuple(NoteLine(one.at, one.text, by_id.get(one.feature or "")) for one in kept)
