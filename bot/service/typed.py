"""What people type beside insights and note, as it is kept.

Cleaned, without personal data, or refused.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.blocks.text import safe_url
from bot.errors import UserError
from bot.reports import Requester
from bot.service.context import Context
from bot.voice.text import clean

TITLE_MOST = 150
NOTE_MOST = 2_000
SAID_MOST = 300


def title(context: Context, typed: str) -> str:
    """A title on one line. Raises `UserError` when nothing in it can be seen."""
    # Redacted before it is cut: half an address would be no address any more.
    safe = line(context, typed)[:TITLE_MOST]
    if not safe:
        raise UserError("An insight needs a title.")
    return safe


def note(context: Context, typed: str, most: int = NOTE_MOST) -> str:
    """A note, which may be empty and have several lines."""
    return _redacted(context, clean(typed).strip())[:most]


def sentence(context: Context, typed: str) -> str:
    """What changed, or why not: one line, which may be empty."""
    return line(context, typed)[:SAID_MOST]


def line(context: Context, typed: str) -> str:
    """One line as long as it is, which may be empty."""
    return _redacted(context, " ".join(clean(typed).split()))


def address(context: Context, typed: str) -> str | None:
    """The address of an issue, or None where nothing was typed.

    Personal data in its query is left out with the query. Raises `UserError` for what is no
    address, or has personal data elsewhere.
    """
    stripped = typed.strip()
    if not stripped:
        return None
    found = safe_url(stripped)
    if found is None or not found.startswith("https://"):
        raise UserError(
            "This is no address that can be linked: give all of it, beginning with https://."
        )
    for kept in (found, urlsplit(found)._replace(query="", fragment="").geturl()):
        if _redacted(context, kept) == kept:
            return kept
    raise UserError("This address holds what looks like personal data or a secret.")


def _redacted(context: Context, text: str) -> str:
    # Listing insights does not wait for the rules to load.
    from bot.service.masking import redactor_for
    from bot.voice.redact import redact_or_withhold

    return redact_or_withhold(redactor_for(context.settings, Requester()), text)
