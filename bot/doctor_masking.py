"""Which layers of redaction an installation has and what got by them, for `earshot doctor`."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from bot.config import Settings
from bot.errors import UserError
from bot.reports import Finding
from bot.service import masking as service
from bot.service.context import Context
from storage import leaks as leak_rows


def leaks(context: Context) -> Iterator[Finding]:
    """What people reported as leaked, without the words."""
    with context.store.read() as session:
        count, last = leak_rows.reported(session)
    if not count or last is None:
        return
    tickets = "1 ticket" if count == 1 else f"{count:,} tickets"
    yield Finding(
        "leaks",
        "ok",
        f"A leak was reported in {tickets}, the last on {last:%Y-%m-%d}; all are masked.",
        "Where more of the kind may come, consider a pattern: `earshot patterns add`.",
    )


def masking(settings: Settings) -> Iterator[Finding]:
    """The rules, the operator's own patterns, and the model of names; `README`, Privacy."""
    try:
        rules = service.rules_of(settings)
    except UserError as error:
        remedy = "No ticket is taken in until this is mended."
        yield Finding("masking", "error", str(error), remedy)
        return
    own = f" and {len(rules.patterns)} patterns of your own" if rules.patterns else ""
    domains = f", addresses at {', '.join(settings.own_domains)} excepted" * bool(rules.own_domains)
    regions = ", ".join(rules.regions)
    yield Finding("masking", "ok", f"Rules{own} mask personal data (phones of {regions}){domains}.")
    if rules.names:
        message = "Names and addresses in running prose are looked for by the extra `names`."
        yield Finding("masking.names", "ok", message)
    else:
        why = "it is not installed" if settings.names else "EARSHOT_NAMES is off"
        yield Finding(
            "masking.names",
            "ok",
            "Names of others in running prose are found by cues only, so most of them stay: the "
            f"extra `names` finds five in six, but {why}.",
            "`make names`; README, “Privacy”.",
        )
    file = settings.patterns_file
    if file and file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o022:
        message = f"Other users of this machine can change your patterns in {file}."
        yield Finding("masking.file", "error", message, f"chmod go-w {file}")
