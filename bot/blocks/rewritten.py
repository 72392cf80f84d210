"""A message that was written before, with some of its words taken out.

A post cannot always be drawn again: what a digest chose from is gone, and a shared answer is of its
moment. So its payload is gone through, and every string that Slack shows or reads aloud is asked
about; ids, what buttons carry and the shape of the blocks stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from bot.blocks.text import cut

Mask = Callable[[str, bool], str]
"""A string as it may be shown; the flag says that it stands in a quote."""

_SHOWN: Final = frozenset(
    ("text", "accessibility_label", "alt_text", "initial_value", "title", "label")
)


def rewritten(payload: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """The payload with `mask` applied to all that is shown of it."""
    found: dict[str, Any] = _masked(payload, mask, False)
    return found


def _masked(value: Any, mask: Mask, in_quote: bool) -> Any:
    if isinstance(value, list):
        return [_masked(each, mask, in_quote) for each in value]
    if not isinstance(value, Mapping):
        return value
    in_quote = in_quote or value.get("type") in ("rich_text_quote", "rich_text_preformatted")
    made = {
        name: _shown(each, mask, in_quote, is_plain=value.get("type") == "plain_text")
        if name in _SHOWN and isinstance(each, str)
        else _masked(each, mask, in_quote)
        for name, each in value.items()
    }
    return _unlinked(made, mask, in_quote)


def _shown(text: str, mask: Mask, in_quote: bool, *, is_plain: bool) -> str:
    masked = mask(text, in_quote)
    # Headers, buttons and options have limits, which the text was cut to before.
    return cut(masked, max(len(text), 1)) if is_plain else masked


def _unlinked(made: dict[str, Any], mask: Mask, in_quote: bool) -> dict[str, Any]:
    """Without its address, where that says what may not be shown."""
    address = made.get("url")
    if not isinstance(address, str) or mask(unquote(address), in_quote) == unquote(address):
        return made
    if made.get("type") == "link":
        return {"type": "text", "text": str(made.get("text") or "link")}
    return {name: value for name, value in made.items() if name != "url"}
