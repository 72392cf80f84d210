"""What `--json` prints: stable keys, documented in the README. Keys are added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bot.reports import (
    AlarmReport,
    DigestReport,
    Feature,
    FeatureLine,
    Finding,
    FrictionReport,
    HelpReport,
    IngestReport,
    InsightLine,
    InsightsReport,
    Quote,
    RankingReport,
    Reading,
    RereadReport,
    Theme,
    ThemesReport,
)

Json = dict[str, Any]


def moment(value: datetime) -> str:
    """ISO 8601 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def quote(value: Quote | None) -> Json | None:
    if value is None:
        return None
    return {
        "ticket_id": value.ticket_id,
        "kind": value.kind,
        "text": value.text,
        "url": value.url,
    }


def ingest(report: IngestReport) -> Json:
    return {
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "same": report.same,
        "bad_count": report.bad_count,
        "bad": [{"path": b.path, "line": b.line, "reason": b.reason} for b in report.bad],
        "notes": list(report.notes),
    }


def feature(value: Feature) -> Json:
    return {
        "id": value.id,
        "name": value.name,
        "aliases": list(value.aliases),
        "tags": list(value.tags),
        "channels": list(value.channels),
        "description": value.description,
    }


def feature_line(line: FeatureLine) -> Json:
    return {
        "feature": line.feature.id,
        "tickets": line.tickets,
        "customers": line.customers,
        "previous": {"tickets": line.previous.tickets, "customers": line.previous.customers},
    }


def theme(value: Theme) -> Json:
    return {
        "label": value.label,
        "ticket_ids": list(value.ticket_ids),
        "tickets": value.tickets,
        "customers": value.customers,
        "previous": value.previous,
        "quote": quote(value.quote),
    }


def themes(report: ThemesReport) -> Json:
    """All themes of a question to stored tickets."""
    return {
        "reading": report.reading,
        "understood": report.understood,
        "note": report.note,
        "feature": report.feature.id if report.feature else None,
        "search": report.search,
        "since": moment(report.window.since),
        "until": moment(report.window.until),
        "tickets": report.tickets,
        "alone": report.alone,
        "themes": [theme(value) for value in report.themes],
        "suggestions": [value.id for value in report.suggestions],
        "sampled": report.sampled,
    }


def insight(line: InsightLine) -> Json:
    return {
        "id": line.id,
        "title": line.title,
        "feature": line.feature.id if line.feature else None,
        "kind": line.kind,
        "status": line.status,
        "tickets": line.tickets,
        "customers": line.customers,
        "answers": dict(line.answers),
    }


def insights(report: InsightsReport) -> Json:
    return {"insights": [insight(line) for line in report.insights], "total": report.total}


def answer(report: FrictionReport | RankingReport | HelpReport) -> Json:
    """The answer to `friction`, whichever it is."""
    if isinstance(report, HelpReport):
        return {"help": [{"question": q, "answer": a} for q, a in report.examples]}
    window = {"since": moment(report.window.since), "until": moment(report.window.until)}
    if isinstance(report, RankingReport):
        lines = [feature_line(line) for line in report.features]
        return {**window, "note": report.note, "features": lines}
    return {
        "reading": report.reading,
        "understood": report.understood,
        "note": report.note,
        "feature": report.feature.id if report.feature else None,
        "search": report.search,
        **window,
        "enough": report.enough,
        "tickets": report.tickets,
        "customers": report.customers,
        "customers_known": report.customers_known,
        "mentioned": report.mentioned,
        "previous": {
            "tickets": report.previous.tickets,
            "customers": report.previous.customers,
        },
        "kinds": {str(kind): count for kind, count in report.kinds.items()},
        "weeks": [
            {"start": w.start.isoformat(), "tickets": w.tickets, "customers": w.customers}
            for w in report.weeks
        ],
        "themes": [theme(value) for value in report.themes],
        "quotes": [quote(value) for value in report.quotes],
        "praise": [quote(value) for value in report.praise],
        "insights": [insight(line) for line in report.insights],
        "suggestions": [value.id for value in report.suggestions],
        "sampled": report.sampled,
        "capped": report.capped,
        "kinds_unknown": report.kinds_unknown,
        "akin": [quote(value) for value in report.akin],
    }


def digest(report: DigestReport) -> Json:
    return {
        "channel": report.channel,
        "due": moment(report.due) if report.due else None,
        "silent": report.silent,
        "reason": report.reason,
        "verdict": report.verdict,
        "items": [
            {
                "ticket_id": item.ticket.ticket_id,
                "score": round(item.score, 6),
                "parts": [
                    {"name": p.name, "weight": p.weight, "value": p.value, "points": p.points}
                    for p in item.parts
                ],
                "quote": quote(item.quote),
                "why": item.why,
                "similar": item.similar,
            }
            for item in report.items
        ],
        "left_out": report.left_out,
    }


def reread(report: RereadReport) -> Json:
    return {
        "read": report.read,
        "changed": report.changed,
        "feature": report.feature.id if report.feature else None,
    }


def doctor(findings: Iterable[Finding]) -> Json:
    found = list(findings)
    return {
        "ok": all(finding.level != "error" for finding in found),
        "findings": [
            {"id": f.id, "level": f.level, "message": f.message, "remedy": f.remedy} for f in found
        ],
    }


def reading(value: Reading) -> Json:
    """One line of `analyze`, without its id."""
    return {
        "text": value.text,
        "kinds": [str(kind) for kind in value.kinds],
        "quote": value.quote,
        "features": list(value.features),
        "language": value.language,
        "kinds_known": value.kinds_known,
        "redactions": [{"type": r.type, "token": r.token} for r in value.redactions],
    }


def alarms(reports: Iterable[AlarmReport]) -> Json:
    return {
        "alarms": [
            {
                "feature": one.features[0].id if one.features else None,
                "theme": one.theme or None,
                "opened": moment(one.opened),
                "closed": moment(one.closed) if one.closed else None,
                "observed": one.observed,
                "expected": round(one.expected, 2),
                "hours": one.hours,
                "counted": "theme" if one.is_theme else "feature",
                "began": moment(one.began),
                "features": [feature.id for feature in one.features],
                "tickets": one.tickets,
                "ticket_ids": list(one.ticket_ids),
                "silenced": one.silence.value if one.silence else None,
            }
            for one in reports
        ]
    }
