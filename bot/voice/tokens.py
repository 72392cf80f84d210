"""What redaction leaves in a text, for readers that would take it for the customer's words.

Apart from the rules of redaction, so that who only reads stored texts need not load them.
"""

from __future__ import annotations

from typing import Final

from bot.voice.redact_shadow import TOKEN

WITHHELD: Final = "[ticket text withheld: redaction failed]"
REPORTED: Final = "[ticket text withheld: somebody reported a leak]"


def is_withheld(text: str) -> bool:
    """Whether a part of the text is kept back, so that nothing can be read from what is left."""
    return WITHHELD in text or REPORTED in text


def without_notices(text: str) -> str:
    """The text without what stands in the place of a text that is kept back."""
    return text.replace(WITHHELD, " ").replace(REPORTED, " ")


def spoken_of(text: str) -> str:
    """A redacted text without the tokens: "[email 1]" must not name the feature "Email"."""
    return TOKEN.sub(" ", without_notices(text)) if "[" in text else text
