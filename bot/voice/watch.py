"""When an alarm begins, what belongs to it, and when it is over.

One outage hurts many features at once, and a redesign goes on for weeks: what shares a story, or a
feature, with an alarm that lasts or ended within six hours is part of it. Themes of earlier alarms
are watched as features are, so that one that comes back is known at once.

Pure and hour by hour: the clock and the replay of a stored history take the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from bot.voice import spike_usual, spikes
from bot.voice.spike_history import HOUR, History
from bot.voice.spike_signs import Sign, Watched, signs_at
from bot.voice.spike_usual import Ints, Usual, usual_at

SAME_WITHIN: Final = timedelta(hours=6)
CALM: Final = timedelta(hours=24)
"""An alarm is over when it has been usual for so long."""
LONGEST: Final = timedelta(days=28)
"""What lasts longer is the usual by then."""
LASTING: Final = 0.01
"""The chance below which a day is still unusual, for an alarm that is raised already."""
WATCHED: Final = timedelta(days=180)
"""Themes of alarms are watched for so long after they ended."""
MOST_ROWS: Final = 5_000
_SHARED: Final = 0.5
_EVEN: Final = 0.6
"""Of an even part: what the last day must have in what was unusual over several."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """More customers than usual, from `opened` until `closed` (None: it lasts).

    `began` is when it started, as far as can be told; `seen` when it was last unusual. `features`
    are ids, the one that it belongs to first; there is none where no feature has most of it.
    `terms` are the stems of its theme. `observed` customers in the `hours` before `seen` stand
    against `expected`: those who tell the theme where `is_theme`, else all of the feature; `chance`
    is the smallest there was. `rows` are its tickets in the order of
    time. `key` is the caller's.
    """

    opened: datetime
    began: datetime
    seen: datetime
    closed: datetime | None
    features: tuple[str, ...]
    terms: tuple[str, ...]
    observed: int
    expected: float
    hours: int
    chance: float
    rows: tuple[int, ...]
    is_theme: bool = False
    key: int | None = None


def look(history: History, alarms: Sequence[Alarm], at: datetime) -> list[Alarm]:
    """The alarms after the hour that ends at `at`: new, gone on, closed; the others as they are.

    Give all that ended within `WATCHED`. The order is kept, new ones come last.
    """
    hour = history.hour_of(at)
    known = _watched(alarms, at)
    total = np.vstack([history.total, *[history.counts_of(one.terms)[None, :] for one in known]])
    usual = usual_at(total, history.queue, hour, spikes.LENGTHS)
    if usual is None:
        return list(alarms)
    signs = signs_at(history, total, usual, hour, known)
    found = list(alarms)
    for sign in signs:
        place = next((n for n, one in enumerate(found) if _joins(history, sign, one, at)), None)
        if place is None:
            found.append(_opened(history, sign, hour))
        else:
            found[place] = _gone_on(history, found[place], sign, at)
    streams = {one.terms: len(history.streams) + row for row, one in enumerate(known)}
    return [
        _lasting(history, one, streams.get(old.terms), (total, usual), at)
        for one, old in zip(found, [*alarms, *found[len(alarms) :]], strict=True)
    ]


def _watched(alarms: Sequence[Alarm], at: datetime) -> list[Watched]:
    """The themes of alarms that last or ended lately, each once."""
    recent = [one for one in alarms if one.closed is None or at - one.closed <= WATCHED]
    found = {one.terms: next(iter(one.features), "") for one in recent if one.terms}
    return [Watched(feature, terms) for terms, feature in found.items()]


def _joins(history: History, sign: Sign, alarm: Alarm, at: datetime) -> bool:
    if alarm.closed is not None and at - alarm.closed > SAME_WITHIN:
        return False
    if sign.feature and sign.feature in alarm.features[:1]:
        return True
    if _versions(sign.terms) & _versions(alarm.terms):
        return True
    # What would have come anyway cannot tell the story.
    unusual = max(1 - sign.expected / max(sign.observed, 1), 0.2)
    own = {history.tickets[place].row for place in sign.story}
    shared = own & set(alarm.rows)
    told = {history.tickets[place].row for place in history.told(alarm.terms, sign.story)}
    if len(shared | told) >= _SHARED * unusual * len(own):
        return True
    theirs = history.places_of(alarm.rows[-200:])
    return bool(theirs) and len(history.told(sign.terms, theirs)) >= _SHARED * len(theirs)


def _versions(terms: Sequence[str]) -> set[str]:
    """The numbers in a theme: "update 66" and "version 66" are about the same release."""
    return {word for term in terms for word in term.split() if word.isdigit()}


def _opened(history: History, sign: Sign, hour: int) -> Alarm:
    at = history.moment(hour)
    return Alarm(
        opened=at,
        began=_beginning(history, sign, hour),
        seen=at,
        closed=None,
        features=(sign.feature,) if sign.feature else (),
        terms=sign.terms,
        observed=sign.observed,
        expected=sign.expected,
        hours=sign.hours,
        chance=sign.chance,
        rows=_rows(history, sign.story),
        is_theme=sign.is_theme,
    )


def _beginning(history: History, sign: Sign, hour: int) -> datetime:
    """Since when there is more than usual: where a cumulative sum is highest, from its end.

    Page (1954), Biometrika 41; what is taken away each hour lies between the usual and the burst.
    """
    hours = np.sort(history.hour[list(sign.story)])
    between = max(sign.expected, len(hours) / 2) / sign.hours
    beyond = (len(hours) - np.arange(len(hours))) - between * (hour - hours)
    return history.moment(int(hours[int(beyond.argmax())]))


def _gone_on(history: History, alarm: Alarm, sign: Sign, at: datetime) -> Alarm:
    features = alarm.features
    if sign.feature and sign.feature not in features:
        features = (*features, sign.feature)
    terms, stranger = alarm.terms, sign.chance < alarm.chance
    if sign.terms and (stranger or not terms):
        terms = sign.terms
    return replace(
        alarm,
        seen=at if _is_now(history, sign, at) else alarm.seen,
        closed=None,
        features=features,
        terms=terms,
        chance=min(alarm.chance, sign.chance),
        rows=_merged(history, alarm, sign.story),
        observed=sign.observed if stranger else alarm.observed,
        expected=sign.expected if stranger else alarm.expected,
        hours=sign.hours if stranger else alarm.hours,
        is_theme=sign.is_theme if stranger else alarm.is_theme,
    )


def _is_now(history: History, sign: Sign, at: datetime) -> bool:
    """Whether the last day has its part in what is unusual, and not only the days before it."""
    if sign.hours <= spike_usual.DAY:
        return True
    since = history.hour_of(at) - spike_usual.DAY
    lately = sum(int(history.hour[place]) >= since for place in sign.story)
    return lately * sign.hours >= _EVEN * spike_usual.DAY * len(sign.story)


def _rows(history: History, places: frozenset[int]) -> tuple[int, ...]:
    return tuple(history.tickets[place].row for place in sorted(places))[:MOST_ROWS]


def _merged(history: History, alarm: Alarm, places: frozenset[int]) -> tuple[int, ...]:
    new = [row for row in _rows(history, places) if row not in set(alarm.rows)]
    return (*alarm.rows, *new)[:MOST_ROWS]


def _lasting(
    history: History,
    alarm: Alarm,
    stream: int | None,
    counted: tuple[Ints, Usual],
    at: datetime,
) -> Alarm:
    """An alarm that lasts, seen again where its day is still unusual, closed where it is over."""
    if alarm.closed is not None or (alarm.seen == at and at - alarm.opened < LONGEST):
        return alarm
    total, usual = counted
    if at - alarm.opened >= LONGEST:
        return replace(alarm, closed=at)
    streams = [stream] if stream is not None and alarm.terms else []
    if not alarm.terms:
        streams = [history.streams.index(alarm.features[0] if alarm.features else "")]
    for one in streams:
        now = spikes.chance(total, usual, history.hour_of(at), one)
        if now.chance < LASTING and now.observed >= spikes.FLOOR:
            return replace(alarm, seen=at)
    return replace(alarm, closed=at) if at - alarm.seen >= CALM else alarm


def replay(
    history: History, since: datetime, until: datetime, raised: Sequence[Alarm] = ()
) -> list[Alarm]:
    """What would have been raised when, looking at every hour from `since` to `until`.

    After those that were `raised` before; all are returned.
    """
    alarms = list(raised)
    at = history.moment(max(history.hour_of(since), 0))
    while at <= until and history.hour_of(at) <= history.hours:
        alarms = look(history, alarms, at)
        at += HOUR
    return alarms
