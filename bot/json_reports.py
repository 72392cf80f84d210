"""What `--json` prints: stable keys, documented in the README. Keys are added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bot.reports import (
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
    TicketView,
    VersusReport,
    WayInReport,
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
        "removed": report.removed,
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
        "acted": moment(line.acted) if line.acted else None,
        "is_owned": line.is_owned,
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
        "owner": line.owner,
        "issue": line.issue_url,
        "shipped_on": line.shipped_on.isoformat() if line.shipped_on else None,
        "verdict": line.looked.verdict if line.looked else None,
        "looked_after_weeks": line.looked.weeks if line.looked else None,
    }


def insights(report: InsightsReport) -> Json:
    return {"insights": [insight(line) for line in report.insights], "total": report.total}


def ticket(value: TicketView) -> Json:
    return {
        "ticket_id": value.ticket_id,
        "source": value.source,
        "created_at": moment(value.created_at),
        "subject": value.subject,
        "text": value.body,
        "url": value.url,
        "kinds": [str(kind) for kind in value.kinds],
        "features": [feature.id for feature in value.features],
        "segment": value.segment,
        "quotes": [quote(each) for each in value.quotes],
    }


def answer(
    report: FrictionReport | RankingReport | VersusReport | WayInReport | HelpReport | TicketView,
) -> Json:
    """The answer to `friction`, whichever it is."""
    if isinstance(report, TicketView):
        return {"ticket": ticket(report)}
    if isinstance(report, HelpReport):
        return {"help": [{"question": q, "answer": a} for q, a in report.examples]}
    if isinstance(report, VersusReport):
        both = {"tickets": report.both_tickets, "quotes": [quote(said) for said in report.both]}
        sides = {"left": friction(report.left), "right": friction(report.right)}
        return {"reading": report.reading, **sides, "both": both}
    if isinstance(report, WayInReport):
        return friction(report.friction) | {
            "reading": report.reading,
            "loved": [quote(said) for said in report.loved],
            "first": [quote(said) for said in report.first],
            "shipped": [insight(line) for line in report.shipped],
        }
    if isinstance(report, RankingReport):
        return {
            "since": moment(report.window.since),
            "until": moment(report.window.until),
            "note": report.note,
            "features": [feature_line(line) for line in report.features],
            "blind": [feature.id for feature in report.blind],
        }
    return friction(report)


def friction(report: FrictionReport) -> Json:
    """The answer on one feature, or on words."""
    return {
        "reading": report.reading,
        "understood": report.understood,
        "note": report.note,
        "feature": report.feature.id if report.feature else None,
        "search": report.search,
        "since": moment(report.window.since),
        "until": moment(report.window.until),
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
    } | _beside(report)


def _beside(report: FrictionReport) -> Json:
    """What stands beside the figures: what happened, what is usual, who wrote."""
    usual, alarm = report.usual, report.alarm
    return {
        "marks": [{"day": mark.day.isoformat(), "label": mark.label} for mark in report.marks],
        "usual": usual
        and {"low": usual.low, "high": usual.high, "weeks": usual.weeks, "unit": usual.unit},
        "segments": [
            {
                "segment": each.name or None,
                "tickets": each.tickets,
                "customers": each.customers,
                "accounts": each.accounts,
            }
            for each in report.segments
        ],
        "accounts": report.accounts,
        "most_of_one": report.most_of_one,
        "alarm": alarm
        and {
            "opened": moment(alarm.opened),
            "closed": moment(alarm.closed) if alarm.closed else None,
            "observed": alarm.observed,
            "expected": round(alarm.expected, 2),
        },
    }


def digest(report: DigestReport) -> Json:
    return {
        "channel": report.channel,
        "due": moment(report.due) if report.due else None,
        "silent": report.silent,
        "reason": report.reason,
        "verdict": report.verdict,
        "about": report.about.id if report.about else None,
        "new": report.new,
        "customers": report.customers,
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
                "similar_ids": list(item.similar_ids),
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
