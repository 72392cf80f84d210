"""What `--json` prints of alarms, effects, corrections, posts and the doctor.

Keys may be added, never renamed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import isinf

from bot import json_reports
from bot.json_reports import Json, moment
from bot.reports import (
    AccuracyReport,
    AlarmReport,
    AuditReport,
    DigestDecision,
    DigestReport,
    EffectReport,
    EffectWeek,
    Estimate,
    Finding,
    Measured,
    PostsReport,
)


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


def audit(report: AuditReport) -> Json:
    return {
        "entries": [
            {
                "id": one.id,
                "at": moment(one.at),
                "by": one.by,
                "team": one.team or None,
                "deed": one.deed,
                "about": one.about,
            }
            for one in report.lines
        ],
        "total": report.total,
        "page": report.page + 1,
        "pages": max(report.total - 1, 0) // report.per_page + 1,
    }


def effect(report: EffectReport) -> Json:
    """`ratio`, `interval`, `before` and `after` are those of what the verdict is about."""
    main = _measured(report.main) or {}
    return {
        "insight": report.insight,
        "merged_from": report.asked,
        "title": report.title,
        "feature_id": report.about.id if report.about else None,
        "verdict": report.verdict,
        "ratio": main.get("ratio"),
        "interval": main.get("interval"),
        "before": [week["customers"] for week in main.get("weeks_before", ())],
        "after": [week["customers"] for week in main.get("weeks_after", ())],
        "looked_at": _day(report.looked_on),
        "weeks": report.weeks,
        "shipped_on": _day(report.shipped_on),
        "looks_next": _day(report.looks_next),
        "expects": _day(report.expects),
        "customers_known": report.customers_known,
        "sampled": report.sampled,
        "story": _measured(report.story),
        "feature": _measured(report.feature),
        "next_door": [
            {"what": each.what, **_counted(each.name, each.estimate, each.before, each.after)}
            | {"verdict": each.verdict}
            for each in report.next_door
        ],
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _measured(value: Measured | None) -> Json | None:
    if value is None:
        return None
    counted = _counted(value.name, value.estimate, value.before, value.after)
    return counted | {"since": value.estimate.since, "without": list(value.without)}


def _counted(
    name: str, found: Estimate, before: Iterable[EffectWeek], after: Iterable[EffectWeek]
) -> Json:
    return {
        "name": name,
        "verdict": found.verdict,
        "ratio": _rounded(found.ratio),
        "interval": None if found.low is None else [_rounded(found.low), _rounded(found.high)],
        "customers": {"before": found.before, "after": found.after},
        "expected": _rounded(found.expected),
        "rest_of_queue": _rounded(found.control),
        "spread": _rounded(found.spread),
        "p": found.p,
        "level": found.level,
        "weeks_before": [_week(week) for week in before],
        "weeks_after": [_week(week) for week in after],
    }


def _week(week: EffectWeek) -> Json:
    return {
        "start": week.start.isoformat(),
        "customers": week.customers,
        "rest": week.rest,
        "left_out": week.left_out,
        "ticket_ids": list(week.ticket_ids),
    }


def _rounded(value: float | None) -> float | None:
    """Without what is infinite, which JSON does not know."""
    return None if value is None or isinf(value) else round(value, 4)


def doctor(findings: Iterable[Finding]) -> Json:
    found = list(findings)
    return {
        "ok": all(finding.level != "error" for finding in found),
        "findings": [
            {"id": f.id, "level": f.level, "message": f.message, "remedy": f.remedy} for f in found
        ],
    }
