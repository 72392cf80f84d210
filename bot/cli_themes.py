"""`earshot themes`: what tickets tell together, from the database or from a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import typer
from rich.text import Text

from bot import json_reports
from bot.blocks import words
from bot.cli_shared import console, context, print_json, standard_input
from bot.config import Settings, load
from bot.json_lines import Source, Unreadable, lines, record, requester
from bot.reports import ThemesReport, Understood
from bot.semantic import encoder_of
from bot.service import themes as service
from bot.service.masking import rules_of
from bot.voice.reading import SafeTicket, make_text_safe
from bot.voice.themes import Group, Story, themes

BAD_LINES_KEPT = 100
MOST_IDS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of standard input: its id as given, its redacted text, who wrote it."""

    id: Any
    ticket: SafeTicket
    customer: str


def run(
    query: Sequence[str], *, everything: bool, from_input: bool, as_json: bool, now: datetime
) -> int:
    """Show themes; returns the exit code.

    Raises `typer.BadParameter` where it is not said which texts are meant, or twice.
    """
    if from_input and (everything or query):
        raise typer.BadParameter("--stdin reads all its lines; leave out --all and the feature")
    if from_input:
        return of_input(standard_input(), as_json=as_json)
    if not (everything or query):
        raise typer.BadParameter("name a feature, or give --all or --stdin")
    report = service.find(context(), " ".join(query), now, everything=everything)
    if as_json:
        print_json(json_reports.themes(report))
    else:
        _show(_told(report))
    return 0


def of_input(source: Source, *, as_json: bool) -> int:
    """Themes of JSON lines, all of them; returns the exit code: 3 where a line was bad.

    Where an id comes again, the later line takes the place of the earlier one.
    """
    settings = load()
    read: dict[str, _Line] = {}
    bad: list[dict[str, Any]] = []
    bad_count = 0
    for number, raw in enumerate(lines(source), 1):
        try:
            found = record(raw)
        except Unreadable as error:
            bad_count += 1
            if len(bad) < BAD_LINES_KEPT:
                bad.append({"line": number, "reason": str(error)})
            continue
        key = json.dumps(found["id"])
        read[key] = _line(found, key, settings)
    groups = themes(_stories(read, settings))
    order = {key: place for place, key in enumerate(read)}
    listed = [_as_json(group, read, order) for group in groups]
    alone = len(read) - sum(len(group.ids) for group in groups)
    if as_json:
        counts = {"read": len(read), "alone": alone, "bad_count": bad_count, "bad": bad}
        print_json({"themes": listed, **counts})
        return 3 if bad_count else 0
    said = [_entry(one["label"], f"{one['tickets']}", one["ticket_ids"]) for one in listed]
    count = words.number(len(groups), "theme")
    _show([*said, f"{count}; {alone} of {len(read)} texts tell a story alone."])
    for fault in bad:
        print(f"line {fault['line']}: {fault['reason']}", file=sys.stderr)  # noqa: T201
    return 3 if bad_count else 0


def _show(said: Sequence[str]) -> None:
    screen = console()
    for line in said:
        screen.print(Text(line))


def _line(found: dict[str, Any], key: str, settings: Settings) -> _Line:
    who = requester(found)
    ticket = make_text_safe(found["text"], who, rules=rules_of(settings))
    return _Line(found["id"], ticket, who.email.strip().lower() if who.email else key)


def _stories(read: dict[str, _Line], settings: Settings) -> list[Story]:
    """With their meaning, where the extra is installed."""
    encoder = encoder_of(settings)
    if encoder is None:
        return [Story(key, line.ticket.text) for key, line in read.items()]
    vectors = encoder.encode([line.ticket.english for line in read.values()])
    return [
        Story(key, line.ticket.text, "", vector)
        for (key, line), vector in zip(read.items(), vectors, strict=True)
    ]


def _as_json(group: Group, read: dict[str, _Line], order: Mapping[str, int]) -> dict[str, Any]:
    """As a theme of stored tickets is written, without what standard input does not tell."""
    told = [read[key] for key in sorted(group.ids, key=order.__getitem__)]
    said = {"ticket_id": read[group.label_id].id, "kind": None, "text": group.label, "url": None}
    return {
        "label": group.label,
        "ticket_ids": [line.id for line in told],
        "tickets": len(told),
        "customers": len({line.customer for line in told}),
        "previous": None,
        "quote": said,
    }


def _told(report: ThemesReport) -> list[str]:
    if report.understood is Understood.NOTHING:
        close = ", ".join(feature.id for feature in report.suggestions)
        hint = f" Did you mean {close}?" if close else " `earshot features list` names them."
        return [f"No feature is called so, and no ticket says it.{hint}"]
    found = [report.reading, *([report.note] if report.note else [])]
    for theme in report.themes:
        size = f"{theme.tickets} from {theme.customers}"
        size = size if report.customers_known else f"{theme.tickets}"
        before = "" if theme.previous is None else f", {theme.previous} before"
        found.append(_entry(theme.label, size + before, theme.ticket_ids))
    count = words.number(len(report.themes), "theme")
    of = "" if report.kinds else " with friction"
    rest = f"{count} in {words.number(report.tickets, 'ticket')}{of}"
    found.append(f"{rest}; {report.alone} tell a story alone.")
    if report.sampled:
        found.append("The newest tickets only were looked at.")
    return found


def _printable(id: str) -> str:
    """An id as a terminal can show it: it comes as given, and may hold anything."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in id)


def _entry(label: str, size: str, ids: Sequence[object]) -> str:
    shown = " ".join(_printable(str(id)) for id in ids[:MOST_IDS_SHOWN])
    more = f" and {len(ids) - MOST_IDS_SHOWN} more" if len(ids) > MOST_IDS_SHOWN else ""
    return f"{size:>8}  {' '.join(label.split())}\n          {shown}{more}"
