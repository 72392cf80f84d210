"""An alarm in its channel: what rose, since when, in whose words, and what happened beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.blocks import parts, words
from bot.blocks.kit import (
    ACTION_ALARM_KNOWN,
    ACTION_ALARM_NO_PROBLEM,
    NAME,
    QUOTE,
    Block,
    actions,
    bullets,
    button,
    context,
    header,
    line,
    message,
    ours,
    person,
    rich,
    theirs,
)
from bot.reports import AlarmReport, Message, NoteLine, Silence

MOST_QUOTES = 3
MOST_FEATURES = 5
MOST_NOTES = 5
MOST_EARLIER = 3
QUOTE_LENGTH = 260


def render(report: AlarmReport) -> Message:
    """One alarm as it stands: it lasts, is over, or was silenced."""
    verdict = _verdict(report)
    quotes: list[Block | None] = []
    for said in report.quotes[:MOST_QUOTES]:
        quotes += [parts.quoted(said, most=QUOTE_LENGTH), parts.quote_buttons(said)]
    return message(
        f"{_state(report)}: {verdict}",
        [
            header(verdict),
            rich(*_facts(report)),
            *quotes,
            _beside(report),
            _earlier(report),
            _silenced(report),
            _buttons(report),
        ],
    )


def listed(reports: Iterable[AlarmReport]) -> Message:
    """Alarms in a list, as the command line shows them."""
    lines = [in_a_line(report) for report in reports]
    if not lines:
        return message("No alarms", [header("No alarms"), context("Nothing is above its usual.")])
    said = words.number(len(lines), "alarm")
    return message(said, [header(said), rich(bullets(lines))])


def render_note(note: NoteLine) -> str:
    """A sentence about what was noted."""
    about = f", about {note.feature.name}" if note.feature else ""
    return f"Noted at {_moment(note.at)}{about}: {note.text}"


def in_a_line(report: AlarmReport) -> list[Block]:
    """When, of what, how many, in whose words."""
    until = f" to {_moment(report.closed)}" if report.closed else ", lasts"
    found = [ours(f"{_moment(report.opened)}{until} · "), theirs(_subject(report), NAME, bold=True)]
    found.append(ours(f": {_numbers(report)}"))
    if report.theme:
        found += [ours(" · "), theirs(report.theme, QUOTE)]
    return found


def _state(report: AlarmReport) -> str:
    if report.closed:
        return "Alarm is over"
    return "Alarm, silenced" if report.silence else "Alarm"


def _subject(report: AlarmReport) -> str:
    return report.features[0].name if report.features else "All tickets"


def _verdict(report: AlarmReport) -> str:
    over = "Over: " if report.closed else ""
    return f"{over}{_subject(report)}: {_numbers(report)}"


def _numbers(report: AlarmReport) -> str:
    noun = "customer" if report.customers_known else "ticket"
    told = " with one story" if report.is_theme else ""
    usual = _usual(report.expected)
    return f"{words.number(report.observed, noun)}{told} in {report.hours} hours, usual {usual}"


def _usual(expected: float) -> str:
    """`4`, or `below 1`: nobody counts in tenths of a customer."""
    return f"about {expected:,.0f}" if expected >= 1 else "below 1"


def _facts(report: AlarmReport) -> list[Block]:
    began = f"Began about {_moment(report.began)}, {words.number(report.tickets, 'ticket')} so far"
    if report.closed:
        length = _length(report.closed - report.began)
        began = (
            f"Lasted from {_moment(report.began)} to {_moment(report.seen)}"
            f" ({length} until it was calm), {words.number(report.tickets, 'ticket')}"
        )
    found = [line(ours(began))]
    if report.theme:
        found.append(line(ours("What they say: ", bold=True), theirs(report.theme, QUOTE)))
    others = report.features[1:]
    if others:
        shown = [feature.name for feature in others[:MOST_FEATURES]]
        more = len(others) - len(shown)
        also = [ours("Also in "), theirs(", ".join(shown), QUOTE)]
        found.append(line(*also, *([ours(f" and {more} more")] if more else [])))
    return found


def _beside(report: AlarmReport) -> Block | None:
    """What was noted about the product at the time; who knew first."""
    if not report.notes:
        return None
    items = [_noted(report, note) for note in report.notes[:MOST_NOTES]]
    return rich(line(ours("Noted at the time", bold=True)), bullets(items))


def _noted(report: AlarmReport, note: NoteLine) -> list[Block]:
    found = [ours(f"{_moment(note.at)} · "), theirs(note.text, QUOTE)]
    if note.feature:
        found += [ours(" · "), theirs(note.feature.name, NAME)]
    apart = note.at - report.began
    if apart > timedelta(minutes=1):
        found.append(ours(f" · customers knew first: {_length(apart)} before"))
    elif apart < -timedelta(minutes=1):
        found.append(ours(f" · {_length(-apart)} before it began"))
    return found


def _earlier(report: AlarmReport) -> Block | None:
    if not report.earlier:
        return None
    days = [words.day(day.date(), year=True) for day in report.earlier[:MOST_EARLIER]]
    more = len(report.earlier) - len(days)
    return context(f"Like it before: {', '.join(days)}{f' and {more} more' if more else ''}")


def _silenced(report: AlarmReport) -> Block | None:
    if report.silence is None:
        return None
    by = person(report.silenced_by or "")
    when = f", {_moment(report.silenced_at)}" if report.silenced_at else ""
    said = "Known" if report.silence is Silence.KNOWN else "Not a problem"
    rest = "" if report.closed else ". Silent until it is over"
    return rich(line(ours(f"{said}, says "), by, ours(f"{when}{rest}.")))


def _buttons(report: AlarmReport) -> Block | None:
    if report.closed or report.silence or report.key is None:
        return None
    key = str(report.key)
    return actions(
        button("Known", ACTION_ALARM_KNOWN, key, spoken=f"Known: silence alarm {key}"),
        button(
            "Not a problem",
            ACTION_ALARM_NO_PROBLEM,
            key,
            spoken=f"Not a problem: silence alarm {key}",
        ),
    )


def _moment(value: datetime) -> str:
    return f"{words.day(value.date())} {value:%H:%M} UTC"


def _length(span: timedelta) -> str:
    """`2 d 5 h`, `2 h 10 min`, `10 min`."""
    minutes = max(round(span.total_seconds() / 60), 1)
    days, hours, minutes = minutes // 1_440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"
