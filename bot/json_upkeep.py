"""What `--json` prints of alarms, of corrections and of posts. Keys may be added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable

from bot import json_reports
from bot.json_reports import Json, moment
from bot.reports import AccuracyReport, AlarmReport, DigestDecision, DigestReport, PostsReport


def accuracy(report: AccuracyReport, note: str) -> Json:
    """`note` says in a sentence what these figures do not tell."""
    return {
        "since": moment(report.since) if report.since else None,
        "corrections": report.corrections,
        "corrected": report.corrected,
        "looked_at": report.looked_at,
        "features": [
            {"feature": one.id, "looked_at": one.looked_at, "not_about": one.wrong}
            for one in report.features
        ],
        "kinds": [
            {"kind": one.id, "looked_at": one.looked_at, "not": one.wrong, "is": one.missed}
            for one in report.kinds
        ],
        "note": note,
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


def digest(report: DigestReport, decision: DigestDecision | None) -> Json:
    """`decided` is what stands for that local day, or null."""
    decided = None
    if decision is not None:
        decided = {
            "day": decision.day.isoformat(),
            "state": decision.state,
            "reason": decision.reason,
        }
    return {**json_reports.digest(report), "decided": decided}


def posts(report: PostsReport) -> Json:
    return {
        "counts": dict(sorted(report.counts.items())),
        "posts": [
            {
                "id": one.id,
                "state": one.state,
                "channel": one.channel,
                "what": one.what,
                "action": one.action,
                "since": moment(one.since),
                "attempts": one.attempts,
                "error": one.error or None,
            }
            for one in report.lines
        ],
        "more": report.more,
    }
