"""`earshot doctor` in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot import json_upkeep
from bot.app import web_client
from bot.cli_shared import moment, opened, print_json
from bot.config import load
from bot.doctor import ERROR, examine
from bot.doctor_retention import too_old
from bot.errors import UserError
from bot.reports import Finding

_MARKS = {"ok": "ok     ", "warning": "warning", "error": "ERROR  "}


def run(as_json: bool, *, deep: bool) -> int:
    """Print all findings; returns 1 when one of them is an error."""
    settings = load()
    try:
        context = opened(settings)
    except UserError as error:
        return _show([Finding("database", ERROR, str(error), "")], as_json)
    client = web_client(context, settings.bot_token) if settings.bot_token else None
    app = web_client(context, settings.app_token) if settings.app_token else None
    now = moment(None)
    findings = examine(context, client, app, deep=deep, now=now)
    return _show([*findings, *too_old(context, now)], as_json)


def _show(findings: Sequence[Finding], as_json: bool) -> int:
    if as_json:
        print_json(json_upkeep.doctor(findings))
    else:
        sys.stdout.write("".join(_line(finding) for finding in findings))
    return 1 if any(finding.level == ERROR for finding in findings) else 0


def _line(finding: Finding) -> str:
    remedy = f"\n         → {finding.remedy}" if finding.remedy else ""
    return f"{_MARKS[finding.level]}  {finding.message}{remedy}\n"
