"""What redaction leaves in a text, for readers that would take it for the customer's words.

Apart from the rules of redaction, so that who only reads stored texts need not load them.
"""

from __future__ import annotations

from typing import Final

from bot.voice.redact_shadow import TOKEN

WITHHELD: Final = "[ticket text withheld: redaction failed]"


def spoken_of(text: str) -> str:
    """A redacted text without the tokens: "[email 1]" must not name the feature "Email"."""
    return TOKEN.sub(" ", text.replace(WITHHELD, " ")) if "[" in text else text
