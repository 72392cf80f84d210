"""What `earshot forget --json` prints. Keys may be added, never renamed."""

from __future__ import annotations

from bot.json_reports import Json, moment
from bot.reports import ForgetReport


def forgotten(report: ForgetReport) -> Json:
    """`proof` is null where it was a look at what would go."""
    proof, posts = report.proof, report.posts
    return {
        "what": report.what,
        "removed": dict(report.counts),
        "before": moment(report.before) if report.before else None,
        "posts": {
            "edited": posts.edited,
            "gone": posts.gone,
            "waiting": posts.waiting,
            "refused": [{"channel": channel, "reason": why} for channel, why in posts.refused],
        },
        "proof": None
        if proof is None
        else {
            "holds": proof.holds,
            "searched": dict(proof.searched),
            "left_out": proof.left_out,
            "rows": list(proof.rows),
            "files": list(proof.files),
            "bytes": proof.bytes_searched,
            "log_is_cut": proof.log_is_cut,
        },
        "unproved": report.is_unproved,
        "done": report.is_done,
    }
