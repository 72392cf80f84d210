"""The accuracy card on alarms: false ones in quiet years, and what real histories raise."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import alarms as bench

from bot.reports import AlarmReport

SEEDS: Final = (1, 2, 3)
AROUND: Final = timedelta(days=1)
MONTH: Final = 30.4


@dataclass(frozen=True, slots=True)
class Incident:
    """When something is known to have happened, in days."""

    product: str
    start: datetime
    end: datetime


def incidents(data: Path) -> list[Incident]:
    with (data / "incidents.csv").open(encoding="utf-8", newline="") as file:
        return [
            Incident(row["product"], _day(row["start"]), _day(row["end"]))
            for row in csv.DictReader(file)
        ]


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def alarms(data: Path) -> list[str]:
    """The section, as lines of Markdown."""
    known = incidents(data)
    lines = [
        "## Alarms",
        "",
        f"Quiet years are simulated: {bench.FEATURES} features of 2 to 200 tickets a day, fewer at"
        " weekends and at night, growing by 30 % a year. The promise is at most 12 false alarms a"
        " year over all of them. Bursts are three times the usual on 20 tickets a day, for one day"
        " that begins at any hour of any weekday (`bench/alarms.py`).",
        "",
        "| counts vary as | false alarms a year, by seed | bursts found within a day |",
        "| --- | --- | --- |",
    ]
    for name, counts, share in bench.table(SEEDS):
        lines.append(f"| {name} | {', '.join(map(str, counts))} | {share:.0%} |")
    lines += ["", *(line for name in bench.FILES for line in _history(data / name, known))]
    return lines


def _history(path: Path, known: list[Incident]) -> list[str]:
    product = path.name.partition("-")[0]
    own = [one for one in known if one.product == product]
    raised = bench.real(path)
    count, years = bench.shuffled(path, 1)
    lines = [
        f"Half a year of real questions about {product.capitalize()} (features from tags): "
        f"{len(raised)} alarms; with its tickets moved to other days, so that nothing happens, "
        f"{count} in {years * 365:.0f} days.",
        "",
    ]
    for one in own:
        lines.append(f"- Incident of {one.start:%Y-%m-%d}: {_found(one, raised)}.")
    outside = [one for one in raised if not any(_within(one, each) for each in own)]
    months = years * 365 / MONTH
    lines.append(f"- Outside of that {len(outside) / months:.1f} a month, each looked at:")
    lines += [f"  - {_figures(one)}" for one in outside]
    return [*lines, ""]


def _figures(one: AlarmReport) -> str:
    """Without names, which may be words of the data."""
    sort = "a theme" if one.is_theme else "a feature's volume"
    when = f"{one.opened:%Y-%m-%d %H:%M}"
    return f"{when}: {sort}, {one.observed} in {one.hours} h, usual {one.expected:.1f}"


def _within(alarm: AlarmReport, incident: Incident) -> bool:
    since, until = incident.start - AROUND, incident.end + 2 * AROUND
    return alarm.opened < until and (alarm.closed is None or alarm.closed > since)


def _found(incident: Incident, raised: list[AlarmReport]) -> str:
    own = [one for one in raised if _within(one, incident)]
    if not own:
        return "not found"
    first = min(one.opened for one in own)
    hours = (first - incident.start) / timedelta(hours=1)
    when = f"{hours:.0f} hours after that day began" if hours >= 0 else f"{-hours:.0f} hours before"
    alarms = "1 alarm" if len(own) == 1 else f"{len(own)} alarms"
    return f"{alarms}, the first {when}"
