"""How often a digest comes and until when it is muted, in words; and the buttons that change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import words
from bot.blocks.kit import (
    ACTION_DIGEST_MUTE,
    ACTION_DIGEST_UNMUTE,
    Block,
    actions,
    button,
    channel,
    data,
    line,
    ours,
    person,
    rich,
    told_apart,
)
from bot.reports import Cadence, DigestLine, Mute

NAMES = {
    Cadence.DAILY: "Every day",
    Cadence.DAYS: "On days that you choose",
    Cadence.WEEKLY: "Once a week",
    Cadence.RISES: "When something rises",
}
MUTES = (
    ("day", "For a day"),
    ("week", "For a week"),
    ("until changed", "Until changed"),
)
EVERY_DAY = 7


def often(cadence: Cadence, days: Sequence[int], at: str = "") -> str:
    """`every day at 09:30`, `Monday to Friday`, `every Monday`; `days` are those that count."""
    time = f" at {at}" if at else ""
    if cadence is Cadence.RISES:
        return f"when something rises, looked at {_days(days)}{time}"
    if len(days) == 1:
        return f"every {_days(days)}{time}"
    return f"{_days(days)}{time}"


def _days(days: Sequence[int]) -> str:
    ordered = sorted(set(days))
    names = [words.WEEKDAYS[day - 1] for day in ordered]
    if len(names) == EVERY_DAY:
        return "every day"
    if len(names) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{names[0]} to {names[-1]}"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or "on no day"


def muted(mute: Mute) -> list[Block]:
    """`muted until Tuesday, 3 Nov, 10:00, by Ada`; the time is that of the channel."""
    return [ours(f"muted {_until(mute.until)}, by "), person(mute.by)]


def _until(until: datetime | None) -> str:
    if until is None:
        return "until somebody ends it"
    return f"until {words.WEEKDAYS[until.weekday()]}, {words.day(until)}, {until:%H:%M}"


def muted_rows(channel_id: str, mute: Mute) -> list[Block | None]:
    """That a mute lasts, and the button that ends it."""
    said = [ours("The digest is "), *muted(mute), ours(". Alarms and cards go on.")]
    return [rich(line(*said)), actions(unmute_button(channel_id))]


def mute_rows(channel_id: str) -> list[Block | None]:
    """The buttons that begin a mute."""
    buttons = [
        button(
            label,
            ACTION_DIGEST_MUTE,
            data(channel=channel_id, length=length),
            spoken=f"Mute {label.lower()}",
        )
        for length, label in MUTES
    ]
    hint = "At once, without saving. Alarms and cards go on."
    said = [ours("Mute", bold=True), ours(f"  {hint}")]
    return [rich(line(*said)), actions(*told_apart(buttons))]


def unmute_button(channel_id: str) -> Block:
    return button("Unmute", ACTION_DIGEST_UNMUTE, data(channel=channel_id))


def digest_line(one: DigestLine) -> list[Block]:
    """A channel's digest in a line."""
    said = [channel(one.channel), ours(f": {often(one.cadence, one.days, one.at)}")]
    if one.mute is not None:
        return [*said, ours(" · "), *muted(one.mute)]
    return said if one.due is not None else [*said, ours(" · switched off")]
